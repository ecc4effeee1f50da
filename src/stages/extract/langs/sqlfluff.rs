//! SQLFluff: SQL's style.

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

/// SQLFluff (`src/sqlfluff/cli/formatters.py`): `== [path] FAIL`, then `L:   3 | P:   5 | LT01 | message`.
pub const FORM: Form = Form {
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
    fn complaints_stand_below_the_name_of_the_file() {
        check(
            "== [models/till.sql] FAIL\nL:   3 | P:   5 | LT01 | Expected only single space before naked identifier.\n                       | [layout.spacing]\nL:   9 | P:   1 | LT12 | Files must end with a single trailing newline.\nAll Finished!",
            &[
                "sqlfluff lint_error | models/till.sql:3:5 | LT01 | Expected only single space before naked identifier. | @2-2",
                "sqlfluff lint_error | models/till.sql:9:1 | LT12 | Files must end with a single trailing newline. | @4-4",
            ],
        );
    }
}
