//! Psalm: PHP's types, told on a line each and on the console.

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

/// Psalm's one-line forms (`src/Psalm/Report/EmacsReport.php`, `TextReport.php`): `path:3:14:error - InvalidReturnType: message`.
pub const TEXT: Form = Form {
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
pub const CONSOLE: Form = Form {
    tool: "psalm",
    kind: Kind::TypeError,
    wakes: &["ERROR: "],
    lines: &[
        r"^ERROR: (?P<code>[A-Z]\w+) - (?P<path>.+?):(?P<line>\d+):(?P<column>\d+) - (?P<message>.+?)(?: \(see https?://\S+\))?$",
    ],
    ..Form::DEFAULT
};

/// The same from version 6 on: each part on a line.
pub const CONSOLE_LINES: Form = Form {
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

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::check;

    #[test]
    fn errors_of_a_line_each_are_told_and_infos_stop_nothing() {
        check(
            "src/Shop.php:3:14:error - InvalidReturnType: The declared return type is wrong\nsrc/Shop.php:4:1:info - Unused: x",
            &["psalm type_error | src/Shop.php:3:14 | InvalidReturnType | The declared return type is wrong | @1-1"],
        );
    }

    #[test]
    fn its_console_is_read_before_and_since_version_6() {
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
}
