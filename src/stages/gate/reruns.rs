//! The gate before a run is started again.

use super::answer::{Gate, quoted, reported};
use crate::config::policy::Policy;
use crate::domain::class::Class;
use crate::domain::outcome::Ending;
use crate::domain::run::FailedRun;

/// A run whose failed jobs might only have had bad luck.
pub struct RerunQuestion<'a> {
    pub policy: &'a Policy,
    pub run: &'a FailedRun,
    /// Every failed job with its class.
    pub jobs: &'a [(&'a str, Class)],
}

const RULES: &[fn(&RerunQuestion<'_>) -> Option<Ending>] = &[not_all_transient, not_all_allowed, reruns_spent];

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
