//! Playwright: numbered blocks, and at the end which tests failed and which only needed another try.
//!
//! `packages/playwright/src/reporters/base.ts`: `formatTestHeader` writes `  {n}) [{project}] › {file}:{line}:{column} ›
//! {suite} › {test} ───`; `formatFailure` puts each try below, from the second on under `Retry #{n} ───`;
//! `generateSummaryMessage` ends with `  {n} failed`, `  {n} flaky` and the tests of each.

use super::frames::own_frame;
use crate::domain::failure::{Failure, Kind, TestCounts, TestEnd};
use crate::domain::log::{Line, Span};
use crate::stages::extract::pattern::{Pattern, group, number};
use crate::stages::extract::reader::{Attention, Findings, Reader};

/// What a failing test says before its source; a longer message is a large diff.
const MESSAGE_LINES_MAX: usize = 20;

/// Failures that wait for the summary.
const HELD_MAX: usize = 1_000;

#[derive(Default)]
pub struct Playwright {
    block: Option<Block>,
    /// Told already, by head, until the summary says which of them were flaky.
    held: Vec<(String, Failure)>,
    summary: Option<Summary>,
    counts: TestCounts,
}

struct Block {
    head: String,
    failure: Failure,
    message: Vec<String>,
    part: Part,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Message,
    /// The source and the stack of the first try.
    Source,
    /// Attachments and further tries.
    Rest,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Summary {
    Flaky,
    Other,
}

static HEAD: Pattern = Pattern::new(r"^\s{0,4}\d+\) ((?:\[[^\]]+\] › )?(\S.*?):(\d+):(\d+) › (.+?))(?: [─=]+)?\s*$");
static LISTED: Pattern = Pattern::new(r"^ {4}((?:\[[^\]]+\] › )?\S.*?:\d+:\d+ › .+?)(?: [─=]+)?\s*$");
static COUNT: Pattern =
    Pattern::new(r"^ {2}(\d+) (failed|flaky|skipped|passed|interrupted|did not run)(?: \([\d.]+\w+\))?\s*$");
static SOURCE: Pattern = Pattern::new(r"^\s+(?:>\s*)?\d*\s*\|");
static REST: Pattern = Pattern::new(r"^\s+(?:Retry #\d+ ─|attachment #\d+|Error Context: |Call log:)");
static THROWN: Pattern = Pattern::new(r"^(\w*Error): (.*)$");

impl Reader for Playwright {
    fn tool(&self) -> &'static str {
        "playwright"
    }

    fn wakes(&self) -> &'static [&'static str] {
        &[" › "]
    }

    fn line(&mut self, line: &Line<'_>, found: &mut Findings) -> Attention {
        if let Some(head) = HEAD.captures(line.text) {
            self.close();
            let mut failure = Failure::new(Kind::TestFailure, "playwright", "", Span::at(line.number));
            failure.path = Some(group(&head, 2).to_owned());
            (failure.line, failure.column) = (number(&head, 3), number(&head, 4));
            failure.test = Some(group(&head, 5).to_owned());
            self.summary = None;
            let head = group(&head, 1).to_owned();
            self.block = Some(Block { head, failure, message: Vec::new(), part: Part::Message });
            return Attention::Stay;
        }
        if let Some(count) = COUNT.captures(line.text).filter(|_| self.block.is_some() || !self.held.is_empty()) {
            self.close();
            let slot = match group(&count, 2) {
                "failed" => Some(&mut self.counts.failed),
                "passed" => Some(&mut self.counts.passed),
                "skipped" => Some(&mut self.counts.skipped),
                _ => None,
            };
            if let Some(slot) = slot {
                *slot = number(&count, 1).unwrap_or_default();
            }
            self.summary = Some(if group(&count, 2) == "flaky" { Summary::Flaky } else { Summary::Other });
            return Attention::Stay;
        }
        if let Some(summary) = self.summary {
            let Some(listed) = LISTED.captures(line.text) else {
                self.end(found);
                return Attention::Sleep;
            };
            if summary == Summary::Flaky {
                self.held.retain(|(head, _)| head != group(&listed, 1));
            }
            return Attention::Stay;
        }
        match &mut self.block {
            Some(block) => block.line(line),
            None => return Attention::Sleep,
        }
        Attention::Stay
    }

    fn end(&mut self, found: &mut Findings) {
        self.close();
        for (_, failure) in self.held.drain(..) {
            if let Some(test) = &failure.test {
                found.test(test, TestEnd::Failed);
            }
            found.failure(failure);
        }
        if self.summary.is_some() {
            found.count(self.counts);
        }
        *self = Self::default();
    }
}

impl Playwright {
    /// The block is whole; the line reporter tells the same test once a try.
    fn close(&mut self) {
        let Some(block) = self.block.take() else { return };
        if self.held.len() < HELD_MAX && !self.held.iter().any(|(head, _)| *head == block.head) {
            let head = block.head.clone();
            self.held.push((head, block.finish()));
        }
    }
}

