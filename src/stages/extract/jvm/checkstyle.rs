//! Checkstyle: by itself, behind Ant, Maven and Gradle.
//!
//! True of `AuditEventDefaultFormatter` (`[ERROR] path:3:5: … [Rule]`; before 7 `path:3:5: error: …`), of Ant's and
//! Gradle's `[ant:checkstyle]` before it, and of `CheckstyleViolationCheckMojo.logViolation` of Maven's plugin, which
//! may count warnings too.

use crate::domain::failure::{Failure, Kind};
use crate::domain::log::{Line, Span};
use crate::stages::extract::pattern::{Pattern, group, number};
use crate::stages::extract::reader::{Attention, Findings, Reader};

/// Warnings are kept until the plugin says that they fail the build.
const WARNINGS_MAX: usize = 1_000;

#[derive(Default)]
pub struct Checkstyle {
    warnings: Vec<Failure>,
    errors: bool,
}

static PLAIN: Pattern = Pattern::new(
    r"^(?: *\[(?:ant:)?checkstyle\] ?)?(?:\[INFO\] |\[WARNING\] |\[ERROR\] )?\[(ERROR|WARN)\] ((?:[A-Za-z]:)?[^\s:][^:]*\.[\w-]+):(\d+)(?::(\d+))?: (.*) \[([\w-]+)\]\s*$",
);

static BEFORE: Pattern = Pattern::new(
    r"^ *\[(?:ant:)?checkstyle\] ((?:[A-Za-z]:)?[^\s:][^:]*\.[\w-]+):(\d+)(?::(\d+))?: (?:(error|warning): )?(.*)$",
);

/// `[ERROR] src/main/java/Tram.java:[3,5] (javadoc) JavadocMethod: Missing a comment.`
static MAVEN: Pattern =
    Pattern::new(r"^\[(ERROR|WARNING|WARN)\] (\S.*\.[\w-]+):\[(\d+)(?:,(\d+))?\] \((\w+)\) ([\w-]+): (.*)$");

impl Reader for Checkstyle {
    fn tool(&self) -> &'static str {
        "checkstyle"
    }

    fn wakes(&self) -> &'static [&'static str] {
        &[".java:\u{2}:", ".java:[", "checkstyle] ", ".properties:", ".xml:\u{1}", ".xml:[", "Checkstyle violation"]
    }

    fn line(&mut self, line: &Line<'_>, found: &mut Findings) -> Attention {
        let text = line.text;
        if text.contains("Checkstyle violation") {
            if !self.errors {
                self.warnings.drain(..).for_each(|warning| found.failure(warning));
            }
            return Attention::Sleep;
        }
        let Some((mild, failure)) = complaint(text, line.number) else { return Attention::Sleep };
        if !mild {
            self.errors = true;
            found.failure(failure);
        } else if self.warnings.len() < WARNINGS_MAX {
            self.warnings.push(failure);
        }
        Attention::Sleep
    }

    fn end(&mut self, _: &mut Findings) {
        *self = Self::default();
    }
}

/// Whether it is a warning, and the failure that it is otherwise.
fn complaint(text: &str, line: u64) -> Option<(bool, Failure)> {
    let new = |place: (&str, Option<u32>, Option<u32>), code: &str, message: &str| {
        let mut failure = Failure::new(Kind::LintError, "checkstyle", message.trim_end(), Span::at(line));
        failure.path = Some(place.0.to_owned());
        (failure.line, failure.column) = (place.1, place.2);
        failure.code = Some(code).filter(|code| !code.is_empty()).map(str::to_owned);
        failure
    };
    let place = |found: &regex::Captures<'_>, at| (number(found, at), number(found, at + 1));
    if let Some(found) = PLAIN.captures(text) {
        let (row, column) = place(&found, 3);
        let failure = new((group(&found, 2), row, column), group(&found, 6), group(&found, 5));
        return Some((group(&found, 1) != "ERROR", failure));
    }
    if let Some(found) = MAVEN.captures(text) {
        let (row, column) = place(&found, 3);
        let failure = new((group(&found, 2), row, column), group(&found, 6), group(&found, 7));
        return Some((group(&found, 1) != "ERROR", failure));
    }
    let found = BEFORE.captures(text)?;
    let (row, column) = place(&found, 2);
    let failure = new((group(&found, 1), row, column), "", group(&found, 5));
    Some((group(&found, 4) == "warning", failure))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stages::extract::tests::told;

    fn check(line: &str, expected: &str) {
        assert_eq!(told(&format!("{line}\n")), [format!("{expected} | @1-1")], "of {line}");
    }

    #[test]
    fn every_tool_that_runs_it_prints_it_in_its_own_way() {
        let rule = "Missing a comment.";
        for prefix in ["", "[ant:checkstyle] ", "[checkstyle] "] {
            check(
                &format!("{prefix}[ERROR] /srv/tram/src/Tram.java:3:5: {rule} [MissingJavadocMethod]"),
                &format!("checkstyle lint_error | ?/srv/tram/src/Tram.java:3:5 | MissingJavadocMethod | {rule}"),
            );
        }
        check(
            &format!("[ERROR] src/main/java/Tram.java:[3,5] (javadoc) JavadocMethod: {rule}"),
            &format!("checkstyle lint_error | src/main/java/Tram.java:3:5 | JavadocMethod | {rule}"),
        );
        check(
            &format!("[checkstyle] /srv/tram/src/Tram.java:3: error: {rule}"),
            &format!("checkstyle lint_error | ?/srv/tram/src/Tram.java:3 | {rule}"),
        );
    }

    #[test]
    fn warnings_are_failures_only_where_the_plugin_counts_them() {
        let warning = "[WARNING] src/Tram.java:[3,5] (javadoc) JavadocMethod: no\n";
        assert_eq!(told(warning), [""; 0]);
        let counted = format!(
            "{warning}[ERROR] Failed to execute goal org.apache.maven.plugins:maven-checkstyle-plugin:3.3.1:check (default) on project tram: You have 1 Checkstyle violation. -> [Help 1]\n"
        );
        assert_eq!(told(&counted)[0], "checkstyle lint_error | src/Tram.java:3:5 | JavadocMethod | no | @1-1");
    }

    #[test]
    fn what_is_kept_is_bounded() {
        let mut reader = Checkstyle::default();
        for number in 0..=WARNINGS_MAX as u64 {
            let text = "[WARN] a/Tram.java:3: no [Rule]";
            let line = Line { number, text, mark: crate::domain::log::Mark::Plain };
            reader.line(&line, &mut Findings::default());
        }
        assert_eq!(reader.warnings.len(), WARNINGS_MAX);
    }
}
