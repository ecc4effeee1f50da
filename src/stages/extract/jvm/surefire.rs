//! Surefire and Failsafe: the blocks of failing tests, and the list at the end of what has no block.
//!
//! True of their console reporters from 2.4 to 3.5: `TestSetStats.getTestSetSummary` and `getTestResults` write the
//! blocks, `DefaultReporterFactory.printTestFailures` the list, `SmartStackTraceParser` its entries.

use std::collections::HashSet;

use super::frames::{file_of, simple};
use super::trace::Trace;
use crate::domain::failure::{Failure, Kind, TestCounts, TestEnd};
use crate::domain::log::{Line, Span};
use crate::stages::extract::pattern::{Pattern, group, number};
use crate::stages::extract::reader::{Attention, Findings, Reader};

/// Test classes that were told in full, so that the list does not tell them again.
const TOLD_MAX: usize = 10_000;

#[derive(Default)]
pub struct Surefire {
    /// Whose summary was printed last: some versions name the method alone below it.
    class: Option<String>,
    block: Option<Block>,
    list: List,
    /// The entry of the list that may go on over lines.
    entry: Option<Failure>,
    /// Of classes, by their names without packages.
    told: HashSet<String>,
}

struct Block {
    failure: Failure,
    trace: Trace,
}

#[derive(Clone, Copy, Default, PartialEq)]
enum List {
    #[default]
    None,
    Failing,
    /// Tests that failed, and passed when they were run again.
    Flakes,
}

/// `Tests run: 2, Failures: 1, … <<< FAILURE! - in com.example.FaresTest`
static CLASS: Pattern = Pattern::new(r"<<< (?:FAILURE|ERROR)!(?: --? in (\S+))?\s*$");

/// `[ERROR] com.example.FaresTest.bare -- Time elapsed: 0.002 s <<< FAILURE!`, `bare(com.example.FaresTest)  Time …`
static BLOCK: Pattern =
    Pattern::new(r"^(?:\[ERROR\] +)?(\S.*?)(?: --| -)?\s+Time elapsed: [\d.,]+ ?s(?:ec)?\s+<<< (?:FAILURE|ERROR)!");

/// `bare(com.example.FaresTest)`, `params[1: a.b](com.example.FaresTest)`
static OLD_NAME: Pattern = Pattern::new(r"^(.+)\(((?:[\w$]+\.)*[\w$]+)\)$");

static LIST: Pattern = Pattern::new(
    r"^(?:\[(?:ERROR|WARNING)\] +)?(Failed tests|Tests in error|Failures|Errors|Flakes|Flaked tests): *(.*)$",
);

/// `[ERROR]   FaresTest.bare:49 expected: <true> but was: <false>`, `  FaresTest>BaseTest.bare:12->check:40 » IllegalState`
static ENTRY: Pattern = Pattern::new(concat!(
    r"^(?:\[ERROR\] )? {2,3}([\w$.]+?)(?:>([\w$]+))?\.([\w$]+(?:\(.*?\))?(?:\[.*?\])?)(?::(\d+))?(?:->\S+)*",
    r"(?: (.*))?$",
));

/// `[ERROR]   FaresTest » IllegalState …`: the class itself failed.
static CLASS_ENTRY: Pattern = Pattern::new(r"^(?:\[ERROR\] )? {2,3}([\w$.]+?)\.? » (.*)$");

/// `  bare(com.example.FaresTest): expected:<true> but was:<false>`
static OLD_ENTRY: Pattern = Pattern::new(r"^(?:\[ERROR\] )? {2,3}([\w$]+(?:\[.*?\])?)\(([\w$.]+)\)(?:: ?(.*))?$");

/// `[ERROR] com.example.FaresTest.bare`, above the runs of a test that was run again.
static AGAIN: Pattern = Pattern::new(r"^(?:\[(?:ERROR|WARNING)\] )?((?:[\w$]+\.)+[\w$]+(?:\(.*\)|\[.*\]|\{.*\})*)$");

