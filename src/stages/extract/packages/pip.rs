//! pip: what it cannot find, cannot fit together, or cannot build.
//!
//! `src/pip/_internal/resolution/resolvelib/factory.py` (`get_installation_error`, `_report_single_requirement_conflict`), `exceptions.py` (`HashErrors`,
//! `DiagnosticPipError`, `ExternallyManagedEnvironment`), `req/req_file.py`. A build that failed shows its program's own lines indented below
//! `[N lines of output]`: that program's reader says why.

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

pub const NOT_FOUND: Form = Form {
    tool: "pip",
    kind: Kind::DependencyIssue,
    wakes: &["ERROR: Could not find a version that satisfies the requirement "],
    lines: &[
        r"^\s*ERROR: Could not find a version that satisfies the requirement (?P<suggestion>\S.*?\(from versions: .*\))$",
        r"^\s*ERROR: (?P<message>No matching distribution found for .+)$",
    ],
    between: Some(r"^(?:WARNING: |\[notice\]|$)"),
    ..Form::DEFAULT
};

pub const CONFLICT: Form = Form {
    tool: "pip",
    kind: Kind::DependencyIssue,
    wakes: &["because these package versions have conflicting dependencies"],
    lines: &[
        r"^\s*ERROR: (?P<message>Cannot install .+ because these package versions have conflicting dependencies\.)$",
    ],
    more: Some(
        r"^(?:\s*$|The conflict is caused by:|    |To fix this you could try to:|\d\. |Additionally, |(?:ERROR: )?(?P<code>ResolutionImpossible))",
    ),
    ..Form::DEFAULT
};

pub const HASHES: Form = Form {
    tool: "pip",
    kind: Kind::DependencyIssue,
    wakes: &["DO NOT MATCH THE HASHES", "Hashes are required in --require-hashes mode"],
    lines: &[
        r"^\s*ERROR: (?P<message>THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE|(?:In --require-hashes mode|Hashes are required).+)",
    ],
    more: Some(r"^ {4,}"),
    ..Form::DEFAULT
};

pub const OTHER: Form = Form {
    tool: "pip",
    kind: Kind::DependencyIssue,
    wakes: &[
        "ERROR: Could not open requirements file: ",
        "ERROR: Invalid requirement: ",
        "error: externally-managed-environment",
        "requires a different Python: ",
        "ERROR: Directory '",
        "ERROR: File \"",
        "is not a supported wheel on this platform",
        "ERROR: Could not install packages due to an OSError: ",
        "ERROR: Invalid wheel filename",
    ],
    lines: &[
        r"^\s*(?:ERROR|error): (?P<message>(?:Could not open requirements file: (?:\[Errno \d+\] No such file or directory: '(?P<path>.+)')?|Invalid requirement: |externally-managed-environment|Ignored the following versions that require a different python|Package .+ requires a different Python: |Directory '|File \S+ |.* is not a supported wheel on this platform|Could not install packages due to an OSError: |Invalid wheel filename).*)$",
    ],
    ..Form::DEFAULT
};

pub const BUILD: Form = Form {
    tool: "pip-build",
    kind: Kind::DependencyIssue,
    wakes: &[
        "did not run successfully.",
        "ERROR: Failed building wheel for ",
        "Failed to build installable wheels",
        "Could not build wheels for ",
    ],
    lines: &[
        r"^\s*(?:[×x] (?P<message>.+ did not run successfully\.)|ERROR: (?P<code>Failed building wheel|Failed to build installable wheels|Could not build wheels) for .+)$",
    ],
    more: Some(r"^\s*│ "),
    guesses: true,
    ..Form::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::told;

    #[test]
    fn what_is_not_there_is_told_once() {
        let log = "\
ERROR: Could not find a version that satisfies the requirement requests>=99 (from versions: 2.31.0, 2.32.0)
ERROR: No matching distribution found for requests>=99
";
        assert_eq!(
            told(log),
            [
                "pip dependency_issue | No matching distribution found for requests>=99 | -> requests>=99 (from versions: 2.31.0, 2.32.0) | @1-2"
            ]
        );
    }

    #[test]
    fn a_conflict_is_told_with_all_that_explains_it() {
        let log = "\
ERROR: Cannot install requests==2.31.0 and urllib3<1.20 because these package versions have conflicting dependencies.

The conflict is caused by:
    The user requested urllib3<1.20
    requests 2.31.0 depends on urllib3<3 and >=1.21.1

To fix this you could try to:
1. loosen the range of package versions you've specified
2. remove package versions to allow pip to attempt to solve the dependency conflict

ERROR: ResolutionImpossible: for help visit docs
";
        assert_eq!(
            told(log),
            [
                "pip dependency_issue | ResolutionImpossible | Cannot install requests==2.31.0 and urllib3<1.20 because these package versions have conflicting dependencies. | @1-11"
            ]
        );
    }

    #[test]
    fn hashes_and_missing_files_are_told() {
        let log = "\
ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE. If you have updated the package versions, please update the hashes.
    six==1.16.0 from file:///x.whl:
        Expected sha256 0
             Got        1

ERROR: Could not open requirements file: [Errno 2] No such file or directory: 'dev.txt'
";
        assert_eq!(
            told(log),
            [
                "pip dependency_issue | THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE | @1-4",
                "pip dependency_issue | dev.txt | Could not open requirements file: [Errno 2] No such file or directory: 'dev.txt' | @6-6",
            ]
        );
    }
}
