//! How large a patch may be.

use super::purpose::PatchFor;
use crate::config::policy::Policy;
use crate::domain::patch::Patch;
use crate::domain::verdict::Violation;

pub fn judge(patch: &Patch, policy: &Policy, _: PatchFor<'_>) -> Vec<Violation> {
    let mut violations = Vec::new();
    let mut add = |code: &'static str, text: String| violations.push(Violation { code, file: None, text });
    let (lines, lines_max) = (patch.lines(), policy.patch.lines_max);
    if lines > lines_max {
        add(
            "size.lines",
            format!(
                "{lines} lines are added or deleted, and the policy's `patch.max-lines` is {lines_max}: change less"
            ),
        );
    }
    let (files, files_max) = (patch.files.len(), policy.patch.files_max);
    if files > files_max as usize {
        add(
            "size.files",
            format!("{files} files are changed, and the policy's `patch.max-files` is {files_max}: change fewer"),
        );
    }
    violations
}
