//! `file:line:column: message`, of any tool that no other reader knows.

use super::pattern::{Pattern, group};
use super::place::{Place, place};
use super::reader::{Attention, Findings, Reader};
use crate::domain::failure::{Failure, Kind};
use crate::domain::log::{Line, Span};

/// Reads places that somebody complains of.
#[derive(Default)]
pub struct Located;

/// What may stand before a place: indentation, `[ERROR]`, `error:`, `ERROR in`, `✘`.
static BEFORE: Pattern = Pattern::new(r"^\s{0,8}(?:(?i:\[error\]|error:|error in|##\[error\])\s*|[✘✖×]\s+|\*\*\s+)?");

/// How bad it is, and the code that may follow or stand in brackets.
static SEVERITY: Pattern = Pattern::new(concat!(
    r"(?i)^(?:\[?(?P<level>fatal error|error|err|fatal|failure|warning|warn|note|info|information|hint|style|convention",
    r"|refactor|remark|help)(?:\]:?|:|\b( [A-Z]{1,8}[-_]?\d)|\[)\s*)?",
));

/// `E501 …`, `SC2086: …`, `error[XY12]: …`.
static CODE_FIRST: Pattern = Pattern::new(r"^\[?([A-Z]{1,8}[-_]?\d{1,5}|[A-Z]\w+/\w+)\]?:?\s+(\S.*)$");

/// `… [no-undef]`, `… (errcheck)`, `… [-Wunused]`.
static CODE_LAST: Pattern = Pattern::new(r"^(.*\S)\s+[\[(]((?:-W)?[A-Za-z][\w/@:.-]*)[\])]$");

/// Levels that stop nothing.
const MILD: &[&str] =
    &["warning", "warn", "note", "info", "information", "hint", "style", "convention", "refactor", "remark", "help"];

impl Reader for Located {
    fn tool(&self) -> &'static str {
        "located"
    }

    fn wakes(&self) -> &'static [&'static str] {
        &[
            ": error",
            "): error",
            ": fatal",
            "error in ",
            "makefile:\u{1}",
            "dockerfile:\u{1}",
            "jenkinsfile:\u{1}",
            ".py:\u{1}",
            ".js:\u{1}",
            ".jsx:\u{1}",
            ".ts:\u{1}",
            ".tsx:\u{1}",
            ".mjs:\u{1}",
            ".cjs:\u{1}",
            ".vue:\u{1}",
            ".css:\u{1}",
            ".scss:\u{1}",
            ".go:\u{1}",
            ".rs:\u{1}",
            ".c:\u{1}",
            ".cc:\u{1}",
            ".cpp:\u{1}",
            ".cxx:\u{1}",
            ".h:\u{1}",
            ".hpp:\u{1}",
            ".m:\u{1}",
            ".mm:\u{1}",
            ".java:\u{2}:",
            ".kt:\u{2}:",
            ".kts:\u{2}:",
            ".scala:\u{2}:",
            ".groovy:\u{2}:",
            ".gradle:\u{1}",
            ".rb:\u{1}",
            ".erb:\u{1}",
            ".haml:\u{1}",
            ".php:\u{1}",
            ".sh:\u{1}",
            ".bash:\u{1}",
            ".pl:\u{1}",
            ".pm:\u{1}",
            ".lua:\u{1}",
            ".sql:\u{1}",
            ".swift:\u{1}",
            ".cs:\u{1}",
            ".fs:\u{1}",
            ".vb:\u{1}",
            ".hs:\u{1}",
            ".ml:\u{1}",
            ".ex:\u{1}",
            ".exs:\u{1}",
            ".erl:\u{1}",
            ".clj:\u{2}:",
            ".dart:\u{1}",
            ".zig:\u{1}",
            ".nim:\u{1}",
            ".r:\u{1}",
            ".tf:\u{1}",
            ".yml:\u{1}",
            ".yaml:\u{1}",
            ".json:\u{1}",
            ".toml:\u{1}",
            ".xml:\u{1}",
            ".html:\u{1}",
            ".md:\u{1}",
            ".rst:\u{1}",
            ".proto:\u{1}",
            ".env:\u{1}",
            ".cmake:\u{1}",
            "cmakelists.txt:\u{1}",
        ]
    }

    fn guesses(&self) -> bool {
        true
    }

    fn line(&mut self, line: &Line<'_>, found: &mut Findings) -> Attention {
        if let Some(failure) = complaint(line) {
            found.failure(failure);
        }
        Attention::Sleep
    }
}

