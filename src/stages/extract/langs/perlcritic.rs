//! perlcritic: Perl's style.

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

/// perlcritic (`lib/Perl/Critic/Violation.pm`, formats 1 to 5): `path: message at line 1, column 1.  why.  (Severity: 4)`.
pub const FORM: Form = Form {
    tool: "perlcritic",
    kind: Kind::LintError,
    wakes: &["(Severity: "],
    lines: &[
        r"^(?:(?P<path>\S+\.\w+): )?(?P<message>\S.*?) at line (?P<line>\d+), column (?P<column>\d+)\.\s+(?P<suggestion>.*?)\.?\s+\(Severity: \d\)$",
    ],
    ..Form::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::check_only;

    #[test]
    fn the_explanation_is_the_suggestion() {
        check_only(
            "lib/Till.pm: Code before warnings are enabled at line 2, column 1.  See page 431 of PBP.  (Severity: 4)",
            "perlcritic lint_error | lib/Till.pm:2:1 | Code before warnings are enabled | -> See page 431 of PBP | @1-1",
        );
    }
}
