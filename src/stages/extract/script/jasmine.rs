//! Jasmine, on its own.
//!
//! `jasmine/lib/reporters/console_reporter.js`: `{n}) {full name}`, `  Message:`, the message, `  Stack:`, the frames.

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

pub const FORM: Form = Form {
    tool: "jasmine",
    kind: Kind::TestFailure,
    wakes: &["  Message:"],
    lines: &[r"^\d+\) (?P<test>\S.*)$", r"^  Message:$", r"^    (?:(?P<code>\w*Error): )?(?P<message>\S.*)$"],
    more: Some(concat!(
        r"^(?:    (?P<message>\S.*)|  Stack:| +at <.*",
        r"| +at (?:.* \()?(?:file://)?(?P<path>[^()<> ]+):(?P<line>\d+):(?P<column>\d+)\)?|(?P<aside> +at ).*)$"
    )),
    looks_back: true,
    ..Form::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::told;

    // Printed by Jasmine 7.
    #[test]
    fn a_failing_spec_is_told_with_its_first_frame() {
        let log = "\
Failures:
1) cart throws
  Message:
    TypeError: Cannot read properties of null (reading 'x')
  Stack:
        at UserContext.<anonymous> (/home/runner/work/x/x/spec/cart.cjs:3:29)
        at <Jasmine>

2) cart adds
  Message:
    Expected 1 to be 2.
  Stack:
        at <Jasmine>
        at UserContext.<anonymous> (/home/runner/work/x/x/spec/cart.cjs:2:32)
        at <Jasmine>

3 specs, 2 failures
";
        assert_eq!(
            told(log),
            [
                "jasmine test_failure | spec/cart.cjs:3:29 | cart throws | TypeError | Cannot read properties of null (reading 'x') | @2-7",
                "jasmine test_failure | spec/cart.cjs:2:32 | cart adds | Expected 1 to be 2. | @9-15",
            ]
        );
    }
}
