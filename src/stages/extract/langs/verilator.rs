//! Verilator, which makes programs of Verilog.

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

/// Verilator (`src/V3Error.cpp`): `%Error: path:2:17: message`, `%Warning-WIDTH: …`; warnings stop it unless told otherwise.
pub const FORM: Form = Form {
    tool: "verilator",
    kind: Kind::BuildError,
    wakes: &["%Error", "%Warning-"],
    lines: &[
        r"^%(?P<level>Error|Warning)(?:-(?P<code>\w+))?: (?P<path>\S.*?):(?P<line>\d+):(?:(?P<column>\d+):)? (?P<message>\S.*)$",
    ],
    mild: &["warning"],
    verdict: Some(r"^%Error: Exiting due to \d+ warning"),
    ..Form::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::check;

    #[test]
    fn a_warning_is_told_where_it_stops_the_run() {
        check(
            "%Warning-WIDTH: till.v:3:5: Operator ASSIGNW expects 8 bits\n                : ... In instance t\n%Error: Exiting due to 1 warning(s)",
            &["verilator build_error | till.v:3:5 | WIDTH | Operator ASSIGNW expects 8 bits | @1-1"],
        );
    }

    #[test]
    fn an_error_is_told_with_its_place() {
        check(
            "%Error: till.v:2:17: syntax error, unexpected ';', expecting TYPE-IDENTIFIER",
            &["verilator build_error | till.v:2:17 | syntax error, unexpected ';', expecting TYPE-IDENTIFIER | @1-1"],
        );
    }
}
