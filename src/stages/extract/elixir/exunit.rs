//! ExUnit: the blocks of failing tests.
//!
//! `lib/ex_unit/lib/ex_unit/formatter.ex` (`format_test_failure`: `  1) test name (Module)`, the test's place, the kind and
//! message, `code:`, `left:`, `right:`, `stacktrace:`) and `cli_formatter.ex` (`3 tests, 1 failure, 1 excluded`).

use crate::domain::failure::TestCounts;
use crate::domain::log::Line;
use crate::stages::extract::block::Block;
use crate::stages::extract::pattern::{Pattern, group, number};
use crate::stages::extract::reader::{Attention, Findings, Reader};

#[derive(Default)]
pub struct ExUnit {
    block: Option<Block>,
    /// The application whose test it is, as far as the module's name tells.
    app: String,
    part: Part,
}

#[derive(Default, PartialEq)]
enum Part {
    #[default]
    Message,
    Trace,
    /// What the test logged.
    Output,
}

static NAME: Pattern = Pattern::new(r"^ {1,4}\d+\) ((?:test|property|doctest|feature|describe) .+) \(([A-Z][\w.]*)\)$");
static PLACE: Pattern = Pattern::new(r"^ {5}(\S+\.exs?):(\d+)$");
static THROWN: Pattern = Pattern::new(r"^ {5}\*\* \(([A-Z][\w.]*)\) (.*)$");
static FRAME: Pattern = Pattern::new(r"^ {7}(?:\((\w+) [^)]*\) )?(\S+\.(?:exs?|erl|eex|heex)):(\d+): ");
static COUNTS: Pattern = Pattern::new(
    r"^(?:\d+ (?:doctests?|propert(?:y|ies)|features?), )*(?:(\d+) tests?, )?(\d+) failures?((?:, \d+ \w+)*)$",
);
static LEFT_OUT: Pattern = Pattern::new(r", (\d+) (?:excluded|skipped|invalid)");
static ANY_COUNT: Pattern = Pattern::new(r"(\d+) (?:doctests?|propert(?:y|ies)|features?|tests?), ");

impl Reader for ExUnit {
    fn tool(&self) -> &'static str {
        "exunit"
    }

    fn wakes(&self) -> &'static [&'static str] {
        &[") test ", ") property ", ") doctest ", ") feature ", " tests, ", " test, ", " doctests, ", " doctest, "]
    }

    fn line(&mut self, line: &Line<'_>, found: &mut Findings) -> Attention {
        let text = line.text;
        if let Some(name) = NAME.captures(text) {
            self.end(found);
            let test = format!("{} ({})", group(&name, 1), group(&name, 2));
            let module = group(&name, 2).split('.').next().unwrap_or_default().to_ascii_lowercase();
            self.app = module.trim_end_matches("test").trim_end_matches("web").to_owned();
            self.block = Some(Block::new("exunit", &test, line.number));
            return Attention::Stay;
        }
        if let Some(counts) = counts(text) {
            self.end(found);
            found.count(counts);
            return Attention::Sleep;
        }
        let Some(block) = &mut self.block else { return Attention::Sleep };
        if !text.is_empty() && !text.starts_with("     ") {
            self.end(found);
            return Attention::Sleep;
        }
        let trimmed = text.trim_start();
        if let Some(place) = PLACE.captures(text).filter(|_| block.failure.line.is_none()) {
            // Where the test begins: the trace knows better.
            block.failure.path = Some(group(&place, 1).to_owned());
            block.failure.line = number(&place, 2);
        } else if let Some(thrown) = THROWN.captures(text).filter(|_| !block.has_spoken()) {
            block.failure.code = Some(group(&thrown, 1).to_owned());
            block.say(group(&thrown, 2), line.number);
        } else if trimmed.starts_with("stacktrace:") {
            self.part = Part::Trace;
        } else if trimmed.starts_with("The following output was logged:") {
            self.part = Part::Output;
        } else if self.part == Part::Trace {
            self.trace(line);
        } else if self.part == Part::Message {
            // The block's own margin.
            block.say(text.get(5..).unwrap_or(trimmed), line.number);
        }
        Attention::Stay
    }

    fn end(&mut self, found: &mut Findings) {
        if let Some(block) = self.block.take() {
            block.tell(found);
        }
        *self = Self::default();
    }
}

impl ExUnit {
    /// The first frame of our own is the deepest: `(shop 0.1.0) lib/shop.ex:3: Shop.open/0`, or a file of the tests.
    fn trace(&mut self, line: &Line<'_>) {
        let (Some(frame), Some(block)) = (FRAME.captures(line.text), &mut self.block) else { return };
        let own = frame.get(1).is_none_or(|app| app.as_str().replace('_', "") == self.app);
        if own && !group(&frame, 2).starts_with("deps/") {
            if self.part == Part::Trace {
                block.failure.path = None;
            }
            block.stands(group(&frame, 2), number(&frame, 3), line.number);
            self.part = Part::Output;
        }
    }
}

fn counts(text: &str) -> Option<TestCounts> {
    let counts = COUNTS.captures(text)?;
    let sum = |pattern: &Pattern, text: &str| {
        let (mut rest, mut sum) = (text, 0_u32);
        while let Some(count) = pattern.captures(rest) {
            sum = sum.saturating_add(number(&count, 1).unwrap_or_default());
            rest = count.get(0).and_then(|all| rest.get(all.end()..)).unwrap_or_default();
        }
        sum
    };
    let (all, failed) = (sum(&ANY_COUNT, text), number(&counts, 2)?);
    let skipped = sum(&LEFT_OUT, group(&counts, 3));
    (all > 0).then(|| TestCounts { passed: all.saturating_sub(failed.saturating_add(skipped)), failed, skipped })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stages::extract::tests::{read, told};

    #[test]
    fn failing_tests_are_told_at_the_deepest_place_of_our_own() {
        let log = "\
..

  1) test opens (ShopTest)
     test/shop_test.exs:4
     Assertion with == failed
     code:  assert Shop.open(1, 2) == 3
     left:  -1
     right: 3
     stacktrace:
       test/shop_test.exs:5: (test)

  2) test shuts the till (Shop.TillTest)
     test/shop/till_test.exs:8
     ** (ArithmeticError) bad argument in arithmetic expression
     code: Shop.shut()
     stacktrace:
       (elixir 1.14.0) lib/enum.ex:2468: Enum.reduce/3
       (shop 0.1.0) lib/shop.ex:3: Shop.shut/0
       test/shop/till_test.exs:9: (test)

     The following output was logged:
     
     12:00:00.000 [error] gone

Finished in 0.03 seconds (0.00s async, 0.03s sync)
1 doctest, 4 tests, 2 failures, 1 excluded
";
        assert_eq!(
            told(log),
            [
                "exunit test_failure | test/shop_test.exs:5 | test opens (ShopTest) | Assertion with == failed\ncode:  assert Shop.open(1, 2) == 3\nleft:  -1\nright: 3 | @3-10",
                "exunit test_failure | lib/shop.ex:3 | test shuts the till (Shop.TillTest) | ArithmeticError | bad argument in arithmetic expression\ncode: Shop.shut() | @12-18",
            ]
        );
        assert_eq!(read(log).counts, Some(TestCounts { passed: 2, failed: 2, skipped: 1 }));
    }
}
