//! The Kotlin compiler, by itself, behind Gradle and behind Maven.
//!
//! True of `MessageRenderer.GRADLE_STYLE` (`e: file:///…:3:5 …`; before 1.8 `e: …: (3, 5): …`), of
//! `MessageRenderer.PLAIN_RELATIVE_PATHS` (`Tram.kt:3:5: error: …`, the command line) and of the Maven plugin's
//! `MavenPluginLogMessageCollector`.

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

pub static OF_GRADLE: Form = Form {
    tool: "kotlinc",
    kind: Kind::BuildError,
    wakes: &["e: file:///"],
    lines: &[r"^e: file://(?P<path>/\S.*?\.(?:kts?|java)):(?P<line>\d+):(?P<column>\d+):? (?P<message>\S.*)$"],
    ..Form::DEFAULT
};

pub static OF_GRADLE_BEFORE: Form = Form {
    tool: "kotlinc",
    kind: Kind::BuildError,
    wakes: &[".kt: (", ".kts: ("],
    lines: &[concat!(
        r"^(?:e:|\[ERROR\]) (?P<path>\S.*?\.kts?): ",
        r"\((?P<line>\d+), (?P<column>\d+)\):? (?:error: )?(?P<message>\S.*)$",
    )],
    ..Form::DEFAULT
};

pub static PLAIN: Form = Form {
    tool: "kotlinc",
    kind: Kind::BuildError,
    wakes: &[".kt:", ".kts:"],
    lines: &[concat!(
        r"^(?:\[ERROR\] )?(?P<path>(?:[A-Za-z]:)?[^\s:\[][^:\[]*\.kts?):\[?",
        r"(?P<line>\d+)[:,](?P<column>\d+)(?:\]|: error:) (?P<message>\S.*)$",
    )],
    ..Form::DEFAULT
};

/// Warnings that fail the build are named by the compiler as nothing but this.
pub static WERROR: Form = Form {
    tool: "kotlinc",
    kind: Kind::BuildError,
    wakes: &["warnings found and -Werror specified"],
    lines: &[r"^(?:e: |error: )(?P<message>warnings found and -Werror specified)$"],
    ..Form::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::told;

    fn kotlincs(log: &str) -> Vec<String> {
        told(log).into_iter().filter(|row| row.starts_with("kotlinc")).collect()
    }

    #[test]
    fn every_way_to_print_an_error_is_read() {
        let log = "\
w: file:///srv/tram/src/Tram.kt:1:5 Variable 'x' is never used
e: file:///srv/tram/src/Tram.kt:3:5 Unresolved reference: ring
e: file:///C:/tram/src/Tram.kt:4:5 Unresolved reference: ring
e: /srv/tram/src/Bell.kt: (3, 5): Unresolved reference: ring
src/Car.kt:3:5: error: unresolved reference: ring
src/Car.kt:4:5: warning: variable 'x' is never used
[ERROR] /srv/tram/src/Bus.kt:[3,5] Unresolved reference: ring
[ERROR] /srv/tram/src/Van.kt: (3, 5) Unresolved reference: ring
e: warnings found and -Werror specified
";
        let of = |place: &str, line: u32| {
            format!("kotlinc build_error | {place} | Unresolved reference: ring | @{line}-{line}")
        };
        assert_eq!(
            kotlincs(log),
            [
                of("/srv/tram/src/Tram.kt:3:5", 2).replace("| /srv", "| ?/srv"),
                of("/C:/tram/src/Tram.kt:4:5", 3).replace("| /C", "| ?/C"),
                of("/srv/tram/src/Bell.kt:3:5", 4).replace("| /srv", "| ?/srv"),
                of("src/Car.kt:3:5", 5).replace("Unresolved", "unresolved"),
                of("/srv/tram/src/Bus.kt:3:5", 7).replace("| /srv", "| ?/srv"),
                of("/srv/tram/src/Van.kt:3:5", 8).replace("| /srv", "| ?/srv"),
                "kotlinc build_error | warnings found and -Werror specified | @9-9".to_owned(),
            ]
        );
    }
}
