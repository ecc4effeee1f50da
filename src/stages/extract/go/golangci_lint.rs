//! golangci-lint: many linters of Go in one run.
//!
//! `pkg/printers/text.go`: `{file}:{line}:{column}: {text} ({linter})`, with the source and a caret below unless `line-number`
//! is asked for; `tab.go`: `{file}:{line}:{column}  {linter}  {text}`; `json.go`: all `Issues` in one line. What does not compile is told as the linter
//! `typecheck`; what it could not do is `level=error msg="Running error: …"`, since 2 `The command is terminated due to an
//! error: …`.

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;
use crate::stages::extract::json_form::JsonForm;

const SOURCE: &str = r"^[ \t]+\S.*$|^[ \t]*\^$";

pub const TEXT: Form = Form {
    tool: "golangci-lint",
    kind: Kind::LintError,
    kinds: &[("typecheck", Kind::BuildError)],
    wakes: &[".go:"],
    lines: &[r"^(?P<path>\S+\.go):(?P<line>\d+)(?::(?P<column>\d+))?: (?P<message>.+) \((?P<code>[a-z][a-z0-9_-]+)\)$"],
    more: Some(SOURCE),
    ..Form::DEFAULT
};

pub const TAB: Form = Form {
    tool: "golangci-lint",
    kind: Kind::LintError,
    kinds: &[("typecheck", Kind::BuildError)],
    wakes: &[".go:"],
    lines: &[
        r"^(?P<path>\S+\.go):(?P<line>\d+)(?::(?P<column>\d+))? {2,}(?P<code>[a-z][a-z0-9_-]+) {2,}(?P<message>\S.*)$",
    ],
    ..Form::DEFAULT
};

pub const FAILS: Form = Form {
    tool: "golangci-lint",
    kind: Kind::BuildError,
    wakes: &["msg=\"Running error: ", "msg=\"can't load config: ", "The command is terminated due to an error: "],
    lines: &[
        r#"^(?:level=error msg="(?P<message>(?:Running error|can't load config): .+)"|(?:Error: )?The command is terminated due to an error: (?P<message2>.+))$"#,
    ],
    ..Form::DEFAULT
};

pub const JSON: JsonForm = JsonForm {
    tool: "golangci-lint",
    kinds: &[("typecheck", Kind::BuildError)],
    wakes: &["{\"FromLinter\":"],
    first: "FromLinter",
    path: "Pos.Filename",
    line: "Pos.Line",
    column: "Pos.Column",
    code: "FromLinter",
    message: "Text",
    ..JsonForm::DEFAULT
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
}
