//! Rollup: a message, and the file below it.
//!
//! `cli/logging.ts`: `[!] {message}`, then `{id} ({line}:{column})`.

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

pub const FORM: Form = Form {
    tool: "rollup",
    kind: Kind::BuildError,
    wakes: &["[!] "],
    lines: &[r"^\[!\] (?:(?P<code>\w*Error): )?(?P<message>.+)$"],
    more: Some(r"^(?:(?P<path>\S[^()]*\.\w+)(?: \((?P<line>\d+):(?P<column>\d+)\))?|\d+: .*| +\^)$"),
    ..Form::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::told;

    // Printed by Rollup 4.
    #[test]
    fn rollup_names_the_file_below_the_message() {
        assert_eq!(
            told(
                "[!] RollupError: src/syn.js (1:10): Expression expected\nsrc/syn.js (1:10)\n1: const x = ;\n             ^\n"
            ),
            ["rollup build_error | src/syn.js:1:10 | RollupError | src/syn.js (1:10): Expression expected | @1-4"]
        );
    }
}
