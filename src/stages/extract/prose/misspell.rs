//! misspell: one line a word, with the word that is meant.
//!
//! Its default format (`cmd/misspell/main.go`): `FILE:LINE:COLUMN: "WRONG" is a misspelling of "RIGHT"`.

use crate::stages::extract::form::Form;

pub const FORM: Form = Form {
    tool: "misspell",
    wakes: &["is a misspelling of "],
    lines: &[
        r#"^(?P<path>.+?):(?P<line>\d+):(?P<column>\d+):? (?P<message>"[^"]+" is a misspelling of "(?P<suggestion>[^"]+)")"#,
    ],
    ..Form::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::told;

    #[test]
    fn a_misspelled_word_is_told_with_the_right_one() {
        let log = "docs/guide.txt:6:12: \"zeebra\" is a misspelling of \"zebra\"\n";
        assert_eq!(
            told(log),
            ["misspell lint_error | docs/guide.txt:6:12 | \"zeebra\" is a misspelling of \"zebra\" | -> zebra | @1-1"]
        );
    }
}
