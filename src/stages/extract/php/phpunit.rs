//! PHPUnit, from version 4 to 12, plain and as testdox.
//!
//! `src/TextUI/DefaultResultPrinter.php` (before 10) and `src/TextUI/Output/Default/ResultPrinter.php`: lists headed `There
//! was 1 failure:`, in them `1) Class::test with data set "x" (args)`, what was thrown, a blank line, the trace; at the end
//! `Tests: 3, Assertions: 3, Failures: 1.` or `OK (3 tests, 3 assertions)`. `CliTestDoxPrinter.php` and
//! `Output/TestDox/ResultPrinter.php`: ` ✘ Opens`, then the same behind a bar.

use crate::domain::failure::{TestCounts, TestEnd};
use crate::domain::log::Line;
use crate::stages::extract::block::Block;
use crate::stages::extract::pattern::{Pattern, group, number};
use crate::stages::extract::reader::{Attention, Findings, Reader};

#[derive(Default)]
pub struct Phpunit {
    list: List,
    block: Option<Block>,
    /// Whether the block's trace has begun: what comes after it is no message.
    traced: bool,
    /// In testdox, the test that may be explained in the next line.
    named: Option<(String, u64)>,
}

/// What the list that is being read tells.
#[derive(Default, PartialEq)]
enum List {
    #[default]
    None,
    Failing,
    /// Risky tests and warnings, which fail a run only where it was asked for.
    Mild,
    /// Skipped and incomplete tests.
    Harmless,
    Testdox,
}

static HEADING: Pattern =
    Pattern::new(r"^(?:There (?:was|were) )?\d+ (?:PHPUnit )?(error|failure|\S.*?)s?(?: triggered .*)?:$");
static NAME: Pattern = Pattern::new(r#"^\d+\) (\S.*?)(?:( with data set (?:#\d+|".*?")|#\d+)(?: \(.*\))?)?$"#);
static TRACE: Pattern = Pattern::new(r"^((?:/|[A-Za-z]:[\\/]|phar:|\.{0,2}/?[\w-]+/)\S.*\.\w+):(\d+)$");
static CODE: Pattern = Pattern::new(
    r"^((?:[A-Z]\w*\\)*[A-Z]\w*(?:Error|Exception|Warning|Notice|Deprecated|Throwable)|Error|Exception): (.*)$",
);
static COUNTS: Pattern = Pattern::new(r"^Tests: (\d+), Assertions: \d+(.*)\.$");
static COUNT: Pattern = Pattern::new(r", (Errors|Failures|Skipped|Incomplete): (\d+)");
static OK: Pattern = Pattern::new(r"^OK \((\d+) tests?, \d+ assertions?\)$");
static TESTDOX: Pattern = Pattern::new(r"^ [✘✖x] (\S.*?)(?: \[[\d.]+ m?s\])?$");
static BAR: Pattern = Pattern::new(r"^ {3}[│┐├┊╵┴|] ?(.*)$");

impl Reader for Phpunit {
    fn tool(&self) -> &'static str {
        "phpunit"
    }

    fn wakes(&self) -> &'static [&'static str] {
        &["There was 1 ", "There were ", ", Assertions: ", " assertions)", " assertion)", "   │", "   ┐"]
    }

    /// Testdox names the test on the line before its first bar.
    fn looks_back(&self) -> bool {
        true
    }

    fn line(&mut self, line: &Line<'_>, found: &mut Findings) -> Attention {
        let text = line.text;
        if let Some(counts) = counts(text) {
            self.end(found);
            found.count(counts);
            return Attention::Sleep;
        }
        if let Some(heading) = HEADING.captures(text).filter(|_| text.starts_with("There ") || self.list != List::None)
        {
            self.tell(found);
            self.list = match group(&heading, 1) {
                "error" | "failure" => List::Failing,
                kind if kind.starts_with("skipped") || kind.starts_with("incomplete") => List::Harmless,
                _ => List::Mild,
            };
            return Attention::Stay;
        }
        if let Some(bar) = BAR.captures(text) {
            return self.bar(group(&bar, 1), line);
        }
        if let Some(name) = TESTDOX.captures(text) {
            self.tell(found);
            self.named = Some((group(&name, 1).to_owned(), line.number));
        } else if self.list == List::Testdox
            || matches!(text, "FAILURES!" | "ERRORS!" | "WARNINGS!")
            || text.starts_with("OK, but ")
        {
            self.end(found);
        } else if self.list != List::None {
            self.listed(line, found);
        }
        if self.list == List::None { Attention::Sleep } else { Attention::Stay }
    }

    fn end(&mut self, found: &mut Findings) {
        self.tell(found);
        *self = Self::default();
    }
}

impl Phpunit {
    fn listed(&mut self, line: &Line<'_>, found: &mut Findings) {
        if let Some(name) = NAME.captures(line.text) {
            self.tell(found);
            let name = format!("{}{}", group(&name, 1), group(&name, 2));
            self.block = Some(Block::new("phpunit", &name, line.number));
        } else if line.text == "--" {
            self.tell(found);
        } else {
            self.say(line.text, line.number);
        }
    }

    fn bar(&mut self, text: &str, line: &Line<'_>) -> Attention {
        if let Some((name, at)) = self.named.take().filter(|(_, at)| at + 1 == line.number) {
            self.list = List::Testdox;
            self.traced = false;
            self.block = Some(Block::new("phpunit", &name, at));
        }
        if self.list != List::Testdox {
            return Attention::Sleep;
        }
        self.say(text, line.number);
        Attention::Stay
    }

