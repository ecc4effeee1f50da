//! pub, Dart's package manager: versions that it cannot solve.

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

/// pub (`lib/src/solver/failure.dart`): `Because shop depends on …, version solving failed.`
pub const FORM: Form = Form {
    tool: "pub",
    kind: Kind::DependencyIssue,
    wakes: &["version solving failed"],
    lines: &[r"^(?:\[.*\] )?(?P<message>\S.*version solving failed\.?)$"],
    ..Form::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::check_only;

    #[test]
    fn versions_that_cannot_be_solved_are_told() {
        check_only(
            "Because shop depends on till any which doesn't exist (could not find package till), version solving failed.",
            "pub dependency_issue | Because shop depends on till any which doesn't exist (could not find package till), version solving failed. | @1-1",
        );
    }
}
