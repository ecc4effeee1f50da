//! What shells themselves complain of: scripts they cannot read, and names they do not know.
//!
//! bash (`error.c`, `get_name_for_error` and `error_prolog`): `NAME: line N: MESSAGE`; dash (`src/error.c`, `exverror`): `NAME: N: MESSAGE`. The
//! name is the script's, so a runner's own script gives a path outside of the repository.

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

pub const SYNTAX: Form = Form {
    tool: "shell",
    kind: Kind::BuildError,
    wakes: &[": syntax error near unexpected", ": syntax error: ", "while looking for matching"],
    lines: &[
        r"^(?P<path>\S[^:]*): (?:(?:eval: )?line )?(?P<line>\d+): (?P<message>[Ss]yntax error(?: near unexpected|:).+|unexpected EOF while looking for matching .+)$",
    ],
    more: Some(r"^\S[^:]*: line \d+: `"),
    ..Form::DEFAULT
};

/// Scripts try things and go on: it gives way to a tool that says what failed.
pub const RUN: Form = Form {
    tool: "shell-run",
    kind: Kind::RuntimeError,
    wakes: &[
        ": command not found",
        ": unbound variable",
        ": parameter not set",
        ": cannot execute",
        ": bad interpreter",
        "permission denied",
        ": not found",
    ],
    lines: &[
        r"^(?P<path>\S[^:]*): (?:line )?(?P<line>\d+): (?P<message>\S.*: (?:command not found|unbound variable|parameter not set|cannot execute.*|.*bad interpreter.*|Permission denied|not found))$",
    ],
    guesses: true,
    ..Form::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::told;

    #[test]
    fn scripts_that_cannot_be_read_are_a_build_error() {
        let log = "\
ci/a.sh: line 3: syntax error near unexpected token `fi'
ci/a.sh: line 3: `fi'
ci/b.sh: line 9: syntax error: unexpected end of file
ci/c.sh: 3: Syntax error: end of file unexpected (expecting \"fi\")
";
        assert_eq!(
            told(log),
            [
                "shell build_error | ci/a.sh:3 | syntax error near unexpected token `fi' | @1-2",
                "shell build_error | ci/b.sh:9 | syntax error: unexpected end of file | @3-3",
                "shell build_error | ci/c.sh:3 | Syntax error: end of file unexpected (expecting \"fi\") | @4-4",
            ]
        );
    }

    #[test]
    fn names_that_a_shell_does_not_know_fail_when_they_are_run() {
        let log = "ci/a.sh: line 2: frobnicate: command not found\nci/a.sh: 4: NOPE: parameter not set\n";
        assert_eq!(
            told(log),
            [
                "shell-run runtime_error | ci/a.sh:2 | frobnicate: command not found | @1-1",
                "shell-run runtime_error | ci/a.sh:4 | NOPE: parameter not set | @2-2",
            ]
        );
    }
}
