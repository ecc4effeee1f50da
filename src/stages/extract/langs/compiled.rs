//! Nim, Zig, Crystal, D, Fortran and the languages of hardware.

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

/// Nim (`compiler/msgs.nim`, `liMessage`): `path(1, 28) Error: message`.
pub const NIM: Form = Form {
    tool: "nim",
    kind: Kind::BuildError,
    wakes: &[".nim(", ".nims("],
    lines: &[
        r"^(?P<path>\S.*?\.nims?)\((?P<line>\d+), (?P<column>\d+)\) (?P<level>Error|Warning|Hint): (?P<message>\S.*?)(?: \[(?P<code>\w+)\])?$",
    ],
    mild: &["warning", "hint"],
    ..Form::DEFAULT
};

/// Zig (`lib/std/zig/ErrorBundle.zig`): `path:3:5: error: message`, notes below.
pub const ZIG: Form = Form {
    tool: "zig",
    kind: Kind::BuildError,
    wakes: &[".zig:"],
    lines: &[r"^(?P<path>\S.*?\.zig):(?P<line>\d+):(?P<column>\d+): error: (?P<message>\S.*)$"],
    ..Form::DEFAULT
};

/// Crystal (`src/compiler/crystal/exception.cr`): `In path:2:7`, the source, `Error: message`.
pub const CRYSTAL: Form = Form {
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

/// dmd, ldc and gdc's front end (`compiler/src/dmd/errors.d`): `path(3): Error: message`, `path(3,5)` with columns.
pub const DMD: Form = Form {
    tool: "dmd",
    kind: Kind::BuildError,
    wakes: &[".d(", ".di("],
    lines: &[
        r"^(?P<path>\S.*?\.di?)\((?P<line>\d+)(?:,(?P<column>\d+))?\): (?P<level>Error|Warning|Deprecation): (?P<message>\S.*)$",
    ],
    mild: &["warning", "deprecation"],
    ..Form::DEFAULT
};

/// gfortran (`gcc/fortran/error.cc`): `path:3:6:`, the source between blank lines, `Error: message`.
pub const GFORTRAN: Form = Form {
    tool: "gfortran",
    kind: Kind::BuildError,
    wakes: &[".f90:", ".f95:", ".f03:", ".f08:", ".f:", ".for:", ".ftn:"],
    lines: &[
        r"^(?P<path>\S.*?\.(?i:f|f90|f95|f03|f08|for|ftn)):(?P<line>\d+):(?P<column>\d+):$",
        r"^(?:Fatal )?(?P<level>Error|Warning): (?P<message>\S.*)$",
    ],
    between: Some(r"^\s*$|^\s*\d+ \||^[\s|]+\d?"),
    mild: &["warning"],
    ..Form::DEFAULT
};

/// Icarus Verilog (`compiler.h`, `LineInfo.h`): `path:2: error: message`, `path:2: syntax error`.
pub const IVERILOG: Form = Form {
    tool: "iverilog",
    kind: Kind::BuildError,
    wakes: &[".v:", ".sv:", ".vh:", ".svh:"],
    lines: &[r"^(?P<path>[^%\s]\S*\.s?vh?):(?P<line>\d+): (?:(?:error|sorry|(?P<level>warning)): )?(?P<message>\S.*)$"],
    mild: &["warning"],
    ..Form::DEFAULT
};

/// Verilator (`src/V3Error.cpp`): `%Error: path:2:17: message`, `%Warning-WIDTH: …`; warnings stop it unless told otherwise.
pub const VERILATOR: Form = Form {
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
    fn compilers_of_programs_are_read() {
        // As nim 1.6, crystal 1.6 and gfortran 12 print them.
        check(
            "/home/runner/work/shop/shop/till.nim(1, 28) Error: type mismatch: got 'int' for 'x + 1' but expected 'string'",
            &["nim build_error | till.nim:1:28 | type mismatch: got 'int' for 'x + 1' but expected 'string' | @1-1"],
        );
        check(
            "src/till.zig:3:5: error: use of undeclared identifier 'x'\n    x();\n    ^",
            &["zig build_error | src/till.zig:3:5 | use of undeclared identifier 'x' | @1-1"],
        );
        check(
            "Showing last frame. Use --error-trace for full trace.\n\nIn till.cr:2:7\n\n 2 | x + \"a\"\n       ^\nError: expected argument #1 to 'Int32#+' to be Float32, not String",
            &["crystal build_error | till.cr:2:7 | expected argument #1 to 'Int32#+' to be Float32, not String | @3-7"],
        );
        check(
            "source/till.d(3,5): Error: undefined identifier `x`",
            &["dmd build_error | source/till.d:3:5 | undefined identifier `x` | @1-1"],
        );
        check(
            "till.f90:3:6:\n\n    3 |   i = \"a\" + y\n      |      1\nError: Operands of binary numeric operator ‘+’ at (1) are CHARACTER(1)/REAL(4)",
            &[
                "gfortran build_error | till.f90:3:6 | Operands of binary numeric operator ‘+’ at (1) are CHARACTER(1)/REAL(4) | @1-5",
            ],
        );
    }

    #[test]
    fn compilers_of_hardware_are_read() {
        check(
            "till.v:2: syntax error\ntill.v:2: error: syntax error in continuous assignment",
            &[
                "iverilog build_error | till.v:2 | syntax error | @1-1",
                "iverilog build_error | till.v:2 | syntax error in continuous assignment | @2-2",
            ],
        );
        check(
            "%Warning-WIDTH: till.v:3:5: Operator ASSIGNW expects 8 bits\n                : ... In instance t\n%Error: Exiting due to 1 warning(s)",
            &["verilator build_error | till.v:3:5 | WIDTH | Operator ASSIGNW expects 8 bits | @1-1"],
        );
        check(
            "%Error: till.v:2:17: syntax error, unexpected ';', expecting TYPE-IDENTIFIER",
            &["verilator build_error | till.v:2:17 | syntax error, unexpected ';', expecting TYPE-IDENTIFIER | @1-1"],
        );
    }
}
