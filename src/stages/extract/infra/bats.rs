//! bats: a test that failed, and where in its file.
//!
//! bats-core's `lib/bats-core/tracing.bash` (`bats_print_stack_trace`, `bats_print_failed_command`): after `not ok N NAME` come, behind `# ` (or, in the
//! pretty form, three blanks), `(in test file FILE, line N)` or `(from function … in file …` and then `in test file …`, the command in
//! quotes with `failed`, and what the test printed.

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

pub const FORM: Form = Form {
    tool: "bats",
    kind: Kind::TestFailure,
    wakes: &["(in test file "],
    looks_back: true,
    lines: &[
        r"^(?: *✗|not ok \d+) (?P<test>.+?)(?: in \d+(?:ms|sec))?$",
        r"^(?:#|  ) \(in test file (?P<path>.+), line (?P<line>\d+)\)$",
        r"^(?:#|  )  *(?P<message>`.+' failed.*)$",
    ],
    more: Some(r"^(?:# |   )"),
    ..Form::DEFAULT
};

pub const IN_FUNCTION: Form = Form {
    wakes: &["(from function `"],
    lines: &[
        r"^(?: *✗|not ok \d+) (?P<test>.+?)(?: in \d+(?:ms|sec))?$",
        r"^(?:#|  ) \(from function `",
        r"^(?:#|  )  in test file (?P<path>.+), line (?P<line>\d+)\)$",
        r"^(?:#|  )  *(?P<message>`.+' failed.*)$",
    ],
    between: Some(r"^(?:#|  )  from function "),
    ..FORM
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::told;

    #[test]
    fn a_failed_test_is_told_with_its_place_and_its_command() {
        let log = "\
1..3
not ok 1 adds two numbers
# (in test file test/math.bats, line 3)
#   `[ \"$output\" = \"4\" ]' failed
# got 3
not ok 2 divides
# (from function `divide' in file test/help.bash, line 5,
#  in test file test/math.bats, line 9)
#   `divide 1 0' failed with status 2
ok 3 ends
";
        assert_eq!(
            told(log),
            [
                "bats test_failure | test/math.bats:3 | adds two numbers | `[ \"$output\" = \"4\" ]' failed | @2-5",
                "bats test_failure | test/math.bats:9 | divides | `divide 1 0' failed with status 2 | @6-9",
            ]
        );
        let pretty = " ✗ adds\n   (in test file test/math.bats, line 3)\n     `false' failed\n ✓ ends\n";
        assert_eq!(told(pretty), ["bats test_failure | test/math.bats:3 | adds | `false' failed | @1-3"]);
    }
}