impl Block {
    fn line(&mut self, line: &Line<'_>) {
        let text = line.text;
        if self.part == Part::Rest || text.trim().is_empty() {
            return;
        }
        if REST.is_match(text) {
            self.part = Part::Rest;
            return;
        }
        let is_frame = text.trim_start().starts_with("at ");
        if is_frame || SOURCE.is_match(text) {
            self.part = Part::Source;
        }
        if is_frame && let Some(frame) = own_frame(text) {
            self.failure.path = Some(frame.path);
            (self.failure.line, self.failure.column) = (Some(frame.line), Some(frame.column));
            self.failure.log.last = line.number;
            self.part = Part::Rest;
            return;
        }
        self.failure.log.last = line.number;
        if self.part == Part::Message && self.message.len() < MESSAGE_LINES_MAX {
            self.message.push(text.trim().to_owned());
        }
    }

    fn finish(mut self) -> Failure {
        let thrown = self.message.first().and_then(|first| THROWN.captures(first));
        if let Some((code, first)) = thrown.map(|thrown| (group(&thrown, 1).to_owned(), group(&thrown, 2).to_owned())) {
            self.failure.code = Some(code);
            if let Some(slot) = self.message.first_mut() {
                *slot = first;
            }
        }
        self.failure.message = self.message.join("\n");
        self.failure
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stages::extract::tests::{read, told};

    // Printed by Playwright 1.65, the list reporter.
    const LOG: &str = "
  ✘  1 [chromium] › tests/a.spec.ts:3:3 › cart › adds (17ms)
  ✓  3 [chromium] › tests/a.spec.ts:4:3 › cart › ok (12ms)


  1) [chromium] › tests/a.spec.ts:3:3 › cart › adds ────────────────────────────────────────────────

    Error: expect(received).toBe(expected) // Object.is equality

    Expected: 3
    Received: 2

      1 | import { test, expect } from '@playwright/test';
    > 3 |   test('adds', () => { expect(1 + 1).toBe(3); });
        |                                      ^
        at /home/runner/work/x/x/tests/a.spec.ts:3:38

    Retry #1 ───────────────────────────────────────────────────────────────────────────────────────

    Error: expect(received).toBe(expected) // Object.is equality

    Expected: 3
    Received: 2

        at /home/runner/work/x/x/tests/a.spec.ts:3:38

  2) [chromium] › tests/a.spec.ts:6:3 › cart › flaky ───────────────────────────────────────────────

    Error: expect(received).toBe(expected) // Object.is equality

        at /home/runner/work/x/x/tests/a.spec.ts:6:58

  3) [chromium] › tests/a.spec.ts:7:3 › cart › slow ────────────────────────────────────────────────

    Test timeout of 50ms exceeded.

  2 failed
    [chromium] › tests/a.spec.ts:3:3 › cart › adds ─────────────────────────────────────────────────
    [chromium] › tests/a.spec.ts:7:3 › cart › slow ─────────────────────────────────────────────────
  1 flaky
    [chromium] › tests/a.spec.ts:6:3 › cart › flaky ────────────────────────────────────────────────
  1 passed (6.4s)
";

    #[test]
    fn a_test_that_passed_at_another_try_did_not_fail() {
        assert_eq!(
            told(LOG),
            [
                "playwright test_failure | tests/a.spec.ts:3:38 | cart › adds | Error | expect(received).toBe(expected) // Object.is equality\nExpected: 3\nReceived: 2 | @6-16",
                "playwright test_failure | tests/a.spec.ts:7:3 | cart › slow | Test timeout of 50ms exceeded. | @33-35",
            ]
        );
        assert_eq!(read(LOG).counts, Some(TestCounts { passed: 1, failed: 2, skipped: 0 }));
    }

    #[test]
    fn a_message_at_the_limit_is_whole_and_a_longer_one_is_cut() {
        let log = format!("  1) a.spec.ts:3:3 › adds ──\n\n{}", "    x\n".repeat(MESSAGE_LINES_MAX + 1));
        assert_eq!(read(&log).failures[0].message.lines().count(), MESSAGE_LINES_MAX);
    }

    #[test]
    fn older_releases_draw_the_ruler_with_equals_signs() {
        let log = "  1) [demo] › test/till.js:5:1 › opens =============================================\n\n    Error: no\n\n      at test/till.js:9:23\n\n  1 failed\n    [demo] › test/till.js:5:1 › opens ===============\n";
        let failures = crate::stages::extract::tests::read(log).failures;
        let told: Vec<_> = failures.iter().filter(|failure| failure.tool == "playwright").collect();
        assert_eq!(told.len(), 1, "{told:?}");
        assert_eq!(told[0].test.as_deref(), Some("opens"));
    }

    #[test]
    fn failures_beyond_the_limit_do_not_wait() {
        let blocks = |count: usize| -> String {
            (1..=count).map(|n| format!("  {n}) a.spec.ts:{n}:3 › adds ──\n")).collect()
        };
        assert_eq!(read(&blocks(HELD_MAX + 1)).failures.len(), HELD_MAX);
    }
}
