//! Step 15: every write to GitHub, from a bundle that is checked again.

mod claim;
mod scene;
mod again;
mod commit;
mod surely;
mod onto;
mod checks;
mod pull;
mod branch;
mod act;

use std::path::Path;

use anyhow::Context as _;

use self::claim::{Claim, PatchClaim, claim};
use self::scene::{Done, Scene};
use crate::config::inputs::{BadInput, Inputs, Keys};
use crate::domain::id::{Repository, Sha256};
use crate::domain::memory::{Ourselves, WorkspaceState};
use crate::domain::outcome::{Ending, Outcome};
use crate::domain::permission::ProvenPatch;
use crate::domain::risk::Risk;
use crate::edge::terminal::Terminal;
use crate::edge::wait::wait;
use crate::edge::{actions, bundle, interrupt};
use crate::flows::connect::connect;
use crate::flows::{memory, policy};
use crate::stages::gate::{self, ApprovalQuestion, Gate, IncidentQuestion};
use crate::stages::render::bundle::FILES;
use crate::stages::render::outputs::output_file;
use crate::stages::render::published;

pub fn publish(inputs: &Inputs, keys: &Keys, terminal: &mut Terminal) -> anyhow::Result<Outcome> {
    let repository = repository(inputs)?;
    let claim = open(inputs, &repository)?;
    terminal.begin("checking the bundle again");
    // A cancel that comes when all is written must not keep from the step what was published.
    let _held = interrupt::hold();
    let done = wait(decide(inputs, keys, &repository, &claim))?;
    tell(&claim, &done, inputs, terminal)?;
    Ok(done.ending.outcome)
}

fn repository(inputs: &Inputs) -> anyhow::Result<Repository> {
    let missing =
        || BadInput("nothing names the repository: give --repo OWNER/NAME, or set GITHUB_REPOSITORY".to_owned());
    Ok(inputs.repository.as_deref().and_then(Repository::parse).ok_or_else(missing)?)
}

fn open(inputs: &Inputs, repository: &Repository) -> anyhow::Result<Claim> {
    let folder: &Path = inputs
        .bundle
        .as_deref()
        .ok_or_else(|| BadInput("publish needs a bundle: give its folder with --bundle".to_owned()))?;
    let wanted = inputs.bundle_sha256.as_deref().map(str::trim).and_then(Sha256::parse).ok_or_else(|| {
        BadInput(
            "publish needs --bundle-sha256: the output `bundle-sha256` of the job that made the bundle, 64 digits"
                .to_owned(),
        )
    })?;
    let found = bundle::read(folder, &FILES)?;
    let claim = claim(&found.bundle_json, found.files, &wanted, repository).map_err(anyhow::Error::msg);
    claim.with_context(|| format!("open the bundle {}", folder.display()))
}

/// What the bundle is good for, and whether that may be done.
async fn decide(inputs: &Inputs, keys: &Keys, repository: &Repository, claim: &Claim) -> anyhow::Result<Done> {
    let may = inputs.may;
    let (allowed, word) = match claim.outcome {
        Outcome::Healed => (may.patch, "patch"),
        Outcome::Rerun => (may.rerun, "rerun"),
        Outcome::Reported => (may.report, "report"),
        other => {
            let sentence = format!("the bundle ended `{}`: there is nothing in it to publish", other.as_str());
            return Ok(Done::ended(Ending::new(Outcome::Skipped, "nothing-to-publish", sentence)));
        }
    };
    if !allowed {
        let sentence = format!("the bundle asks for `{word}`, which --may leaves out");
        return Ok(Done::ended(Ending::new(Outcome::Skipped, "may-not", sentence)));
    }
    let github = &connect(keys)?;
    let run = match claim.run_id {
        Some(run_id) => Some(github.run(repository, run_id).await?),
        None => None,
    };
    let default_branch = match &run {
        Some(run) => run.default_branch.clone(),
        None => github.default_branch(repository).await?,
    };
    let policy = policy::of_default_branch(inputs, github, repository, &default_branch).await?;
    let dry_run = inputs.dry_run || claim.bundle.dry_run;
    let us = if claim.outcome == Outcome::Healed { memory::ourselves(github).await } else { Ourselves::default() };
    let scene = Scene { github, repository, policy: &policy, dry_run, run, us };
    let done = match claim.outcome {
        Outcome::Rerun => act::rerun(&scene, claim).await?,
        Outcome::Reported => act::report(&scene, claim).await?,
        _ => patch(&scene, claim).await?,
    };
    Ok(Done { policy: Some(policy.source), ..done })
}

