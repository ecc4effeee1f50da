//! testthat: tests of R.

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

/// testthat (`R/reporter-check.R`, `R/reporter-summary.R`): `── Failure (test-till.R:4:3): opens ──`, then why.
pub const FORM: Form = Form {
    tool: "testthat",
    kind: Kind::TestFailure,
    wakes: &["── Failure (", "── Error (", ". Failure (", ". Error ("],
    lines: &[
        r"^── (?:\d+\. )?(?:Failure|Error) \((?P<path>[^):]+):(?P<line>\d+)(?::(?P<column>\d+))?\): (?P<test>.+?) ─+$",
    ],
    more: Some(r"^(?P<message>[^─═\s].*|\s+\S.*)$"),
    says: "the test failed",
    ..Form::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::check_only;

    #[test]
    fn the_reason_stands_below_the_place_and_the_name() {
        check_only(
            "── Failure (test-till.R:4:3): opens ──────────────\n`open(1, 2)` not equal to 3.\n1/1 mismatches\n\n[ FAIL 1 | WARN 0 | SKIP 0 | PASS 2 ]",
            "testthat test_failure | test-till.R:4:3 | opens | `open(1, 2)` not equal to 3.\n1/1 mismatches | @1-3",
        );
    }
}
