//! zizmor: what is unsafe in workflow files. It draws as rustc does.
//!
//! `crates/zizmor/src/output/plain.rs`: `LEVEL[AUDIT]: TITLE`, `--> PATH:LINE:COLUMN`, the source, notes after `=`. Every level counts from
//! `--min-severity` on (README, "Exit codes": 11 to 14).

use crate::stages::extract::form::Form;

pub const FORM: Form = Form {
    tool: "zizmor",
    wakes: &["error[", "warning[", "help[", "info["],
    lines: &[
        r"^(?:error|warning|help|info)\[(?P<code>[a-z]+(?:-[a-z]+)*)\]: (?P<message>.+)$",
        r"^ *--> (?P<path>.+\.ya?ml):(?P<line>\d+):(?P<column>\d+)$",
    ],
    more: Some(r"^ *(?:\d+ *)?[|=]|^\.\.\."),
    ..Form::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::told;

    #[test]
    fn a_finding_is_read_with_its_source_and_is_none_of_rustcs() {
        let log = "\
warning[artipacked]: credential persistence through GitHub Actions artifacts
 --> ./.github/workflows/ci.yml:6:9
  |
6 |       - uses: actions/checkout@v4
  |         ^^^^^^^^^^^^^^^^^^^^^^^^^ does not set persist-credentials: false
  |
  = note: audit confidence → Low

error[dangerous-triggers]: use of fundamentally insecure workflow trigger
 --> ./.github/workflows/ci.yml:1:1
";
        assert_eq!(
            told(log),
            [
                "zizmor lint_error | .github/workflows/ci.yml:6:9 | artipacked | credential persistence through GitHub Actions artifacts | @1-7",
                "zizmor lint_error | .github/workflows/ci.yml:1:1 | dangerous-triggers | use of fundamentally insecure workflow trigger | @9-10",
            ]
        );
    }
}
