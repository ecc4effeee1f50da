//! Catch2 and doctest, which print the test's name over what failed in it.
//!
//! True of `ConsoleReporter` of Catch2 2 and 3 (rows of 79 dashes, dots) and of doctest's `ConsoleReporter` 2.

use crate::domain::failure::{Failure, Kind, TestCounts, TestEnd};
use crate::domain::log::{Line, Span};
use crate::stages::extract::pattern::{Pattern, group, number};
use crate::stages::extract::reader::{Attention, Findings, Reader};

/// What one assertion says.
const MESSAGE_LINES_MAX: usize = 30;

#[derive(Default)]
pub struct Catch2 {
    part: Part,
    name: Vec<String>,
    begun: Option<(Failure, Vec<String>)>,
}

#[derive(Clone, Copy, Default, PartialEq)]
enum Part {
    #[default]
    None,
    /// Between two rows of dashes, or below `TEST CASE:`.
    Name,
    Body,
}

/// Wider rows are another tool's.
const DASHES: &str = "-------------------------------------------------------------------------------";

/// `tram_test.cpp:6: FAILED:`, `tram_test.cpp(6): ERROR: CHECK( 1 == 2 ) is NOT correct!`
static FAILED: Pattern = Pattern::new(r"^(\S.*?)(?::(\d+)|\((\d+)\)): (?:FAILED:|(?:FATAL )?ERROR: (.*))$");

static CASE: Pattern = Pattern::new(r"^(?:TEST CASE|SCENARIO):  ?(\S.*)$");

/// `test cases: 3 | 1 passed | 2 failed`, `[doctest] test cases: 2 | 0 passed | 2 failed | 0 skipped`
static TOTAL: Pattern = Pattern::new(
    r"^(?:\[doctest\] )?test cases: *(\d+) \|(?: *(\d+) passed \|?)?(?: *(\d+) failed)?(?:[^|]*\| *(\d+) skipped)?",
);

impl Reader for Catch2 {
    fn tool(&self) -> &'static str {
        "catch2"
    }

    fn wakes(&self) -> &'static [&'static str] {
        &[DASHES, "TEST CASE:  ", ": FAILED:", "test cases: "]
    }

    fn line(&mut self, line: &Line<'_>, found: &mut Findings) -> Attention {
        let text = line.text.trim_end();
        if let Some(total) = TOTAL.captures(text) {
            self.end(found);
            let count = |index| number(&total, index).unwrap_or(0);
            found.count(TestCounts { passed: count(2), failed: count(3), skipped: count(4) });
            return Attention::Sleep;
        }
        if text == DASHES && self.part != Part::Name {
            self.end(found);
            self.part = Part::Name;
            return Attention::Stay;
        }
        if let Some(case) = CASE.captures(text) {
            self.end(found);
            (self.part, self.name) = (Part::Name, vec![group(&case, 1).to_owned()]);
            return Attention::Stay;
        }
        if self.part == Part::Name {
            return self.name(text);
        }
        if let Some(failed) = FAILED.captures(text) {
            self.finish(found);
            let tool = if group(&failed, 4).is_empty() { "catch2" } else { "doctest" };
            let mut failure = Failure::new(Kind::TestFailure, tool, "", Span::at(line.number));
            failure.path = Some(group(&failed, 1).to_owned());
            failure.line = number(&failed, 2).or(number(&failed, 3));
            failure.test = (!self.name.is_empty()).then(|| self.name.join(" > "));
            let said = Some(group(&failed, 4)).filter(|said| !said.is_empty()).map(str::to_owned);
            self.begun = Some((failure, said.into_iter().collect()));
            return Attention::Stay;
        }
        if self.part == Part::None && self.begun.is_none() {
            return Attention::Sleep;
        }
        if text.starts_with("=====") {
            self.end(found);
            return Attention::Sleep;
        }
        match &mut self.begun {
            Some(_) if text.is_empty() => self.finish(found),
            Some((failure, said)) if said.len() < MESSAGE_LINES_MAX => {
                said.push(text.trim().to_owned());
                failure.log.last = line.number;
            }
            _ => {}
        }
        Attention::Stay
    }

    fn end(&mut self, found: &mut Findings) {
        self.finish(found);
        *self = Self::default();
    }
}

