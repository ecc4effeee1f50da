//! HLint, which says of Haskell what could be written better.

use crate::domain::failure::{Failure, Kind};
use crate::domain::log::{Line, Span};
use crate::stages::extract::pattern::{Pattern, group, number};
use crate::stages::extract::reader::{Attention, Findings, Reader};

/// An idea shows what it found and what it would write; a longer one rewrites a whole function.
const BLOCK_LINES_MAX: u64 = 60;

/// HLint (`src/Idea.hs`, `showEx`): `path:11:18-40: Suggestion: Redundant bracket`, then what it found and what it would
/// write. Each of its ideas fails the run.
#[derive(Default)]
pub struct Hlint {
    begun: Option<Failure>,
    /// Whether `Perhaps:` has been said.
    perhaps: bool,
}

static IDEA: Pattern = Pattern::new(
    r"^(\S.*?\.l?hs):(?:\((\d+),(\d+)\)-\(\d+,\d+\)|(\d+):(\d+)(?:-\d+)?): (Error|Warning|Suggestion): (\S.*)$",
);

impl Reader for Hlint {
    fn tool(&self) -> &'static str {
        "hlint"
    }

    fn wakes(&self) -> &'static [&'static str] {
        &[": Suggestion: ", ": Warning: ", ": Error: "]
    }

    fn line(&mut self, line: &Line<'_>, found: &mut Findings) -> Attention {
        if let Some(idea) = IDEA.captures(line.text) {
            self.tell(found);
            let at = |one: usize, other: usize| number(&idea, one).or_else(|| number(&idea, other));
            let mut failure = Failure::new(Kind::LintError, "hlint", group(&idea, 7), Span::at(line.number));
            failure.path = Some(group(&idea, 1).to_owned());
            (failure.line, failure.column) = (at(2, 4), at(3, 5));
            failure.code = Some(group(&idea, 7).to_owned());
            self.begun = Some(failure);
            self.perhaps = false;
            return Attention::Stay;
        }
        let Some(begun) = &mut self.begun else { return Attention::Sleep };
        if line.text.is_empty() || line.number - begun.log.first >= BLOCK_LINES_MAX {
            self.tell(found);
            return Attention::Sleep;
        }
        begun.log.last = line.number;
        // Two ideas about one place differ in what they would write only.
        begun.message.push('\n');
        begun.message.push_str(line.text);
        if self.perhaps && line.text.starts_with(' ') {
            let better = begun.suggestion.get_or_insert_default();
            if !better.is_empty() {
                better.push('\n');
            }
            better.push_str(line.text.strip_prefix("  ").unwrap_or(line.text));
        } else {
            self.perhaps = line.text.starts_with("Perhaps:") || line.text.starts_with("Why not:");
        }
        Attention::Stay
    }

    fn end(&mut self, found: &mut Findings) {
        self.tell(found);
    }
}

impl Hlint {
    fn tell(&mut self, found: &mut Findings) {
        if let Some(failure) = self.begun.take() {
            found.failure(failure);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::told;

    #[test]
    fn hlint_says_what_it_would_write() {
        let log = "\
src/Shop.hs:11:18-40: Suggestion: Redundant bracket
Found:
  (buy a) + (buy b)
Perhaps:
  buy a + (buy b)

1 hint
";
        assert_eq!(
            told(log),
            [
                "hlint lint_error | src/Shop.hs:11:18 | Redundant bracket | Redundant bracket\nFound:\n  (buy a) + (buy b)\nPerhaps:\n  buy a + (buy b) | -> buy a + (buy b) | @1-5"
            ]
        );
    }
}
