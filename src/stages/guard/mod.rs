//! Step 10, the tamper guard: signs that a patch turns the check green without mending the code.

use crate::config::policy::{GuardAction, Policy};
use crate::domain::patch::Patch;
use crate::domain::verdict::{GuardHit, Verdict, Violation};

/// What the guard finds, as the policy's `[guard]` table wants it: a hit makes the patch high risk, or refuses it.
pub fn guard(patch: &Patch, policy: &Policy) -> Verdict {
    let mut verdict = Verdict::default();
    for hit in hits(patch) {
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

fn hits(_patch: &Patch) -> Vec<GuardHit> {
    Vec::new()
}
