//! detekt: smells in Kotlin, as its console lists them.

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

/// detekt's list on the console (`ComplexityReport` aside): `FindingsReport` to 1.22, `LiteFindingsReport` since.
pub static FORM: Form = Form {
    tool: "detekt",
    kind: Kind::LintError,
    wakes: &[".kt:", ".kts:"],
    lines: &[concat!(
        r"^(?P<path>(?:[A-Za-z]:)?[^\s:][^:]*\.kts?):(?P<line>\d+):(?P<column>\d+): ",
        r"(?P<message>\S.*?) \[(?P<code>[A-Z]\w+)\]$",
    )],
    ..Form::DEFAULT
};

pub static BEFORE: Form = Form {
    tool: "detekt",
    kind: Kind::LintError,
    wakes: &[" at /", "] at "],
    lines: &[
        r"^\s+(?P<code>[A-Z]\w+) - (?P<message>\S.*?) at (?P<path>(?:/|[A-Za-z]:).*\.kts?):(?P<line>\d+):(?P<column>\d+)$",
    ],
    ..Form::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::check_only;

    #[test]
    fn its_list_is_read_as_it_was_and_as_it_is() {
        check_only(
            "/srv/tram/src/Tram.kt:3:5: The function ring is too long (85). [LongMethod]",
            "detekt lint_error | ?/srv/tram/src/Tram.kt:3:5 | LongMethod | The function ring is too long (85). | @1-1",
        );
        check_only(
            "\tLongMethod - 85/60 - [ring] at /srv/tram/src/Tram.kt:3:5",
            "detekt lint_error | ?/srv/tram/src/Tram.kt:3:5 | LongMethod | 85/60 - [ring] | @1-1",
        );
    }
}
