//! Gradle's test tasks, and Android's: the block of each test that failed.
//!
//! True of `TestEventLogger`, `ShortExceptionFormatter` and `FullExceptionFormatter` of Gradle 1 to 9 (`testLogging`
//! chooses among them), and of `CustomTestRunListener` of the Android plugin, which indents by tabs.

use super::frames::{file_of, simple};
use super::trace::Trace;
use crate::domain::failure::{Failure, Kind, TestCounts, TestEnd};
use crate::domain::log::{Line, Span};
use crate::stages::extract::paths::SOMEWHERE;
use crate::stages::extract::pattern::{Pattern, group, number};
use crate::stages::extract::reader::{Attention, Findings, Reader};

#[derive(Default)]
pub struct GradleTest {
    block: Option<Block>,
}

struct Block {
    failure: Failure,
    class: String,
    trace: Trace,
    /// Whether anything was said yet, and whether an empty line stands since.
    said: bool,
    empty: bool,
}

/// `FaresTest > zones() FAILED`, `Gradle suite > Gradle test > org.example.FaresTest.zones FAILED`
static HEAD: Pattern = Pattern::new(r"^(\S.* > \S.*?) (FAILED|PASSED|SKIPPED)\s*$");

/// `    java.lang.AssertionError at FaresTest.java:12`
static SHORT: Pattern = Pattern::new(r"^\s+([\w.$]+) at ([\w$-]+\.\w+):(\d+)$");

/// What does not name a test: the run, its processes, the suites of TestNG.
static OUTER: Pattern = Pattern::new(
    r"^(?:Gradle Test Run :\S+|Gradle Test Executor \d+|Gradle suite|Gradle test|.* Gradle Test Executor \d+)$",
);

/// `org.example.FaresTest.zones(int)[2]`
static QUALIFIED: Pattern = Pattern::new(r"^((?:\w+\.)+[A-Z][\w$]*)\.([\w$]+.*)$");

static TOTAL: Pattern = Pattern::new(r"^(\d+) tests? completed(?:, (\d+) failed)?(?:, (\d+) skipped)?$");

/// What Gradle's other stream may put between a test and what it threw.
const BETWEEN: &str = "FAILURE: Build failed with an exception.";

impl Reader for GradleTest {
    fn tool(&self) -> &'static str {
        "gradle-test"
    }

    fn wakes(&self) -> &'static [&'static str] {
        &[" FAILED\u{4}", " PASSED", " SKIPPED", " tests completed", " test completed"]
    }

    fn passes(&self) -> &'static [&'static str] {
        &[" PASSED", " SKIPPED"]
    }

    fn line(&mut self, line: &Line<'_>, found: &mut Findings) -> Attention {
        let text = line.text;
        if let Some(block) = &mut self.block
            && block.goes_on(line)
        {
            return Attention::Stay;
        }
        self.end(found);
        if let Some(total) = TOTAL.captures(text) {
            let count = |index| number(&total, index).unwrap_or(0);
            let (failed, skipped) = (count(2), count(3));
            let passed = count(1).saturating_sub(failed).saturating_sub(skipped);
            found.count(TestCounts { passed, failed, skipped });
            return Attention::Sleep;
        }
        let Some(head) = HEAD.captures(text).filter(|_| !text.starts_with("> ")) else { return Attention::Sleep };
        let test = test_name(group(&head, 1));
        match group(&head, 2) {
            "FAILED" => {
                self.block = Some(Block::of(test, line.number));
                Attention::Stay
            }
            ended => {
                found.test(&test, if ended == "PASSED" { TestEnd::Passed } else { TestEnd::Skipped });
                Attention::Sleep
            }
        }
    }

    fn end(&mut self, found: &mut Findings) {
        let Some(Block { mut failure, trace, said, .. }) = self.block.take() else { return };
        if said && failure.code.is_none() {
            trace.tell(&mut failure);
        }
        if let Some(test) = &failure.test {
            found.test(test, TestEnd::Failed);
        }
        found.failure(failure);
    }
}

/// Without what only says where in the run a test stands.
fn test_name(printed: &str) -> String {
    let parts: Vec<&str> = printed.split(" > ").skip_while(|part| OUTER.is_match(part)).collect();
    match parts.as_slice() {
        // TestNG's suites have names of their own; below them the test is named in full.
        [.., last] if QUALIFIED.is_match(last) && !parts.iter().rev().skip(1).any(|part| names_class(part, last)) => {
            (*last).to_owned()
        }
        _ => parts.join(" > "),
    }
}

/// Whether this is the class, or a method of it, of a test that is named in full.
fn names_class(part: &str, qualified: &str) -> bool {
    let Some(found) = QUALIFIED.captures(qualified) else { return false };
    let class = simple(group(&found, 1));
    simple(part.split(['(', '[']).next().unwrap_or(part)) == class
}

/// The class of a test, as far as its name tells it.
fn class_of(test: &str) -> String {
    match QUALIFIED.captures(test) {
        Some(found) if !test.contains(" > ") => group(&found, 1).to_owned(),
        _ => test.split(" > ").next().unwrap_or(test).split('[').next().unwrap_or(test).to_owned(),
    }
}

impl Block {
    fn of(test: String, line: u64) -> Self {
        let class = class_of(&test);
        let mut failure = Failure::new(Kind::TestFailure, "gradle-test", "the test failed", Span::at(line));
        failure.path = (!class.contains(' ')).then(|| file_of(&class));
        failure.test = Some(test);
        Self { failure, trace: Trace::of(&class), class, said: false, empty: false }
    }

