//! The Swift compiler, Swift Testing, xcodebuild, what makes its output pretty, and Swift's linters.

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

/// swiftc and, through xcodebuild, clang (`lib/Frontend/PrintingDiagnosticConsumer.cpp`): `path:3:5: error: message`.
pub const SWIFTC: Form = Form {
    tool: "swiftc",
    kind: Kind::BuildError,
    wakes: &[".swift:"],
    lines: &[
        r"^(?:❌ +|error: )?(?P<path>\S.*?\.swift):(?P<line>\d+):(?P<column>\d+): (?:(?:fatal )?(?P<level>error|warning): )(?P<message>\S.*)$",
    ],
    mild: &["warning"],
    ..Form::DEFAULT
};

/// xcpretty and xcbeautify (`lib/xcpretty/printers/simple.rb`; `TerminalRenderer.swift`): `❌  path:3:5: message`.
pub const PRETTY: Form = Form {
    tool: "swiftc",
    kind: Kind::BuildError,
    wakes: &["❌ "],
    lines: &[
        r"^\s*❌\s+(?P<path>/\S.*?\.\w+):(?P<line>\d+):(?P<column>\d+): (?:fatal error: |error: )?(?P<message>\S.*)$",
    ],
    ..Form::DEFAULT
};

/// A failing test as xcpretty and xcbeautify print it: `    ✖ testOpen, XCTAssertEqual failed: …`.
pub const PRETTY_TEST: Form = Form {
    tool: "xctest",
    kind: Kind::TestFailure,
    wakes: &["✖ test", "✗ test"],
    lines: &[r"^\s+[✖✗] (?P<test>test\w+)(?:\(\))?(?: on '.*?')?,? (?P<message>[^(\s].*?)(?: \(\d+\.\d+ seconds\))?$"],
    ..Form::DEFAULT
};

/// Swift Testing (`Sources/Testing/Events/Recorder/Event.HumanReadableOutputRecorder.swift`): `✘ Test "opens" recorded an issue at
/// Till.swift:12:9: Expectation failed: …`, with another sign where Apple's symbols are at hand.
pub const SWIFT_TESTING: Form = Form {
    tool: "swift-testing",
    kind: Kind::TestFailure,
    wakes: &[" recorded an issue "],
    lines: &[
        r#"^\S+\s+Test "?(?P<test>\S.*?)"? recorded an issue (?:with .+? )?at (?P<path>\S.*?):(?P<line>\d+):(?P<column>\d+): (?P<message>\S.*)$"#,
    ],
    ..Form::DEFAULT
};

/// xcodebuild on signing, which no change of the code mends: certificates, profiles and teams are the machine's.
pub const SIGNING: Form = Form {
    tool: "xcodebuild",
    kind: Kind::Infrastructure,
    wakes: &["development team", "igning certificate", "rovisioning profile", "No profiles for '"],
    lines: &[concat!(
        r"^(?:❌ +)?(?:(?P<path>\S.*?\.\w+): )?error: (?P<message>.*(?:requires a development team|igning certificate|rovisioning profile|No profiles for ').*?)",
        r"(?: \(in target '.*?' from project '.*?'\))?$",
    )],
    ..Form::DEFAULT
};

/// xcodebuild on a target as a whole: packages, resources.
pub const TARGET: Form = Form {
    tool: "xcodebuild",
    kind: Kind::BuildError,
    wakes: &["(in target '"],
    lines: &[r"^(?:❌ +)?(?:(?P<path>\S.*?\.\w+): )?error: (?P<message>\S.*?) \(in target '.*?' from project '.*?'\)$"],
    ..Form::DEFAULT
};

/// xcodebuild on how it was called.
pub const XCODEBUILD: Form = Form {
    tool: "xcodebuild",
    kind: Kind::BuildError,
    wakes: &["xcodebuild: error: "],
    lines: &[r"^xcodebuild: error: (?P<message>\S.*)$"],
    ..Form::DEFAULT
};

/// The package manager (`Sources/PackageGraph/ModulesGraph+Loading.swift`, `PubGrub/DiagnosticReportBuilder.swift`).
pub const SWIFTPM: Form = Form {
    tool: "swift-package",
    kind: Kind::DependencyIssue,
    wakes: &["Dependencies could not be resolved because", "Could not resolve package dependencies:"],
    lines: &[
        r"^(?:\S.*: )?error: (?P<message>(?:Dependencies could not be resolved because|Could not resolve package dependencies:).*)$",
    ],
    more: Some(r"^(?P<message>\s+\S.*)$"),
    ..Form::DEFAULT
};

