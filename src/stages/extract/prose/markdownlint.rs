//! markdownlint: markdownlint-cli, markdownlint-cli2 and Ruby's mdl.
//!
//! markdownlint-cli2 (README, "Output Formatters", `markdownlint-cli2-formatter-default`) and markdownlint-cli print
//! `name:line[:column] [error|warning] rule/alias description [detail] [Context: "…"]`; before 2025 without the level,
//! and markdownlint-cli of old wrote `name: line: rule/alias`. mdl (`lib/mdl.rb`): `name:line: MD013 description`.

use crate::stages::extract::form::Form;

pub const FORM: Form = Form {
    tool: "markdownlint",
    wakes: &[" MD0\u{1}"],
    lines: &[
        r"^(?P<path>\S[^:]*): ?(?P<line>\d+)(?::(?P<column>\d+))?:? (?:(?P<level>error|warning) )?(?P<code>MD\d{3})(?:/[\w/-]+)? (?P<message>\S.*)$",
    ],
    mild: &["warning"],
    ..Form::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::told;

    #[test]
    fn every_generation_of_the_line_is_read() {
        let log = "\
docs/a.md:3:5 error MD009/no-trailing-spaces Trailing spaces [Expected: 0 or 2; Actual: 3]
docs/a.md:4 MD032/blanks-around-lists Lists should be surrounded by blank lines [Context: \"* a\"]
docs/a.md: 7: MD012/no-multiple-blanks Multiple consecutive blank lines [Expected: 1; Actual: 2]
docs/a.md:9: MD013 Line length
docs/a.md:11 warning MD013/line-length Line length
";
        assert_eq!(
            told(log),
            [
                "markdownlint lint_error | docs/a.md:3:5 | MD009 | Trailing spaces [Expected: 0 or 2; Actual: 3] | @1-1",
                "markdownlint lint_error | docs/a.md:4 | MD032 | Lists should be surrounded by blank lines [Context: \"* a\"] | @2-2",
                "markdownlint lint_error | docs/a.md:7 | MD012 | Multiple consecutive blank lines [Expected: 1; Actual: 2] | @3-3",
                "markdownlint lint_error | docs/a.md:9 | MD013 | Line length | @4-4",
            ]
        );
    }
}
