//! luacheck: Lua's style.

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

/// luacheck (`src/luacheck/format.lua`): `    path:5:17: (W311) message`, with `--ranges` `5:17-20`, without `--codes` no code. Warnings
/// fail the run (exit status 1), errors too (2).
pub const FORM: Form = Form {
    tool: "luacheck",
    kind: Kind::LintError,
    wakes: &[".lua:\u{1}", ".rockspec:\u{1}"],
    lines: &[
        r"^\s*(?P<path>[^\s:].*\.(?:lua|rockspec)):(?P<line>\d+):(?P<column>\d+)(?:-\d+)?: (?:\((?P<code>[WE]\d{3})\) )?(?P<message>.+)$",
    ],
    ..Form::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::told;

    #[test]
    fn a_warning_is_read_with_and_without_its_code() {
        let log = "\
Checking src/shop.lua                             2 warnings

    src/shop.lua:5:17: trailing whitespace in a comment
    src/shop.lua:8:1-4: (W111) setting non-standard global variable 'till'
";
        assert_eq!(
            told(log),
            [
                "luacheck lint_error | src/shop.lua:5:17 | trailing whitespace in a comment | @3-3",
                "luacheck lint_error | src/shop.lua:8:1 | W111 | setting non-standard global variable 'till' | @4-4",
            ]
        );
    }
}
