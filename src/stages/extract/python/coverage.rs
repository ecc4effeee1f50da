//! Coverage below what was asked for: of coverage.py and of pytest-cov.
//!
//! `coverage/cmdline.py`: `Coverage failure: total of {total} is less than fail-under={limit}`; `pytest_cov/plugin.py`:
//! `FAIL Required test coverage of {limit}% not reached. Total coverage: {total}%`. Where tests failed, that is what
//! mattered: little was run.

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

pub const FORM: Form = Form {
    tool: "coverage",
    kind: Kind::TestFailure,
    wakes: &["Coverage failure: total of ", "Required test coverage of "],
    lines: &[
        r"^(?:FAIL )?(?P<message>(?:Coverage failure: total of .+ is less than|Required test coverage of .+ not reached).*)$",
    ],
    wraps: true,
    ..Form::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::told;

    #[test]
    fn both_say_how_much_is_missing() {
        assert_eq!(
            told("Coverage failure: total of 83 is less than fail-under=99\n"),
            ["coverage test_failure | Coverage failure: total of 83 is less than fail-under=99 | @1-1"]
        );
        assert_eq!(
            told("FAIL Required test coverage of 90% not reached. Total coverage: 75.00%\n1 passed in 0.07s\n"),
            ["coverage test_failure | Required test coverage of 90% not reached. Total coverage: 75.00% | @1-1"]
        );
    }
}
