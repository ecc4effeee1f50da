//! Build tools of C, C++ and Fortran, and tools beside them, whose complaints are a line or two each.

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

/// GNU make on its own file (`reading_file` … `O (fatal, …)` in `read.c` and `misc.c`): `Makefile:3: *** missing separator.  Stop.`
pub static MAKEFILE: Form = Form {
    tool: "make",
    kind: Kind::BuildError,
    wakes: &[": *** "],
    lines: &[r"^(?P<path>[^\s:\[]+):(?P<line>\d+): \*\*\* (?P<message>\S.*?)(?:\.  Stop\.)?$"],
    wraps: true,
    ..Form::DEFAULT
};

/// GNU make on a command or a rule (`child_error` in `job.c`, `remake.c`): `make: *** [Makefile:3: all] Error 2`.
/// It says which command failed, and less than any line that says why.
pub static MAKE: Form = Form {
    tool: "make",
    kind: Kind::BuildError,
    wakes: &["make: *** ", "]: *** ", "make.exe: *** "],
    lines: &[r"^(?:\S*/)?[\w-]*make(?:\.exe)?(?:\[\d+\])?: \*\*\* (?P<message>\S.*?)(?:\.  Stop\.)?$"],
    guesses: true,
    ..Form::DEFAULT
};

/// ninja's `StatusPrinter::BuildEdgeFinished`: what could not be made, then the command.
pub static NINJA: Form = Form {
    tool: "ninja",
    kind: Kind::BuildError,
    wakes: &["FAILED: "],
    lines: &[r"^FAILED: (?:\[code=\d+\] )?(?P<message>(?:\S+(?:\.\w+|/\S+) ?)+)$"],
    guesses: true,
    ..Form::DEFAULT
};

/// ninja on its own files (`Error`, `Fatal` in `util.cc`).
pub static NINJA_ERROR: Form = Form {
    tool: "ninja",
    kind: Kind::BuildError,
    wakes: &["ninja: error: ", "ninja: fatal: "],
    lines: &[r"^ninja: (?:error|fatal): (?:(?P<path>\S+\.ninja):(?P<line>\d+): )?(?P<message>\S.*)$"],
    wraps: true,
    ..Form::DEFAULT
};

/// Meson's `mlog.exception`: a place in a `meson.build`.
pub static MESON: Form = Form {
    tool: "meson",
    kind: Kind::BuildError,
    wakes: &["meson.build:", "meson_options.txt:", "meson.options:"],
    lines: &[
        r"^(?P<path>\S*meson(?:\.build|_options\.txt|\.options)):(?P<line>\d+):(?P<column>\d+): ERROR: (?P<message>\S.*)$",
    ],
    ..Form::DEFAULT
};

