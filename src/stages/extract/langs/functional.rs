//! OCaml, Elm, Hspec and Cabal.

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

/// ocamlc, ocamlopt and dune (`utils/misc.ml`, `parsing/location.ml`): `File "a.ml", line 1, characters 14-17:`, the source, `Error: …`.
pub const OCAML: Form = Form {
    tool: "ocaml",
    kind: Kind::BuildError,
    wakes: &[", characters "],
    lines: &[
        r#"^File "(?P<path>[^"]+)", lines? (?P<line>\d+)(?:-\d+)?, characters (?P<column>\d+)-\d+:$"#,
        r"^(?:Error|(?P<level>Warning|Alert))(?: \d+)?(?: \[.+?\])?(?: \(.+?\))?:? ?(?P<message>\S.*)$",
    ],
    between: Some(r"^ *\d+ \||^\s+\^|^\s*$|^\.+ ?\||^ "),
    more: Some(r"^ {2,}(?P<message>\S.*)$"),
    mild: &["warning", "alert"],
    ..Form::DEFAULT
};

/// Elm (`compiler/src/Reporting/Doc.hs`, `Reporting/Exit/Help.hs`): `-- TYPE MISMATCH ---- src/Main.elm`, what is wrong, the source.
pub const ELM: Form = Form {
    tool: "elm",
    kind: Kind::BuildError,
    wakes: &[".elm"],
    lines: &[
        r"^-- (?P<code>[A-Z][A-Z0-9 ']+) -{2,} (?P<path>\S.*\.elm)$",
        r"^(?P<message>[A-Z`]\S*\s.*)$",
        r"^(?P<line>\d+)\|.*$",
    ],
    between: Some(r"^"),
    ..Form::DEFAULT
};

/// Hspec (`hspec-core/src/Test/Hspec/Core/Formatters/V2.hs`): under `Failures:` the place, then `  1) name` and why.
pub const HSPEC: Form = Form {
    tool: "hspec",
    kind: Kind::TestFailure,
    wakes: &[".hs:"],
    lines: &[r"^\s+(?P<path>\S+\.l?hs):(?P<line>\d+):(?P<column>\d+):\s*$", r"^\s+\d+\) (?P<test>\S.*)$"],
    more: Some(r"^\s{7,}(?P<message>\S.*)$"),
    says: "the test failed",
    ..Form::DEFAULT
};

/// cabal's solver (`cabal-install-solver/src/Distribution/Solver/Modular/Message.hs`).
pub const CABAL: Form = Form {
    tool: "cabal",
    kind: Kind::DependencyIssue,
    wakes: &["Could not resolve dependencies"],
    lines: &[r"^(?:Error: )?(?:\[Cabal-\d+\]\s*|cabal: )?(?P<message>Could not resolve dependencies):?$"],
    more: Some(r"^(?P<message>\[__\d+\] .+|After searching .+)$"),
    ..Form::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::check_only;

    #[test]
    fn compilers_say_it_below_the_place() {
        // As ocamlc 4.13 prints it.
        check_only(
            "File \"till.ml\", line 1, characters 14-17:\n1 | let f x = x + \"a\"\n                  ^^^\nError: This expression has type string but an expression was expected of type\n         int",
            "ocaml build_error | till.ml:1:14 | This expression has type string but an expression was expected of type\nint | @1-5",
        );
        check_only(
            "-- TYPE MISMATCH --------------------------------------------- src/Main.elm\n\nThe 2nd argument to `open` is not what I expect:\n\n9| main = open 1 \"x\"\n                 ^^^",
            "elm build_error | src/Main.elm:9 | TYPE MISMATCH | The 2nd argument to `open` is not what I expect: | @1-5",
        );
    }

    #[test]
    fn hspec_and_cabal_are_read() {
        check_only(
            "Failures:\n\n  test/TillSpec.hs:8:18: \n  1) Till.open opens\n       expected: 3\n        but got: -1\n\n  To rerun use: --match \"/Till.open/opens/\"\n",
            "hspec test_failure | test/TillSpec.hs:8:18 | Till.open opens | expected: 3\nbut got: -1 | @3-6",
        );
        check_only(
            "Error: cabal: Could not resolve dependencies:\n[__0] trying: till-0.1.0.0 (user goal)\n[__1] unknown package: shop (dependency of till)",
            "cabal dependency_issue | Could not resolve dependencies\n[__0] trying: till-0.1.0.0 (user goal)\n[__1] unknown package: shop (dependency of till) | @1-3",
        );
    }
}