    fn say(&mut self, text: &str, line: u64) {
        let Some(block) = &mut self.block else { return };
        if let Some(trace) = TRACE.captures(text) {
            self.traced = true;
            let path = group(&trace, 1);
            if !path.contains("/vendor/") && !path.contains(r"\vendor\") && !path.starts_with("phar:") {
                block.stands(path, number(&trace, 2), line);
            }
        } else if !self.traced {
            match CODE.captures(text).filter(|_| !block.has_spoken()) {
                Some(code) => {
                    block.failure.code = Some(group(&code, 1).to_owned());
                    block.say(group(&code, 2), line);
                }
                None => block.say(text, line),
            }
        }
    }

    fn tell(&mut self, found: &mut Findings) {
        self.traced = false;
        let Some(block) = self.block.take() else { return };
        match self.list {
            List::Failing | List::Testdox => block.tell(found),
            List::Mild => found.mild(block.failure()),
            List::Harmless => {
                if let Some(test) = block.failure.test {
                    found.test(&test, TestEnd::Skipped);
                }
            }
            List::None => {}
        }
    }
}

fn counts(text: &str) -> Option<TestCounts> {
    if let Some(ok) = OK.captures(text) {
        return Some(TestCounts { passed: number(&ok, 1)?, ..TestCounts::default() });
    }
    let counts = COUNTS.captures(text)?;
    let (mut rest, mut failed, mut skipped) = (group(&counts, 2), 0_u32, 0_u32);
    while let Some(count) = COUNT.captures(rest) {
        let many = number(&count, 2).unwrap_or_default();
        let sum = if group(&count, 1).len() > "Failures".len() || group(&count, 1) == "Skipped" {
            &mut skipped
        } else {
            &mut failed
        };
        *sum = sum.saturating_add(many);
        rest = rest.get(count.get(0)?.end()..).unwrap_or_default();
    }
    let passed = number(&counts, 1)?.saturating_sub(failed.saturating_add(skipped));
    Some(TestCounts { passed, failed, skipped })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::log::Span;
    use crate::stages::extract::tests::{read, shown, told};

    /// As PHPUnit 9.6 prints it.
    const LOG: &str = "\
PHPUnit 9.6.7 by Sebastian Bergmann and contributors.

FE..FR.                                                             7 / 7 (100%)

Time: 00:00.010, Memory: 4.00 MB

There was 1 error:

1) TillTest::testBoom
Error: Call to undefined function foo_bar()

/home/runner/work/shop/shop/src/Till.php:4
/home/runner/work/shop/shop/tests/TillTest.php:6

--

There were 2 failures:

1) TillTest::testOpen
Failed asserting that -1 is identical to 3.

/home/runner/work/shop/shop/vendor/acme/assert/src/Assert.php:7
/home/runner/work/shop/shop/tests/TillTest.php:5

2) TillTest::testData with data set \"named one\" ('a\\nb', 'a\\nc')
must be the same
Failed asserting that two strings are equal.
--- Expected
+++ Actual
@@ @@
 'a\\n
-b'
+c'

/home/runner/work/shop/shop/tests/TillTest.php:9

--

There was 1 risky test:

1) TillTest::testRisky
This test did not perform any assertions

/home/runner/work/shop/shop/tests/TillTest.php:11

ERRORS!
Tests: 7, Assertions: 6, Errors: 1, Failures: 2, Skipped: 1, Risky: 1.
";

    #[test]
    fn errors_and_failures_are_told_and_risky_tests_are_not() {
        let reading = read(LOG);
        let folder = "/home/runner/work/shop/shop";
        assert_eq!(
            shown(reading.failures.iter()),
            [
                (
                    "TillTest::testBoom",
                    format!("{folder}/src/Till.php").as_str(),
                    4,
                    "Error",
                    "Call to undefined function foo_bar()"
                ),
                (
                    "TillTest::testOpen",
                    format!("{folder}/tests/TillTest.php").as_str(),
                    5,
                    "",
                    "Failed asserting that -1 is identical to 3."
                ),
                (
                    "TillTest::testData with data set \"named one\"",
                    format!("{folder}/tests/TillTest.php").as_str(),
                    9,
                    "",
                    "must be the same\nFailed asserting that two strings are equal.\n--- Expected\n+++ Actual\n@@ @@\n 'a\\n\n-b'\n+c'"
                ),
            ]
        );
        assert_eq!(reading.failures[0].log, Span { first: 9, last: 13 });
        assert_eq!(reading.counts, Some(TestCounts { passed: 3, failed: 3, skipped: 1 }));
    }

    #[test]
    fn testdox_explains_behind_bars() {
        let log = "\
Till
 ✔ Shut
 ✘ Open
   │
   │ Failed asserting that -1 is identical to 3.
   │
   │ /home/runner/work/shop/shop/tests/TillTest.php:5
   │

 ✔ Wait
";
        assert_eq!(
            told(log),
            ["phpunit test_failure | tests/TillTest.php:5 | Open | Failed asserting that -1 is identical to 3. | @3-7"]
        );
    }

    #[test]
    fn a_risky_test_is_told_where_nothing_else_failed() {
        let log = "There was 1 risky test:\n\n1) TillTest::testRisky\nThis test did not perform any assertions\n\nOK, but incomplete, skipped, or risky tests!\nTests: 1, Assertions: 0, Risky: 1.\n";
        assert_eq!(
            told(log),
            ["[phpunit test_failure | TillTest::testRisky | This test did not perform any assertions | @3-4]"]
        );
    }
}
