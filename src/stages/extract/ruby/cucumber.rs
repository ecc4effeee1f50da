//! Cucumber: the scenarios that failed.

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

/// Cucumber (`lib/cucumber/formatter/console.rb`): the scenarios that failed, at the end.
pub const FORM: Form = Form {
    tool: "cucumber",
    kind: Kind::TestFailure,
    wakes: &[".feature:"],
    lines: &[
        r"^(?:cucumber|behave|rerun)? ?(?:-p \S+ )*(?P<path>\S+\.feature):(?P<line>\d+)\s+# (?:[A-Z][\w ]*: )(?P<test>\S.*)$",
    ],
    says: "the scenario failed",
    ..Form::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::check_only;

    #[test]
    fn a_scenario_that_failed_is_told_with_its_place() {
        check_only(
            "Failing Scenarios:\ncucumber features/till.feature:2 # Scenario: opens\n",
            "cucumber test_failure | features/till.feature:2 | opens | the scenario failed | @2-2",
        );
    }
}
