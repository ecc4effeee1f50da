//! Everybody's literals in one automaton: one look at a whole chunk tells which lines somebody wants.

use aho_corasick::{AhoCorasick, AhoCorasickKind, BuildError, Input, MatchKind};

/// Tells quickly that a line holds nothing that anybody waits for. Upper and lower case are the same here.
pub struct Watch {
    automaton: AhoCorasick,
}

impl Watch {
    /// The error is the automaton's own limit, which a few thousand literals are far from.
    pub fn new<'a>(literals: impl IntoIterator<Item = &'a str>) -> Result<Self, BuildError> {
        let mut literals: Vec<String> = literals.into_iter().map(str::to_ascii_lowercase).collect();
        literals.sort_unstable();
        literals.dedup();
        literals.retain(|literal| !literal.is_empty());
        let automaton = AhoCorasick::builder()
            .kind(Some(AhoCorasickKind::DFA))
            .match_kind(MatchKind::Standard)
            .ascii_case_insensitive(true)
            .build(literals)?;
        Ok(Self { automaton })
    }

    /// Where the first literal at or after `from` ends: its last byte.
    pub fn next(&self, bytes: &[u8], from: usize) -> Option<usize> {
        self.automaton.find(Input::new(bytes).range(from..)).map(|found| found.end() - 1)
    }

    pub fn wants(&self, text: &str) -> bool {
        self.automaton.is_match(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_the_first_literal_is_told_whatever_its_case() {
        let watch = Watch::new(["error:", "FAILED"]).expect("two literals");
        assert_eq!(watch.next(b"ok\nError: no", 0), Some(8));
        assert_eq!(watch.next(b"ok\nError: no", 9), None);
        assert!(watch.wants("2 failed"));
        assert!(!watch.wants("2 passed"));
    }
}
