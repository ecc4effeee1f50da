//! swift-format and SwiftFormat: files that are not formatted.

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

/// swift-format (`[Indentation]`) and SwiftFormat (`(indent)`) with `--lint`.
pub const FORM: Form = Form {
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
    fn it_is_not_taken_for_the_compiler() {
        check_only(
            "Sources/Till.swift:3:5: warning: [Indentation] replace leading whitespace with 2 spaces",
            "swift-format format_error | Sources/Till.swift:3:5 | Indentation | replace leading whitespace with 2 spaces | @1-1",
        );
    }
}
