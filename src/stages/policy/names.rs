//! Blocked always: git's and GitHub's own folders, and names that mean another file to somebody else.

use super::purpose::PatchFor;
use crate::config::policy::Policy;
use crate::domain::patch::Patch;
use crate::domain::verdict::Violation;

pub fn judge(patch: &Patch, _: &Policy, _: PatchFor<'_>) -> Vec<Violation> {
    patch.files.iter().filter_map(|file| of_name(&file.path)).collect()
}

pub fn of_name(name: &str) -> Option<Violation> {
    let violation = |code: &'static str, text: String| Some(Violation { code, file: Some(name.to_owned()), text });
    let shown = name.escape_debug();
    let odd = |c: char| c.is_control() || is_invisible(c) || matches!(c, '\\' | '\u{fffd}');
    let parts: Vec<_> = name.split('/').collect();
    if parts.iter().any(|part| matches!(*part, "" | "." | ".."))
        || parts.first().is_some_and(|part| part.ends_with(':'))
    {
        return violation(
            "path.invalid",
            format!("`{shown}` is not a path below the repository's root: name it from there"),
        );
    }
    if parts.iter().any(|part| is_gits_own(part)) {
        return violation("path.blocked", format!("`{shown}` is git's own: no patch may touch it"));
    }
    if name.chars().any(odd) {
        return violation("path.invalid", format!("`{shown}` holds characters that a name of a file should not have"));
    }
    if parts.first().is_some_and(|part| is_name(part, ".github")) {
        return violation(
            "path.blocked",
            format!("`{shown}` is a workflow's or GitHub's own: no patch may touch `.github/**`"),
        );
    }
    if parts.last().is_some_and(|part| is_name(part, ".gitmodules")) {
        return violation("path.blocked", format!("`{shown}` names submodules: no patch may touch them"));
    }
    None
}

/// `.git` as some file system would read it: in any case, with characters that are not seen, by its short name.
fn is_gits_own(part: &str) -> bool {
    let short = part.to_ascii_lowercase();
    is_name(part, ".git")
        || short.strip_prefix("git~").is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
}

fn is_name(part: &str, name: &str) -> bool {
    let plain: String = part.chars().filter(|c| !is_invisible(*c)).flat_map(char::to_lowercase).collect();
    // Windows ends a name at these.
    let ended = plain.split([':']).next().unwrap_or("").trim_end_matches(['.', ' ']);
    ended == name
}

/// Characters that change how a name looks or reads, and not what it says.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}
