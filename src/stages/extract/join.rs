//! What is told beside a log, by reports, and the log's own failures become one list in which each is told once.

use super::reader::FAILURES_MAX;
use crate::domain::failure::{Failure, Kind, Warning};

/// Whether two names, in words, are of one test.
type Fits = fn(&[String], &[String]) -> bool;

/// What reports of one job tell, bounded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Told {
    pub failures: Vec<Failure>,
    pub omitted: u64,
    pub warnings: Vec<Warning>,
}

impl Told {
    pub fn failure(&mut self, failure: Failure) {
        if self.failures.len() < FAILURES_MAX {
            self.failures.push(failure);
        } else {
            self.omitted += 1;
        }
    }

    /// Adds to the failures of the log what they leave out; the second are failures that were too many to keep.
    /// `guessing` are the tools that go by words alone: what a report tells of their failures is better.
    pub fn join(self, failures: &mut Vec<Failure>, guessing: &[&str]) -> (Vec<Warning>, u64) {
        let names: Vec<Option<Vec<String>>> = failures.iter().map(names_test).collect();
        let mut free = vec![true; failures.len()];
        let fits: [Fits; 2] = [|a, b| a == b, ends_alike];
        let mut left: Vec<(Vec<String>, Failure)> = self
            .failures
            .into_iter()
            .map(|failure| (words(failure.test.as_deref().unwrap_or_default()), failure))
            .collect();
        // Names that are equal to the letter first, so that a shorter one does not take another's place.
        for fits in fits {
            left.retain(|(reported, failure)| {
                let same = |at: &usize| match (free.get(*at), names.get(*at), failures.get(*at)) {
                    (Some(true), Some(Some(name)), _) if failure.test.is_some() => fits(name, reported),
                    (Some(true), _, Some(told)) if failure.test.is_none() => same_place_and_words(told, failure),
                    _ => false,
                };
                let Some(at) = (0..names.len()).find(same) else { return true };
                free[at] = false;
                complete(&mut failures[at], failure, guessing);
                false
            });
        }
        let mut joined = Self { failures: std::mem::take(failures), omitted: self.omitted, warnings: self.warnings };
        left.into_iter().for_each(|(_, failure)| joined.failure(failure));
        *failures = joined.failures;
        (joined.warnings, joined.omitted)
    }
}

/// Whether two reports tell of one test or finding. In another format they word it as they like; in the same, another
/// message is another failure: two packages of one repository may have tests of one name.
pub fn same_in_reports((one, name): (&Failure, &[String]), (other, other_name): (&Failure, &[String])) -> bool {
    match (&one.test, &other.test) {
        (Some(_), Some(_)) => (one.tool != other.tool || one.message == other.message) && name == other_name,
        (None, None) => same_place_and_words(one, other),
        _ => false,
    }
}

/// What a log's failure says of its test: the name, or the file where no test of it could run.
fn names_test(failure: &Failure) -> Option<Vec<String>> {
    let of_tests = matches!(failure.kind, Kind::TestFailure | Kind::DependencyIssue | Kind::BuildError);
    let name = failure.test.as_deref().or(failure.path.as_deref().filter(|_| of_tests))?;
    Some(words(name)).filter(|words| !words.is_empty())
}

/// The log's failure with what only the report says of it. What makes the failure this one and no other stays: its
/// test, its code and its message.
pub fn complete(told: &mut Failure, reported: &Failure, guessing: &[&str]) {
    if told.path.is_none() && told.file.is_none() {
        told.path.clone_from(&reported.path);
        (told.line, told.column) = (reported.line, reported.column);
    }
    if guessing.contains(&told.tool.as_str()) {
        told.tool.clone_from(&reported.tool);
        told.kind = reported.kind;
        told.code.clone_from(&reported.code);
        told.message.clone_from(&reported.message);
        told.primary = reported.primary;
    }
    told.suggestion = told.suggestion.take().or_else(|| reported.suggestion.clone());
    if told.message.trim().is_empty() {
        told.message.clone_from(&reported.message);
    }
}

/// `tests/test_a.py::TestB::test_c`, `tests.test_a.TestB::test_c`: the same words, whatever is between them.
pub fn words(name: &str) -> Vec<String> {
    const EXTENSIONS: &[&str] =
        &["py", "js", "jsx", "ts", "tsx", "mjs", "cjs", "mts", "cts", "go", "rs", "java", "kt", "rb", "php"];
    name.split(|c: char| !c.is_alphanumeric() && c != '_')
        .filter(|word| !word.is_empty() && !EXTENSIONS.contains(word))
        .map(str::to_lowercase)
        .collect()
}

/// Whether one name is the end of the other: the log tells a test with or without its file, class or package.
fn ends_alike(a: &[String], b: &[String]) -> bool {
    !a.is_empty() && !b.is_empty() && (a.ends_with(b) || b.ends_with(a))
}

