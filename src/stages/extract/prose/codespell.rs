//! codespell and misspell: one line a word, with the word that is meant.
//!
//! `codespell_lib/_codespell.py`, `parse_file`: `FILENAME:LINE: WRONG ==> RIGHT`, several right words with commas, a reason
//! after a bar. misspell's default format (`cmd/misspell/main.go`): `FILE:LINE:COLUMN: "WRONG" is a misspelling of "RIGHT"`.

use crate::stages::extract::form::Form;

pub const CODESPELL: Form = Form {
    tool: "codespell",
    wakes: &[" ==> "],
    lines: &[
        r"^(?P<path>\S[^:]*|[A-Za-z]:[^:]+):(?P<line>\d+): (?P<message>\S+ ==> (?P<suggestion>[^|]+\S)(?: *\|.*)?)$",
    ],
    ..Form::DEFAULT
};

pub const MISSPELL: Form = Form {
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
        let log = "\
docs/guide.txt:4: recieve ==> receive
docs/guide.txt:5: ans ==> and, answer | disabled because it may be a name
docs/guide.txt:6:12: \"zeebra\" is a misspelling of \"zebra\"
";
        assert_eq!(
            told(log),
            [
                "codespell lint_error | docs/guide.txt:4 | recieve ==> receive | -> receive | @1-1",
                "codespell lint_error | docs/guide.txt:5 | ans ==> and, answer | disabled because it may be a name | -> and, answer | @2-2",
                "misspell lint_error | docs/guide.txt:6:12 | \"zeebra\" is a misspelling of \"zebra\" | -> zebra | @3-3",
            ]
        );
    }
}
