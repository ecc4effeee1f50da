//! brew: formulae that it does not have.
//!
//! `Library/Homebrew/exceptions.rb`: `Error: No available formula with the name "NAME"`.

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

pub const FORM: Form = Form {
    tool: "brew",
    kind: Kind::DependencyIssue,
    wakes: &["Error: No available formula ", "Error: No formulae found ", "Error: No formula or cask"],
    lines: &[r"^Error: (?P<message>No (?:available formula|formulae found|formula or cask).+)$"],
    ..Form::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::told;

    #[test]
    fn a_formula_that_is_not_there_is_told() {
        let log = "Error: No available formula with the name \"nope\".\n";
        assert_eq!(told(log), ["brew dependency_issue | No available formula with the name \"nope\". | @1-1"]);
    }
}
