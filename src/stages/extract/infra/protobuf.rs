//! buf, protoc and protolint: they tell places in `.proto` files, each in its own way.
//!
//! buf: `private/bufpkg/bufanalysis`, `printFileAnnotationAsText`: `PATH:LINE:COLUMN:MESSAGE` without a blank; what its compiler
//! says begins with a small letter, what lint and breaking say with a capital one. protoc:
//! `src/google/protobuf/compiler/command_line_interface.cc`, `ErrorPrinter`: `FILE:LINE:COLUMN: MESSAGE`, the numbers left out where they
//! are unknown, `warning: ` before what stops nothing. protolint: `internal/linter/report/reporters/plainReporter.go`:
//! `[PATH:LINE:COLUMN] MESSAGE`.

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

pub const BUF_LINT: Form = Form {
    tool: "buf",
    wakes: &[".proto:\u{1}"],
    lines: &[r"^(?P<path>\S.*\.proto):(?P<line>\d+):(?P<column>\d+):(?P<message>[A-Z].*)$"],
    ..Form::DEFAULT
};

pub const BUF_BUILD: Form = Form {
    kind: Kind::BuildError,
    lines: &[r"^(?P<path>\S.*\.proto):(?P<line>\d+):(?P<column>\d+):(?P<message>[^\sA-Z].*)$"],
    ..BUF_LINT
};

pub const PROTOC: Form = Form {
    tool: "protoc",
    kind: Kind::BuildError,
    wakes: &[".proto:\u{1}", ".proto: "],
    lines: &[
        r"^(?P<path>[^\s\[][^:]*\.proto|[A-Za-z]:[^:]+\.proto):(?:(?P<line>\d+):(?P<column>\d+):)? (?:(?P<level>warning): )?(?P<message>.+)$",
    ],
    mild: &["warning"],
    ..Form::DEFAULT
};

pub const PROTOLINT: Form = Form {
    tool: "protolint",
    wakes: &[".proto:\u{1}"],
    lines: &[r"^\[(?P<path>.+\.proto):(?P<line>\d+):(?P<column>\d+)\] (?P<message>.+)$"],
    ..Form::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::told;

    #[test]
    fn each_is_known_by_what_stands_around_the_place() {
        let log = "\
api/v1/pet.proto:3:20:Field name \"petID\" should be lower_snake_case, such as \"pet_id\".
api/v1/pet.proto:2:13:cannot find `strin` in this scope
api/v1/pet.proto:2:38: Expected \";\".
api/v1/pet.proto: Import \"nope.proto\" was not found or had errors.
api/v1/pet.proto:1:1: warning: Import unused.proto is unused.
[api/v1/pet.proto:11:5] Found an incorrect indentation style \"    \". \"  \" is correct.
";
        assert_eq!(
            told(log),
            [
                "buf lint_error | api/v1/pet.proto:3:20 | Field name \"petID\" should be lower_snake_case, such as \"pet_id\". | @1-1",
                "buf build_error | api/v1/pet.proto:2:13 | cannot find `strin` in this scope | @2-2",
                "protoc build_error | api/v1/pet.proto:2:38 | Expected \";\". | @3-3",
                "protoc build_error | api/v1/pet.proto | Import \"nope.proto\" was not found or had errors. | @4-4",
                "protolint lint_error | api/v1/pet.proto:11:5 | Found an incorrect indentation style \"    \". \"  \" is correct. | @6-6",
            ]
        );
    }
}
