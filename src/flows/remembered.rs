//! The zero-token rung: what healed this very failure before, learned only from what was merged (T14).
//!
//! A commit on a branch may say anything of itself. One in the history of the default branch was merged by somebody who
//! may write there, so its trailer is believed; what it changes goes through policy, guard and proof like any other.

use crate::config::inputs::Keys;
use crate::domain::fingerprint::Fingerprint;
use crate::domain::id::{Branch, CommitId};
use crate::domain::memory::{RememberedFix, heals};
use crate::domain::run::FailedRun;
use crate::edge::git::Git;
use crate::edge::github::Github;
use crate::edge::wait::wait;
use crate::flows::connect::connect;

/// The newest merged fix for this failure. Of a run GitHub says where the default branch stands, elsewhere the
/// repository does. The error says why nobody could look: a help that cannot be had stops nobody.
pub fn remembered(
    keys: &Keys,
    run: Option<&FailedRun>,
    git: &Git,
    fingerprint: &Fingerprint,
) -> Result<Option<RememberedFix>, String> {
    match run {
        Some(_) if keys.github_token.is_none() => {
            Err("there is no token to ask for the default branch with".to_owned())
        }
        Some(run) => wait(of_run(keys, run, git, fingerprint)).map_err(|error| format!("{error:#}")),
        None => match git.default_tip() {
            Some(tip) => git.remembered(&tip, fingerprint).map_err(|error| error.to_string()),
            None => Err("the repository does not say which branch is the default one".to_owned()),
        },
    }
}

async fn of_run(
    keys: &Keys,
    run: &FailedRun,
    git: &Git,
    fingerprint: &Fingerprint,
) -> anyhow::Result<Option<RememberedFix>> {
    let github = connect(keys)?;
    let Some(branch) = Branch::parse(&run.default_branch) else { return Ok(None) };
    let Some(tip) = github.branch_tip(&run.repository, &branch).await? else { return Ok(None) };
    if !git.is_shallow() && git.holds(&tip)? {
        return Ok(git.remembered(&tip, fingerprint)?);
    }
    by_api(&github, run, &tip, fingerprint).await
}

/// A checkout without history is normal (P20).
async fn by_api(
    github: &Github,
    run: &FailedRun,
    tip: &CommitId,
    fingerprint: &Fingerprint,
) -> anyhow::Result<Option<RememberedFix>> {
    let history = github.history(&run.repository, tip).await?;
    // A merge is not the fix itself.
    let Some(fix) = history.iter().find(|told| told.parents == 1 && heals(&told.message, fingerprint)) else {
        return Ok(None);
    };
    let diff = github.diff(&run.repository, &fix.commit).await?;
    Ok(diff.map(|diff| RememberedFix { commit: fix.commit.to_string(), diff }))
}
