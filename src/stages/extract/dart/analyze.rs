//! The Dart analyser, with and without Flutter.

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

/// `dart analyze` (`pkg/dartdev/lib/src/commands/analyze.dart`): `  error - path:3:5 - message - code`; infos stop nothing.
pub const PLAIN: Form = Form {
    tool: "dart-analyze",
    kind: Kind::TypeError,
    wakes: &[" error - ", " warning - ", " info - "],
    lines: &[
        r"^\s*(?P<level>error|warning|info) - (?P<path>\S.*?\.\w+):(?P<line>\d+):(?P<column>\d+) - (?P<message>\S.*) - (?P<code>\w+)$",
    ],
    mild: &["info"],
    ..Form::DEFAULT
};

/// `flutter analyze` (`packages/flutter_tools/lib/src/dart/analysis.dart`): `  error • message • path:3:5 • code`; infos stop it too.
pub const FLUTTER: Form = Form {
    tool: "dart-analyze",
    kind: Kind::TypeError,
    wakes: &[" error • ", " warning • ", " info • ", "error - ", "warning - "],
    lines: &[
        r"^\s*(?:error|warning|info|hint|lint) [•-] (?P<message>\S.*) [•-] (?P<path>\S.*?\.\w+):(?P<line>\d+):(?P<column>\d+) [•-] (?:\(.*\) [•-] )?(?P<code>\w+)$",
    ],
    ..Form::DEFAULT
};

/// `dart analyze --format=machine`: severity, type, code, path, line, column, length, message between bars.
pub const MACHINE: Form = Form {
    tool: "dart-analyze",
    kind: Kind::TypeError,
    wakes: &["ERROR|", "WARNING|", "INFO|"],
    lines: &[
        r"^(?P<level>ERROR|WARNING|INFO)\|[A-Z_]+\|(?P<code>[A-Z_0-9]+)\|(?P<path>[^|]+)\|(?P<line>\d+)\|(?P<column>\d+)\|\d+\|(?P<message>.+)$",
    ],
    mild: &["info"],
    ..Form::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::check_only;

    #[test]
    fn it_is_read_in_its_three_forms() {
        let expected =
            "dart-analyze type_error | lib/till.dart:3:5 | undefined_identifier | Undefined name 'buy'. | @1-1";
        check_only("  error - lib/till.dart:3:5 - Undefined name 'buy'. - undefined_identifier", expected);
        check_only("  error • Undefined name 'buy'. • lib/till.dart:3:5 • undefined_identifier", expected);
        check_only(
            "ERROR|COMPILE_TIME_ERROR|UNDEFINED_IDENTIFIER|lib/till.dart|3|5|3|Undefined name 'buy'.",
            &expected.replace("undefined_identifier", "UNDEFINED_IDENTIFIER"),
        );
        check_only(
            "   info - lib/till.dart:3:5 - Missing documentation. - public_member_api_docs",
            "[dart-analyze type_error | lib/till.dart:3:5 | public_member_api_docs | Missing documentation. | @1-1]",
        );
    }
}
