//! Ant's `junit` and `junitlauncher` tasks: what their plain and brief formatters print of failing tests.
//!
//! True of `PlainJUnitResultFormatter`, `BriefJUnitResultFormatter` and `JUnitTask.actOnTestResult` of Ant 1.7 to 1.10,
//! and of `LegacyPlainResultFormatter` and `LegacyBriefResultFormatter` of its `junitlauncher`; Ant puts
//! `[junit]` before each line unless it is called with `-emacs`.

use std::collections::HashSet;

use super::frames::{file_of, simple};
use super::trace::Trace;
use crate::domain::failure::{Failure, Kind, TestCounts, TestEnd};
use crate::domain::log::{Line, Span};
use crate::stages::extract::pattern::{Pattern, group, number};
use crate::stages::extract::reader::{Attention, Findings, Reader};

/// Test classes of which a test was told, so that the class is not told again.
const TOLD_MAX: usize = 10_000;

#[derive(Default)]
pub struct AntJunit {
    suite: String,
    /// The test that was named last: the line, and its class where it has one.
    case: Option<Case>,
    block: Option<(Failure, Trace)>,
    told: HashSet<String>,
    /// The last line that was read: one that is looked back at may be known.
    seen: u64,
}

struct Case {
    line: u64,
    class: String,
    method: String,
}

/// `    [junit] Testcase: a took 0.1 sec`: the task's name, which a build may change.
static PREFIX: Pattern = Pattern::new(r"^ *\[[\w.:-]+\] ?");

static SUITE: Pattern = Pattern::new(r"^Testsuite: (\S+)$");

/// `Testcase: adds took 0.01 sec`, `Testcase: adds(org.x.CalcTest):    FAILED`
static CASE: Pattern = Pattern::new(
    r"^Testcase: (.+?)(?:\(([\w.$]+)\))?(?:\(\))?(?: took [\d.,]+ (?:sec|s|ms|milli)\S*|:\s*(FAILED|Caused an ERROR|SKIPPED.*)?)\s*$",
);

/// The line below a plain `Testcase:` that did not pass.
static ENDED: Pattern = Pattern::new(r"^\t(?:(FAILED|Caused an ERROR)\s*$|SKIPPED)");

/// `Test org.x.CalcTest FAILED (timeout)`
static CLASS: Pattern = Pattern::new(r"^Test (\S+) FAILED(?: \((\w+)\))?$");

static TOTAL: Pattern =
    Pattern::new(r"^Tests run: (\d+), Failures: (\d+), (?:Errors|Aborted): (\d+)(?:, Skipped: (\d+))?, Time elapsed: ");

impl Reader for AntJunit {
    fn tool(&self) -> &'static str {
        "ant-junit"
    }

    fn wakes(&self) -> &'static [&'static str] {
        &[
            "Testsuite: ",
            "Testcase: ",
            "\tFAILED",
            "\tCaused an ERROR",
            "\tSKIPPED",
            "[junit] Test ",
            "[junit] Tests run:",
        ]
    }

    fn passes(&self) -> &'static [&'static str] {
        &["Testcase: "]
    }

    fn looks_back(&self) -> bool {
        true
    }

    fn line(&mut self, line: &Line<'_>, found: &mut Findings) -> Attention {
        if line.number <= self.seen {
            return Attention::Sleep;
        }
        self.seen = line.number;
        let prefix = PREFIX.captures(line.text).map_or(0, |prefix| prefix.get(0).map_or(0, |all| all.end()));
        let text = line.text.get(prefix..).unwrap_or_default();
        if let Some(case) = CASE.captures(text) {
            return self.case(&case, line.number, found);
        }
        if let Some(ended) = ENDED.captures(text)
            && let Some(case) = self.case.take()
        {
            if group(&ended, 1).is_empty() {
                found.test(&format!("{}.{}", case.class, case.method), TestEnd::Skipped);
                return Attention::Sleep;
            }
            self.begin(case.class, &case.method, case.line);
            return Attention::Stay;
        }
        if let Some((failure, trace)) = &mut self.block {
            let next = CLASS.is_match(text) || SUITE.is_match(text);
            if !(next || text.trim().is_empty() && trace.in_frames()) {
                trace.read(text);
                if !text.trim().is_empty() {
                    failure.log.last = line.number;
                }
                return Attention::Stay;
            }
            self.finish(found);
        }
        self.pass(found);
        if let Some(suite) = SUITE.captures(text) {
            group(&suite, 1).clone_into(&mut self.suite);
        } else if let Some(total) = TOTAL.captures(text).filter(|_| !self.suite.is_empty()) {
            found.count(counts(&total));
        } else if let Some(class) = CLASS.captures(text) {
            self.class(group(&class, 1), group(&class, 2), line.number, found);
        }
        Attention::Sleep
    }

    fn end(&mut self, found: &mut Findings) {
        self.finish(found);
        self.pass(found);
        *self = Self { seen: self.seen, ..Self::default() };
    }
}

impl AntJunit {
    fn case(&mut self, case: &regex::Captures<'_>, line: u64, found: &mut Findings) -> Attention {
        self.finish(found);
        self.pass(found);
        let class = if group(case, 2).is_empty() { self.suite.clone() } else { group(case, 2).to_owned() };
        let method = group(case, 1).to_owned();
        match group(case, 3) {
            "FAILED" | "Caused an ERROR" => {
                self.begin(class, &method, line);
                return Attention::Stay;
            }
            // The plain formatter says in the next line whether it failed or was skipped.
            "" => self.case = Some(Case { line, class, method }),
            _ => found.test(&format!("{class}.{method}"), TestEnd::Skipped),
        }
        Attention::Sleep
    }