/// SwiftLint (`Source/SwiftLintFramework/Reporters/XcodeReporter.swift`): `path:3:5: error: Force Cast Violation: message (force_cast)`;
/// with `--strict` a warning is an error.
pub const SWIFTLINT: Form = Form {
    tool: "swiftlint",
    kind: Kind::LintError,
    wakes: &[" Violation: "],
    lines: &[
        r"^(?P<path>\S.*?):(?P<line>\d+)(?::(?P<column>\d+))?: (?P<level>error|warning): (?P<message>.+? Violation: .+?) \((?P<code>\w+)\)$",
    ],
    mild: &["warning"],
    ..Form::DEFAULT
};

/// swift-format (`[Indentation]`) and SwiftFormat (`(indent)`) with `--lint`.
pub const SWIFT_FORMAT: Form = Form {
    tool: "swift-format",
    kind: Kind::FormatError,
    wakes: &[": warning: [", ": error: [", ": error: (", ": warning: ("],
    lines: &[
        r"^(?P<path>\S.*?\.swift):(?P<line>\d+):(?P<column>\d+): (?:error|warning): [\[(](?P<code>\w+)[\])] (?P<message>\S.*)$",
    ],
    ..Form::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::check_only;

    #[test]
    fn the_compiler_is_read_plain_and_pretty() {
        check_only(
            "/Users/runner/work/shop/shop/Sources/Till.swift:3:5: error: cannot find 'buy' in scope\n    buy()\n    ^~~",
            "swiftc build_error | Sources/Till.swift:3:5 | cannot find 'buy' in scope | @1-1",
        );
        check_only(
            "❌  /Users/runner/work/shop/shop/Sources/Till.swift:3:5: cannot find 'buy' in scope\n\n    buy()\n",
            "swiftc build_error | Sources/Till.swift:3:5 | cannot find 'buy' in scope | @1-1",
        );
        check_only(
            "Sources/Till.swift:9:5: warning: variable 'x' was never used",
            "[swiftc build_error | Sources/Till.swift:9:5 | variable 'x' was never used | @1-1]",
        );
    }

    #[test]
    fn tests_are_read_where_xctest_does_not_print_them() {
        check_only(
            "✘ Test \"opens\" recorded an issue at TillTests.swift:12:9: Expectation failed: (till.open → -1) == 3",
            "swift-testing test_failure | TillTests.swift:12:9 | opens | Expectation failed: (till.open → -1) == 3 | @1-1",
        );
        check_only(
            "    ✖ testOpen, XCTAssertEqual failed: (\"-1\") is not equal to (\"3\")",
            "xctest test_failure | testOpen | XCTAssertEqual failed: (\"-1\") is not equal to (\"3\") | @1-1",
        );
    }

    #[test]
    fn xcodebuild_and_packages_are_read() {
        check_only(
            "/Users/runner/work/shop/shop/Shop.xcodeproj: error: Signing for \"Shop\" requires a development team. (in target 'Shop' from project 'Shop')",
            "xcodebuild infrastructure | Shop.xcodeproj | Signing for \"Shop\" requires a development team. | @1-1",
        );
        check_only(
            "xcodebuild: error: The workspace named \"Shop\" does not contain a scheme named \"Till\".",
            "xcodebuild build_error | The workspace named \"Shop\" does not contain a scheme named \"Till\". | @1-1",
        );
        check_only(
            "error: Dependencies could not be resolved because root depends on 'till' 2.0.0..<3.0.0.",
            "swift-package dependency_issue | Dependencies could not be resolved because root depends on 'till' 2.0.0..<3.0.0. | @1-1",
        );
    }

    #[test]
    fn linters_are_not_taken_for_the_compiler() {
        check_only(
            "/Users/runner/work/shop/shop/Sources/Till.swift:3:5: error: Force Cast Violation: Force casts should be avoided (force_cast)",
            "swiftlint lint_error | Sources/Till.swift:3:5 | force_cast | Force Cast Violation: Force casts should be avoided | @1-1",
        );
        check_only(
            "Sources/Till.swift:3:5: warning: [Indentation] replace leading whitespace with 2 spaces",
            "swift-format format_error | Sources/Till.swift:3:5 | Indentation | replace leading whitespace with 2 spaces | @1-1",
        );
    }
}
