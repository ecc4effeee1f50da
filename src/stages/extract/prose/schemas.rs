//! check-jsonschema: files that do not fit their schema.
//!
//! `src/check_jsonschema/reporter.py`, `TextReporter`: `Schema validation errors were encountered.`, then two blanks and
//! `FILE::$.PATH: MESSAGE` a complaint.

use crate::stages::extract::form::Form;

pub const FORM: Form = Form {
    tool: "check-jsonschema",
    wakes: &["::$.", "::$: ", "::$["],
    lines: &[r"^ {2,4}(?P<path>\S.*?)::(?P<code>\$\S*): (?P<message>.+)$"],
    ..Form::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::told;

    #[test]
    fn a_value_that_does_not_fit_is_told_with_its_path() {
        let log = "Schema validation errors were encountered.\n  conf/a.json::$.port: 'x' is not of type 'integer'\n";
        assert_eq!(
            told(log),
            ["check-jsonschema lint_error | conf/a.json | $.port | 'x' is not of type 'integer' | @2-2"]
        );
    }
}