    fn begin(&mut self, class: String, method: &str, line: u64) {
        if self.told.len() < TOLD_MAX {
            self.told.insert(class.clone());
        }
        let mut failure = Failure::new(Kind::TestFailure, "ant-junit", "", Span::at(line));
        // Where a class's own set-up failed it is named instead of a test.
        let is_class = method == class || method == "null" || method.is_empty();
        failure.test = Some(if is_class { class.clone() } else { format!("{class}.{method}") });
        failure.path = Some(file_of(&class));
        self.block = Some((failure, Trace::of(&class)));
    }

    fn finish(&mut self, found: &mut Findings) {
        if let Some((mut failure, trace)) = self.block.take() {
            trace.tell(&mut failure);
            if let Some(test) = &failure.test {
                found.test(test, TestEnd::Failed);
            }
            found.failure(failure);
        }
    }

    fn pass(&mut self, found: &mut Findings) {
        if let Some(case) = self.case.take() {
            found.test(&format!("{}.{}", case.class, case.method), TestEnd::Passed);
        }
    }

    /// Where only a summary is printed, the class is all that is told.
    fn class(&mut self, class: &str, how: &str, line: u64, found: &mut Findings) {
        if self.told.contains(class) {
            return;
        }
        let how = if how.is_empty() { "failed" } else { how };
        let message = format!("a test of {} {how}, and the log does not name it", simple(class));
        let mut failure = Failure::new(Kind::TestFailure, "ant-junit", message, Span::at(line));
        failure.test = Some(class.to_owned());
        failure.path = Some(file_of(class));
        found.failure(failure);
    }
}

fn counts(total: &regex::Captures<'_>) -> TestCounts {
    let count = |index| number(total, index).unwrap_or(0);
    let (failed, skipped) = (count(2).saturating_add(count(3)), count(4));
    TestCounts { passed: count(1).saturating_sub(failed).saturating_sub(skipped), failed, skipped }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stages::extract::tests::{read, shown, told};

    const PLAIN: &str = "\
    [junit] Testsuite: org.example.TramTest
    [junit] Tests run: 4, Failures: 1, Errors: 1, Skipped: 1, Time elapsed: 0.044 sec
    [junit] 
    [junit] Testcase: stops took 0.003 sec
    [junit] Testcase: turns took 0.004 sec
    [junit] \tFAILED
    [junit] expected:<1> but was:<2>
    [junit] junit.framework.AssertionFailedError: expected:<1> but was:<2>
    [junit] \tat org.example.TramTest.turns(TramTest.java:12)
    [junit] 
    [junit] Testcase: starts[0] took 0 sec
    [junit] \tCaused an ERROR
    [junit] no current
    [junit] java.lang.IllegalStateException: no current
    [junit] \tat org.example.Tram.start(Tram.java:7)
    [junit] \tat org.example.TramTest.starts(TramTest.java:20)
    [junit] 
    [junit] Testcase: rings took 0.001 sec
    [junit] \tSKIPPED: later
    [junit] Test org.example.TramTest FAILED
";

    #[test]
    fn the_plain_formatter_says_in_the_next_line_how_a_test_ended() {
        let reading = read(PLAIN);
        assert_eq!(
            shown(reading.failures.iter()),
            [
                (
                    "org.example.TramTest.turns",
                    "…/org/example/TramTest.java",
                    12,
                    "AssertionFailedError",
                    "expected:<1> but was:<2>"
                ),
                ("org.example.TramTest.starts[0]", "…/org/example/Tram.java", 7, "IllegalStateException", "no current"),
            ]
        );
        assert_eq!(reading.counts, Some(TestCounts { passed: 1, failed: 2, skipped: 1 }));
        assert_eq!(reading.tests[0], ("org.example.TramTest.stops".to_owned(), TestEnd::Passed));
        assert_eq!((reading.failures[0].log.first, reading.failures[0].log.last), (5, 9));
    }

    #[test]
    fn the_brief_formatter_says_it_in_the_same_line_and_without_a_prefix_too() {
        let log = "\
Testsuite: org.example.TramTest
Tests run: 1, Failures: 1, Errors: 0, Skipped: 0, Time elapsed: 0.044 sec

Testcase: turns(org.example.TramTest):\tFAILED
expected:<1> but was:<2>
junit.framework.AssertionFailedError: expected:<1> but was:<2>
\tat org.example.TramTest.turns(TramTest.java:12)


Test org.example.TramTest FAILED
";
        assert_eq!(
            told(log),
            [
                "ant-junit test_failure | ?…/org/example/TramTest.java:12 | org.example.TramTest.turns | AssertionFailedError | expected:<1> but was:<2> | @4-7"
            ]
        );
    }

    #[test]
    fn a_class_is_told_where_its_tests_are_not() {
        let log = "    [junit] Running org.example.TramTest\n    [junit] Test org.example.TramTest FAILED (timeout)\n";
        assert_eq!(
            told(log),
            [
                "ant-junit test_failure | ?…/org/example/TramTest.java | org.example.TramTest | a test of TramTest timeout, and the log does not name it | @2-2"
            ]
        );
    }

    #[test]
    fn what_is_kept_is_bounded() {
        let mut reader = AntJunit::default();
        for nth in 0..=TOLD_MAX {
            reader.begin(format!("a.A{nth}Test"), "b", 1);
        }
        assert_eq!(reader.told.len(), TOLD_MAX);
    }
}
