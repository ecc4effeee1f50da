//! Tests under sbt, and ScalaTest wherever it runs.
//!
//! True of sbt's `junit-interface` and `jupiter-interface` (`Test x failed: …, took 0.1s`), of the `Reporter` of
//! ScalaTest 2 and 3 on standard output (`*** FAILED ***`), of the console notifier of specs2 3 and 4 (`x`, `!`) and of
//! MUnit's `MUnitRunner` behind its sbt logger (`==> X`). sbt puts `[info] ` or `[error] ` before each line, and once more where it
//! runs itself (`scripted`).

use super::frames::{file_of, frame, thrown};
use super::trace::Trace;
use crate::domain::failure::{Failure, Kind, TestCounts, TestEnd};
use crate::domain::log::{Line, Span};
use crate::stages::extract::paths::SOMEWHERE;
use crate::stages::extract::pattern::{Pattern, group, number};
use crate::stages::extract::reader::{Attention, Findings, Reader};

#[derive(Default)]
pub struct ScalaTest {
    block: Option<Block>,
    /// Classes named as failed, and whether a test of each was told.
    listing: bool,
    told: bool,
}

struct Block {
    failure: Failure,
    trace: Trace,
    /// Lines that are indented deeper belong to it.
    indent: usize,
    /// Until a place follows it may be a line of source that a compiler shows.
    unsure: bool,
}

pub static PREFIX: Pattern = Pattern::new(r"^(?:\[(?:info|error|warn|debug|success|trace)\] ?)+");

/// `Test org.example.TramTest.stops failed: java.lang.AssertionError: no, took 0.002s`
static INTERFACE: Pattern = Pattern::new(r"^Test (\S.*?) failed: (.*?)(?:, took [\d.,]+ ?s(?:ec)?)?$");

/// `- should stop *** FAILED *** (3 milliseconds)`
static SCALATEST: Pattern = Pattern::new(r"^(\s*)(?:- )?(\S.*?) \*\*\* FAILED \*\*\*(?: \([^)]*\))?$");

/// `  x a tram stops (2 ms)`
static SPECS2: Pattern = Pattern::new(r"^(\s+)([x!]) (\S.*?)(?: \([\d, hms]+\))?$");

/// `==> X org.example.TramSuite.stops  0.012s munit.ComparisonFailException: /src/TramSuite.scala:7`
static MUNIT: Pattern = Pattern::new(r"^==> X (\S.*?) +[\d.]+s +(\S+?)(?:: (.*))?$");

/// `2 did not equal 3 (TramSpec.scala:8)`
static PLACE: Pattern = Pattern::new(r"\(?((?:[^\s():]*/)?[\w$-]+\.(?:scala|java)):(\d+)\)?\s*$");

/// What gives specs2's crosses away.
static AFTER_CROSS: Pattern = Pattern::new(r"\([\w$-]+\.scala:\d+\)\s*$");

static TOTAL: Pattern = Pattern::new(
    r"^(?:Failed|Passed|Error): Total (\d+), Failed (\d+), Errors (\d+), Passed (\d+)(?:, (?:Skipped|Ignored) (\d+))?",
);

/// What ScalaTest counts itself; under sbt, sbt counts too.
static OWN_TOTAL: Pattern =
    Pattern::new(r"^Tests: succeeded (\d+), failed (\d+), canceled (\d+), ignored (\d+), pending (\d+)$");

