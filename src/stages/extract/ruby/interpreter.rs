//! Ruby itself: files that it cannot parse.

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

/// `ruby -c`, and Ruby on a file it cannot parse (`error.c`, `syntax_error`), since 3.4 `syntax error found`.
pub const SYNTAX: Form = Form {
    tool: "ruby",
    kind: Kind::BuildError,
    wakes: &[": syntax error"],
    lines: &[
        r"^(?:ruby: |-e: )?(?P<path>\S.*?\.\w+):(?P<line>\d+): (?P<message>(?:\w+ )?syntax errors?(?:,| found).*)$",
    ],
    ..Form::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::check_only;

    #[test]
    fn a_file_that_cannot_be_parsed_is_told_with_its_place() {
        check_only(
            "lib/till.rb:1: syntax error, unexpected end-of-input, expecting ')'\ndef x(\n      ^",
            "ruby build_error | lib/till.rb:1 | syntax error, unexpected end-of-input, expecting ')' | @1-1",
        );
    }
}
