//! Linters of Java, Kotlin and Scala whose complaints are one line each.

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

/// SpotBugs and FindBugs, as `SortingBugReporter` prints them to the console: `H D NP: … At Tram.java:[line 12]`.
pub static SPOTBUGS: Form = Form {
    tool: "spotbugs",
    kind: Kind::LintError,
    wakes: &["java:[line", ".kt:[line", ".scala:[line", ".groovy:[line"],
    lines: &[concat!(
        r"^(?: *\[\w+\] )?[HML] [A-Z] (?P<code>\w+): (?P<message>\S.*?) +(?:At|In|Dereferenced at|Unsynchronized access at|[A-Z][\w ]* at) ",
        r"(?P<path>[\w$./-]+\.\w+):\[lines? (?P<line>\d+)(?:-\d+)?\]",
    )],
    ..Form::DEFAULT
};

/// The same behind Maven's `spotbugs:check` (`SpotbugsViolationCheckMojo`).
pub static SPOTBUGS_MAVEN: Form = Form {
    tool: "spotbugs",
    kind: Kind::LintError,
    wakes: &["java:[line", ".kt:[line", ".scala:[line", ".groovy:[line"],
    lines: &[concat!(
        r"^\[ERROR\] (?:High|Medium|Low): (?P<message>\S.*?) \[[^\]]*\](?:,.*?)? [A-Z][\w ]* ",
        r"(?P<path>[\w$./-]+\.\w+):\[lines? (?P<line>\d+)(?:-\d+)?\](?:.*? )?(?P<code>[A-Z][A-Z0-9_]+)$",
    )],
    ..Form::DEFAULT
};

/// PMD's `text` format (`TextRenderer`; of PMD 5 and 6 without the rule), as Gradle prints it too.
pub static PMD: Form = Form {
    tool: "pmd",
    kind: Kind::LintError,
    wakes: &[".java:\u{2}:", ".kt:\u{2}:", ".jsp:\u{2}:", ".cls:\u{2}:"],
    lines: &[r"^(?: *\[\w+\] )?(?P<path>\S.*\.\w+):(?P<line>\d+):\t(?:(?P<code>\w+):\t)?(?P<message>\S.*)$"],
    ..Form::DEFAULT
};

/// Behind Maven's `pmd:check` (`PmdViolationCheckMojo`).
pub static PMD_MAVEN: Form = Form {
    tool: "pmd",
    kind: Kind::LintError,
    wakes: &["PMD Failure: "],
    lines: &[
        r"^\[\w+\] PMD Failure: (?P<path>[^\s:]+):(?P<line>\d+) Rule:(?P<code>\S+) Priority:\d+ (?P<message>\S.*?)\.*$",
    ],
    ..Form::DEFAULT
};

/// ktlint's `plain` reporter (`PlainReporter`), whose rules have a rule set's name since 0.49, and its Gradle plugins.
pub static KTLINT: Form = Form {
    tool: "ktlint",
    kind: Kind::LintError,
    wakes: &[".kt:", ".kts:"],
    lines: &[concat!(
        r"^(?:.*\[ktlint\] )?(?P<path>(?:[A-Za-z]:)?[^\s:][^:]*\.kts?):(?P<line>\d+):(?P<column>\d+):? ",
        r"(?P<message>\S.*?) \((?P<code>[\w-]+(?::[\w:-]+)?)\)$",
    )],
    ..Form::DEFAULT
};

/// detekt's list on the console (`ComplexityReport` aside): `FindingsReport` to 1.22, `LiteFindingsReport` since.
pub static DETEKT: Form = Form {
    tool: "detekt",
    kind: Kind::LintError,
    wakes: &[".kt:", ".kts:"],
    lines: &[concat!(
        r"^(?P<path>(?:[A-Za-z]:)?[^\s:][^:]*\.kts?):(?P<line>\d+):(?P<column>\d+): ",
        r"(?P<message>\S.*?) \[(?P<code>[A-Z]\w+)\]$",
    )],
    ..Form::DEFAULT
};

pub static DETEKT_BEFORE: Form = Form {
    tool: "detekt",
    kind: Kind::LintError,
    wakes: &[" at /", "] at "],
    lines: &[
        r"^\s+(?P<code>[A-Z]\w+) - (?P<message>\S.*?) at (?P<path>(?:/|[A-Za-z]:).*\.kts?):(?P<line>\d+):(?P<column>\d+)$",
    ],
    ..Form::DEFAULT
};

/// scalastyle's command line (`TextOutput` of its `Main`).
pub static SCALASTYLE: Form = Form {
    tool: "scalastyle",
    kind: Kind::LintError,
    wakes: &["error file=", "warning file="],
    lines: &[concat!(
        r"^(?P<level>error|warning) file=(?P<path>.+?) message=(?P<message>.*?)(?: line=(?P<line>\d+))?",
        r"(?: column=(?P<column>\d+))?$",
    )],
    ..Form::DEFAULT
};

