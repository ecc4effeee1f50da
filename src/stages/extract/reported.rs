//! What reports say beside a log: each test and finding once, however many reports tell of it.
use std::collections::BTreeSet;

use sha2::{Digest as _, Sha256};
use watch::Watch;

use super::engine::{Extraction, Place as Job, STEP_END_LINES};
use super::go;
use super::join::{Told, complete, same_in_reports, words};
use super::jvm::frames as java;
use super::paths::is_foreign;
use super::place::{Place, place};
use super::python::frames::{self as python, did_you_mean, exception};
use super::reader::Make;
use super::rust;
use super::script::frames as script;
use crate::domain::failure::{Failure, Kind, TestEnd, Warning};
use crate::domain::log::Span;
use crate::stages::clean::cursor::Cursor;
use crate::stages::clean::redact::redact;
use crate::stages::report::case::{Case, Report};
use crate::stages::report::read;
use crate::text::{one_line, truncate};

/// A message is a sentence; what goes on for pages is in the report.
const MESSAGE_BYTES_MAX: usize = 2_000;

/// What is shown of a file's name: enough to find it.
const NAME_BYTES_MAX: usize = 300;

/// Readers of what a report quotes of a log.
const READERS: [&[Make]; 2] = [rust::READERS, go::READERS];

/// What all the reports of one job say, bounded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reported {
    told: Told,
    /// The name of each failure's test, in words.
    names: Vec<Vec<String>>,
    /// SHA-256 of what was taken in.
    taken: BTreeSet<[u8; 32]>,
}

impl Reported {
    /// Takes in one report; `file` is its own name, for the warning that it cannot be read. The same one again, out of
    /// another folder or archive, says nothing new, nor does one in another format.
    pub fn take(&mut self, file: &str, bytes: &[u8]) {
        if !self.taken.insert(Sha256::digest(bytes).into()) {
            return;
        }
        let report = match read(bytes) {
            Ok(report) => report,
            Err(reason) => {
                self.warn("report.unreadable", Some(file), &reason);
                return;
            }
        };
        if let Some(cut) = &report.cut {
            self.warn("report.unreadable", Some(file), &format!("{cut}; what stands before is read"));
        }
        self.told.omitted += report.omitted;
        let earlier = self.told.failures.len();
        for failure in failures(report) {
            let name = words(failure.test.as_deref().unwrap_or_default());
            let mut known = self.told.failures.iter_mut().zip(&self.names).take(earlier);
            match known.find(|(known, of)| same_in_reports((known, of), (&failure, &name))) {
                Some((known, _)) => complete(known, &failure, &[]),
                None => {
                    self.told.failure(failure);
                    self.names.push(name);
                    self.names.truncate(self.told.failures.len());
                }
            }
        }
    }

    /// Something about the reports that a person should know; `file` is the one it is about.
    pub fn warn(&mut self, code: &'static str, file: Option<&str>, message: &str) {
        let message = truncate(redact(message).as_str(), MESSAGE_BYTES_MAX);
        let name = |file: &str| truncate(&one_line(redact(file).as_str()), NAME_BYTES_MAX);
        self.told.warnings.push(Warning { code, file: file.map(name), message });
    }

    pub fn told(self) -> Told {
        self.told
    }
}

/// What one report says failed.
fn failures(report: Report) -> Vec<Failure> {
    let tool = report.tool;
    let failed: Vec<&Case> = report.cases.iter().filter(|case| case.end == TestEnd::Failed).collect();
    let within: BTreeSet<&str> = failed.iter().filter_map(|case| Some(case.name.rsplit_once('/')?.0)).collect();
    // `TestShop` fails because `TestShop/empty` does.
    let is_root = |case: &Case| !case.cascade && !within.contains(case.name.as_str());
    let tests = failed.iter().copied().map(|case| Failure { primary: is_root(case), ..failure(tool, case) });
    let suites = report.suites.iter().map(|suite| failure(tool, suite));
    let clean = |text: String| truncate(redact(&text).as_str(), MESSAGE_BYTES_MAX);
    let findings = report.findings.iter().cloned().map(|found| Failure {
        path: found.path.map(clean),
        code: found.code.map(clean),
        suggestion: found.suggestion.map(clean),
        message: clean(found.message),
        ..found
    });
    let told: Vec<Failure> = tests.chain(suites).chain(findings).collect();
    if report.retold.is_empty() {
        return told;
    }
    // What the tool printed says more than that a test failed; of what failed by its parts it says nothing.
    let mut failures = retold(&report.retold);
    let told = told.into_iter().filter(|failure| failure.primary).collect();
    Told { failures: told, ..Told::default() }.join(&mut failures, &[]);
    failures
}

