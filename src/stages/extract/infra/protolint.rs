//! protolint: style of `.proto` files.
//!
//! `internal/linter/report/reporters/plainReporter.go`: `[PATH:LINE:COLUMN] MESSAGE`.

use crate::stages::extract::form::Form;

pub const FORM: Form = Form {
    tool: "protolint",
    wakes: &[".proto:\u{1}"],
    lines: &[r"^\[(?P<path>.+\.proto):(?P<line>\d+):(?P<column>\d+)\] (?P<message>.+)$"],
    ..Form::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::told;

    #[test]
    fn a_place_stands_in_square_brackets() {
        let log = "[api/v1/pet.proto:11:5] Found an incorrect indentation style \"    \". \"  \" is correct.\n";
        assert_eq!(
            told(log),
            [
                "protolint lint_error | api/v1/pet.proto:11:5 | Found an incorrect indentation style \"    \". \"  \" is correct. | @1-1"
            ]
        );
    }
}
