//! A report of NUnit 2 (`test-results`) or NUnit 3 and 4 (`test-run`), also of one suite alone.
//!
//! NUnit 3: docs.nunit.org, "Test Result XML Format", and `TestResult.AddToXml` of the framework. NUnit 2: `Results.xsd`
//! and `XmlResultWriter.cs` of NUnit 2.6; older ones write `success` and no `result`. Pester and Unity write these too.

use super::case::{Case, Report};
use super::dotnet;
use super::xml::{Element, walk};
use crate::domain::failure::TestEnd;

const KEEPS: &[&str] = &["failure", "reason", "message", "stack-trace"];

pub fn report(xml: &str) -> Result<Report, String> {
    let mut report = Report::of("nunit");
    walk(xml, KEEPS, &mut |element, above| {
        let failed = match element.name.as_str() {
            "test-case" => {
                let case = case(element);
                let failed = case.end == TestEnd::Failed;
                report.case(case);
                failed
            }
            "test-suite" => {
                let failed = broke_by_itself(element);
                if failed {
                    let mut suite = Case::of("", name(element));
                    suite.class = element.attribute("classname").unwrap_or_default().to_owned();
                    fail(&mut suite, element);
                    report.suite(suite);
                }
                failed
            }
            _ => false,
        };
        if failed {
            above.iter_mut().for_each(|element| element.failed_inside += 1);
        }
    })?;
    Ok(report)
}

fn case(element: &Element) -> Case {
    let class = element.attribute("classname").unwrap_or_default();
    let mut case = Case::of(class, name(element));
    if has_failed(element) {
        fail(&mut case, element);
    } else if !has_passed(element) {
        case.end = TestEnd::Skipped;
    }
    case
}

/// NUnit 2 writes the full name as the name.
fn name(element: &Element) -> &str {
    element.attribute("fullname").or(element.attribute("name")).unwrap_or_default()
}

/// `Failed` with the label `Error`, `Cancelled` or `Invalid`; `Failure` and `Error` of NUnit 2.
fn has_failed(element: &Element) -> bool {
    match element.attribute("result") {
        Some(result) => ["Fail", "Error", "Cancelled"].iter().any(|start| result.starts_with(start)),
        None if element.attribute("executed") == Some("False") => false,
        None => element.attribute("success") == Some("False") || element.child("failure").is_some(),
    }
}

fn has_passed(element: &Element) -> bool {
    match element.attribute("result") {
        Some(result) => matches!(result, "Passed" | "Success" | "Warning"),
        None => element.attribute("executed") != Some("False"),
    }
}

/// A suite whose set-up fails makes all its tests fail, and they say why; one that cannot be loaded has none; and one
/// may be torn down in vain though its tests have passed or failed (`FailureSite`).
fn broke_by_itself(element: &Element) -> bool {
    has_failed(element)
        && match element.attribute("site") {
            Some("TearDown") => true,
            Some("Child" | "Parent") => false,
            _ => element.failed_inside == 0 && (element.child("failure").or(element.child("reason"))).is_some(),
        }
}

