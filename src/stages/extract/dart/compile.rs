//! The Dart compilers, with and without Flutter.

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

/// The compilers (`pkg/front_end/lib/src/api_prototype/terminal_color_support.dart`, `command_line_reporting.dart`): `path:3:5: Error: message`.
pub const FORM: Form = Form {
    tool: "dart",
    kind: Kind::BuildError,
    wakes: &[".dart:"],
    lines: &[
        r"^(?:ERROR: |Error \(Xcode\): )?(?P<path>\S.*?\.dart):(?P<line>\d+):(?P<column>\d+): Error: (?P<message>\S.*)$",
    ],
    ..Form::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::check_only;

    #[test]
    fn an_error_is_told_with_its_place() {
        check_only(
            "lib/till.dart:3:5: Error: Method not found: 'buy'.\n    buy();\n    ^^^",
            "dart build_error | lib/till.dart:3:5 | Method not found: 'buy'. | @1-1",
        );
        check_only(
            "Failed to build iOS app\nError (Xcode): lib/till.dart:3:5: Error: Method not found: 'buy'.\n",
            "dart build_error | lib/till.dart:3:5 | Method not found: 'buy'. | @2-2",
        );
    }
}
