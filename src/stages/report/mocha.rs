//! Mocha's JSON: one document (`--reporter json`), or one event a line (`json-stream`).
//!
//! mochajs/mocha, `lib/reporters/json.js` and `json-stream.js`: `tests` are those that ended, `failures` also hooks.

use serde_json::Value;

use super::case::{Case, Report};
use super::json::{items, text};
use crate::domain::failure::TestEnd;

/// Mocha's document; `None` where it is another's.
pub fn report(value: &Value) -> Option<Report> {
    let lists = ["tests", "failures", "passes", "pending"];
    if !value.get("stats").is_some_and(Value::is_object) || !lists.iter().any(|list| value.get(list).is_some()) {
        return None;
    }
    let mut report = Report::of("mocha");
    let mut told = std::collections::HashSet::new();
    let mut each = |test: &Value, end: TestEnd| {
        if told.insert(key(test)) {
            report.case(case(test, end));
        }
    };
    // What is in several lists is in the first of these; beyond them, an error says that a test failed.
    for (list, end) in [("failures", TestEnd::Failed), ("passes", TestEnd::Passed), ("pending", TestEnd::Skipped)] {
        items(value, list).iter().for_each(|test| each(test, end));
    }
    for test in items(value, "tests") {
        let failed = test.get("err").and_then(Value::as_object).is_some_and(|error| !error.is_empty());
        each(test, if failed { TestEnd::Failed } else { TestEnd::Passed });
    }
    Some(report)
}

/// `["fail", {"title": …}]`
pub fn is_event(value: &Value) -> bool {
    matches!(value.as_array().map(Vec::as_slice), Some([Value::String(event), Value::Object(_)])
        if matches!(event.as_str(), "start" | "pass" | "fail" | "end"))
}

pub fn event(value: &Value, report: &mut Report) {
    report.tool = "mocha";
    let [event, test] = value.as_array().map(Vec::as_slice).unwrap_or_default() else { return };
    match event.as_str() {
        Some("pass") => report.case(case(test, TestEnd::Passed)),
        Some("fail") => report.case(case(test, TestEnd::Failed)),
        _ => {}
    }
}

fn key(test: &Value) -> (String, String) {
    let of = |field| text(test, field).unwrap_or_default().to_owned();
    (of("fullTitle"), of("file"))
}

fn case(test: &Value, end: TestEnd) -> Case {
    let name = text(test, "fullTitle").or(text(test, "title")).unwrap_or_default();
    let mut case = Case { end, file: text(test, "file").map(str::to_owned), ..Case::of("", name.trim()) };
    if end == TestEnd::Failed {
        // Of a stream, the error is its message and the stack stands beside it.
        let error = test.get("err").unwrap_or(&Value::Null);
        let message = text(error, "message").or(error.as_str());
        let stack = text(error, "stack").or(text(test, "stack")).unwrap_or_default();
        case.message = message.map(str::to_owned);
        case.text = stack.to_owned();
        // `AssertionError [ERR_ASSERTION]: …`, `TypeError: …`
        let class = stack.split([':', ' ', '\n']).next().unwrap_or_default();
        case.code = Some(class).filter(|class| class.ends_with("Error")).map(str::to_owned);
    }
    case
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn told(report: &Report) -> Vec<(&str, TestEnd, Option<&str>, Option<&str>)> {
        let told = report.cases.iter().map(|c| (c.name.as_str(), c.end, c.code.as_deref(), c.message.as_deref()));
        told.collect()
    }

    #[test]
    fn tests_and_hooks_that_failed_are_told_once() {
        let failed = json!({"title": "adds", "fullTitle": "cart adds", "file": "/srv/test/cart.js",
            "err": {"message": "expected 1 to equal 2", "stack": "AssertionError [ERR]: expected 1\n    at f (test/cart.js:3:5)"}});
        let hook = json!({"fullTitle": "cart \"before each\" hook for \"adds\"", "err": {"message": "no database", "stack": "Error: no database"}});
        let (passed, later) =
            (json!({"fullTitle": "cart is empty", "err": {}}), json!({"fullTitle": "cart later", "err": {}}));
        let document = json!({"stats": {"tests": 3}, "tests": [failed, passed, later], "pending": [later],
            "failures": [failed, hook], "passes": [passed]});
        use TestEnd::{Failed, Passed, Skipped};
        assert_eq!(
            told(&report(&document).expect("a report")),
            [
                ("cart adds", Failed, Some("AssertionError"), Some("expected 1 to equal 2")),
                ("cart \"before each\" hook for \"adds\"", Failed, Some("Error"), Some("no database")),
                ("cart is empty", Passed, None, None),
                ("cart later", Skipped, None, None),
            ]
        );
        let tests_only = json!({"stats": {}, "tests": [failed, passed]});
        assert_eq!(told(&report(&tests_only).expect("a report")).len(), 2);
        assert_eq!(report(&json!({"stats": 3})), None);
    }

    #[test]
    fn a_stream_tells_a_test_a_line() {
        let mut read = Report::default();
        for line in [
            json!(["start", {"total": 2}]),
            json!(["pass", {"fullTitle": "cart is empty"}]),
            json!(["fail", {"fullTitle": "cart adds", "err": "expected 1", "stack": "Error: expected 1\n    at x.js:1:2"}]),
        ] {
            assert!(is_event(&line));
            event(&line, &mut read);
        }
        use TestEnd::{Failed, Passed};
        let expected =
            [("cart is empty", Passed, None, None), ("cart adds", Failed, Some("Error"), Some("expected 1"))];
        assert_eq!(told(&read), expected);
        assert!(!is_event(&json!(["x", 3])));
    }
}