/// What failed by what a tool would have printed.
fn retold(text: &str) -> Vec<Failure> {
    let mut extraction = Extraction::new(READERS.into_iter().flatten().map(|make| make()).collect(), None);
    let mut cursor = Cursor::watching(Watch::new(extraction.wakes()));
    cursor.push(text.as_bytes(), &mut |line, around| extraction.line(line, around));
    let end = cursor.finish(STEP_END_LINES, &mut |line, around| extraction.line(line, around));
    let read = extraction.finish(end, &Job::default(), Told::default());
    // Neither the lines nor the paths are the log's.
    read.failures.into_iter().map(|failure| Failure { log: Span::NONE, task: None, file: None, ..failure }).collect()
}

fn failure(tool: &str, case: &Case) -> Failure {
    let first_line = |text: &str| text.lines().map(str::trim).find(|line| !line.is_empty()).map(str::to_owned);
    let message = case.message.as_deref().and_then(first_line).or_else(|| first_line(&case.text));
    let message = message.unwrap_or_else(|| "failed".to_owned());
    let mut failure = Failure::new(Kind::TestFailure, tool, message, Span::NONE);
    // `java.lang.AssertionError`, `org.opentest4j.AssertionFailedError`, `TypeError`.
    let class = case.code.as_deref().map(|class| class.rsplit(['.', ':', '$', '\\']).next().unwrap_or_default().trim());
    failure.code = class.filter(|class| !class.is_empty()).map(str::to_owned);
    let said = java::thrown(&failure.message)
        .or_else(|| exception(&failure.message).map(|read| (read.code, read.message)))
        .filter(|(code, message)| !message.is_empty() && message != code && names_exception(tool, code));
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

/// `Expected: 3` is what an assertion says. Only JUnit's reports are of languages in which any class may be thrown.
fn names_exception(tool: &str, class: &str) -> bool {
    let by_name = ["Error", "Exception", "Failure"].iter().any(|end| class.ends_with(end));
    by_name || (tool == "junit" && !matches!(class, "Expected" | "Actual"))
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
    use crate::stages::extract::reader::FAILURES_MAX;

    fn report(case: &str) -> Reported {
        let mut reported = Reported::default();
        reported.take("out/junit.xml", format!("<testsuite name='s'>{case}</testsuite>").as_bytes());
        reported
    }

    fn only(case: &str) -> Failure {
        let mut failures = Vec::new();
        report(case).told().join(&mut failures, &[]);
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
                .told()
                .join(&mut failures, &[]);
            assert_eq!(failures.len(), 1, "{log}");
            assert_eq!((failures[0].message.as_str(), failures[0].path.as_deref()), ("no", Some("x.rb")), "{log}");
        }
    }

    #[test]
    fn a_file_that_could_not_be_loaded_is_told_once() {
        let broken = Failure::new(Kind::DependencyIssue, "pytest", "No module named 'x'", Span::at(3));
        let mut failures = vec![Failure { path: Some("tests/test_x.py".to_owned()), ..broken }];
        report("<testcase classname='' name='tests.test_x'><error message='collection failure'/></testcase>")
            .told()
            .join(&mut failures, &[]);
        assert_eq!(failures.len(), 1);
    }

    #[test]
    fn every_test_of_the_report_is_told_though_their_names_end_alike() {
        let mut failures = vec![told("TestA"), told("b::TestA")];
        let case = |class: &str| format!("<testcase classname='{class}' name='TestA'><failure/></testcase>");
        report(&["a", "b", "c"].map(case).concat()).told().join(&mut failures, &[]);
        let names: Vec<_> = failures.iter().filter_map(|failure| failure.test.as_deref()).collect();
        assert_eq!(names, ["TestA", "b::TestA", "c::TestA"]);
    }

    #[test]
    fn a_test_that_fails_by_its_part_is_a_cascade() {
        let mut failures = Vec::new();
        report("<testcase name='TestA'><failure/></testcase><testcase name='TestA/b'><failure/></testcase>")
            .told()
            .join(&mut failures, &[]);
        assert_eq!(failures.iter().map(|failure| failure.primary).collect::<Vec<_>>(), [false, true]);
    }

    #[test]
    fn what_go_and_rust_quote_is_read_as_their_logs_are() {
        let go = |action: &str, test: &str, output: &str| {
            serde_json::json!({"Action": action, "Package": "example.com/shop", "Test": test, "Output": output})
                .to_string()
        };
        let built = "{\"Action\": \"build-output\", \"ImportPath\": \"example.com/bad\", \"Output\": \"# example.com/bad\\nbad/bad.go:3:23: undefined: x\\n\"}";
        let events = [
            built.to_owned(),
            go("output", "TestShop", "=== RUN   TestShop\n"),
            go("output", "TestOther", "=== RUN   TestOther\n"),
            go("output", "TestShop/empty", "=== RUN   TestShop/empty\n"),
            go("output", "TestShop/empty", "    shop_test.go:6: got 1, want 2\n"),
            go("output", "TestOther", "    shop_test.go:9: boom\n"),
            go("output", "TestShop/empty", "    --- FAIL: TestShop/empty (0.00s)\n"),
            go("output", "TestOther", "--- FAIL: TestOther (0.00s)\n"),
            go("output", "TestShop", "--- FAIL: TestShop (0.00s)\n"),
            go("fail", "TestShop/empty", ""),
            go("fail", "TestShop", ""),
            go("fail", "TestOther", ""),
            go("fail", "TestQuiet", ""),
        ];
        let rust = "{\"type\": \"test\", \"event\": \"failed\", \"name\": \"shop$tests::adds\", \"stdout\": \"\\nthread 'tests::adds' (7) panicked at src/lib.rs:5:17:\\nno\\n\"}";
        let mut reported = Reported::default();
        reported.take("go.json", events.join("\n").as_bytes());
        reported.take("rust.json", rust.as_bytes());
        let mut failures = Vec::new();
        reported.told().join(&mut failures, &[]);
        let told: Vec<_> = failures.iter().map(|f| (f.test.as_deref(), f.line, f.message.as_str())).collect();
        assert_eq!(
            told,
            [
                (None, Some(3), "undefined: x"),
                (Some("TestOther"), Some(9), "boom"),
                (Some("TestShop/empty"), Some(6), "got 1, want 2"),
                (Some("example.com/shop::TestQuiet"), None, "failed"),
                (Some("tests::adds"), Some(5), "no"),
            ]
        );
    }

    #[test]
    fn a_test_that_reports_of_two_formats_tell_is_told_once() {
        let mut reported =
            report("<testcase classname='Shop.CartTests' name='Adds'><failure message='no'/></testcase>");
        let trx = "<TestRun><UnitTestResult testName='Shop.CartTests.Adds' outcome='Failed'/><UnitTestResult testName='Shop.CartTests.Other' outcome='Failed'/></TestRun>";
        reported.take("a.trx", trx.as_bytes());
        reported.take("b.trx", trx.replace("TestRun", "x:TestRun").as_bytes());
        let mut failures = Vec::new();
        let (warnings, _) = reported.told().join(&mut failures, &[]);
        let names: Vec<_> = failures.iter().filter_map(|failure| failure.test.as_deref()).collect();
        assert_eq!((names, warnings.len()), (vec!["Shop.CartTests::Adds", "Shop.CartTests.Other"], 0));
    }

    #[test]
    fn what_an_assertion_expected_is_no_exception() {
        for case in ["<failure message='Expected: 3 was: 2'/>", "<failure message='ValueError: bad'/>"] {
            let failure = only(&format!("<testcase name='a'>{case}</testcase>"));
            assert_eq!(failure.code.as_deref(), case.contains("ValueError").then_some("ValueError"), "{case}");
        }
    }

    #[test]
    fn failures_beyond_the_limit_are_counted() {
        let case = |number| format!("<testcase name='t{number}'><failure/></testcase>");
        let cases: String = (0..FAILURES_MAX + 2).map(case).collect();
        let mut failures = vec![told("other")];
        assert_eq!(report(&cases).told().join(&mut failures, &[]).1, 3);
        assert_eq!(failures.len(), FAILURES_MAX);
    }

    #[test]
    fn a_report_that_cannot_be_read_is_named_and_the_others_are_read() {
        let mut reported = report("<testcase name='a'><failure/></testcase>");
        reported.take("bad.xml", b"<testsuite>");
        let mut failures = Vec::new();
        let (warnings, _) = reported.told().join(&mut failures, &[]);
        assert_eq!(failures.len(), 1);
        assert_eq!((warnings[0].code, warnings[0].file.as_deref()), ("report.unreadable", Some("bad.xml")));
    }

    #[test]
    fn a_report_that_lies_in_two_places_is_read_once() {
        let mut reported = report("<testcase name='a'><failure/></testcase>");
        reported
            .take("unit-test/junit.xml", b"<testsuite name='s'><testcase name='a'><failure/></testcase></testsuite>");
        let mut failures = Vec::new();
        reported.told().join(&mut failures, &[]);
        assert_eq!(failures.len(), 1);
    }

    #[test]
    fn a_name_in_a_warning_is_one_short_line() {
        let mut reported = Reported::default();
        reported.warn("report.unreadable", Some(&format!("a\n::error::\u{1b}[31m{}", "x".repeat(5_000))), "no");
        let (warnings, _) = reported.told().join(&mut Vec::new(), &[]);
        let name = warnings[0].file.as_deref().expect("a name");
        assert!(name.len() <= NAME_BYTES_MAX && !name.contains(char::is_control), "{name}");
    }

    #[test]
    fn p16_secrets_in_a_report_are_masked() {
        let failure = only("<testcase name='a'><failure message='login with token=a1b2c3d4e5f6 failed'/></testcase>");
        assert_eq!(failure.message, "login with token=*** failed");
    }
}
