//! black: the files it would change, and those it cannot read.
//!
//! `black/report.py`: `would reformat {src}` and `error: cannot format {src}: {message}`. Messages come from
//! `black/parsing.py`: `Cannot parse: {line}:{column}: {text}`, since 23 also `Cannot parse for target version Python
//! 3.13: …`; since 26.10 a file that cannot be parsed is `error: cannot parse: {src}:{line}:{column}`.

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

pub const CHANGES: Form = Form {
    tool: "black",
    kind: Kind::FormatError,
    wakes: &["would reformat "],
    lines: &[r"^would reformat (?P<path>\S.*)$"],
    says: "would reformat",
    ..Form::DEFAULT
};

pub const CANNOT: Form = Form {
    tool: "black",
    kind: Kind::BuildError,
    wakes: &["error: cannot format "],
    lines: &[
        r"^error: cannot format (?P<path>\S.*?): (?P<message>(?:Cannot parse(?: for target version [^:]+)?: (?P<line>\d+):(?P<column>\d+)|[A-Z]).*)$",
    ],
    ..Form::DEFAULT
};

pub const PARSED: Form = Form {
    tool: "black",
    kind: Kind::BuildError,
    wakes: &["error: cannot parse: "],
    lines: &[r"^error: (?P<message>cannot parse): (?P<path>\S.*?):(?P<line>\d+):(?P<column>\d+)$"],
    more: Some(r"^(?: {4}.*|(?P<message>\w+Error: .+))$"),
    ..Form::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::told;

    // Printed by black 24.10 and 26.10.
    #[test]
    fn files_to_change_and_files_that_cannot_be_read_are_told() {
        let log = "\
would reformat /home/runner/work/x/x/shop/cart.py
error: cannot format shop/syn.py: Cannot parse: 1:6: def f(:
error: cannot format shop/new.py: Cannot parse for target version Python 3.12: 3:5: match x:
error: cannot parse: /home/runner/work/x/x/shop/syn.py:1:6
    def f(:
         ^
ParseError: bad input

Oh no! 💥 💔 💥
1 file would be reformatted, 1 file would fail to reformat.
";
        assert_eq!(
            told(log),
            [
                "black format_error | shop/cart.py | would reformat | @1-1",
                "black build_error | shop/syn.py:1:6 | Cannot parse: 1:6: def f(: | @2-2",
                "black build_error | shop/new.py:3:5 | Cannot parse for target version Python 3.12: 3:5: match x: | @3-3",
                "black build_error | shop/syn.py:1:6 | cannot parse\nParseError: bad input | @4-7",
            ]
        );
    }
}
