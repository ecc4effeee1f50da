//! dotenv-linter: one line a problem.
//!
//! `dotenv-linter/src/cli/output/check.rs` and `dotenv-lints`' `Warning`: `FILE:LINE CHECK: MESSAGE`; before version 2 the check's name was left
//! out. A file is called `.env` or has it in its name.

use crate::stages::extract::form::Form;

pub const FORM: Form = Form {
    tool: "dotenv-linter",
    wakes: &[
        ".env:\u{1}",
        ".env.dist:\u{1}",
        ".env.example:\u{1}",
        ".env.local:\u{1}",
        ".env.sample:\u{1}",
        ".env.test:\u{1}",
        ".env.production:\u{1}",
        ".env.development:\u{1}",
    ],
    lines: &[
        r"^(?P<path>(?:\S*[/\\])?[\w.-]*\.env[\w.-]*):(?P<line>\d+) (?:(?P<code>[A-Z][A-Za-z]+): )?(?P<message>(?:The |Leading |Trailing |Extra |Duplicated |Invalid |Value |Schema |[A-Z][a-z]+ ).+)$",
    ],
    ..Form::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::told;

    #[test]
    fn a_problem_is_read_with_the_checks_name_or_without() {
        let log = "conf/.env:2 DuplicatedKey: The FOO key is duplicated\n.env.test:1 Leading space detected\nLoaded .env:3 values\n";
        assert_eq!(
            told(log),
            [
                "dotenv-linter lint_error | conf/.env:2 | DuplicatedKey | The FOO key is duplicated | @1-1",
                "dotenv-linter lint_error | .env.test:1 | Leading space detected | @2-2",
            ]
        );
    }
}
