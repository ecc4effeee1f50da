//! Bazel: targets that cannot be built, and tests that failed.
//!
//! `src/main/java/com/google/devtools/build/lib/`: `events/Event.java` and `ui/UiEventHandler`: `ERROR: FILE:LINE:COLUMN: MESSAGE`, for an action `… failed: (Exit 1): …`;
//! `buildtool/…/TestResultNotifier` and `TestSummaryPrinter`: `FAIL: //PACKAGE:TARGET (see LOG)`, `TIMEOUT: …`. What the compiler or the test printed is read by its
//! own reader: then an action's or a test's failure is a cascade.

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

pub const ACTION: Form = Form {
    tool: "bazel",
    kind: Kind::BuildError,
    wakes: &["BUILD:", "BUILD.bazel:", " failed: (Exit "],
    lines: &[
        r"^ERROR: (?P<path>\S*(?:BUILD(?:\.bazel)?|\.bzl|WORKSPACE\S*|MODULE\.bazel)):(?P<line>\d+):(?P<column>\d+): (?P<message>.+ failed: \((?:Exit \d+|Segmentation fault|Aborted|Killed|Timeout)[^)]*\).*)$",
    ],
    guesses: true,
    ..Form::DEFAULT
};

pub const BUILD: Form = Form {
    tool: "bazel",
    kind: Kind::BuildError,
    wakes: &["BUILD:", "BUILD.bazel:", ".bzl:", "MODULE.bazel:", "WORKSPACE:"],
    lines: &[
        r"^ERROR: (?:Traceback .*|(?P<path>\S*(?:BUILD(?:\.bazel)?|\.bzl|WORKSPACE\S*|MODULE\.bazel)):(?P<line>\d+):(?P<column>\d+): (?P<message>.+))$",
    ],
    guesses: true,
    ..Form::DEFAULT
};

pub const TEST: Form = Form {
    tool: "bazel",
    kind: Kind::TestFailure,
    wakes: &["FAIL: //", "TIMEOUT: //", "FAIL: @", "FAILED TO BUILD"],
    lines: &[r"^(?P<code>FAIL|TIMEOUT): (?P<test>(?:@\S*)?//\S+)(?: \(.*\))?$"],
    says: "the test target failed",
    guesses: true,
    ..Form::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::{read_whole, told};

    #[test]
    fn a_target_that_cannot_be_built_is_told_with_its_place() {
        let log = "ERROR: /home/runner/work/a/a/web/BUILD:3:10: no such target '//web:nope': target 'nope' not declared in package 'web'\n";
        assert_eq!(
            told(log),
            [
                "bazel build_error | web/BUILD:3:10 | no such target '//web:nope': target 'nope' not declared in package 'web' | @1-1"
            ]
        );
    }

    #[test]
    fn a_test_that_failed_is_told_by_its_label_and_gives_way_to_what_it_printed() {
        let log = "FAIL: //web:page_test (see /home/runner/.cache/bazel/testlogs/web/page_test/test.log)\n";
        let told = read_whole(log).failures;
        assert!(told.iter().any(|failure| failure.test.as_deref() == Some("//web:page_test")), "{told:?}");
    }
}
