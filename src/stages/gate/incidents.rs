//! The gate before an incident is worked on: code run, a model asked, a patch made.

use super::answer::{Gate, quoted, reported, skipped};
use super::runs::from_fork;
use crate::config::policy::Policy;
use crate::domain::id::CommitId;
use crate::domain::memory::{Memory, WorkspaceState};
use crate::domain::outcome::Ending;
use crate::domain::run::FailedRun;

/// Accounts whose changes come from outside: rules only, nothing of theirs is run with our rights (T17).
const OUTSIDE_BOTS: [&str; 2] = ["dependabot[bot]", "renovate[bot]"];

/// One incident of a run, or of a log alone.
pub struct IncidentQuestion<'a> {
    pub policy: &'a Policy,
    /// As GitHub shows it.
    pub job: Option<&'a str>,
    pub run: Option<&'a FailedRun>,
    pub memory: &'a Memory,
    pub workspace: &'a WorkspaceState,
    /// The commit that failed, where somebody says so.
    pub commit: Option<&'a CommitId>,
}

const RULES: &[fn(&IncidentQuestion<'_>) -> Option<Ending>] =
    &[excluded_job, fork, outside_bot, rejected, too_many_open, no_repository, other_commit, dirty];

/// Whether the incident may be worked on: code run, a model asked, a patch made.
pub fn incident(question: &IncidentQuestion<'_>) -> Gate {
    Gate::stopped_by(RULES.iter().find_map(|rule| rule(question)))
}

fn excluded_job(q: &IncidentQuestion<'_>) -> Option<Ending> {
    let job = q.job?;
    if q.policy.scope.allows_job(job) {
        return None;
    }
    skipped(
        "job.excluded",
        format!(
            "the policy leaves out job {}: see scope.allowed-jobs and scope.excluded-jobs in {}",
            quoted(job),
            q.policy.source.file
        ),
    )
}

fn fork(q: &IncidentQuestion<'_>) -> Option<Ending> {
    if !q.run.is_some_and(from_fork) {
        return None;
    }
    reported("fork", "the run came from a fork: it was read, nothing of it was run, and no model was asked".to_owned())
}

fn outside_bot(q: &IncidentQuestion<'_>) -> Option<Ending> {
    let actor = &q.run?.actor;
    if !OUTSIDE_BOTS.contains(&actor.as_str()) {
        return None;
    }
    reported("actor.bot", format!("the run came from {actor}: it was read, nothing of it was run, no model was asked"))
}

/// The newest word on this fingerprint is a person's no.
fn rejected(q: &IncidentQuestion<'_>) -> Option<Ending> {
    if q.memory.pulls.iter().any(|pull| pull.open) {
        return None;
    }
    let newest = q.memory.pulls.iter().max_by_key(|pull| pull.number).filter(|pull| !pull.merged)?;
    skipped(
        "rejected",
        format!("pull request #{} for this failure was closed unmerged; open it again to allow another", newest.number),
    )
}

fn too_many_open(q: &IncidentQuestion<'_>) -> Option<Ending> {
    let (open, limit) = (q.memory.open_pull_requests, q.policy.attempts.open_pull_requests);
    // One more for the same failure is an update.
    if open < limit || q.memory.pulls.iter().any(|pull| pull.open) {
        return None;
    }
    skipped(
        "pull-requests.open",
        format!(
            "{open} pull requests of self-heal are open, and the policy allows {limit}: merge or close some, or raise \
             attempts.open-pull-requests in {}",
            q.policy.source.file
        ),
    )
}

fn no_repository(q: &IncidentQuestion<'_>) -> Option<Ending> {
    if q.workspace.head.is_some() {
        return None;
    }
    skipped(
        "workspace.no-repository",
        "the workspace is no git repository with a commit: check the failing commit out, or give it with --workspace"
            .to_owned(),
    )
}

fn other_commit(q: &IncidentQuestion<'_>) -> Option<Ending> {
    let (head, failed) = (q.workspace.head.as_ref()?, q.commit?);
    if q.workspace.holds(failed) {
        return None;
    }
    skipped(
        "workspace.other-commit",
        format!(
            "the workspace is at {}, and {} failed: check out the failing commit (`ref: ${{{{ \
             github.event.workflow_run.head_sha }}}}`)",
            head.short(),
            failed.short()
        ),
    )
}

fn dirty(q: &IncidentQuestion<'_>) -> Option<Ending> {
    if q.workspace.clean {
        return None;
    }
    skipped(
        "workspace.dirty",
        "the workspace has changes that are not committed: commit or stash them, or use `self-heal run`, which takes \
         the tree as it is"
            .to_owned(),
    )
}