static RUN: Pattern = Pattern::new(r"^(?:\[\w+\] )?  Run \d+: ");

static TOTAL: Pattern = Pattern::new(
    r"^(?:\[\w+\] )?Tests run: *(\d+), *Failures: *(\d+), *Errors: *(\d+)(?:, *Skipped: *(\d+))?(?:, *Flakes: *\d+)?\s*$",
);

/// What ends a block whose trace was cut away.
static NEXT: Pattern = Pattern::new(r"^(?:\[(?:INFO|ERROR|WARNING)\](?: |$)|Running \S|Results ?:)");

impl Reader for Surefire {
    fn tool(&self) -> &'static str {
        "surefire"
    }

    fn wakes(&self) -> &'static [&'static str] {
        &[
            "<<< FAILURE!",
            "<<< ERROR!",
            "Failed tests:",
            "Tests in error:",
            "[ERROR] Failures:",
            "[ERROR] Errors:",
            "[WARNING] Flakes:",
            "Flaked tests:",
            "Errors: \u{2}\u{4}",
            "Skipped: \u{2}\u{4}",
            "Flakes: \u{2}\u{4}",
        ]
    }

    fn line(&mut self, line: &Line<'_>, found: &mut Findings) -> Attention {
        let text = line.text;
        if let Some(total) = TOTAL.captures(text) {
            self.finish(found);
            self.list = List::None;
            found.count(counts(&total));
            return Attention::Sleep;
        }
        if text.contains("Tests run:") {
            self.finish(found);
            let failed = CLASS.captures(text);
            self.class = failed.as_ref().map(|class| group(class, 1).to_owned()).filter(|class| !class.is_empty());
            return if failed.is_some() { Attention::Stay } else { Attention::Sleep };
        }
        if let Some(block) = BLOCK.captures(text) {
            self.finish(found);
            self.begin(group(&block, 1), line.number);
            return Attention::Stay;
        }
        if let Some(block) = &mut self.block {
            // A message may hold empty lines, a trace ends with one.
            let ends = if text.is_empty() { block.trace.in_frames() } else { NEXT.is_match(text) };
            if !ends {
                block.trace.read(text);
                if !text.is_empty() {
                    block.failure.log.last = line.number;
                }
                return Attention::Stay;
            }
            self.finish(found);
            if text.is_empty() {
                return Attention::Sleep;
            }
        }
        if let Some(list) = LIST.captures(text) {
            self.finish(found);
            self.list = if group(&list, 1).starts_with("Flake") { List::Flakes } else { List::Failing };
            return self.list(&format!("  {}", group(&list, 2)), line.number, found);
        }
        if self.list == List::None { Attention::Sleep } else { self.list(text, line.number, found) }
    }

    fn end(&mut self, found: &mut Findings) {
        self.finish(found);
        (self.class, self.list) = (None, List::None);
    }
}

impl Surefire {
    fn finish(&mut self, found: &mut Findings) {
        if let Some(Block { mut failure, trace }) = self.block.take() {
            trace.tell(&mut failure);
            tell(failure, found);
        }
        if let Some(entry) = self.entry.take() {
            tell(entry, found);
        }
    }

    fn begin(&mut self, name: &str, line: u64) {
        let (class, method) = self.class_and_method(name);
        // The list may name a nested class by the one around it.
        let mut told = Some(simple(&class));
        while let Some(class) = told.filter(|_| self.told.len() < TOLD_MAX) {
            self.told.insert(class.to_owned());
            told = class.rsplit_once('$').map(|(around, _)| around);
        }
        let mut failure = Failure::new(Kind::TestFailure, "surefire", "", Span::at(line));
        failure.test = Some(test_name(&class, &method));
        failure.path = Some(file_of(&class));
        self.block = Some(Block { failure, trace: Trace::of(&class) });
    }

