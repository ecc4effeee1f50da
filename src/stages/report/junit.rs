//! A JUnit report, as test runners of all languages write it, becomes its tests: how each ended, and why.

use super::case::{Case, Report};
use super::xml::{Element, walk};
use crate::domain::failure::TestEnd;

/// What says how a test ended. Surefire writes `flakyFailure` and `rerunFailure` of runs that were not the last; they
/// decide nothing (`surefire-test-report.xsd`).
const KEEPS: &[&str] = &["failure", "error", "skipped"];

/// `testsuites`, `testsuite` and `testcase`, as Ant's `XMLJUnitResultFormatter` writes them and every other tool since.
/// `Err` says in one phrase why the report cannot be read, and where.
pub fn report(xml: &str) -> Result<Report, String> {
    let mut report = Report::of("junit");
    walk(xml, KEEPS, &mut |element, _| match element.name.as_str() {
        "testcase" => report.case(case(element)),
        "testsuite" => {
            let failed = element.children().iter().filter(|child| child.name != "skipped");
            for reason in failed {
                let mut suite = Case::of("", element.attribute("name").unwrap_or_default());
                fail(&mut suite, reason);
                report.suite(suite);
            }
        }
        _ => {}
    })?;
    Ok(report)
}

fn case(element: &Element) -> Case {
    let attribute = |name| element.attribute(name).unwrap_or_default();
    let mut case = Case::of(attribute("classname"), attribute("name"));
    case.file = element.attribute("file").map(str::to_owned);
    case.line = element.number("line").filter(|line| *line > 0);
    // Of several reasons the first is told.
    if let Some(reason) = element.children().iter().find(|child| child.name != "skipped") {
        fail(&mut case, reason);
    } else if element.child("skipped").is_some() {
        case.end = TestEnd::Skipped;
    }
    case
}

fn fail(case: &mut Case, reason: &Element) {
    case.end = TestEnd::Failed;
    case.code = reason.attribute("type").map(str::to_owned);
    case.message = reason.attribute("message").map(str::to_owned);
    case.text.clone_from(&reason.text);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What `pytest --junitxml` wrote (pytest 9.0, `-o junit_family=xunit1`), times and host left out.
    const PYTEST: &str = r#"<?xml version="1.0" encoding="utf-8"?><testsuites name="pytest tests"><testsuite name="pytest" errors="0" failures="1" skipped="1" tests="4"><testcase classname="tests.test_a" name="test_pass[1-&lt;b&gt;]" file="tests/test_a.py" line="3" /><testcase classname="tests.test_a" name="test_fail" file="tests/test_a.py" line="7"><failure message="assert 1 == 2">def test_fail():
&gt;       assert 1 == 2</failure></testcase><testcase classname="tests.test_a" name="test_skip" file="tests/test_a.py" line="10"><skipped type="pytest.skip" message="no">reason</skipped></testcase><testcase classname="tests.test_a.TestB" name="test_c" file="tests/test_a.py" line="15"><system-out>&lt;failure&gt;</system-out></testcase></testsuite></testsuites>"#;

    /// What Surefire 3.5 writes of a test that passed when it was run again.
    const SUREFIRE: &str = r#"<testsuite name="com.example.FaresTest" tests="2"><testcase name="group" classname="com.example.FaresTest" time="0.02"><error message="/ by zero" type="java.lang.ArithmeticException"><![CDATA[at <init>]]></error></testcase><testcase name="again" classname="com.example.FaresTest"><flakyFailure message="x"/></testcase></testsuite>"#;

    fn named(xml: &str) -> Vec<(String, TestEnd)> {
        report(xml).expect("a report").cases.into_iter().map(|case| (case.name, case.end)).collect()
    }

    fn ends(pairs: &[(&str, TestEnd)]) -> Vec<(String, TestEnd)> {
        pairs.iter().map(|(name, end)| ((*name).to_owned(), *end)).collect()
    }

    #[test]
    fn every_end_of_a_test_is_read() {
        let pytest = [
            ("tests.test_a::test_pass[1-<b>]", TestEnd::Passed),
            ("tests.test_a::test_fail", TestEnd::Failed),
            ("tests.test_a::test_skip", TestEnd::Skipped),
            ("tests.test_a.TestB::test_c", TestEnd::Passed),
        ];
        assert_eq!(named(PYTEST), ends(&pytest));
        let surefire =
            [("com.example.FaresTest::group", TestEnd::Failed), ("com.example.FaresTest::again", TestEnd::Passed)];
        assert_eq!(named(SUREFIRE), ends(&surefire));
    }

    #[test]
    fn a_test_that_failed_says_why_and_where() {
        let cases = report(PYTEST).expect("a report").cases;
        let failed = &cases[1];
        assert_eq!((failed.file.as_deref(), failed.line), (Some("tests/test_a.py"), Some(7)));
        assert_eq!(failed.message.as_deref(), Some("assert 1 == 2"));
        assert_eq!(failed.text, "def test_fail():\n>       assert 1 == 2");
        assert_eq!(cases[3].text, "", "what a test printed is not why it failed");
        let group = &report(SUREFIRE).expect("a report").cases[0];
        assert_eq!((group.code.as_deref(), group.text.as_str()), (Some("java.lang.ArithmeticException"), "at <init>"));
    }

    #[test]
    fn a_suite_that_failed_by_itself_is_no_test() {
        let xml = "<testsuite name='setup'><testcase name='a'/><error message='no database'/></testsuite>";
        let report = report(xml).expect("a report");
        assert_eq!((report.cases.len(), report.suites.len()), (1, 1));
        assert_eq!(
            (report.suites[0].name.as_str(), report.suites[0].message.as_deref()),
            ("setup", Some("no database"))
        );
    }

    #[test]
    fn a_report_that_is_cut_or_none_says_where() {
        for (xml, reason) in [
            (PYTEST.get(..500).expect("half"), "not closed"),
            ("<testsuite>\n<testcase name='a'>\n", "it ends inside an element `testcase` (line 3)"),
            ("<testsuite>\n<testcase></testsuite>", "line 2"),
            ("<a></b>", "line 1"),
        ] {
            let said = report(xml).expect_err(xml);
            assert!(said.contains(reason), "{said}");
        }
    }
}
