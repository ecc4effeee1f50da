//! What test reports tell beside a log: the same test is told once, and what only a report tells is told too.

use std::collections::BTreeSet;

use sha2::{Digest as _, Sha256};

use super::jvm::frames as java;
use super::paths::is_foreign;
use super::place::{Place, place};
use super::python::frames::{self as python, did_you_mean, exception};
use super::reader::FAILURES_MAX;
use super::script::frames as script;
use crate::domain::failure::{Failure, Kind, TestEnd, Warning};
use crate::domain::log::Span;
use crate::stages::clean::redact::redact;
use crate::stages::junit::{self, Case};
use crate::text::{one_line, truncate};

/// Whether two names, in words, are of one test.
type Fits = fn(&[String], &[String]) -> bool;

/// The tool's name of what only a report tells.
const TOOL: &str = "junit";

/// A message is a sentence; what goes on for pages is in the report.
const MESSAGE_BYTES_MAX: usize = 2_000;

/// What is shown of a file's name: enough to find it.
const NAME_BYTES_MAX: usize = 300;

/// What all the reports of one job say, bounded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reported {
    failures: Vec<Failure>,
    omitted: u64,
    warnings: Vec<Warning>,
    /// SHA-256 of what was taken in.
    taken: BTreeSet<[u8; 32]>,
}

impl Reported {
    /// Takes in one report; `file` is its own name, for the warning that it cannot be read. The same one again, out of
    /// another folder or archive, says nothing new.
    pub fn take(&mut self, file: &str, xml: &str) {
        if !self.taken.insert(Sha256::digest(xml.as_bytes()).into()) {
            return;
        }
        let report = match junit::report(xml) {
            Ok(report) => report,
            Err(reason) => {
                self.warn("report.unreadable", Some(file), &reason);
                return;
            }
        };
        let failed: Vec<&Case> = report.cases.iter().filter(|case| case.end == TestEnd::Failed).collect();
        let within: Vec<&str> = failed.iter().filter_map(|case| Some(case.name.rsplit_once('/')?.0)).collect();
        for case in failed.iter().copied().chain(&report.suites) {
            if self.failures.len() == FAILURES_MAX {
                self.omitted += 1;
                continue;
            }
            // `TestShop` fails because `TestShop/empty` does.
            let primary = !within.contains(&case.name.as_str());
            self.failures.push(Failure { primary, ..failure(case) });
        }
    }

    /// Something about the reports that a person should know; `file` is the one it is about.
    pub fn warn(&mut self, code: &'static str, file: Option<&str>, message: &str) {
        let message = truncate(redact(message).as_str(), MESSAGE_BYTES_MAX);
        let name = |file: &str| truncate(&one_line(redact(file).as_str()), NAME_BYTES_MAX);
        self.warnings.push(Warning { code, file: file.map(name), message });
    }

