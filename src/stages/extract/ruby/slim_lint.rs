//! slim-lint: templates in Slim.

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

/// `lib/slim_lint/reporter/default_reporter.rb`, a twin of haml-lint's: `path:line [W] Linter: message`. It fails on warnings too.
pub const FORM: Form = Form {
    tool: "slim-lint",
    kind: Kind::LintError,
    wakes: &[".slim:"],
    lines: &[r"^(?P<path>\S.*\.slim):(?P<line>\d+) \[[WEF]\] (?:(?P<code>\w+): )?(?P<message>.+)$"],
    ..Form::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::check_only;

    #[test]
    fn a_complaint_without_a_rule_names_a_file_and_a_line() {
        check_only(
            "app/views/a.html.slim:7 [E] Illegal nesting",
            "slim-lint lint_error | app/views/a.html.slim:7 | Illegal nesting | @1-1",
        );
    }
}
