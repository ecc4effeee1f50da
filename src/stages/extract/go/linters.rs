//! Go's linters: golangci-lint, staticcheck, errcheck, revive, ginkgo's specifications beside them.
//!
//! golangci-lint, `pkg/printers/text.go`: `{file}:{line}:{column}: {text} ({linter})`, with the source and a caret below
//! unless `line-number` is asked for; `tab.go`: `{file}:{line}:{column}  {linter}  {text}`. What does not compile is told as
//! the linter `typecheck`; what it could not do is `level=error msg="Running error: …"`, since 2 `The command is terminated
//! due to an error: …`. staticcheck, `lintcmd/format.go`: `{file}:{line}:{column}: {message} ({check})`; `stylish` puts
//! `  ({line}, {column})  {check}  {message}` below the file. errcheck, `main.go`: `{file}:{line}:{column}:\t{source}`. revive,
//! `formatter/friendly.go` and `stylish.go`: a link to the rule, the message, and the place below it or above all; what it calls a warning
//! fails it, too, where it fails at all (`-set_exit_status`).

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

const SOURCE: &str = r"^[ \t]+\S.*$|^[ \t]*\^$";

pub const STATICCHECK: Form = Form {
    tool: "staticcheck",
    kind: Kind::LintError,
    wakes: &[" (SA", " (ST", " (QF", " (U1", " (S1"],
    lines: &[r"^(?P<path>\S+\.go):(?P<line>\d+):(?P<column>\d+): (?P<message>.+) \((?P<code>(?:SA|ST|QF|S|U)\d{4})\)$"],
    ..Form::DEFAULT
};

pub const GOLANGCI: Form = Form {
    tool: "golangci-lint",
    kind: Kind::LintError,
    kinds: &[("typecheck", Kind::BuildError)],
    wakes: &[".go:"],
    lines: &[r"^(?P<path>\S+\.go):(?P<line>\d+)(?::(?P<column>\d+))?: (?P<message>.+) \((?P<code>[a-z][a-z0-9_-]+)\)$"],
    more: Some(SOURCE),
    ..Form::DEFAULT
};

pub const GOLANGCI_TAB: Form = Form {
    tool: "golangci-lint",
    kind: Kind::LintError,
    kinds: &[("typecheck", Kind::BuildError)],
    wakes: &[".go:"],
    lines: &[
        r"^(?P<path>\S+\.go):(?P<line>\d+)(?::(?P<column>\d+))? {2,}(?P<code>[a-z][a-z0-9_-]+) {2,}(?P<message>\S.*)$",
    ],
    ..Form::DEFAULT
};

pub const GOLANGCI_FAILS: Form = Form {
    tool: "golangci-lint",
    kind: Kind::BuildError,
    wakes: &["msg=\"Running error: ", "msg=\"can't load config: ", "The command is terminated due to an error: "],
    lines: &[
        r#"^(?:level=error msg="(?P<message>(?:Running error|can't load config): .+)"|(?:Error: )?The command is terminated due to an error: (?P<message2>.+))$"#,
    ],
    ..Form::DEFAULT
};

pub const STYLISH: Form = Form {
    tool: "staticcheck",
    kind: Kind::LintError,
    wakes: &[")   SA", ")  SA", ")   ST", ")  ST", ")   U1", ")  U1", ")   S1", ")  S1", ")   QF", ")  QF"],
    looks_back: true,
    lines: &[
        r"^(?P<path>\S.*\.go)$",
        r"^  \((?P<line>\d+), (?P<column>\d+)\) +(?P<code>[A-Z]{1,2}\d{4}) +(?P<message>\S.*)$",
    ],
    repeats: true,
    between: Some("^$"),
    ..Form::DEFAULT
};

pub const ERRCHECK: Form = Form {
    tool: "errcheck",
    kind: Kind::LintError,
    wakes: &[".go:"],
    lines: &[r"^(?P<path>\S+\.go):(?P<line>\d+):(?P<column>\d+):\t(?P<message>\S.*)$"],
    ..Form::DEFAULT
};

pub const REVIVE: Form = Form {
    tool: "revive",
    kind: Kind::LintError,
    wakes: &["https://revive.run/r#"],
    lines: &[
        r"^ +[✘⚠] +https://revive\.run/r#(?P<code>[\w-]+) +(?P<message>\S.*)$",
        r"^ +(?P<path>\S+\.go):(?P<line>\d+):(?P<column>\d+)$",
    ],
    ..Form::DEFAULT
};

