//! The lines that a person would look at: around the failures, then the end of the failing step.

use std::collections::{BTreeMap, VecDeque};

use crate::domain::failure::Failure;
use crate::domain::log::{Excerpt, Span};
use crate::text::truncate;

/// What readers took first: the first failures are the ones that matter.
const HEAD_BYTES_MAX: usize = 64 << 10;

/// What readers took last: most tools end with a summary.
const TAIL_BYTES_MAX: usize = 16 << 10;

/// Longer lines are data, not words.
const LINE_BYTES_MAX: usize = 2_000;

/// Blocks nearer than this to a failure's own lines belong to it.
const NEAR_LINES: u64 = 3;

/// Lines that readers took, bounded.
#[derive(Debug, Default)]
pub struct Taken {
    head: Vec<(u64, String)>,
    head_bytes: usize,
    tail: VecDeque<(u64, String)>,
    tail_bytes: usize,
}

impl Taken {
    pub fn keep(&mut self, number: u64, text: &str) {
        let line = (number, truncate(text, LINE_BYTES_MAX));
        // An empty line costs something too.
        let bytes = line.1.len() + 1;
        if self.head_bytes + bytes <= HEAD_BYTES_MAX {
            self.head_bytes += bytes;
            self.head.push(line);
            return;
        }
        self.tail_bytes += bytes;
        self.tail.push_back(line);
        while self.tail_bytes > TAIL_BYTES_MAX {
            let Some((_, dropped)) = self.tail.pop_front() else { break };
            self.tail_bytes -= dropped.len() + 1;
        }
    }

    /// The blocks in which something failed, and the step's end, in the log's order.
    pub fn excerpts(self, failures: &[Failure], step_end: Vec<(u64, String)>) -> Vec<Excerpt> {
        let mut excerpts: Vec<Excerpt> = blocks(self.head.into_iter().chain(self.tail))
            .into_iter()
            .filter(|excerpt| failures.iter().any(|failure| near(excerpt.span, failure.log)))
            .collect();
        let mut lines: BTreeMap<u64, String> = step_end.into_iter().collect();
        for excerpt in &excerpts {
            lines.retain(|number, _| !(excerpt.span.first..=excerpt.span.last).contains(number));
        }
        excerpts.extend(blocks(lines.into_iter().map(|(number, text)| (number, truncate(&text, LINE_BYTES_MAX)))));
        excerpts.sort_by_key(|excerpt| excerpt.span);
        excerpts
    }
}

/// Lines that follow each other are one excerpt.
fn blocks(lines: impl Iterator<Item = (u64, String)>) -> Vec<Excerpt> {
    let mut blocks: Vec<Excerpt> = Vec::new();
    for (number, text) in lines {
        match blocks.last_mut() {
            Some(block) if block.span.last + 1 == number => {
                block.span.last = number;
                block.lines.push(text);
            }
            _ => blocks.push(Excerpt { span: Span::at(number), lines: vec![text] }),
        }
    }
    blocks
}

fn near(block: Span, failure: Span) -> bool {
    failure != Span::NONE
        && block.first <= failure.last.saturating_add(NEAR_LINES)
        && failure.first <= block.last.saturating_add(NEAR_LINES)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::failure::Kind;

    fn failure_at(line: u64) -> Failure {
        Failure::new(Kind::TestFailure, "pytest", "no", Span::at(line))
    }

    fn spans(excerpts: &[Excerpt]) -> Vec<(u64, u64)> {
        excerpts.iter().map(|excerpt| (excerpt.span.first, excerpt.span.last)).collect()
    }

    #[test]
    fn blocks_without_a_failure_are_left_out_and_the_steps_end_is_there_once() {
        let mut taken = Taken::default();
        for number in [1, 2, 20, 21, 22] {
            taken.keep(number, "line");
        }
        let end = (21..25).map(|number| (number, "end".to_owned())).collect();
        assert_eq!(spans(&taken.excerpts(&[failure_at(21)], end)), [(20, 22), (23, 24)]);
    }

    #[test]
    fn what_was_taken_first_and_last_is_kept_and_what_is_between_is_not() {
        let mut taken = Taken::default();
        let text = "x".repeat(99);
        let count = (HEAD_BYTES_MAX + 2 * TAIL_BYTES_MAX) as u64 / 100;
        for number in 0..count {
            taken.keep(number, &text);
        }
        let failures: Vec<_> = (0..count).map(failure_at).collect();
        let excerpts = taken.excerpts(&failures, Vec::new());
        let head = HEAD_BYTES_MAX as u64 / 100;
        let tail = TAIL_BYTES_MAX as u64 / 100;
        assert_eq!(spans(&excerpts), [(0, head - 1), (count - tail, count - 1)]);
    }

    #[test]
    fn a_very_long_line_is_cut() {
        let mut taken = Taken::default();
        taken.keep(1, &"x".repeat(LINE_BYTES_MAX + 1));
        let excerpts = taken.excerpts(&[failure_at(1)], Vec::new());
        assert_eq!(excerpts[0].lines[0].len(), LINE_BYTES_MAX);
    }
}
