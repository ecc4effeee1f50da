//! Python's unittest, also as Django and others run it: blocks between `=` and `-`, and `-v`.

use std::sync::LazyLock;

use regex::Regex;

use super::frames::{Exception, Frames, exception, frame, loading_kind, tell};
use crate::domain::failure::{Failure, Kind, TestCounts, TestEnd};
use crate::domain::log::{Line, Span};
use crate::stages::extract::reader::{Attention, Findings, Reader};

/// Reads a run of unittest.
#[derive(Default)]
pub struct Unittest {
    block: Option<Block>,
    /// How many tests ran; the line that says how they ended comes after.
    ran: Option<u32>,
    /// The last line, if it names a test: with a docstring the end stands on the next one.
    named: Option<String>,
}

/// What one failing test printed.
#[derive(Default)]
struct Block {
    test: String,
    rules: u8,
    /// The next line that looks like an exception is the one that ended the traceback above it.
    awaits_exception: bool,
    frames: Frames,
    error: Option<Exception>,
    error_line: u64,
    first: u64,
}

macro_rules! pattern {
    ($name:ident, $pattern:expr) => {
        static $name: LazyLock<Regex> = LazyLock::new(|| Regex::new($pattern).expect("the pattern compiles"));
    };
}

pattern!(TITLE, r"^(?:ERROR|FAIL|UNEXPECTED SUCCESS): (?<method>[\w.]+) \((?<class>[\w.<>]+)\)");
pattern!(
    ENDED,
    r"^(?:(?<method>[\w.]+) \((?<class>[\w.<>]+)\)(?: \(.*\))?|.*\S) \.\.\. (?<end>ok|FAIL|ERROR|skipped .*|expected failure|unexpected success)$"
);
pattern!(NAMED, r"^(?<method>\w+) \((?<class>[\w.]+)\)$");
pattern!(RAN, r"^Ran (?<count>\d+) tests? in [\d.]+s$");
pattern!(RESULT, r"^(?:OK|FAILED|NO TESTS RAN)(?: \((?<counts>[\w ,=]+)\))?$");
pattern!(COUNT, r"(?<what>[a-z ]+)=(?<count>\d+)");

impl Reader for Unittest {
    fn tool(&self) -> &'static str {
        "unittest"
    }

    fn wakes(&self) -> &'static [&'static str] {
        &[
            "error: ",
            "fail: ",
            "unexpected success: ",
            " ... ok",
            " ... fail",
            " ... error",
            " ... skipped",
            " tests in ",
            "ran 1 test in ",
        ]
    }

    fn passes(&self) -> &'static [&'static str] {
        &[" ... ok"]
    }

    /// `test_x (m.C.test_x)` stands before the docstring and how the test ended.
    fn looks_back(&self) -> bool {
        true
    }

    fn line(&mut self, line: &Line<'_>, found: &mut Findings) -> Attention {
        if let Some(block) = &mut self.block {
            if block.line(line) {
                return Attention::Stay;
            }
            self.close(found);
            return Attention::Sleep;
        }
        if let Some(ran) = self.ran {
            if line.text.is_empty() {
                return Attention::Stay;
            }
            self.ran = None;
            if let Some(result) = RESULT.captures(line.text) {
                found.count(counts(ran, result.name("counts").map_or("", |counts| counts.as_str())));
            }
            return Attention::Sleep;
        }
        self.outside(line, found)
    }

    fn end(&mut self, found: &mut Findings) {
        self.close(found);
        *self = Self::default();
    }
}

impl Unittest {
    fn outside(&mut self, line: &Line<'_>, found: &mut Findings) -> Attention {
        let named = self.named.take();
        if line.text.ends_with(')')
            && let Some(test) = NAMED.captures(line.text)
        {
            self.named = Some(name(&test));
            return Attention::Sleep;
        }
        if let Some(test) = TITLE.captures(line.text) {
            self.block =
                Some(Block { test: name(&test), awaits_exception: true, first: line.number, ..Block::default() });
            return Attention::Stay;
        }
        if named.is_none() && line.text.contains(" ... ") && !line.text.contains('(') {
            // Of another language's tests, whose green logs are full of such lines.
            return Attention::Sleep;
        }
        if line.text.contains(" ... ")
            && let Some(ended) = ENDED.captures(line.text)
        {
            let test = if ended.name("method").is_some() { Some(name(&ended)) } else { named };
            if let (Some(test), Some(end)) = (test, ended.name("end")) {
                found.test(&test, test_end(end.as_str()));
            }
            return Attention::Sleep;
        }
        match RAN.captures(line.text).and_then(|ran| ran.name("count")?.as_str().parse().ok()) {
            Some(count) => {
                self.ran = Some(count);
                Attention::Stay
            }
            None => Attention::Sleep,
        }
    }

    fn close(&mut self, found: &mut Findings) {
        let Some(block) = self.block.take() else { return };
        let loading = block.test.contains("unittest.loader._FailedTest");
        let error = block
            .error
            .unwrap_or_else(|| Exception { code: "AssertionError".to_owned(), message: "failed".to_owned() });
        let kind = if loading { loading_kind(&error.code).unwrap_or(Kind::BuildError) } else { Kind::TestFailure };
        let line = if block.error_line > 0 { block.error_line } else { block.first };
        let mut failure = Failure::new(kind, "unittest", "", Span::at(line));
        tell(&mut failure, error, block.frames.place());
        failure.test = Some(block.test.replace("unittest.loader._FailedTest.", ""));
        found.failure(failure);
    }
}

