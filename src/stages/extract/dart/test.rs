//! `dart test` and `flutter test`.
//!
//! dart-lang/test `pkgs/test_core/lib/src/runner/reporter/expanded.dart` and `compact.dart`: `00:01 +1 -1: name [E]`, then what was thrown
//! and its trace, indented by two; `github.dart`: `❌ name (failed)`. A file that cannot be loaded is a test named
//! `loading path`. Flutter prints the same, and before it what its framework caught, in a frame.

use crate::domain::failure::Kind;
use crate::domain::log::Line;
use crate::stages::extract::block::Block;
use crate::stages::extract::pattern::{Pattern, group, number};
use crate::stages::extract::reader::{Attention, Findings, Reader};

/// Lines of one failing test: a message and a trace.
const BLOCK_LINES_MAX: u64 = 60;

#[derive(Default)]
pub struct DartTest {
    block: Option<Block>,
    traced: bool,
}

static FAILED: Pattern =
    Pattern::new(r"^(?:\d+:\d+ \+\d+(?: ~\d+)?(?: -\d+)?: (\S.*) \[E\]|❌ (\S.*?)(?: \(failed.*\)| \(after .*\))?)$");
static FILE: Pattern = Pattern::new(r"^(\S+_test\.dart): (\S.*)$");
static FRAME: Pattern = Pattern::new(r"^\s+(\S+\.dart)[: ](\d+)(?::\d+)?\s+\S");
static MAIN_FRAME: Pattern = Pattern::new(r"^\s+#\d+\s+.+? \((?:file://)?(\S+?\.dart):(\d+)(?::\d+)?\)$");
static UNLOADED: Pattern = Pattern::new(r"^\s*(\S+\.dart):(\d+):\d+: Error: (.+)$");

impl Reader for DartTest {
    fn tool(&self) -> &'static str {
        "dart-test"
    }

    fn wakes(&self) -> &'static [&'static str] {
        &[" [E]", "❌ "]
    }

    fn line(&mut self, line: &Line<'_>, found: &mut Findings) -> Attention {
        let text = line.text;
        if let Some(failed) = FAILED.captures(text) {
            self.end(found);
            let name = failed.get(1).or_else(|| failed.get(2)).map_or("", |name| name.as_str());
            let file = FILE.captures(name);
            let name = file.as_ref().map_or(name, |file| group(file, 2));
            let mut block = Block::new("dart-test", name, line.number);
            block.failure.path = file.as_ref().map(|file| group(file, 1).to_owned());
            if let Some(path) = name.strip_prefix("loading ") {
                block.failure.kind = Kind::BuildError;
                block.failure.path = Some(path.to_owned());
            }
            self.block = Some(block);
            return Attention::Stay;
        }
        let Some(block) = &mut self.block else { return Attention::Sleep };
        let inside = text.starts_with("  ") || (text.is_empty() && !self.traced);
        if !inside || line.number - block.failure.log.first > BLOCK_LINES_MAX {
            self.end(found);
            return Attention::Sleep;
        }
        if let Some(error) = UNLOADED.captures(text).filter(|_| block.failure.kind == Kind::BuildError) {
            if block.failure.line.is_none() {
                block.say_anew();
                block.say(group(&error, 3), line.number);
                block.failure.path = None;
                block.stands(group(&error, 1), number(&error, 2), line.number);
                self.traced = true;
            }
        } else if let Some(frame) = FRAME.captures(text).or_else(|| MAIN_FRAME.captures(text)) {
            self.traced = true;
            let path = group(&frame, 1);
            if !path.starts_with("package:") && !path.starts_with("dart:") && block.failure.line.is_none() {
                block.failure.path = None;
                block.stands(path, number(&frame, 2), line.number);
            }
        } else if text.starts_with("  package:") || text.starts_with("  dart:") {
            self.traced = true;
        } else if !self.traced {
            block.say(text.get(2..).unwrap_or_default(), line.number);
        }
        Attention::Stay
    }

    fn end(&mut self, found: &mut Findings) {
        self.traced = false;
        if let Some(block) = self.block.take() {
            block.tell(found);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::told;

    #[test]
    fn failing_tests_are_told_at_a_place_of_our_own() {
        let log = "\
00:00 +0: test/till_test.dart: shuts
00:01 +1: test/till_test.dart: opens
00:01 +1 -1: test/till_test.dart: opens [E]
  Expected: <3>
    Actual: <-1>

  package:matcher                                     expect
  test/till_test.dart 5:5  main.<fn>

00:01 +1 -1: Some tests failed.
";
        assert_eq!(
            told(log)[0],
            "dart-test test_failure | test/till_test.dart:5 | opens | Expected: <3>\n  Actual: <-1> | @3-8"
        );
    }

    #[test]
    fn a_file_that_cannot_be_loaded_is_a_build_error() {
        let log = "\
00:00 +0 -1: loading test/till_test.dart [E]
  Failed to load \"test/till_test.dart\":
  test/till_test.dart:3:5: Error: Method not found: 'buy'.
      buy();
      ^^^
00:00 +0 -1: Some tests failed.
";
        assert_eq!(
            told(log)[0],
            "dart-test build_error | test/till_test.dart:3 | loading test/till_test.dart | Method not found: 'buy'. | @1-3"
        );
    }
}
