//! A TRX report, as Visual Studio's and .NET's test runners write it.
//!
//! Elements and outcomes: vstest, `Microsoft.TestPlatform.Extensions.TrxLogger/ObjectModel` (`TestResult.cs`,
//! `TestResultAggregation.cs`, `TestOutcome.cs`, `RunInfo.cs`) and Visual Studio's `vstst.xsd`.

use std::collections::HashMap;

use super::case::{Case, Report};
use super::dotnet;
use super::xml::{Element, walk};
use crate::domain::failure::TestEnd;

const KEEPS: &[&str] =
    &["Output", "ErrorInfo", "Message", "StackTrace", "Execution", "TestMethod", "Text", "TextMessages"];

/// The elements that tell how one test ended, whatever sort of test it was.
const RESULTS: &[&str] = &[
    "UnitTestResult",
    "TestResult",
    "GenericTestResult",
    "ManualTestResult",
    "WebTestResult",
    "LoadTestResult",
    "TestResultAggregation",
];

/// What `TestOutcome.cs` counts as a failure. `Error` is the default, which is not written.
const FAILED: &[&str] = &["Failed", "Error", "Timeout", "Aborted", "Disconnected"];

const SKIPPED: &[&str] = &["NotExecuted", "NotRunnable", "Inconclusive", "Pending", "InProgress"];

pub fn report(xml: &str) -> Result<Report, String> {
    let mut report = Report::of("trx");
    // Results name their test by an id; the class stands with the test's definition, before or after them.
    let mut ids: Vec<String> = Vec::new();
    let mut classes: HashMap<String, String> = HashMap::new();
    let mut cases: Vec<Case> = Vec::new();
    let mut broken: Vec<Case> = Vec::new();
    walk(xml, KEEPS, &mut |element, above| match element.name.as_str() {
        name if RESULTS.contains(&name) => {
            let case = case(element);
            if case.end == TestEnd::Failed {
                above.iter_mut().for_each(|element| element.failed_inside += 1);
            }
            if cases.len() < super::case::CASES_MAX {
                cases.push(case);
                ids.push(element.attribute("testId").unwrap_or_default().to_owned());
            }
        }
        "UnitTest" => {
            // `Shop.CartTests, Shop, Version=1.0.0.0, …`
            let class = element.child("TestMethod").and_then(|method| method.attribute("className"));
            let class = class.and_then(|class| class.split(',').next()).unwrap_or_default().trim();
            if let Some(id) = element.attribute("id").filter(|_| !class.is_empty()) {
                classes.insert(id.to_owned(), class.to_owned());
            }
        }
        "RunInfo" if element.attribute("outcome").is_some_and(|outcome| FAILED.contains(&outcome)) => {
            let mut run = Case::of("", "");
            dotnet::fail(&mut run, None, element.text_of("Text"), None);
            broken.push(run);
        }
        _ => {}
    })?;
    let any_failed = cases.iter().any(|case| case.end == TestEnd::Failed);
    for (mut case, id) in cases.into_iter().zip(ids) {
        if let Some(class) = classes.get(&id) {
            case = Case { name: Case::of(class, &case.name).name, class: class.clone(), ..case };
        }
        report.case(case);
    }
    // Adapters repeat here what each test said; alone it says why no test ran, or that the host crashed.
    if !any_failed {
        broken.into_iter().for_each(|run| report.suite(run));
    }
    Ok(report)
}

