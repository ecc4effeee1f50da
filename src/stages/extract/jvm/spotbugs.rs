//! SpotBugs and FindBugs: bugs in compiled classes, told on the console and behind Maven.

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

/// SpotBugs and FindBugs, as `SortingBugReporter` prints them to the console: `H D NP: … At Tram.java:[line 12]`.
pub static CONSOLE: Form = Form {
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
pub static MAVEN: Form = Form {
    tool: "spotbugs",
    kind: Kind::LintError,
    wakes: &["java:[line", ".kt:[line", ".scala:[line", ".groovy:[line"],
    lines: &[concat!(
        r"^\[ERROR\] (?:High|Medium|Low): (?P<message>\S.*?) \[[^\]]*\](?:,.*?)? [A-Z][\w ]* ",
        r"(?P<path>[\w$./-]+\.\w+):\[lines? (?P<line>\d+)(?:-\d+)?\](?:.*? )?(?P<code>[A-Z][A-Z0-9_]+)$",
    )],
    ..Form::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::check_only;

    #[test]
    fn its_console_and_mavens_plugin_are_read() {
        check_only(
            "M D NP: Possible null pointer dereference of bell in org.example.Tram.ring()  At Tram.java:[line 12]",
            "spotbugs lint_error | Tram.java:12 | NP | Possible null pointer dereference of bell in org.example.Tram.ring() | @1-1",
        );
        check_only(
            "[ERROR] High: Possible null pointer dereference of bell in org.example.Tram.ring() [org.example.Tram] At Tram.java:[line 12] NP_NULL_ON_SOME_PATH",
            "spotbugs lint_error | Tram.java:12 | NP_NULL_ON_SOME_PATH | Possible null pointer dereference of bell in org.example.Tram.ring() | @1-1",
        );
        check_only(
            "[ERROR] High: Null pointer dereference of bell in org.example.Tram.ring() [org.example.Tram] Dereferenced at Tram.java:[line 6] NP_ALWAYS_NULL",
            "spotbugs lint_error | Tram.java:6 | NP_ALWAYS_NULL | Null pointer dereference of bell in org.example.Tram.ring() | @1-1",
        );
    }
}
