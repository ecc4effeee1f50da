//! Elixir itself: what it cannot compile, and what is thrown while something runs.

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
}
