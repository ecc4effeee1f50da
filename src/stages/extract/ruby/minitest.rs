//! Minitest, alone and as Rails and minitest-reporters show it, and Test::Unit.
//!
//! minitest `lib/minitest.rb` (`StatisticsReporter`, `SummaryReporter`, `Result#to_s`: `  1) Failure:`, then
//! `Class#test [file:line]:`), before version 5 `test(Class) [file:line]:`; Rails `lib/rails/test_unit/reporter.rb` (the same
//! without a number, then `bin/rails test file:line`); minitest-reporters `progress_reporter.rb` (` FAIL Class#test (0.01s)`);
//! test-unit `lib/test/unit/ui/console/testrunner.rb` (`Failure: test(Class)` between lines of `=`).

use super::frames::frame;
use crate::domain::failure::{TestCounts, TestEnd};
use crate::domain::log::Line;
use crate::stages::extract::block::Block;
use crate::stages::extract::pattern::{Pattern, group, number};
use crate::stages::extract::reader::{Attention, Findings, Reader};

/// Lines that may stand between an error's message and its trace: the source that Ruby quotes, or a long answer.
const MESSAGE_LINES_MAX: u64 = 60;

#[derive(Default)]
pub struct Minitest {
    /// `Failure:` and where it stood: the test's name is in the next line.
    heading: Option<(Sort, u64)>,
    block: Option<(Sort, Block)>,
    /// Whether lines of the trace have come.
    traced: bool,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Sort {
    Failure,
    Error,
    Skipped,
}

static HEADING: Pattern = Pattern::new(r"^(?:\s+\d+\) )?(Failure|Error|Skipped):$");
static NAME: Pattern = Pattern::new(r"^([A-Z]\w*(?:::\w+)*#\S.*?|\w.*?\([A-Z][\w:]*\))(?: \[(.+):(\d+)\])?:$");
static REPORTERS: Pattern = Pattern::new(r"^\s*(FAIL|ERROR) ([A-Z]\w*(?:::\w+)*#\S.*?) \(\d+\.\d+s\)$");
static VERBOSE: Pattern = Pattern::new(r"^([A-Z]\w*(?:::\w+)*#\S.*?) = \d+\.\d+ s = ([.FES])$");
static COUNTS: Pattern =
    Pattern::new(r"^(\d+) (?:runs|tests), \d+ assertions, (\d+) failures, (\d+) errors(?:, (\d+) skips)?$");
static CODE: Pattern = Pattern::new(r"^\s*(?:Minitest::UnexpectedError:\s+)?([A-Z]\w*(?:::\w+)*): (.*)$");

impl Reader for Minitest {
    fn tool(&self) -> &'static str {
        "minitest"
    }

    fn wakes(&self) -> &'static [&'static str] {
        &[") Failure:", ") Error:", "#test_", " assertions, ", "s = ."]
    }

    fn passes(&self) -> &'static [&'static str] {
        &["s = ."]
    }

    /// Rails writes `Failure:` alone on the line before the name.
    fn looks_back(&self) -> bool {
        true
    }

    fn line(&mut self, line: &Line<'_>, found: &mut Findings) -> Attention {
        let text = line.text;
        if let Some(heading) = HEADING.captures(text) {
            self.tell(found);
            self.heading = Some((sort(group(&heading, 1)), line.number));
            return Attention::Stay;
        }
        if let Some((sort, at)) = self.heading.take().filter(|(_, at)| at + 1 == line.number) {
            return self.name(sort, at, line);
        }
        if let Some(counts) = COUNTS.captures(text) {
            self.tell(found);
            let number = |index| number(&counts, index).unwrap_or_default();
            let (failed, skipped) = (number(2).saturating_add(number(3)), number(4));
            let passed = number(1).saturating_sub(failed.saturating_add(skipped));
            found.count(TestCounts { passed, failed, skipped });
            return Attention::Sleep;
        }
        if let Some(verbose) = VERBOSE.captures(text) {
            match group(&verbose, 2) {
                "." => found.test(group(&verbose, 1), TestEnd::Passed),
                "S" => found.test(group(&verbose, 1), TestEnd::Skipped),
                // Its block is still to come.
                _ => {}
            }
            return Attention::Sleep;
        }
        if let Some(reported) = REPORTERS.captures(text) {
            self.tell(found);
            let sort = if group(&reported, 1) == "FAIL" { Sort::Failure } else { Sort::Error };
            self.block = Some((sort, Block::new("minitest", group(&reported, 2), line.number)));
            return Attention::Stay;
        }
        self.inside(line, found)
    }

    fn end(&mut self, found: &mut Findings) {
        self.tell(found);
        *self = Self::default();
    }
}

