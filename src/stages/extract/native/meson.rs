//! Meson: what is wrong in a `meson.build`, what it looks for in vain, and its tests.

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

/// Meson's `mlog.exception`: a place in a `meson.build`.
pub static BUILD: Form = Form {
    tool: "meson",
    kind: Kind::BuildError,
    wakes: &["meson.build:", "meson_options.txt:", "meson.options:"],
    lines: &[
        r"^(?P<path>\S*meson(?:\.build|_options\.txt|\.options)):(?P<line>\d+):(?P<column>\d+): ERROR: (?P<message>\S.*)$",
    ],
    ..Form::DEFAULT
};

/// The same of what it looks for (`DependencyException` in `dependencies/base.py`).
pub static DEPENDENCY: Form = Form {
    tool: "meson",
    kind: Kind::DependencyIssue,
    wakes: &["meson.build:"],
    lines: &[concat!(
        r"^(?P<path>\S*meson\.build):(?P<line>\d+):(?P<column>\d+): ERROR: ",
        r"(?P<message>(?:Dependency|Native dependency|Program|C\w* (?:shared|static)? ?library) .*not found.*)$",
    )],
    ..Form::DEFAULT
};

/// `meson test` (`TestHarness.format` in `mtest.py`).
pub static TEST: Form = Form {
    tool: "meson",
    kind: Kind::TestFailure,
    wakes: &[" FAIL  ", " TIMEOUT  ", " ERROR  "],
    lines: &[r"^ *\d+/\d+ (?P<test>\S.*?) +(?P<code>FAIL|TIMEOUT|ERROR) +[\d.]+ ?s(?: +(?P<message>\S.*))?$"],
    wraps: true,
    ..Form::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::check_only;

    #[test]
    fn a_missing_dependency_and_a_failed_test_are_told_apart() {
        check_only(
            "../meson.build:3:0: ERROR: Dependency \"bell\" not found, tried pkgconfig",
            "meson dependency_issue | ?../meson.build:3:0 | Dependency \"bell\" not found, tried pkgconfig | @1-1",
        );
        check_only(
            " 2/14 tram / stops            FAIL            0.01s   exit status 1",
            "meson test_failure | tram / stops | FAIL | exit status 1 | @1-1",
        );
    }
}
