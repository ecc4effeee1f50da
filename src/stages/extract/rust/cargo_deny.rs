//! cargo-deny: dependencies that are not allowed.
//!
//! Printed by codespan-reporting: `error[{code}]: {message}`, ` ┌─ {file}:{line}:{column}`.

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

pub const FORM: Form = Form {
    tool: "cargo-deny",
    kind: Kind::DependencyIssue,
    wakes: &[" ┌─ "],
    looks_back: true,
    lines: &[
        r"^error\[(?P<code>[a-z][a-z-]+)\]: (?P<message>.+)$",
        r"^ +┌─ (?P<path>\S.*?):(?P<line>\d+):(?P<column>\d+)$",
    ],
    more: Some(r"^ *\d* *[│┃·].*$"),
    ..Form::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::told;

    #[test]
    fn what_is_denied_is_told_with_its_place_in_the_lock() {
        let log = "\
error[vulnerability]: Potential segfault in the time crate
   ┌─ /home/runner/work/x/x/Cargo.lock:12:1
   │
12 │ time 0.1.43 registry
   │ ---------- security vulnerability detected
";
        assert_eq!(
            told(log),
            [
                "cargo-deny dependency_issue | Cargo.lock:12:1 | vulnerability | Potential segfault in the time crate | @1-5"
            ]
        );
    }
}
