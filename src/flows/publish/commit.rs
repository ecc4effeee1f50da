//! The commit of a fix, which nothing points at yet.

use super::scene::Scene;
use crate::domain::id::CommitId;
use crate::domain::memory::CommitHead;
use crate::edge::github::error::Result;
use crate::stages::render::pull_request::{Fix, commit_message};

pub async fn commit(scene: &Scene<'_>, fix: &Fix<'_>, tree: &str, parents: &[CommitId]) -> Result<CommitHead> {
    let message = commit_message(fix, None);
    let made = scene.github.create_commit(scene.repository, &message, tree, parents).await?;
    if !scene.policy.publish.sign_off {
        return Ok(made);
    }
    // Signed off by whoever GitHub says the author is; the first commit is left behind, where nothing points at it.
    let author = format!("{} <{}>", made.author_name, made.author_email);
    let message = commit_message(fix, Some(&author));
    scene.github.create_commit(scene.repository, &message, tree, parents).await
}
