//! cpplint: Google's style of C++.

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

/// cpplint's `emacs` output (`Error` in `cpplint.py`).
pub static FORM: Form = Form {
    tool: "cpplint",
    kind: Kind::LintError,
    wakes: &["  [whitespace/", "  [build/", "  [readability/", "  [runtime/", "  [legal/"],
    lines: &[r"^(?P<path>\S[^:]*):(?P<line>\d+):  (?P<message>\S.*?)  \[(?P<code>[\w/+]+)\] \[\d\]$"],
    ..Form::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::check_only;

    #[test]
    fn the_category_is_the_code() {
        check_only(
            "src/tram.cc:3:  Missing space after ,  [whitespace/comma] [3]",
            "cpplint lint_error | src/tram.cc:3 | whitespace/comma | Missing space after , | @1-1",
        );
    }
}
