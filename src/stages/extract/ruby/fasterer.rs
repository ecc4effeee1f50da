//! Fasterer: Ruby for which there is something faster.

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

/// Fasterer (`lib/fasterer/file_traverser.rb`, `lib/fasterer/offense.rb`): `path:line message`.
pub const FORM: Form = Form {
    tool: "fasterer",
    kind: Kind::LintError,
    wakes: &["is slower than ", "Don't rescue NoMethodError", "Use attr_", "is faster than "],
    lines: &[r"^(?P<path>\S.*\.rb):(?P<line>\d+) (?P<message>[A-Z].+)$"],
    ..Form::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::check_only;

    #[test]
    fn what_is_slower_is_told_with_its_place() {
        check_only(
            "app/models/item.rb:57 Array#select.first is slower than Array#detect.",
            "fasterer lint_error | app/models/item.rb:57 | Array#select.first is slower than Array#detect. | @1-1",
        );
    }
}
