//! Django's system checks: what is wrong with a project before anything of it runs.
//!
//! `django/core/checks/messages.py`, `CheckMessage.__str__`: `{object}: ({id}) {message}` and, below, `\tHINT: {hint}`;
//! ids end with a letter for the level and three digits. `django/core/management/base.py`, `check`, puts them below
//! `ERRORS:` and the like, and raises `SystemCheckError` where one is an error.

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

pub const FORM: Form = Form {
    tool: "django",
    kind: Kind::BuildError,
    wakes: &["SystemCheckError: "],
    lines: &[
        r"^(?:[\w.]+\.)?SystemCheckError: System check identified ",
        r"^(?P<message>(?:[\w.?/]|<.+>).*?: \((?P<code>[\w.]+\.[EC]\d{3})\) .+)$",
    ],
    repeats: true,
    between: Some(r"^(?:|[A-Z]+:|\t.*|\S.*: \([\w.]+\.[WID]\d{3}\) .*)$"),
    more: Some(r"^\tHINT: (?P<suggestion>.+)$"),
    ..Form::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::told;

    // Printed by Django 5.2.
    #[test]
    fn every_error_is_told_with_its_hint_and_no_warning() {
        let log = "\
SystemCheckError: System check identified some issues:

ERRORS:
cart.Item.a: (fields.E304) Reverse accessor 'User.item_set' for 'cart.Item.a' clashes.
\tHINT: Add or change a related_name argument.
?: (urls.E004) Your URL pattern is invalid.

WARNINGS:
cart.Item: (models.W042) Auto-created primary key used.
\tHINT: Configure it.

System check identified 3 issues (0 silenced).
";
        assert_eq!(
            told(log),
            [
                "django build_error | fields.E304 | cart.Item.a: (fields.E304) Reverse accessor 'User.item_set' for 'cart.Item.a' clashes. | -> Add or change a related_name argument. | @4-5",
                "django build_error | urls.E004 | ?: (urls.E004) Your URL pattern is invalid. | @6-6",
            ]
        );
    }
}
