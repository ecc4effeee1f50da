//! Sorbet: Ruby's types.

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

/// Sorbet (`core/Error.cc`): a place, what is wrong, and the page of its code.
pub const FORM: Form = Form {
    tool: "sorbet",
    kind: Kind::TypeError,
    wakes: &["https://srb.help/"],
    lines: &[r"^(?P<path>\S.*?):(?P<line>\d+): (?P<message>.+?) https://srb\.help/(?P<code>\d+)$"],
    ..Form::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::check_only;

    #[test]
    fn an_error_is_known_by_the_page_of_its_code() {
        check_only(
            "lib/a.rb:13: Method `barr` does not exist on `A` https://srb.help/7003\n    13 |A.new.barr(91)\n              ^^^^",
            "sorbet type_error | lib/a.rb:13 | 7003 | Method `barr` does not exist on `A` | @1-1",
        );
    }
}
