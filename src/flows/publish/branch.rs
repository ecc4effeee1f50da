//! The branch of a fix. A second time the same one, or nothing when nothing is new.

use super::claim::{Claim, PatchClaim};
use super::commit::commit;
use super::onto::{Onto, commit_onto};
use super::pull::{OnBranch, pull_request};
use super::scene::{Done, Scene};
use super::surely::{Landed, create_branch, move_branch};
use crate::config::policy::PublishHow;
use crate::domain::checks::Maker;
use crate::domain::id::CommitId;
use crate::domain::memory::{Ancestry, CommitHead, Comparison};
use crate::domain::outcome::{Ending, Outcome};
use crate::domain::permission::ProvenPatch;
use crate::domain::risk::Risk;
use crate::edge::github::error::ApiError;
use crate::stages::render::pull_request::{Fix, bears_fingerprint};

/// What became of the branch.
enum Put {
    On(OnBranch),
    Stopped(Ending),
    /// GitHub does not take it: the patch itself is all there is for a person.
    Refused(ApiError),
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
        run: scene.run.as_ref().map(|run| (run.run_id, run.html_url.as_str())),
        base: &patch.base,
        commit: &patch.commit,
        fingerprint: &patch.fingerprint,
        receipt: proven.receipt(),
        risk,
        commit_prefix: &scene.policy.publish.commit_prefix,
    };
    let base_tree = scene.github.commit(scene.repository, &patch.commit).await?.tree;
    let tree = match scene.github.create_tree(scene.repository, &base_tree, &proven.patch().files).await {
        Err(error) if error.is_refusal() => return Ok(by_patch(scene, patch, proven, &error).await),
        tree => tree?,
    };
    let mut warnings = Vec::new();
    if scene.policy.publish.how == PublishHow::Commit {
        match commit_onto(scene, patch, &fix, &tree).await? {
            Onto::Done(done) => return Ok(*done),
            Onto::Instead(why) => warnings.extend(why),
        }
    }
    let put = match scene.github.branch_tip(scene.repository, &patch.fix).await? {
        None => new_branch(scene, patch, &fix, &tree).await?,
        Some(tip) => same_branch(scene, patch, &fix, &tree, &tip).await?,
    };
    let mut done = match put {
        Put::On(on_branch) => pull_request(scene, patch, &fix, proven.patch(), &on_branch).await?,
        Put::Stopped(ending) => Done::ended(ending),
        Put::Refused(error) => by_patch(scene, patch, proven, &error).await,
    };
    done.warnings.append(&mut warnings);
    Ok(done)
}

async fn new_branch(scene: &Scene<'_>, patch: &PatchClaim, fix: &Fix<'_>, tree: &str) -> anyhow::Result<Put> {
    let commit = commit(scene, fix, tree, std::slice::from_ref(&patch.commit)).await?;
    Ok(match create_branch(scene, &patch.fix, &commit.id).await? {
        Landed::Ours => Put::On(OnBranch { changed: true, maker: Maker::of(&commit.author_name) }),
        Landed::Theirs(tip) => raced(scene, patch, tree, &tip).await?,
        Landed::Refused(error) => Put::Refused(error),
    })
}

/// Another run has put its fix there since we looked. The same fix is as good as ours; another one is left alone.
async fn raced(scene: &Scene<'_>, patch: &PatchClaim, tree: &str, tip: &CommitId) -> anyhow::Result<Put> {
    let theirs = scene.github.commit(scene.repository, tip).await?;
    if theirs.tree == tree && bears_fingerprint(&theirs.message, &patch.fingerprint) {
        return Ok(Put::On(OnBranch { changed: false, maker: Maker::of(&theirs.author_name) }));
    }
    let sentence = format!("another run has just put its own fix on `{}`: this one leaves it alone", patch.fix);
    Ok(Put::Stopped(Ending::new(Outcome::Skipped, "branch.raced", sentence)))
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
    if contains_proven && let Some(last) = way.commits.last().filter(|commit| commit.tree == tree) {
        return Ok(Put::On(OnBranch { changed: false, maker: Maker::of(&last.author_name) }));
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
    Ok(match move_branch(scene, &patch.fix, &commit.id).await? {
        Landed::Ours => Put::On(OnBranch { changed: true, maker: Maker::of(&commit.author_name) }),
        Landed::Theirs(tip) => raced(scene, patch, tree, &tip).await?,
        Landed::Refused(error) => Put::Refused(error),
    })
}

/// Our own name is only known from a commit that we have just made: no token can be asked for it.
fn by_one_author(way: &Comparison, ours: &CommitHead) -> bool {
    way.commits.iter().all(|commit| commit.author_email == ours.author_email)
}

/// The last resort (P19): the patch, for a person to apply, with the rule, or the branch, that stands in the way.
async fn by_patch(scene: &Scene<'_>, patch: &PatchClaim, proven: &ProvenPatch, error: &ApiError) -> Done {
    let in_the_way = scene.github.branches_in_the_way(scene.repository, &patch.fix).await.unwrap_or_default();
    let (reason, why) = match in_the_way.first() {
        Some(other) => (
            "branch.blocked",
            format!("a branch `{}` stands in its way: rename or delete that one", other.escape_debug()),
        ),
        None => ("branch.refused", error.to_string()),
    };
    let sentence = format!("`{}` could not be written: {why}; the patch is here, `git apply` it", patch.fix);
    let ending = Ending::new(Outcome::HandedOver, reason, sentence);
    Done { patch: Some(proven.patch().diff.clone()), ..Done::ended(ending) }
}
