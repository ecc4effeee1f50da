//! TSLint, which is no longer made and still run.
//!
//! `src/formatters/`: `proseFormatter.ts` writes `{SEVERITY}: {file}:{line}:{column} - {failure}` (before 5.12
//! `{SEVERITY}: {file}[{line}, {column}]: {failure}`), `verboseFormatter.ts` puts `({rule})` before the file,
//! `stylishFormatter.ts` writes the file and, below, `{SEVERITY}: {line}:{column}  {rule}  {failure}`,
//! `msbuildFormatter.ts` `{file}({line},{column}): {severity} {ruleInCamelCase}: {failure}`.

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

pub const BRACKETS: Form = Form {
    tool: "tslint",
    kind: Kind::LintError,
    wakes: &[".ts[", ".tsx[", ".js[", ".jsx["],
    lines: &[
        r"^(?:(?P<level>ERROR|WARNING): )?(?:\((?P<code>[\w-]+)\) )?(?P<path>\S.*?\.[jt]sx?)\[(?P<line>\d+), (?P<column>\d+)\]: (?P<message>.+)$",
    ],
    mild: &["warning"],
    ..Form::DEFAULT
};

pub const PROSE: Form = Form {
    tool: "tslint",
    kind: Kind::LintError,
    wakes: &["ERROR: "],
    lines: &[r"^ERROR: (?P<path>\S.*?\.[jt]sx?):(?P<line>\d+):(?P<column>\d+) - (?P<message>.+)$"],
    ..Form::DEFAULT
};

pub const STYLISH: Form = Form {
    tool: "tslint",
    kind: Kind::LintError,
    wakes: &["ERROR: "],
    lines: &[
        r"^(?P<path>\S.*?\.[jt]sx?)(?::\d+:\d+)?$",
        r"^(?P<level>ERROR|WARNING): (?P<line>\d+):(?P<column>\d+) +(?P<code>[\w-]+) +(?P<message>\S.*)$",
    ],
    repeats: true,
    mild: &["warning"],
    looks_back: true,
    ..Form::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::told;

    // Printed by TSLint 6.1; the first line as 5.11 did.
    #[test]
    fn all_its_forms_are_read() {
        let log = "\
ERROR: src/a.ts[1, 5]: missing semicolon
ERROR: (prefer-const) src/a.ts[2, 5]: Identifier 'a' is never reassigned.
WARNING: (prefer-const) src/a.ts[3, 5]: Identifier 'a' is never reassigned.
ERROR: src/a.ts:4:5 - Missing semicolon
src/a.ts:5:1
ERROR: 5:1    semicolon     Missing semicolon
ERROR: 16:12  prefer-const  Identifier 'b' is never reassigned.
";
        assert_eq!(
            told(log),
            [
                "tslint lint_error | src/a.ts:1:5 | missing semicolon | @1-1",
                "tslint lint_error | src/a.ts:2:5 | prefer-const | Identifier 'a' is never reassigned. | @2-2",
                "tslint lint_error | src/a.ts:4:5 | Missing semicolon | @4-4",
                "tslint lint_error | src/a.ts:5:1 | semicolon | Missing semicolon | @6-6",
                "tslint lint_error | src/a.ts:16:12 | prefer-const | Identifier 'b' is never reassigned. | @7-7",
            ]
        );
    }
}