impl Catch2 {
    /// The test's name and its sections, which stand deeper and deeper.
    fn name(&mut self, text: &str) -> Attention {
        if text == DASHES || text.is_empty() {
            self.part = Part::Body;
            return if self.name.is_empty() { Attention::Sleep } else { Attention::Stay };
        }
        // A name of more lines, or one that is drawn, is another tool's.
        if self.name.len() > 8 || text.starts_with(['-', '=', '*', '+', '|', '[']) && self.name.is_empty() {
            self.part = Part::None;
            return Attention::Sleep;
        }
        self.name.push(text.trim().to_owned());
        Attention::Stay
    }

    fn finish(&mut self, found: &mut Findings) {
        if let Some((mut failure, said)) = self.begun.take() {
            failure.message = said.join("\n");
            if failure.message.is_empty() {
                "the assertion failed".clone_into(&mut failure.message);
            }
            if let Some(test) = &failure.test {
                found.test(test, TestEnd::Failed);
            }
            found.failure(failure);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stages::extract::tests::{read, shown};

    /// The rule that Catch2 draws, as long as it is.
    const DOTS: &str = "...............................................................................";

    #[test]
    fn catch2_draws_rows_around_a_name_and_its_sections() {
        let log = format!(
            "\
{DASHES}
a tram stops
  at night
{DASHES}
tram_test.cpp:3
{DOTS}

tram_test.cpp:4: FAILED:
  REQUIRE( 1 + 1 == 3 )
with expansion:
  2 == 3

{DASHES}
it throws
{DASHES}
tram_test.cpp:9
{DOTS}

tram_test.cpp:9: FAILED:
due to unexpected exception with message:
  no

===============================================================================
test cases: 3 | 1 passed | 2 failed
assertions: 3 | 1 passed | 2 failed
"
        );
        let reading = read(&log);
        assert_eq!(
            shown(reading.failures.iter()),
            [
                ("a tram stops > at night", "tram_test.cpp", 4, "", "REQUIRE( 1 + 1 == 3 )\nwith expansion:\n2 == 3"),
                ("it throws", "tram_test.cpp", 9, "", "due to unexpected exception with message:\nno"),
            ]
        );
        assert_eq!(reading.counts, Some(TestCounts { passed: 1, failed: 2, skipped: 0 }));
    }

    #[test]
    fn doctest_says_test_case() {
        let log = "\
===============================================================================
tram_test.cpp:3:
TEST CASE:  a tram stops
  at night

tram_test.cpp:4: ERROR: CHECK( 1 + 1 == 3 ) is NOT correct!
  values: CHECK( 2 == 3 )

===============================================================================
[doctest] test cases: 1 | 0 passed | 1 failed | 0 skipped
";
        let reading = read(log);
        assert_eq!(
            shown(reading.failures.iter()),
            [(
                "a tram stops > at night",
                "tram_test.cpp",
                4,
                "",
                "CHECK( 1 + 1 == 3 ) is NOT correct!\nvalues: CHECK( 2 == 3 )"
            )]
        );
        assert_eq!(reading.failures[0].tool, "doctest");
        assert_eq!(reading.counts, Some(TestCounts { passed: 0, failed: 1, skipped: 0 }));
    }

    #[test]
    fn a_row_of_dashes_alone_is_none_of_theirs() {
        let log = format!("{DASHES}\n T E S T S\n{DASHES}\n[ERROR] x\nerror: no\n");
        assert!(read(&log).failures.iter().all(|failure| failure.tool != "catch2"));
    }

    #[test]
    fn what_is_kept_is_bounded() {
        let log = format!("{DASHES}\na\n{DASHES}\nt.cpp:4: FAILED:\n{}\n", "more\n".repeat(MESSAGE_LINES_MAX + 5));
        assert_eq!(read(&log).failures[0].message.lines().count(), MESSAGE_LINES_MAX);
    }
}
