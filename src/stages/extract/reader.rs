//! What a reader of one tool is, and where it puts what it finds.

use crate::domain::failure::{Failure, TestCounts, TestEnd};
pub use crate::domain::log::Attention;
use crate::domain::log::Line;

/// Reads what one tool prints.
///
/// A failure's `path` is set as printed and its `file` left empty: the engine maps it to the repository, and sets
/// `task`. Two failures that are equal but for their place in the log are merged by the engine.
pub trait Reader: Send {
    /// The tool's name in `failures[].tool` and in the policy's `logs.tools`.
    fn tool(&self) -> &'static str;

    /// The reader sees a line only if one of these is in it, or if it asked for the line. Upper and lower case are
    /// not told apart here. A literal that every green log is full of makes the whole program slow.
    fn wakes(&self) -> &'static [&'static str];

    /// Reads one line.
    fn line(&mut self, line: &Line<'_>, found: &mut Findings) -> Attention;

    /// The log has ended: whatever was begun is finished here.
    fn end(&mut self, _found: &mut Findings) {}
}

/// From the published format: at most this many failures are kept, the rest are counted.
pub const FAILURES_MAX: usize = 1_000;

/// Enough for the test suite of a large project; beyond it only the tool's own counts are used.
pub const TESTS_MAX: usize = 100_000;

/// What all readers found, bounded.
#[derive(Default)]
pub struct Findings {
    pub(super) failures: Vec<Failure>,
    pub(super) omitted: u64,
    pub(super) tests: Vec<(String, TestEnd)>,
    pub(super) counts: Option<TestCounts>,
}

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

    /// What a tool counted at its end; the counts of several runs in one log are added up.
    pub fn count(&mut self, counted: TestCounts) {
        let sum = self.counts.get_or_insert_default();
        sum.passed = sum.passed.saturating_add(counted.passed);
        sum.failed = sum.failed.saturating_add(counted.failed);
        sum.skipped = sum.skipped.saturating_add(counted.skipped);
    }
}
