//! TeX, with and without `-file-line-error`.

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

/// TeX with `-file-line-error` (`web2c/texmfmp.c`): `./till.tex:12: message`.
pub const FILE_LINE: Form = Form {
    tool: "tex",
    kind: Kind::BuildError,
    wakes: &[".tex:", ".sty:", ".cls:"],
    lines: &[r"^(?P<path>\S+\.(?:tex|sty|cls|ltx|dtx)):(?P<line>\d+): (?P<message>\S.*)$"],
    ..Form::DEFAULT
};

/// TeX without it (`tex.web`, `error`): `! message`, then `l.12 source`.
pub const PLAIN: Form = Form {
    tool: "tex",
    kind: Kind::BuildError,
    wakes: &[
        "! Undefined ",
        "! LaTeX ",
        "! Package ",
        "! Missing ",
        "! Extra ",
        "! Emergency ",
        "! Paragraph ",
        "! Class ",
        "! Misplaced ",
    ],
    lines: &[r"^! (?P<message>\S.*)$", r"^l\.(?P<line>\d+)(?: .*)?$"],
    between: Some(r"^"),
    ..Form::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::check;

    #[test]
    fn both_forms_are_read() {
        check(
            "./till.tex:12: Undefined control sequence.\nl.12 \\buy",
            &["tex build_error | till.tex:12 | Undefined control sequence. | @1-1"],
        );
        check(
            "! Undefined control sequence.\n<recently read> \\buy\n\nl.12 \\buy",
            &["tex build_error | Undefined control sequence. | @1-4"],
        );
    }
}
