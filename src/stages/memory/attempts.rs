//! Earlier runs on one fingerprint, counted by what they have uploaded (P2).

use crate::domain::fingerprint::Fingerprint;
use crate::domain::id::Repository;
use crate::domain::memory::{Artifact, RunOrigin};

/// So long an attempt counts: the time that bundles are kept for (P6).
pub const ATTEMPT_SECONDS: i64 = 30 * 24 * 60 * 60;

/// What the bundle of an attempt is uploaded as. One that was skipped has another name, and is none.
pub fn artifact_name(fingerprint: &Fingerprint) -> String {
    format!("self-heal-{fingerprint}")
}

/// The runs that may have been attempts, newest first: whose workflow's they were is still to be asked. A run that has
/// uploaded twice is one attempt, and this very run is none. What has expired counts: it was made.
pub fn runs(artifacts: &[Artifact], own_run: Option<u64>) -> Vec<u64> {
    let mut runs = Vec::new();
    for artifact in artifacts.iter().filter(|artifact| !artifact.of_fork) {
        if let Some(run) = artifact.run_id.filter(|run| Some(*run) != own_run && !runs.contains(run)) {
            runs.push(run);
        }
    }
    runs
}

/// Whether a run was of our own workflow, by its path and never by its name, and on a branch of our own (T14, T20).
pub fn is_ours(origin: &RunOrigin, repository: &Repository, own_workflow: &str) -> bool {
    origin.workflow_path == own_workflow && origin.head_repository.as_ref() == Some(repository)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn artifact(id: u64, run_id: u64) -> Artifact {
        Artifact { id, name: String::new(), bytes: 1, expired: false, created: 0, of_fork: false, run_id: Some(run_id) }
    }

    #[test]
    fn p2_a_run_is_one_attempt_and_this_very_run_is_none() {
        let made = [artifact(1, 30), artifact(2, 20), artifact(3, 30), artifact(4, 10)];
        assert_eq!(runs(&made, Some(20)), [30, 10]);
        assert_eq!(runs(&made, None), [30, 20, 10]);
    }

    #[test]
    fn p2_what_has_expired_still_counts() {
        assert_eq!(runs(&[Artifact { expired: true, ..artifact(1, 30) }], None), [30]);
    }

    #[test]
    fn t14_a_fork_s_artifact_counts_for_nothing_and_nobody_asks_about_its_run() {
        assert_eq!(runs(&[Artifact { of_fork: true, ..artifact(1, 30) }], None), [0; 0]);
    }

    #[test]
    fn t14_only_a_run_of_our_own_workflow_on_our_own_branch_is_ours() {
        let repository = Repository::parse("octo-org/adder").expect("a name");
        let own = ".github/workflows/self-heal.yml";
        let ours = |path: &str, head: Option<&str>| {
            let head_repository = head.and_then(Repository::parse);
            is_ours(&RunOrigin { workflow_path: path.to_owned(), head_repository }, &repository, own)
        };
        assert!(ours(own, Some("octo-org/adder")));
        assert!(!ours(".github/workflows/ci.yml", Some("octo-org/adder")));
        assert!(!ours(own, Some("eve/adder")));
        assert!(!ours(own, None));
    }
}