/// Android lint's `TextReporter`: the file, then on the same line what is wrong.
pub static ANDROID_LINT: Form = Form {
    tool: "android-lint",
    kind: Kind::LintError,
    wakes: &[": Error: "],
    lines: &[concat!(
        r"^(?P<path>\S.*\.(?:xml|java|kts?|gradle|toml|pro|png)):(?:(?P<line>\d+):)? Error: (?P<message>\S.*?)",
        r"(?: \[(?P<code>[A-Z]\w+)(?: from [^\]]*)?\])?$",
    )],
    ..Form::DEFAULT
};

/// Android's resource compiler behind Gradle (`AaptOutput`): `ERROR:/srv/res/values/a.xml:3:5: AAPT: error: …`.
pub static AAPT: Form = Form {
    tool: "aapt",
    kind: Kind::BuildError,
    wakes: &["AAPT: error: "],
    lines: &[
        r"^(?:ERROR: ?)?(?P<path>(?:[A-Za-z]:)?[^\s:][^:]*):(?P<line>\d+)(?::(?P<column>\d+))?: AAPT: error: (?P<message>\S.*)$",
    ],
    ..Form::DEFAULT
};

/// sbt's last words on a task (`sbt.internal.Aggregation`, `EvaluateTask`): the compiler or the runner has said why.
pub static SBT: Form = Form {
    tool: "sbt",
    kind: Kind::BuildError,
    wakes: &["[error] ("],
    lines: &[r"^\[error\] \((?P<code>[\w./ :{}-]+)\) (?P<message>\S.*)$"],
    wraps: true,
    ..Form::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::told;

    fn check(line: &str, expected: &str) {
        assert_eq!(told(&format!("{line}\n")), [format!("{expected} | @1-1")], "of {line}");
    }

    #[test]
    fn each_linter_is_read_in_its_own_form() {
        check(
            "M D NP: Possible null pointer dereference of bell in org.example.Tram.ring()  At Tram.java:[line 12]",
            "spotbugs lint_error | Tram.java:12 | NP | Possible null pointer dereference of bell in org.example.Tram.ring()",
        );
        check(
            "[ERROR] High: Possible null pointer dereference of bell in org.example.Tram.ring() [org.example.Tram] At Tram.java:[line 12] NP_NULL_ON_SOME_PATH",
            "spotbugs lint_error | Tram.java:12 | NP_NULL_ON_SOME_PATH | Possible null pointer dereference of bell in org.example.Tram.ring()",
        );
        check(
            "[ERROR] High: Null pointer dereference of bell in org.example.Tram.ring() [org.example.Tram] Dereferenced at Tram.java:[line 6] NP_ALWAYS_NULL",
            "spotbugs lint_error | Tram.java:6 | NP_ALWAYS_NULL | Null pointer dereference of bell in org.example.Tram.ring()",
        );
        check(
            "/srv/tram/src/Tram.java:12:\tUnusedPrivateField:\tAvoid unused private fields such as 'bell'.",
            "pmd lint_error | ?/srv/tram/src/Tram.java:12 | UnusedPrivateField | Avoid unused private fields such as 'bell'.",
        );
        check(
            "[INFO] PMD Failure: org.example.Tram:12 Rule:UnusedPrivateField Priority:3 Avoid unused private fields such as 'bell'.",
            "pmd lint_error | org.example.Tram:12 | UnusedPrivateField | Avoid unused private fields such as 'bell'",
        );
        check(
            "src/Tram.kt:3:5: Unexpected indentation (4) (should be 2) (standard:indent)",
            "ktlint lint_error | src/Tram.kt:3:5 | standard:indent | Unexpected indentation (4) (should be 2)",
        );
        check(
            "/srv/tram/src/Tram.kt:3:5: The function ring is too long (85). [LongMethod]",
            "detekt lint_error | ?/srv/tram/src/Tram.kt:3:5 | LongMethod | The function ring is too long (85).",
        );
        check(
            "\tLongMethod - 85/60 - [ring] at /srv/tram/src/Tram.kt:3:5",
            "detekt lint_error | ?/srv/tram/src/Tram.kt:3:5 | LongMethod | 85/60 - [ring]",
        );
        check(
            "warning file=/srv/tram/src/Tram.scala message=Object name does not match line=6 column=7",
            "scalastyle lint_error | ?/srv/tram/src/Tram.scala:6:7 | Object name does not match",
        );
        check(
            "/srv/tram/app/src/main/res/layout/a.xml:12: Error: Missing contentDescription [ContentDescription]",
            "android-lint lint_error | ?/srv/tram/app/src/main/res/layout/a.xml:12 | ContentDescription | Missing contentDescription",
        );
        check(
            "ERROR:/srv/tram/app/src/main/res/values/a.xml:3:5: AAPT: error: unexpected element <x> found in <y>.",
            "aapt build_error | ?/srv/tram/app/src/main/res/values/a.xml:3:5 | unexpected element <x> found in <y>.",
        );
        check(
            "[error] (Test / test) sbt.TestsFailedException: Tests unsuccessful",
            "sbt build_error | Test / test | sbt.TestsFailedException: Tests unsuccessful",
        );
    }
}
