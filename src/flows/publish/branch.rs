//! The branch, the commit and the pull request. A second time the same ones, or nothing when nothing is new.

use super::claim::{Claim, PatchClaim};
use super::scene::{Done, Scene};
use crate::config::policy::{HighRisk, PublishHow};
use crate::domain::id::CommitId;
use crate::domain::memory::{Ancestry, CommitHead, Comparison, KnownPull};
use crate::domain::outcome::{Ending, Outcome};
use crate::domain::permission::ProvenPatch;
use crate::domain::risk::{Risk, Tier};
use crate::edge::github::error::{ApiError, Fault};
use crate::edge::github::pulls::NewPull;
use crate::stages::render::pull_request::{Fix, bears_fingerprint, body, commit_message, title};

/// What became of the branch.
enum Put {
    New,
    Moved,
    Unchanged,
    Stopped(Ending),
}

pub async fn put(
    scene: &Scene<'_>,
    claim: &Claim,
    patch: &PatchClaim,
    proven: &ProvenPatch,
    risk: &Risk,
) -> anyhow::Result<Done> {
    let bundle = &claim.bundle;
    let fix = Fix {
        root_cause: bundle.root_cause.as_deref().unwrap_or_default(),
        rationale: bundle.rationale.as_deref().unwrap_or_default(),
        rung: bundle.rung.as_deref().unwrap_or_default(),
        job: bundle.job.as_deref(),
        run_id: claim.run_id,
        base: &patch.base,
        commit: &patch.commit,
        fingerprint: &patch.fingerprint,
        receipt: proven.receipt(),
        risk,
        commit_prefix: &scene.policy.publish.commit_prefix,
    };
    let base_tree = scene.github.commit(scene.repository, &patch.commit).await?.tree;
    let tree = scene.github.create_tree(scene.repository, &base_tree, &proven.patch().files).await?;
    let onto_pull_request = scene.run.as_ref().is_some_and(|run| !run.pull_requests.is_empty());
    if scene.policy.publish.how == PublishHow::Commit && onto_pull_request {
        return commit_onto(scene, patch, &fix, &tree).await;
    }
    let put = match scene.github.branch_tip(scene.repository, &patch.fix).await? {
        None => new_branch(scene, patch, &fix, &tree).await?,
        Some(tip) => same_branch(scene, patch, &fix, &tree, &tip).await?,
    };
    let changed = match put {
        Put::Stopped(ending) => return Ok(Done::ended(ending)),
        Put::Unchanged => false,
        Put::New | Put::Moved => true,
    };
    pull_request(scene, patch, &fix, changed).await
}

/// `how = "commit"`: the fix goes onto the failing pull request's own branch.
async fn commit_onto(scene: &Scene<'_>, patch: &PatchClaim, fix: &Fix<'_>, tree: &str) -> anyhow::Result<Done> {
    let commit = commit(scene, fix, tree, std::slice::from_ref(&patch.commit)).await?;
    match scene.github.move_branch(scene.repository, &patch.base, &commit.id).await {
        Ok(()) => {}
        Err(error) => return Ok(Done::ended(branch_refused(patch.base.as_str(), error)?)),
    }
    let sentence = format!("the fix is commit {} on `{}`", commit.id.short(), patch.base);
    Ok(Done { acted: true, ..Done::ended(Ending::new(Outcome::Published, "commit.pushed", sentence)) })
}

async fn new_branch(scene: &Scene<'_>, patch: &PatchClaim, fix: &Fix<'_>, tree: &str) -> anyhow::Result<Put> {
    let commit = commit(scene, fix, tree, std::slice::from_ref(&patch.commit)).await?;
    match scene.github.create_branch(scene.repository, &patch.fix, &commit.id).await {
        Ok(()) => Ok(Put::New),
        Err(error) => Ok(Put::Stopped(branch_refused(patch.fix.as_str(), error)?)),
    }
}

/// Our branch is there: our own tip is the parent, and where somebody else has been nothing is touched (P4).
async fn same_branch(
    scene: &Scene<'_>,
    patch: &PatchClaim,
    fix: &Fix<'_>,
    tree: &str,
    tip: &CommitId,
) -> anyhow::Result<Put> {
    let (proven_at, tip_name) = (patch.commit.as_str(), tip.as_str());
    let foreign = || {
        let sentence = format!("somebody else has been on `{}`: self-heal leaves it alone", patch.fix);
        Put::Stopped(Ending::new(Outcome::Skipped, "branch.foreign", sentence))
    };
    let Some(way) = scene.github.compare(scene.repository, proven_at, tip_name).await? else {
        return Ok(foreign());
    };
    if !way.complete || !way.commits.iter().all(|commit| bears_fingerprint(&commit.message, &patch.fingerprint)) {
        return Ok(foreign());
    }
    let contains_proven = matches!(way.ancestry, Ancestry::Ahead | Ancestry::Identical);
    if contains_proven && way.commits.last().is_some_and(|commit| commit.tree == tree) {
        return Ok(Put::Unchanged);
    }
    // The branch under repair may have moved since our first commit: then it is merged in, so that the pull request
    // shows the fix alone.
    let mut parents = vec![tip.clone()];
    if !contains_proven {
        parents.push(patch.commit.clone());
    }
    let commit = commit(scene, fix, tree, &parents).await?;
    if !by_one_author(&way, &commit) {
        return Ok(foreign());
    }
    match scene.github.move_branch(scene.repository, &patch.fix, &commit.id).await {
        Ok(()) => Ok(Put::Moved),
        Err(error) => Ok(Put::Stopped(branch_refused(patch.fix.as_str(), error)?)),
    }
}

