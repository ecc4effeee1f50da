//! What is asked about a crate beside compiling it: cargo-deny, cargo-audit, cargo-semver-checks.
//!
//! cargo-deny prints by codespan-reporting: `error[{code}]: {message}`, ` ┌─ {file}:{line}:{column}`. cargo-audit,
//! `src/presenter.rs`: rows `Crate:`, `Version:`, `Title:`, `ID:`, `Solution:`. cargo-semver-checks, `src/check_release.rs`:
//! `--- failure {lint}: {title} ---`, and `Failed in:` with `{what} in {file}:{line}`.

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

pub const DENY: Form = Form {
    tool: "cargo-deny",
    kind: Kind::DependencyIssue,
    wakes: &[" ┌─ "],
    looks_back: true,
    lines: &[
        r"^error\[(?P<code>[a-z][a-z-]+)\]: (?P<message>.+)$",
        r"^ +┌─ (?P<path>\S.*?):(?P<line>\d+):(?P<column>\d+)$",
    ],
    more: Some(r"^ *\d* *[│┃·].*$"),
    ..Form::DEFAULT
};

pub const AUDIT: Form = Form {
    tool: "cargo-audit",
    kind: Kind::DependencyIssue,
    wakes: &["Crate:     "],
    lines: &[
        r"^Crate: +\S+$",
        r"^Title: +(?P<message>\S.*)$",
        r"^ID: +(?P<code>\S+)$",
        r"^Solution: +(?P<suggestion>\S.*)$",
    ],
    between: Some(r"^(?:Version|Date|URL|Severity|Warning): +\S"),
    ..Form::DEFAULT
};

pub const SEMVER: Form = Form {
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
    fn each_is_told_with_what_would_mend_it() {
        let deny = "\
error[vulnerability]: Potential segfault in the time crate
   ┌─ /home/runner/work/x/x/Cargo.lock:12:1
   │
12 │ time 0.1.43 registry
   │ ---------- security vulnerability detected
";
        assert_eq!(
            told(deny),
            [
                "cargo-deny dependency_issue | Cargo.lock:12:1 | vulnerability | Potential segfault in the time crate | @1-5"
            ]
        );
        let audit = "\
Crate:     time
Version:   0.1.43
Title:     Potential segfault in the time crate
Date:      2020-11-18
ID:        RUSTSEC-2020-0071
URL:       https://rustsec.org/advisories/RUSTSEC-2020-0071
Severity:  6.2 (medium)
Solution:  Upgrade to >=0.2.23
";
        assert_eq!(
            told(audit),
            [
                "cargo-audit dependency_issue | RUSTSEC-2020-0071 | Potential segfault in the time crate | -> Upgrade to >=0.2.23 | @1-8"
            ]
        );
        let semver = "\
--- failure function_missing: pub fn removed or renamed ---

Description:
A publicly-visible function cannot be imported by its prior path.
        ref: https://doc.rust-lang.org/cargo/reference/semver.html#item-remove

Failed in:
  function shop::add, previously in file src/lib.rs:11
";
        assert_eq!(
            told(semver),
            ["cargo-semver-checks lint_error | src/lib.rs:11 | function_missing | pub fn removed or renamed | @1-8"]
        );
    }
}
