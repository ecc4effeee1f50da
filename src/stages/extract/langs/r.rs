//! R: a script that stopped.

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

/// Rscript that stopped (`src/main/errors.c`, `verrorcall_dflt`): `Error in f(1) : message`, then `Execution halted`.
pub const CALLED: Form = Form {
    tool: "r",
    kind: Kind::RuntimeError,
    wakes: &["Error in "],
    lines: &[r"^Error in .+? ?: ?(?P<message>\S.*)$", r"^Execution halted$"],
    between: Some(r"^Calls: |^ {2}|^In addition: |^Backtrace:|^\s*$"),
    ..Form::DEFAULT
};

/// The same where nothing was called: `Error: message`, as every other tool writes too.
pub const BARE: Form = Form {
    wakes: &["Execution halted"],
    looks_back: true,
    lines: &[r"^Error: (?P<message>\S.*)$", r"^Execution halted$"],
    between: None,
    ..CALLED
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::check_only;

    #[test]
    fn an_error_is_told_where_the_script_halted() {
        check_only("Error in open(1) : no till\nCalls: open\nExecution halted", "r runtime_error | no till | @1-3");
        check_only("Error: no till\nExecution halted", "r runtime_error | no till | @1-2");
    }
}
