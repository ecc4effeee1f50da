//! `how = "commit"`: the fix goes onto the failing pull request's own branch, where that can be.

use super::claim::PatchClaim;
use super::commit::commit;
use super::scene::{Done, Scene};
use super::surely::{Landed, move_branch};
use crate::domain::outcome::{Ending, Outcome};
use crate::stages::render::pull_request::Fix;

pub enum Onto {
    Done(Box<Done>),
    /// A pull request of our own it is; why, where somebody may have expected otherwise.
    Instead(Option<String>),
}

pub async fn commit_onto(scene: &Scene<'_>, patch: &PatchClaim, fix: &Fix<'_>, tree: &str) -> anyhow::Result<Onto> {
    if !has_open_pull(scene, patch).await? {
        return Ok(Onto::Instead(None));
    }
    let commit = commit(scene, fix, tree, std::slice::from_ref(&patch.commit)).await?;
    Ok(match move_branch(scene, &patch.base, &commit.id).await? {
        Landed::Ours => {
            let sentence = format!("the fix is commit {} on `{}`", commit.id.short(), patch.base);
            let ending = Ending::new(Outcome::Published, "commit.pushed", sentence);
            Onto::Done(Box::new(Done { acted: true, ..Done::ended(ending) }))
        }
        Landed::Theirs(tip) => {
            let sentence =
                format!("branch `{}` went on to {} meanwhile: the next run decides", patch.base, tip.short());
            Onto::Done(Box::new(Done::ended(Ending::new(Outcome::Stale, "head.moved", sentence))))
        }
        Landed::Refused(error) => Onto::Instead(Some(format!(
            "the fix could not be put onto `{}`, so it is a pull request: {error}",
            patch.base
        ))),
    })
}

/// Only a pull request's branch, and only one of this very repository: nobody's default branch is committed onto.
async fn has_open_pull(scene: &Scene<'_>, patch: &PatchClaim) -> anyhow::Result<bool> {
    let ours = scene.run.as_ref().is_some_and(|run| {
        run.head_repository.as_ref() == Some(scene.repository) && run.default_branch != patch.base.as_str()
    });
    if !ours {
        return Ok(false);
    }
    let pulls = scene.github.pulls_of_branch(scene.repository, &patch.base).await?;
    Ok(pulls.iter().any(|pull| pull.open))
}
