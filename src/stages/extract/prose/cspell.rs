//! cspell: one line a word it does not know.
//!
//! cspell's `packages/cspell/src/app/cli-reporter.ts`, templates `issueTemplates`: `URI:ROW:COL - MESSAGE (WORD)`, with `fix: (…)` or
//! `Suggestions: [...]` and `-- context` after it, as asked for.

use crate::stages::extract::form::Form;

pub const FORM: Form = Form {
    tool: "cspell",
    wakes: &[" - Unknown word (", " - Forbidden word (", " - Misspelled word ("],
    lines: &[
        r"^(?P<path>.+?):(?P<line>\d+):(?P<column>\d+) - (?P<message>(?:Unknown|Forbidden|Misspelled) word \(.+?\))(?: (?:fix: \(|Suggestions: \[)(?P<suggestion>[^)\]]+)[)\]])?",
    ],
    ..Form::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::told;

    #[test]
    fn an_unknown_word_is_told_with_what_would_fix_it() {
        let log = "docs/a.md:1:17 - Unknown word (zeebra) fix: (zebra)\ndocs/a.md:2:1 - Unknown word (thermos)\n";
        assert_eq!(
            told(log),
            [
                "cspell lint_error | docs/a.md:1:17 | Unknown word (zeebra) | -> zebra | @1-1",
                "cspell lint_error | docs/a.md:2:1 | Unknown word (thermos) | @2-2",
            ]
        );
    }
}
