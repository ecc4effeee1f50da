//! The gate before anything of a run is read.

use super::answer::{Gate, quoted, skipped};
use crate::config::policy::{Forks, Policy};
use crate::domain::id::Branch;
use crate::domain::memory::{BRANCH_PREFIX, Standing, Tip};
use crate::domain::outcome::Ending;
use crate::domain::run::FailedRun;

/// GitHub's merge queue makes and removes these by itself.
const MERGE_QUEUE_PREFIX: &str = "gh-readonly-queue/";

/// A run, before anything of it is read.
pub struct RunQuestion<'a> {
    pub policy: &'a Policy,
    pub run: &'a FailedRun,
    pub standing: &'a Standing,
    /// The path of the workflow that self-heal itself runs in.
    pub own_workflow: Option<&'a str>,
    /// The run that self-heal itself runs in, where it may be the one that failed: a later job publishes what a step
    /// inside of the failing one has made (P16).
    pub own_run: Option<u64>,
}

const RULES: &[fn(&RunQuestion<'_>) -> Option<Ending>] = &[
    not_failed,
    own_workflow,
    own_branch,
    merge_queue,
    no_branch,
    no_head_repository,
    skipped_fork,
    excluded_workflow,
    excluded_branch,
    tag,
    deleted_branch,
    superseded_attempt,
    superseded_head,
];

/// Whether the run's log is worth reading.
pub fn run(question: &RunQuestion<'_>) -> Gate {
    Gate::stopped_by(RULES.iter().find_map(|rule| rule(question)))
}

fn not_failed(q: &RunQuestion<'_>) -> Option<Ending> {
    if matches!(q.run.conclusion.as_str(), "failure" | "timed_out" | "startup_failure") || is_own_run(q) {
        return None;
    }
    let conclusion = if q.run.conclusion.is_empty() { "not finished" } else { &q.run.conclusion };
    skipped("run.not-failed", format!("run {} did not fail, it is {}", q.run.run_id, quoted(conclusion)))
}

/// The own run has not ended yet, and so has no conclusion.
fn is_own_run(q: &RunQuestion<'_>) -> bool {
    q.own_run == Some(q.run.run_id) && q.run.conclusion.is_empty()
}

/// Held by path: anybody can give another workflow the same name (T20).
fn own_workflow(q: &RunQuestion<'_>) -> Option<Ending> {
    let own = q.own_workflow.filter(|own| !own.is_empty())?;
    if own != q.run.workflow_path || is_own_run(q) {
        return None;
    }
    skipped("workflow.own", format!("{} is the workflow self-heal itself runs in", quoted(own)))
}

fn own_branch(q: &RunQuestion<'_>) -> Option<Ending> {
    let branch = q.run.head_branch.as_deref().filter(|branch| branch.starts_with(BRANCH_PREFIX))?;
    skipped("branch.own", format!("{} is a branch of self-heal: what fails there is for a person", quoted(branch)))
}

fn merge_queue(q: &RunQuestion<'_>) -> Option<Ending> {
    let branch = q.run.head_branch.as_deref().filter(|branch| branch.starts_with(MERGE_QUEUE_PREFIX))?;
    skipped(
        "branch.merge-queue",
        format!("{} belongs to the merge queue and takes no commits: mend the pull request's branch", quoted(branch)),
    )
}

fn no_branch(q: &RunQuestion<'_>) -> Option<Ending> {
    match q.run.head_branch.as_deref() {
        None => skipped("branch.none", format!("run {} names no branch, so there is none to mend", q.run.run_id)),
        Some(name) if Branch::parse(name).is_none() => {
            skipped("branch.none", format!("{} is no branch name, so there is none to mend", quoted(name)))
        }
        Some(_) => None,
    }
}

fn no_head_repository(q: &RunQuestion<'_>) -> Option<Ending> {
    if q.run.head_repository.is_some() {
        return None;
    }
    skipped("repository.deleted", format!("the repository that run {} came from was deleted", q.run.run_id))
}

pub fn from_fork(run: &FailedRun) -> bool {
    run.head_repository.as_ref() != Some(&run.repository)
}

fn skipped_fork(q: &RunQuestion<'_>) -> Option<Ending> {
    if !from_fork(q.run) || q.policy.scope.forks != Forks::Skip {
        return None;
    }
    skipped("fork", "the run came from a fork, and the policy says `scope.forks = \"skip\"`".to_owned())
}

fn excluded_workflow(q: &RunQuestion<'_>) -> Option<Ending> {
    let (scope, path) = (&q.policy.scope, q.run.workflow_path.as_str());
    if scope.workflows.matches(path) && !scope.excluded_workflows.matches(path) {
        return None;
    }
    skipped(
        "workflow.excluded",
        format!(
            "the policy leaves out workflow {}: see scope.workflows and scope.excluded-workflows in {}",
            quoted(path),
            q.policy.source.file
        ),
    )
}

fn excluded_branch(q: &RunQuestion<'_>) -> Option<Ending> {
    let branch = q.run.head_branch.as_deref()?;
    if q.policy.scope.branches.matches(branch) {
        return None;
    }
    skipped(
        "branch.excluded",
        format!("the policy leaves out branch {}: see scope.branches in {}", quoted(branch), q.policy.source.file),
    )
}

fn tag(q: &RunQuestion<'_>) -> Option<Ending> {
    if q.standing.tip != Tip::Tag {
        return None;
    }
    let name = q.run.head_branch.as_deref().unwrap_or_default();
    skipped("ref.tag", format!("{} is a tag, and tags do not move: mend the branch it was made from", quoted(name)))
}

fn deleted_branch(q: &RunQuestion<'_>) -> Option<Ending> {
    if q.standing.tip != Tip::Deleted {
        return None;
    }
    let name = q.run.head_branch.as_deref().unwrap_or_default();
    skipped("branch.deleted", format!("branch {} was deleted since the run", quoted(name)))
}

fn superseded_attempt(q: &RunQuestion<'_>) -> Option<Ending> {
    if q.standing.newest_attempt <= q.run.attempt {
        return None;
    }
    skipped(
        "attempt.superseded",
        format!(
            "run {} is at attempt {} by now, and this is about attempt {}",
            q.run.run_id, q.standing.newest_attempt, q.run.attempt
        ),
    )
}

fn superseded_head(q: &RunQuestion<'_>) -> Option<Ending> {
    let Tip::At(tip) = &q.standing.tip else { return None };
    if *tip == q.run.head_commit {
        return None;
    }
    let name = q.run.head_branch.as_deref().unwrap_or_default();
    skipped(
        "head.superseded",
        format!(
            "branch {} has moved on from {} to {}: its own run decides",
            quoted(name),
            q.run.head_commit.short(),
            tip.short()
        ),
    )
}
