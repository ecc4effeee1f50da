//! `dotnet test`, vstest, xUnit, NUnit and Microsoft.Testing.Platform on the console.
//!
//! vstest `src/vstest.console/Internal/ConsoleLogger.cs`: `  Failed Ns.Test [12 ms]`, `  Error Message:`, `  Stack Trace:`, since 16
//! indented; at the end `Failed!  - Failed: 1, Passed: 2, …` or `Total tests: 3`. xUnit `DefaultRunnerReporterMessageHandler.cs`:
//! `[xUnit.net 00:00:01.23]     Ns.Test [FAIL]`, then what it says, indented further. NUnit `src/NUnitConsole/nunit3-console/ResultReporter.cs`:
//! `1) Failed : Ns.Test`. The testing platform `TerminalTestReporter.cs`: `failed Ns.Test (12ms)`; MSBuild's terminal
//! logger: `Tests.cs(12): error TESTERROR:`, then `Ns.Test (12ms): Error Message: …`.

use crate::domain::failure::{TestCounts, TestEnd};
use crate::domain::log::Line;
use crate::stages::extract::block::Block;
use crate::stages::extract::pattern::{Pattern, group, number};
use crate::stages::extract::reader::{Attention, FAILURES_MAX, Findings, Reader};

/// Lines of one test: a message and a trace, and perhaps what it printed.
const BLOCK_LINES_MAX: u64 = 120;

#[derive(Default)]
pub struct DotnetTest {
    /// A test that failed may be explained from the next line on.
    named: Option<(String, u64)>,
    block: Option<Block>,
    part: Part,
    /// How deep xUnit's own line stands: what is deeper belongs to it.
    margin: usize,
    /// Tests that xUnit named, until vstest tells them with all it knows.
    early: Vec<Block>,
}

#[derive(Default, PartialEq)]
enum Part {
    #[default]
    Heading,
    Message,
    Trace,
    /// What the test printed.
    Output,
}

static FAILED: Pattern = Pattern::new(r"^\s*Failed {1,3}(\S.*?)(?: \[<? ?[\d.,]+ ?\w+(?: [\d.,]+ ?\w+)*\])?$");
static PASSED: Pattern =
    Pattern::new(r"^\s*(Passed|Skipped) {1,3}(\S.*?)(?: \[<? ?[\d.,]+ ?\w+(?: [\d.,]+ ?\w+)*\])?$");
static XUNIT: Pattern = Pattern::new(r"^(?:\[xUnit\.net [\d:.]+\])?( +)(\S.*) \[FAIL\]$");
static XUNIT_LINE: Pattern = Pattern::new(r"^(?:\[xUnit\.net [\d:.]+\])?( +)(\S.*)$");
static NUNIT: Pattern = Pattern::new(r"^\d+\) (?:Failed|Error|Invalid) : (\S.*)$");
static PLATFORM: Pattern = Pattern::new(r"^ {0,4}failed (\S.*?) \((?:\d+h )?(?:\d+m )?(?:\d+s )?\d+ms\)$");
static TERMINAL: Pattern = Pattern::new(r"^\s*(?:(\S.*?)\((\d+)\): )?error TESTERROR:?\s*(.*)$");
static TERMINAL_NAME: Pattern = Pattern::new(r"^\s*(\S.*?) \([\d.,]+ ?m?s\): Error Message: (.*)$");
static FRAME: Pattern = Pattern::new(r"^\s*(?:at|в|bei|à) .+? (?:in|в|dans) (\S.*?):(?:line |Zeile |ligne )?(\d+)\s*$");
static XUNIT_FRAME: Pattern = Pattern::new(r"^\s*(\S.*?\.(?:cs|fs|vb))\((\d+),\d+\): at ");
static THROWN: Pattern = Pattern::new(r"^\s*((?:[A-Z]\w*\.)+\w*Exception) ?: (.*)$");
static COUNTS: Pattern =
    Pattern::new(r"^(?:Failed|Passed|Skipped)!\s+- Failed:\s+(\d+), Passed:\s+(\d+), Skipped:\s+(\d+), Total:");
