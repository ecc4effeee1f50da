//! XCTest, from `swift test` and `xcodebuild test`.
//!
//! swift-corelibs-xctest `Sources/XCTest/Public/XCTestObservation` and `PrintObserver.swift`: `Test Case 'Suite.test' started at …`,
//! `path:3: error: Suite.test : XCTAssertEqual failed: …`, `Test Case 'Suite.test' failed (0.1 seconds)`; Apple's writes `-[Module.Suite test]`.
//! xcodebuild lists `Failing tests:` at its end.

use std::collections::HashSet;

use crate::domain::failure::{Failure, Kind, TestEnd};
use crate::domain::log::{Line, Span};
use crate::stages::extract::form::Form;
use crate::stages::extract::pattern::{Pattern, group, number};
use crate::stages::extract::reader::{Attention, FAILURES_MAX, Findings, Reader};

/// Lines over which one assertion's message may go: the two values of a comparison.
const MESSAGE_LINES_MAX: u64 = 10;

#[derive(Default)]
pub struct XcTest {
    /// Tests whose assertion was told, or that were told to have failed without one.
    told: HashSet<String>,
    /// An assertion whose message may go on.
    open: Option<Failure>,
    /// `Failing tests:` has been said.
    listing: bool,
}

static ASSERTION: Pattern =
    Pattern::new(r"^(\S.*?\.\w+):(\d+): error: (?:-\[([^\]]+)\]|([A-Za-z]\w*(?:\.\w+)+)) : (.*)$");
static CASE: Pattern = Pattern::new(r"^Test Case '(?:-\[([^\]]+)\]|([^']+))' (passed|failed|skipped) \(");
static LISTED: Pattern = Pattern::new(r"^\s+((?:-\[)?[A-Za-z][\w.]*[ ./]\w+(?:\(\))?\]?)$");

impl Reader for XcTest {
    fn tool(&self) -> &'static str {
        "xctest"
    }

    fn wakes(&self) -> &'static [&'static str] {
        &[": error: -[", ".swift:", "' failed (", "' skipped (", "' passed (", "Failing tests:"]
    }

    fn passes(&self) -> &'static [&'static str] {
        &["' passed ("]
    }

    fn line(&mut self, line: &Line<'_>, found: &mut Findings) -> Attention {
        let text = line.text;
        if let Some(assertion) = ASSERTION.captures(text) {
            self.tell(found);
            let test = assertion.get(3).or_else(|| assertion.get(4)).map_or("", |test| test.as_str());
            let mut failure = Failure::new(Kind::TestFailure, "xctest", group(&assertion, 5), Span::at(line.number));
            failure.path = Some(group(&assertion, 1).to_owned()).filter(|path| path != "<unknown>");
            failure.line = number(&assertion, 2).filter(|line| *line > 0);
            failure.test = Some(test.to_owned());
            self.remember(test);
            self.open = Some(failure);
            return Attention::Stay;
        }
        if let Some(case) = CASE.captures(text) {
            self.tell(found);
            let test = case.get(1).or_else(|| case.get(2)).map_or("", |test| test.as_str());
            let end = match group(&case, 3) {
                "passed" => TestEnd::Passed,
                "failed" => TestEnd::Failed,
                _ => TestEnd::Skipped,
            };
            found.test(test, end);
            if end == TestEnd::Failed && !self.told.contains(&bare(test)) {
                self.silent(test, line.number, found);
            }
            return Attention::Sleep;
        }
        if text == "Failing tests:" {
            self.tell(found);
            self.listing = true;
            return Attention::Stay;
        }
        if self.listing {
            return self.listed(line, found);
        }
        match &mut self.open {
            Some(open) if !ends_message(text) && line.number - open.log.first < MESSAGE_LINES_MAX => {
                open.log.last = line.number;
                open.message.push('\n');
                open.message.push_str(text);
                Attention::Stay
            }
            _ => {
                self.tell(found);
                Attention::Sleep
            }
        }
    }

    fn end(&mut self, found: &mut Findings) {
        self.tell(found);
        *self = Self::default();
    }
}

/// What the runner itself prints after an assertion.
fn ends_message(text: &str) -> bool {
    text.is_empty()
        || ["Test ", "    t = ", "\t ", "Executed ", "Restarting ", "**"].iter().any(|start| text.starts_with(start))
        || text.contains(": error: ")
}

