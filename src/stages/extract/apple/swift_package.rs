//! Swift's package manager: dependencies that it cannot resolve.

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

/// The package manager (`Sources/PackageGraph/ModulesGraph+Loading.swift`, `PubGrub/DiagnosticReportBuilder.swift`).
pub const FORM: Form = Form {
    tool: "swift-package",
    kind: Kind::DependencyIssue,
    wakes: &["Dependencies could not be resolved because", "Could not resolve package dependencies:"],
    lines: &[
        r"^(?:\S.*: )?error: (?P<message>(?:Dependencies could not be resolved because|Could not resolve package dependencies:).*)$",
    ],
    more: Some(r"^(?P<message>\s+\S.*)$"),
    ..Form::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::check_only;

    #[test]
    fn dependencies_that_cannot_be_resolved_are_told() {
        check_only(
            "error: Dependencies could not be resolved because root depends on 'till' 2.0.0..<3.0.0.",
            "swift-package dependency_issue | Dependencies could not be resolved because root depends on 'till' 2.0.0..<3.0.0. | @1-1",
        );
    }
}
