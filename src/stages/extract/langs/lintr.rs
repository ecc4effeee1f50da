//! lintr: R's style.

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

/// lintr (`R/methods.R`, `format.lint`): `path:3:5: style: [line_length_linter] message`.
pub const FORM: Form = Form {
    tool: "lintr",
    kind: Kind::LintError,
    wakes: &[": style: [", "_linter] "],
    lines: &[
        r"^(?P<path>\S.*?\.\w+):(?P<line>\d+):(?P<column>\d+): (?:style|warning|error): \[(?P<code>\w+)\] (?P<message>\S.*)$",
    ],
    ..Form::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::check_only;

    #[test]
    fn the_linter_is_the_code() {
        check_only(
            "R/till.R:3:81: style: [line_length_linter] Lines should not be more than 80 characters.",
            "lintr lint_error | R/till.R:3:81 | line_length_linter | Lines should not be more than 80 characters. | @1-1",
        );
    }
}
