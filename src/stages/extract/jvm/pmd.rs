//! PMD: its text, and what Maven's plugin makes of it.

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

/// PMD's `text` format (`TextRenderer`; of PMD 5 and 6 without the rule), as Gradle prints it too.
pub static TEXT: Form = Form {
    tool: "pmd",
    kind: Kind::LintError,
    wakes: &[".java:\u{2}:", ".kt:\u{2}:", ".jsp:\u{2}:", ".cls:\u{2}:"],
    lines: &[r"^(?: *\[\w+\] )?(?P<path>\S.*\.\w+):(?P<line>\d+):\t(?:(?P<code>\w+):\t)?(?P<message>\S.*)$"],
    ..Form::DEFAULT
};

/// Behind Maven's `pmd:check` (`PmdViolationCheckMojo`).
pub static MAVEN: Form = Form {
    tool: "pmd",
    kind: Kind::LintError,
    wakes: &["PMD Failure: "],
    lines: &[
        r"^\[\w+\] PMD Failure: (?P<path>[^\s:]+):(?P<line>\d+) Rule:(?P<code>\S+) Priority:\d+ (?P<message>\S.*?)\.*$",
    ],
    ..Form::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::check_only;

    #[test]
    fn its_text_and_mavens_plugin_are_read() {
        check_only(
            "/srv/tram/src/Tram.java:12:\tUnusedPrivateField:\tAvoid unused private fields such as 'bell'.",
            "pmd lint_error | ?/srv/tram/src/Tram.java:12 | UnusedPrivateField | Avoid unused private fields such as 'bell'. | @1-1",
        );
        check_only(
            "[INFO] PMD Failure: org.example.Tram:12 Rule:UnusedPrivateField Priority:3 Avoid unused private fields such as 'bell'.",
            "pmd lint_error | org.example.Tram:12 | UnusedPrivateField | Avoid unused private fields such as 'bell' | @1-1",
        );
    }
}