/// Our own name is only known from a commit that we have just made: no token can be asked for it.
fn by_one_author(way: &Comparison, ours: &CommitHead) -> bool {
    way.commits.iter().all(|commit| commit.author_email == ours.author_email)
}

async fn commit(scene: &Scene<'_>, fix: &Fix<'_>, tree: &str, parents: &[CommitId]) -> anyhow::Result<CommitHead> {
    let message = commit_message(fix, None);
    let made = scene.github.create_commit(scene.repository, &message, tree, parents).await?;
    if !scene.policy.publish.sign_off {
        return Ok(made);
    }
    // Signed off by whoever GitHub says the author is; the first commit is left behind, where nothing points at it.
    let author = format!("{} <{}>", made.author_name, made.author_email);
    let message = commit_message(fix, Some(&author));
    Ok(scene.github.create_commit(scene.repository, &message, tree, parents).await?)
}

async fn pull_request(scene: &Scene<'_>, patch: &PatchClaim, fix: &Fix<'_>, changed: bool) -> anyhow::Result<Done> {
    let (title, body) = (title(fix), body(fix));
    let known = scene.github.pulls_of_branch(scene.repository, &patch.fix).await?;
    if let Some(open) = known.into_iter().find(|pull| pull.open) {
        let what = if changed { "updated" } else { "unchanged" };
        let pull = match changed {
            true => scene.github.update_pull(scene.repository, open.number, &title, &body).await?,
            false => open,
        };
        return Ok(published(&format!("pull-request.{what}"), what, pull, changed));
    }
    let high_draft = fix.risk.tier == Tier::High && scene.policy.approval.high == HighRisk::Draft;
    let new = NewPull {
        title: &title,
        body: &body,
        head: &patch.fix,
        base: &patch.base,
        draft: scene.policy.publish.draft || high_draft,
    };
    let pull = match scene.github.create_pull(scene.repository, &new).await {
        Ok(pull) => pull,
        Err(error @ ApiError { fault: Fault::Refused { .. } | Fault::Forbidden { .. }, .. }) => {
            // A ruleset, a setting, or drafts where there are none (P8, P19): the branch is there, and a person can go on.
            let sentence = format!("the fix is on `{}`, and no pull request could be opened: {error}", patch.fix);
            let ending = Ending::new(Outcome::HandedOver, "pull-request.refused", sentence);
            return Ok(Done { acted: changed, ..Done::ended(ending) });
        }
        Err(error) => return Err(error.into()),
    };
    let warnings = decorate(scene, &pull).await;
    Ok(Done { warnings, ..published("pull-request.opened", "opened", pull, true) })
}

/// Labels and reviewers: what of it cannot be had is told and does not matter (P18).
async fn decorate(scene: &Scene<'_>, pull: &KnownPull) -> Vec<String> {
    let publish = &scene.policy.publish;
    let mut warnings = Vec::new();
    if !publish.labels.is_empty()
        && let Err(error) = scene.github.add_labels(scene.repository, pull.number, &publish.labels).await
    {
        warnings.push(error.to_string());
    }
    if !publish.reviewers.is_empty()
        && let Err(error) = scene.github.request_reviewers(scene.repository, pull.number, &publish.reviewers).await
    {
        warnings.push(error.to_string());
    }
    warnings
}

fn published(reason: &str, what: &str, pull: KnownPull, acted: bool) -> Done {
    let sentence = format!("pull request #{} is {what}: {}", pull.number, pull.url);
    Done { pull: Some(pull), acted, ..Done::ended(Ending::new(Outcome::Published, reason, sentence)) }
}

/// A rule of the repository forbids the branch (P19), or it moved under our hands; anything else is our own failure.
fn branch_refused(branch: &str, error: ApiError) -> anyhow::Result<Ending> {
    match error.fault {
        Fault::Refused { .. } | Fault::Forbidden { .. } => {
            let sentence =
                format!("`{branch}` could not be written: {error}; the patch is in the bundle, `git apply` it");
            Ok(Ending::new(Outcome::HandedOver, "branch.refused", sentence))
        }
        _ => Err(error.into()),
    }
}
