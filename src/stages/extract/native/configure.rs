//! Autoconf's `configure`: why it stopped.

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

/// Autoconf's `AC_MSG_ERROR`.
pub static FORM: Form = Form {
    tool: "configure",
    kind: Kind::BuildError,
    wakes: &["configure: error: "],
    lines: &[r"^(?:\S*/)?configure: error: (?P<message>\S.*)$"],
    ..Form::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::check_only;

    #[test]
    fn why_it_stopped_is_told() {
        check_only(
            "configure: error: Package requirements (bell) were not met:",
            "configure build_error | Package requirements (bell) were not met: | @1-1",
        );
    }
}