fn sort(heading: &str) -> Sort {
    match heading {
        "Failure" => Sort::Failure,
        "Error" => Sort::Error,
        _ => Sort::Skipped,
    }
}

impl Minitest {
    fn name(&mut self, sort: Sort, at: u64, line: &Line<'_>) -> Attention {
        let Some(name) = NAME.captures(line.text) else { return Attention::Sleep };
        let mut block = Block::new("minitest", group(&name, 1), at);
        block.failure.log.last = line.number;
        if let Some(path) = name.get(2) {
            block.stands(path.as_str(), number(&name, 3), line.number);
        }
        self.block = Some((sort, block));
        Attention::Stay
    }

    fn inside(&mut self, line: &Line<'_>, found: &mut Findings) -> Attention {
        let Some((sort, block)) = &mut self.block else { return Attention::Sleep };
        let text = line.text;
        let long = line.number - block.failure.log.first > MESSAGE_LINES_MAX;
        let rerun = text.starts_with("bin/rails test ") || text.starts_with("rails test ");
        let place = frame(text).filter(|_| text.starts_with(' '));
        // A failure ends at a blank line, an error after its trace.
        let ended = match sort {
            Sort::Failure | Sort::Skipped => text.is_empty() && block.has_spoken(),
            Sort::Error => self.traced && place.is_none(),
        };
        if ended || rerun || long {
            self.tell(found);
            return Attention::Sleep;
        }
        if let Some(place) = place {
            self.traced = true;
            if place.own {
                block.stands(place.path, place.line, line.number);
            }
        } else if *sort == Sort::Error
            && block.failure.code.is_none()
            && let Some(code) = CODE.captures(text)
        {
            block.failure.code = Some(group(&code, 1).to_owned());
            block.say(group(&code, 2), line.number);
        } else if !self.traced {
            block.say(text, line.number);
        }
        Attention::Stay
    }

    fn tell(&mut self, found: &mut Findings) {
        self.traced = false;
        if let Some((sort, block)) = self.block.take()
            && sort != Sort::Skipped
        {
            block.tell(found);
        }
    }
}

/// Test::Unit's console.
#[derive(Default)]
pub struct TestUnit {
    block: Option<Block>,
}

static UNIT_NAME: Pattern = Pattern::new(r"^(Failure|Error): (\S.*?)\(([A-Z][\w:]*)\):?\s*(.*)$");
static UNIT_SOURCE: Pattern = Pattern::new(r"^\s*(?:=>)?\s*\d+: |^\s*(?:=>)?\s*\d+:$");
static UNIT_COUNTS: Pattern = Pattern::new(
    r"^(\d+) tests, \d+ assertions, (\d+) failures, (\d+) errors, (\d+) pendings, (\d+) omissions, \d+ notifications$",
);

impl Reader for TestUnit {
    fn tool(&self) -> &'static str {
        "test-unit"
    }

    fn wakes(&self) -> &'static [&'static str] {
        &["Failure: test", "Error: test", " omissions, "]
    }

    fn line(&mut self, line: &Line<'_>, found: &mut Findings) -> Attention {
        let text = line.text;
        if let Some(counts) = UNIT_COUNTS.captures(text) {
            self.end(found);
            let number = |index| number(&counts, index).unwrap_or_default();
            let (failed, skipped) = (number(2).saturating_add(number(3)), number(4).saturating_add(number(5)));
            let passed = number(1).saturating_sub(failed.saturating_add(skipped));
            found.count(TestCounts { passed, failed, skipped });
            return Attention::Sleep;
        }
        if let Some(name) = UNIT_NAME.captures(text) {
            self.end(found);
            let test = format!("{}({})", group(&name, 2), group(&name, 3));
            let mut block = Block::new("test-unit", &test, line.number);
            block.say(group(&name, 4), line.number);
            self.block = Some(block);
            return Attention::Stay;
        }
        let Some(block) = &mut self.block else { return Attention::Sleep };
        let long = line.number - block.failure.log.first > MESSAGE_LINES_MAX;
        if text.starts_with("=====") || text.starts_with("diff:") || long {
            self.end(found);
            return Attention::Sleep;
        }
        if let Some(place) = frame(text).filter(|_| text.contains(":in ")) {
            if place.own {
                block.stands(place.path, place.line, line.number);
            }
        } else if !UNIT_SOURCE.is_match(text) {
            match CODE.captures(text) {
                Some(code) if block.failure.code.is_none() && !block.has_spoken() => {
                    block.failure.code = Some(group(&code, 1).to_owned());
                    block.say(group(&code, 2), line.number);
                }
                _ => block.say(text, line.number),
            }
        }
        Attention::Stay
    }

    fn end(&mut self, found: &mut Findings) {
        if let Some(block) = self.block.take() {
            block.tell(found);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::log::Span;
    use crate::stages::extract::tests::{read, shown, told};

    /// As minitest 5.17 prints it.
    const MINITEST: &str = "\
Run options: -v --seed 1330

# Running:

TillTest#test_shut = 0.00 s = .
TillTest#test_wait = 0.00 s = S
TillTest#test_open = 0.00 s = F

Finished in 0.014243s, 491.4579 runs/s, 421.2496 assertions/s.

  1) Failure:
TillTest#test_open [test/till_test.rb:15]:
must have.
Expected: 3
  Actual: -1

  2) Error:
