//! GoogleTest: what fails in a test stands in the test's own block.
//!
//! True of `PrettyUnitTestResultPrinter` of GoogleTest 1.8 to 1.17: what fails in a test stands between `[ RUN ]` and
//! `[  FAILED  ]`; the list at the end names the tests once more. CTest puts the test's number before each line (`-V`).

use std::collections::HashSet;

use crate::domain::failure::{Failure, Kind, TestCounts, TestEnd};
use crate::domain::log::{Line, Span};
use crate::stages::extract::pattern::{Pattern, group, number};
use crate::stages::extract::reader::{Attention, Findings, Reader};

/// What one assertion says.
const MESSAGE_LINES_MAX: usize = 30;

/// Assertions of one test that are told; a loop may fail thousands of times.
const ASSERTIONS_MAX: usize = 20;

/// Tests that were told in full, so that the list does not tell them again.
const TOLD_MAX: usize = 10_000;

#[derive(Default)]
pub struct Gtest {
    /// What failed in the test that is running: its name comes last.
    failed: Vec<(Failure, Vec<String>)>,
    told: HashSet<String>,
}

static PREFIX: Pattern = Pattern::new(r"^\d+: ");

/// `src/tram_test.cc:5: Failure`, `src\tram_test.cc(5): error: Expected…`
static ASSERTION: Pattern = Pattern::new(
    r"^(?:(unknown file)|(\S.*?):(\d+)|(\S.*?)\((\d+)\)): (?:Failure|error: (?:Failure|((?:Expected|Value of|Failed|The difference|Death test|Actual)\b.*)))$",
);

/// `[  FAILED  ] All/Tram.Stops/1, where GetParam() = 3 (0 ms)`
static ENDED: Pattern =
    Pattern::new(r"^\[  (?:FAILED|SKIPPED) ?\s?\] ([^\s,]+\.[^\s,]+?)(?:, where .*?)?(?: \((\d+) ms\))?$");

static PASSED: Pattern = Pattern::new(r"^\[       OK \] (\S+)");

static TOTAL: Pattern = Pattern::new(r"^\[  (PASSED|FAILED|SKIPPED) ? ?\] (\d+) tests?[.,]");

impl Reader for Gtest {
    fn tool(&self) -> &'static str {
        "gtest"
    }

    fn wakes(&self) -> &'static [&'static str] {
        &[": Failure", "): error: ", "[  FAILED  ]", "[       OK ]", "[  PASSED  ]"]
    }

    fn passes(&self) -> &'static [&'static str] {
        &["[       OK ]"]
    }

    fn line(&mut self, line: &Line<'_>, found: &mut Findings) -> Attention {
        let prefix = PREFIX.captures(line.text).map_or(0, |prefix| prefix.get(0).map_or(0, |all| all.end()));
        let text = line.text.get(prefix..).unwrap_or_default();
        if let Some(total) = TOTAL.captures(text) {
            let count = number(&total, 2).unwrap_or(0);
            match group(&total, 1) {
                "PASSED" => found.count(TestCounts { passed: count, ..TestCounts::default() }),
                "FAILED" => found.count(TestCounts { failed: count, ..TestCounts::default() }),
                _ => {}
            }
            return Attention::Sleep;
        }
        if let Some(ended) = ENDED.captures(text) {
            self.ended(group(&ended, 1), line.number, found);
            return Attention::Sleep;
        }
        if let Some(passed) = PASSED.captures(text) {
            found.test(group(&passed, 1), TestEnd::Passed);
            return Attention::Sleep;
        }
        if let Some(assertion) = ASSERTION.captures(text) {
            if self.failed.len() < ASSERTIONS_MAX {
                let at = if group(&assertion, 2).is_empty() { 4 } else { 2 };
                let mut failure = Failure::new(Kind::TestFailure, "gtest", "", Span::at(line.number));
                failure.path = Some(group(&assertion, at)).filter(|path| !path.is_empty()).map(str::to_owned);
                failure.line = number(&assertion, at + 1);
                let said = Some(group(&assertion, 6)).filter(|said| !said.is_empty()).map(str::to_owned);
                self.failed.push((failure, said.into_iter().collect()));
            }
            return Attention::Stay;
        }
        let Some((failure, said)) = self.failed.last_mut() else { return Attention::Sleep };
        // A test may print whatever it likes before it ends.
        if said.len() < MESSAGE_LINES_MAX && !text.is_empty() && !text.starts_with('[') {
            said.push(text.to_owned());
            failure.log.last = line.number;
        }
        Attention::Stay
    }

    fn end(&mut self, found: &mut Findings) {
        // A test that never ended took the program with it.
        self.failed.drain(..).for_each(|(failure, said)| tell(failure, &said, None, found));
        self.told.clear();
    }
}

