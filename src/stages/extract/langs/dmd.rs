//! D's compilers: dmd, and those that share its front end.

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

/// dmd, ldc and gdc's front end (`compiler/src/dmd/errors.d`): `path(3): Error: message`, `path(3,5)` with columns.
pub const FORM: Form = Form {
    tool: "dmd",
    kind: Kind::BuildError,
    wakes: &[".d(", ".di("],
    lines: &[
        r"^(?P<path>\S.*?\.di?)\((?P<line>\d+)(?:,(?P<column>\d+))?\): (?P<level>Error|Warning|Deprecation): (?P<message>\S.*)$",
    ],
    mild: &["warning", "deprecation"],
    ..Form::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::check;

    #[test]
    fn line_and_column_stand_in_parentheses() {
        check(
            "source/till.d(3,5): Error: undefined identifier `x`",
            &["dmd build_error | source/till.d:3:5 | undefined identifier `x` | @1-1"],
        );
    }
}
