//! revive: Go's style.
//!
//! `formatter/friendly.go` and `stylish.go`: a link to the rule, the message, and the place below it or above all; what it
//! calls a warning fails it, too, where it fails at all (`-set_exit_status`).

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

pub const FRIENDLY: Form = Form {
    tool: "revive",
    kind: Kind::LintError,
    wakes: &["https://revive.run/r#"],
    lines: &[
        r"^ +[✘⚠] +https://revive\.run/r#(?P<code>[\w-]+) +(?P<message>\S.*)$",
        r"^ +(?P<path>\S+\.go):(?P<line>\d+):(?P<column>\d+)$",
    ],
    ..Form::DEFAULT
};

pub const STYLISH: Form = Form {
    tool: "revive",
    kind: Kind::LintError,
    wakes: &["https://revive.run/r#"],
    looks_back: true,
    lines: &[
        r"^(?P<path>\S.*\.go)$",
        r"^  \((?P<line>\d+), (?P<column>\d+)\) +https://revive\.run/r#(?P<code>[\w-]+) +(?P<message>\S.*)$",
    ],
    repeats: true,
    between: Some("^$"),
    ..Form::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::told;

    // Printed by revive 1.3.
    #[test]
    fn the_place_stands_below_the_message() {
        let log = "  ✘  https://revive.run/r#exported  exported function Net should have comment or be unexported  \n  price/price.go:8:1\n";
        assert_eq!(
            told(log),
            [
                "revive lint_error | price/price.go:8:1 | exported | exported function Net should have comment or be unexported | @1-2",
            ]
        );
    }
}
