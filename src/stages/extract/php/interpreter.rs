//! PHP itself: files that it cannot parse, and errors that nobody caught.

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

/// `php -l` and PHP itself on a file it cannot parse (`main/main.c`, `php_error_cb`): with `log_errors` to standard
/// error with `PHP ` before it, with `display_errors` without.
pub const PARSE: Form = Form {
    tool: "php",
    kind: Kind::BuildError,
    wakes: &["Parse error: "],
    lines: &[r"^(?:PHP )?Parse error:\s+(?P<message>.+) in (?P<path>\S.*) on line (?P<line>\d+)$"],
    ..Form::DEFAULT
};

/// An error that nobody could catch, with its place in the same line.
pub const FATAL: Form = Form {
    tool: "php",
    kind: Kind::RuntimeError,
    wakes: &["Fatal error: "],
    lines: &[
        r"^(?:PHP )?(?:Recoverable f|Catchable f|F)atal error:\s+(?P<message>.+) in (?P<path>\S.*) on line (?P<line>\d+)$",
    ],
    ..Form::DEFAULT
};

/// An exception that nobody caught (`Zend/zend_exceptions.c`, `zend_exception_error`).
pub const UNCAUGHT: Form = Form {
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
    fn what_it_cannot_run_is_told_with_its_place() {
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