impl Reader for ScalaTest {
    fn tool(&self) -> &'static str {
        "scala-test"
    }

    fn wakes(&self) -> &'static [&'static str] {
        &[
            "[error] Test ",
            "*** FAILED ***",
            "[error]  ",
            "==> X ",
            "[error] Failed: Total",
            "[error] Failed tests:",
            "Tests: succeeded ",
        ]
    }

    fn line(&mut self, line: &Line<'_>, found: &mut Findings) -> Attention {
        let prefix = PREFIX.captures(line.text).map_or(0, |prefix| prefix.get(0).map_or(0, |all| all.end()));
        let text = line.text.get(prefix..).unwrap_or_default();
        if self.listing {
            if let Some(class) = text.strip_prefix('\t') {
                self.class(class.trim(), line.number, found);
                return Attention::Stay;
            }
            (self.listing, self.told) = (false, false);
        }
        if let Some(block) = self.begin(text, line) {
            self.finish(found);
            self.block = Some(block);
            return Attention::Stay;
        }
        if let Some(block) = &mut self.block {
            if block.goes_on(text, line.number) {
                return Attention::Stay;
            }
            self.finish(found);
        }
        if let Some(total) = TOTAL.captures(text) {
            let count = |index| number(&total, index).unwrap_or(0);
            let failed = count(2).saturating_add(count(3));
            found.count(TestCounts { passed: count(4), failed, skipped: count(5) });
        } else if let Some(total) = OWN_TOTAL.captures(text).filter(|_| prefix == 0) {
            let count = |index| number(&total, index).unwrap_or(0);
            let skipped = count(3).saturating_add(count(4)).saturating_add(count(5));
            found.count(TestCounts { passed: count(1), failed: count(2), skipped });
        } else if text == "Failed tests:" {
            self.listing = true;
            return Attention::Stay;
        }
        Attention::Sleep
    }

    fn end(&mut self, found: &mut Findings) {
        self.finish(found);
        *self = Self::default();
    }
}

impl ScalaTest {
    fn begin(&self, text: &str, line: &Line<'_>) -> Option<Block> {
        let new = |class: &str, test: &str, indent| {
            let mut failure = Failure::new(Kind::TestFailure, "scala-test", "", Span::at(line.number));
            failure.test = Some(test.to_owned());
            Block { failure, trace: Trace::of(class), indent, unsure: false }
        };
        if let Some(test) = INTERFACE.captures(text) {
            let name = group(&test, 1);
            let class = name.rsplit_once(['.', '#']).map_or("", |(class, _)| class);
            let mut block = new(class, name, 0);
            block.failure.path = (!class.is_empty()).then(|| file_of(class));
            block.trace.read(group(&test, 2));
            return Some(block);
        }
        if let Some(test) = MUNIT.captures(text) {
            let name = group(&test, 1);
            let class = name.rsplit_once('.').map_or("", |(class, _)| class);
            let mut block = new(class, name, 0);
            block.failure.code = thrown(group(&test, 2)).map(|(class, _)| class);
            block.place(group(&test, 3));
            return Some(block);
        }
        if let Some(test) = SCALATEST.captures(text) {
            return Some(new("", group(&test, 2), group(&test, 1).len()));
        }
        if self.block.is_none()
            && line.text.contains("[error] ")
            && let Some(test) = SPECS2.captures(text)
        {
            let mut block = new("", group(&test, 3), group(&test, 1).len());
            block.unsure = true;
            return Some(block);
        }
        None
    }

    fn finish(&mut self, found: &mut Findings) {
        let Some(Block { mut failure, trace, unsure, .. }) = self.block.take() else { return };
        if unsure && failure.path.is_none() {
            return;
        }
        let (path, row, code) = (failure.path.clone(), failure.line, failure.code.clone());
        trace.tell(&mut failure);
        if row.is_some() {
            (failure.path, failure.line) = (path, row);
        }
        failure.code = failure.code.or(code);
        // Before a message that says where it was raised, the place was read.
        if let Some(cut) = AFTER_CROSS.captures(&failure.message).and_then(|place| place.get(0)) {
            failure.message.truncate(cut.start());
            failure.message.truncate(failure.message.trim_end().len());
        }
        if let Some(test) = &failure.test {
            found.test(test, TestEnd::Failed);
        }
        self.told = true;
        found.failure(failure);
    }

    /// A class in the list at the end is told where no test was.
    fn class(&self, class: &str, line: u64, found: &mut Findings) {
        if self.told {
            return;
        }
        let message = format!("a test of {class} failed, and the log does not name it");
        let mut failure = Failure::new(Kind::TestFailure, "scala-test", message, Span::at(line));
        failure.test = Some(class.to_owned());
        failure.path = Some(file_of(class).replace(".java", ".scala"));
        found.failure(failure);
    }
}

