//! The Erlang compiler, by itself and behind rebar3.

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

/// erlc and rebar3 (`lib/compiler/src/compile.erl`): `src/shop.erl:3:5: message`, with `Warning: ` before what stops nothing.
pub const PLAIN: Form = Form {
    tool: "erlc",
    kind: Kind::BuildError,
    wakes: &[".erl:", ".hrl:", ".yrl:", ".xrl:"],
    lines: &[
        r"^(?P<path>\S+\.[ehxy]rl):(?P<line>\d+)(?::(?P<column>\d+))?: (?:(?P<level>Warning): )?(?P<message>\S.*)$",
    ],
    mild: &["warning"],
    ..Form::DEFAULT
};

/// rebar3 3.20 and later draw the source: `   ┌─ src/shop.erl:`, then `3 │  source`, carets and the message.
pub const REBAR3: Form = Form {
    tool: "erlc",
    kind: Kind::BuildError,
    wakes: &["┌─ "],
    lines: &[
        r"^\s+┌─ (?P<path>\S+\.[ehxy]rl):$",
        r"^\s*(?P<line>\d+) │  .*$",
        r"^\s+│\s+(?:╰──|\^+--) (?:(?P<level>Warning): )?(?P<message>\S.*)$",
    ],
    between: Some(r"^\s*│\s*$|^\s*$"),
    mild: &["warning"],
    ..Form::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::check;

    #[test]
    fn it_is_read_plain_and_with_the_source_drawn() {
        check(
            "src/shop.erl:3:5: function buy/0 undefined\nsrc/shop.erl:4:1: Warning: function x/0 is unused",
            &["erlc build_error | src/shop.erl:3:5 | function buy/0 undefined | @1-1"],
        );
        check(
            "===> Compiling src/shop.erl failed\n   ┌─ src/shop.erl:\n   │\n 3 │  open() -> buy().\n   │            ╰── function buy/0 undefined\n",
            &["erlc build_error | src/shop.erl:3 | function buy/0 undefined | @2-5"],
        );
    }
}