/// One test under all the names it is given: `-[M.Suite test]`, `M.Suite.test`, `Suite.test()`.
fn bare(test: &str) -> String {
    let name = test.trim_start_matches("-[").trim_end_matches([']', ')', '(']);
    let mut parts = name.rsplit([' ', '.', '/']);
    let (method, suite) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    format!("{suite}.{method}")
}

impl XcTest {
    fn remember(&mut self, test: &str) {
        if self.told.len() < FAILURES_MAX {
            self.told.insert(bare(test));
        }
    }

    fn listed(&mut self, line: &Line<'_>, found: &mut Findings) -> Attention {
        let Some(test) = LISTED.captures(line.text) else {
            self.listing = false;
            return Attention::Sleep;
        };
        let test = group(&test, 1);
        if !self.told.contains(&bare(test)) {
            found.test(test, TestEnd::Failed);
            self.silent(test, line.number, found);
        }
        Attention::Stay
    }

    /// It crashed, or another tool has hidden what it said.
    fn silent(&mut self, test: &str, line: u64, found: &mut Findings) {
        self.remember(test);
        let mut failure = Failure::new(Kind::TestFailure, "xctest", "the test failed", Span::at(line));
        failure.test = Some(test.to_owned());
        found.failure(failure);
    }

    fn tell(&mut self, found: &mut Findings) {
        if let Some(failure) = self.open.take() {
            found.failure(failure);
        }
    }
}

/// A failing test as xcpretty and xcbeautify print it: `    ✖ testOpen, XCTAssertEqual failed: …`.
pub const PRETTY: Form = Form {
    tool: "xctest",
    kind: Kind::TestFailure,
    wakes: &["✖ test", "✗ test"],
    lines: &[r"^\s+[✖✗] (?P<test>test\w+)(?:\(\))?(?: on '.*?')?,? (?P<message>[^(\s].*?)(?: \(\d+\.\d+ seconds\))?$"],
    ..Form::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::{check_only, read, told};

    #[test]
    fn assertions_are_told_with_their_test_on_both_systems() {
        let log = "\
Test Case '-[ShopTests.TillTests testOpen]' started.
/Users/runner/work/shop/shop/Tests/TillTests.swift:12: error: -[ShopTests.TillTests testOpen] : XCTAssertEqual failed: (\"-1\") is not equal to (\"3\") - no
Test Case '-[ShopTests.TillTests testOpen]' failed (0.009 seconds).
Test Case 'TillTests.testShut' started at 2026-11-20 10:00:00.000
Tests/TillTests.swift:15: error: TillTests.testShut : threw error \"
no\"
Test Case 'TillTests.testShut' failed (0.0 seconds)
Test Case 'TillTests.testWait' passed (0.0 seconds)
Executed 3 tests, with 2 failures (1 unexpected) in 0.009 (0.010) seconds
";
        assert_eq!(
            told(log),
            [
                "xctest test_failure | Tests/TillTests.swift:12 | ShopTests.TillTests testOpen | XCTAssertEqual failed: (\"-1\") is not equal to (\"3\") - no | @2-2",
                "xctest test_failure | Tests/TillTests.swift:15 | TillTests.testShut | threw error \"\nno\" | @5-6",
            ]
        );
        assert_eq!(read(log).tests.len(), 3);
    }

    #[test]
    fn a_test_that_is_only_listed_is_told_once() {
        let log = "Test Case '-[ShopTests.TillTests testOpen]' failed (0.009 seconds).\nFailing tests:\n\tTillTests.testOpen()\n\tTillTests.testShut()\n\n** TEST FAILED **\n";
        let tests: Vec<_> = read(log)
            .failures
            .into_iter()
            .filter(|failure| failure.primary)
            .filter_map(|failure| failure.test)
            .collect();
        assert_eq!(tests, ["ShopTests.TillTests testOpen", "TillTests.testShut()"]);
    }

    #[test]
    fn a_test_is_told_where_only_what_makes_it_pretty_prints_it() {
        check_only(
            "    ✖ testOpen, XCTAssertEqual failed: (\"-1\") is not equal to (\"3\")",
            "xctest test_failure | testOpen | XCTAssertEqual failed: (\"-1\") is not equal to (\"3\") | @1-1",
        );
    }
}