static OLD_COUNTS: Pattern = Pattern::new(r"^Total tests: (\d+)\. Passed: (\d+)\. Failed: (\d+)\. Skipped: (\d+)\.");

impl Reader for DotnetTest {
    fn tool(&self) -> &'static str {
        "dotnet-test"
    }

    fn wakes(&self) -> &'static [&'static str] {
        &[
            "Error Message:",
            " [FAIL]",
            ") Failed : ",
            ") Error : ",
            "error TESTERROR",
            "! - Failed:",
            "!  - Failed:",
            "Total tests: ",
            "  Passed ",
            "  Skipped ",
            "Passed   ",
            "\u{1}ms)\u{4}",
            " ms]",
        ]
    }

    fn passes(&self) -> &'static [&'static str] {
        &["  Passed ", "  Skipped ", "Passed   "]
    }

    /// vstest names the test on the line before `Error Message:`.
    fn looks_back(&self) -> bool {
        true
    }

    fn line(&mut self, line: &Line<'_>, found: &mut Findings) -> Attention {
        let text = line.text;
        if let Some(counts) = counts(text) {
            self.tell(found);
            found.count(counts);
            return Attention::Sleep;
        }
        if let Some(name) = self.heading(line) {
            self.tell(found);
            (self.block, self.part) = (Some(name), Part::Heading);
            return Attention::Stay;
        }
        if let Some(test) = FAILED.captures(text).filter(|_| self.block.is_none() || self.part == Part::Trace) {
            self.tell(found);
            self.named = Some((group(&test, 1).to_owned(), line.number));
            return Attention::Sleep;
        }
        if let Some(test) = PASSED.captures(text).filter(|_| self.block.is_none() || self.part != Part::Message) {
            self.tell(found);
            let end = if group(&test, 1) == "Passed" { TestEnd::Passed } else { TestEnd::Skipped };
            // Sentences begin like that too; a test's name has no blank outside of its arguments.
            if group(&test, 2).split('(').next().is_some_and(|name| !name.contains(' ')) {
                found.test(group(&test, 2), end);
            }
            return Attention::Sleep;
        }
        self.inside(line, found)
    }

    fn end(&mut self, found: &mut Findings) {
        self.tell(found);
        self.early.drain(..).for_each(|block| block.tell(found));
        *self = Self::default();
    }
}

impl DotnetTest {
    /// The block that a line begins.
    fn heading(&mut self, line: &Line<'_>) -> Option<Block> {
        let text = line.text;
        let new = |name: &str, at| Some(Block::new("dotnet-test", name, at));
        self.margin = if self.block.is_some() { self.margin } else { 0 };
        if text.trim() == "Error Message:" {
            let (name, at) = self.named.take().filter(|(_, at)| at + 1 == line.number)?;
            self.early.retain(|early| early.failure.test.as_deref() != Some(name.as_str()));
            self.margin = 0;
            return new(&name, at);
        }
        if let Some(test) = XUNIT.captures(text) {
            self.margin = group(&test, 1).len();
            return new(group(&test, 2), line.number);
        }
        if let Some(test) = NUNIT.captures(text).or_else(|| PLATFORM.captures(text)) {
            self.margin = text.len() - text.trim_start().len();
            return new(group(&test, 1), line.number);
        }
        let test = TERMINAL.captures(text)?;
        self.margin = 0;
        let mut block = Block::new("dotnet-test", "", line.number);
        if let Some(path) = test.get(1) {
            block.stands(path.as_str(), number(&test, 2), line.number);
        }
        if let Some(name) = TERMINAL_NAME.captures(group(&test, 3)) {
            block.failure.test = Some(group(&name, 1).to_owned());
            block.say(group(&name, 2), line.number);
        }
        Some(block)
    }

