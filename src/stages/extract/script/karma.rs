//! Karma: tests in browsers.
//!
//! `karma/lib/reporters/base.js`: `{browser} {suite} {test} FAILED`, then the log, each line after a tab.

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

pub const FORM: Form = Form {
    tool: "karma",
    kind: Kind::TestFailure,
    wakes: &[" FAILED"],
    lines: &[r"^\w[\w ]* [\d.]+ \([^()]+\) (?P<test>\S.*) FAILED$"],
    more: Some(concat!(
        r"^\t *(?:at <.*|at (?:.* \()?(?:https?://[^/]+/base/)?(?P<path>[^()<> ?]+)(?:\?[^:]*)?:(?P<line>\d+):(?P<column>\d+)\)?",
        r"|(?P<aside>at ).*|(?:(?P<code>\w*Error): )?(?P<message>\S.*))$"
    )),
    ..Form::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::told;

    #[test]
    fn in_karma_the_browser_stands_before_the_name() {
        let log = "\
HeadlessChrome 120.0.0.0 (Linux x86_64) cart adds FAILED
\tExpected 1 to be 2.
\t    at <Jasmine>
\t    at UserContext.<anonymous> (src/app/cart.spec.ts:5:9)
HeadlessChrome 120.0.0.0 (Linux x86_64): Executed 3 of 3 (1 FAILED) (0.1 secs / 0.05 secs)
";
        assert_eq!(
            told(log)[0],
            "karma test_failure | src/app/cart.spec.ts:5:9 | cart adds | Expected 1 to be 2. | @1-4"
        );
    }
}
