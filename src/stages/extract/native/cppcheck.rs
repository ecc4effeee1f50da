//! cppcheck: faults of C and C++.

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

/// cppcheck's template before 1.88.
pub static FORM: Form = Form {
    tool: "cppcheck",
    kind: Kind::LintError,
    wakes: &["]: (error", "]: (warning", "]: (style", "]: (performance", "]: (portability"],
    lines: &[
        r"^\[(?P<path>[^\]:]+):(?P<line>\d+)\](?: -> \[[^\]]+\])*: \((?P<code>error|warning|style|performance|portability)[^)]*\) (?P<message>\S.*)$",
    ],
    ..Form::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::check_only;

    #[test]
    fn the_severity_stands_in_parentheses() {
        check_only(
            "[tram.c:3]: (error) Null pointer dereference",
            "cppcheck lint_error | tram.c:3 | error | Null pointer dereference | @1-1",
        );
    }
}
