//! cargo-audit: dependencies with known vulnerabilities.
//!
//! `src/presenter.rs`: rows `Crate:`, `Version:`, `Title:`, `ID:`, `Solution:`.

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

pub const FORM: Form = Form {
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

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::told;

    #[test]
    fn a_vulnerability_is_told_with_what_would_mend_it() {
        let log = "\
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
            told(log),
            [
                "cargo-audit dependency_issue | RUSTSEC-2020-0071 | Potential segfault in the time crate | -> Upgrade to >=0.2.23 | @1-8"
            ]
        );
    }
}