    /// Of a block's name, which may be only a method's: the class stands in the line of its summary.
    fn class_and_method(&self, name: &str) -> (String, String) {
        let above = self.class.as_deref();
        if let Some(class) = above {
            if name == class {
                return (class.to_owned(), String::new());
            }
            if let Some(method) = name.strip_prefix(class).and_then(|rest| rest.strip_prefix('.')) {
                return (class.to_owned(), method.to_owned());
            }
        }
        if let Some(old) = OLD_NAME.captures(name) {
            let class = group(&old, 2);
            if class.contains('.') && !class.starts_with("java.") || above.is_none_or(|above| above == class) {
                let method = group(&old, 1);
                let own = method.strip_prefix(class).and_then(|rest| rest.strip_prefix('.'));
                return (class.to_owned(), own.unwrap_or(method).to_owned());
            }
        }
        let plain = name.split(['(', '[', '{']).next().unwrap_or(name);
        match above {
            Some(class) if !plain.contains('.') || plain.contains(' ') => (class.to_owned(), name.to_owned()),
            _ => split_name(name),
        }
    }

    /// One line of the list at the end.
    fn list(&mut self, text: &str, line: u64, found: &mut Findings) -> Attention {
        if RUN.is_match(text) {
            return Attention::Stay;
        }
        let prefixed = text.starts_with('[') || self.list == List::Flakes;
        if let Some(again) = AGAIN.captures(text).filter(|_| prefixed) {
            self.finish(found);
            let (class, method) = self.class_and_method(group(&again, 1));
            let test = test_name(&class, &method);
            if self.list == List::Flakes {
                found.passed_again("surefire", &test);
            } else {
                self.enter(&class, &method, None, None, "failed each time it was run", line);
            }
            return Attention::Stay;
        }
        if self.list == List::Failing && self.read_entry(text, line, found) {
            return Attention::Stay;
        }
        let goes_on = !text.is_empty() && !text.starts_with('[');
        if let (Some(entry), true) = (&mut self.entry, goes_on) {
            entry.message = format!("{}\n{text}", entry.message);
            entry.log.last = line;
        }
        let blank = text.trim().is_empty() || text.starts_with("[INFO]");
        if goes_on || blank {
            return Attention::Stay;
        }
        self.list = List::None;
        Attention::Sleep
    }

    fn read_entry(&mut self, text: &str, line: u64, found: &mut Findings) -> bool {
        if let Some(entry) = OLD_ENTRY.captures(text) {
            self.finish(found);
            self.enter(group(&entry, 2), group(&entry, 1), None, None, group(&entry, 3), line);
        } else if let Some(entry) = ENTRY.captures(text) {
            self.finish(found);
            let base = Some(group(&entry, 2)).filter(|base| !base.is_empty());
            self.enter(group(&entry, 1), group(&entry, 3), base, number(&entry, 4), group(&entry, 5), line);
        } else if let Some(entry) = CLASS_ENTRY.captures(text) {
            self.finish(found);
            self.enter(group(&entry, 1), "", None, None, group(&entry, 2), line);
        } else {
            return false;
        }
        true
    }

    /// An entry of the list is a failure of its own only where no block tells of its class: it names a test without its
    /// arguments, a set-up by its method, an inherited test by the class that declares it.
    fn enter(&mut self, class: &str, method: &str, base: Option<&str>, row: Option<u32>, message: &str, line: u64) {
        if self.told.contains(simple(class)) {
            return;
        }
        let mut failure = Failure::new(Kind::TestFailure, "surefire", message.trim_start_matches("» "), Span::at(line));
        failure.test = Some(test_name(class, method));
        failure.path = Some(file_of(base.unwrap_or(class)));
        failure.line = row;
        self.entry = Some(failure);
    }
}

fn tell(failure: Failure, found: &mut Findings) {
    if let Some(test) = &failure.test {
        found.test(test, TestEnd::Failed);
    }
    found.failure(failure);
}

