//! What a reader of one tool is, and where it puts what it finds.

use std::collections::VecDeque;

use crate::domain::failure::{Failure, TestCounts, TestEnd};
pub use crate::domain::log::Attention;
use crate::domain::log::Line;

/// Reads what one tool prints.
///
/// A line belongs to one reader. It is offered first to the reader that asked for it, then, in the order of `READERS`,
/// to those that it wakes, until one takes it: by finding something in this very line or by asking for the next one. So
/// a reader that looks at a line which is none of its own says `Sleep` and loses nothing (it may then finish what it
/// began in earlier lines), and one that is inside a block of its tool's output keeps the others, above all those that
/// guess, out of it. It must know the block's end. One that only wanted to see the next line, and says `Sleep` to it
/// without having found anything, gives its first line back to the others.
///
/// A failure's `path` is set as printed and its `file` left empty: the engine maps it to the repository, and sets
/// `task`. Failures that are equal but for their place in the log are merged by the engine.
pub trait Reader: Send {
    /// The tool's name in `failures[].tool` and in the policy's `logs.tools`.
    fn tool(&self) -> &str;

    /// The reader sees a line only if one of these is in its clean text, or if it asked for the line. Upper and lower
    /// case are not told apart here. `\u{1}` is any digit, `\u{2}` a number, `\u{3}` one that is not zero, `\u{4}` the line's
    /// end (`watch::DIGIT` and those after it): `.py:` stands in every line of `pytest -v`, `.py:\u{1}` only where a line
    /// is named. A literal that every green log is full of makes the whole program slow.
    fn wakes(&self) -> &'static [&'static str];

    /// Those of `wakes` that only tell of a test that has passed. Where nobody counts tests, a line in which no other
    /// literal stands is passed over: green logs are full of them.
    fn passes(&self) -> &'static [&'static str] {
        &[]
    }

    /// Whether it is shown the line before the one that wakes it, for tools whose first line has nothing to wait for.
    fn looks_back(&self) -> bool {
        false
    }

    /// Whether it goes by words alone. Then what it finds is a cascade where a tool has spoken, and it is also offered
    /// every line that the runner marks `##[error]`.
    fn guesses(&self) -> bool {
        false
    }

    /// Whether it runs other tools and tells of them that one failed, as Maven, Gradle and make do. Then what it finds is
    /// a cascade where a tool that it ran has spoken, and a root where none has; but a line of its own script and a
    /// dependency that it cannot have are always roots.
    fn wraps(&self) -> bool {
        false
    }

    /// A line of the script that is about to run, where the log or the caller tells it: for tools whose output is so
    /// plain that only who runs them knows what it means.
    fn runs(&mut self, _script_line: &str) {}

    /// Reads one line.
    fn line(&mut self, line: &Line<'_>, found: &mut Findings) -> Attention;

    /// The log, or one step of it, has ended: whatever was begun is finished here, and the reader is as new.
    fn end(&mut self, _found: &mut Findings) {}
}

/// From the published format: at most this many failures are kept, the rest are counted.
pub const FAILURES_MAX: usize = 1_000;

/// Complaints that stop nothing are told only where there is nothing else to tell; so many are enough to see why.
pub const MILD_MAX: usize = 100;

/// Enough for the test suite of a large project; beyond it only the tool's own counts are used.
pub const TESTS_MAX: usize = 100_000;

/// Makes a reader as new.
pub type Make = fn() -> Box<dyn Reader>;

/// Guesses fill no more than a corner of the failures: the first ones, and the last ones, which a job ended with.
const GUESSES_FIRST: usize = 100;
const GUESSES_MAX: usize = 200;

/// What all readers found, bounded.
#[derive(Default)]
pub struct Findings {
    pub(super) failures: Vec<Failure>,
    pub(super) guesses: VecDeque<Failure>,
    /// Whether who is reading goes by words alone.
    pub(super) guessing: bool,
    pub(super) omitted: u64,
    /// What stops nothing by itself.
    pub(super) mild: Vec<Failure>,
    pub(super) tests: Vec<(String, TestEnd)>,
    pub(super) counts: Option<TestCounts>,
    /// Grows with every find, also with those that are no longer kept.
    finds: u64,
    last_line: u64,
}

impl Findings {
    pub fn failure(&mut self, failure: Failure) {
        self.finds += 1;
        self.last_line = self.last_line.max(failure.log.last);
        if self.guessing {
            if self.guesses.len() == GUESSES_MAX {
                self.guesses.remove(GUESSES_FIRST);
                self.omitted += 1;
            }
            self.guesses.push_back(failure);
        } else if self.failures.len() < FAILURES_MAX {
            self.failures.push(failure);
        } else {
            self.omitted += 1;
        }
    }

    /// A warning, or something milder: a cascade, and only told where a log says nothing else of why a step failed.
    pub fn mild(&mut self, failure: Failure) {
        self.finds += 1;
        self.last_line = self.last_line.max(failure.log.last);
        if self.mild.len() < MILD_MAX {
            self.mild.push(Failure { primary: false, ..failure });
        }
    }

    /// A line was understood, and nothing is told of it yet: it is nobody else's.
    pub fn understood(&mut self) {
        self.finds += 1;
    }

    /// What this tool told last led to something else, which is about to be told.
    pub fn last_is_cascade(&mut self, tool: &str) {
        let told = self.failures.iter_mut().chain(&mut self.guesses);
        if let Some(last) = told.filter(|failure| failure.tool == tool).max_by_key(|failure| failure.log) {
            last.primary = false;
        }
    }

