//! pyright and basedpyright: one line an error, what explains it below, the rule at the very end.
//!
//! `packages/pyright-internal/src/pyright.ts`, `logDiagnosticToConsole`: `  {file}:{line}:{column} - {severity}: {message}
//! ({rule})`; the lines of a message but the first are indented, by blanks that break no line. With `--warnings` a warning fails the
//! run too; its summary is the same then, so warnings are told by nobody here. `--outputjson` has a line for each field, and
//! counts from 0.

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;
use crate::stages::extract::json_form::JsonForm;

pub const FORM: Form = Form {
    tool: "pyright",
    kind: Kind::TypeError,
    wakes: &[" - error: ", " - warning: "],
    lines: &[
        r"^ *(?P<path>\S.*?):(?P<line>\d+):(?P<column>\d+) - (?P<level>error|warning): (?P<message>.+?)(?: \((?P<code>report\w+)\))?$",
    ],
    more: Some(r"^\s{4,}(?P<message>\S.*?)(?: \((?P<code>report\w+)\))?$"),
    mild: &["warning"],
    ..Form::DEFAULT
};

pub const JSON: JsonForm = JsonForm {
    tool: "pyright",
    kind: Kind::TypeError,
    wakes: &["\"file\": \""],
    first: "file",
    needs: &["range.end.line"],
    path: "file",
    line: "range.start.line",
    column: "range.start.character",
    code: "rule",
    level: "severity",
    mild: &["warning", "information"],
    first_line: 0,
    first_column: 0,
    ..JsonForm::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::told;

    // Printed by pyright 1.1.
    #[test]
    fn a_message_of_several_lines_ends_with_its_rule() {
        let log = r#"/home/runner/work/x/x/shop/cart.py
  /home/runner/work/x/x/shop/cart.py:10:18 - error: Type "Literal['a']" is not assignable to declared type "int"
     "Literal['a']" is not assignable to "int" (reportAssignmentType)
  /home/runner/work/x/x/shop/cart.py:11:28 - error: "thing" is not defined (reportUndefinedVariable)
  /home/runner/work/x/x/shop/cart.py:9:25 - warning: Argument type is unknown
    Argument corresponds to parameter "args" in function "call" (reportUnknownArgumentType)
/home/runner/work/x/x/shop/syn.py
  /home/runner/work/x/x/shop/syn.py:1:6 - error: "(" was not closed
3 errors, 1 warning, 0 informations
"#;
        assert_eq!(
            told(log),
            [
                "pyright type_error | shop/cart.py:10:18 | reportAssignmentType | Type \"Literal['a']\" is not assignable to declared type \"int\"\n\"Literal['a']\" is not assignable to \"int\" | @2-3",
                "pyright type_error | shop/cart.py:11:28 | reportUndefinedVariable | \"thing\" is not defined | @4-4",
                "pyright type_error | shop/syn.py:1:6 | \"(\" was not closed | @8-8",
            ]
        );
    }
}
