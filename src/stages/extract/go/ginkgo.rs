//! Ginkgo: specifications of Go.

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

/// Ginkgo, `reporters/default_reporter.go`: `• [FAILED] [{seconds}]`, the specification, where it is written, what failed
/// it, and `In [It] at: {file}:{line}`.
pub const FORM: Form = Form {
    tool: "ginkgo",
    kind: Kind::TestFailure,
    wakes: &["• [FAILED] [", "• [PANICKED] [", "• [TIMEDOUT] ["],
    lines: &[
        r"^• \[[A-Z]+\] \[[\d.]+ seconds\]$",
        r"^(?P<test>\S.*)$",
        r"^(?P<path>/\S.*\.go|[A-Z]:\\.*\.go):(?P<line>\d+)$",
        r"^ *\[(?P<code>FAILED|PANICKED|TIMEDOUT)\] (?P<message>\S.*)$",
    ],
    between: Some(r"^(?: .*)?$"),
    more: Some(r"^(?:  (?P<aside>Full Stack Trace)| +In \[.*\] at: .*|  (?P<message>\s*\S.*)|    .*|)$"),
    ..Form::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::told;

    // Printed by Ginkgo 2.
    #[test]
    fn a_specification_of_ginkgo_is_the_test_that_failed() {
        let log = "\
------------------------------
• [FAILED] [0.001 seconds]
Cart [It] adds
/home/runner/work/x/x/cart/cart_test.go:13

  [FAILED] Expected
      <int>: 1
  to equal
      <int>: 2
  In [It] at: /home/runner/work/x/x/cart/cart_test.go:13 @ 11/21/26 19:30:46.063
------------------------------

FAIL! -- 1 Passed | 1 Failed | 0 Pending | 0 Skipped
--- FAIL: TestCart (0.00s)
FAIL
FAIL\texample.com/cart\t0.010s
";
        assert_eq!(
            told(log),
            [
                "ginkgo test_failure | cart/cart_test.go:13 | Cart [It] adds | FAILED | Expected\n<int>: 1\nto equal\n<int>: 2 | @2-10",
                "[go-test test_failure | TestCart | the test failed | @14-14]",
            ]
        );
    }
}
