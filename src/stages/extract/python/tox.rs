//! tox: which environment failed, where no tool inside of it has said why.
//!
//! `tox/session/cmd/run/common.py` and `tox/execute/local_sub_process`: `{env}: exit {code} ({seconds} seconds) {cwd}>
//! {command}`, `{env}: failed with {reason}`; tox 3 wrote `ERROR: InvocationError for command {command} (exited with code
//! {code})` and `ERROR:   {env}: InterpreterNotFound: {name}`.

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

pub const FORM: Form = Form {
    tool: "tox",
    kind: Kind::RuntimeError,
    wakes: &[" seconds) ", ": failed with ", "InvocationError for command ", "InterpreterNotFound: "],
    lines: &[concat!(
        r"^(?:[\w.-]+: (?P<code>exit -?[1-9]\d*) \([\d.]+ seconds\) .+?> (?P<message2>.+?)(?: pid=\d+)?",
        r"|(?P<message>[\w.-]+: failed with .+|ERROR: InvocationError for command .+|ERROR: +[\w.-]+: InterpreterNotFound: .+))$"
    )],
    wraps: true,
    ..Form::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::told;

    // Printed by tox 4.
    #[test]
    fn an_environment_is_told_where_nothing_in_it_has_said_why() {
        let tox = "\
py311: commands[0]> python -c 'import sys; sys.exit(3)'
py311: exit 3 (0.08 seconds) /home/runner/work/x/x> python -c 'import sys; sys.exit(3)' pid=5042
  py311: FAIL code 3 (1.86=setup[1.78]+cmd[0.08] seconds)
  evaluation failed :( (4.80 seconds)
";
        assert_eq!(told(tox)[0], "tox runtime_error | exit 3 | python -c 'import sys; sys.exit(3)' | @2-2");
        let linted = format!("app/cart.py:3:1: F401 'os' imported but unused\n{tox}");
        let roots = told(&linted).into_iter().filter(|failure| !failure.starts_with('['));
        assert_eq!(roots.count(), 1);
    }
}
