//! Clean lines become failures: one small state machine a tool, woken by literals.
//!
//! A reader is asleep until one of its literals is in a line; what it keeps is bounded; nobody holds a whole log. To
//! teach self-heal another tool, write one file beside this one and name it in `READERS`.

use crate::domain::failure::{Failure, TestEnd};
use crate::domain::log::Line;

/// Reads what one tool prints.
pub trait Reader: Send {
    /// The tool's name in `failures[].tool` and in the policy's `logs.tools`.
    fn tool(&self) -> &'static str;

    /// The reader sees a line only if one of these is in it, or if it asked for the line.
    fn wakes(&self) -> &'static [&'static str];

    /// Reads one line.
    fn line(&mut self, line: &Line<'_>, found: &mut Findings) -> Attention;

    /// The log has ended: whatever was begun is finished here.
    fn end(&mut self, _found: &mut Findings) {}
}

/// Whether a reader wants the next line whatever is in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attention {
    Sleep,
    Stay,
}

/// What all readers found, bounded.
#[derive(Default)]
pub struct Findings {
    failures: Vec<Failure>,
    omitted: u64,
    tests: Vec<(String, TestEnd)>,
}

/// From the published format: at most this many failures are kept, the rest are counted.
pub const FAILURES_MAX: usize = 1_000;

/// Enough for the test suite of a large project; beyond it only the tool's own counts are used.
pub const TESTS_MAX: usize = 100_000;

impl Findings {
    pub fn failure(&mut self, failure: Failure) {
        if self.failures.len() < FAILURES_MAX {
            self.failures.push(failure);
        } else {
            self.omitted += 1;
        }
    }

    pub fn test(&mut self, name: &str, end: TestEnd) {
        if self.tests.len() < TESTS_MAX {
            self.tests.push((name.to_owned(), end));
        }
    }
}
