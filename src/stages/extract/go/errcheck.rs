//! errcheck: errors of Go that nobody looks at.
//!
//! `main.go`: `{file}:{line}:{column}:\t{source}`.

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

pub const FORM: Form = Form {
    tool: "errcheck",
    kind: Kind::LintError,
    wakes: &[".go:"],
    lines: &[r"^(?P<path>\S+\.go):(?P<line>\d+):(?P<column>\d+):\t(?P<message>\S.*)$"],
    ..Form::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::told;

    // Printed by errcheck 1.9.
    #[test]
    fn the_source_is_the_message() {
        assert_eq!(
            told("price/price.go:9:11:\tos.Remove(\"x\")\n"),
            ["errcheck lint_error | price/price.go:9:11 | os.Remove(\"x\") | @1-1"]
        );
    }
}
