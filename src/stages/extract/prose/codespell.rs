//! codespell: one line a word, with the word that is meant.
//!
//! `codespell_lib/_codespell.py`, `parse_file`: `FILENAME:LINE: WRONG ==> RIGHT`, several right words with commas, a reason
//! after a bar.

use crate::stages::extract::form::Form;

pub const FORM: Form = Form {
    tool: "codespell",
    wakes: &[" ==> "],
    lines: &[
        r"^(?P<path>\S[^:]*|[A-Za-z]:[^:]+):(?P<line>\d+): (?P<message>\S+ ==> (?P<suggestion>[^|]+\S)(?: *\|.*)?)$",
    ],
    ..Form::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::told;

    #[test]
    fn a_misspelled_word_is_told_with_the_right_ones() {
        let log = "\
docs/guide.txt:4: recieve ==> receive
docs/guide.txt:5: ans ==> and, answer | disabled because it may be a name
";
        assert_eq!(
            told(log),
            [
                "codespell lint_error | docs/guide.txt:4 | recieve ==> receive | -> receive | @1-1",
                "codespell lint_error | docs/guide.txt:5 | ans ==> and, answer | disabled because it may be a name | -> and, answer | @2-2",
            ]
        );
    }
}
