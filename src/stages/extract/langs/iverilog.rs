//! Icarus Verilog.

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

/// Icarus Verilog (`compiler.h`, `LineInfo.h`): `path:2: error: message`, `path:2: syntax error`.
pub const FORM: Form = Form {
    tool: "iverilog",
    kind: Kind::BuildError,
    wakes: &[".v:", ".sv:", ".vh:", ".svh:"],
    lines: &[r"^(?P<path>[^%\s]\S*\.s?vh?):(?P<line>\d+): (?:(?:error|sorry|(?P<level>warning)): )?(?P<message>\S.*)$"],
    mild: &["warning"],
    ..Form::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::check;

    #[test]
    fn an_error_is_read_with_and_without_its_level() {
        check(
            "till.v:2: syntax error\ntill.v:2: error: syntax error in continuous assignment",
            &[
                "iverilog build_error | till.v:2 | syntax error | @1-1",
                "iverilog build_error | till.v:2 | syntax error in continuous assignment | @2-2",
            ],
        );
    }
}
