//! buf: places in `.proto` files that its compiler or its lint complains of.
//!
//! `private/bufpkg/bufanalysis`, `printFileAnnotationAsText`: `PATH:LINE:COLUMN:MESSAGE` without a blank; what its compiler
//! says begins with a small letter, what lint and breaking say with a capital one.

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

pub const LINT: Form = Form {
    tool: "buf",
    wakes: &[".proto:\u{1}"],
    lines: &[r"^(?P<path>\S.*\.proto):(?P<line>\d+):(?P<column>\d+):(?P<message>[A-Z].*)$"],
    ..Form::DEFAULT
};

pub const BUILD: Form = Form {
    kind: Kind::BuildError,
    lines: &[r"^(?P<path>\S.*\.proto):(?P<line>\d+):(?P<column>\d+):(?P<message>[^\sA-Z].*)$"],
    ..LINT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::told;

    #[test]
    fn lint_is_known_by_a_capital_letter_and_the_compiler_by_a_small_one() {
        let log = "\
api/v1/pet.proto:3:20:Field name \"petID\" should be lower_snake_case, such as \"pet_id\".
api/v1/pet.proto:2:13:cannot find `strin` in this scope
";
        assert_eq!(
            told(log),
            [
                "buf lint_error | api/v1/pet.proto:3:20 | Field name \"petID\" should be lower_snake_case, such as \"pet_id\". | @1-1",
                "buf build_error | api/v1/pet.proto:2:13 | cannot find `strin` in this scope | @2-2",
            ]
        );
    }
}
