//! aapt: Android's resource compiler.

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

/// Android's resource compiler behind Gradle (`AaptOutput`): `ERROR:/srv/res/values/a.xml:3:5: AAPT: error: …`.
pub static FORM: Form = Form {
    tool: "aapt",
    kind: Kind::BuildError,
    wakes: &["AAPT: error: "],
    lines: &[
        r"^(?:ERROR: ?)?(?P<path>(?:[A-Za-z]:)?[^\s:][^:]*):(?P<line>\d+)(?::(?P<column>\d+))?: AAPT: error: (?P<message>\S.*)$",
    ],
    ..Form::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::check_only;

    #[test]
    fn an_error_behind_gradle_names_its_place() {
        check_only(
            "ERROR:/srv/tram/app/src/main/res/values/a.xml:3:5: AAPT: error: unexpected element <x> found in <y>.",
            "aapt build_error | ?/srv/tram/app/src/main/res/values/a.xml:3:5 | unexpected element <x> found in <y>. | @1-1",
        );
    }
}
