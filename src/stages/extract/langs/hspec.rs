//! Hspec: tests of Haskell.

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

/// Hspec (`hspec-core/src/Test/Hspec/Core/Formatters/V2.hs`): under `Failures:` the place, then `  1) name` and why.
pub const FORM: Form = Form {
    tool: "hspec",
    kind: Kind::TestFailure,
    wakes: &[".hs:"],
    lines: &[r"^\s+(?P<path>\S+\.l?hs):(?P<line>\d+):(?P<column>\d+):\s*$", r"^\s+\d+\) (?P<test>\S.*)$"],
    more: Some(r"^\s{7,}(?P<message>\S.*)$"),
    says: "the test failed",
    ..Form::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::check_only;

    #[test]
    fn name_and_reason_stand_below_the_place() {
        check_only(
            "Failures:\n\n  test/TillSpec.hs:8:18: \n  1) Till.open opens\n       expected: 3\n        but got: -1\n\n  To rerun use: --match \"/Till.open/opens/\"\n",
            "hspec test_failure | test/TillSpec.hs:8:18 | Till.open opens | expected: 3\nbut got: -1 | @3-6",
        );
    }
}
