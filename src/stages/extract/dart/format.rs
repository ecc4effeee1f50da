//! The Dart formatter: files that it would change.

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

/// `dart format --set-exit-if-changed` (`lib/src/cli/output.dart` of dart_style); without it the same line stops nothing.
pub const FORM: Form = Form {
    tool: "dart-format",
    kind: Kind::FormatError,
    wakes: &["Changed "],
    lines: &[r"^Changed (?P<path>\S.*\.dart)$"],
    says: "the file would be changed",
    guesses: true,
    ..Form::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::check_only;

    #[test]
    fn a_file_that_would_be_changed_is_told() {
        check_only(
            "Changed lib/till.dart",
            "dart-format format_error | lib/till.dart | the file would be changed | @1-1",
        );
    }
}
