//! The policy of a run: from the default branch, never from what failed (T13); on a laptop from `HEAD`.

use std::path::Path;

use anyhow::Context as _;

use crate::config::inputs::{BadInput, Inputs};
use crate::config::policy::Policy;
use crate::config::raw::{self, PolicyFile, PolicyFiles, TOML_PATH, YAML_PATH};
use crate::domain::audit::AuditRecord;
use crate::domain::id::{Branch, CommitId, Repository};
use crate::edge::git::Git;
use crate::edge::github::Github;
use crate::edge::{actions, environment, store};
use crate::flows::book::Book;

/// A policy is a page of text; anything larger is a mistake.
const POLICY_BYTES_MAX: u64 = 1 << 20;

/// In CI: at the commit this very workflow runs at where that is on the default branch, else at the branch's tip.
pub async fn of_default_branch(
    inputs: &Inputs,
    github: &Github,
    repository: &Repository,
    default_branch: &str,
) -> anyhow::Result<Policy> {
    if let Some(path) = inputs.policy.as_deref().filter(|_| !environment::in_actions()) {
        return explicit(path);
    }
    let branch = Branch::parse(default_branch)
        .with_context(|| format!("`{}` is no branch name", default_branch.escape_debug()))?;
    let own = own_commit(repository, &branch);
    let commit = match own {
        Some(commit) => commit,
        None => github
            .branch_tip(repository, &branch)
            .await?
            .with_context(|| format!("the default branch {branch} of {repository} is not there"))?,
    };
    let mut tree = github.at(repository, &commit);
    if let Some(path) = &inputs.policy {
        // Never the file of that name in the checkout, which is the failing commit's (T13).
        let name = path.to_string_lossy().trim_start_matches("./").to_owned();
        let missing = || BadInput(format!("there is no policy file {name} on {branch} at {}", commit.short()));
        let text = tree.text(&name).await?.ok_or_else(missing)?;
        let mut policy = raw::explicit(&name, &text).map_err(|error| BadInput(error.to_string()))?;
        policy.source.commit = Some(commit.to_string());
        return Ok(policy);
    }
    let toml = tree.text(TOML_PATH).await?;
    let yaml = tree.text(YAML_PATH).await?;
    chosen(toml, yaml, &commit)
}

/// The commit of this run, where the run stands on the default branch of the same repository.
fn own_commit(repository: &Repository, branch: &Branch) -> Option<CommitId> {
    let here = actions::repository().is_some_and(|here| here == repository.to_string());
    let on_branch = actions::own_ref().is_some_and(|own| own == format!("refs/heads/{branch}"));
    if here && on_branch { actions::own_commit().and_then(|text| CommitId::parse(&text)) } else { None }
}

/// On a laptop: at `HEAD`, so that a policy does not change with what is being typed.
pub fn local(inputs: &Inputs, git: Option<&Git>) -> anyhow::Result<Policy> {
    if let Some(path) = &inputs.policy {
        return explicit(path);
    }
    let Some(git) = git else { return Ok(Policy::defaults()) };
    let toml = git.file_at(git.head(), TOML_PATH)?;
    let yaml = git.file_at(git.head(), YAML_PATH)?;
    chosen(toml, yaml, git.head())
}

/// For a log alone: as on a laptop, and in CI none, because what is checked out there is what failed (T13).
pub fn beside_a_log(inputs: &Inputs, git: Option<&Git>) -> anyhow::Result<Policy> {
    if environment::in_actions() { Ok(Policy::defaults()) } else { local(inputs, git) }
}

/// Writes down which policy decides.
pub fn record(book: &mut Book<'_>, policy: &Policy) -> anyhow::Result<()> {
    let commit = policy.source.commit.as_deref().unwrap_or("");
    book.record(&AuditRecord::new("policy", &policy.source.file).with("commit", commit))
}

fn explicit(path: &Path) -> anyhow::Result<Policy> {
    let shown = path.display().to_string();
    let text = store::text(path, POLICY_BYTES_MAX)?
        .ok_or_else(|| BadInput(format!("there is no policy file {shown}: name one with --policy, or leave it out")))?;
    raw::explicit(&shown, &text).map_err(|error| BadInput(error.to_string()).into())
}

fn chosen(toml: Option<String>, yaml: Option<String>, commit: &CommitId) -> anyhow::Result<Policy> {
    let file = |path: &str, text: Option<String>| {
        text.map(|text| PolicyFile { path: path.to_owned(), text, commit: Some(commit.to_string()) })
    };
    let files = PolicyFiles { toml: file(TOML_PATH, toml), yaml: file(YAML_PATH, yaml) };
    raw::policy(&files).map_err(|error| BadInput(error.to_string()).into())
}
