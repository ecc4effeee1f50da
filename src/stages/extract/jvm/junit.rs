//! JUnit's own summaries: of the console launcher of JUnit 5, and of the text runners of JUnit 3 and 4.
//!
//! True of `MutableTestExecutionSummary.printFailuresTo` (which Ant's `junitlauncher` and own runners print too), of
//! JUnit 4's `TextListener` (`JUnitCore`, Bazel's test runner) and of JUnit 3's `ResultPrinter`.

use super::frames::{file_of, frame};
use super::trace::Trace;
use crate::domain::failure::{Failure, Kind, TestCounts, TestEnd};
use crate::domain::log::{Line, Span};
use crate::stages::extract::pattern::{Pattern, group, number};
use crate::stages::extract::reader::{Attention, Findings, Reader};

#[derive(Default)]
pub struct Junit {
    list: List,
    block: Option<(Failure, Trace)>,
    counts: TestCounts,
    /// Whether the table of counts is being read.
    counting: bool,
}

#[derive(Clone, Copy, Default, PartialEq)]
enum List {
    #[default]
    None,
    /// `Failures (2):` of JUnit 5.
    Five,
    /// `There were 2 failures:` of JUnit 3 and 4.
    Four,
}

/// Ant's name of its task stands before each line.
static PREFIX: Pattern = Pattern::new(r"^ *\[junit(?:launcher)?\] ?");

static HEAD: Pattern = Pattern::new(r"^(?:(Failures \(\d+\):)|There (?:was|were) \d+ (?:failure|error)s?:)\s*$");

/// `  JUnit Jupiter:TramTest:stops(int):[2] 7`
static FIVE: Pattern = Pattern::new(r"^  (\S[^:]*):(\S.*)$");

/// `    MethodSource [className = 'TramTest', methodName = 'stops', methodParameterTypes = 'int']`
static METHOD: Pattern = Pattern::new(
    r"^\s+MethodSource \[className = '([^']*)', methodName = '([^']*)', methodParameterTypes = '([^']*)'\]$",
);

static CLASS: Pattern = Pattern::new(r"^\s+ClassSource \[className = '([^']*)'");

static THROWN: Pattern = Pattern::new(r"^    => (.*)$");

/// `1) stops(org.example.TramTest)`
static FOUR: Pattern = Pattern::new(r"^\d+\) (.+?)(?:\(((?:[\w$]+\.)*[\w$]+)\))?$");

/// `[         1 tests failed          ]`
static COUNT: Pattern =
    Pattern::new(r"^\[ +(\d+) (tests|containers) (found|skipped|started|aborted|successful|failed) +\]$");

impl Reader for Junit {
    fn tool(&self) -> &'static str {
        "junit"
    }

    fn wakes(&self) -> &'static [&'static str] {
        &["Failures (", "There was 1 failure:", "There was 1 error:", "There were ", "Test run finished after"]
    }

    fn line(&mut self, line: &Line<'_>, found: &mut Findings) -> Attention {
        let prefix = PREFIX.captures(line.text).map_or(0, |prefix| prefix.get(0).map_or(0, |all| all.end()));
        let text = line.text.get(prefix..).unwrap_or_default();
        if text.starts_with("Test run finished after") {
            self.finish(found);
            (self.list, self.counting) = (List::None, true);
            return Attention::Stay;
        }
        if self.counting {
            return self.count(text, found);
        }
        if let Some(head) = HEAD.captures(text) {
            self.finish(found);
            self.list = if group(&head, 1).is_empty() { List::Four } else { List::Five };
            return Attention::Stay;
        }
        let goes_on = match self.list {
            List::None => false,
            List::Five => self.five(text, line.number, found),
            List::Four => self.four(text, line.number, found),
        };
        if goes_on {
            return Attention::Stay;
        }
        self.finish(found);
        self.list = List::None;
        Attention::Sleep
    }

    fn end(&mut self, found: &mut Findings) {
        self.finish(found);
        *self = Self::default();
    }
}

impl Junit {
    fn five(&mut self, text: &str, line: u64, found: &mut Findings) -> bool {
        if let Some(item) = FIVE.captures(text) {
            self.finish(found);
            let name = group(&item, 2).replace(':', " > ");
            self.begin(&name, "", line);
            return true;
        }
        let Some((failure, trace)) = &mut self.block else { return text.trim().is_empty() };
        if let Some(method) = METHOD.captures(text) {
            let class = group(&method, 1);
            // Of a test that runs more than once the last part of its name tells which run it was.
            let run = failure.test.as_deref().and_then(|test| test.rsplit_once(" > ")).map_or("", |(_, last)| last);
            let run = if run.starts_with('[') { format!(" {run}") } else { String::new() };
            failure.test = Some(format!("{class}.{}({}){run}", group(&method, 2), group(&method, 3)));
            failure.path = Some(file_of(class));
            *trace = Trace::of(class);
        } else if let Some(class) = CLASS.captures(text) {
            let class = group(&class, 1);
            failure.test = Some(class.to_owned());
            failure.path = Some(file_of(class));
            *trace = Trace::of(class);
        } else if let Some(thrown) = THROWN.captures(text) {
            trace.read(group(&thrown, 1));
        } else if let Some(below) = text.strip_prefix("       ") {
            // A frame stands here without `at`.
            let framed = if frame(below).is_some() { format!("at {below}") } else { below.to_owned() };
            trace.read(&framed);
        } else {
            return text.trim().is_empty();
        }
        failure.log.last = line;
        true
    }

