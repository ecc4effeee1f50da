//! Vale: style of prose.
//!
//! vale.sh, "Output": `--output=line` is `PATH:LINE:COLUMN:STYLE.RULE:MESSAGE`; the default is the file's name, then a line a complaint,
//! ` LINE:COLUMN  LEVEL  MESSAGE  STYLE.RULE ` (`internal/core` and `cmd/vale/custom.go`). Only errors fail.

use crate::stages::extract::form::Form;

pub const LINE: Form = Form {
    tool: "vale",
    wakes: &[":Vale."],
    lines: &[r"^(?P<path>.+?):(?P<line>\d+):(?P<column>\d+):(?P<code>[A-Za-z][\w-]*\.\w+):(?P<message>.+)$"],
    ..Form::DEFAULT
};

pub const LISTED: Form = Form {
    tool: "vale",
    wakes: &[" Vale."],
    looks_back: true,
    lines: &[
        r"^ (?P<path>[^\s:]+\.\w+)$",
        r"^ *(?P<line>\d+):(?P<column>\d+) +(?P<level>error|warning|suggestion) +(?P<message>\S.*?) +(?P<code>[A-Za-z][\w-]*\.\w+) *$",
    ],
    repeats: true,
    mild: &["warning", "suggestion"],
    ..Form::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::told;

    #[test]
    fn both_forms_are_read() {
        let log = "docs/a.md:3:5:Vale.Spelling:Did you really mean 'zeebra'?\n\n docs/b.md\n 7:1  error  Did you really mean 'teh'?  Vale.Spelling\n";
        assert_eq!(
            told(log),
            [
                "vale lint_error | docs/a.md:3:5 | Vale.Spelling | Did you really mean 'zeebra'? | @1-1",
                "vale lint_error | docs/b.md:7:1 | Vale.Spelling | Did you really mean 'teh'? | @4-4",
            ]
        );
    }
}
