//! PHP's linters, each complaint a line.

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

/// PHP_CodeSniffer with `--report=emacs` (`src/Reports/Emacs.php`): `path:3:5: error - message (Code)`; a warning fails the
/// run too, unless the ruleset says otherwise.
pub const PHPCS_EMACS: Form = Form {
    tool: "phpcs",
    kind: Kind::LintError,
    wakes: &[": error - ", ": warning - "],
    lines: &[
        r"^(?P<path>.+?):(?P<line>\d+):(?P<column>\d+): (?:error|warning) - (?P<message>.+?)(?: \((?P<code>\w+(?:\.\w+){1,3})\))?$",
    ],
    ..Form::DEFAULT
};

/// Psalm's one-line forms (`src/Psalm/Report/EmacsReport.php`, `TextReport.php`): `path:3:14:error - InvalidReturnType: message`.
pub const PSALM_TEXT: Form = Form {
    tool: "psalm",
    kind: Kind::TypeError,
    wakes: &[":error - ", ":warning - ", ":info - "],
    lines: &[
        r"^(?P<path>.+?):(?P<line>\d+):(?P<column>\d+):(?P<level>error|warning|info) - (?:(?P<code>\w+): )?(?P<message>.+)$",
    ],
    mild: &["warning", "info"],
    ..Form::DEFAULT
};

/// Psalm's console form up to version 5 (`ConsoleReport.php`): `ERROR: InvalidReturnType - path:3:14 - message (see …)`; what is
/// only `INFO:` stops nothing, and green logs are full of that word.
pub const PSALM_CONSOLE: Form = Form {
    tool: "psalm",
    kind: Kind::TypeError,
    wakes: &["ERROR: "],
    lines: &[
        r"^ERROR: (?P<code>[A-Z]\w+) - (?P<path>.+?):(?P<line>\d+):(?P<column>\d+) - (?P<message>.+?)(?: \(see https?://\S+\))?$",
    ],
    ..Form::DEFAULT
};

/// The same from version 6 on: each part on a line.
pub const PSALM_CONSOLE_LINES: Form = Form {
    tool: "psalm",
    kind: Kind::TypeError,
    wakes: &["ERROR: "],
    lines: &[
        r"^ERROR: (?P<code>[A-Z]\w+)$",
        r"^at (?P<path>.+?):(?P<line>\d+):(?P<column>\d+)$",
        r"^(?P<message>\S.*?)(?: \(see https?://\S+\))?$",
    ],
    ..Form::DEFAULT
};

/// PHPStan with `--error-format raw` (`RawErrorFormatter.php`): `path:63:message`, since 2.0 with `-v` an identifier.
pub const PHPSTAN_RAW: Form = Form {
    tool: "phpstan",
    kind: Kind::TypeError,
    wakes: &[".php:\u{1}"],
    lines: &[
        r"^(?P<path>[^:\s][^:]*\.php|[A-Za-z]:\\[^:]+\.php):(?P<line>\d+):(?P<message>[A-Z$\\@].*?)(?: \[identifier=(?P<code>[\w.]+)\])?$",
    ],
    ..Form::DEFAULT
};

/// PHP CS Fixer (`src/Console/Report/FixReport/TextReporter.php`): `   1) src/Shop.php (braces, indentation)`, then,
/// if asked for, a diff.
pub const PHP_CS_FIXER: Form = Form {
    tool: "php-cs-fixer",
    kind: Kind::FormatError,
    wakes: &["   1) ", "   2) ", "   3) ", ".php ("],
    lines: &[r"^ {1,4}\d+\) (?P<path>\S.*\.php)(?: \((?P<message>[\w/, ]+)\))?$"],
    says: "the file would be changed",
    ..Form::DEFAULT
};

/// `php -l` and PHP itself on a file it cannot parse (`main/main.c`, `php_error_cb`): with `log_errors` to standard
/// error with `PHP ` before it, with `display_errors` without.
pub const PHP_PARSE: Form = Form {
    tool: "php",
    kind: Kind::BuildError,
    wakes: &["Parse error: "],
    lines: &[r"^(?:PHP )?Parse error:\s+(?P<message>.+) in (?P<path>\S.*) on line (?P<line>\d+)$"],
    ..Form::DEFAULT
};

