//! TeX, Vim script and SQL.

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

/// TeX with `-file-line-error` (`web2c/texmfmp.c`): `./till.tex:12: message`.
pub const TEX: Form = Form {
    tool: "tex",
    kind: Kind::BuildError,
    wakes: &[".tex:", ".sty:", ".cls:"],
    lines: &[r"^(?P<path>\S+\.(?:tex|sty|cls|ltx|dtx)):(?P<line>\d+): (?P<message>\S.*)$"],
    ..Form::DEFAULT
};

/// TeX without it (`tex.web`, `error`): `! message`, then `l.12 source`.
pub const TEX_PLAIN: Form = Form {
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

/// Vint (`vint/linting/formatter/formatter.py`): `path:3:5: message (see …)`.
pub const VINT: Form = Form {
    tool: "vint",
    kind: Kind::LintError,
    wakes: &[".vim:", "vimrc:"],
    lines: &[r"^(?P<path>\S.*?(?:\.vim|vimrc)):(?P<line>\d+):(?P<column>\d+): (?P<message>\S.*)$"],
    ..Form::DEFAULT
};

/// SQLFluff (`src/sqlfluff/cli/formatters.py`): `== [path] FAIL`, then `L:   3 | P:   5 | LT01 | message`.
pub const SQLFLUFF: Form = Form {
    tool: "sqlfluff",
    kind: Kind::LintError,
    wakes: &["] FAIL"],
    lines: &[
        r"^== \[(?P<path>.+)\] FAIL$",
        r"^L: +(?P<line>\d+) \| P: +(?P<column>\d+) \| +(?P<code>\w+) \| (?P<message>\S.*)$",
    ],
    repeats: true,
    between: Some(r"^ +\|"),
    ..Form::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::check;

    #[test]
    fn tex_vim_and_sql_are_read() {
        check(
            "./till.tex:12: Undefined control sequence.\nl.12 \\buy",
            &["tex build_error | till.tex:12 | Undefined control sequence. | @1-1"],
        );
        check(
            "! Undefined control sequence.\n<recently read> \\buy\n\nl.12 \\buy",
            &["tex build_error | Undefined control sequence. | @1-4"],
        );
        check(
            "plugin/till.vim:3:5: Prefer single quoted strings (see Google VimScript Style Guide (Strings))",
            &[
                "vint lint_error | plugin/till.vim:3:5 | Prefer single quoted strings (see Google VimScript Style Guide (Strings)) | @1-1",
            ],
        );
        check(
            "== [models/till.sql] FAIL\nL:   3 | P:   5 | LT01 | Expected only single space before naked identifier.\n                       | [layout.spacing]\nL:   9 | P:   1 | LT12 | Files must end with a single trailing newline.\nAll Finished!",
            &[
                "sqlfluff lint_error | models/till.sql:3:5 | LT01 | Expected only single space before naked identifier. | @2-2",
                "sqlfluff lint_error | models/till.sql:9:1 | LT12 | Files must end with a single trailing newline. | @4-4",
            ],
        );
    }
}
