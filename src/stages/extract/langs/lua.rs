//! Lua: luacheck and the compiler.

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

/// luacheck (`src/luacheck/format.lua`): `    path:5:17: (W311) message`, with `--ranges` `5:17-20`, without `--codes` no code. Warnings
/// fail the run (exit status 1), errors too (2).
pub const LUACHECK: Form = Form {
    tool: "luacheck",
    kind: Kind::LintError,
    wakes: &[".lua:\u{1}", ".rockspec:\u{1}"],
    lines: &[
        r"^\s*(?P<path>[^\s:].*\.(?:lua|rockspec)):(?P<line>\d+):(?P<column>\d+)(?:-\d+)?: (?:\((?P<code>[WE]\d{3})\) )?(?P<message>.+)$",
    ],
    ..Form::DEFAULT
};

/// `luac -p` and `lua` (`ldo.c`, `lauxlib.c`, `luaL_where`): `lua: path:5: message`, with the program's name before it.
pub const LUA: Form = Form {
    tool: "lua",
    kind: Kind::RuntimeError,
    wakes: &[".lua:\u{1}"],
    lines: &[
        r"^(?:lua|luac|luajit|texlua)(?:\d[\d.]*)?: (?:error loading module .+)?(?P<path>[^\s:].*\.lua):(?P<line>\d+): (?P<message>.+)$",
    ],
    ..Form::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::told;

    #[test]
    fn luacheck_and_lua_name_a_line() {
        let log = "\
Checking src/shop.lua                             2 warnings

    src/shop.lua:5:17: trailing whitespace in a comment
    src/shop.lua:8:1-4: (W111) setting non-standard global variable 'till'
lua: src/till.lua:3: attempt to index a nil value (local 'x')
";
        assert_eq!(
            told(log),
            [
                "luacheck lint_error | src/shop.lua:5:17 | trailing whitespace in a comment | @3-3",
                "luacheck lint_error | src/shop.lua:8:1 | W111 | setting non-standard global variable 'till' | @4-4",
                "lua runtime_error | src/till.lua:3 | attempt to index a nil value (local 'x') | @5-5",
            ]
        );
    }
}