impl Gtest {
    fn ended(&mut self, test: &str, line: u64, found: &mut Findings) {
        if self.failed.is_empty() && self.told.contains(test) {
            return;
        }
        found.test(test, TestEnd::Failed);
        if self.told.len() < TOLD_MAX {
            self.told.insert(test.to_owned());
        }
        if self.failed.is_empty() {
            let failure = Failure::new(Kind::TestFailure, "gtest", "", Span::at(line));
            tell(failure, &["the test failed".to_owned()], Some(test), found);
        }
        for (failure, said) in self.failed.drain(..) {
            tell(failure, &said, Some(test), found);
        }
    }
}

fn tell(mut failure: Failure, said: &[String], test: Option<&str>, found: &mut Findings) {
    failure.test = test.map(str::to_owned);
    failure.message = said.join("\n");
    found.failure(failure);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stages::extract::tests::{read, shown};

    const LOG: &str = "\
[==========] Running 4 tests from 2 test suites.
[ RUN      ] Tram.Stops
src/tram_test.cc:2: Failure
Expected equality of these values:
  stops()
    Which is: 2
  3
src/tram_test.cc:3: Failure
Value of: false
  Actual: false
Expected: true
[  FAILED  ] Tram.Stops (0 ms)
[ RUN      ] Tram.Turns
[       OK ] Tram.Turns (0 ms)
[ RUN      ] Tram.Throws
unknown file: Failure
C++ exception with description \"no\" thrown in the test body.
[  FAILED  ] Tram.Throws (0 ms)
[ RUN      ] All/Tram.Rings/1
src\\tram_test.cc(6): error: Expected: (2) < (1), actual: 2 vs 1
[  FAILED  ] All/Tram.Rings/1, where GetParam() = 3 (0 ms)
[==========] 4 tests from 2 test suites ran. (0 ms total)
[  PASSED  ] 1 test.
[  FAILED  ] 3 tests, listed below:
[  FAILED  ] Tram.Stops
[  FAILED  ] Tram.Throws
[  FAILED  ] All/Tram.Rings/1, where GetParam() = 3

 3 FAILED TESTS
";

    #[test]
    fn each_assertion_is_a_failure_of_the_test_that_ends_below() {
        let reading = read(LOG);
        let ours = reading.failures.iter().filter(|failure| failure.tool == "gtest");
        assert_eq!(
            shown(ours),
            [
                (
                    "Tram.Stops",
                    "src/tram_test.cc",
                    2,
                    "",
                    "Expected equality of these values:\n  stops()\n    Which is: 2\n  3"
                ),
                ("Tram.Stops", "src/tram_test.cc", 3, "", "Value of: false\n  Actual: false\nExpected: true"),
                ("Tram.Throws", "", 0, "", "C++ exception with description \"no\" thrown in the test body."),
                ("All/Tram.Rings/1", "src\\tram_test.cc", 6, "", "Expected: (2) < (1), actual: 2 vs 1"),
            ]
        );
        assert_eq!(reading.counts, Some(TestCounts { passed: 1, failed: 3, skipped: 0 }));
        assert_eq!(reading.tests.len(), 4);
    }

    #[test]
    fn ctest_numbers_the_lines_of_each_test() {
        let log = "1: [ RUN      ] Tram.Stops\n1: /srv/tram_test.cc:2: Failure\n1: Failed\n1: [  FAILED  ] Tram.Stops (0 ms)\n";
        assert_eq!(shown(read(log).failures.iter()), [("Tram.Stops", "/srv/tram_test.cc", 2, "", "Failed")]);
    }

    #[test]
    fn what_is_kept_is_bounded() {
        let assertion = format!("a.cc:2: Failure\n{}", "more\n".repeat(MESSAGE_LINES_MAX + 2));
        let log = format!("{}[  FAILED  ] A.B (0 ms)\n", assertion.repeat(ASSERTIONS_MAX + 2));
        let mut reader = Gtest::default();
        let mut found = Findings::default();
        for (text, number) in log.lines().zip(1..) {
            reader.line(&Line { number, text, mark: Default::default() }, &mut found);
        }
        assert_eq!(found.failures.len(), ASSERTIONS_MAX);
        assert_eq!(found.failures[0].message.lines().count(), MESSAGE_LINES_MAX);
        for nth in 0..TOLD_MAX {
            reader.ended(&format!("A.t{nth}"), 1, &mut found);
        }
        assert_eq!(reader.told.len(), TOLD_MAX);
    }
}