/// An error that nobody could catch, with its place in the same line.
pub const PHP_FATAL: Form = Form {
    tool: "php",
    kind: Kind::RuntimeError,
    wakes: &["Fatal error: "],
    lines: &[
        r"^(?:PHP )?(?:Recoverable f|Catchable f|F)atal error:\s+(?P<message>.+) in (?P<path>\S.*) on line (?P<line>\d+)$",
    ],
    ..Form::DEFAULT
};

/// An exception that nobody caught (`Zend/zend_exceptions.c`, `zend_exception_error`).
pub const PHP_UNCAUGHT: Form = Form {
    tool: "php",
    kind: Kind::RuntimeError,
    wakes: &["Fatal error: "],
    lines: &[
        r"^(?:PHP )?Fatal error:\s+Uncaught (?P<code>[\w\\]+): (?P<message>.+) in (?P<path>\S.*):(?P<line>\d+)$",
        r"^Stack trace:$",
        r"^  thrown in .+ on line \d+$",
    ],
    between: Some(r"^#\d+ "),
    ..Form::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::check;

    #[test]
    fn phpcs_and_psalm_and_phpstan_have_one_line_forms() {
        check(
            "src/Shop.php:3:5: error - Missing file doc comment (PEAR.Commenting.FileComment.Missing)",
            &[
                "phpcs lint_error | src/Shop.php:3:5 | PEAR.Commenting.FileComment.Missing | Missing file doc comment | @1-1",
            ],
        );
        check(
            "src/Shop.php:3:14:error - InvalidReturnType: The declared return type is wrong\nsrc/Shop.php:4:1:info - Unused: x",
            &["psalm type_error | src/Shop.php:3:14 | InvalidReturnType | The declared return type is wrong | @1-1"],
        );
        check(
            "src/Shop.php:63:Access to an undefined property Shop::$cart. [identifier=property.notFound]",
            &[
                "phpstan type_error | src/Shop.php:63 | property.notFound | Access to an undefined property Shop::$cart. | @1-1",
            ],
        );
    }

    #[test]
    fn psalms_console_is_read_before_and_since_version_6() {
        let expected = "psalm type_error | src/Shop.php:3:14 | InvalidReturnType | The declared return type is wrong";
        check(
            "ERROR: InvalidReturnType - src/Shop.php:3:14 - The declared return type is wrong (see https://psalm.example/011)\n    return 1;\n",
            &[&format!("{expected} | @1-1")],
        );
        check(
            "ERROR: InvalidReturnType\nat src/Shop.php:3:14\nThe declared return type is wrong (see https://psalm.example/011)\n    return 1;\n",
            &[&format!("{expected} | @1-3")],
        );
        check(
            "INFO: MixedArgument - src/Shop.php:3:14 - Argument 1 is mixed\nERROR: no\n",
            &["words runtime_error | ERROR: no | @2-2"],
        );
    }

    #[test]
    fn php_cs_fixer_lists_files_with_their_rules() {
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

    #[test]
    fn php_names_the_place_of_what_it_cannot_run() {
        check(
            "PHP Parse error:  syntax error, unexpected token \"}\" in src/Shop.php on line 4\n\
             Parse error: syntax error, unexpected token \"}\" in src/Shop.php on line 4\nErrors parsing src/Shop.php",
            &["php build_error | src/Shop.php:4 | syntax error, unexpected token \"}\" | @1-1"],
        );
        check(
            "PHP Fatal error:  Uncaught Error: Call to undefined function buy() in src/Shop.php:3\nStack trace:\n#0 {main}\n  thrown in src/Shop.php on line 3",
            &["php runtime_error | src/Shop.php:3 | Error | Call to undefined function buy() | @1-4"],
        );
        check(
            "Fatal error: Cannot redeclare buy() (previously declared in src/a.php:3) in src/Shop.php on line 9",
            &[
                "php runtime_error | src/Shop.php:9 | Cannot redeclare buy() (previously declared in src/a.php:3) | @1-1",
            ],
        );
    }
}