impl Block {
    fn goes_on(&mut self, text: &str, line: u64) -> bool {
        let indent = text.len() - text.trim_start().len();
        if text.trim().is_empty() || indent <= self.indent || text.trim_start().starts_with("- ") {
            return false;
        }
        if frame(text).is_none() {
            self.place(text);
        }
        self.trace.read(text.trim_start());
        self.failure.log.last = line;
        true
    }

    /// Remembers the first place that a message ends with.
    fn place(&mut self, text: &str) {
        if self.failure.line.is_none()
            && let Some(place) = PLACE.captures(text)
        {
            let path = group(&place, 1);
            let path = if path.contains('/') { path.to_owned() } else { format!("{SOMEWHERE}{path}") };
            (self.failure.path, self.failure.line) = (Some(path), number(&place, 2));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stages::extract::tests::{read, told};

    fn tests(log: &str) -> Vec<String> {
        told(log).into_iter().filter(|row| row.starts_with("scala-test")).collect()
    }

    #[test]
    fn junit_under_sbt_names_class_and_method() {
        let log = "\
[info] [info] Test org.example.TramTest#stops() started
[info] [error] Test org.example.TramTest.stops failed: java.lang.AssertionError: no brake, took 0.002s
[info] [error]     at org.example.TramTest.stops(TramTest.java:22)
[info] [error]     ...
[error] Failed: Total 5, Failed 1, Errors 0, Passed 3, Skipped 1
[error] Failed tests:
[error] \torg.example.TramTest
";
        assert_eq!(
            tests(log),
            [
                "scala-test test_failure | ?…/org/example/TramTest.java:22 | org.example.TramTest.stops | AssertionError | no brake | @2-4"
            ]
        );
        assert_eq!(read(log).counts, Some(TestCounts { passed: 3, failed: 1, skipped: 1 }));
    }

    #[test]
    fn scalatest_says_failed_after_the_name_of_the_test() {
        let log = "\
[info] TramSpec:
[info] A tram
[info] - should stop *** FAILED *** (3 milliseconds)
[info]   2 did not equal 3 (TramSpec.scala:8)
[info] - should ring *** FAILED ***
[info]   java.lang.IllegalStateException: no
[info]   at org.example.Bell.ring(Bell.scala:3)
[info]   ...
[info] *** 2 TESTS FAILED ***
";
        assert_eq!(
            tests(log),
            [
                "scala-test test_failure | ?…/TramSpec.scala:8 | should stop | 2 did not equal 3 | @3-4",
                "scala-test test_failure | should ring | IllegalStateException | no | @5-8",
            ]
        );
    }

    #[test]
    fn specs2_and_munit_mark_a_failing_test_by_a_cross() {
        let log = "\
[info] TramSpec
[error]   x stop
[error]    2 != 3 (TramSpec.scala:9)
[info]   + ring
==> X org.example.TramSuite.stops  0.012s munit.ComparisonFailException: /src/TramSuite.scala:7
6:  test(\"stops\") {
[error]   x = 3
[error]       ^
";
        assert_eq!(
            tests(log),
            [
                "scala-test test_failure | ?…/TramSpec.scala:9 | stop | 2 != 3 | @2-3",
                "scala-test test_failure | ?/src/TramSuite.scala:7 | org.example.TramSuite.stops | ComparisonFailException | ComparisonFailException | @5-5",
            ]
        );
    }

    #[test]
    fn a_class_is_told_where_its_tests_are_not() {
        let log = "[error] Failed tests:\n[error] \torg.example.TramSuite\n[error] (Test / test) sbt.TestsFailedException: Tests unsuccessful\n";
        assert_eq!(
            tests(log),
            [
                "scala-test test_failure | ?…/org/example/TramSuite.scala | org.example.TramSuite | a test of org.example.TramSuite failed, and the log does not name it | @2-2"
            ]
        );
    }
}
