//! The gate before an incident is worked on: code run, a model asked, a patch made.

use super::answer::{Gate, quoted, reported, skipped};
use super::runs::from_fork;
use crate::config::policy::Policy;
use crate::domain::id::CommitId;
use crate::domain::memory::{Memory, Rights, WorkspaceState};
use crate::domain::outcome::Ending;
use crate::domain::run::FailedRun;

/// Accounts whose changes come from outside: rules only, nothing of theirs is run with our rights (T17).
const OUTSIDE_BOTS: [&str; 2] = ["dependabot[bot]", "renovate[bot]"];

/// Their branches. What is on one comes from outside, whoever pushes to it or runs it again.
const OUTSIDE_BRANCHES: [(&str, &str); 2] = [("dependabot/", "Dependabot"), ("renovate/", "Renovate")];

/// How every sentence ends that stops before anything of a run is run.
const NOTHING_RUN: &str = "it was read, nothing of it was run, and no model was asked";

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

const RULES: &[fn(&IncidentQuestion<'_>) -> Option<Ending>] = &[
    excluded_job,
    fork,
    outside_bot,
    outside_branch,
    no_write_access,
    rejected,
    attempts_spent,
    too_many_open,
    no_repository,
    other_commit,
    dirty,
];

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
    reported("fork", format!("the run came from a fork: {NOTHING_RUN}"))
}

fn outside_bot(q: &IncidentQuestion<'_>) -> Option<Ending> {
    let run = q.run?;
    let bot = [&run.actor, &run.triggering_actor].into_iter().find(|actor| OUTSIDE_BOTS.contains(&actor.as_str()))?;
    reported("actor.bot", format!("the run came from {bot}: {NOTHING_RUN}"))
}

fn outside_branch(q: &IncidentQuestion<'_>) -> Option<Ending> {
    let branch = q.run?.head_branch.as_deref()?;
    let (_, whose) = OUTSIDE_BRANCHES.iter().find(|(prefix, _)| branch.starts_with(prefix))?;
    reported("actor.bot", format!("{} is a branch of {whose}: {NOTHING_RUN}", quoted(branch)))
}

/// The failed run does what whoever started it wants, and so does what we would run (T17).
fn no_write_access(q: &IncidentQuestion<'_>) -> Option<Ending> {
    let starter = q.memory.starters.iter().find(|starter| starter.rights != Rights::Write)?;
    let name = quoted(&starter.login);
    match &starter.rights {
        Rights::Write => None,
        Rights::Less(has) => {
            let has = if has.is_empty() { "none" } else { has };
            reported(
                "actor.no-write",
                format!("{name}, who started the run, may not write here (GitHub says {}): {NOTHING_RUN}", quoted(has)),
            )
        }
        Rights::Unasked(why) => reported(
            "actor.unknown",
            format!("whether {name}, who started the run, may write here is not known ({why}): {NOTHING_RUN}"),
        ),
    }
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

/// What did not help so often does not help once more (P2).
fn attempts_spent(q: &IncidentQuestion<'_>) -> Option<Ending> {
    let (made, limit) = (q.memory.attempts, q.policy.attempts.per_failure);
    if made < limit {
        return None;
    }
    skipped(
        "attempts.spent",
        format!(
            "self-heal has tried this failure {made} times in 30 days, and the policy allows {limit}: to allow more, \
             raise attempts.per-failure in {}, or delete the artifacts named `self-heal-` and the fingerprint",
            q.policy.source.file
        ),
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
