//! Step 10, the tamper guard: signs that a patch turns the check green without mending the code. One file per rule.
//!
//! Both sides of every changed file are read, not the lines of a diff: a rule says what there is more or less of than
//! before. What a rule finds is a reason to look, so it leans to telling; a patch that only mends must not be told off.

mod language;
mod source;
mod tokens;
mod change;
mod cases;
mod statements;
mod removed;
mod skipped;
mod assertions;
mod suppression;
mod detects;
mod config;

use crate::config::policy::{GuardAction, Policy};
use crate::domain::patch::Patch;
use crate::domain::verdict::{GuardHit, Verdict, Violation};
use crate::text::truncate;
use change::{Change, changes};

/// The rules, in the order in which their hits are told: what weighs most comes first.
const RULES: &[fn(&[Change<'_>]) -> Vec<GuardHit>] =
    &[removed::hits, skipped::hits, assertions::hits, suppression::hits, detects::hits, config::hits];

/// A statement over many lines, or a line of a file without any, is told by its beginning.
const TEXT_BYTES_MAX: usize = 300;

/// What the guard finds, as the policy's `[guard]` table wants it: a hit makes the patch high risk, or refuses it.
pub fn guard(patch: &Patch, policy: &Policy) -> Verdict {
    let mut verdict = Verdict::default();
    let changes = changes(patch);
    for hit in RULES.iter().flat_map(|rule| rule(&changes)) {
        let hit = GuardHit { text: truncate(&hit.text, TEXT_BYTES_MAX), ..hit };
        match policy.guard_action(hit.code) {
            GuardAction::Off => {}
            GuardAction::High => verdict.guard_hits.push(hit),
            GuardAction::Block => verdict.violations.push(Violation {
                code: hit.code.as_str(),
                file: Some(hit.file),
                text: format!("line {}: {}", hit.line, hit.text),
            }),
        }
    }
    verdict
}
