//! protoc: places in `.proto` files that it cannot compile.
//!
//! `src/google/protobuf/compiler/command_line_interface.cc`, `ErrorPrinter`: `FILE:LINE:COLUMN: MESSAGE`, the numbers left out where they
//! are unknown, `warning: ` before what stops nothing.

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

pub const FORM: Form = Form {
    tool: "protoc",
    kind: Kind::BuildError,
    wakes: &[".proto:\u{1}", ".proto: "],
    lines: &[
        r"^(?P<path>[^\s\[][^:]*\.proto|[A-Za-z]:[^:]+\.proto):(?:(?P<line>\d+):(?P<column>\d+):)? (?:(?P<level>warning): )?(?P<message>.+)$",
    ],
    mild: &["warning"],
    ..Form::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::told;

    #[test]
    fn errors_are_read_with_numbers_or_without_and_warnings_stop_nothing() {
        let log = "\
api/v1/pet.proto:2:38: Expected \";\".
api/v1/pet.proto: Import \"nope.proto\" was not found or had errors.
api/v1/pet.proto:1:1: warning: Import unused.proto is unused.
";
        assert_eq!(
            told(log),
            [
                "protoc build_error | api/v1/pet.proto:2:38 | Expected \";\". | @1-1",
                "protoc build_error | api/v1/pet.proto | Import \"nope.proto\" was not found or had errors. | @2-2",
            ]
        );
    }
}
