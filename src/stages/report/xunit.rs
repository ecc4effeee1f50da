//! A report of xUnit.net: `assemblies` of its versions 2 and 3, `assembly` of version 1. Fixie writes it too.
//!
//! xunit.net, "xUnit.net XML Format v2" and "… v1".

use super::case::{Case, Report};
use super::dotnet;
use super::xml::{Element, walk};
use crate::domain::failure::TestEnd;

const KEEPS: &[&str] = &["failure", "reason", "message", "stack-trace"];

pub fn report(xml: &str) -> Result<Report, String> {
    let mut report = Report::of("xunit");
    walk(xml, KEEPS, &mut |element, _| match element.name.as_str() {
        "test" => report.case(case(element)),
        // What could not be cleaned up, or was thrown outside of every test; of version 1, by a class and its fixture.
        "error" | "class" => {
            if let Some(failure) = element.child("failure") {
                let mut suite = Case::of("", element.attribute("name").unwrap_or_default());
                fail(&mut suite, failure);
                report.suite(suite);
            }
        }
        _ => {}
    })?;
    Ok(report)
}

fn case(element: &Element) -> Case {
    let attribute = |name| element.attribute(name).unwrap_or_default();
    let name = element.attribute("name").unwrap_or(attribute("method"));
    let mut case = Case::of(attribute("type"), name);
    let failure = element.child("failure");
    match element.attribute("result") {
        Some(result) if result.starts_with("Fail") => case.end = TestEnd::Failed,
        Some("Skip" | "NotRun") => case.end = TestEnd::Skipped,
        Some(_) => {}
        None if failure.is_some() => case.end = TestEnd::Failed,
        None => {}
    }
    if case.end == TestEnd::Failed {
        case.file = element.attribute("source-file").map(str::to_owned);
        case.line = element.number("source-line").filter(|line| *line > 0);
        if let Some(failure) = failure {
            fail(&mut case, failure);
        }
    }
    case
}

fn fail(case: &mut Case, failure: &Element) {
    let code = failure.attribute("exception-type").filter(|code| !code.starts_with("Xunit.Sdk."));
    case.end = TestEnd::Failed;
    dotnet::fail(case, code, failure.text_of("message"), failure.text_of("stack-trace"));
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As xUnit.net 2.9 writes it, with a test of version 3 that was not run.
    const TWO: &str = r#"<?xml version="1.0" encoding="utf-8"?><assemblies timestamp="11/21/2026 10:00:00"><assembly name="/srv/Shop.dll" total="4" failed="2" errors="1"><errors><error type="fixture-cleanup" name="Shop.Database"><failure exception-type="System.ObjectDisposedException"><message>closed</message><stack-trace>   at Shop.Database.Dispose() in /srv/Database.cs:line 4</stack-trace></failure></error></errors><collection name="Shop.CartTests">
<test name="Shop.CartTests.Adds(x: 1)" type="Shop.CartTests" method="Adds" time="0.01" result="Fail"><failure exception-type="Xunit.Sdk.EqualException"><message><![CDATA[Assert.Equal() Failure: Values differ
Expected: 3]]></message><stack-trace><![CDATA[   at Shop.CartTests.Adds(Int32 x) in /srv/CartTests.cs:line 12]]></stack-trace></failure></test>
<test name="divides by zero" type="Shop.CartTests" method="Divides" result="Fail" source-file="/srv/CartTests.cs" source-line="20"><failure exception-type="System.DivideByZeroException"><message>Attempted</message></failure></test>
<test name="Shop.CartTests.Later" type="Shop.CartTests" method="Later" result="Skip"><reason>later</reason></test>
<test name="Shop.CartTests.Other" type="Shop.CartTests" method="Other" result="NotRun"/>
<test name="Shop.CartTests.Empty" type="Shop.CartTests" method="Empty" result="Pass"/></collection></assembly></assemblies>"#;

    #[test]
    fn every_end_of_a_test_is_read_and_what_broke_outside_of_them() {
        let report = report(TWO).expect("a report");
        let told: Vec<_> = report.cases.iter().map(|case| (case.name.as_str(), case.end, case.line)).collect();
        use TestEnd::{Failed, Passed, Skipped};
        assert_eq!(
            told,
            [
                ("Shop.CartTests.Adds(x: 1)", Failed, Some(12)),
                ("Shop.CartTests::divides by zero", Failed, Some(20)),
                ("Shop.CartTests.Later", Skipped, None),
                ("Shop.CartTests.Other", Skipped, None),
                ("Shop.CartTests.Empty", Passed, None),
            ]
        );
        assert_eq!(report.cases[0].code, None, "that an assertion failed is no code");
        assert_eq!(report.cases[1].code.as_deref(), Some("System.DivideByZeroException"));
        assert_eq!((report.suites.len(), report.suites[0].name.as_str()), (1, "Shop.Database"));
    }

    #[test]
    fn version_1_has_classes_that_can_fail() {
        let xml = "<assembly name='a.dll'><class name='Shop.CartTests'><failure exception-type='System.Exception'><message>fixture</message></failure><test name='Shop.CartTests.Adds' type='Shop.CartTests' method='Adds' result='Fail'><failure><message>no</message></failure></test></class></assembly>";
        let report = report(xml).expect("a report");
        assert_eq!((report.suites.len(), report.suites[0].message.as_deref()), (1, Some("fixture")));
        assert_eq!((report.cases.len(), report.cases[0].message.as_deref()), (1, Some("no")));
    }
}
