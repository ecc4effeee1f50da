//! isort: the files whose imports it would order otherwise.
//!
//! `isort/format.py`, `BasicPrinter`: `{ERROR}: {message}`; `isort/core.py` and `isort/api.py` print `{file} Imports are
//! incorrectly sorted and/or formatted.`, before 5 without `and/or formatted`.

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

pub const FORM: Form = Form {
    tool: "isort",
    kind: Kind::FormatError,
    wakes: &["Imports are incorrectly sorted"],
    lines: &[r"^ERROR: (?P<path>\S.*?) (?P<message>Imports are incorrectly sorted.*)$"],
    ..Form::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::told;

    #[test]
    fn every_file_is_one_complaint() {
        assert_eq!(
            told(
                "ERROR: /home/runner/work/x/x/app.py Imports are incorrectly sorted and/or formatted.\nSkipped 2 files\n"
            ),
            ["isort format_error | app.py | Imports are incorrectly sorted and/or formatted. | @1-1"]
        );
    }
}
