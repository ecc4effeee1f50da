//! The Swift compiler, plain and made pretty.

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

/// swiftc and, through xcodebuild, clang (`lib/Frontend/PrintingDiagnosticConsumer.cpp`): `path:3:5: error: message`.
pub const PLAIN: Form = Form {
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

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::check_only;

    #[test]
    fn it_is_read_plain_and_pretty() {
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
}
