//! What stands in a log and not in the last green one of the same job, as blocks of lines.

use std::collections::VecDeque;

use crate::domain::log::Span;

/// Runs of new lines that are kept, the last ones: what a job ended with is at its end.
const RUNS_MAX: usize = 1 << 16;

/// A block of more lines is another log, not something that went wrong.
const BLOCK_LINES_MAX: u64 = 500;

/// From one new line to the next within a block: a blank or a well-known one may stand between.
const STEP_MAX: u64 = 2;

#[derive(Debug, Default)]
pub struct News {
    runs: VecDeque<Span>,
}

impl News {
    /// A line that the green log does not have. Lines come in their order.
    pub fn line(&mut self, number: u64) {
        match self.runs.back_mut() {
            Some(run) if run.last + 1 == number => run.last = number,
            _ => {
                if self.runs.len() == RUNS_MAX {
                    self.runs.pop_front();
                }
                self.runs.push_back(Span::at(number));
            }
        }
    }

    /// Whether one of these lines is new; of lines before the first run that is kept nobody knows.
    pub fn touch(&self, span: Span) -> bool {
        let first = self.runs.front().filter(|_| self.runs.len() == RUNS_MAX);
        let forgotten = first.is_some_and(|first| span.first < first.first);
        forgotten || self.runs.get(self.at(span)).is_some_and(|run| run.first <= span.last)
    }

    /// These lines with the block of new ones that they stand in.
    pub fn around(&self, span: Span) -> Span {
        let at = self.at(span);
        let mut block = span;
        for run in self.runs.range(..at).rev() {
            if run.last + STEP_MAX < block.first {
                break;
            }
            block.first = run.first;
        }
        for run in self.runs.range(at..) {
            if run.first > block.last + STEP_MAX {
                break;
            }
            block = Span { first: block.first.min(run.first), last: block.last.max(run.last) };
        }
        if block.last - block.first < BLOCK_LINES_MAX { block } else { span }
    }

    /// The place of the first run that does not end before these lines.
    fn at(&self, span: Span) -> usize {
        self.runs.partition_point(|run| run.last < span.first)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn news(lines: impl IntoIterator<Item = u64>) -> News {
        let mut news = News::default();
        lines.into_iter().for_each(|line| news.line(line));
        news
    }

    fn span(first: u64, last: u64) -> Span {
        Span { first, last }
    }

    #[test]
    fn lines_are_told_with_the_new_ones_around_them() {
        let news = news([3, 4, 6, 9, 20]);
        assert_eq!(news.around(span(4, 4)), span(3, 6));
        assert_eq!(news.around(span(5, 9)), span(3, 9));
        assert_eq!(news.around(span(12, 12)), span(12, 12));
        assert!(news.touch(span(6, 7)) && !news.touch(span(5, 5)) && !news.touch(span(10, 19)));
    }

    #[test]
    fn a_block_at_the_limit_is_one_and_a_longer_one_is_none() {
        let at_limit = news(1..=BLOCK_LINES_MAX);
        assert_eq!(at_limit.around(span(7, 7)), span(1, BLOCK_LINES_MAX));
        assert_eq!(news(1..=BLOCK_LINES_MAX + 1).around(span(7, 7)), span(7, 7));
    }

    #[test]
    fn of_too_many_runs_the_last_are_kept() {
        let news = news((0..=RUNS_MAX as u64).flat_map(|block| [block * 10, block * 10 + 1]));
        assert_eq!(news.around(span(0, 0)), span(0, 0));
        assert_eq!(news.around(span(10, 10)), span(10, 11));
        assert!(news.touch(span(0, 0)) && !news.touch(span(15, 15)));
    }
}
