//! Surefire and Failsafe: the blocks of failing tests, and the list at the end of what has no block.

use std::collections::HashSet;

use super::frames::{file_of, own_frame, simple, thrown};
use crate::domain::failure::{Failure, Kind, TestCounts, TestEnd};
use crate::domain::log::{Line, Span};
use crate::stages::extract::pattern::{Pattern, group, number};
use crate::stages::extract::reader::{Attention, Findings, Reader};

/// An exception's message over more lines is a document.
const MESSAGE_LINES_MAX: usize = 20;

/// Tests that were told in full, so that the list does not tell them again.
const TOLD_MAX: usize = 10_000;

#[derive(Default)]
pub struct Surefire {
    block: Option<Block>,
    listing: bool,
    /// The entry of the list that may go on over lines.
    entry: Option<Failure>,
    told: HashSet<String>,
}

struct Block {
    failure: Failure,
    class: String,
    message: Vec<String>,
    in_trace: bool,
    located: bool,
}

/// `[ERROR] com.example.FaresTest.bare -- Time elapsed: 0.002 s <<< FAILURE!`, `bare(com.example.FaresTest)  Time …`
static BLOCK: Pattern =
    Pattern::new(r"^(?:\[ERROR\] +)?(\S.*?)(?: --| -)?\s+Time elapsed: [\d.,]+ ?s(?:ec)?\s+<<< (?:FAILURE|ERROR)!");

/// `bare(com.example.FaresTest)`
static OLD_NAME: Pattern = Pattern::new(r"^([^.()]+)\(([\w$.]+)\)$");

static LIST: Pattern =
    Pattern::new(r"^(?:\[(?:ERROR|WARNING)\] +)?(Failed tests|Tests in error|Failures|Errors|Flakes): *(.*)$");

/// `[ERROR]   FaresTest.bare:49 expected: <true> but was: <false>`
static ENTRY: Pattern =
    Pattern::new(r"^(?:\[ERROR\] )? {2,3}([\w$.]+)\.([\w$]+(?:\(.*?\))?(?:\[.*?\])?)(?::(\d+))?(?:->\S+)*(?: (.*))?$");

/// `  bare(com.example.FaresTest): expected:<true> but was:<false>`
static OLD_ENTRY: Pattern = Pattern::new(r"^(?:\[ERROR\] )? {2,3}([\w$]+(?:\[.*?\])?)\(([\w$.]+)\)(?:: ?(.*))?$");

static TOTAL: Pattern =
    Pattern::new(r"^(?:\[\w+\] )?Tests run: *(\d+), *Failures: *(\d+), *Errors: *(\d+)(?:, *Skipped: *(\d+))?\s*$");

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
            "Tests run:",
        ]
    }

    fn line(&mut self, line: &Line<'_>, found: &mut Findings) -> Attention {
        let text = line.text;
        if let Some(total) = TOTAL.captures(text) {
            self.end(found);
            self.listing = false;
            found.count(counts(&total));
            return Attention::Sleep;
        }
        if text.contains("Tests run:") {
            // One class's summary, which may end in `<<< FAILURE!` too.
            self.end(found);
            return Attention::Stay;
        }
        if let Some(block) = BLOCK.captures(text) {
            self.end(found);
            self.begin(group(&block, 1), line.number);
            return Attention::Stay;
        }
        if let Some(block) = &mut self.block {
            if !text.is_empty() {
                block.read(line);
                return Attention::Stay;
            }
            // A message may hold empty lines, a trace ends with one.
            if !block.in_trace {
                return Attention::Stay;
            }
            self.end(found);
            return Attention::Sleep;
        }
        if let Some(list) = LIST.captures(text) {
            self.end(found);
            self.listing = group(&list, 1) != "Flakes";
            return self.list(&format!("  {}", group(&list, 2)), line.number, found);
        }
        if self.listing { self.list(text, line.number, found) } else { Attention::Sleep }
    }

    fn end(&mut self, found: &mut Findings) {
        if let Some(mut block) = self.block.take() {
            block.finish();
            self.tell(block.failure, found);
        }
        if let Some(entry) = self.entry.take() {
            self.tell(entry, found);
        }
    }
}

impl Surefire {
    fn begin(&mut self, name: &str, line: u64) {
        let (class, method) = match OLD_NAME.captures(name) {
            Some(old) => (group(&old, 2).to_owned(), group(&old, 1).to_owned()),
            None => class_and_method(name),
        };
        let mut failure = Failure::new(Kind::TestFailure, "surefire", "", Span::at(line));
        failure.test = Some(test_name(&class, &method));
        failure.path = Some(file_of(&class));
        self.block = Some(Block { failure, class, message: Vec::new(), in_trace: false, located: false });
    }

