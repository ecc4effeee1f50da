//! ktlint: the style of Kotlin, by itself and behind Gradle.

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

/// ktlint's `plain` reporter (`PlainReporter`), whose rules have a rule set's name since 0.49, and its Gradle plugins.
pub static FORM: Form = Form {
    tool: "ktlint",
    kind: Kind::LintError,
    wakes: &[".kt:", ".kts:"],
    lines: &[concat!(
        r"^(?:.*\[ktlint\] )?(?P<path>(?:[A-Za-z]:)?[^\s:][^:]*\.kts?):(?P<line>\d+):(?P<column>\d+):? ",
        r"(?P<message>\S.*?) \((?P<code>[\w-]+(?::[\w:-]+)?)\)$",
    )],
    ..Form::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::check_only;

    #[test]
    fn a_rule_is_named_with_its_rule_set() {
        check_only(
            "src/Tram.kt:3:5: Unexpected indentation (4) (should be 2) (standard:indent)",
            "ktlint lint_error | src/Tram.kt:3:5 | standard:indent | Unexpected indentation (4) (should be 2) | @1-1",
        );
    }
}
