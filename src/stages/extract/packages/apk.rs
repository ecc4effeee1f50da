//! apk: packages that it cannot select.
//!
//! apk-tools, `src/solver.c` and `src/app_add.c`: `ERROR: unable to select packages:` and below it who wants what.

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

pub const FORM: Form = Form {
    tool: "apk",
    kind: Kind::DependencyIssue,
    wakes: &["ERROR: unable to select packages:"],
    lines: &[r"^ERROR: unable to select packages:$", r"^  (?P<message>\S.*)$"],
    more: Some(r"^ {4,}"),
    ..Form::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::told;

    #[test]
    fn a_package_that_is_not_there_is_told_by_its_name() {
        let log = "\
ERROR: unable to select packages:
  nope (no such package):
    required by: world[nope]
";
        let told = told(log);
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(told[0].starts_with("apk dependency_issue | nope (no such package):"), "{told:?}");
    }
}
