//! sphinx-build with `-W`: warnings are what fails it.
//!
//! `sphinx/util/logging.py`: `{path}:{line}: WARNING: {message}`, levels WARNING, ERROR and CRITICAL; at the end
//! `sphinx/application.py` says `build finished with problems, 2 warnings (with warnings treated as errors).`. Before 8.1,
//! without `--keep-going`, `sphinx/cmd/build.py` stopped at the first: `Warning, treated as error:`, then
//! `{path}:{line}:{message}`.

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

pub const ALL: Form = Form {
    tool: "sphinx",
    kind: Kind::BuildError,
    wakes: &[": WARNING: ", ": ERROR: ", ": CRITICAL: ", "warnings treated as errors)"],
    lines: &[
        r"^(?P<path>(?:[A-Za-z]:)?[^\s:\[][^:]*\.(?:rst|rest|md|txt|inc|ipynb|pyi?|c|cpp|hpp?))(?::docstring of [\w.]+)?:(?P<line>\d+)?:? ?(?P<level>WARNING|ERROR|CRITICAL): (?P<message>.+?)(?: \[(?P<code>[a-z][\w.]+)\])?$",
    ],
    mild: &["warning", "error", "critical"],
    verdict: Some(r"^build finished with problems.*warnings treated as errors"),
    ..Form::DEFAULT
};

pub const FIRST: Form = Form {
    tool: "sphinx",
    kind: Kind::BuildError,
    wakes: &["Warning, treated as error:"],
    lines: &[
        r"^Warning, treated as error:$",
        r"^(?:(?P<path>(?:[A-Za-z]:)?[^\s:\[][^:]*\.(?:rst|rest|md|txt|inc|ipynb|pyi?|c|cpp|hpp?))(?::docstring of [\w.]+)?:(?P<line>\d+)?:? ?)?(?P<message>.+)$",
    ],
    ..Form::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::told;

    // Printed by Sphinx 9.0, the first lines of the last part by 5.3.
    #[test]
    fn warnings_are_told_when_they_fail_the_build() {
        let green = "docs/index.rst:6: WARNING: undefined label: 'nope' [ref.ref]\nbuild succeeded, 1 warning.\n";
        assert_eq!(told(green), ["[sphinx build_error | docs/index.rst:6 | ref.ref | undefined label: 'nope' | @1-1]"]);
        let log = "\
/home/runner/work/x/x/docs/index.rst:4: ERROR: Unknown directive type \"foo\".

.. foo:: [docutils]
docs/index.rst:6: WARNING: undefined label: 'nope' [ref.ref]
build finished with problems, 2 warnings (with warnings treated as errors).
";
        assert_eq!(
            told(log),
            [
                "sphinx build_error | docs/index.rst:4 | Unknown directive type \"foo\". | @1-1",
                "sphinx build_error | docs/index.rst:6 | ref.ref | undefined label: 'nope' | @4-4",
            ]
        );
        assert_eq!(
            told("\nWarning, treated as error:\n/home/runner/work/x/x/docs/index.rst:3:Title underline too short.\n"),
            ["sphinx build_error | docs/index.rst:3 | Title underline too short. | @2-3"]
        );
    }
}