pub const REVIVE_STYLISH: Form = Form {
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

/// Ginkgo, `reporters/default_reporter.go`: `• [FAILED] [{seconds}]`, the specification, where it is written, what failed
/// it, and `In [It] at: {file}:{line}`.
pub const GINKGO: Form = Form {
    tool: "ginkgo",
    kind: Kind::TestFailure,
    wakes: &["• [FAILED] [", "• [PANICKED] [", "• [TIMEDOUT] ["],
    lines: &[
        r"^• \[[A-Z]+\] \[[\d.]+ seconds\]$",
        r"^(?P<test>\S.*)$",
        r"^(?P<path>/\S.*\.go|[A-Z]:\\.*\.go):(?P<line>\d+)$",
        r"^ *\[(?P<code>FAILED|PANICKED|TIMEDOUT)\] (?P<message>\S.*)$",
    ],
    between: Some(r"^(?: .*)?$"),
    more: Some(r"^(?:  (?P<aside>Full Stack Trace)| +In \[.*\] at: .*|  (?P<message>\s*\S.*)|    .*|)$"),
    ..Form::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::told;

    // Printed by golangci-lint 2.1.
    #[test]
    fn golangci_lint_ends_a_sentence_with_the_linter() {
        let log = "\
price/price.go:9:11: Error return value of `os.Remove` is not checked (errcheck)
\tos.Remove(\"x\")
\t         ^
price/price.go:10:6: declared and not used: x (typecheck)
price/price.go:20:6  unused       func unused is unused
level=error msg=\"Running error: context loading failed: no go files to analyze\"
5 issues:
* errcheck: 1
";
        assert_eq!(
            told(log),
            [
                "golangci-lint lint_error | price/price.go:9:11 | errcheck | Error return value of `os.Remove` is not checked | @1-3",
                "golangci-lint build_error | price/price.go:10:6 | typecheck | declared and not used: x | @4-4",
                "golangci-lint lint_error | price/price.go:20:6 | unused | func unused is unused | @5-5",
                "golangci-lint build_error | Running error: context loading failed: no go files to analyze | @6-6",
            ]
        );
    }

    // Printed by staticcheck 2026.2, errcheck 1.9 and revive 1.3.
    #[test]
    fn the_single_linters_are_told_apart() {
        let log = "\
price/price.go:12:5: identical expressions on the left and right side of the '==' operator (SA4000)
price/price.go:9:11:\tos.Remove(\"x\")
  ✘  https://revive.run/r#exported  exported function Net should have comment or be unexported  
  price/price.go:8:1
";
        assert_eq!(
            told(log),
            [
                "staticcheck lint_error | price/price.go:12:5 | SA4000 | identical expressions on the left and right side of the '==' operator | @1-1",
                "errcheck lint_error | price/price.go:9:11 | os.Remove(\"x\") | @2-2",
                "revive lint_error | price/price.go:8:1 | exported | exported function Net should have comment or be unexported | @3-4",
            ]
        );
        let stylish = "/home/runner/work/x/x/price/price.go\n  (12, 5)   SA4000  identical expressions\n  (20, 6)   U1000   func unused is unused\n";
        assert_eq!(
            told(stylish),
            [
                "staticcheck lint_error | price/price.go:12:5 | SA4000 | identical expressions | @2-2",
                "staticcheck lint_error | price/price.go:20:6 | U1000 | func unused is unused | @3-3",
            ]
        );
    }

    // Printed by Ginkgo 2.
    #[test]
    fn a_specification_of_ginkgo_is_the_test_that_failed() {
        let log = "\
------------------------------
• [FAILED] [0.001 seconds]
Cart [It] adds
/home/runner/work/x/x/cart/cart_test.go:13

  [FAILED] Expected
      <int>: 1
  to equal
      <int>: 2
  In [It] at: /home/runner/work/x/x/cart/cart_test.go:13 @ 11/21/26 19:30:46.063
------------------------------

FAIL! -- 1 Passed | 1 Failed | 0 Pending | 0 Skipped
--- FAIL: TestCart (0.00s)
FAIL
FAIL\texample.com/cart\t0.010s
";
        assert_eq!(
            told(log),
            [
                "ginkgo test_failure | cart/cart_test.go:13 | Cart [It] adds | FAILED | Expected\n<int>: 1\nto equal\n<int>: 2 | @2-10",
                "[go-test test_failure | TestCart | the test failed | @14-14]",
            ]
        );
    }
}
