//! cargo-semver-checks: changes that break who depends on the crate.
//!
//! `src/check_release.rs`: `--- failure {lint}: {title} ---`, and `Failed in:` with `{what} in {file}:{line}`.

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

pub const FORM: Form = Form {
    tool: "cargo-semver-checks",
    kind: Kind::LintError,
    wakes: &["--- failure "],
    lines: &[
        r"^--- failure (?P<code>\w+): (?P<message>.+) ---$",
        r"^  \S.*? in (?:file )?(?P<path>\S+):(?P<line>\d+)$",
    ],
    between: Some(r"^(?:$|[A-Z].*| +(?:ref|impl): .*|\S.*)$"),
    ..Form::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::told;

    #[test]
    fn what_was_removed_is_told_with_the_place_it_had() {
        let log = "\
--- failure function_missing: pub fn removed or renamed ---

Description:
A publicly-visible function cannot be imported by its prior path.
        ref: https://doc.rust-lang.org/cargo/reference/semver.html#item-remove

Failed in:
  function shop::add, previously in file src/lib.rs:11
";
        assert_eq!(
            told(log),
            ["cargo-semver-checks lint_error | src/lib.rs:11 | function_missing | pub fn removed or renamed | @1-8"]
        );
    }
}
