//! PHP CS Fixer: files that it would change.

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

/// PHP CS Fixer (`src/Console/Report/FixReport/TextReporter.php`): `   1) src/Shop.php (braces, indentation)`, then,
/// if asked for, a diff.
pub const FORM: Form = Form {
    tool: "php-cs-fixer",
    kind: Kind::FormatError,
    wakes: &["   1) ", "   2) ", "   3) ", ".php ("],
    lines: &[r"^ {1,4}\d+\) (?P<path>\S.*\.php)(?: \((?P<message>[\w/, ]+)\))?$"],
    says: "the file would be changed",
    ..Form::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::check;

    #[test]
    fn files_are_listed_with_their_rules() {
        let log = "\
Loaded config default from \".php-cs-fixer.dist.php\".
   1) src/Shop.php (braces, no_trailing_whitespace)
      ---------- begin diff ----------
--- src/Shop.php
   2) src/Till.php

Found 2 of 9 files that can be fixed in 0.050 seconds, 12.00 MB memory used
";
        check(
            log,
            &[
                "php-cs-fixer format_error | src/Shop.php | braces, no_trailing_whitespace | @2-2",
                "php-cs-fixer format_error | src/Till.php | the file would be changed | @5-5",
            ],
        );
    }
}