    /// What was told since a line in the name of one tool was said by another that writes alike.
    pub fn renamed(&mut self, tool: &str, other: &str, since: u64) {
        let told = self.failures.iter_mut().filter(|failure| failure.tool == tool && failure.log.first > since);
        told.for_each(|failure| other.clone_into(&mut failure.tool));
    }

    /// What this tool told of a test is no failure: the test passed when it was run again.
    pub fn passed_again(&mut self, tool: &str, test: &str) {
        self.failures.retain(|failure| failure.tool != tool || failure.test.as_deref() != Some(test));
        self.tests.iter_mut().filter(|(name, _)| name == test).for_each(|(_, end)| *end = TestEnd::Passed);
    }

    pub fn test(&mut self, name: &str, end: TestEnd) {
        self.finds += 1;
        if self.tests.len() < TESTS_MAX {
            self.tests.push((name.to_owned(), end));
        }
    }

    /// What a tool counted at its end; the counts of several runs in one log are added up.
    pub fn count(&mut self, counted: TestCounts) {
        self.finds += 1;
        let sum = self.counts.get_or_insert_default();
        sum.passed = sum.passed.saturating_add(counted.passed);
        sum.failed = sum.failed.saturating_add(counted.failed);
        sum.skipped = sum.skipped.saturating_add(counted.skipped);
    }

    /// Takes over what a task's own readers found.
    pub(super) fn absorb(&mut self, other: Self, task: Option<&str>) {
        let named = |mut failure: Failure| {
            failure.task = failure.task.take().or_else(|| task.map(str::to_owned));
            failure
        };
        for (failures, guessing) in [(other.failures, false), (other.guesses.into(), true)] {
            self.guessing = guessing;
            failures.into_iter().for_each(|failure| self.failure(named(failure)));
        }
        other.mild.into_iter().for_each(|failure| self.mild(named(failure)));
        self.omitted += other.omitted;
        other.tests.iter().for_each(|(name, end)| self.test(name, *end));
        if let Some(counts) = other.counts {
            self.count(counts);
        }
    }

    pub fn finds(&self) -> u64 {
        self.finds
    }

    /// Whether something was found since `finds`, and, if it was a failure, whether this line is part of one.
    pub(super) fn took(&self, finds: u64, failures: u64, line: u64) -> bool {
        let failures_since = self.failures_found().saturating_sub(failures);
        self.finds - finds > failures_since || (failures_since > 0 && self.last_line >= line)
    }

    pub(super) fn failures_found(&self) -> u64 {
        (self.failures.len() + self.guesses.len() + self.mild.len()) as u64 + self.omitted
    }

    /// All that failed, guesses included.
    pub(super) fn take_failures(&mut self) -> Vec<Failure> {
        let mut failures = std::mem::take(&mut self.failures);
        failures.extend(self.guesses.drain(..));
        failures
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::failure::Kind;
    use crate::domain::log::Span;

    #[test]
    fn failures_beyond_the_limit_are_counted_and_not_kept() {
        let mut found = Findings::default();
        for line in 0..=FAILURES_MAX as u64 {
            found.failure(Failure::new(Kind::TestFailure, "pytest", "no", Span::at(line)));
        }
        assert_eq!((found.failures.len(), found.omitted), (FAILURES_MAX, 1));
    }

    #[test]
    fn of_too_many_guesses_the_first_and_the_last_are_kept() {
        let mut found = Findings { guessing: true, ..Findings::default() };
        for line in 1..=1_000 {
            found.failure(Failure::new(Kind::RuntimeError, "words", "no", Span::at(line)));
        }
        let lines: Vec<u64> = found.take_failures().iter().map(|failure| failure.log.first).collect();
        assert_eq!((lines.len(), lines[GUESSES_FIRST - 1], lines[GUESSES_FIRST]), (GUESSES_MAX, 100, 901));
        assert_eq!(found.omitted, 800);
    }

    #[test]
    fn mild_complaints_beyond_the_limit_are_not_kept() {
        let mut found = Findings::default();
        for line in 0..=MILD_MAX as u64 {
            found.mild(Failure::new(Kind::LintError, "msbuild", "old", Span::at(line)));
        }
        assert_eq!((found.mild.len(), found.failures.len()), (MILD_MAX, 0));
    }

    #[test]
    fn a_test_that_passes_when_it_is_run_again_did_not_fail() {
        let mut found = Findings::default();
        for (tool, test) in [("surefire", "ATest.a"), ("surefire", "ATest.b"), ("gradle-test", "ATest.a")] {
            found.failure(Failure {
                test: Some(test.to_owned()),
                ..Failure::new(Kind::TestFailure, tool, "no", Span::at(1))
            });
        }
        found.test("ATest.a", TestEnd::Failed);
        found.passed_again("surefire", "ATest.a");
        assert_eq!(found.failures.len(), 2);
        assert_eq!(found.tests, [("ATest.a".to_owned(), TestEnd::Passed)]);
    }

    #[test]
    fn tests_beyond_the_limit_are_not_kept() {
        let mut found = Findings::default();
        for number in 0..=TESTS_MAX {
            found.test(&number.to_string(), TestEnd::Passed);
        }
        assert_eq!(found.tests.len(), TESTS_MAX);
    }
}
