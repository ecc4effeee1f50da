//! Nim's compiler.

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

/// Nim (`compiler/msgs.nim`, `liMessage`): `path(1, 28) Error: message`.
pub const FORM: Form = Form {
    tool: "nim",
    kind: Kind::BuildError,
    wakes: &[".nim(", ".nims("],
    lines: &[
        r"^(?P<path>\S.*?\.nims?)\((?P<line>\d+), (?P<column>\d+)\) (?P<level>Error|Warning|Hint): (?P<message>\S.*?)(?: \[(?P<code>\w+)\])?$",
    ],
    mild: &["warning", "hint"],
    ..Form::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::check;

    // As nim 1.6 prints it.
    #[test]
    fn line_and_column_stand_in_parentheses() {
        check(
            "/home/runner/work/shop/shop/till.nim(1, 28) Error: type mismatch: got 'int' for 'x + 1' but expected 'string'",
            &["nim build_error | till.nim:1:28 | type mismatch: got 'int' for 'x + 1' but expected 'string' | @1-1"],
        );
    }
}
