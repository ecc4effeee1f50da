//! Credo: the style of Elixir, as it suggests it and on a line each.

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

/// Credo (`lib/credo/cli/command/suggest/output/default.ex`): `┃ [R] → message`, then the place.
pub const SUGGESTED: Form = Form {
    tool: "credo",
    kind: Kind::LintError,
    wakes: &["┃ ["],
    lines: &[
        r"^\s*┃\s+\[(?P<code>[A-Z])\] \S+ (?P<message>.+)$",
        r"^\s*┃\s+(?P<path>\S+?):(?P<line>\d+)(?::(?P<column>\d+))?(?: .*)?$",
    ],
    between: Some("^\\s*┃"),
    ..Form::DEFAULT
};

/// Credo with `--format oneline` (`[R] → path:1:11 message`) and `flycheck` (`path:1:11: R: message`).
pub const ONE_LINE: Form = Form {
    tool: "credo",
    kind: Kind::LintError,
    wakes: &[".ex:", ".exs:"],
    lines: &[
        r"^(?:\[[A-Z]\] \S )?(?P<path>\S+\.exs?):(?P<line>\d+)(?::(?P<column>\d+))?:? (?:[RFWCD]: )?(?P<message>[A-Z][^:(]*\.)$",
    ],
    ..Form::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::check;

    #[test]
    fn a_suggestion_is_told_with_its_place_below() {
        check(
            "┃ [R] → Modules should have a @moduledoc tag.\n┃       lib/shop.ex:1:11 #(Shop)",
            &["credo lint_error | lib/shop.ex:1:11 | R | Modules should have a @moduledoc tag. | @1-2"],
        );
    }
}