    fn goes_on(&mut self, line: &Line<'_>) -> bool {
        let text = line.text;
        if text.trim().is_empty() || (!self.said && text == BETWEEN) {
            self.empty |= text.trim().is_empty();
            return true;
        }
        let below = text.strip_prefix("    ").or_else(|| text.strip_prefix('\t'));
        let Some(below) = below else { return false };
        // After the trace an empty line ends it, unless a cause follows.
        if self.empty && (self.failure.code.is_some() || self.trace.in_frames()) && !Trace::goes_on(below) {
            return false;
        }
        self.empty = false;
        if let Some(short) = SHORT.captures(text) {
            if self.failure.code.is_none() {
                let thrown = simple(group(&short, 1)).to_owned();
                thrown.clone_into(&mut self.failure.message);
                self.failure.code = Some(thrown);
                let file = group(&short, 2);
                self.failure.path = Some(beside(&self.class, file));
                self.failure.line = number(&short, 3);
            }
        } else {
            self.trace.read(below);
        }
        self.said = true;
        self.failure.log.last = line.number;
        true
    }
}

/// A file by its name alone: the class's own stands in the class's package.
fn beside(class: &str, file: &str) -> String {
    let own = file_of(class);
    match own.rsplit_once('/') {
        Some((folder, name)) if name.split('.').next() == file.split('.').next() => format!("{folder}/{file}"),
        _ => format!("{SOMEWHERE}{file}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stages::extract::tests::{read, shown};

    #[test]
    fn a_block_tells_what_was_thrown_and_where() {
        let log = "\
> Task :tram:test FAILED

TramTest > stops() FAILED
    org.opentest4j.AssertionFailedError: expected: <1> but was: <2>
        at app//org.junit.jupiter.api.AssertionUtils.fail(AssertionUtils.java:55)
        at app//org.example.Tram.stop(Tram.java:7)
        at app//org.example.TramTest.stops(TramTest.java:12)

        Caused by:
        java.lang.IllegalStateException: no
            at app//org.example.Brake.pull(Brake.java:3)
            ... 1 more

TramTest > Inner > rings() FAILED
    java.lang.AssertionError at TramTest.java:30
        Caused by: java.io.IOException at Bell.java:4

TramTest > turns() PASSED

TramTest > sings() SKIPPED

org.example.TramSpec > the bell rings FAILED
    Condition not satisfied:

    bell.rings == 2
    |    |     |
    |    1     false
    Bell(1)
        at org.example.TramSpec.the bell rings(TramSpec.groovy:9)

5 tests completed, 3 failed, 1 skipped
";
        let reading = read(log);
        let spec = "Condition not satisfied:\nbell.rings == 2\n|    |     |\n|    1     false\nBell(1)";
        assert_eq!(
            shown(reading.failures.iter()),
            [
                (
                    "TramTest > stops()",
                    "…/org/example/Tram.java",
                    7,
                    "AssertionFailedError",
                    "expected: <1> but was: <2>"
                ),
                ("TramTest > Inner > rings()", "…/TramTest.java", 30, "AssertionError", "AssertionError"),
                ("org.example.TramSpec > the bell rings", "…/org/example/TramSpec.groovy", 9, "", spec),
            ]
        );
        let spans: Vec<_> = reading.failures.iter().map(|failure| (failure.log.first, failure.log.last)).collect();
        assert_eq!(spans, [(3, 12), (14, 16), (22, 29)]);
        assert_eq!(reading.counts, Some(TestCounts { passed: 1, failed: 3, skipped: 1 }));
        let ends: Vec<_> = reading.tests.iter().map(|(_, end)| *end).collect();
        assert_eq!(ends.iter().filter(|end| **end == TestEnd::Passed).count(), 1);
        assert_eq!(ends.len(), 5);
    }

    #[test]
    fn what_the_other_stream_puts_between_is_passed_over() {
        let log = "TramTest > stops() FAILED\nFAILURE: Build failed with an exception.\n    java.lang.AssertionError at TramTest.java:3\n";
        assert_eq!(
            shown(read(log).failures.iter()),
            [("TramTest > stops()", "…/TramTest.java", 3, "AssertionError", "AssertionError")]
        );
    }

    #[test]
    fn a_name_is_the_tests_own_and_not_the_runs() {
        for (printed, name) in [
            ("Gradle Test Run :test > Gradle Test Executor 5 > TramTest > stops()", "TramTest > stops()"),
            ("Gradle suite > Gradle test > org.x.TramTest.stops", "org.x.TramTest.stops"),
            ("TestNG > Regression 2 > org.x.TramTest.stops[0](1, 2)", "org.x.TramTest.stops[0](1, 2)"),
            (
                "TramTest > stops(int) > org.x.TramTest.stops(int)[2]",
                "TramTest > stops(int) > org.x.TramTest.stops(int)[2]",
            ),
            ("TramTest > stops(int) > [2] 7", "TramTest > stops(int) > [2] 7"),
            ("org.x.TramTest[jvm] > stops[jvm]", "org.x.TramTest[jvm] > stops[jvm]"),
        ] {
            assert_eq!(test_name(printed), name, "{printed}");
        }
    }

    #[test]
    fn what_a_test_prints_and_a_task_that_failed_are_no_test() {
        let log = "\
> Task :tram:test FAILED
TramTest > stops() STANDARD_OUT
    OtherTest > turns FAILED
        java.lang.AssertionError at OtherTest.java:3
:tram:compileJava FAILED
";
        assert!(!read(log).failures.iter().any(|failure| failure.tool == "gradle-test"));
    }
}
