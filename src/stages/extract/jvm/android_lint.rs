//! Android lint: its report as text.

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

/// Android lint's `TextReporter`: the file, then on the same line what is wrong.
pub static FORM: Form = Form {
    tool: "android-lint",
    kind: Kind::LintError,
    wakes: &[": Error: "],
    lines: &[concat!(
        r"^(?P<path>\S.*\.(?:xml|java|kts?|gradle|toml|pro|png)):(?:(?P<line>\d+):)? Error: (?P<message>\S.*?)",
        r"(?: \[(?P<code>[A-Z]\w+)(?: from [^\]]*)?\])?$",
    )],
    ..Form::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::check_only;

    #[test]
    fn an_error_names_its_file_and_its_rule() {
        check_only(
            "/srv/tram/app/src/main/res/layout/a.xml:12: Error: Missing contentDescription [ContentDescription]",
            "android-lint lint_error | ?/srv/tram/app/src/main/res/layout/a.xml:12 | ContentDescription | Missing contentDescription | @1-1",
        );
    }
}
