//! PHP_CodeSniffer: its report for Emacs.

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

/// PHP_CodeSniffer with `--report=emacs` (`src/Reports/Emacs.php`): `path:3:5: error - message (Code)`; a warning fails the
/// run too, unless the ruleset says otherwise.
pub const EMACS: Form = Form {
    tool: "phpcs",
    kind: Kind::LintError,
    wakes: &[": error - ", ": warning - "],
    lines: &[
        r"^(?P<path>.+?):(?P<line>\d+):(?P<column>\d+): (?:error|warning) - (?P<message>.+?)(?: \((?P<code>\w+(?:\.\w+){1,3})\))?$",
    ],
    ..Form::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::check;

    #[test]
    fn a_line_names_the_place_and_the_sniff() {
        check(
            "src/Shop.php:3:5: error - Missing file doc comment (PEAR.Commenting.FileComment.Missing)",
            &[
                "phpcs lint_error | src/Shop.php:3:5 | PEAR.Commenting.FileComment.Missing | Missing file doc comment | @1-1",
            ],
        );
    }
}
