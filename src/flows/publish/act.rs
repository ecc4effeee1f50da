//! The two small acts that need no approval: running failed jobs again, and one comment that says what a person must do.

use super::claim::Claim;
use super::scene::{Done, Scene};
use crate::domain::class::Class;
use crate::domain::outcome::{Ending, Outcome};
use crate::edge::actions;
use crate::flows::repeat;
use crate::stages::gate::{self, Gate, RerunQuestion};
use crate::stages::render::published::{COMMENT_MARKER, comment};
use crate::text::counted;

/// Runs the failed jobs again, if GitHub still says of the run what the bundle says.
pub async fn rerun(scene: &Scene<'_>, claim: &Claim) -> anyhow::Result<Done> {
    let Some(run) = &scene.run else { return Ok(no_run("rerun")) };
    if let Gate::Stop(ending) = scene.gate_again(run).await? {
        return Ok(Done::ended(ending));
    }
    let jobs = scene.github.jobs(scene.repository, run.run_id, run.attempt).await?;
    // The class of each was read from its log, which is not here; the bundle says that all of them are transient.
    let failed: Vec<(&str, Class)> =
        jobs.iter().filter(|job| job.failed()).map(|job| (job.name.as_str(), Class::TransientRetryable)).collect();
    let names: Vec<&str> = failed.iter().map(|(name, _)| *name).collect();
    let environment = &repeat::environment_of(scene.github, run, &names).await?;
    let question = RerunQuestion { policy: scene.policy, run, jobs: &failed, own_run: actions::own_run(), environment };
    if let Gate::Stop(ending) = gate::rerun(&question) {
        return Ok(Done::ended(ending));
    }
    if scene.dry_run {
        let sentence = format!("without --dry-run the failed jobs of run {} would run again", run.run_id);
        return Ok(Done::ended(Ending::new(Outcome::Rerun, "dry-run", sentence)));
    }
    scene.github.rerun_failed_jobs(scene.repository, run.run_id).await?;
    let sentence = format!("the failed jobs of run {} run again", run.run_id);
    let reason = claim.bundle.reason.clone();
    Ok(Done { acted: true, ..Done::ended(Ending::new(Outcome::Rerun, reason, sentence)) })
}

/// One sticky comment at each pull request of the run; a run of a fork names none, so the commit is asked.
pub async fn report(scene: &Scene<'_>, claim: &Claim) -> anyhow::Result<Done> {
    let Some(run) = &scene.run else { return Ok(no_run("report")) };
    let mut pulls = run.pull_requests.clone();
    if pulls.is_empty() {
        pulls = scene.github.pulls_of_commit(scene.repository, &run.head_commit).await?;
    }
    let reported = |reason: &str, sentence: String| Ending::new(Outcome::Reported, reason, sentence);
    if pulls.is_empty() {
        let sentence = format!("run {} belongs to no open pull request: its summary is all there is", run.run_id);
        return Ok(Done::ended(reported("pull-request.none", sentence)));
    }
    if scene.dry_run {
        let sentence = format!("without --dry-run, {} would be commented", counted(pulls.len(), "pull request"));
        return Ok(Done::ended(reported("dry-run", sentence)));
    }
    let text = comment(&claim.bundle, &run.html_url);
    let mut acted = false;
    let mut urls = Vec::new();
    for number in pulls {
        let sticky = scene.github.stick(scene.repository, number, COMMENT_MARKER, &text).await?;
        acted |= sticky.changed;
        urls.push(sticky.url);
    }
    let ending = reported(&claim.bundle.reason, format!("what a person must do is said at {}", urls.join(", ")));
    Ok(Done { acted, ..Done::ended(ending) })
}

fn no_run(what: &str) -> Done {
    let sentence = format!("the bundle was made from a log alone and names no run to {what}");
    Done::ended(Ending::new(Outcome::Skipped, "run.none", sentence))
}
