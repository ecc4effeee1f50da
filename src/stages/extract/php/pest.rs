//! Pest, and Laravel's `artisan test`: both print through Collision.
//!
//! nunomaduro/collision `src/Adapters/Phpunit/Style.php`: `   FAILED  Class > test   Exception`, before version 7
//! `  • Class > test`; then the message, `  at path:line`, the source and the trace; at the end `  Tests:    1 failed, …`.

use crate::domain::failure::TestCounts;
use crate::domain::log::Line;
use crate::stages::extract::block::Block;
use crate::stages::extract::pattern::{Pattern, group, number};
use crate::stages::extract::reader::{Attention, Findings, Reader};

/// Lines of one block: a message, and the source around its place.
const BLOCK_LINES_MAX: u64 = 80;

#[derive(Default)]
pub struct Pest {
    block: Option<Block>,
}

static NAME: Pattern = Pattern::new(r"^\s+(?:FAILED\s{2}|• )(\S.*?[^\s›] > .*?)(?:\s{2,}([A-Z]\w+))?\s*$");
static PLACE: Pattern = Pattern::new(r"^\s+at (\S.*?):(\d+)$");
static COUNTS: Pattern = Pattern::new(r"^\s+Tests:\s+(\d.*?)(?: \(\d+ assertions?\))?$");
static COUNT: Pattern = Pattern::new(r"^(\d+) (\w+)$");

impl Reader for Pest {
    fn tool(&self) -> &'static str {
        "pest"
    }

    fn wakes(&self) -> &'static [&'static str] {
        &["   FAILED  ", "  • Tests", " assertions)"]
    }

    fn line(&mut self, line: &Line<'_>, found: &mut Findings) -> Attention {
        let text = line.text;
        if let Some(counts) = COUNTS.captures(text) {
            self.end(found);
            found.count(counted(group(&counts, 1)));
            return Attention::Sleep;
        }
        if let Some(name) = NAME.captures(text) {
            self.end(found);
            let mut block = Block::new("pest", group(&name, 1), line.number);
            block.failure.code = name.get(2).map(|code| code.as_str().to_owned());
            self.block = Some(block);
            return Attention::Stay;
        }
        let Some(block) = &mut self.block else { return Attention::Sleep };
        if let Some(place) = PLACE.captures(text) {
            block.stands(group(&place, 1), number(&place, 2), line.number);
        } else if line.number - block.failure.log.first > BLOCK_LINES_MAX || text.trim_start().starts_with('─') {
            self.end(found);
            return Attention::Sleep;
        } else if block.failure.line.is_none() {
            block.say(text, line.number);
        }
        Attention::Stay
    }

    fn end(&mut self, found: &mut Findings) {
        if let Some(block) = self.block.take() {
            block.tell(found);
        }
    }
}

fn counted(text: &str) -> TestCounts {
    let mut counts = TestCounts::default();
    for count in text.split(", ").filter_map(|part| COUNT.captures(part)) {
        let sum = match group(&count, 2) {
            "failed" => &mut counts.failed,
            "passed" => &mut counts.passed,
            _ => &mut counts.skipped,
        };
        *sum = sum.saturating_add(number(&count, 1).unwrap_or_default());
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stages::extract::tests::{read, told};

    const LOG: &str = "\
   FAIL  Tests\\Unit\\TillTest
  ⨯ it opens                                                             0.02s
  ✓ it shuts
  ────────────────────────────────────────────────────────────────────────────
   FAILED  Tests\\Unit\\TillTest > it opens                     ErrorException
  Failed asserting that -1 is identical to 3.

  at tests/Unit/TillTest.php:4
      1▕ <?php
      2▕ it('opens', function () {
  ➜   4▕     expect(open(1, 2))->toBe(3);

  1   tests/Unit/TillTest.php:4


  Tests:    1 failed, 1 passed (2 assertions)
  Duration: 0.05s
";

    #[test]
    fn a_failing_test_is_told_with_its_place_and_the_run_is_counted() {
        assert_eq!(
            told(LOG),
            [
                "pest test_failure | tests/Unit/TillTest.php:4 | Tests\\Unit\\TillTest > it opens | ErrorException | Failed asserting that -1 is identical to 3. | @5-8"
            ]
        );
        assert_eq!(read(LOG).counts, Some(TestCounts { passed: 1, failed: 1, skipped: 0 }));
    }
}
