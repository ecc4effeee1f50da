//! What the policy allows a patch to be, in words that a model is told before it proposes one.

use crate::config::names::Globs;
use crate::config::policy::{Dependencies, Policy};

/// A policy with more patterns than this is told by its first ones; the rest are enforced all the same.
const PATTERNS_SHOWN_MAX: usize = 40;

/// One line a limit.
pub fn limits(policy: &Policy) -> String {
    let patch = &policy.patch;
    let mut lines = vec![format!(
        "- Change at most {} lines (added and deleted, counted together) in at most {} files.",
        patch.lines_max, patch.files_max
    )];
    if !patch.allowed_paths.is_empty() {
        lines.push(format!("- Change only files that match: {}.", patterns(&patch.allowed_paths)));
    }
    if !patch.blocked_paths.is_empty() {
        let mut line = format!("- Never change files that match: {}", patterns(&patch.blocked_paths));
        if patch.blocked_paths.written().any(|pattern| pattern.starts_with('!')) {
            line.push_str(" (of several that match the last one counts, and `!` allows)");
        }
        lines.push(format!("{line}."));
    }
    lines.push(
        "- Never change `.github/**` or `.git/**`; no symbolic links, no submodules, no binaries, no change of a mode."
            .to_owned(),
    );
    lines.push(match patch.dependencies {
        Dependencies::Never => "- Never change a manifest or a lockfile.".to_owned(),
        Dependencies::OnDependencyFailure => {
            "- Change a manifest or a lockfile only if a dependency is what failed, and never to a new major version."
                .to_owned()
        }
        Dependencies::Always => "- Never move a dependency to a new major version.".to_owned(),
    });
    lines.join("\n")
}

fn patterns(globs: &Globs) -> String {
    let mut shown: Vec<String> =
        globs.written().take(PATTERNS_SHOWN_MAX).map(|pattern| format!("`{pattern}`")).collect();
    if globs.written().nth(PATTERNS_SHOWN_MAX).is_some() {
        shown.push("and others".to_owned());
    }
    shown.join(", ")
}
