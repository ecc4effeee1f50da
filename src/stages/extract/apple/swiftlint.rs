//! SwiftLint: the style of Swift.

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

/// SwiftLint (`Source/SwiftLintFramework/Reporters/XcodeReporter.swift`): `path:3:5: error: Force Cast Violation: message (force_cast)`;
/// with `--strict` a warning is an error.
pub const FORM: Form = Form {
    tool: "swiftlint",
    kind: Kind::LintError,
    wakes: &[" Violation: "],
    lines: &[
        r"^(?P<path>\S.*?):(?P<line>\d+)(?::(?P<column>\d+))?: (?P<level>error|warning): (?P<message>.+? Violation: .+?) \((?P<code>\w+)\)$",
    ],
    mild: &["warning"],
    ..Form::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::check_only;

    #[test]
    fn it_is_not_taken_for_the_compiler() {
        check_only(
            "/Users/runner/work/shop/shop/Sources/Till.swift:3:5: error: Force Cast Violation: Force casts should be avoided (force_cast)",
            "swiftlint lint_error | Sources/Till.swift:3:5 | force_cast | Force Cast Violation: Force casts should be avoided | @1-1",
        );
    }
}
