//! Dialyzer, as Dialyxir prints it.

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

/// Dialyxir (`lib/dialyxir/formatter/dialyxir.ex`): `path:3:no_return`, then what that means here.
pub const DIALYXIR: Form = Form {
    tool: "dialyzer",
    kind: Kind::TypeError,
    wakes: &[".ex:", ".erl:"],
    lines: &[
        r"^(?P<path>\S+\.(?:exs?|erl)):(?P<line>\d+)(?::(?P<column>\d+))?:(?P<code>[a-z][a-z_]+)$",
        r"^(?P<message>\S.*)$",
    ],
    ..Form::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::check;

    #[test]
    fn a_warning_is_told_with_what_it_means_below() {
        check(
            "lib/shop.ex:3:no_return\nFunction open/2 has no local return.\n____",
            &["dialyzer type_error | lib/shop.ex:3 | no_return | Function open/2 has no local return. | @1-2"],
        );
    }
}
