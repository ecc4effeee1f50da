//! checkov: three lines a check that failed.
//!
//! `checkov/common/output/record.py`, `Record.__str__`: `Check: ID: "NAME"`, then `FAILED for resource: RESOURCE` and `File: PATH:FIRST-LAST`, each after a tab.

use crate::stages::extract::form::Form;

pub const FORM: Form = Form {
    tool: "checkov",
    wakes: &["Check: CKV", "Check: BC_"],
    lines: &[
        r#"^Check: (?P<code>(?:CKV|BC)\w+): "(?P<message>.+)"$"#,
        r"^\s+FAILED for resource: (?P<resource>.+)$",
        r"^\s+File: /?(?P<path>.+):(?P<line>\d+)-\d+$",
    ],
    ..Form::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::told;

    #[test]
    fn a_failed_check_is_told_and_a_passed_one_is_not() {
        let log = "\
Check: CKV_AWS_1: \"Ensure this\"
\tPASSED for resource: aws_s3_bucket.a
\tFile: /main.tf:1-4
Check: CKV_AWS_2: \"Ensure that\"
\tFAILED for resource: aws_s3_bucket.b
\tFile: /main.tf:6-9
";
        assert_eq!(told(log), ["checkov lint_error | main.tf:6 | CKV_AWS_2 | Ensure that | @4-6"]);
    }
}
