//! What every report comes to: tests and how each ended, and what compilers and linters found.

use crate::domain::failure::{Failure, Kind, TestEnd};
use crate::domain::log::Span;
use crate::text::truncate;

/// Of what a failing test printed into the report: the message stands at its start or its end.
pub const TEXT_BYTES_MAX: usize = 64 << 10;

/// The test suites of a very large build; beyond it tests are counted and no more.
pub const CASES_MAX: usize = 200_000;

/// More findings than anybody reads, and ten times those that are kept of all reports together.
pub const FINDINGS_MAX: usize = 10_000;

/// One test, or a suite that failed outside of its tests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// `CLASS::NAME`, or the name alone where there is no class or where the name has it already.
    pub name: String,
    pub class: String,
    pub end: TestEnd,
    /// As the report gives them, and where it does.
    pub file: Option<String>,
    pub line: Option<u32>,
    /// Of a test that failed: the exception's class, the message, and what was printed with it.
    pub code: Option<String>,
    pub message: Option<String>,
    pub text: String,
    /// It failed because tests inside of it did.
    pub cascade: bool,
}

impl Case {
    /// A test that has passed, until more is known of it.
    pub fn of(class: &str, name: &str) -> Self {
        Self {
            name: full_name(class, name),
            class: class.to_owned(),
            end: TestEnd::Passed,
            file: None,
            line: None,
            code: None,
            message: None,
            text: String::new(),
            cascade: false,
        }
    }
}

/// What one report says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Who wrote it, as far as its format tells: the `tool` of its tests.
    pub tool: &'static str,
    pub cases: Vec<Case>,
    /// Suites that failed outside of their tests: these are no tests that could be counted.
    pub suites: Vec<Case>,
    /// What compilers and linters found; only what stops a build, no warnings.
    pub findings: Vec<Failure>,
    /// What the tool would have printed into a log, where it quotes that: the readers of logs read it.
    pub retold: String,
    /// Failures that were too many to keep.
    pub omitted: u64,
    /// The report ends before it should, in words; what stands before is read.
    pub cut: Option<String>,
}

impl Report {
    pub fn of(tool: &'static str) -> Self {
        Self { tool, ..Self::default() }
    }

    pub fn case(&mut self, case: Case) {
        if self.cases.len() < CASES_MAX {
            self.cases.push(case);
        } else if case.end == TestEnd::Failed {
            self.omitted += 1;
        }
    }

    /// Something that went wrong outside of the tests; `name` is the suite's.
    pub fn suite(&mut self, suite: Case) {
        if self.suites.len() < CASES_MAX {
            self.suites.push(Case { end: TestEnd::Failed, ..suite });
        } else {
            self.omitted += 1;
        }
    }

    pub fn finding(&mut self, finding: Failure) {
        if self.findings.len() < FINDINGS_MAX {
            self.findings.push(finding);
        } else {
            self.omitted += 1;
        }
    }
}

/// A finding that names its place; a line 0 is none.
pub fn finding(tool: &str, path: Option<&str>, line: Option<u32>, column: Option<u32>, message: &str) -> Failure {
    let kind = match tool {
        "mypy" | "pyright" | "tsc" | "psalm" | "phpstan" => Kind::TypeError,
        "rustc" | "cargo" | "go-build" => Kind::BuildError,
        "prettier" | "rustfmt" | "gofmt" | "black" => Kind::FormatError,
        _ => Kind::LintError,
    };
    Failure {
        path: path.map(str::to_owned).filter(|path| !path.is_empty()),
        line: line.filter(|line| *line > 0),
        column: column.filter(|column| *column > 0),
        ..Failure::new(kind, tool, message.trim(), Span::NONE)
    }
}

/// The tool's name as readers of logs write it: `golangci-lint`, `clang-tidy`.
pub fn tool_name(told: &str) -> String {
    const NAME_BYTES_MAX: usize = 40;
    let plain = |c: char| if c.is_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
    let name: String = told.trim().chars().map(plain).collect();
    truncate(name.trim_matches('-'), NAME_BYTES_MAX)
}

/// `CLASS::NAME`. Tools that write a test's full name as its name are taken at their word.
fn full_name(class: &str, name: &str) -> String {
    let has_class =
        name.strip_prefix(class).is_some_and(|rest| rest.is_empty() || !rest.starts_with(char::is_alphanumeric));
    match (class, name) {
        ("", name) => name.to_owned(),
        (class, "") => class.to_owned(),
        (_, name) if has_class => name.to_owned(),
        (class, name) => format!("{class}::{name}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tests_name_has_its_class_once() {
        for (class, name, full) in [
            ("tests.test_a", "test_b", "tests.test_a::test_b"),
            ("", "adds", "adds"),
            ("Shop.CartTests", "Shop.CartTests.Adds(x: 1)", "Shop.CartTests.Adds(x: 1)"),
            ("Shop.Cart", "Shop.CartTests.Adds", "Shop.Cart::Shop.CartTests.Adds"),
            ("Shop.CartTests", "", "Shop.CartTests"),
        ] {
            assert_eq!(Case::of(class, name).name, full);
        }
    }

    #[test]
    fn tests_and_findings_beyond_the_limit_are_counted_where_they_failed() {
        let mut report = Report::of("junit");
        for _ in 0..CASES_MAX {
            report.case(Case::of("", ""));
        }
        report.case(Case::of("", "passed"));
        assert_eq!((report.cases.len(), report.omitted), (CASES_MAX, 0));
        report.case(Case { end: TestEnd::Failed, ..Case::of("", "failed") });
        for _ in 0..=FINDINGS_MAX {
            report.finding(finding("eslint", Some("a.js"), Some(1), None, "no"));
        }
        assert_eq!((report.findings.len(), report.omitted), (FINDINGS_MAX, 2));
    }

    #[test]
    fn a_tools_name_is_written_in_one_way() {
        for (told, name) in [("ESLint", "eslint"), ("Clang-Tidy", "clang-tidy"), ("Psalm (taint)", "psalm--taint")] {
            assert_eq!(tool_name(told), name);
        }
    }
}
