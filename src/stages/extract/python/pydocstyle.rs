//! pydocstyle: where, then what, in two lines.
//!
//! `pydocstyle/violations.py`, `Error.__str__`: `{filename}:{line} {definition}:` and, indented by eight blanks,
//! `{code}: {text}`; `{definition}` is `at module level` or `in public function `name`` (`pydocstyle/parser.py`).

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

pub const FORM: Form = Form {
    tool: "pydocstyle",
    kind: Kind::LintError,
    wakes: &[" at module level:", " in public ", " in private "],
    lines: &[
        r"^(?P<path>\S.*?):(?P<line>\d+) (?:at module level|in (?:public|private) .+):$",
        r"^\s+(?P<code>D\d{3}): (?P<message>.+)$",
    ],
    ..Form::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::told;

    #[test]
    fn two_lines_are_one_complaint() {
        let log = "\
shop/cart.py:1 at module level:
        D100: Missing docstring in public module
shop/cart.py:14 in public function `add`:
        D400: First line should end with a period (not 's')
";
        assert_eq!(
            told(log),
            [
                "pydocstyle lint_error | shop/cart.py:1 | D100 | Missing docstring in public module | @1-2",
                "pydocstyle lint_error | shop/cart.py:14 | D400 | First line should end with a period (not 's') | @3-4",
            ]
        );
    }
}
