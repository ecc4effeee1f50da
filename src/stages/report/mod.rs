//! Reports of tests, compilers and linters become what they tell: one file a format, found out by content.
//!
//! A report is written by code that nobody has to trust: what is kept of it is bounded, and one that cannot be read says
//! in a phrase why. To teach self-heal another format, write one file beside these and name it in `xml` or `json` below.

pub mod case;
mod decode;
mod xml;
mod json;
mod dotnet;
mod junit;
mod trx;
mod nunit;
mod xunit;
mod checkstyle;
mod dart;
mod go_test;
mod cargo;
mod libtest;
mod mocha;
mod eslint;
mod sarif;

use serde_json::Value;

use self::case::Report;

/// What a report's bytes say; `Err` says in one phrase why they cannot be read, and where.
pub fn read(bytes: &[u8]) -> Result<Report, String> {
    let text = decode::decode(bytes);
    // A byte order mark may stand a second time, where two programs each have written one.
    let text = text.trim_start_matches(|c: char| c == '\u{feff}' || c.is_whitespace());
    if text.is_empty() {
        return Err("it is empty".to_owned());
    }
    if text.starts_with('<') { of_xml(text) } else { of_json(text) }
}

fn of_xml(text: &str) -> Result<Report, String> {
    let Some(root) = xml::root(text) else {
        // The reader says best what is wrong with it.
        xml::walk(text, &[], &mut |_, _| {})?;
        return Err("it holds no element".to_owned());
    };
    match root.name.as_str() {
        "testsuites" | "testsuite" | "testcase" => junit::report(text),
        "TestRun" => trx::report(text),
        "test-run" | "test-results" | "test-suite" => nunit::report(text),
        "assemblies" | "assembly" => xunit::report(text),
        "checkstyle" => checkstyle::report(text),
        name => Err(format!("`{}` begins no report that can be read", crate::text::truncate(name, 40))),
    }
}

fn of_json(text: &str) -> Result<Report, String> {
    // What runs the tool may print a line or two before it.
    let begins = |line: &str| line.trim_start().starts_with(['{', '[']);
    let start: usize = text.split_inclusive('\n').take_while(|line| !begins(line)).map(str::len).sum();
    let Some(text) = text.get(start..).filter(|text| !text.is_empty()) else {
        return Err("it is neither XML nor JSON".to_owned());
    };
    if text.lines().any(|line| json::line(line).is_some_and(|value| is_event(&value))) {
        return of_lines(text);
    }
    let value = json::value(text)?;
    let read = mocha::report(&value).or_else(|| eslint::report(&value)).or_else(|| sarif::report(&value));
    read.ok_or_else(|| "its JSON is of no report that can be read".to_owned())
}

/// Whether a line is of a protocol that tells one event a line.
fn is_event(value: &Value) -> bool {
    dart::is_event(value)
        || go_test::is_event(value)
        || cargo::is_event(value)
        || libtest::is_event(value)
        || mocha::is_event(value)
}

