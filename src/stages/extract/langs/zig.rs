//! Zig's compiler.

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

/// Zig (`lib/std/zig/ErrorBundle.zig`): `path:3:5: error: message`, notes below.
pub const FORM: Form = Form {
    tool: "zig",
    kind: Kind::BuildError,
    wakes: &[".zig:"],
    lines: &[r"^(?P<path>\S.*?\.zig):(?P<line>\d+):(?P<column>\d+): error: (?P<message>\S.*)$"],
    ..Form::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::check;

    #[test]
    fn an_error_is_told_with_its_place() {
        check(
            "src/till.zig:3:5: error: use of undeclared identifier 'x'\n    x();\n    ^",
            &["zig build_error | src/till.zig:3:5 | use of undeclared identifier 'x' | @1-1"],
        );
    }
}
