//! AVA: which tests failed, and below a line why.
//!
//! `ava/lib/reporters/default.js`: `✘ [fail]: {title}` while it runs, then `─`, and a block each: the title, the place
//! `{file}:{line}`, the source with line numbers, what was found, the stack after `›` or below the error; then `─`.

use super::frames::own_frame;
use crate::domain::failure::{Failure, Kind, TestEnd};
use crate::domain::log::{Line, Span};
use crate::stages::extract::pattern::{Pattern, group, number};
use crate::stages::extract::reader::{Attention, Findings, Reader};

/// Failing tests that wait for their blocks.
const WAITING_MAX: usize = 1_000;

/// What a failing test says below its source; a longer message is a large diff.
const MESSAGE_LINES_MAX: usize = 20;

#[derive(Default)]
pub struct Ava {
    waiting: Vec<(String, u64)>,
    block: Option<(Failure, Vec<String>)>,
    /// Below the first `─`.
    explaining: bool,
}

static FAIL: Pattern =
    Pattern::new(r"^\s+[✘✖×] \[fail\]: (.+?)(?: (?:Error thrown in test|Rejected promise returned by test))?\s*$");
static RULE: Pattern = Pattern::new(r"^\s{0,4}[─-]$");
static PLACE: Pattern = Pattern::new(r"^  (\S.*\.\w+):(\d+)$");
static SOURCE: Pattern = Pattern::new(r"^ +\d+:( |$)");
static THROWN: Pattern = Pattern::new(r"^(\w*Error)(?: \{|: .*)$");

impl Reader for Ava {
    fn tool(&self) -> &'static str {
        "ava"
    }

    fn wakes(&self) -> &'static [&'static str] {
        &[" [fail]: "]
    }

    fn line(&mut self, line: &Line<'_>, found: &mut Findings) -> Attention {
        let text = line.text;
        if let Some(fail) = FAIL.captures(text) {
            if self.waiting.len() < WAITING_MAX {
                self.waiting.push((group(&fail, 1).to_owned(), line.number));
            }
            return Attention::Stay;
        }
        if RULE.is_match(text) {
            if self.explaining {
                self.end(found);
                return Attention::Sleep;
            }
            self.explaining = !self.waiting.is_empty();
        } else if self.explaining {
            self.explain(line, found);
        }
        if self.waiting.is_empty() && self.block.is_none() { Attention::Sleep } else { Attention::Stay }
    }

    fn end(&mut self, found: &mut Findings) {
        self.close(found);
        for (test, line) in self.waiting.drain(..) {
            let mut failure = Failure::new(Kind::TestFailure, "ava", "the test failed", Span::at(line));
            found.test(&test, TestEnd::Failed);
            failure.test = Some(test);
            found.failure(failure);
        }
        self.explaining = false;
    }
}

impl Ava {
    fn explain(&mut self, line: &Line<'_>, found: &mut Findings) {
        let text = line.text.trim();
        let title =
            line.text.starts_with("  ").then(|| self.waiting.iter().position(|(test, _)| test == text)).flatten();
        if let Some(at) = title {
            self.close(found);
            let (test, _) = self.waiting.remove(at);
            let mut failure = Failure::new(Kind::TestFailure, "ava", "", Span::at(line.number));
            failure.test = Some(test);
            self.block = Some((failure, Vec::new()));
            return;
        }
        let Some((failure, message)) = &mut self.block else { return };
        if text.is_empty() || SOURCE.is_match(line.text) {
            return;
        }
        if let Some(place) = PLACE.captures(line.text).filter(|_| failure.line.is_none()) {
            failure.path = Some(group(&place, 1).to_owned());
            failure.line = number(&place, 2);
        } else if text.starts_with("› ") || text.starts_with("at ") {
            if let Some(frame) = own_frame(text).filter(|_| failure.column.is_none()) {
                failure.path = Some(frame.path);
                (failure.line, failure.column) = (Some(frame.line), Some(frame.column));
            } else {
                return;
            }
        } else {
            if let Some(thrown) = THROWN.captures(text) {
                failure.code.get_or_insert_with(|| group(&thrown, 1).to_owned());
            }
            if message.len() < MESSAGE_LINES_MAX {
                message.push(text.to_owned());
            }
        }
        failure.log.last = line.number;
    }

    fn close(&mut self, found: &mut Findings) {
        if let Some((mut failure, message)) = self.block.take() {
            failure.message = message.join("\n");
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
    use crate::stages::extract::tests::{read, told};

    // Printed by AVA 7.
    const LOG: &str = "
  ✘ [fail]: adds
  ✘ [fail]: throws Error thrown in test
  ✔ ok
  ─

  adds

  test/cart.js:2

   1: import test from 'ava';
   2: test('adds', t => { t.is(1, 2); });

  Difference (- actual, + expected):

  - 1
  + 2

  › file://test/cart.js:2:23



  throws

  Error thrown in test:

  TypeError {
    message: 'no',
  }

  TypeError: no
      at file:///home/runner/work/x/x/test/cart.js:4:29
      at Test.callFn (file:///home/runner/work/x/x/node_modules/ava/lib/test.js:525:26)

  ─

  2 tests failed
";

    #[test]
    fn every_failing_test_is_told_with_its_block() {
        assert_eq!(
            told(LOG),
            [
                "ava test_failure | test/cart.js:2:23 | adds | Difference (- actual, + expected):\n- 1\n+ 2 | @7-19",
                "ava test_failure | test/cart.js:4:29 | throws | TypeError | Error thrown in test:\nTypeError {\nmessage: 'no',\n}\nTypeError: no | @23-32",
            ]
        );
    }

    #[test]
    fn a_test_without_a_block_is_told_all_the_same() {
        assert_eq!(told("  ✘ [fail]: cart › adds\n"), ["ava test_failure | cart › adds | the test failed | @1-1"]);
    }

    #[test]
    fn tests_that_wait_and_messages_are_bounded() {
        let many: String = (0..=WAITING_MAX).map(|n| format!("  ✘ [fail]: t{n}\n")).collect();
        assert_eq!(read(&many).failures.len(), WAITING_MAX);
        let long = format!("  ✘ [fail]: adds\n  ─\n\n  adds\n\n{}", "  x\n".repeat(MESSAGE_LINES_MAX + 1));
        assert_eq!(read(&long).failures[0].message.lines().count(), MESSAGE_LINES_MAX);
    }
}
