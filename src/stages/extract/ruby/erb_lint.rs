//! erb_lint: templates in ERB.

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

/// erb_lint's own form (`lib/erb_lint/reporters/multiline_reporter.rb`): the message, then where.
pub const MULTILINE: Form = Form {
    tool: "erb-lint",
    kind: Kind::LintError,
    wakes: &["In file: "],
    looks_back: true,
    lines: &[r"^(?P<message>\S.*)$", r"^In file: (?P<path>.+):(?P<line>\d+)$"],
    ..Form::DEFAULT
};

/// `compact_reporter.rb`: `path:line:column: message`, columns from 0.
pub const COMPACT: Form = Form {
    tool: "erb-lint",
    kind: Kind::LintError,
    wakes: &[".erb:"],
    lines: &[r"^(?P<path>\S.*\.erb):(?P<line>\d+):(?P<column>\d+): (?P<message>.+)$"],
    ..Form::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::check_only;

    #[test]
    fn both_forms_are_read() {
        check_only(
            "Linting 1 files with 13 linters...\n\nMissing a trailing newline at the end of the file.\nIn file: app/a.html.erb:4\n",
            "erb-lint lint_error | app/a.html.erb:4 | Missing a trailing newline at the end of the file. | @3-4",
        );
        check_only(
            "app/a.html.erb:4:0: Extra blank line detected.",
            "erb-lint lint_error | app/a.html.erb:4:0 | Extra blank line detected. | @1-1",
        );
    }
}
