//! The Elixir and Erlang compilers, mix, and their linters.

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

/// A diagnostic (`lib/elixir/src/elixir_errors.erl`, since 1.15 indented, with the source between bars and `└─` before
/// the place; before, the place alone): `error: undefined function …`, then `lib/shop.ex:3:14: Shop.open/0`.
pub const DIAGNOSTIC: Form = Form {
    tool: "elixir",
    kind: Kind::BuildError,
    wakes: &[
        "    error: ",
        "    warning: ",
        "error: undefined ",
        "error: module ",
        "error: cannot ",
        "warning: variable \"",
        "warning: unused ",
        "warning: undefined ",
        "warning: function ",
        "warning: module attribute ",
        "warning: this clause ",
        "--warnings-as-errors",
    ],
    lines: &[
        r"^\s*(?P<level>error|warning): (?P<message>\S.*)$",
        r"^\s*(?:└─ )?(?P<path>\S+\.(?:exs?|eex|heex)):(?P<line>\d+)(?::(?P<column>\d+))?(?::.*)?$",
    ],
    between: Some(r"^\s*$|^\s*\d* ?[│|]|^\s+\S|^  "),
    mild: &["warning"],
    verdict: Some(r"^Compilation failed due to warnings while using the --warnings-as-errors option"),
    ..Form::DEFAULT
};

/// What could not be compiled, with its place (`lib/elixir/lib/exception.ex`): `** (SyntaxError) lib/shop.ex:4:1: …`.
pub const THROWN: Form = Form {
    tool: "elixir",
    kind: Kind::BuildError,
    wakes: &["** ("],
    lines: &[
        r"^\*\* \((?P<code>(?:Compile|Syntax|TokenMissing|MismatchedDelimiter|EEx\.Syntax|Argument|Undefined\w*|Phoenix\.LiveView\.\w+)Error|EEx\.SyntaxError)\) (?P<path>\S+\.\w+):(?P<line>\d+)(?::(?P<column>\d+))?: (?P<message>\S.*)$",
    ],
    ..Form::DEFAULT
};

/// What was thrown while something ran, and the first place of its trace that is no library's.
pub const RUNTIME: Form = Form {
    tool: "elixir",
    kind: Kind::RuntimeError,
    wakes: &["** ("],
    lines: &[
        r"^\*\* \((?P<code>[A-Z][\w.]*(?:Error|Exit|Exception))\) (?P<message>\S.*)$",
        r"^ {4}(?:\([a-z]\w* [^)]*\) )?(?P<path>(?:lib|test|apps|config|priv|mix)\S*\.exs?):(?P<line>\d+): .+$",
    ],
    between: Some(r"^ {4}\(?\S|^\s*$"),
    ..Form::DEFAULT
};

/// mix itself (`Mix.raise`): the rest of the log says why, or nothing does.
pub const MIX: Form = Form {
    tool: "mix",
    kind: Kind::RuntimeError,
    wakes: &["** (Mix) "],
    lines: &[r"^\*\* \(Mix\) (?P<message>\S.*)$"],
    guesses: true,
    ..Form::DEFAULT
};

/// Dependencies that are missing or in the wrong version (`lib/mix/lib/mix/tasks/deps.loadpaths.ex`).
pub const MIX_DEPS: Form = Form {
    tool: "mix-deps",
    kind: Kind::DependencyIssue,
    wakes: &["Unchecked dependencies for environment "],
    lines: &[r"^Unchecked dependencies for environment \S+:$", r"^\* (?P<code>\w+) \(.*\)$", r"^  (?P<message>\S.*)$"],
    ..Form::DEFAULT
};

/// `mix format --check-formatted` (`lib/mix/lib/mix/tasks/format.ex`).
pub const MIX_FORMAT: Form = Form {
    tool: "mix-format",
    kind: Kind::FormatError,
    wakes: &["The following files are not formatted"],
    lines: &[r"^The following files are not formatted(?: according to .*)?:?$", r"^\s+\* (?P<path>\S.*\.\w+)$"],
    repeats: true,
    between: Some(r"^\s*$|^\s*\d*\s*\d*\s*[│|]|^\s+\S"),
    says: "the file is not formatted",
    ..Form::DEFAULT
};

