//! flake8: one line a complaint.
//!
//! `flake8/formatting/default.py`: the format `default` is `%(path)s:%(row)d:%(col)d: %(code)s %(text)s`; `pylint` is
//! `%(path)s:%(row)d: [%(code)s] %(text)s`. Codes are one to three letters, then digits (`flake8/defaults.py`).

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

pub const FORM: Form = Form {
    tool: "flake8",
    kind: Kind::LintError,
    kinds: &[("E9", Kind::BuildError)],
    wakes: &[
        ": E1", ": E2", ": E3", ": E4", ": E5", ": E7", ": E9", ": W1", ": W2", ": W3", ": W5", ": W6", ": F4", ": F5",
        ": F6", ": F7", ": F8", ": F9", ": C90", ": N80", ": B0", ": D1", ": D2", ": D4", ": [E", ": [W", ": [F",
    ],
    lines: &[
        r"^(?P<path>.+\.pyi?):(?P<line>\d+):(?:(?P<column>\d+):)? \[?(?P<code>[A-Z]{1,3}\d{1,4})\]? (?P<message>.+)$",
    ],
    ..Form::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::told;

    #[test]
    fn both_formats_are_read() {
        assert_eq!(
            told(
                "./app/shop.py:3:1: F401 'os' imported but unused\napp/shop.py:9: [E501] line too long (93 > 79 characters)\n"
            ),
            [
                "flake8 lint_error | app/shop.py:3:1 | F401 | 'os' imported but unused | @1-1",
                "flake8 lint_error | app/shop.py:9 | E501 | line too long (93 > 79 characters) | @2-2",
            ]
        );
    }
}