/// `com.example.FaresTest.params(int)[2]`: the class ends with the first part in upper case.
fn split_name(name: &str) -> (String, String) {
    let end = name.find(['(', '[', '{', ' ']).unwrap_or(name.len());
    let (dotted, rest) = name.split_at(end);
    let parts: Vec<&str> = dotted.split('.').collect();
    let is_class = |part: &&str| part.starts_with(char::is_uppercase);
    let class_parts = match parts.iter().position(is_class) {
        Some(at) => at + 1,
        None => parts.len().saturating_sub(1),
    };
    let (class, method) = parts.split_at(class_parts);
    (class.join("."), format!("{}{rest}", method.join(".")))
}

/// `FaresTest.bare`, or the class alone where the class failed.
fn test_name(class: &str, method: &str) -> String {
    let class = simple(class);
    if method.is_empty() { class.to_owned() } else { format!("{class}.{method}") }
}

fn counts(total: &regex::Captures<'_>) -> TestCounts {
    let count = |index| number(total, index).unwrap_or(0);
    let (failed, skipped) = (count(2).saturating_add(count(3)), count(4));
    TestCounts { passed: count(1).saturating_sub(failed).saturating_sub(skipped), failed, skipped }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::failure::Reading;
    use crate::stages::extract::tests::{read, shown};

    /// As Surefire 3.5 prints it under Maven 3.8.
    const LOG: &str = include_str!("../../../../fixtures/logs/surefire-3.5.txt");

    /// The log of a build also holds what other readers know.
    fn surefires(reading: &Reading) -> impl Iterator<Item = &Failure> {
        reading.failures.iter().filter(|failure| failure.tool == "surefire")
    }

    #[test]
    fn every_block_is_a_failure_at_the_innermost_own_frame() {
        let (test, main) = ("…/com/example/FaresTest.java", "…/com/example/Fares.java");
        let no_object = "Cannot invoke \"Object.toString()\" because \"o\" is null";
        let nothing_thrown = "Expected java.lang.IllegalStateException to be thrown, but nothing was thrown.";
        let failed = "AssertionFailedError";
        let reading = read(LOG);
        assert_eq!(
            shown(surefires(&reading)),
            [
                ("FaresTest.deepInMain", main, 14, "ArithmeticException", "/ by zero"),
                ("FaresTest.throwsNpe", test, 39, "NullPointerException", no_object),
                ("FaresTest.params(int)[2]", test, 69, failed, "expected: <1> but was: <2>"),
                ("FaresTest.bare", test, 49, failed, "expected: <true> but was: <false>"),
                ("FaresTest.multi", test, 33, failed, "expected: <a\nb> but was: <a\nc>"),
                ("FaresTest.groupsOfTenPayLess", test, 23, failed, "expected: <4500> but was: <5000>"),
                ("FaresTest.displayed", test, 75, failed, "shown"),
                ("FaresTest.checkedNoMessage", test, 59, "Exception", "Exception"),
                ("FaresTest.expectThrow", test, 54, failed, nothing_thrown),
                ("FaresTest.withMessage", test, 28, failed, "the message ==> expected: <1> but was: <2>"),
                ("FaresTest.nested", test, 82, failed, "nested failed"),
                ("HookTest", "…/com/example/HookTest.java", 9, "IllegalStateException", "hook failed"),
            ]
        );
        assert_eq!(reading.counts, Some(TestCounts { passed: 3, failed: 12, skipped: 1 }));
        assert!(reading.tests.iter().all(|(_, end)| *end == TestEnd::Failed));
        assert_eq!(reading.tests.len(), 12);
    }

    #[test]
    fn a_list_without_blocks_is_enough() {
        let log = "\
[INFO] Results:
[INFO] 
[ERROR] Failures: 
[ERROR]   FaresTest.bare:49 expected: <true> but was: <false>
[ERROR]   FaresTest.multi:33->AbstractTest.check:12 expected: <a
b> but was: <a
c>
[ERROR] Errors: 
[ERROR]   FaresTest.deepInMain:44 » Arithmetic / by zero
[INFO] 
[ERROR] Tests run: 16, Failures: 2, Errors: 1, Skipped: 1
";
        let test = "…/FaresTest.java";
        let reading = read(log);
        assert_eq!(
            shown(surefires(&reading)),
            [
                ("FaresTest.bare", test, 49, "", "expected: <true> but was: <false>"),
                ("FaresTest.multi", test, 33, "", "expected: <a\nb> but was: <a\nc>"),
                ("FaresTest.deepInMain", test, 44, "", "Arithmetic / by zero"),
            ]
        );
        assert_eq!(reading.counts, Some(TestCounts { passed: 12, failed: 3, skipped: 1 }));
    }

    #[test]
    fn surefire_2_names_the_method_before_the_class() {
        let log = "\
Running com.example.FaresTest
Tests run: 2, Failures: 1, Errors: 0, Skipped: 0, Time elapsed: 0.05 sec <<< FAILURE! - in com.example.FaresTest
bare(com.example.FaresTest)  Time elapsed: 0.006 sec  <<< FAILURE!
java.lang.AssertionError: expected:<1> but was:<2>
\tat org.junit.Assert.fail(Assert.java:88)
\tat com.example.FaresTest.bare(FaresTest.java:49)

Results :

Failed tests: 
  FaresTest.bare:49 expected:<1> but was:<2>

Tests in error: 
  other(com.example.OtherTest): / by zero

Tests run: 3, Failures: 1, Errors: 1, Skipped: 0
";
        let reading = read(log);
        assert_eq!(
            shown(surefires(&reading)),
            [
                ("FaresTest.bare", "…/com/example/FaresTest.java", 49, "AssertionError", "expected:<1> but was:<2>"),
                ("OtherTest.other", "…/com/example/OtherTest.java", 0, "", "/ by zero"),
            ]
        );
    }

    #[test]
    fn a_nested_class_that_the_list_names_by_the_one_around_it_is_told_once() {
        let log = "\
[ERROR] Tests run: 1, Failures: 1, Errors: 0, Skipped: 0, Time elapsed: 0.1 s <<< FAILURE! -- in com.example.FaresTest$Single$Return
[ERROR] com.example.FaresTest$Single$Return.costs -- Time elapsed: 0.02 s <<< FAILURE!
org.opentest4j.AssertionFailedError: expected: <2> but was: <3>
\tat com.example.FaresTest$Single$Return.costs(FaresTest.java:93)

[ERROR] Failures:
[ERROR]   FaresTest.costs expected: <2> but was: <3>
[INFO]
[ERROR] Tests run: 6, Failures: 1, Errors: 0, Skipped: 0
";
        let tests: Vec<_> = read(log).failures.into_iter().map(|failure| failure.test.unwrap_or_default()).collect();
        assert_eq!(tests, ["FaresTest$Single$Return.costs"]);
    }

    #[test]
    fn a_method_alone_belongs_to_the_class_whose_summary_stands_above() {
        let log = "\
[ERROR] Tests run: 3, Failures: 2, Errors: 1, Skipped: 0, Time elapsed: 0.1 s <<< FAILURE! - in com.example.FaresTest
[ERROR] bare  Time elapsed: 0.02 s  <<< FAILURE!
java.lang.AssertionError: 

Expected: <1>
     but: was <2>
\tat com.example.FaresTest.bare(FaresTest.java:49)
Caused by: java.io.IOException: x
\tat com.example.FaresTest.bare(FaresTest.java:48)
\t... 3 more

[ERROR] params{String}[1]  Time elapsed: 0.02 s  <<< FAILURE!
org.opentest4j.AssertionFailedError: no
[ERROR] withArg(String)  Time elapsed: 0.02 s  <<< ERROR!
java.lang.Exception: z

[INFO] Running com.example.OtherTest
";
        let reading = read(log);
        let path = "…/com/example/FaresTest.java";
        assert_eq!(
            shown(surefires(&reading)),
            [
                ("FaresTest.bare", path, 49, "AssertionError", "Expected: <1>\n     but: was <2>"),
                ("FaresTest.params{String}[1]", path, 0, "AssertionFailedError", "no"),
                ("FaresTest.withArg(String)", path, 0, "Exception", "z"),
            ]
        );
        let spans: Vec<_> = surefires(&reading).map(|failure| (failure.log.first, failure.log.last)).collect();
        assert_eq!(spans, [(2, 10), (12, 13), (14, 15)]);
    }

    #[test]
    fn inherited_tests_are_named_by_the_class_that_ran() {
        let log = "\
Results :

Failed tests: 
  TramTest>VehicleTest.stops:12->check:40 expected:<1> but was:<2>

Tests in error: 
  BusTest » NoClassDefFound org/example/X

Tests run: 3, Failures: 1, Errors: 1, Skipped: 0
";
        let reading = read(log);
        assert_eq!(
            shown(surefires(&reading)),
            [
                ("TramTest.stops", "…/VehicleTest.java", 12, "", "expected:<1> but was:<2>"),
                ("BusTest", "…/BusTest.java", 0, "", "NoClassDefFound org/example/X"),
            ]
        );
    }

    #[test]
    fn a_set_up_that_has_a_block_is_not_told_again_by_the_list() {
        let log = "\
[ERROR] Tests run: 1, Failures: 0, Errors: 1, Skipped: 0, Time elapsed: 0.1 s <<< FAILURE! - in org.x.ATest
[ERROR] a(org.x.ATest)  Time elapsed: 0.02 s  <<< ERROR!
java.lang.IllegalStateException: no
\tat org.x.ATest.setUp(ATest.java:9)

[INFO] Results:
[INFO] 
[ERROR] Errors: 
[ERROR]   ATest.setUp:9 » IllegalState no
[INFO] 
[ERROR] Tests run: 1, Failures: 0, Errors: 1, Skipped: 0
";
        let reading = read(log);
        assert_eq!(surefires(&reading).map(|failure| failure.test.as_deref()).collect::<Vec<_>>(), [Some("ATest.a")]);
    }

    #[test]
    fn a_test_that_passed_when_it_was_run_again_is_no_failure() {
        let log = "\
[ERROR] org.x.ATest.shaky -- Time elapsed: 0.02 s <<< FAILURE!
java.lang.AssertionError: no
\tat org.x.ATest.shaky(ATest.java:9)

[ERROR] org.x.ATest.broken -- Time elapsed: 0.02 s <<< FAILURE!
java.lang.AssertionError: no
\tat org.x.ATest.broken(ATest.java:19)

[INFO] Results:
[INFO] 
[ERROR] Failures: 
[ERROR] org.x.ATest.broken
[ERROR]   Run 1: ATest.broken:19 no
[ERROR]   Run 2: ATest.broken:19 no
[INFO] 
[WARNING] Flakes: 
[WARNING] org.x.ATest.shaky
[ERROR]   Run 1: ATest.shaky:9 no
[INFO]   Run 2: PASS
[INFO] 
[ERROR] Tests run: 2, Failures: 1, Errors: 0, Skipped: 0, Flakes: 1
";
        let reading = read(log);
        assert_eq!(
            surefires(&reading).map(|failure| failure.test.as_deref()).collect::<Vec<_>>(),
            [Some("ATest.broken")]
        );
        assert_eq!(reading.counts, Some(TestCounts { passed: 1, failed: 1, skipped: 0 }));
    }

    #[test]
    fn what_is_kept_is_bounded() {
        let mut reader = Surefire::default();
        for nth in 0..=TOLD_MAX {
            reader.begin(&format!("a.A{nth}Test.b"), 1);
        }
        assert_eq!(reader.told.len(), TOLD_MAX);
    }
}