    fn four(&mut self, text: &str, line: u64, found: &mut Findings) -> bool {
        if let Some(item) = FOUR.captures(text) {
            self.finish(found);
            self.begin(group(&item, 1), group(&item, 2), line);
            return true;
        }
        if text.starts_with("FAILURES!!!") || text.starts_with("Tests run:") {
            return false;
        }
        let Some((failure, trace)) = &mut self.block else { return false };
        trace.read(text);
        if !text.trim().is_empty() {
            failure.log.last = line;
        }
        true
    }

    fn begin(&mut self, name: &str, class: &str, line: u64) {
        let mut failure = Failure::new(Kind::TestFailure, "junit", "", Span::at(line));
        failure.test = Some(if class.is_empty() { name.to_owned() } else { format!("{class}.{name}") });
        failure.path = (!class.is_empty()).then(|| file_of(class));
        self.block = Some((failure, Trace::of(class)));
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

    /// The table of JUnit 5.
    fn count(&mut self, text: &str, found: &mut Findings) -> Attention {
        if let Some(row) = COUNT.captures(text) {
            let count = number(&row, 1).unwrap_or(0);
            if group(&row, 2) == "tests" {
                match group(&row, 3) {
                    "successful" => self.counts.passed = count,
                    "failed" => self.counts.failed = count,
                    "skipped" | "aborted" => self.counts.skipped = self.counts.skipped.saturating_add(count),
                    _ => {}
                }
            }
            if (group(&row, 2), group(&row, 3)) != ("tests", "failed") {
                return Attention::Stay;
            }
        } else if text.trim().is_empty() {
            return Attention::Stay;
        }
        if self.counts != TestCounts::default() {
            found.count(std::mem::take(&mut self.counts));
        }
        self.counting = false;
        Attention::Sleep
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stages::extract::tests::{read, shown};

    #[test]
    fn the_console_launcher_names_methods_below_its_own_names() {
        let log = "\
Failures (2):
  JUnit Jupiter:TramTest:stops(int):[2] 7
    MethodSource [className = 'org.example.TramTest', methodName = 'stops', methodParameterTypes = 'int']
    => org.opentest4j.AssertionFailedError: expected: <3> but was: <7>
       org.junit.jupiter.api.AssertionFailureBuilder.build(AssertionFailureBuilder.java:151)
       org.example.TramTest.stops(TramTest.java:8)
       [...]
  JUnit Jupiter:HookTest
    ClassSource [className = 'org.example.HookTest', filePosition = null]
    => java.lang.IllegalStateException: no
       org.example.HookTest.before(HookTest.java:9)

Test run finished after 64 ms
[         3 containers found      ]
[         5 tests found           ]
[         1 tests skipped         ]
[         5 tests started         ]
[         0 tests aborted         ]
[         2 tests successful      ]
[         2 tests failed          ]
";
        let reading = read(log);
        assert_eq!(
            shown(reading.failures.iter()),
            [
                (
                    "org.example.TramTest.stops(int) [2] 7",
                    "…/org/example/TramTest.java",
                    8,
                    "AssertionFailedError",
                    "expected: <3> but was: <7>"
                ),
                ("org.example.HookTest", "…/org/example/HookTest.java", 9, "IllegalStateException", "no"),
            ]
        );
        assert_eq!(reading.counts, Some(TestCounts { passed: 2, failed: 2, skipped: 1 }));
        assert_eq!((reading.failures[0].log.first, reading.failures[0].log.last), (2, 7));
    }

    #[test]
    fn the_text_runner_of_junit_4_numbers_its_failures() {
        let log = "\
.E.E
Time: 0.01
There were 2 failures:
1) stops(org.example.TramTest)
java.lang.AssertionError: expected:<1> but was:<2>
\tat org.junit.Assert.fail(Assert.java:89)
\tat org.example.TramTest.stops(TramTest.java:12)
2) rings[0](org.example.TramTest)
java.lang.IllegalStateException: no
\tat org.example.Bell.ring(Bell.java:3)
\tat org.example.TramTest.rings(TramTest.java:22)

FAILURES!!!
Tests run: 2,  Failures: 2
";
        assert_eq!(
            shown(read(log).failures.iter()),
            [
                (
                    "org.example.TramTest.stops",
                    "…/org/example/TramTest.java",
                    12,
                    "AssertionError",
                    "expected:<1> but was:<2>"
                ),
                ("org.example.TramTest.rings[0]", "…/org/example/Bell.java", 3, "IllegalStateException", "no"),
            ]
        );
    }

    #[test]
    fn another_tools_list_of_failures_is_none_of_junits() {
        let log = "There was 1 failure:\n\n1) Tram::stops\nFailed asserting that 1 is 2.\n";
        assert!(!read(log).failures.iter().any(|failure| failure.tool == "junit"));
    }
}
