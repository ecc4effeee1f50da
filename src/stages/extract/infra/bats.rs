//! bats in its pretty form: a test that failed, and where in its file. What it prints as TAP is read by `runners::tap`.
//!
//! bats-core's `lib/bats-core/tracing.bash` (`bats_print_stack_trace`, `bats_print_failed_command`): below `✗ NAME` come,
//! behind three blanks, `(in test file FILE, line N)` or `(from function … in file …` and then `in test file …`, the
//! command in quotes with `failed`, and what the test printed.

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

pub const FORM: Form = Form {
    tool: "bats",
    kind: Kind::TestFailure,
    wakes: &["(in test file "],
    looks_back: true,
    lines: &[
        r"^ *✗ (?P<test>.+?)(?: in \d+(?:ms|sec))?$",
        r"^   \(in test file (?P<path>.+), line (?P<line>\d+)\)$",
        r"^    *(?P<message>`.+' failed.*)$",
    ],
    more: Some(r"^   "),
    ..Form::DEFAULT
};

pub const IN_FUNCTION: Form = Form {
    wakes: &["(from function `"],
    lines: &[
        r"^ *✗ (?P<test>.+?)(?: in \d+(?:ms|sec))?$",
        r"^   \(from function `",
        r"^    in test file (?P<path>.+), line (?P<line>\d+)\)$",
        r"^    *(?P<message>`.+' failed.*)$",
    ],
    between: Some(r"^    from function "),
    ..FORM
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::told;

    #[test]
    fn a_failed_test_is_told_with_its_place_and_its_command() {
        let pretty = "\
 ✗ adds
   (in test file test/math.bats, line 3)
     `false' failed
 ✗ divides
   (from function `divide' in file test/help.bash, line 5,
    in test file test/math.bats, line 9)
     `divide 1 0' failed with status 2
 ✓ ends
";
        assert_eq!(
            told(pretty),
            [
                "bats test_failure | test/math.bats:3 | adds | `false' failed | @1-3",
                "bats test_failure | test/math.bats:9 | divides | `divide 1 0' failed with status 2 | @4-7",
            ]
        );
    }
}
