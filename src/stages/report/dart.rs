//! The JSON events of `dart test` and `flutter test` (`--reporter json`, `--file-reporter json:FILE`, `--machine`).
//!
//! dart-lang/test, `pkgs/test/doc/json_reporter.md`: an error may come after its test was done, and a test may have
//! several; a suite that cannot be loaded is a test `loading PATH`; only what has passed may be hidden.

use std::collections::HashMap;

use serde_json::Value;

use super::case::{CASES_MAX, Case, Report};
use super::json::{number, text};
use crate::domain::failure::TestEnd;

/// The events that the protocol names, of those that begin or end something.
const EVENTS: &[&str] =
    &["start", "allSuites", "suite", "debug", "group", "testStart", "print", "error", "testDone", "done"];

pub fn is_event(value: &Value) -> bool {
    let fields = ["protocolVersion", "suite", "group", "test", "testID", "suiteID", "count", "success"];
    text(value, "type").is_some_and(|event| EVENTS.contains(&event))
        && value.get("event").is_none()
        && fields.iter().any(|field| value.get(field).is_some())
}

/// Follows one run.
#[derive(Default)]
pub struct Dart {
    begun: bool,
    done: bool,
    tests: Vec<Test>,
    by_id: HashMap<u64, usize>,
    paths: HashMap<u64, String>,
}

struct Test {
    case: Case,
    ended: bool,
}

impl Dart {
    pub fn event(&mut self, value: &Value, report: &mut Report) {
        (report.tool, self.begun) = ("dart", true);
        let id = |value: &Value, field: &str| value.get(field).and_then(Value::as_u64);
        match text(value, "type").unwrap_or_default() {
            "suite" => {
                if let Some(suite) = value.get("suite")
                    && let (Some(id), Some(path)) = (id(suite, "id"), text(suite, "path"))
                    && self.paths.len() < CASES_MAX
                {
                    self.paths.insert(id, path.to_owned());
                }
            }
            "testStart" => {
                if let Some(test) = value.get("test")
                    && let Some(id) = id(test, "id")
                    && self.tests.len() < CASES_MAX
                {
                    self.by_id.insert(id, self.tests.len());
                    self.tests.push(Test { case: self.begin(test), ended: false });
                }
            }
            "testDone" => {
                let Some(test) = self.test(id(value, "testID")) else { return };
                test.ended = true;
                if text(value, "result").is_some_and(|result| result != "success") {
                    test.case.end = TestEnd::Failed;
                } else if value.get("skipped") == Some(&Value::Bool(true)) && test.case.end == TestEnd::Passed {
                    test.case.end = TestEnd::Skipped;
                }
            }
            "error" => {
                let mut nobodys = Case::of("", "");
                let test = self.test(id(value, "testID"));
                let is_nobodys = test.is_none();
                let case = test.map_or(&mut nobodys, |test| &mut test.case);
                fail(case, value);
                if is_nobodys {
                    report.suite(nobodys);
                }
            }
            "done" => self.done = true,
            _ => {}
        }
    }

    pub fn end(self, report: &mut Report) {
        for Test { mut case, ended } in self.tests {
            if !ended && case.end == TestEnd::Passed {
                case.end = TestEnd::Failed;
                case.message = Some("the test did not end".to_owned());
            }
            match case.name.strip_prefix("loading ").map(str::to_owned) {
                Some(path) if case.end == TestEnd::Failed => {
                    report.suite(Case { file: Some(path.clone()), name: path, ..case });
                }
                // That a suite was loaded is no test.
                Some(_) => {}
                None => report.case(case),
            }
        }
        if self.begun && !self.done {
            report.cut = Some("it has no `done` event: the run did not come to its end".to_owned());
        }
    }

    fn test(&mut self, id: Option<u64>) -> Option<&mut Test> {
        self.tests.get_mut(*self.by_id.get(&id?)?)
    }

    /// Where a test is written: the place in the suite's own file, where the test's is in another.
    fn begin(&self, test: &Value) -> Case {
        let mut case = Case::of("", text(test, "name").unwrap_or_default());
        let suite = test.get("suiteID").and_then(Value::as_u64).and_then(|id| self.paths.get(&id));
        let url = text(test, "root_url").or(text(test, "url")).map(|url| url.trim_start_matches("file://"));
        case.file = url.map(str::to_owned).or(suite.cloned());
        case.line = number(test, "root_line").or(number(test, "line"));
        case
    }
}