    fn inside(&mut self, line: &Line<'_>, found: &mut Findings) -> Attention {
        let text =
            if self.margin > 0 { XUNIT_LINE.captures(line.text).map_or("", |line| group(&line, 2)) } else { line.text };
        let deep =
            self.margin == 0 || XUNIT_LINE.captures(line.text).is_some_and(|line| group(&line, 1).len() > self.margin);
        let Some(block) = &mut self.block else { return Attention::Sleep };
        let trimmed = text.trim();
        let frame = FRAME.captures(text).or_else(|| XUNIT_FRAME.captures(text));
        let traced = self.part == Part::Trace
            && !trimmed.is_empty()
            && !trimmed.starts_with("at ")
            && !trimmed.starts_with("---");
        if !deep
            || line.number - block.failure.log.first > BLOCK_LINES_MAX
            || (traced && frame.is_none() && !trimmed.ends_with(':'))
        {
            self.tell(found);
            return Attention::Sleep;
        }
        if let Some(frame) = frame {
            self.part = Part::Trace;
            // Packages are built elsewhere: their sources stand under `/_/`, or on a build server.
            let path = group(&frame, 1);
            if !path.starts_with("/_/") && !path.starts_with("/_1/") && !path.starts_with(r"D:\a\_work\") {
                block.stands(path, number(&frame, 2), line.number);
            }
            return Attention::Stay;
        }
        match trimmed {
            "Stack Trace:" => self.part = Part::Trace,
            "Standard Output Messages:" | "Standard Error Messages:" | "Debug Traces Messages:" | "Output:" => {
                self.part = Part::Output
            }
            _ if trimmed.starts_with("at ") => self.part = Part::Trace,
            _ if matches!(self.part, Part::Heading | Part::Message) => {
                self.part = Part::Message;
                if let Some(name) = TERMINAL_NAME.captures(text).filter(|_| block.failure.test.is_none()) {
                    block.failure.test = Some(group(&name, 1).to_owned());
                    block.say(group(&name, 2), line.number);
                } else if let Some(thrown) = THROWN.captures(text).filter(|_| !block.has_spoken()) {
                    block.failure.code = Some(group(&thrown, 1).to_owned());
                    block.say(group(&thrown, 2), line.number);
                } else {
                    block.say(inside_margin(text, block.has_spoken()), line.number);
                }
            }
            _ => {}
        }
        Attention::Stay
    }

    fn tell(&mut self, found: &mut Findings) {
        let Some(block) = self.block.take() else { return };
        if self.margin > 0 && self.early.len() < FAILURES_MAX {
            self.early.push(block);
        } else {
            block.tell(found);
        }
    }
}

/// The first line stands deeper than the others, or as deep as they all do.
fn inside_margin(text: &str, has_spoken: bool) -> &str {
    if has_spoken { text.strip_prefix("  ").unwrap_or(text) } else { text.trim_start() }
}

