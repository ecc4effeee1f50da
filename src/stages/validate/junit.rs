//! A JUnit report, as test runners of all languages write it, becomes the names and ends of its tests.

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

use crate::domain::failure::TestEnd;

/// `Err` says why the report cannot be read.
pub fn tests(report: &str) -> Result<Vec<(String, TestEnd)>, String> {
    let mut reader = Reader::from_str(report);
    let mut tests = Vec::new();
    let mut open: Option<(String, TestEnd)> = None;
    loop {
        match reader.read_event().map_err(|error| error.to_string())? {
            Event::Start(element) => begin(&element, &mut open),
            Event::Empty(element) if element.local_name().as_ref() == "testcase" => {
                tests.push((name(&element), TestEnd::Passed));
            }
            Event::Empty(element) => begin(&element, &mut open),
            Event::End(element) if element.local_name().as_ref() == "testcase" => tests.extend(open.take()),
            Event::Eof if open.is_some() => return Err("it ends inside a test".to_owned()),
            Event::Eof => return Ok(tests),
            _ => {}
        }
    }
}

fn begin(element: &BytesStart<'_>, open: &mut Option<(String, TestEnd)>) {
    match (element.local_name().as_ref(), open) {
        ("testcase", open) => *open = Some((name(element), TestEnd::Passed)),
        ("failure" | "error", Some((_, end))) => *end = TestEnd::Failed,
        ("skipped", Some((_, end))) if *end == TestEnd::Passed => *end = TestEnd::Skipped,
        _ => {}
    }
}

/// `CLASS::NAME`, or the name alone where there is no class.
fn name(element: &BytesStart<'_>) -> String {
    let attribute = |wanted: &str| {
        let found = element.attributes().flatten().find(|attribute| attribute.key.local_name().as_ref() == wanted);
        found
            .map(|attribute| attribute.normalized_value(XmlVersion::Implicit1_0).unwrap_or_default().into_owned())
            .unwrap_or_default()
    };
    let (class, name) = (attribute("classname"), attribute("name"));
    if class.is_empty() { name } else { format!("{class}::{name}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What `pytest --junitxml` wrote (pytest 9.0, `-o junit_family=xunit1`), times and host left out.
    const PYTEST: &str = r#"<?xml version="1.0" encoding="utf-8"?><testsuites name="pytest tests"><testsuite name="pytest" errors="0" failures="1" skipped="1" tests="4"><testcase classname="tests.test_a" name="test_pass[1-&lt;b&gt;]" file="tests/test_a.py" line="3" /><testcase classname="tests.test_a" name="test_fail" file="tests/test_a.py" line="7"><failure message="assert 1 == 2">def test_fail():
&gt;       assert 1 == 2</failure></testcase><testcase classname="tests.test_a" name="test_skip" file="tests/test_a.py" line="10"><skipped type="pytest.skip" message="no">reason</skipped></testcase><testcase classname="tests.test_a.TestB" name="test_c" file="tests/test_a.py" line="15"><system-out>&lt;failure&gt;</system-out></testcase></testsuite></testsuites>"#;

    /// What Surefire 3.5 writes of a test that passed when it was run again.
    const SUREFIRE: &str = r#"<testsuite name="com.example.FaresTest" tests="2"><testcase name="group" classname="com.example.FaresTest" time="0.02"><error message="/ by zero" type="java.lang.ArithmeticException"><![CDATA[at <init>]]></error></testcase><testcase name="again" classname="com.example.FaresTest"><flakyFailure message="x"/></testcase></testsuite>"#;

    fn named(report: &str) -> Vec<(String, TestEnd)> {
        tests(report).expect("a report")
    }

    #[test]
    fn every_end_of_a_test_is_read() {
        let ends: Vec<_> = named(PYTEST);
        let ends: Vec<_> = ends.iter().map(|(name, end)| (name.as_str(), *end)).collect();
        assert_eq!(
            ends,
            [
                ("tests.test_a::test_pass[1-<b>]", TestEnd::Passed),
                ("tests.test_a::test_fail", TestEnd::Failed),
                ("tests.test_a::test_skip", TestEnd::Skipped),
                ("tests.test_a.TestB::test_c", TestEnd::Passed),
            ]
        );
        assert_eq!(
            named(SUREFIRE),
            [
                ("com.example.FaresTest::group".to_owned(), TestEnd::Failed),
                ("com.example.FaresTest::again".to_owned(), TestEnd::Passed)
            ]
        );
    }

    #[test]
    fn a_report_that_is_cut_or_none_is_told() {
        for report in [PYTEST.get(..500).expect("half"), "<testcase name='a'>", "<a></b>"] {
            tests(report).expect_err(report);
        }
        assert_eq!(named(""), Vec::new());
        assert_eq!(named("no xml at all"), Vec::new());
    }

    #[test]
    fn an_entity_of_its_own_is_not_followed() {
        let bomb = "<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><testcase name='&b;'/>";
        assert!(tests(bomb).is_ok_and(|tests| tests.iter().all(|(name, _)| !name.contains("root"))));
    }
}