fn fail(case: &mut Case, element: &Element) {
    let reason = element.child("failure").or(element.child("reason"));
    let said = |name| reason.and_then(|reason| reason.text_of(name));
    case.end = TestEnd::Failed;
    dotnet::fail(case, None, said("message"), said("stack-trace"));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failed(xml: &str) -> Vec<(String, Option<String>)> {
        let report = report(xml).expect("a report");
        let cases = report.cases.into_iter().chain(report.suites).filter(|case| case.end == TestEnd::Failed);
        cases.map(|case| (case.name, case.message)).collect()
    }

    fn told(pairs: &[(&str, &str)]) -> Vec<(String, Option<String>)> {
        pairs.iter().map(|(name, said)| ((*name).to_owned(), Some((*said).to_owned()))).collect()
    }

    /// As the console of NUnit 3.16 writes it.
    const THREE: &str = r#"<?xml version="1.0" encoding="utf-8" standalone="no"?>
<test-run id="0" result="Failed" total="4"><test-suite type="Assembly" name="Shop.dll" fullname="/srv/Shop.dll" result="Failed" site="Child"><failure><message><![CDATA[One or more child tests had errors]]></message></failure>
<test-suite type="TestFixture" name="CartTests" fullname="Shop.CartTests" classname="Shop.CartTests" result="Failed" site="Child"><failure><message>One or more child tests had errors</message></failure>
<test-case name="Adds(1)" fullname="Shop.CartTests.Adds(1)" classname="Shop.CartTests" result="Failed"><failure><message><![CDATA[  Expected: 3
  But was:  2
]]></message><stack-trace><![CDATA[   at Shop.CartTests.Adds(Int32 x) in /srv/CartTests.cs:line 12
]]></stack-trace></failure><assertions><assertion result="Failed"><message>no</message></assertion></assertions></test-case>
<test-case name="Throws" fullname="Shop.CartTests.Throws" classname="Shop.CartTests" result="Failed" label="Error"><failure><message><![CDATA[System.FormatException : bad]]></message></failure></test-case>
<test-case name="Later" fullname="Shop.CartTests.Later" classname="Shop.CartTests" result="Skipped" label="Ignored"><reason><message>later</message></reason></test-case>
<test-case name="Maybe" fullname="Shop.CartTests.Maybe" classname="Shop.CartTests" result="Inconclusive"/>
<test-case name="Warns" fullname="Shop.CartTests.Warns" classname="Shop.CartTests" result="Warning"/></test-suite></test-suite></test-run>"#;

    #[test]
    fn tests_of_nunit_3_that_failed_or_erred_are_told_and_the_suites_around_them_are_not() {
        let all = told(&[("Shop.CartTests.Adds(1)", "Expected: 3\n  But was:  2"), ("Shop.CartTests.Throws", "bad")]);
        assert_eq!(failed(THREE), all);
        let cases = report(THREE).expect("a report").cases;
        let ends: Vec<TestEnd> = cases.iter().map(|case| case.end).collect();
        use TestEnd::{Failed, Passed, Skipped};
        assert_eq!(ends, [Failed, Failed, Skipped, Skipped, Passed]);
        assert_eq!((cases[0].file.as_deref(), cases[0].line), (Some("/srv/CartTests.cs"), Some(12)));
    }

    #[test]
    fn a_suite_that_broke_by_itself_is_told_where_no_test_tells_it() {
        let suite = |attributes: &str, inside: &str| {
            format!(
                "<test-run><test-suite name='F' fullname='N.F' result='Failed' {attributes}><failure><message>no database</message></failure>{inside}</test-suite></test-run>"
            )
        };
        let child = "<test-case fullname='N.F.A' result='Failed' site='Parent'><failure><message>OneTimeSetUp: no database</message></failure></test-case>";
        assert_eq!(failed(&suite("site='SetUp'", child)), told(&[("N.F.A", "OneTimeSetUp: no database")]));
        assert_eq!(failed(&suite("label='Invalid'", "")), told(&[("N.F", "no database")]));
        let both = told(&[("N.F.A", "OneTimeSetUp: no database"), ("N.F", "no database")]);
        assert_eq!(failed(&suite("site='TearDown'", child)), both);
    }

    #[test]
    fn every_version_of_nunit_2_is_read() {
        for case in [
            "<test-case name='N.F.A' executed='True' result='Failure' success='False'>",
            "<test-case name='N.F.A' executed='True' result='Error' success='False'>",
            "<test-case name='N.F.A' executed='True' success='False'>",
        ] {
            let xml = format!(
                "<test-results><test-suite name='N.F' result='Failure' success='False'><results>{case}<failure><message>no</message></failure></test-case><test-case name='N.F.B' executed='True' success='True'/><test-case name='N.F.C' executed='False' result='Ignored'><reason><message>later</message></reason></test-case></results></test-suite></test-results>"
            );
            assert_eq!(failed(&xml), told(&[("N.F.A", "no")]), "{case}");
        }
    }
}