fn case(element: &Element) -> Case {
    let mut case = Case::of("", element.attribute("testName").unwrap_or_default());
    let outcome = element.attribute("outcome").unwrap_or("Error");
    if FAILED.contains(&outcome) {
        let info = element.child("Output").and_then(|output| output.child("ErrorInfo"));
        let said = |name| info.and_then(|info| info.text_of(name));
        case.end = TestEnd::Failed;
        dotnet::fail(&mut case, None, said("Message"), said("StackTrace"));
        if case.message.is_none() && outcome != "Failed" {
            case.message = Some(outcome.to_lowercase());
        }
        // The test of several rows of data: its rows say what failed.
        case.cascade = element.failed_inside > 0;
    } else if SKIPPED.contains(&outcome) {
        case.end = TestEnd::Skipped;
    }
    case
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(results: &str) -> Report {
        report(&format!("<TestRun xmlns='http://microsoft.com/schemas/VisualStudio/TeamTest/2010'>{results}</TestRun>"))
            .expect("a report")
    }

    fn failed(report: &Report) -> Vec<(&str, Option<&str>, bool)> {
        let failed = report.cases.iter().filter(|case| case.end == TestEnd::Failed);
        failed.map(|case| (case.name.as_str(), case.message.as_deref(), case.cascade)).collect()
    }

    #[test]
    fn a_test_is_named_by_its_class_wherever_its_definition_stands() {
        let definition = "<TestDefinitions><UnitTest name='Adds' id='1'><Execution id='9'/><TestMethod className='Shop.CartTests, Shop, Version=1.0.0.0' name='Adds'/></UnitTest><UnitTest id='2'><TestMethod className='Shop.CartTests'/></UnitTest></TestDefinitions>";
        let results = "<Results><UnitTestResult testId='1' testName='Adds' outcome='Failed'><Output><StdOut>x</StdOut><ErrorInfo><Message>Assert.AreEqual failed.</Message><StackTrace>   at Shop.CartTests.Adds() in C:\\a\\CartTests.cs:line 7</StackTrace></ErrorInfo></Output></UnitTestResult><UnitTestResult testId='2' testName='Shop.CartTests.Divides(x: 1)' outcome='Failed'/></Results>";
        for report in [run(&[definition, results].concat()), run(&[results, definition].concat())] {
            let names = [
                ("Shop.CartTests::Adds", Some("Assert.AreEqual failed."), false),
                ("Shop.CartTests.Divides(x: 1)", None, false),
            ];
            assert_eq!(failed(&report), names);
            assert_eq!((report.cases[0].file.as_deref(), report.cases[0].line), (Some("C:\\a\\CartTests.cs"), Some(7)));
        }
    }

    #[test]
    fn every_outcome_that_is_a_failure_is_one_and_no_other() {
        let outcomes = [
            ("Failed", true),
            ("Error", true),
            ("Timeout", true),
            ("Aborted", true),
            ("Disconnected", true),
            ("Passed", false),
            ("PassedButRunAborted", false),
            ("Warning", false),
            ("Completed", false),
            ("NotExecuted", false),
            ("NotRunnable", false),
            ("Inconclusive", false),
            ("Pending", false),
        ];
        for (outcome, is_failure) in outcomes {
            let report = run(&format!("<UnitTestResult testName='a' outcome='{outcome}'/>"));
            assert_eq!(!failed(&report).is_empty(), is_failure, "{outcome}");
        }
        let unsaid = run("<UnitTestResult testName='a'/>");
        assert_eq!(failed(&unsaid), [("a", Some("error"), false)], "what is not written is an error");
    }

    #[test]
    fn a_test_that_fails_by_its_rows_is_a_cascade() {
        let report = run(
            "<UnitTestResult testName='Adds' outcome='Failed' resultType='DataDrivenTest'><InnerResults><UnitTestResult testName='Adds (1)' outcome='Passed'/><UnitTestResult testName='Adds (2)' outcome='Failed'/></InnerResults></UnitTestResult>",
        );
        assert_eq!(failed(&report), [("Adds (2)", None, false), ("Adds", None, true)]);
    }

    #[test]
    fn a_run_without_tests_says_why() {
        let info = "<ResultSummary outcome='Failed'><RunInfos><RunInfo outcome='Warning'><Text>slow</Text></RunInfo><RunInfo outcome='Error'><Text>Test host process crashed</Text></RunInfo></RunInfos></ResultSummary>";
        let broken = run(info).suites;
        assert_eq!(broken.len(), 1);
        assert_eq!((broken[0].name.as_str(), broken[0].message.as_deref()), ("", Some("Test host process crashed")));
        let both = run(&format!("{info}<UnitTestResult testName='a' outcome='Failed'/>"));
        assert_eq!((failed(&both).len(), both.suites.len()), (1, 0));
    }
}