    /// One line of the list at the end.
    fn list(&mut self, text: &str, line: u64, found: &mut Findings) -> Attention {
        let entry = ENTRY
            .captures(text)
            .map(|entry| {
                (
                    group(&entry, 1).to_owned(),
                    group(&entry, 2).to_owned(),
                    number(&entry, 3),
                    group(&entry, 4).to_owned(),
                )
            })
            .or_else(|| {
                let entry = OLD_ENTRY.captures(text)?;
                Some((group(&entry, 2).to_owned(), group(&entry, 1).to_owned(), None, group(&entry, 3).to_owned()))
            });
        let Some((class, method, row, message)) = entry else {
            let goes_on = !text.is_empty() && !text.starts_with('[');
            if let (Some(entry), true) = (&mut self.entry, goes_on) {
                entry.message = format!("{}\n{text}", entry.message);
                entry.log.last = line;
            }
            let blank = text.trim().is_empty() || text.starts_with("[INFO]");
            return if goes_on || blank { Attention::Stay } else { Attention::Sleep };
        };
        self.end(found);
        let mut failure = Failure::new(Kind::TestFailure, "surefire", message.trim_start_matches("» "), Span::at(line));
        failure.test = Some(test_name(&class, &method));
        failure.path = Some(file_of(&class));
        failure.line = row;
        if !self.is_told(&class, &method) {
            self.entry = Some(failure);
        }
        Attention::Stay
    }

    /// The list names a test without its arguments, and a set-up by its method.
    fn is_told(&self, class: &str, method: &str) -> bool {
        let bare = method.split(['(', '[']).next().unwrap_or(method);
        self.told.contains(&test_name(class, bare)) || self.told.contains(simple(class))
    }

    fn tell(&mut self, failure: Failure, found: &mut Findings) {
        if let Some(test) = &failure.test {
            found.test(test, TestEnd::Failed);
            if self.told.len() < TOLD_MAX {
                self.told.insert(test.split(['(', '[']).next().unwrap_or(test).to_owned());
            }
        }
        found.failure(failure);
    }
}

/// `com.example.FaresTest.params(int)[2]`: the class ends with the first part in upper case.
fn class_and_method(name: &str) -> (String, String) {
    let end = name.find(['(', '[', ' ']).unwrap_or(name.len());
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

impl Block {
    fn read(&mut self, line: &Line<'_>) {
        let text = line.text;
        if text.trim_start().starts_with("at ") {
            self.in_trace = true;
            if let (false, Some((path, row))) = (self.located, own_frame(text, &self.class)) {
                (self.failure.path, self.failure.line) = (Some(path), Some(row));
                self.failure.log.last = line.number;
                self.located = true;
            }
        } else if !self.in_trace && self.message.len() < MESSAGE_LINES_MAX {
            self.message.push(text.to_owned());
            self.failure.log.last = line.number;
        }
    }

    fn finish(&mut self) {
        let mut message = std::mem::take(&mut self.message).into_iter();
        let mut said = Vec::new();
        if let Some(first) = message.next() {
            match thrown(&first) {
                Some((class, text)) => {
                    self.failure.code = Some(class);
                    said.push(text);
                }
                None => said.push(first),
            }
        }
        said.extend(message);
        self.failure.message = said.join("\n").trim().to_owned();
        if self.failure.message.is_empty() {
            self.failure.message = self.failure.code.clone().unwrap_or_else(|| "the test failed".to_owned());
        }
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
    fn what_is_kept_is_bounded() {
        let name = "[ERROR] com.x.ATest.a -- Time elapsed: 0.1 s <<< ERROR!";
        let log = format!("{name}\njava.lang.Exception: one\n{}", "more\n".repeat(MESSAGE_LINES_MAX));
        assert_eq!(read(&log).failures[0].message.lines().count(), MESSAGE_LINES_MAX);
        let mut reader = Surefire::default();
        for nth in 0..=TOLD_MAX {
            let mut failure = Failure::new(Kind::TestFailure, "surefire", "no", Span::at(1));
            failure.test = Some(format!("ATest.a{nth}"));
            reader.tell(failure, &mut Findings::default());
        }
        assert_eq!(reader.told.len(), TOLD_MAX);
    }
}