/// A patch: is it still wanted, is it still allowed, how risky is it, has a person approved, and only then a branch.
async fn patch(scene: &Scene<'_>, claim: &Claim) -> anyhow::Result<Done> {
    if claim.bundle.branch.is_none() {
        let sentence =
            "the patch was made from a log alone, so nobody knows its branch: `git apply` patch.diff yourself";
        return Ok(Done::ended(Ending::new(Outcome::Skipped, "branch.none", sentence)));
    }
    let patch = claim.patch().map_err(anyhow::Error::msg).context("read the bundle")?;
    if let Some(ending) = stale(scene, &patch).await? {
        return Ok(Done::ended(ending));
    }
    if let Gate::Stop(ending) = gate_again(scene, claim, &patch).await? {
        return Ok(Done::ended(ending));
    }
    let (proven, risk) = match again::again(scene, claim, &patch).await? {
        again::Again::Proven(proven, risk) => (proven, risk),
        again::Again::Ended(ending) => return Ok(Done::ended(ending)),
    };
    if let Gate::Stop(ending) = approved(scene, &patch, &risk).await? {
        return Ok(Done { risk: Some(risk), ..Done::ended(ending) });
    }
    if scene.dry_run {
        let sentence = format!("everything was checked; without --dry-run `{}` would be written", patch.fix);
        return Ok(Done { risk: Some(risk), ..Done::ended(Ending::new(Outcome::Healed, "dry-run", sentence)) });
    }
    // Reading took a while, and an approval may have waited for a month (P6).
    if let Some(ending) = stale(scene, &patch).await? {
        return Ok(Done::ended(ending));
    }
    put(scene, claim, &patch, &proven, risk).await
}

async fn put(
    scene: &Scene<'_>,
    claim: &Claim,
    patch: &PatchClaim,
    proven: &ProvenPatch,
    risk: Risk,
) -> anyhow::Result<Done> {
    let done = branch::put(scene, claim, patch, proven, &risk).await?;
    Ok(Done { risk: Some(risk), ..done })
}

/// The branch must still stand at the commit that was proven.
async fn stale(scene: &Scene<'_>, patch: &PatchClaim) -> anyhow::Result<Option<Ending>> {
    let stale = |reason: &str, sentence: String| Some(Ending::new(Outcome::Stale, reason, sentence));
    Ok(match scene.github.branch_tip(scene.repository, &patch.base).await? {
        None => stale("branch.deleted", format!("branch `{}` is gone: there is nothing left to mend", patch.base)),
        Some(tip) if tip != patch.commit => stale(
            "head.moved",
            format!(
                "branch `{}` is at {} by now, and the patch was proven at {}: the next run decides",
                patch.base,
                tip.short(),
                patch.commit.short()
            ),
        ),
        Some(_) => None,
    })
}

/// The gate once more, with what GitHub says now: what is in the bundle was written where foreign code ran.
async fn gate_again(scene: &Scene<'_>, claim: &Claim, patch: &PatchClaim) -> anyhow::Result<Gate> {
    if let Some(run) = &scene.run {
        if run.head_branch.as_deref() != Some(patch.base.as_str()) || run.head_commit != patch.commit {
            let sentence = format!("run {} is of another branch or commit than the bundle says", run.run_id);
            return Ok(Gate::Stop(Ending::new(Outcome::Refused, "bundle.other-run", sentence)));
        }
        if let Gate::Stop(ending) = scene.gate_again(run).await? {
            let stale = matches!(ending.reason.as_str(), "branch.deleted" | "attempt.superseded");
            let outcome = if stale { Outcome::Stale } else { ending.outcome };
            return Ok(Gate::Stop(Ending { outcome, ..ending }));
        }
    }
    let memory = memory::of_fix(scene.github, scene.repository, scene.run.as_ref(), &patch.fix, &scene.us).await?;
    // There is no workspace here: files are read by the API, at the commit that was proven.
    let workspace = WorkspaceState { head: Some(patch.commit.clone()), clean: true, ..WorkspaceState::default() };
    Ok(gate::incident(&IncidentQuestion {
        policy: scene.policy,
        job: claim.bundle.job.as_deref(),
        run: scene.run.as_ref(),
        memory: &memory,
        workspace: &workspace,
        commit: Some(&patch.commit),
    }))
}

async fn approved(scene: &Scene<'_>, patch: &PatchClaim, risk: &Risk) -> anyhow::Result<Gate> {
    let approvals = match actions::own_run() {
        Some(own_run) => scene.github.approvals(scene.repository, own_run).await?,
        None => Vec::new(),
    };
    let question = ApprovalQuestion { policy: scene.policy, risk, tier_told: patch.tier, approvals: &approvals };
    Ok(gate::approval(&question))
}

fn tell(claim: &Claim, done: &Done, inputs: &Inputs, terminal: &mut Terminal) -> anyhow::Result<()> {
    let good = matches!(done.ending.outcome, Outcome::Published | Outcome::Healed | Outcome::Rerun);
    terminal.done(good, &format!("{}: {}", done.ending.outcome.as_str(), done.ending.sentence));
    for warning in &done.warnings {
        terminal.say(&format!("warning: {warning}"));
    }
    let told = published::Published {
        ending: &done.ending,
        bundle: &claim.bundle,
        bundle_sha256: inputs.bundle_sha256.as_deref().unwrap_or_default(),
        risk: done.risk.as_ref(),
        policy: done.policy.as_ref(),
        pull: done.pull.as_ref(),
        checks: done.checks.as_ref(),
        compare: done.compare.as_deref(),
        patch: done.patch.as_deref(),
        folder: inputs.bundle.as_deref().map(|folder| folder.display().to_string()).unwrap_or_default(),
        acted: done.acted,
        dry_run: inputs.dry_run,
        warnings: &done.warnings,
    };
    actions::add_outputs(&output_file(&published::outputs(&told)))?;
    actions::add_summary(&published::summary(&told))?;
    if inputs.json {
        terminal.print(&published::json(&told))?;
    }
    Ok(())
}