/// Of several errors the first is told.
fn fail(case: &mut Case, error: &Value) {
    if case.message.is_some() {
        return;
    }
    let said = text(error, "error").unwrap_or("failed");
    let stack = text(error, "stackTrace").unwrap_or_default();
    case.end = TestEnd::Failed;
    case.message = Some(said.to_owned());
    case.text = [said, stack].join("\n");
    if let Some((path, line)) = stack.lines().find_map(own_frame) {
        (case.file, case.line) = (Some(path.to_owned()), Some(line));
    }
}

/// `test/cart_test.dart 22:7  main.<fn>` (package `stack_trace`); `package:` and `dart:` are others' code, or a library
/// of this one whose folder is not said.
fn own_frame(line: &str) -> Option<(&str, u32)> {
    let (path, rest) = line.trim().split_once(".dart ")?;
    let path = line.trim().get(..path.len() + ".dart".len())?;
    let (line, _) = rest.trim_start().split_once([':', ' '])?;
    let own = !path.starts_with("package:") && !path.starts_with("dart:") && !path.contains(".pub-cache");
    Some((path, line.parse().ok().filter(|line| *line > 0)?)).filter(|_| own)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(events: &[Value]) -> Report {
        let (mut report, mut dart) = (Report::default(), Dart::default());
        for event in events {
            assert!(is_event(event), "{event}");
            dart.event(event, &mut report);
        }
        dart.end(&mut report);
        report
    }

    fn start(id: u32, name: &str) -> Value {
        json!({"type": "testStart", "test": {"id": id, "name": name, "suiteID": 0, "line": 5, "url": "file:///srv/test/a_test.dart"}})
    }

    fn done(id: u32, result: &str, skipped: bool) -> Value {
        json!({"type": "testDone", "testID": id, "result": result, "skipped": skipped})
    }

    #[test]
    fn every_end_of_a_test_is_read() {
        let report = read(&[
            json!({"type": "start", "protocolVersion": "0.1.1"}),
            json!({"type": "suite", "suite": {"id": 0, "path": "test/a_test.dart"}}),
            start(1, "loading test/a_test.dart"),
            done(1, "success", false),
            start(2, "cart adds"),
            json!({"type": "error", "testID": 2, "error": "Expected: <3>\n  Actual: <2>\n", "isFailure": true,
                "stackTrace": "package:matcher  expect\ntest/a_test.dart 22:7  main.<fn>\n"}),
            done(2, "failure", false),
            start(3, "cart later"),
            done(3, "success", true),
            start(4, "cart empties"),
            done(4, "success", false),
            json!({"type": "error", "testID": 4, "error": "Bad state: closed", "stackTrace": "", "isFailure": false}),
            json!({"type": "done", "success": false}),
        ]);
        let told: Vec<_> = report.cases.iter().map(|c| (c.name.as_str(), c.end, c.line)).collect();
        use TestEnd::{Failed, Skipped};
        let expected =
            [("cart adds", Failed, Some(22)), ("cart later", Skipped, Some(5)), ("cart empties", Failed, Some(5))];
        assert_eq!(told, expected);
        assert_eq!((report.tool, report.cut), ("dart", None));
    }

    #[test]
    fn a_suite_that_cannot_be_loaded_is_no_test() {
        let error = json!({"type": "error", "testID": 1, "error": "Failed to load", "stackTrace": ""});
        let report = read(&[start(1, "loading test/a_test.dart"), error, done(1, "error", false)]);
        assert_eq!((report.cases.len(), report.suites[0].name.as_str()), (0, "test/a_test.dart"));
    }

    #[test]
    fn a_run_that_did_not_come_to_its_end_is_told_with_what_it_was_at() {
        let report =
            read(&[start(1, "hangs"), json!({"type": "error", "testID": 77, "error": "lost", "stackTrace": ""})]);
        assert_eq!(report.cases[0].message.as_deref(), Some("the test did not end"));
        assert_eq!(report.suites[0].message.as_deref(), Some("lost"));
        assert!(report.cut.is_some_and(|cut| cut.contains("`done`")));
    }
}
