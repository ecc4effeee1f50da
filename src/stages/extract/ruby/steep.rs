//! Steep: Ruby's types, by what RBS says of them.

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

/// Steep (`lib/steep/drivers/diagnostic_printer.rb`): the complaint, then its name behind a bar.
pub const FORM: Form = Form {
    tool: "steep",
    kind: Kind::TypeError,
    wakes: &[": [error] ", ": [warning] ", ": [information] "],
    lines: &[
        r"^(?P<path>\S.*?\.\w*rbs?):(?P<line>\d+):(?P<column>\d+): \[(?P<level>error|warning|information|hint)\] (?P<message>.+)$",
        r"^│ Diagnostic ID: (?P<code>\S+)$",
    ],
    between: Some("^│"),
    mild: &["information", "hint"],
    ..Form::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::check_only;

    #[test]
    fn a_complaint_is_told_with_its_name_below() {
        check_only(
            "lib/a.rb:3:2: [error] Type `::A` does not have method `x`\n│ Diagnostic ID: Ruby::NoMethod\n│\n└ A.new.x\n        ~",
            "steep type_error | lib/a.rb:3:2 | Ruby::NoMethod | Type `::A` does not have method `x` | @1-2",
        );
    }
}
