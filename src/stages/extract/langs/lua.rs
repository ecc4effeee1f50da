//! Lua: its compiler and its interpreter.

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

/// `luac -p` and `lua` (`ldo.c`, `lauxlib.c`, `luaL_where`): `lua: path:5: message`, with the program's name before it.
pub const FORM: Form = Form {
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
    fn an_error_is_told_with_its_line() {
        assert_eq!(
            told("lua: src/till.lua:3: attempt to index a nil value (local 'x')\n"),
            ["lua runtime_error | src/till.lua:3 | attempt to index a nil value (local 'x') | @1-1"]
        );
    }
}
