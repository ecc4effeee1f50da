//! dnf: packages that no repository has.
//!
//! `dnf/cli/cli.py`: `Error: Unable to find a match: NAME`, `No match for argument: NAME`.

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

pub const FORM: Form = Form {
    tool: "dnf",
    kind: Kind::DependencyIssue,
    wakes: &[
        "Error: Unable to find a match: ",
        "No match for argument: ",
        "Error: Failed to download metadata for repo",
    ],
    lines: &[
        r"^(?:Error: )?(?P<message>(?:Unable to find a match: |No match for argument: |Failed to download metadata for repo ).+)$",
    ],
    ..Form::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::told;

    #[test]
    fn a_package_that_is_not_there_is_told() {
        let log = "Error: Unable to find a match: nope\n";
        assert_eq!(told(log), ["dnf dependency_issue | Unable to find a match: nope | @1-1"]);
    }
}
