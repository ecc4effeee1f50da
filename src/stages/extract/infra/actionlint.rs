//! actionlint: workflow files of GitHub Actions.
//!
//! `error.go`, `Error.PrettyPrint`: `PATH:LINE:COLUMN: MESSAGE [RULE]`, below it the source after a bar and carets; `-oneline` leaves those out.

use crate::stages::extract::form::Form;

pub const FORM: Form = Form {
    tool: "actionlint",
    wakes: &[
        "[syntax-check]",
        "[expression]",
        "[action]",
        "[events]",
        "[job-needs]",
        "[matrix]",
        "[runner-label]",
        "[shell-name]",
        "[shellcheck]",
        "[pyflakes]",
        "[permissions]",
        "[glob]",
        "[id]",
        "[env-var]",
        "[credentials]",
        "[workflow-call]",
        "[deprecated-commands]",
        "[if-cond]",
    ],
    lines: &[r"^(?P<path>\S.*?\.ya?ml):(?P<line>\d+):(?P<column>\d+): (?P<message>.+) \[(?P<code>[a-z-]+)\]$"],
    more: Some(r"^(?:\d+ | +)\|"),
    ..Form::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::told;

    #[test]
    fn a_mistake_in_a_workflow_is_read_with_its_source() {
        let log = "\
.github/workflows/ci.yml:5:5: unexpected key \"stps\" for \"job\" section [syntax-check]
  |
5 |     stps:
  |     ^~~~~
.github/workflows/ci.yml:9:14: label \"ubuntu-lates\" is unknown [runner-label]
";
        assert_eq!(
            told(log),
            [
                "actionlint lint_error | .github/workflows/ci.yml:5:5 | syntax-check | unexpected key \"stps\" for \"job\" section | @1-4",
                "actionlint lint_error | .github/workflows/ci.yml:9:14 | runner-label | label \"ubuntu-lates\" is unknown | @5-5",
            ]
        );
    }
}
