//! staticcheck: Go's faults and style.
//!
//! `lintcmd/format.go`: `{file}:{line}:{column}: {message} ({check})`; `stylish` puts `  ({line}, {column})  {check}  {message}`
//! below the file; `json` prints one object a complaint, whose `severity` is `warning` where it fails nothing.

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;
use crate::stages::extract::json_form::JsonForm;

pub const TEXT: Form = Form {
    tool: "staticcheck",
    kind: Kind::LintError,
    wakes: &[" (SA", " (ST", " (QF", " (U1", " (S1"],
    lines: &[r"^(?P<path>\S+\.go):(?P<line>\d+):(?P<column>\d+): (?P<message>.+) \((?P<code>(?:SA|ST|QF|S|U)\d{4})\)$"],
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

pub const JSON: JsonForm = JsonForm {
    tool: "staticcheck",
    kinds: &[("compile", Kind::BuildError)],
    wakes: &[
        "{\"code\":\"SA",
        "{\"code\":\"ST",
        "{\"code\":\"S1",
        "{\"code\":\"U1",
        "{\"code\":\"QF",
        "{\"code\":\"compile\"",
    ],
    first: "code",
    needs: &["severity"],
    path: "location.file",
    line: "location.line",
    column: "location.column",
    code: "code",
    level: "severity",
    mild: &["warning", "ignored"],
    ..JsonForm::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::told;

    // Printed by staticcheck 2026.2.
    #[test]
    fn both_forms_are_read() {
        let text =
            "price/price.go:12:5: identical expressions on the left and right side of the '==' operator (SA4000)\n";
        assert_eq!(
            told(text),
            [
                "staticcheck lint_error | price/price.go:12:5 | SA4000 | identical expressions on the left and right side of the '==' operator | @1-1",
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
}
