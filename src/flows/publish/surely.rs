//! Writes that are looked after: what broke, or was there already, is read again before anybody says what became of it.

use super::scene::Scene;
use crate::domain::id::{Branch, CommitId};
use crate::domain::memory::KnownPull;
use crate::edge::github::error::ApiError;
use crate::edge::github::pulls::NewPull;

/// A write that broke and has not happened is tried once more; what breaks twice will break again.
const TRIES_MAX: u32 = 2;

/// What became of a branch.
pub enum Landed {
    /// It stands at our commit.
    Ours,
    /// It stands somewhere else: another run, or a person, was there first.
    Theirs(CommitId),
    Refused(ApiError),
}

/// What became of a pull request.
pub enum Opened {
    New(KnownPull),
    /// It was there already.
    Known(KnownPull),
    Refused(ApiError),
}

pub async fn create_branch(scene: &Scene<'_>, branch: &Branch, commit: &CommitId) -> anyhow::Result<Landed> {
    let mut tries = 0;
    loop {
        tries += 1;
        let Err(error) = scene.github.create_branch(scene.repository, branch, commit).await else {
            return Ok(Landed::Ours);
        };
        if !error.may_have_happened() && !error.says("already exists") {
            return refused(error).map(Landed::Refused);
        }
        match scene.github.branch_tip(scene.repository, branch).await? {
            // The same moment and the same files make the same commit; then it was another run's all the same.
            Some(tip) if tip == *commit && (tries > 1 || error.may_have_happened()) => return Ok(Landed::Ours),
            Some(tip) => return Ok(Landed::Theirs(tip)),
            None if tries < TRIES_MAX => {}
            None => return Err(error.into()),
        }
    }
}

/// Moves a branch forward. GitHub is asked again by itself where it broke: forward to the same place is the same place.
pub async fn move_branch(scene: &Scene<'_>, branch: &Branch, commit: &CommitId) -> anyhow::Result<Landed> {
    let Err(error) = scene.github.move_branch(scene.repository, branch, commit).await else {
        return Ok(Landed::Ours);
    };
    if !error.may_have_happened() && !error.says("not a fast forward") {
        return refused(error).map(Landed::Refused);
    }
    match scene.github.branch_tip(scene.repository, branch).await? {
        Some(tip) if tip == *commit => Ok(Landed::Ours),
        Some(tip) if !error.may_have_happened() => Ok(Landed::Theirs(tip)),
        _ => Err(error.into()),
    }
}

pub async fn open_pull(scene: &Scene<'_>, new: &NewPull<'_>) -> anyhow::Result<Opened> {
    let mut tries = 0;
    loop {
        tries += 1;
        let error = match scene.github.create_pull(scene.repository, new).await {
            Ok(pull) => return Ok(Opened::New(pull)),
            Err(error) => error,
        };
        let broken = error.may_have_happened();
        if !broken && !error.says("a pull request already exists") {
            return refused(error).map(Opened::Refused);
        }
        let known = scene.github.pulls_of_branch(scene.repository, new.head).await?;
        match known.into_iter().find(|pull| pull.open) {
            Some(pull) if broken => return Ok(Opened::New(pull)),
            Some(pull) => return Ok(Opened::Known(pull)),
            None if broken && tries < TRIES_MAX => {}
            None if broken => return Err(error.into()),
            None => return Ok(Opened::Refused(error)),
        }
    }
}

/// A rule, a setting or a permission; anything else is our own failure.
fn refused(error: ApiError) -> anyhow::Result<ApiError> {
    if error.is_refusal() { Ok(error) } else { Err(error.into()) }
}