/// The same of what it looks for (`DependencyException` in `dependencies/base.py`).
pub static MESON_DEPENDENCY: Form = Form {
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
pub static MESON_TEST: Form = Form {
    tool: "meson",
    kind: Kind::TestFailure,
    wakes: &[" FAIL  ", " TIMEOUT  ", " ERROR  "],
    lines: &[r"^ *\d+/\d+ (?P<test>\S.*?) +(?P<code>FAIL|TIMEOUT|ERROR) +[\d.]+ ?s(?: +(?P<message>\S.*))?$"],
    wraps: true,
    ..Form::DEFAULT
};

/// Autoconf's `AC_MSG_ERROR`.
pub static CONFIGURE: Form = Form {
    tool: "configure",
    kind: Kind::BuildError,
    wakes: &["configure: error: "],
    lines: &[r"^(?:\S*/)?configure: error: (?P<message>\S.*)$"],
    ..Form::DEFAULT
};

/// gfortran (`gfc_diagnostics_starter` in `error.cc`): the place, the source, then what is wrong.
pub static GFORTRAN: Form = Form {
    tool: "gfortran",
    kind: Kind::BuildError,
    wakes: &[".f90:", ".f95:", ".f03:", ".f08:", ".for:", ".f:"],
    lines: &[
        r"^(?P<path>\S.*\.(?:[fF]\d*|for|FOR)):(?P<line>\d+):(?P<column>\d+):$",
        r"^(?:Fatal )?Error: (?P<message>\S.*)$",
    ],
    between: Some(r"^$|^ .*"),
    ..Form::DEFAULT
};

/// cppcheck's template before 1.88.
pub static CPPCHECK: Form = Form {
    tool: "cppcheck",
    kind: Kind::LintError,
    wakes: &["]: (error", "]: (warning", "]: (style", "]: (performance", "]: (portability"],
    lines: &[
        r"^\[(?P<path>[^\]:]+):(?P<line>\d+)\](?: -> \[[^\]]+\])*: \((?P<code>error|warning|style|performance|portability)[^)]*\) (?P<message>\S.*)$",
    ],
    ..Form::DEFAULT
};

/// cpplint's `emacs` output (`Error` in `cpplint.py`).
pub static CPPLINT: Form = Form {
    tool: "cpplint",
    kind: Kind::LintError,
    wakes: &["  [whitespace/", "  [build/", "  [readability/", "  [runtime/", "  [legal/"],
    lines: &[r"^(?P<path>\S[^:]*):(?P<line>\d+):  (?P<message>\S.*?)  \[(?P<code>[\w/+]+)\] \[\d\]$"],
    ..Form::DEFAULT
};

/// Boost.Test's `compiler_log_formatter`.
pub static BOOST: Form = Form {
    tool: "boost-test",
    kind: Kind::TestFailure,
    wakes: &["error: in \""],
    lines: &[
        r#"^(?P<path>\S.*?)(?:\(|:)(?P<line>\d+)\)?: (?:[Ff]atal )?[Ee]rror: in "(?P<test>[^"]+)": (?P<message>\S.*)$"#,
    ],
    ..Form::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::told;

    fn check(log: &str, expected: &str) {
        let rows: Vec<_> = told(&format!("{log}\n")).into_iter().filter(|row| !row.contains("words ")).collect();
        assert_eq!(rows, [expected], "of {log}");
    }

    #[test]
    fn each_is_read_in_its_own_form() {
        check("Makefile:3: *** missing separator.  Stop.", "make build_error | Makefile:3 | missing separator | @1-1");
        check("make[1]: *** [Makefile:3: all] Error 2", "make build_error | [Makefile:3: all] Error 2 | @1-1");
        check(
            "make: *** No rule to make target 'bell.c', needed by 'bell.o'.  Stop.",
            "make build_error | No rule to make target 'bell.c', needed by 'bell.o' | @1-1",
        );
        check("FAILED: CMakeFiles/tram.dir/tram.c.o ", "ninja build_error | CMakeFiles/tram.dir/tram.c.o | @1-1");
        check(
            "ninja: error: 'bell.c', needed by 'bell.o', missing and no known rule to make it",
            "ninja build_error | 'bell.c', needed by 'bell.o', missing and no known rule to make it | @1-1",
        );
        check(
            "../meson.build:3:0: ERROR: Dependency \"bell\" not found, tried pkgconfig",
            "meson dependency_issue | ?../meson.build:3:0 | Dependency \"bell\" not found, tried pkgconfig | @1-1",
        );
        check(
            " 2/14 tram / stops            FAIL            0.01s   exit status 1",
            "meson test_failure | tram / stops | FAIL | exit status 1 | @1-1",
        );
        check(
            "configure: error: Package requirements (bell) were not met:",
            "configure build_error | Package requirements (bell) were not met: | @1-1",
        );
        check(
            "tram.f90:3:8:\n\n    3 | x = y\n      |        1\nError: Symbol 'y' at (1) has no IMPLICIT type",
            "gfortran build_error | tram.f90:3:8 | Symbol 'y' at (1) has no IMPLICIT type | @1-5",
        );
        check(
            "[tram.c:3]: (error) Null pointer dereference",
            "cppcheck lint_error | tram.c:3 | error | Null pointer dereference | @1-1",
        );
        check(
            "src/tram.cc:3:  Missing space after ,  [whitespace/comma] [3]",
            "cpplint lint_error | src/tram.cc:3 | whitespace/comma | Missing space after , | @1-1",
        );
        check(
            "tram_test.cpp(6): error: in \"suite/stops\": check 1 == 2 has failed [1 != 2]",
            "boost-test test_failure | tram_test.cpp:6 | suite/stops | check 1 == 2 has failed [1 != 2] | @1-1",
        );
    }
}
