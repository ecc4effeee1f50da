//! Bazel: targets that cannot be built, and tests that failed.
//!
//! `src/main/java/com/google/devtools/build/lib/`: `events/Event.java` and `ui/UiEventHandler`: `ERROR: FILE:LINE:COLUMN: MESSAGE`, for an action `… failed: (Exit 1): …`;
//! `buildtool/…/TestResultNotifier` and `TestSummaryPrinter`: `FAIL: //PACKAGE:TARGET (see LOG)`, `TIMEOUT: …`, and in the summary
//! `//PACKAGE:TARGET   FAILED in 0.1s`, `FAILED in 2 out of 3 in 0.6s`, `TIMEOUT in 300.1s`. What the compiler or the test printed is read by its
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
    wakes: &["FAIL: //", "TIMEOUT: //", "FAIL: @", " FAILED in ", " TIMEOUT in "],
    lines: &[
        r"^(?:(?:FAIL|TIMEOUT): (?P<test>(?:@\S*)?//\S+)(?: \(.*\))?|(?P<test2>(?:@\S*)?//\S+) +(?:\(cached\) )?(?:FAILED|TIMEOUT) in \d.*)$",
    ],
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
    fn the_summary_names_targets_that_nothing_above_has_named() {
        let log = "\
//web:cc_test                                  PASSED in 0.6s
//web:page_test                                FAILED in 3 out of 3 in 0.6s
  Stats over 3 runs: max = 0.6s, min = 0.5s, avg = 0.5s, dev = 0.1s
  /home/runner/.cache/bazel/testlogs/web/page_test/test.log
@shop//till:till_test                         TIMEOUT in 300.1s
Executed 3 out of 3 tests: 1 test passes and 2 fail locally.
";
        let tests: Vec<_> = read_whole(log).failures.into_iter().filter_map(|failure| failure.test).collect();
        assert_eq!(tests, ["//web:page_test", "@shop//till:till_test"]);
    }

    #[test]
    fn a_test_that_failed_is_told_by_its_label_and_gives_way_to_what_it_printed() {
        let log = "FAIL: //web:page_test (see /home/runner/.cache/bazel/testlogs/web/page_test/test.log)\n";
        let told = read_whole(log).failures;
        assert!(told.iter().any(|failure| failure.test.as_deref() == Some("//web:page_test")), "{told:?}");
    }
}