impl Block {
    /// Reads a line of the block; whether it is one.
    fn line(&mut self, line: &Line<'_>) -> bool {
        let text = line.text;
        if text.len() >= 70 && text.bytes().all(|byte| byte == b'=') {
            return false;
        }
        if text.len() >= 70 && text.bytes().all(|byte| byte == b'-') {
            self.rules += 1;
            // The first rule is below the title, the second below everything.
            return self.rules < 2;
        }
        if text == "Traceback (most recent call last):" {
            self.awaits_exception = true;
            self.frames = Frames::default();
        } else if let Some(place) = frame(text) {
            self.frames.push(place);
        } else if self.rules > 0
            && self.awaits_exception
            && let Some(error) = exception(text)
        {
            self.error = Some(error);
            self.error_line = line.number;
            self.awaits_exception = false;
        }
        true
    }
}

/// `test_x (m.C.test_x)` of Python 3.11 and later, `test_x (m.C)` of those before.
fn name(found: &regex::Captures<'_>) -> String {
    let part = |name| found.name(name).map_or("", |part| part.as_str());
    let (method, class) = (part("method"), part("class"));
    if class.rsplit('.').next() == Some(method) { class.to_owned() } else { format!("{class}.{method}") }
}

fn test_end(end: &str) -> TestEnd {
    match end {
        "ok" => TestEnd::Passed,
        "FAIL" | "ERROR" | "unexpected success" => TestEnd::Failed,
        _ => TestEnd::Skipped,
    }
}

fn counts(ran: u32, told: &str) -> TestCounts {
    let mut counts = TestCounts::default();
    for count in COUNT.captures_iter(told) {
        let number = count.name("count").and_then(|count| count.as_str().parse::<u32>().ok()).unwrap_or(0);
        match count.name("what").map_or("", |what| what.as_str().trim()) {
            "failures" | "errors" | "unexpected successes" => counts.failed = counts.failed.saturating_add(number),
            _ => counts.skipped = counts.skipped.saturating_add(number),
        }
    }
    counts.passed = ran.saturating_sub(counts.failed).saturating_sub(counts.skipped);
    counts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stages::extract::tests::{read, told};

    // Printed by Python 3.11.
    const PLAIN: &str = r#"E..
======================================================================
ERROR: test_due_after_three_weeks (tests.test_loans.LoanTest.test_due_after_three_weeks)
A loan is due after three weeks.
----------------------------------------------------------------------
Traceback (most recent call last):
  File "/home/runner/work/x/x/tests/test_loans.py", line 9, in test_due_after_three_weeks
    self.assertEqual(due_on(date(2026, 3, 2)), date(2026, 3, 23))
                     ^^^^^^^^^^^^^^^^^^^^^^^^
  File "/home/runner/work/x/x/library/loans.py", line 7, in due_on
    return lent + timedelta(days=DAYS)
                  ^^^^^^^^^
NameError: name 'timedelta' is not defined

======================================================================
FAIL: test_sub (tests.test_loans.LoanTest) (i=0)
----------------------------------------------------------------------
Traceback (most recent call last):
  File "/home/runner/work/x/x/tests/test_loans.py", line 60, in test_sub
    self.assertEqual([1], [2])
AssertionError: Lists differ: [1] != [2]

First differing element 0:
1
2

- [1]
+ [2]

----------------------------------------------------------------------
Ran 4 tests in 0.001s

FAILED (failures=1, errors=1, skipped=1)
"#;

    #[test]
    fn failing_tests_are_told_at_the_deepest_place_of_our_own() {
        assert_eq!(
            told(PLAIN),
            [
                "unittest test_failure | library/loans.py:7 | tests.test_loans.LoanTest.test_due_after_three_weeks | \
                 NameError | name 'timedelta' is not defined | @13-13",
                "unittest test_failure | tests/test_loans.py:60 | tests.test_loans.LoanTest.test_sub | \
                 AssertionError | Lists differ: [1] != [2] | @21-21",
            ]
        );
        assert_eq!(read(PLAIN).counts, Some(TestCounts { passed: 1, failed: 2, skipped: 1 }));
    }

    #[test]
    fn a_module_that_cannot_be_loaded_is_no_failing_test() {
        let log = r#"E
======================================================================
ERROR: nosuch (unittest.loader._FailedTest.nosuch)
----------------------------------------------------------------------
ImportError: Failed to import test module: nosuch
Traceback (most recent call last):
  File "/opt/python/lib/python3.11/unittest/loader.py", line 162, in loadTestsFromName
    module = __import__(module_name)
             ^^^^^^^^^^^^^^^^^^^^^^^
ModuleNotFoundError: No module named 'nosuch'


----------------------------------------------------------------------
Ran 1 test in 0.000s

FAILED (errors=1)
"#;
        assert_eq!(
            told(log),
            ["unittest dependency_issue | ?/opt/python/lib/python3.11/unittest/loader.py:162 | nosuch | \
              ModuleNotFoundError | No module named 'nosuch' | @10-10"]
        );
    }

    #[test]
    fn tests_that_are_named_make_a_census_with_and_without_docstrings() {
        let log = "\
test_eq (test_calc.TestOld.test_eq) ... FAIL
test_doc (test_calc.TestOld.test_doc)
What it does. ... ok
test_later (test_calc.TestOld) ... skipped 'later'

----------------------------------------------------------------------
Ran 3 tests in 0.001s

OK
";
        let named = |name: &str, end| (format!("test_calc.TestOld.{name}"), end);
        assert_eq!(
            read(log).tests,
            [
                named("test_eq", TestEnd::Failed),
                named("test_doc", TestEnd::Passed),
                named("test_later", TestEnd::Skipped)
            ]
        );
    }
}
