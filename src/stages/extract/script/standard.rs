//! standard, and those that are made of its engine: semistandard, ts-standard, standardx.
//!
//! `standard-engine/lib/cmd.js`: `{name}: {tagline} ({homepage})`, then `  {file}:{line}:{column}: {message}` each, with the
//! rule in brackets since 14 (before only with `--verbose`), and ` (warning)` on what does not count yet.

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

pub const FORM: Form = Form {
    tool: "standard",
    kind: Kind::LintError,
    wakes: &["standard: ", "standardx: "],
    lines: &[
        r"^(?:\w+-?)?standardx?: .+",
        r"^  (?P<path>\S.*?\.(?:[cm]?[jt]sx?|vue|svelte|html?|md)):(?P<line>\d+):(?P<column>\d+): (?P<message>.+?)(?: \((?P<code>[@\w/-]+)\))?(?: \((?P<level>warning)\))?$",
    ],
    repeats: true,
    between: Some("^(?:\\w+-?)?standardx?: "),
    mild: &["warning"],
    ..Form::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::told;

    // Printed by standard 17.
    #[test]
    fn problems_stand_below_its_name() {
        let log = "\
standard: Use JavaScript Standard Style (https://standardjs.com)
standard: Run `standard --fix` to automatically fix some problems.
  /home/runner/work/x/x/src/a.js:1:10: 'x' is defined but never used. (no-unused-vars)
  /home/runner/work/x/x/src/a.js:3:1: Unexpected var, use let or const instead. (no-var) (warning)
  /home/runner/work/x/x/src/a.js:4:12: Missing space before function parentheses.
";
        assert_eq!(
            told(log),
            [
                "standard lint_error | src/a.js:1:10 | no-unused-vars | 'x' is defined but never used. | @3-3",
                "standard lint_error | src/a.js:4:12 | Missing space before function parentheses. | @5-5",
            ]
        );
    }
}
