//! gfortran, GNU's compiler of Fortran.

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

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::check_only;

    #[test]
    fn the_error_stands_below_the_place_and_the_source() {
        check_only(
            "tram.f90:3:8:\n\n    3 | x = y\n      |        1\nError: Symbol 'y' at (1) has no IMPLICIT type",
            "gfortran build_error | tram.f90:3:8 | Symbol 'y' at (1) has no IMPLICIT type | @1-5",
        );
    }
}
