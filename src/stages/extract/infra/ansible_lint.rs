//! ansible-lint: one line a violation (`pep8`, `parseable`), or the rule's line above the place (`full`, the old default).
//!
//! `src/ansiblelint/formatters/__init__.py`: `ParseableFormatter` writes `PATH:LINE[:COLUMN]: RULE: MESSAGE`, `Formatter` writes
//! `RULE: MESSAGE` and below it `PATH:LINE[:COLUMN] DETAILS`. A rule is a word of `docs/rules`, with a tag in square
//! brackets; up to version 4 it was `[E201]` or `[201]` without a colon.

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

pub const PARSEABLE: Form = Form {
    tool: "ansible-lint",
    kind: Kind::LintError,
    wakes: &[".yml:\u{1}", ".yaml:\u{1}"],
    lines: &[
        r"^(?P<path>\S[^:]*\.ya?ml|[A-Za-z]:[^:]*\.ya?ml):(?P<line>\d+):(?:(?P<column>\d+):)? \[?(?P<code>E?\d{3}|(?:fqcn|name|yaml|jinja|schema|args|galaxy|meta|[a-z]+(?:-[a-z]+)+)(?:\[[\w-]+\])?)(?:\]|(?:\[/\])?:) (?P<message>.+)$",
    ],
    ..Form::DEFAULT
};

pub const FULL: Form = Form {
    tool: "ansible-lint",
    kind: Kind::LintError,
    wakes: &[".yml:\u{1}", ".yaml:\u{1}"],
    looks_back: true,
    lines: &[
        r"^\[?(?P<code>E?\d{3}|(?:fqcn|name|yaml|jinja|schema|args|galaxy|meta|[a-z]+(?:-[a-z]+)+)(?:\[[\w-]+\])?)(?:\]|(?:\[/\])?:) (?P<message>\S.*)$",
        r"^(?P<path>\S[^:]*\.ya?ml):(?P<line>\d+)(?::(?P<column>\d+))?(?: .*)?$",
    ],
    ..Form::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::told;

    #[test]
    fn one_line_a_violation() {
        let log = "\
site.yml:2:3: name[play][/]: All plays should be named.
site.yml:5: command-instead-of-shell: Use shell only when shell functionality is required.
roles/web/tasks/main.yml:9: [E201] Trailing whitespace
";
        assert_eq!(
            told(log),
            [
                "ansible-lint lint_error | site.yml:2:3 | name[play] | All plays should be named. | @1-1",
                "ansible-lint lint_error | site.yml:5 | command-instead-of-shell | Use shell only when shell functionality is required. | @2-2",
                "ansible-lint lint_error | roles/web/tasks/main.yml:9 | E201 | Trailing whitespace | @3-3",
            ]
        );
    }

    #[test]
    fn the_place_below_the_rule() {
        let log = "\
fqcn[action-core]: Use FQCN for builtin module actions (shell).
site.yml:5:7 Use `ansible.builtin.shell` or `ansible.legacy.shell` instead.

[301] Commands should not change things if nothing needs doing
site.yml:8
Task/Handler: restart
";
        assert_eq!(
            told(log),
            [
                "ansible-lint lint_error | site.yml:5:7 | fqcn[action-core] | Use FQCN for builtin module actions (shell). | @1-2",
                "ansible-lint lint_error | site.yml:8 | 301 | Commands should not change things if nothing needs doing | @4-5",
            ]
        );
    }
}