/// Whether both are about one place and one rule, as two ways of printing tell them.
pub fn same_place_and_words(one: &Failure, other: &Failure) -> bool {
    let alike = |a: &str, b: &str| !a.is_empty() && a.eq_ignore_ascii_case(b);
    let place = |failure: &Failure| path_words(failure.file.as_deref().or(failure.path.as_deref()).unwrap_or_default());
    let columns = |a: Option<u32>, b: Option<u32>| a.is_none() || b.is_none() || a == b;
    one.test.is_none()
        && one.line.is_some()
        && one.line == other.line
        && columns(one.column, other.column)
        && ends_alike(&place(one), &place(other))
        && (alike(one.code.as_deref().unwrap_or_default(), other.code.as_deref().unwrap_or_default())
            || one.message.contains(other.message.trim_end_matches('.'))
            || other.message.contains(one.message.trim_end_matches('.')))
}

/// The folders and the name of a path; `.` and what leads out of a folder say nothing of where a file is.
fn path_words(path: &str) -> Vec<String> {
    let parts = path.split(['/', '\\']).filter(|part| !matches!(*part, "" | "." | ".." | "…"));
    parts.map(str::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::log::Span;

    fn told(test: &str, message: &str, at: u64) -> Failure {
        Failure { test: Some(test.to_owned()), ..Failure::new(Kind::TestFailure, "tool", message, Span::at(at)) }
    }

    fn found(tool: &str, path: &str, place: (u32, u32), code: &str, message: &str) -> Failure {
        Failure {
            path: Some(path.to_owned()),
            line: Some(place.0),
            column: Some(place.1).filter(|column| *column > 0),
            code: Some(code.to_owned()).filter(|code| !code.is_empty()),
            ..Failure::new(Kind::LintError, tool, message, Span::at(3))
        }
    }

    fn joined(log: &[Failure], reported: &[Failure]) -> Vec<Failure> {
        let mut failures = log.to_vec();
        Told { failures: reported.to_vec(), ..Told::default() }.join(&mut failures, &["words"]);
        failures
    }

    #[test]
    fn a_finding_that_the_log_has_too_is_told_once() {
        for (log, reported) in [
            (
                found("eslint", "src/a.js", (3, 7), "no-undef", "'x' is not defined"),
                found("eslint", "/srv/shop/src/a.js", (3, 7), "no-undef", "'x' is not defined."),
            ),
            (
                found("checkstyle", "/srv/src/A.java", (3, 0), "MagicNumber", "'3' is a magic number."),
                found("checkstyle", "A.java", (3, 9), "MagicNumber", "magic"),
            ),
            (
                found("other", "src\\a.py", (3, 7), "", "E501 line too long (90 > 88)"),
                found("flake8", "./src/a.py", (3, 7), "E501", "line too long (90 > 88)"),
            ),
        ] {
            assert_eq!(joined(std::slice::from_ref(&log), &[reported]), [log]);
        }
    }

    #[test]
    fn findings_at_other_places_or_of_other_rules_are_told_beside_it() {
        let log = found("eslint", "src/a.js", (3, 7), "no-undef", "'x' is not defined");
        for reported in [
            found("eslint", "src/a.js", (4, 7), "no-undef", "'x' is not defined"),
            found("eslint", "src/a.js", (3, 9), "no-undef", "'x' is not defined"),
            found("eslint", "lib/a.js", (3, 7), "no-undef", "'x' is not defined"),
            found("eslint", "src/a.js", (3, 7), "semi", "Missing semicolon."),
        ] {
            assert_eq!(joined(std::slice::from_ref(&log), &[reported]).len(), 2);
        }
        let two = [log.clone(), log.clone()];
        assert_eq!(joined(&[log], &two).len(), 2, "one of the log is one of the report");
    }

    #[test]
    fn a_report_knows_better_than_a_guess() {
        let guess = found("words", "a.py", (3, 7), "", "F821 Undefined name `x`");
        let told = joined(&[guess], &[found("ruff", "a.py", (3, 7), "F821", "Undefined name `x`")]);
        assert_eq!((told.len(), told[0].tool.as_str(), told[0].code.as_deref()), (1, "ruff", Some("F821")));
    }

    #[test]
    fn two_formats_may_word_one_failure_as_they_like() {
        let other = |failure: Failure| Failure { tool: "other".to_owned(), ..failure };
        let same = |one: &Failure, other: &Failure| {
            let name = |failure: &Failure| words(failure.test.as_deref().unwrap_or_default());
            same_in_reports((one, &name(one)), (other, &name(other)))
        };
        let one = told("com.x.CartTest::adds", "expected 1", 3);
        assert!(same(&one, &other(told("com.x.CartTest.adds", "boom", 3))));
        assert!(same(&one, &told("com.x.CartTest.adds", "expected 1", 9)));
        assert!(!same(&one, &told("com.x.CartTest.adds", "expected 2", 3)));
        assert!(!same(&one, &other(told("com.y.CartTest.adds", "expected 1", 3))));
    }
}
