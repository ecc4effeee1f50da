//! The gate before a run is started again.

use super::answer::{Gate, quoted, reported};
use crate::config::policy::Policy;
use crate::domain::class::Class;
use crate::domain::outcome::Ending;
use crate::domain::run::FailedRun;
use crate::stages::workflow::Unread;

/// A run whose failed jobs might only have had bad luck.
pub struct RerunQuestion<'a> {
    pub policy: &'a Policy,
    pub run: &'a FailedRun,
    /// Every failed job with its class.
    pub jobs: &'a [(&'a str, Class)],
    /// The run that self-heal itself is in.
    pub own_run: Option<u64>,
    /// The first job that would run again and has an `environment:`.
    pub environment: &'a Result<Option<String>, Unread>,
}

const RULES: &[fn(&RerunQuestion<'_>) -> Option<Ending>] =
    &[not_all_transient, not_all_allowed, reruns_spent, inside, deploys];

/// Whether a transient run may be started again.
pub fn rerun(question: &RerunQuestion<'_>) -> Gate {
    Gate::stopped_by(RULES.iter().find_map(|rule| rule(question)))
}

fn not_all_transient(q: &RerunQuestion<'_>) -> Option<Ending> {
    if q.jobs.is_empty() {
        return reported("rerun.no-job", format!("run {} names no failed job", q.run.run_id));
    }
    let (name, class) = q.jobs.iter().find(|(_, class)| *class != Class::TransientRetryable)?;
    reported("rerun.not-transient", format!("job {} is {}: a rerun would fail again", quoted(name), class.as_str()))
}

fn not_all_allowed(q: &RerunQuestion<'_>) -> Option<Ending> {
    let (name, _) = q.jobs.iter().find(|(name, _)| !q.policy.scope.allows_job(name))?;
    reported("rerun.job-excluded", format!("job {} would run again too, and the policy leaves it out", quoted(name)))
}

/// `reruns` bounds `run_attempt`: the first attempt is no rerun.
fn reruns_spent(q: &RerunQuestion<'_>) -> Option<Ending> {
    let limit = q.policy.attempts.reruns;
    if q.run.attempt <= limit {
        return None;
    }
    reported(
        "reruns.spent",
        format!(
            "run {} failed {} times in a way that looks like bad luck, and the policy allows {limit} reruns: somebody \
             should look at the service it names",
            q.run.run_id, q.run.attempt
        ),
    )
}

/// GitHub starts no run again that has not ended (P16).
fn inside(q: &RerunQuestion<'_>) -> Option<Ending> {
    if q.own_run != Some(q.run.run_id) {
        return None;
    }
    reported(
        "rerun.own-run",
        format!(
            "run {} failed for a passing reason, and self-heal is a part of it, so it cannot start it again: run its \
             failed jobs again by hand",
            q.run.run_id
        ),
    )
}

/// A deployment is never repeated by us (P15).
fn deploys(q: &RerunQuestion<'_>) -> Option<Ending> {
    let by_hand = "run the failed jobs again by hand";
    match q.environment {
        Ok(None) => None,
        Ok(Some(job)) => reported(
            "rerun.environment",
            format!("a rerun would repeat job {}, which deploys to an environment: {by_hand}", quoted(job)),
        ),
        Err(unread) => reported(
            "rerun.workflow-unread",
            format!("whether a rerun would repeat a deployment is not known: {}: {by_hand}", unread.sentence()),
        ),
    }
}
