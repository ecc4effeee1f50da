//! Step 10: what the policy says of a patch, rule by rule, on the tree as it is after the patch was applied.

use crate::config::policy::Policy;
use crate::domain::failure::Kind;
use crate::domain::patch::Patch;
use crate::domain::verdict::Violation;

/// What a patch is for.
#[derive(Clone, Copy, Debug)]
pub struct PatchFor<'a> {
    /// The job's name as GitHub shows it; `None` on a laptop.
    pub job: Option<&'a str>,
    pub kind: Option<Kind>,
}

/// Every rule that the patch breaks, in the order of the rules.
pub fn judge(_patch: &Patch, _policy: &Policy, _purpose: PatchFor<'_>) -> Vec<Violation> {
    Vec::new()
}

/// What can be said of the names alone, before anything is applied.
pub fn judge_names<'n>(_names: impl IntoIterator<Item = &'n str>) -> Vec<Violation> {
    Vec::new()
}
