//! Crystal's compiler.

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

/// Crystal (`src/compiler/crystal/exception.cr`): `In path:2:7`, the source, `Error: message`.
pub const FORM: Form = Form {
    tool: "crystal",
    kind: Kind::BuildError,
    wakes: &[".cr:"],
    lines: &[
        r"^(?:Syntax error in|In|There was a problem .* at) (?P<path>\S.*?\.cr):(?P<line>\d+)(?::(?P<column>\d+))?$",
        r"^Error: (?P<message>\S.*)$",
    ],
    between: Some(r"^\s*$|^\s*\d+ \||^\s+\^"),
    ..Form::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::check;

    // As crystal 1.6 prints it.
    #[test]
    fn the_error_stands_below_the_place_and_the_source() {
        check(
            "Showing last frame. Use --error-trace for full trace.\n\nIn till.cr:2:7\n\n 2 | x + \"a\"\n       ^\nError: expected argument #1 to 'Int32#+' to be Float32, not String",
            &["crystal build_error | till.cr:2:7 | expected argument #1 to 'Int32#+' to be Float32, not String | @3-7"],
        );
    }
}
