//! conda: packages that no channel has, and sets of them that do not fit.
//!
//! `conda/exceptions.py`: `PackagesNotFoundError: …`, `LibMambaUnsatisfiableError: …`.

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

pub const FORM: Form = Form {
    tool: "conda",
    kind: Kind::DependencyIssue,
    wakes: &[
        "PackagesNotFoundError: ",
        "LibMambaUnsatisfiableError: ",
        "ResolvePackageNotFound:",
        "UnsatisfiableError: ",
        "Could not solve for environment specs",
    ],
    lines: &[
        r"^(?:(?P<code>PackagesNotFoundError|LibMambaUnsatisfiableError|ResolvePackageNotFound|UnsatisfiableError):|error +libmamba) ?(?P<message>.*)$",
    ],
    more: Some(r"^(?:\s+|\s*- )\S"),
    ..Form::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::told;

    #[test]
    fn packages_that_are_not_there_are_told() {
        let log = "\
PackagesNotFoundError: The following packages are not available from current channels:
  - nope
";
        let told = told(log);
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(
            told[0].starts_with(
                "conda dependency_issue | PackagesNotFoundError | The following packages are not available"
            ),
            "{told:?}"
        );
    }
}
