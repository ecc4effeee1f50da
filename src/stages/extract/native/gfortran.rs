//! gfortran, GNU's compiler of Fortran.
//!
//! Its two forms have two ranks: one is among the tools of C, the other, which reads warnings too, among the languages.

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

/// gfortran (`gfc_diagnostics_starter` in `error.cc`): the place, the source, then what is wrong.
pub static ERROR: Form = Form {
    tool: "gfortran",
    kind: Kind::BuildError,
    wakes: &[".f90:", ".f95:", ".f03:", ".f08:", ".for:", ".f:"],
    lines: &[
        r"^(?P<path>\S.*\.(?:[fF]\d*|for|FOR)):(?P<line>\d+):(?P<column>\d+):$",
        r"^(?:Fatal )?Error: (?P<message>\S.*)$",
    ],
    between: Some(r"^$|^ .*"),
    ..Form::DEFAULT
};

/// gfortran (`gcc/fortran/error.cc`): `path:3:6:`, the source between blank lines, `Error: message`.
pub const ERROR_OR_WARNING: Form = Form {
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

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::{check, check_only};

    #[test]
    fn the_error_stands_below_the_place_and_the_source() {
        check_only(
            "tram.f90:3:8:\n\n    3 | x = y\n      |        1\nError: Symbol 'y' at (1) has no IMPLICIT type",
            "gfortran build_error | tram.f90:3:8 | Symbol 'y' at (1) has no IMPLICIT type | @1-5",
        );
        // As gfortran 12 prints it.
        check(
            "till.f90:3:6:\n\n    3 |   i = \"a\" + y\n      |      1\nError: Operands of binary numeric operator ‘+’ at (1) are CHARACTER(1)/REAL(4)",
            &[
                "gfortran build_error | till.f90:3:6 | Operands of binary numeric operator ‘+’ at (1) are CHARACTER(1)/REAL(4) | @1-5",
            ],
        );
    }
}
