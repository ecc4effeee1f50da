//! Which paths a patch may touch: the policy's `blocked-paths`, `allowed-paths`, and the `paths` of the job.

use super::purpose::PatchFor;
use crate::config::policy::Policy;
use crate::domain::patch::Patch;
use crate::domain::verdict::Violation;

pub fn blocked(patch: &Patch, policy: &Policy, _: PatchFor<'_>) -> Vec<Violation> {
    let of_path = |path: &str| {
        let pattern = policy.patch.blocked_paths.deciding(path)?;
        let text = format!(
            "`{}` is blocked by `{pattern}`: `!{pattern}` in `patch.blocked-paths` would allow it",
            path.escape_debug()
        );
        Some(Violation { code: "path.blocked", file: Some(path.to_owned()), text })
    };
    patch.files.iter().filter_map(|file| of_path(&file.path)).collect()
}

pub fn allowed(patch: &Patch, policy: &Policy, purpose: PatchFor<'_>) -> Vec<Violation> {
    let of_job = purpose.job.and_then(|job| policy.job(job)).map(|rules| &rules.paths);
    let mut violations = Vec::new();
    for file in &patch.files {
        let mut add =
            |code: &'static str, text: String| violations.push(Violation { code, file: Some(file.path.clone()), text });
        let shown = file.path.escape_debug();
        let everywhere = &policy.patch.allowed_paths;
        if !everywhere.is_empty() && !everywhere.matches(&file.path) {
            add(
                "path.not-allowed",
                format!("`{shown}` is in none of the policy's `patch.allowed-paths`: change a file that is"),
            );
        }
        if let Some(paths) = of_job.filter(|paths| !paths.is_empty())
            && !paths.matches(&file.path)
        {
            add(
                "path.job",
                format!("`{shown}` is in none of the `paths` that the policy gives this job: change a file that is"),
            );
        }
    }
    violations
}
