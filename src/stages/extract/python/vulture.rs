//! vulture: code that nothing uses.
//!
//! `vulture/core.py`, `Item.get_report`: `{path}:{line}: {message} ({confidence}% confidence)`, with `, {n} lines` after
//! the confidence under `--sort-by-size`.

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

pub const FORM: Form = Form {
    tool: "vulture",
    kind: Kind::LintError,
    wakes: &["% confidence"],
    lines: &[r"^(?P<path>\S.*?):(?P<line>\d+): (?P<message>.+) \(\d+% confidence(?:, \d+ lines?)?\)$"],
    ..Form::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::told;

    #[test]
    fn every_line_is_one_complaint() {
        assert_eq!(
            told("shop/cart.py:2: unused import 'os' (90% confidence)\n"),
            ["vulture lint_error | shop/cart.py:2 | unused import 'os' | @1-1"]
        );
    }
}
