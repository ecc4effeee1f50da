//! nox: which session failed, where no tool inside of it has said why.
//!
//! `nox/sessions.py` and `nox/command.py`: `nox > Command {command} failed with exit code {code}`,
//! `nox > Session {name} failed.`.

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

pub const FORM: Form = Form {
    tool: "nox",
    kind: Kind::RuntimeError,
    wakes: &["nox > "],
    lines: &[
        r"^nox > (?P<message>Command .+ failed with exit code .+|Session .+ (?:raised exception|aborted).*|Program .+ not found.*|Error while .+)$",
    ],
    wraps: true,
    ..Form::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::told;

    // Printed by nox 2026.
    #[test]
    fn a_session_is_told_by_the_command_that_failed() {
        assert_eq!(
            told(
                "nox > Command python -c 'raise SystemExit(2)' failed with exit code 2\nnox > Session tests failed.\n"
            ),
            ["nox runtime_error | Command python -c 'raise SystemExit(2)' failed with exit code 2 | @1-1"]
        );
    }
}
