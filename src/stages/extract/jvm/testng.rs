//! TestNG's own report on the console.
//!
//! True of `TextReporter` of TestNG 6 and 7, which prints it where `verbose` is 2 or more: since 7.5 a test is named
//! with its class, before by its method alone.

use super::frames::{file_of, thrown};
use super::trace::Trace;
use crate::domain::failure::{Failure, Kind, TestCounts, TestEnd};
use crate::domain::log::{Line, Span};
use crate::stages::extract::pattern::{Pattern, group, number};
use crate::stages::extract::reader::{Attention, Findings, Reader};

#[derive(Default)]
pub struct TestNg {
    block: Option<Block>,
}

struct Block {
    class: String,
    method: String,
    arguments: String,
    configuration: bool,
    span: Span,
    /// From the first line that names what was thrown; what stands before is a description.
    trace: Option<Trace>,
}

/// `    [testng] FAILED: org.example.TramTest.stops(3)`
static HEAD: Pattern = Pattern::new(
    r"^(?: *\[\w+\] )?(FAILED|FAILED CONFIGURATION|PASSED|SKIPPED): (?:@\w+ )?((?:[\w$]+\.)*)([\w$]+)(\(.*\))?$",
);

static PREFIX: Pattern = Pattern::new(r"^ *\[\w+\] ");

static TOTAL: Pattern =
    Pattern::new(r"^(?: *\[\w+\] )?Total tests run: (\d+), (?:Passes: \d+, )?Failures: (\d+), Skips: (\d+)");

impl Reader for TestNg {
    fn tool(&self) -> &'static str {
        "testng"
    }

    fn wakes(&self) -> &'static [&'static str] {
        &["FAILED: ", "FAILED CONFIGURATION: ", "Total tests run: "]
    }

    fn line(&mut self, line: &Line<'_>, found: &mut Findings) -> Attention {
        let text = line.text;
        if let Some(head) = HEAD.captures(text) {
            self.end(found);
            if !group(&head, 1).starts_with("FAILED") {
                return Attention::Sleep;
            }
            self.block = Some(Block {
                class: group(&head, 2).trim_end_matches('.').to_owned(),
                method: group(&head, 3).to_owned(),
                arguments: group(&head, 4).to_owned(),
                configuration: group(&head, 1) != "FAILED",
                span: Span::at(line.number),
                trace: None,
            });
            return Attention::Stay;
        }
        if let Some(total) = TOTAL.captures(text) {
            self.end(found);
            let count = |index| number(&total, index).unwrap_or(0);
            let passed = count(1).saturating_sub(count(2)).saturating_sub(count(3));
            found.count(TestCounts { passed, failed: count(2), skipped: count(3) });
            return Attention::Sleep;
        }
        let prefix = PREFIX.captures(text).map_or(0, |prefix| prefix.get(0).map_or(0, |all| all.end()));
        let own = text.get(prefix..).unwrap_or_default();
        let Some(block) = &mut self.block else { return Attention::Sleep };
        if block.goes_on(own, line.number) {
            return Attention::Stay;
        }
        self.end(found);
        Attention::Sleep
    }

    fn end(&mut self, found: &mut Findings) {
        let Some(block) = self.block.take() else { return };
        let Some(mut trace) = block.trace else { return };
        let mut class = block.class;
        if class.is_empty() {
            trace.class_of(&block.method).unwrap_or_default().clone_into(&mut class);
            trace.belongs_to(&class);
        }
        let dot = if class.is_empty() { "" } else { "." };
        let test = format!("{class}{dot}{}{}", block.method, block.arguments);
        let mut failure = Failure::new(Kind::TestFailure, "testng", "", block.span);
        failure.path = (!class.is_empty()).then(|| file_of(&class));
        trace.tell(&mut failure);
        if !block.configuration {
            found.test(&test, TestEnd::Failed);
        }
        failure.test = Some(test);
        found.failure(failure);
    }
}

impl Block {
    fn goes_on(&mut self, text: &str, line: u64) -> bool {
        let Some(trace) = &mut self.trace else {
            // The test's description may stand on a line or two of its own.
            if thrown(text).is_some() {
                let mut trace = Trace::of(&self.class);
                trace.read(text);
                self.trace = Some(trace);
                self.span.last = line;
                return true;
            }
            return line - self.span.first <= 2 && !text.trim().is_empty();
        };
        if text.starts_with("====") || trace.in_frames() && !Trace::goes_on(text) {
            return false;
        }
        trace.read(text);
        self.span.last = line;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stages::extract::tests::{read, shown};

    #[test]
    fn a_test_is_named_with_its_class_or_found_in_its_trace() {
        let log = "\
FAILED: org.example.TramTest.stops(3)
java.lang.AssertionError: expected [1] but found [2]
\tat org.testng.Assert.fail(Assert.java:110)
\tat org.example.TramTest.stops(TramTest.java:12)

PASSED: org.example.TramTest.turns
FAILED: rings
java.lang.IllegalStateException: no
\tat org.example.Bell.ring(Bell.java:3)
\tat org.example.TramTest.rings(TramTest.java:22)

===============================================
    Default test
    Tests run: 3, Failures: 2, Skips: 0
===============================================

===============================================
Default suite
Total tests run: 3, Passes: 1, Failures: 2, Skips: 0
===============================================
";
        let reading = read(log);
        let ours = reading.failures.iter().filter(|failure| failure.tool == "testng");
        assert_eq!(
            shown(ours),
            [
                (
                    "org.example.TramTest.stops(3)",
                    "…/org/example/TramTest.java",
                    12,
                    "AssertionError",
                    "expected [1] but found [2]"
                ),
                ("org.example.TramTest.rings", "…/org/example/Bell.java", 3, "IllegalStateException", "no"),
            ]
        );
        assert_eq!(reading.counts, Some(TestCounts { passed: 1, failed: 2, skipped: 0 }));
    }

    #[test]
    fn what_only_begins_like_a_test_is_none() {
        let log = "FAILED: nothing\nall is well\nindeed\nso\n";
        assert!(!read(log).failures.iter().any(|failure| failure.tool == "testng"));
    }
}
