//! scss-lint: style sheets in SCSS and CSS.

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

/// `lib/scss_lint/reporter/default_reporter.rb`, a twin of haml-lint's with a column: `path:line:column [W] Linter: message`. It fails on
/// warnings too.
pub const FORM: Form = Form {
    tool: "scss-lint",
    kind: Kind::LintError,
    wakes: &[" [W] ", " [E] "],
    lines: &[
        r"^(?P<path>\S.*\.s?css):(?P<line>\d+)(?::(?P<column>\d+))? \[[WE]\] (?:(?P<code>\w+): )?(?P<message>.+)$",
    ],
    ..Form::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::check_only;

    #[test]
    fn a_complaint_names_a_file_a_line_a_column_and_a_rule() {
        check_only(
            "app/a.scss:2:3 [W] ImportantRule: !important should not be used",
            "scss-lint lint_error | app/a.scss:2:3 | ImportantRule | !important should not be used | @1-1",
        );
    }
}
