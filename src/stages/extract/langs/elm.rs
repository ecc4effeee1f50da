//! Elm's compiler.

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

/// Elm (`compiler/src/Reporting/Doc.hs`, `Reporting/Exit/Help.hs`): `-- TYPE MISMATCH ---- src/Main.elm`, what is wrong, the source.
pub const FORM: Form = Form {
    tool: "elm",
    kind: Kind::BuildError,
    wakes: &[".elm"],
    lines: &[
        r"^-- (?P<code>[A-Z][A-Z0-9 ']+) -{2,} (?P<path>\S.*\.elm)$",
        r"^(?P<message>[A-Z`]\S*\s.*)$",
        r"^(?P<line>\d+)\|.*$",
    ],
    between: Some(r"^"),
    ..Form::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::check_only;

    #[test]
    fn the_message_stands_below_the_file_and_the_line_before_the_source() {
        check_only(
            "-- TYPE MISMATCH --------------------------------------------- src/Main.elm\n\nThe 2nd argument to `open` is not what I expect:\n\n9| main = open 1 \"x\"\n                 ^^^",
            "elm build_error | src/Main.elm:9 | TYPE MISMATCH | The 2nd argument to `open` is not what I expect: | @1-5",
        );
    }
}
