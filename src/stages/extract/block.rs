//! What a test runner tells of one failing test, gathered line by line.

use super::reader::Findings;
use crate::domain::failure::{Failure, Kind, TestEnd};
use crate::domain::log::Span;

/// What a failing test says before its trace; a longer message is a large diff.
pub const MESSAGE_LINES_MAX: usize = 20;

pub struct Block {
    pub failure: Failure,
    message: Vec<String>,
}

impl Block {
    pub fn new(tool: &str, test: &str, line: u64) -> Self {
        let mut failure = Failure::new(Kind::TestFailure, tool, "", Span::at(line));
        failure.test = (!test.is_empty()).then(|| test.to_owned());
        Self { failure, message: Vec::new() }
    }

    /// A line of the message, whose blank first lines say nothing.
    pub fn say(&mut self, text: &str, line: u64) {
        let text = text.trim_end();
        if self.message.len() < MESSAGE_LINES_MAX && !(text.is_empty() && self.message.is_empty()) {
            self.message.push(text.to_owned());
        }
        if !text.is_empty() {
            self.failure.log.last = line;
        }
    }

    pub fn has_spoken(&self) -> bool {
        !self.message.is_empty()
    }

    /// What was said so far was only the heading of what comes.
    pub fn say_anew(&mut self) {
        self.message.clear();
    }

    /// The first place of our own is the deepest.
    pub fn stands(&mut self, path: &str, at: Option<u32>, line: u64) {
        if self.failure.path.is_none() {
            self.failure.path = Some(path.to_owned());
            self.failure.line = at;
        }
        self.failure.log.last = line;
    }

    /// As a failing test of the census too.
    pub fn tell(self, found: &mut Findings) {
        if let Some(test) = &self.failure.test {
            found.test(test, TestEnd::Failed);
        }
        found.failure(self.failure());
    }

    pub fn failure(mut self) -> Failure {
        let margin = |line: &String| line.len() - line.trim_start_matches(' ').len();
        let indent = self.message.iter().filter(|line| !line.is_empty()).map(margin).min().unwrap_or_default();
        let lines: Vec<&str> = self.message.iter().map(|line| line.get(indent..).unwrap_or_default()).collect();
        lines.join("\n").trim_end().clone_into(&mut self.failure.message);
        if self.failure.message.is_empty() {
            "the test failed".clone_into(&mut self.failure.message);
        }
        self.failure
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_cut_at_the_limit_and_keeps_its_shape() {
        let mut block = Block::new("rspec", "Till opens", 1);
        for line in 0..=MESSAGE_LINES_MAX as u64 {
            block.say(if line == 0 { "   a" } else { "     b" }, line + 1);
        }
        block.stands("spec/till_spec.rb", Some(3), 30);
        block.stands("spec/other_spec.rb", Some(4), 31);
        let mut found = Findings::default();
        block.tell(&mut found);
        let failure = &found.failures[0];
        assert_eq!(failure.message.lines().count(), MESSAGE_LINES_MAX);
        assert!(failure.message.starts_with("a\n  b\n"));
        assert_eq!((failure.path.as_deref(), failure.log.last), (Some("spec/till_spec.rb"), 31));
        assert_eq!(found.tests, [("Till opens".to_owned(), TestEnd::Failed)]);
    }

    #[test]
    fn a_test_that_says_nothing_failed_all_the_same() {
        let mut found = Findings::default();
        Block::new("rspec", "Till opens", 1).tell(&mut found);
        assert_eq!(found.failures[0].message, "the test failed");
    }
}
