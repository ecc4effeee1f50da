//! haml-lint: templates in Haml.

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

/// `lib/haml_lint/reporter/default_reporter.rb`, whose shape slim-lint and scss-lint share: `path:line [W] Linter: message`. It fails on
/// warnings too.
pub const FORM: Form = Form {
    tool: "haml-lint",
    kind: Kind::LintError,
    wakes: &[".haml:"],
    lines: &[r"^(?P<path>\S.*\.haml):(?P<line>\d+) \[[WEF]\] (?:(?P<code>\w+): )?(?P<message>.+)$"],
    ..Form::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::check_only;

    #[test]
    fn a_complaint_names_a_file_a_line_and_a_rule() {
        check_only(
            "app/views/a b.html.haml:7 [W] TrailingWhitespace: Line contains trailing whitespace",
            "haml-lint lint_error | app/views/a b.html.haml:7 | TrailingWhitespace | Line contains trailing whitespace | @1-1",
        );
    }
}
