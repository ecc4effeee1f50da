//! OCaml's compilers, by themselves and run by dune.

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

/// ocamlc, ocamlopt and dune (`utils/misc.ml`, `parsing/location.ml`): `File "a.ml", line 1, characters 14-17:`, the source, `Error: …`.
pub const FORM: Form = Form {
    tool: "ocaml",
    kind: Kind::BuildError,
    wakes: &[", characters "],
    lines: &[
        r#"^File "(?P<path>[^"]+)", lines? (?P<line>\d+)(?:-\d+)?, characters (?P<column>\d+)-\d+:$"#,
        r"^(?:Error|(?P<level>Warning|Alert))(?: \d+)?(?: \[.+?\])?(?: \(.+?\))?:? ?(?P<message>\S.*)$",
    ],
    between: Some(r"^ *\d+ \||^\s+\^|^\s*$|^\.+ ?\||^ "),
    more: Some(r"^ {2,}(?P<message>\S.*)$"),
    mild: &["warning", "alert"],
    ..Form::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::check_only;

    // As ocamlc 4.13 prints it.
    #[test]
    fn the_error_stands_below_the_place_and_the_source() {
        check_only(
            "File \"till.ml\", line 1, characters 14-17:\n1 | let f x = x + \"a\"\n                  ^^^\nError: This expression has type string but an expression was expected of type\n         int",
            "ocaml build_error | till.ml:1:14 | This expression has type string but an expression was expected of type\nint | @1-5",
        );
    }
}
