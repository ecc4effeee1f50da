//! pylint: one line a message, of whatever category: its exit status has a bit for each of them.
//!
//! `pylint/reporters/text.py`: `text` and `colorized` are `{path}:{line}:{column}: {msg_id}: {msg} ({symbol})`,
//! `parseable` is `{path}:{line}: [{msg_id}({symbol}), {obj}] {msg}`, `msvs` is
//! `{path}({line}): [{msg_id}({symbol}){obj}] {msg}`. A message of several lines (`duplicate-code`) has its symbol in
//! the last one. Informational messages (`I`) set no bit of the exit status. `json_reporter.py`: a line for each field;
//! `json2` names the code otherwise.

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;
use crate::stages::extract::json_form::JsonForm;

pub const TEXT: Form = Form {
    tool: "pylint",
    kind: Kind::LintError,
    kinds: &[("E0001", Kind::BuildError)],
    wakes: &[": C0", ": R0", ": R1", ": W0", ": W1", ": W4", ": W6", ": E0", ": E1", ": E4", ": E6", ": F0"],
    lines: &[
        r"^(?P<path>\S.*?\.pyi?):(?P<line>\d+):(?:(?P<column>\d+):)? (?P<code>[CRWEF]\d{4}): (?P<message>.+?)(?: \([a-z][a-z0-9-]+\))?$",
    ],
    ..Form::DEFAULT
};

pub const BRACKETS: Form = Form {
    tool: "pylint",
    kind: Kind::LintError,
    kinds: &[("E0001", Kind::BuildError)],
    wakes: &[": [C0", ": [R0", ": [R1", ": [W0", ": [W1", ": [W4", ": [E0", ": [E1", ": [F0"],
    lines: &[
        r"^(?P<path>\S.*?\.pyi?)[:(](?P<line>\d+)\)?: \[(?P<code>[CRWEF]\d{4})(?:\([a-z][a-z0-9-]+\))?(?:, ?[^\]]*|[^\]]*)\] (?P<message>.+)$",
    ],
    ..Form::DEFAULT
};

pub const JSON: JsonForm = JsonForm {
    tool: "pylint",
    kinds: &[("E0001", Kind::BuildError)],
    wakes: &[
        "\"type\": \"fatal\"",
        "\"type\": \"error\"",
        "\"type\": \"warning\"",
        "\"type\": \"convention\"",
        "\"type\": \"refactor\"",
    ],
    first: "type",
    needs: &["symbol", "message-id|messageId"],
    path: "path",
    code: "message-id|messageId",
    ..JsonForm::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::told;

    // Printed by pylint 4.1.
    #[test]
    fn all_its_forms_are_read() {
        let log = "\
************* Module shop.cart
shop/cart.py:1:0: C0114: Missing module docstring (missing-module-docstring)
shop/cart.py:11:15: E1101: Instance of 'Cart' has no 'nope' member (no-member)
shop/cart.py:11: [E0602(undefined-variable), Cart.total] Undefined variable 'thing'
shop/cart.py(8): [W0612(unused-variable)Cart.total] Unused variable 'password'
shop/syn.py:1:7: E0001: Parsing failed: 'invalid syntax (syn, line 1)' (syntax-error)

-----------------------------------
Your code has been rated at 0.00/10
";
        assert_eq!(
            told(log),
            [
                "pylint lint_error | shop/cart.py:1:0 | C0114 | Missing module docstring | @2-2",
                "pylint lint_error | shop/cart.py:11:15 | E1101 | Instance of 'Cart' has no 'nope' member | @3-3",
                "pylint lint_error | shop/cart.py:11 | E0602 | Undefined variable 'thing' | @4-4",
                "pylint lint_error | shop/cart.py:8 | W0612 | Unused variable 'password' | @5-5",
                "pylint build_error | shop/syn.py:1:7 | E0001 | Parsing failed: 'invalid syntax (syn, line 1)' | @6-6",
            ]
        );
    }
}
