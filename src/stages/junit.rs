//! A JUnit report, as test runners of all languages write it, becomes its tests: how each ended, and why.

use quick_xml::escape::unescape;
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

use crate::domain::failure::TestEnd;

/// Of what a failing test printed into the report: the message stands at its start or its end.
const TEXT_BYTES_MAX: usize = 64 << 10;

/// One test, or a suite that failed outside of its tests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// `CLASS::NAME`, or the name alone where there is no class.
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
}

/// What one report says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    pub cases: Vec<Case>,
    /// Suites that failed outside of their tests: these are no tests that could be counted.
    pub suites: Vec<Case>,
}

/// `Err` says in one phrase why the report cannot be read, and where.
pub fn report(xml: &str) -> Result<Report, String> {
    let mut reader = Reader::from_str(xml);
    let mut state = State::default();
    let end = loop {
        match reader.read_event() {
            Ok(Event::Start(element)) => state.open(&element),
            Ok(Event::Empty(element)) => {
                state.open(&element);
                state.close();
            }
            Ok(Event::End(_)) => state.close(),
            Ok(Event::Text(text)) => state.text(&text),
            Ok(Event::CData(text)) => state.text(&text),
            // An entity of the report's own is not followed.
            Ok(Event::GeneralRef(name)) => state.text(&unescape(&format!("&{};", &*name)).unwrap_or_default()),
            Ok(Event::Eof) => break state.finish(),
            Ok(_) => {}
            Err(error) => break Err(error.to_string()),
        }
    };
    end.map_err(|reason| {
        let at = usize::try_from(reader.error_position().max(reader.buffer_position())).unwrap_or(xml.len());
        let line = 1 + memchr::memchr_iter(b'\n', xml.as_bytes().get(..at).unwrap_or(xml.as_bytes())).count();
        format!("{reason} (line {line})")
    })
}

#[derive(Default)]
struct State {
    /// Names of the elements that are open.
    path: Vec<String>,
    is_report: bool,
    /// The suites that are open, by name.
    suites: Vec<String>,
    case: Option<Case>,
    /// A suite's own failure, outside of its tests.
    broken: Option<Case>,
    report: Report,
}

impl State {
    fn open(&mut self, element: &BytesStart<'_>) {
        let name = element.local_name().as_ref().to_owned();
        match name.as_str() {
            "testsuites" => self.is_report = true,
            "testsuite" => {
                self.is_report = true;
                self.suites.push(attribute(element, "name").unwrap_or_default());
            }
            "testcase" => {
                self.is_report = true;
                self.case = Some(begun(element));
            }
            "failure" | "error" => self.fail(element),
            "skipped" => {
                if let Some(case) = self.case.as_mut().filter(|case| case.end == TestEnd::Passed) {
                    case.end = TestEnd::Skipped;
                }
            }
            _ => {}
        }
        self.path.push(name);
    }

    fn close(&mut self) {
        match self.path.pop().as_deref() {
            Some("testcase") => self.report.cases.extend(self.case.take()),
            Some("testsuite") => {
                self.suites.pop();
            }
            Some("failure" | "error") => self.report.suites.extend(self.broken.take()),
            _ => {}
        }
    }

    fn fail(&mut self, element: &BytesStart<'_>) {
        let case = match (&mut self.case, self.suites.last()) {
            (Some(case), _) => case,
            (None, Some(suite)) => self.broken.insert(Case { name: suite.clone(), ..nameless() }),
            (None, None) => return,
        };
        // Of several reasons the first is told.
        if case.end != TestEnd::Failed {
            case.end = TestEnd::Failed;
            case.code = attribute(element, "type");
            case.message = attribute(element, "message");
        }
    }

    fn text(&mut self, text: &str) {
        let telling = matches!(self.path.last().map(String::as_str), Some("failure" | "error"));
        let case = self.case.as_mut().or(self.broken.as_mut());
        if let Some(case) = case.filter(|case| telling && case.text.len() < TEXT_BYTES_MAX) {
            let room = TEXT_BYTES_MAX - case.text.len();
            case.text.push_str(text.get(..text.floor_char_boundary(room)).unwrap_or(text));
        }
    }

    fn finish(&mut self) -> Result<Report, String> {
        match self.path.last() {
            Some(open) => Err(format!("it ends inside an element `{open}`")),
            None if self.is_report => Ok(std::mem::take(&mut self.report)),
            None => Err("it holds no `testsuite`, so it is no JUnit report".to_owned()),
        }
    }
}

fn begun(element: &BytesStart<'_>) -> Case {
    let name = attribute(element, "name").unwrap_or_default();
    let class = attribute(element, "classname").unwrap_or_default();
    Case {
        name: if class.is_empty() { name } else { format!("{class}::{name}") },
        class,
        file: attribute(element, "file"),
        line: attribute(element, "line").and_then(|line| line.parse().ok()).filter(|line| *line > 0),
        ..nameless()
    }
}

fn nameless() -> Case {
    Case {
        name: String::new(),
        class: String::new(),
        end: TestEnd::Passed,
        file: None,
        line: None,
        code: None,
        message: None,
        text: String::new(),
    }
}

/// An attribute that is there and not blank.
fn attribute(element: &BytesStart<'_>, wanted: &str) -> Option<String> {
    let found = element.attributes().flatten().find(|attribute| attribute.key.local_name().as_ref() == wanted)?;
    let value = found.normalized_value(XmlVersion::Implicit1_0).unwrap_or_default().into_owned();
    (!value.trim().is_empty()).then_some(value)
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
            ("", "it holds no `testsuite`"),
            ("no xml at all", "it holds no `testsuite`"),
            ("{\"tests\": 1}", "it holds no `testsuite`"),
            ("<html/>", "it holds no `testsuite`"),
        ] {
            let said = report(xml).expect_err(xml);
            assert!(said.contains(reason), "{said}");
        }
    }

    #[test]
    fn what_a_test_tells_is_bounded() {
        let xml = format!(
            "<testsuite><testcase name='a'><failure>{}</failure></testcase></testsuite>",
            "x<!-- -->".repeat(TEXT_BYTES_MAX * 2)
        );
        assert_eq!(report(&xml).expect("a report").cases[0].text.len(), TEXT_BYTES_MAX);
    }

    #[test]
    fn an_entity_of_its_own_is_not_followed() {
        let bomb = "<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><testcase name='&b;'>&b;</testcase>";
        assert!(report(bomb).is_ok_and(|report| report.cases.iter().all(|case| !case.name.contains("root"))));
    }
}
