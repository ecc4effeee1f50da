//! Step 10: what the policy says of a patch, rule by rule, on the tree as it is after the patch was applied.

mod purpose;
mod names;
mod kinds;
mod paths;
mod versions;
mod dependencies;
mod size;

use crate::config::policy::Policy;
use crate::domain::patch::Patch;
use crate::domain::verdict::Violation;
pub use purpose::PatchFor;

/// The rules, in the order in which violations are told: what can never be mended by a smaller patch comes first.
const RULES: &[fn(&Patch, &Policy, PatchFor<'_>) -> Vec<Violation>] =
    &[names::judge, kinds::judge, paths::blocked, dependencies::judge, paths::allowed, size::judge];

/// Every rule that the patch breaks.
pub fn judge(patch: &Patch, policy: &Policy, purpose: PatchFor<'_>) -> Vec<Violation> {
    RULES.iter().flat_map(|rule| rule(patch, policy, purpose)).collect()
}

/// What can be said of the names alone, before anything is applied.
pub fn judge_names<'n>(names: impl IntoIterator<Item = &'n str>) -> Vec<Violation> {
    names.into_iter().filter_map(names::of_name).collect()
}
