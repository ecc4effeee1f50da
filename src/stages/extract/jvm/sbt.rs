//! sbt: its last words on a task that failed.

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

/// sbt's last words on a task (`sbt.internal.Aggregation`, `EvaluateTask`): the compiler or the runner has said why.
pub static FORM: Form = Form {
    tool: "sbt",
    kind: Kind::BuildError,
    wakes: &["[error] ("],
    lines: &[r"^\[error\] \((?P<code>[\w./ :{}-]+)\) (?P<message>\S.*)$"],
    wraps: true,
    ..Form::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::check_only;

    #[test]
    fn a_task_that_failed_is_told_with_its_reason() {
        check_only(
            "[error] (Test / test) sbt.TestsFailedException: Tests unsuccessful",
            "sbt build_error | Test / test | sbt.TestsFailedException: Tests unsuccessful | @1-1",
        );
    }
}