    /// Adds to the failures of the log what they leave out; the second are failures that were too many to keep.
    pub fn join(self, failures: &mut Vec<Failure>) -> (Vec<Warning>, u64) {
        let names: Vec<Option<Vec<String>>> = failures.iter().map(names_test).collect();
        let mut free: Vec<bool> = names.iter().map(Option::is_some).collect();
        let fits: [Fits; 2] = [|a, b| a == b, ends_alike];
        let mut omitted = self.omitted;
        let mut left: Vec<(Vec<String>, Failure)> = self
            .failures
            .into_iter()
            .map(|failure| (words(failure.test.as_deref().unwrap_or_default()), failure))
            .collect();
        // Names that are equal to the letter first, so that a shorter one does not take another's place.
        for fits in fits {
            left.retain(|(reported, failure)| {
                let same = |at: &usize| {
                    free.get(*at) == Some(&true)
                        && names.get(*at).and_then(Option::as_ref).is_some_and(|name| fits(name, reported))
                };
                let Some(at) = (0..names.len()).find(same) else { return true };
                free[at] = false;
                complete(&mut failures[at], failure);
                false
            });
        }
        for (_, failure) in left {
            if failures.len() < FAILURES_MAX {
                failures.push(failure);
            } else {
                omitted += 1;
            }
        }
        (self.warnings, omitted)
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
fn complete(told: &mut Failure, reported: &Failure) {
    if told.path.is_none() && told.file.is_none() {
        told.path.clone_from(&reported.path);
        (told.line, told.column) = (reported.line, reported.column);
    }
    told.suggestion = told.suggestion.take().or_else(|| reported.suggestion.clone());
    if told.message.trim().is_empty() {
        told.message.clone_from(&reported.message);
    }
}

/// `tests/test_a.py::TestB::test_c`, `tests.test_a.TestB::test_c`: the same words, whatever is between them.
fn words(name: &str) -> Vec<String> {
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

fn failure(case: &Case) -> Failure {
    let first_line = |text: &str| text.lines().map(str::trim).find(|line| !line.is_empty()).map(str::to_owned);
    let message = case.message.as_deref().and_then(first_line).or_else(|| first_line(&case.text));
    let message = message.unwrap_or_else(|| "failed".to_owned());
    let mut failure = Failure::new(Kind::TestFailure, TOOL, message, Span::NONE);
    // `java.lang.AssertionError`, `org.opentest4j.AssertionFailedError`, `TypeError`.
    let class = case.code.as_deref().map(|class| class.rsplit(['.', ':', '$', '\\']).next().unwrap_or_default().trim());
    failure.code = class.filter(|class| !class.is_empty()).map(str::to_owned);
    let said = java::thrown(&failure.message)
        .or_else(|| exception(&failure.message).map(|read| (read.code, read.message)))
        .filter(|(code, message)| !message.is_empty() && message != code);
    if let Some((code, message)) = said {
        failure.message = message;
        failure.code.get_or_insert(code);
    }
    let clean = |text: &str| truncate(redact(text).as_str(), MESSAGE_BYTES_MAX);
    failure.message = clean(&failure.message);
    failure.code = failure.code.as_deref().map(clean);
    failure.suggestion = did_you_mean(&failure.message);
    failure.test = Some(clean(&case.name)).filter(|name| !name.is_empty());
    let (path, line, column) = deepest(case);
    (failure.path, failure.line, failure.column) = (path.as_deref().map(clean), line, column);
    failure
}

/// Where it went wrong, as near to the repository's own code as the report comes; else where the test is written.
fn deepest(case: &Case) -> (Option<String>, Option<u32>, Option<u32>) {
    let lines = || case.text.lines();
    if let Some((path, line)) = lines().find_map(|line| java::own_frame(line, &case.class)) {
        return (Some(path), Some(line), None);
    }
    let is_script_frame = |line: &&str| line.trim_start().starts_with("at ") || line.trim_start().starts_with('❯');
    if let Some(frame) = lines().filter(is_script_frame).find_map(script::own_frame) {
        return (Some(frame.path), Some(frame.line), Some(frame.column));
    }
    let mut frames = python::Frames::default();
    lines().filter_map(python::frame).for_each(|frame| frames.push(frame));
    if let Some(frame) = frames.place() {
        return (Some(frame.path.clone()), Some(frame.line), None);
    }
    // `calc.py:6: ZeroDivisionError` at the end of what pytest tells.
    let own = |place: &Place<'_>| !is_foreign(&place.path.replace('\\', "/"));
    match lines().rev().filter_map(|line| place(line.trim())).find(own) {
        Some(place) => (Some(place.path.to_owned()), Some(place.line), place.column),
        None => (case.file.clone(), case.line, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(case: &str) -> Reported {
        let mut reported = Reported::default();
        reported.take("out/junit.xml", &format!("<testsuite name='s'>{case}</testsuite>"));
        reported
    }

    fn only(case: &str) -> Failure {
        let mut failures = Vec::new();
        report(case).join(&mut failures);
        failures.pop().expect("a failure")
    }

    fn told(test: &str) -> Failure {
        Failure { test: Some(test.to_owned()), ..Failure::new(Kind::TestFailure, "tool", "no", Span::at(3)) }
    }

    #[test]
    fn a_failure_has_the_code_the_message_and_the_deepest_place_of_our_own() {
        for (case, code, message, place) in [
            (
                "<testcase classname='t.test_a' name='b'><failure message='ZeroDivisionError: division by zero'>t/test_a.py:18: \n    def div\n\ncalc.py:6: ZeroDivisionError</failure></testcase>",
                Some("ZeroDivisionError"),
                "division by zero",
                ("calc.py", 6),
            ),
            (
                "<testcase classname='com.example.FaresTest' name='b'><error type='java.lang.ArithmeticException' message='/ by zero'>java.lang.ArithmeticException: / by zero\n\tat java.base/java.util.X.y(X.java:3)\n\tat com.example.Fares.divide(Fares.java:14)\n\tat com.example.FaresTest.b(FaresTest.java:9)</error></testcase>",
                Some("ArithmeticException"),
                "/ by zero",
                ("…/com/example/Fares.java", 14),
            ),
            (
                "<testcase classname='s' name='b'><failure>Error: expected 1\n    at Object.&lt;anonymous&gt; (src/a.test.js:4:12)</failure></testcase>",
                Some("Error"),
                "expected 1",
                ("src/a.test.js", 4),
            ),
            ("<testcase name='b' file='a.rb' line='9'><error/></testcase>", None, "failed", ("a.rb", 9)),
        ] {
            let failure = only(case);
            assert_eq!((failure.code.as_deref(), failure.message.as_str()), (code, message));
            assert_eq!((failure.path.as_deref(), failure.line), (Some(place.0), Some(place.1)), "{case}");
        }
    }

    #[test]
    fn a_test_that_the_log_names_is_told_once() {
        for (log, class, name) in [
            ("tests/test_a.py::TestB::test_c[1-2]", "tests.test_a.TestB", "test_c[1-2]"),
            ("test_c", "tests.test_a", "test_c"),
            ("com.example.FaresTest.group", "com.example.FaresTest", "group"),
            ("src/a.test.ts > cart > is empty", "src/a.test.ts", "cart > is empty"),
            ("cart › is empty", "cart is empty", "cart is empty"),
            ("TestShop/empty", "example.com/shop", "TestShop/empty"),
        ] {
            let mut failures = vec![told(log)];
            report(&format!("<testcase classname='{class}' name='{name}' file='x.rb' line='4'><failure/></testcase>"))
                .join(&mut failures);
            assert_eq!(failures.len(), 1, "{log}");
            assert_eq!((failures[0].message.as_str(), failures[0].path.as_deref()), ("no", Some("x.rb")), "{log}");
        }
    }

    #[test]
    fn a_file_that_could_not_be_loaded_is_told_once() {
        let broken = Failure::new(Kind::DependencyIssue, "pytest", "No module named 'x'", Span::at(3));
        let mut failures = vec![Failure { path: Some("tests/test_x.py".to_owned()), ..broken }];
        report("<testcase classname='' name='tests.test_x'><error message='collection failure'/></testcase>")
            .join(&mut failures);
        assert_eq!(failures.len(), 1);
    }

    #[test]
    fn every_test_of_the_report_is_told_though_their_names_end_alike() {
        let mut failures = vec![told("TestA"), told("b::TestA")];
        let case = |class: &str| format!("<testcase classname='{class}' name='TestA'><failure/></testcase>");
        report(&["a", "b", "c"].map(case).concat()).join(&mut failures);
        let names: Vec<_> = failures.iter().filter_map(|failure| failure.test.as_deref()).collect();
        assert_eq!(names, ["TestA", "b::TestA", "c::TestA"]);
    }

    #[test]
    fn a_test_that_fails_by_its_part_is_a_cascade() {
        let mut failures = Vec::new();
        report("<testcase name='TestA'><failure/></testcase><testcase name='TestA/b'><failure/></testcase>")
            .join(&mut failures);
        assert_eq!(failures.iter().map(|failure| failure.primary).collect::<Vec<_>>(), [false, true]);
    }

    #[test]
    fn failures_beyond_the_limit_are_counted() {
        let case = |number| format!("<testcase name='t{number}'><failure/></testcase>");
        let cases: String = (0..FAILURES_MAX + 2).map(case).collect();
        let mut failures = vec![told("other")];
        assert_eq!(report(&cases).join(&mut failures).1, 3);
        assert_eq!(failures.len(), FAILURES_MAX);
    }

    #[test]
    fn a_report_that_cannot_be_read_is_named_and_the_others_are_read() {
        let mut reported = report("<testcase name='a'><failure/></testcase>");
        reported.take("bad.xml", "<testsuite>");
        let mut failures = Vec::new();
        let (warnings, _) = reported.join(&mut failures);
        assert_eq!(failures.len(), 1);
        assert_eq!((warnings[0].code, warnings[0].file.as_deref()), ("report.unreadable", Some("bad.xml")));
    }

    #[test]
    fn a_report_that_lies_in_two_places_is_read_once() {
        let mut reported = report("<testcase name='a'><failure/></testcase>");
        reported
            .take("unit-test/junit.xml", "<testsuite name='s'><testcase name='a'><failure/></testcase></testsuite>");
        let mut failures = Vec::new();
        reported.join(&mut failures);
        assert_eq!(failures.len(), 1);
    }

    #[test]
    fn a_name_in_a_warning_is_one_short_line() {
        let mut reported = Reported::default();
        reported.warn("report.unreadable", Some(&format!("a\n::error::\u{1b}[31m{}", "x".repeat(5_000))), "no");
        let (warnings, _) = reported.join(&mut Vec::new());
        let name = warnings[0].file.as_deref().expect("a name");
        assert!(name.len() <= NAME_BYTES_MAX && !name.contains(char::is_control), "{name}");
    }

    #[test]
    fn p16_secrets_in_a_report_are_masked() {
        let failure = only("<testcase name='a'><failure message='login with token=a1b2c3d4e5f6 failed'/></testcase>");
        assert_eq!(failure.message, "login with token=*** failed");
    }
}