fn complaint(line: &Line<'_>) -> Option<Failure> {
    let before = BEFORE.captures(line.text).map_or("", |before| before.get(0).map_or("", |before| before.as_str()));
    let place = place(line.text.get(before.len()..)?)?;
    let severity = SEVERITY.captures(place.rest)?;
    let level = severity.name("level").map(|level| level.as_str().to_ascii_lowercase());
    if level.as_deref().is_some_and(|level| MILD.contains(&level)) {
        return None;
    }
    // A code that told the level apart from a word of the message is part of what is said, and so is a bracket.
    let end = severity
        .get(1)
        .map_or(0, |_| severity.get(2).map_or_else(|| severity.get(0).map_or(0, |all| all.end()), |code| code.start()));
    let said = place.rest.get(end..)?.trim();
    let (code, message) = code_and_message(said);
    let loud = level.is_some() || !before.trim().is_empty();
    // Without a word on how bad it is, programs' own logging looks alike.
    if message.is_empty() || !(loud || code.is_some() || place.column.is_some()) || is_logging(message) {
        return None;
    }
    let kind = if loud && is_compiled(&place) { Kind::BuildError } else { Kind::LintError };
    let mut failure = Failure::new(kind, "located", message, Span::at(line.number));
    failure.code = code.map(str::to_owned);
    failure.path = Some(place.path.trim_start().to_owned());
    failure.line = Some(place.line);
    failure.column = place.column;
    Some(failure)
}

fn code_and_message(said: &str) -> (Option<&str>, &str) {
    if let Some(found) = CODE_FIRST.captures(said) {
        return (Some(group(&found, 1)), group(&found, 2));
    }
    match CODE_LAST.captures(said) {
        Some(found) => (Some(group(&found, 2)), group(&found, 1)),
        None => (None, said),
    }
}

/// `app.py:3: DeprecationWarning: …`, and what loggers write after a file and a line.
fn is_logging(message: &str) -> bool {
    let first = message.split([' ', ':']).next().unwrap_or_default();
    first.ends_with("Warning")
        || matches!(first, "INFO" | "DEBUG" | "WARN" | "WARNING" | "TRACE" | "PASS" | "---" | "===")
}

/// A language whose `error` comes from a compiler.
fn is_compiled(place: &Place<'_>) -> bool {
    const EXTENSIONS: &[&str] = &[
        "c", "cc", "cpp", "cxx", "h", "hpp", "m", "mm", "go", "rs", "java", "kt", "scala", "swift", "cs", "fs", "vb",
        "hs", "ml", "zig", "nim", "dart", "ts", "tsx", "proto", "d", "f90", "erl", "ex",
    ];
    let extension = place.path.rsplit('.').next().unwrap_or_default();
    EXTENSIONS.iter().any(|known| known.eq_ignore_ascii_case(extension))
}

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::{check_only, told};

    #[test]
    fn complaints_of_compilers_and_linters_are_read() {
        check_only(
            "src/main.d:12:5: error: 'x' undeclared (first use in this function)",
            "located build_error | src/main.d:12:5 | 'x' undeclared (first use in this function) | @1-1",
        );
        check_only(
            "app/x.zig:3:80: E501 line too long",
            "located lint_error | app/x.zig:3:80 | E501 | line too long | @1-1",
        );
        check_only(
            "a.sh:3:6: note that is bad [SC2086]",
            "located lint_error | a.sh:3:6 | SC2086 | note that is bad | @1-1",
        );
        check_only(
            "pkg/a.tf:9:2: Error return value is not checked (errcheck)",
            "located lint_error | pkg/a.tf:9:2 | errcheck | Error return value is not checked | @1-1",
        );
    }

    #[test]
    fn milder_lines_and_loggers_are_left_alone() {
        for line in [
            "src/main.c:12:5: warning: unused variable 'x'",
            "src/main.c:12:5: note: declared here",
            "app/x.py:3: DeprecationWarning: old",
            "server.go:12: listening on :8080",
            "2026/11/20 10:00:00 main.go:12: error rate is 0",
        ] {
            assert_eq!(told(&format!("{line}\n")), [""; 0], "of {line}");
        }
    }
}