/// One event a line. Between them may stand whatever else was printed; cargo passes the events of its tests on.
fn of_lines(text: &str) -> Result<Report, String> {
    let mut report = Report::default();
    let (mut dart, mut go) = (dart::Dart::default(), go_test::GoTest::default());
    let mut cut = None;
    for (line, number) in text.lines().zip(1_u64..) {
        let Some(value) = json::line(line) else {
            go.printed(line, &mut report);
            if !line.trim().is_empty() {
                cut = line.starts_with('{').then(|| format!("it ends in the middle of line {number}"));
            }
            continue;
        };
        cut = None;
        if go_test::is_event(&value) {
            go.event(&value, &mut report);
        } else if cargo::is_event(&value) {
            cargo::event(&value, &mut report);
        } else if libtest::is_event(&value) {
            libtest::event(&value, &mut report);
        } else if mocha::is_event(&value) {
            mocha::event(&value, &mut report);
        } else if dart::is_event(&value) {
            dart.event(&value, &mut report);
        }
    }
    go.end(&mut report);
    dart.end(&mut report);
    report.cut = cut.or(report.cut);
    Ok(report)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Which format was found out, and how many failures it tells.
    fn found(text: &str) -> Result<(&'static str, usize), String> {
        let report = read(text.as_bytes())?;
        let failed = report.cases.iter().filter(|case| case.end == crate::domain::failure::TestEnd::Failed).count();
        Ok((report.tool, failed + report.suites.len() + report.findings.len()))
    }

    #[test]
    fn the_format_is_found_out_by_what_is_in_the_file() {
        for (text, tool, failed) in [
            ("<testsuites/>", "junit", 0),
            ("\n<!-- x --><testsuite><testcase name='a'><error/></testcase></testsuite>", "junit", 1),
            ("<t:TestRun xmlns:t='x'><t:UnitTestResult testName='a'/></t:TestRun>", "trx", 1),
            ("<test-run><test-case result='Failed'/></test-run>", "nunit", 1),
            ("<test-results><test-case success='False'/></test-results>", "nunit", 1),
            ("<assemblies><test result='Fail'/></assemblies>", "xunit", 1),
            ("<checkstyle><file name='a'><error line='1' message='no'/></file></checkstyle>", "checkstyle", 1),
            ("{\"stats\": {}, \"tests\": [], \"failures\": [{\"fullTitle\": \"a\"}]}", "mocha", 1),
            (
                "> shop@1.0.0 test\n> mocha --reporter json\n\n{\n\"stats\": {},\n \"tests\": []}\n\nnpm ERR!",
                "mocha",
                0,
            ),
            ("[\"start\", {\"total\": 1}]\n[\"fail\", {\"fullTitle\": \"a\", \"err\": \"no\"}]\n", "mocha", 1),
            ("[{\"filePath\": \"a.js\", \"messages\": [{\"severity\": 2, \"message\": \"no\"}]}]", "eslint", 1),
            ("[]", "eslint", 0),
            ("{\"version\": \"2.1.0\", \"runs\": [{\"results\": [{\"level\": \"error\"}]}]}", "sarif", 1),
            (
                "{\"type\": \"start\", \"protocolVersion\": \"0.1.1\"}\n{\"type\": \"done\", \"success\": true}",
                "dart",
                0,
            ),
            ("building…\n{\"Action\": \"fail\", \"Package\": \"x\", \"Test\": \"TestA\"}\n", "go-test", 1),
            ("{\"type\": \"test\", \"event\": \"failed\", \"name\": \"a\"}\n", "cargo-test", 1),
            ("{\"reason\": \"build-finished\", \"success\": true}\n", "cargo-test", 0),
        ] {
            assert_eq!(found(text), Ok((tool, failed)), "{text}");
        }
    }

    #[test]
    fn what_is_no_report_says_why() {
        for (text, reason) in [
            ("", "it is empty"),
            (" \n\u{feff}\n", "it is empty"),
            ("no report at all", "neither XML nor JSON"),
            ("<html><body/></html>", "`html` begins no report"),
            ("<!-- only this -->", "it holds no element"),
            ("<", "line 1"),
            ("<testsuite", "line 1"),
            ("{\"tests\": 1}", "of no report that can be read"),
            ("{\"stats\": {oops}}", "line 1 column"),
            ("[1, 2", "EOF"),
            ("3", "neither XML nor JSON"),
        ] {
            let said = found(text).expect_err(text);
            assert!(said.contains(reason), "{text}: {said}");
        }
    }

    #[test]
    fn every_encoding_is_read() {
        let xml =
            "<?xml version='1.0' encoding='utf-16'?><testsuite><testcase name='ü'><failure/></testcase></testsuite>";
        let utf_16: Vec<u8> = std::iter::once(0xfeff).chain(xml.encode_utf16()).flat_map(u16::to_le_bytes).collect();
        let marked = ["\u{feff}", xml].concat().into_bytes();
        let latin = b"<?xml version='1.0' encoding='iso-8859-1'?><testsuite><testcase name='\xfc'/></testsuite>";
        for bytes in [utf_16, marked, latin.to_vec()] {
            assert_eq!(read(&bytes).expect("a report").cases[0].name, "ü");
        }
    }

    #[test]
    fn lines_that_are_cut_off_are_told_and_those_before_them_are_read() {
        let report = read(b"{\"Action\": \"fail\", \"Package\": \"x\", \"Test\": \"TestA\"}\n{\"Action\": \"fa")
            .expect("a report");
        assert_eq!((report.cases.len(), report.cut.as_deref()), (1, Some("it ends in the middle of line 2")));
    }

    proptest::proptest! {
        #[test]
        fn whatever_a_file_holds_is_read_without_a_panic(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..300)) {
            let _ = read(&bytes);
            let _ = read(&[b"<testsuite><testcase name='".as_slice(), &bytes].concat());
            let _ = read(&[b"{\"Action\":\"output\",\"Package\":\"a\",\"Output\":\"".as_slice(), &bytes].concat());
        }
    }
}
