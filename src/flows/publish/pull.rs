//! The pull request of a fix that is on its branch, or what a person can do where there is none.

use super::checks::checks;
use super::claim::PatchClaim;
use super::scene::{Done, Scene};
use super::surely::{Opened, open_pull};
use crate::config::policy::HighRisk;
use crate::domain::checks::Maker;
use crate::domain::memory::KnownPull;
use crate::domain::outcome::{Ending, Outcome};
use crate::domain::patch::Patch;
use crate::domain::risk::Tier;
use crate::edge::actions;
use crate::edge::github::error::ApiError;
use crate::edge::github::pulls::NewPull;
use crate::stages::render::links::compare;
use crate::stages::render::pull_request::{Fix, body, title};

/// Where GitHub's own variable does not say.
const SERVER_URL: &str = "https://github.com";

/// The branch as we left it.
pub struct OnBranch {
    pub changed: bool,
    /// Who GitHub says has made our commits.
    pub maker: Maker,
}

pub async fn pull_request(
    scene: &Scene<'_>,
    patch: &PatchClaim,
    fix: &Fix<'_>,
    applied: &Patch,
    on_branch: &OnBranch,
) -> anyhow::Result<Done> {
    let changed = on_branch.changed;
    let known = scene.github.pulls_of_branch(scene.repository, &patch.fix).await?;
    let open = known.into_iter().find(|pull| pull.open);
    // What a person has opened from our branch, with the link that we gave, is not ours to write in (T16).
    if let Some(open) = open.as_ref().filter(|open| !changed || !scene.us.made(open)) {
        return Ok(published("unchanged", open.clone(), changed));
    }
    let paths: Vec<String> = applied.files.iter().map(|file| file.path.clone()).collect();
    let checks = checks(scene, &patch.commit, &patch.base, &paths).await;
    let (title, body) = (title(fix), body(fix, &applied.diff, &checks, &on_branch.maker));
    if let Some(open) = open {
        let pull = scene.github.update_pull(scene.repository, open.number, &title, &body).await?;
        return Ok(Done { checks: Some(checks), ..published("updated", pull, true) });
    }
    let high_draft = fix.risk.tier == Tier::High && scene.policy.approval.high == HighRisk::Draft;
    let draft = scene.policy.publish.draft || high_draft;
    let new = NewPull { title: &title, body: &body, head: &patch.fix, base: &patch.base, draft };
    match open_pull(scene, &new).await? {
        Opened::New(pull) => {
            let warnings = decorate(scene, &pull).await;
            Ok(Done { warnings, checks: Some(checks), ..published("opened", pull, true) })
        }
        Opened::Known(pull) => Ok(published("unchanged", pull, changed)),
        Opened::Refused(error) => Ok(Done { acted: changed, ..by_hand(scene, patch, &error) }),
    }
}

/// A ruleset, a setting, or drafts where there are none (P8, P19): the branch is there, and a person can go on from a link.
fn by_hand(scene: &Scene<'_>, patch: &PatchClaim, error: &ApiError) -> Done {
    let server = actions::server_url().unwrap_or_else(|| SERVER_URL.to_owned());
    let link = compare(&server, scene.repository, &patch.base, &patch.fix);
    let reason = if error.says("draft") { "pull-request.draft" } else { "pull-request.refused" };
    let sentence =
        format!("the fix is on `{}`, and no pull request could be opened: {error}; open it at {link}", patch.fix);
    Done { compare: Some(link), ..Done::ended(Ending::new(Outcome::HandedOver, reason, sentence)) }
}

/// Labels and reviewers: what of it cannot be had is told and does not matter (P18).
async fn decorate(scene: &Scene<'_>, pull: &KnownPull) -> Vec<String> {
    let (github, publish) = (scene.github, &scene.policy.publish);
    let (teams, people): (Vec<&str>, Vec<&str>) =
        publish.reviewers.iter().map(String::as_str).partition(|name| name.contains('/'));
    let teams: Vec<&str> = teams.iter().filter_map(|name| name.rsplit('/').next()).collect();
    let mut warnings = Vec::new();
    if !publish.labels.is_empty()
        && let Err(error) = github.add_labels(scene.repository, pull.number, &publish.labels).await
    {
        warnings.push(error.to_string());
    }
    if !people.is_empty()
        && let Err(error) = github.request_people(scene.repository, pull.number, &people).await
    {
        warnings.push(error.to_string());
    }
    if !teams.is_empty()
        && let Err(error) = github.request_teams(scene.repository, pull.number, &teams).await
    {
        warnings.push(format!("{error}; only an App's token can ask a team"));
    }
    warnings
}

fn published(what: &str, pull: KnownPull, acted: bool) -> Done {
    let sentence = format!("pull request #{} is {what}: {}", pull.number, pull.url);
    let ending = Ending::new(Outcome::Published, format!("pull-request.{what}"), sentence);
    Done { pull: Some(pull), acted, ..Done::ended(ending) }
}
