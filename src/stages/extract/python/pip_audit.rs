//! pip-audit: packages with known vulnerabilities.
//!
//! `pip_audit/_format/columns.py`: a table `Name Version ID Fix Versions`, a row of dashes, then a row each.

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

pub const FORM: Form = Form {
    tool: "pip-audit",
    kind: Kind::DependencyIssue,
    wakes: &["Fix Versions"],
    lines: &[
        r"^Name +Version +ID +Fix Versions",
        r"^(?P<message>\S+ +\S+) +(?P<code>(?:PYSEC|GHSA|CVE|OSV)-\S+)(?: +(?P<suggestion>\d\S*))?",
    ],
    repeats: true,
    between: Some("^-[- ]+$"),
    ..Form::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::told;

    #[test]
    fn every_row_is_a_package() {
        let log = "\
Found 2 known vulnerabilities in 2 packages
Name   Version ID             Fix Versions
------ ------- -------------- ------------
jinja2 2.4.1   PYSEC-2014-8   2.7.3
flask  0.5     CVE-2018-1     
";
        assert_eq!(
            told(log),
            [
                "pip-audit dependency_issue | PYSEC-2014-8 | jinja2 2.4.1 | -> 2.7.3 | @4-4",
                "pip-audit dependency_issue | CVE-2018-1 | flask  0.5 | @5-5",
            ]
        );
    }
}
