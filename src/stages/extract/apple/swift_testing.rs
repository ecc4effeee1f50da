//! Swift Testing: the issues that tests record.

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

/// Swift Testing (`Sources/Testing/Events/Recorder/Event.HumanReadableOutputRecorder.swift`): `✘ Test "opens" recorded an issue at
/// Till.swift:12:9: Expectation failed: …`, with another sign where Apple's symbols are at hand.
pub const FORM: Form = Form {
    tool: "swift-testing",
    kind: Kind::TestFailure,
    wakes: &[" recorded an issue "],
    lines: &[
        r#"^\S+\s+Test "?(?P<test>\S.*?)"? recorded an issue (?:with .+? )?at (?P<path>\S.*?):(?P<line>\d+):(?P<column>\d+): (?P<message>\S.*)$"#,
    ],
    ..Form::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::check_only;

    #[test]
    fn an_issue_is_told_with_its_test_and_its_place() {
        check_only(
            "✘ Test \"opens\" recorded an issue at TillTests.swift:12:9: Expectation failed: (till.open → -1) == 3",
            "swift-testing test_failure | TillTests.swift:12:9 | opens | Expectation failed: (till.open → -1) == 3 | @1-1",
        );
    }
}
