//! A JUnit report, as test runners of all languages write it, becomes the names and ends of its tests.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

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
        found.map(|attribute| attribute.unescape_value().unwrap_or_default().into_owned()).unwrap_or_default()
    };
    let (class, name) = (attribute("classname"), attribute("name"));
    if class.is_empty() { name } else { format!("{class}::{name}") }
}