fn counts(text: &str) -> Option<TestCounts> {
    let (counts, [passed, failed, skipped]) = match COUNTS.captures(text) {
        Some(counts) => (counts, [2, 1, 3]),
        None => (OLD_COUNTS.captures(text)?, [2, 3, 4]),
    };
    let number = |index| number(&counts, index).unwrap_or_default();
    Some(TestCounts { passed: number(passed), failed: number(failed), skipped: number(skipped) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stages::extract::tests::{read, told};

    const EXPECTED: &str = "dotnet-test test_failure | src/TillTests.cs:12 | Shop.Tests.TillTests.Opens | Assert.Equal() Failure: Values differ\nExpected: 3\nActual:   -1";

    #[test]
    fn vstest_tells_a_test_once_though_xunit_named_it_before() {
        let log = "\
[xUnit.net 00:00:00.52]     Shop.Tests.TillTests.Opens [FAIL]
[xUnit.net 00:00:00.52]       Assert.Equal() Failure: Values differ
[xUnit.net 00:00:00.52]       Expected: 3
[xUnit.net 00:00:00.52]       Actual:   -1
[xUnit.net 00:00:00.52]       Stack Trace:
[xUnit.net 00:00:00.52]         /home/runner/work/shop/shop/src/TillTests.cs(12,0): at Shop.Tests.TillTests.Opens()
  Passed Shop.Tests.TillTests.Shuts [< 1 ms]
  Failed Shop.Tests.TillTests.Opens [12 ms]
  Error Message:
   Assert.Equal() Failure: Values differ
Expected: 3
Actual:   -1
  Stack Trace:
     at Xunit.Assert.Equal() in /_/src/xunit.assert/Asserts/EqualityAsserts.cs:line 96
   at Shop.Tests.TillTests.Opens() in /home/runner/work/shop/shop/src/TillTests.cs:line 12

Failed!  - Failed:     1, Passed:     1, Skipped:     0, Total:     2, Duration: 12 ms - Shop.Tests.dll (net8.0)
";
        assert_eq!(told(log), [format!("{EXPECTED} | @8-15")]);
        let reading = read(log);
        assert_eq!(reading.counts, Some(TestCounts { passed: 1, failed: 1, skipped: 0 }));
        assert_eq!(reading.tests[0], ("Shop.Tests.TillTests.Shuts".to_owned(), TestEnd::Passed));
    }

    #[test]
    fn a_test_that_only_xunit_names_is_told() {
        let log = "\
\x20   Shop.Tests.TillTests.Opens [FAIL]
      Assert.Equal() Failure: Values differ
      Expected: 3
      Actual:   -1
      Stack Trace:
        src/TillTests.cs(12,0): at Shop.Tests.TillTests.Opens()
  Finished:    Shop.Tests
";
        assert_eq!(told(&format!("x\n{log}")), [format!("{EXPECTED} | @2-7")]);
    }

    #[test]
    fn older_runners_and_other_frameworks_are_read() {
        let old = "\
Failed   Shop.Tests.TillTests.Opens
Error Message:
 Assert.Equal() Failure: Values differ
Expected: 3
Actual:   -1
Stack Trace:
   at Shop.Tests.TillTests.Opens() in src/TillTests.cs:line 12

Total tests: 2. Passed: 1. Failed: 1. Skipped: 0.
";
        assert_eq!(told(old), [format!("{EXPECTED} | @1-7")]);
        let nunit = "\
1) Failed : Shop.Tests.TillTests.Opens
  Expected: 3
  But was:  -1
at Shop.Tests.TillTests.Opens() in src/TillTests.cs:line 12

Run Settings
";
        assert_eq!(
            told(nunit),
            [
                "dotnet-test test_failure | src/TillTests.cs:12 | Shop.Tests.TillTests.Opens | Expected: 3\nBut was:  -1 | @1-4"
            ]
        );
    }

    #[test]
    fn the_testing_platform_and_the_terminal_logger_are_read() {
        let platform = "\
failed Shop.Tests.TillTests.Opens (12ms)
  Xunit.Sdk.EqualException: Assert.Equal() Failure: Values differ
  Expected: 3
  Actual:   -1
    at Shop.Tests.TillTests.Opens() in src/TillTests.cs:12
";
        assert_eq!(
            told(platform),
            [
                "dotnet-test test_failure | src/TillTests.cs:12 | Shop.Tests.TillTests.Opens | Xunit.Sdk.EqualException | Assert.Equal() Failure: Values differ\nExpected: 3\nActual:   -1 | @1-5"
            ]
        );
        // Below a target framework's heading it is indented.
        let indented = format!("  {}\n", platform.trim_end().replace('\n', "\n  "));
        assert_eq!(told(&indented), told(platform));
        let terminal = "\
x
    src/TillTests.cs(12): error TESTERROR:\x20
      Shop.Tests.TillTests.Opens (12ms): Error Message: Assert.Equal() Failure: Values differ
      Expected: 3
      Actual:   -1
      Stack Trace:
         at Shop.Tests.TillTests.Opens() in src/TillTests.cs:line 12
";
        assert_eq!(told(terminal).len(), 1);
        assert!(
            told(terminal)[0].contains("| src/TillTests.cs:12 | Shop.Tests.TillTests.Opens | Assert.Equal() Failure")
        );
    }
}
