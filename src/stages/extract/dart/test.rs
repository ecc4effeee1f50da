//! `dart test` and `flutter test`.
//!
//! dart-lang/test `pkgs/test_core/lib/src/runner/reporter/expanded.dart` and `compact.dart`: `00:01 +1 -1: name [E]`, then what was thrown
//! and its trace, indented by two; `github.dart`: `❌ name (failed)`. A file that cannot be loaded is a test named
//! `loading path`. Flutter prints the same, and before it what its framework caught, in a frame
//! (`packages/flutter/lib/src/foundation/assertions.dart`, `packages/flutter_test/lib/src/binding.dart`).

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
    /// What Flutter's framework caught, until the test is told of; and the part of its frame that is read.
    caught: Option<Block>,
    part: Part,
}

/// A part of the frame that Flutter puts around what it caught.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Part {
    #[default]
    Outside,
    Heading,
    Message,
    Stack,
    Place,
    Name,
}

static FAILED: Pattern =
    Pattern::new(r"^(?:\d+:\d+ \+\d+(?: ~\d+)?(?: -\d+)?: (\S.*) \[E\]|❌ (\S.*?)(?: \(failed.*\)| \(after .*\))?)$");
static FILE: Pattern = Pattern::new(r"^(\S+_test\.dart): (\S.*)$");
static FRAME: Pattern = Pattern::new(r"^\s+(\S+\.dart)[: ](\d+)(?::\d+)?\s+\S");
static MAIN_FRAME: Pattern = Pattern::new(r"^\s*#\d+\s+.+? \((?:file://)?(\S+?\.dart):(\d+)(?::\d+)?\)$");
static CAUGHT: Pattern = Pattern::new(r"^══+╡ EXCEPTION CAUGHT BY .+ ╞══+$");
static CAUGHT_LINE: Pattern = Pattern::new(r"^\s+(?:file://)?(\S+?\.dart) line (\d+)$");
static UNLOADED: Pattern = Pattern::new(r"^\s*(\S+\.dart):(\d+):\d+: Error: (.+)$");

impl Reader for DartTest {
    fn tool(&self) -> &'static str {
        "dart-test"
    }

    fn wakes(&self) -> &'static [&'static str] {
        &[" [E]", "❌ ", "╡ EXCEPTION CAUGHT BY "]
    }

    fn line(&mut self, line: &Line<'_>, found: &mut Findings) -> Attention {
        let text = line.text;
        if CAUGHT.is_match(text) {
            self.end(found);
            self.caught = Some(Block::new("dart-test", "", line.number));
            self.part = Part::Heading;
            return Attention::Stay;
        }
        if self.part != Part::Outside {
            return self.caught_line(line);
        }
        if let Some(failed) = FAILED.captures(text) {
            let caught = self.caught.take();
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
            // The framework knows the test by its own name, without its groups'.
            let described = |caught: &Block| caught.failure.test.as_ref().is_some_and(|test| name.ends_with(test));
            if let Some(mut caught) = caught.filter(described) {
                caught.failure.test = block.failure.test;
                caught.failure.path = caught.failure.path.take().or(block.failure.path);
                caught.tell(found);
                return Attention::Sleep;
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
            if is_own(path) && block.failure.line.is_none() {
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
        (self.traced, self.part, self.caught) = (false, Part::Outside, None);
        if let Some(block) = self.block.take() {
            block.tell(found);
        }
    }
}

/// A package's files and the language's own are named by where they come from.
fn is_own(path: &str) -> bool {
    !path.starts_with("package:") && !path.starts_with("dart:")
}

impl DartTest {
    fn caught_line(&mut self, line: &Line<'_>) -> Attention {
        let text = line.text;
        let Some(caught) = &mut self.caught else { return Attention::Sleep };
        if text.starts_with("════") || line.number - caught.failure.log.first > BLOCK_LINES_MAX {
            self.part = Part::Outside;
            return Attention::Sleep;
        }
        match text {
            "When the exception was thrown, this was the stack:" => self.part = Part::Stack,
            "This was caught by the test expectation on the following line:" => self.part = Part::Place,
            "The test description was:" => self.part = Part::Name,
            _ => match self.part {
                // `The following TestFailure was thrown running a test:`
                Part::Heading => self.part = Part::Message,
                Part::Message => caught.say(text, line.number),
                Part::Stack | Part::Place => {
                    let place = MAIN_FRAME.captures(text).or_else(|| CAUGHT_LINE.captures(text));
                    if let Some(place) = place.filter(|place| is_own(group(place, 1))) {
                        caught.stands(group(&place, 1), number(&place, 2), line.number);
                    }
                }
                Part::Name => {
                    caught.failure.test.get_or_insert_with(|| text.trim().to_owned());
                }
                Part::Outside => {}
            },
        }
        Attention::Stay
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
    fn what_flutter_caught_is_told_with_the_test() {
        let log = "\
00:03 +0: /srv/app/test/till_test.dart: opens
══╡ EXCEPTION CAUGHT BY FLUTTER TEST FRAMEWORK ╞════════════════════════
The following TestFailure was thrown running a test:
Expected: exactly one matching candidate
  Actual: _TextWidgetFinder:<Found 0 widgets with text \"1\": []>

When the exception was thrown, this was the stack:
#4      main.<anonymous closure> (file:///srv/app/test/till_test.dart:23:5)
<asynchronous suspension>
#5      testWidgets.<anonymous closure> (package:flutter_test/src/widget_tester.dart:170:15)

This was caught by the test expectation on the following line:
  file:///srv/app/test/till_test.dart line 23
The test description was:
  opens
════════════════════════════════════════════════════════════════════════
00:03 +0 -1: /srv/app/test/till_test.dart: opens [E]
  Test failed. See exception logs above.
  The test description was: opens
  
00:03 +0 -1: Some tests failed.
";
        assert_eq!(
            told(log)[0],
            "dart-test test_failure | ?/srv/app/test/till_test.dart:23 | opens | Expected: exactly one matching candidate\n  Actual: _TextWidgetFinder:<Found 0 widgets with text \"1\": []> | @2-13"
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