TillTest#test_boom:
NoMethodError: undefined method `upcase' for nil:NilClass

  def boom = nil.upcase
                ^^^^^^^
    /home/runner/work/shop/shop/lib/till.rb:3:in `boom'
    test/till_test.rb:5:in `test_boom'

  3) Skipped:
TillTest#test_wait [test/till_test.rb:9]:
later

4 runs, 2 assertions, 1 failures, 1 errors, 1 skips
";

    #[test]
    fn minitest_tells_failures_and_errors_at_its_end() {
        let reading = read(MINITEST);
        assert_eq!(
            shown(reading.failures.iter()),
            [
                ("TillTest#test_open", "test/till_test.rb", 15, "", "must have.\nExpected: 3\n  Actual: -1"),
                (
                    "TillTest#test_boom",
                    "/home/runner/work/shop/shop/lib/till.rb",
                    3,
                    "NoMethodError",
                    "undefined method `upcase' for nil:NilClass\n\n  def boom = nil.upcase\n                ^^^^^^^"
                ),
            ]
        );
        assert_eq!(reading.failures[0].log, Span { first: 11, last: 15 });
        assert_eq!(reading.failures[1].log, Span { first: 17, last: 24 });
        assert_eq!(reading.counts, Some(TestCounts { passed: 1, failed: 2, skipped: 1 }));
        assert_eq!(reading.tests[0], ("TillTest#test_shut".to_owned(), TestEnd::Passed));
    }

    #[test]
    fn rails_and_older_releases_and_reporters_say_the_same() {
        assert_eq!(
            told(
                "..F\n\nFailure:\nTillTest#test_open [test/till_test.rb:15]:\nExpected: 3\n  Actual: -1\n\n\nbin/rails test test/till_test.rb:14\n\n.."
            ),
            ["minitest test_failure | test/till_test.rb:15 | TillTest#test_open | Expected: 3\n  Actual: -1 | @3-6"]
        );
        assert_eq!(
            told(
                "  1) Failure:\ntest_open(TillTest) [test/till_test.rb:15]:\n<3> expected but was\n<-1>.\n\n1 tests, 1 assertions, 1 failures, 0 errors\n"
            ),
            ["minitest test_failure | test/till_test.rb:15 | test_open(TillTest) | <3> expected but was\n<-1>. | @1-4"]
        );
        assert_eq!(
            told(
                " FAIL TillTest#test_open (0.01s)\n        Expected: 3\n          Actual: -1\n        test/till_test.rb:4:in `test_open'\n\n"
            ),
            ["minitest test_failure | test/till_test.rb:4 | TillTest#test_open | Expected: 3\n  Actual: -1 | @1-4"]
        );
    }

    #[test]
    fn test_unit_is_read_between_its_lines() {
        // As test-unit 3.5 prints it.
        let log = "\
F
===============================================================================
Failure: test_open(TillTest)
test/till_test.rb:4:in `test_open'
     3: class TillTest < Test::Unit::TestCase
  => 4:   def test_open; assert_equal(3, Till.new.open(1, 2)); end
<3> expected but was
<-1>
===============================================================================
E
===============================================================================
Error: test: it booms(TillTest):
  NoMethodError: undefined method `upcase' for nil:NilClass
/home/runner/work/shop/shop/lib/till.rb:3:in `boom'
test/till_test.rb:5:in `test_boom'
===============================================================================
2 tests, 1 assertions, 1 failures, 1 errors, 0 pendings, 0 omissions, 0 notifications
";
        assert_eq!(
            told(log),
            [
                "test-unit test_failure | test/till_test.rb:4 | test_open(TillTest) | <3> expected but was\n<-1> | @3-8",
                "test-unit test_failure | lib/till.rb:3 | test: it booms(TillTest) | NoMethodError | undefined method `upcase' for nil:NilClass | @12-15",
            ]
        );
    }
}
