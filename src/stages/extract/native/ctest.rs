//! CTest: which tests failed, and how.
//!
//! True of `cmCTestRunTest::EndTest` (`Test #1: tram ....***Failed`) and `cmCTestTestHandler::PrintLabelOrSubprojectSummary`
//! … `The following tests FAILED:` of CMake 3 and 4. A test is a program: what it says itself comes first.

use std::collections::HashSet;

use crate::domain::failure::{Failure, Kind, TestCounts, TestEnd};
use crate::domain::log::{Line, Span};
use crate::stages::extract::pattern::{Pattern, group, number};
use crate::stages::extract::reader::{Attention, Findings, Reader};

/// Tests that were told, so that the list at the end does not tell them again.
const TOLD_MAX: usize = 10_000;

#[derive(Default)]
pub struct Ctest {
    listing: bool,
    told: HashSet<String>,
}

/// `2/4 Test #2: sleepy ...........................***Timeout   1.01 sec`
static ENDED: Pattern = Pattern::new(r"^\s*\d+/\d+ Test +#\d+: (\S.*?) \.*\s*\*\*\*(\S.*?)\s+[\d.]+ sec");

/// `      2 - sleepy (Timeout)`
static LISTED: Pattern = Pattern::new(r"^\s+\d+ - (\S.*?) \(([\w ]+)\)(?:\s.*)?$");

static TOTAL: Pattern = Pattern::new(r"^\d+% tests passed, (\d+) tests? failed out of (\d+)");

impl Reader for Ctest {
    fn tool(&self) -> &'static str {
        "ctest"
    }

    fn wakes(&self) -> &'static [&'static str] {
        &[".***", " ***", "The following tests FAILED:", "% tests passed, "]
    }

    fn wraps(&self) -> bool {
        true
    }

    fn line(&mut self, line: &Line<'_>, found: &mut Findings) -> Attention {
        let text = line.text;
        if let Some(total) = TOTAL.captures(text) {
            let count = |index| number(&total, index).unwrap_or(0);
            found.count(TestCounts { passed: count(2).saturating_sub(count(1)), failed: count(1), skipped: 0 });
            return Attention::Sleep;
        }
        if text.starts_with("The following tests FAILED:") {
            self.listing = true;
            return Attention::Stay;
        }
        if let Some(ended) = ENDED.captures(text) {
            self.tell(group(&ended, 1), group(&ended, 2), line.number, found);
            return Attention::Sleep;
        }
        if !self.listing {
            return Attention::Sleep;
        }
        if let Some(listed) = LISTED.captures(text) {
            self.tell(group(&listed, 1), group(&listed, 2), line.number, found);
            return Attention::Stay;
        }
        self.listing = false;
        Attention::Sleep
    }

    fn end(&mut self, _: &mut Findings) {
        *self = Self::default();
    }
}

impl Ctest {
    fn tell(&mut self, test: &str, how: &str, line: u64, found: &mut Findings) {
        if matches!(how, "Skipped" | "Disabled" | "Not Run (Disabled)") || self.told.contains(test) {
            return;
        }
        if self.told.len() < TOLD_MAX {
            self.told.insert(test.to_owned());
        }
        found.test(test, TestEnd::Failed);
        let mut failure = Failure::new(Kind::TestFailure, "ctest", how, Span::at(line));
        failure.test = Some(test.to_owned());
        found.failure(failure);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stages::extract::tests::{read, shown};

    #[test]
    fn each_test_that_did_not_pass_is_told_once() {
        let log = "\
    Start 1: tram
1/4 Test #1: tram .............................***Failed    0.01 sec
2/4 Test #2: sleepy ...........................***Timeout   1.01 sec
3/4 Test #3: crash ............................***Exception: SegFault  0.01 sec
4/4 Test #4: fine .............................   Passed    0.01 sec

25% tests passed, 3 tests failed out of 4

The following tests FAILED:
\t  1 - tram (Failed)
\t  2 - sleepy (Timeout)
\t  3 - crash (SEGFAULT)
Errors while running CTest
";
        let reading = read(log);
        let ours = reading.failures.iter().filter(|failure| failure.tool == "ctest");
        assert_eq!(
            shown(ours),
            [
                ("tram", "", 0, "", "Failed"),
                ("sleepy", "", 0, "", "Timeout"),
                ("crash", "", 0, "", "Exception: SegFault")
            ]
        );
        assert_eq!(reading.counts, Some(TestCounts { passed: 1, failed: 3, skipped: 0 }));
    }

    #[test]
    fn what_a_test_says_itself_is_the_root() {
        let log = "\
src/tram_test.cc:2: Failure
Failed
[  FAILED  ] Tram.Stops (0 ms)
1/1 Test #1: tram .............................***Failed    0.01 sec
";
        let roots: Vec<_> =
            read(log).failures.into_iter().filter(|failure| failure.primary).map(|failure| failure.tool).collect();
        assert_eq!(roots, ["gtest"]);
    }

    #[test]
    fn what_is_kept_is_bounded() {
        let mut reader = Ctest::default();
        for nth in 0..=TOLD_MAX {
            reader.tell(&format!("t{nth}"), "Failed", 1, &mut Findings::default());
        }
        assert_eq!(reader.told.len(), TOLD_MAX);
    }
}
