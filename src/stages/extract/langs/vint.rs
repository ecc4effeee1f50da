//! Vint: Vim script's style.

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

/// Vint (`vint/linting/formatter/formatter.py`): `path:3:5: message (see …)`.
pub const FORM: Form = Form {
    tool: "vint",
    kind: Kind::LintError,
    wakes: &[".vim:", "vimrc:"],
    lines: &[r"^(?P<path>\S.*?(?:\.vim|vimrc)):(?P<line>\d+):(?P<column>\d+): (?P<message>\S.*)$"],
    ..Form::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::check;

    #[test]
    fn a_complaint_is_told_with_its_place() {
        check(
            "plugin/till.vim:3:5: Prefer single quoted strings (see Google VimScript Style Guide (Strings))",
            &[
                "vint lint_error | plugin/till.vim:3:5 | Prefer single quoted strings (see Google VimScript Style Guide (Strings)) | @1-1",
            ],
        );
    }
}
