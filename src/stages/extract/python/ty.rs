//! ty: a head, its place, the source; or one line each.
//!
//! `ruff_db/src/diagnostic/render/{full,concise}.rs`: `error[{rule}]: {message}` with ` --> {path}:{line}:{column}`
//! below, and `{path}:{line}:{column}: error[{rule}] {message}`. Only errors fail the run, unless it is asked for more.

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

pub const FULL: Form = Form {
    tool: "ty",
    kind: Kind::TypeError,
    wakes: &["error["],
    lines: &[
        r"^error\[(?P<code>[a-z][a-z-]+)\]: (?P<message>.+)$",
        r"^ *--> (?P<path>\S.*?\.pyi?):(?P<line>\d+):(?P<column>\d+)$",
    ],
    more: Some(r"^ *\d* *\|"),
    ..Form::DEFAULT
};

pub const CONCISE: Form = Form {
    tool: "ty",
    kind: Kind::TypeError,
    wakes: &[": error["],
    lines: &[
        r"^(?P<path>\S.*?\.pyi?):(?P<line>\d+):(?P<column>\d+): error\[(?P<code>[a-z][a-z-]+)\]:? (?P<message>.+)$",
    ],
    ..Form::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::told;

    #[test]
    fn both_forms_are_read_and_other_tools_heads_are_not() {
        let log = "\
error[unresolved-reference]: Name `thing` used when not defined
  --> shop/cart.py:11:28
   |
11 |         return self.nope + thing
   |                            ^^^^^

shop/cart.py:10:18: error[invalid-assignment] Object of type `str` is not assignable to `int`
";
        assert_eq!(
            told(log),
            [
                "ty type_error | shop/cart.py:11:28 | unresolved-reference | Name `thing` used when not defined | @1-5",
                "ty type_error | shop/cart.py:10:18 | invalid-assignment | Object of type `str` is not assignable to `int` | @7-7",
            ]
        );
    }
}