/// Credo (`lib/credo/cli/command/suggest/output/default.ex`): `┃ [R] → message`, then the place.
pub const CREDO: Form = Form {
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
pub const CREDO_ONE_LINE: Form = Form {
    tool: "credo",
    kind: Kind::LintError,
    wakes: &[".ex:", ".exs:"],
    lines: &[
        r"^(?:\[[A-Z]\] \S )?(?P<path>\S+\.exs?):(?P<line>\d+)(?::(?P<column>\d+))?:? (?:[RFWCD]: )?(?P<message>[A-Z][^:(]*\.)$",
    ],
    ..Form::DEFAULT
};

/// Dialyxir (`lib/dialyxir/formatter/dialyxir.ex`): `path:3:no_return`, then what that means here.
pub const DIALYXIR: Form = Form {
    tool: "dialyzer",
    kind: Kind::TypeError,
    wakes: &[".ex:", ".erl:"],
    lines: &[
        r"^(?P<path>\S+\.(?:exs?|erl)):(?P<line>\d+)(?::(?P<column>\d+))?:(?P<code>[a-z][a-z_]+)$",
        r"^(?P<message>\S.*)$",
    ],
    ..Form::DEFAULT
};

/// erlc and rebar3 (`lib/compiler/src/compile.erl`): `src/shop.erl:3:5: message`, with `Warning: ` before what stops nothing.
pub const ERLC: Form = Form {
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
    use crate::stages::extract::tests::{check, told};

    #[test]
    fn diagnostics_are_read_as_they_were_and_as_they_are() {
        check(
            "    error: undefined function buy/0 (expected Shop to define it)\n    │\n  3 │   def open, do: buy()\n    │                 ^^^\n    │\n    └─ lib/shop.ex:3:17: Shop.open/0\n\n\n== Compilation error in file lib/shop.ex ==",
            &["elixir build_error | lib/shop.ex:3:17 | undefined function buy/0 (expected Shop to define it) | @1-6"],
        );
        check(
            "error: undefined function buy/0 (expected Shop to define it)\n  lib/shop.ex:3: Shop.open/0",
            &["elixir build_error | lib/shop.ex:3 | undefined function buy/0 (expected Shop to define it) | @1-2"],
        );
        check(
            "** (SyntaxError) lib/shop.ex:4:1: unexpected reserved word: end",
            &["elixir build_error | lib/shop.ex:4:1 | SyntaxError | unexpected reserved word: end | @1-1"],
        );
        check(
            "** (RuntimeError) no till\n    (elixir 1.14.0) lib/enum.ex:9: Enum.map/2\n    lib/shop.ex:3: Shop.open/0",
            &["elixir runtime_error | lib/enum.ex:9 | RuntimeError | no till | @1-2"],
        );
    }

    #[test]
    fn warnings_are_told_where_they_were_asked_to_stop_the_build() {
        let log = "    warning: variable \"x\" is unused\n    │\n  2 │   def open(x), do: 1\n    │            ~\n    │\n    └─ lib/shop.ex:2:12: Shop.open/1\n";
        let told_with = |line: &str| told(&format!("{log}\n{line}\n"));
        let expected = "elixir build_error | lib/shop.ex:2:12 | variable \"x\" is unused | @1-6";
        assert_eq!(
            told_with("Compilation failed due to warnings while using the --warnings-as-errors option"),
            [expected]
        );
        assert_eq!(told_with("Generated shop app"), [format!("[{expected}]")]);
        // As 1.14 prints it.
        let log = "warning: variable \"x\" is unused\n  lib/shop.ex:2: Shop.open/1\n\nCompilation failed due to warnings while using the --warnings-as-errors option\n";
        assert_eq!(told(log), ["elixir build_error | lib/shop.ex:2 | variable \"x\" is unused | @1-2"]);
    }

    #[test]
    fn mix_and_the_linters_are_read() {
        check(
            "** (Mix) mix format failed due to --check-formatted.\nThe following files are not formatted:\n\n  * lib/shop.ex\n  * test/shop_test.exs\n",
            &[
                "[mix runtime_error | mix format failed due to --check-formatted. | @1-1]",
                "mix-format format_error | lib/shop.ex | the file is not formatted | @4-4",
                "mix-format format_error | test/shop_test.exs | the file is not formatted | @5-5",
            ],
        );
        check(
            "┃ [R] → Modules should have a @moduledoc tag.\n┃       lib/shop.ex:1:11 #(Shop)",
            &["credo lint_error | lib/shop.ex:1:11 | R | Modules should have a @moduledoc tag. | @1-2"],
        );
        check(
            "lib/shop.ex:3:no_return\nFunction open/2 has no local return.\n____",
            &["dialyzer type_error | lib/shop.ex:3 | no_return | Function open/2 has no local return. | @1-2"],
        );
        check(
            "Unchecked dependencies for environment test:\n* jason (Hex package)\n  the dependency is not available, run \"mix deps.get\"\n** (Mix) Can't continue due to errors on dependencies",
            &[
                "mix-deps dependency_issue | jason | the dependency is not available, run \"mix deps.get\" | @1-3",
                "[mix runtime_error | Can't continue due to errors on dependencies | @4-4]",
            ],
        );
    }

    #[test]
    fn erlang_is_compiled_too() {
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
