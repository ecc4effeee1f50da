//! A script that CI runs forgives what it ran, or ends well whatever came before.

use super::change::{Changed, Side};
use super::language::Language;
use super::marks::{Mark, more};
use super::source::Source;
use super::suite::{in_tests, is_test_file};
use crate::domain::verdict::{GuardCode, GuardHit};

pub fn hits(file: &Changed<'_>) -> Vec<GuardHit> {
    if !file.before.exists || !file.after.exists {
        return Vec::new();
    }
    let added = more(&signs(&file.before), signs(&file.after));
    // A script that no longer stops at the first failure.
    let stops = |side: &Side<'_>| side.lines.iter().filter(|line| stops_at_failure(line)).count();
    let is_shell = file.after.source.language == Language::Shell;
    let goes_on = (is_shell && stops(&file.after) < stops(&file.before)).then(|| Mark::new("no `set -e`", 1));
    let source = &file.after.source;
    added
        .into_iter()
        .chain(goes_on)
        .map(|mark| {
            source.hit(
                GuardCode::AssertionRemoved,
                mark.line,
                format!("{}: a failure is not told any more", mark.label),
            )
        })
        .collect()
}

fn stops_at_failure(line: &str) -> bool {
    line.strip_prefix("set -")
        .is_some_and(|flags| flags.split_whitespace().next().is_some_and(|flags| flags.contains('e')))
}

fn signs(side: &Side<'_>) -> Vec<Mark> {
    let source = &side.source;
    let sign = |at: usize| match source.language {
        Language::Shell => shell(source, at),
        _ => ends_well(source, side, at),
    };
    (0..source.code.len()).filter_map(|at| sign(at).map(|label| Mark::new(label, source.line(at)))).collect()
}

fn shell(source: &Source<'_>, at: usize) -> Option<&'static str> {
    let forgives = source.is(at, "||")
        && (source.is_any(at + 1, &["true", ":", "echo", "printf"])
            || source.is(at + 1, "exit") && source.is(at + 2, "0"));
    if forgives {
        return Some("`|| true`");
    }
    let begins = source.get(at).is_some_and(|token| token.indent.is_some());
    if source.is(at, "exit") && source.is(at + 1, "0") && begins {
        return Some("`exit 0`");
    }
    (source.is(at, "set") && source.is(at + 1, "+")).then_some("`set +e`")
}

/// `sys.exit(0)` in a test or in a script of assertions; `os._exit` anywhere, because nothing comes after it.
fn ends_well(source: &Source<'_>, side: &Side<'_>, at: usize) -> Option<&'static str> {
    let with_zero = source.is(at + 1, "(") && (source.is(at + 2, "0") || source.is(at + 2, ")"));
    if source.is(at, "_exit") && source.is(at + 2, "0") {
        return Some("`_exit(0)`");
    }
    let ends = source.is_any(at, &["exit", "Exit", "halt", "quit"]) && with_zero;
    let is_code = source.is(at, "exitCode") && source.is_any(at + 1, &["=", ":"]) && source.is(at + 2, "0");
    let in_tests = || is_test_file(source, &side.suite) || in_tests(source, &side.suite, at);
    ((ends || is_code) && in_tests()).then_some("`exit(0)`")
}
