//! The workflow files of a run, read until they answer: what a rerun would do again (P15), and what called jobs run.

use std::cell::RefCell;
use std::collections::BTreeMap;

use crate::domain::run::FailedRun;
use crate::edge::git::Git;
use crate::edge::github::Github;
use crate::edge::github::error::Fault;
use crate::stages::workflow::{Unread, elsewhere, environment_again, find_job};

/// GitHub runs at most 50 workflow files in one run; a token has 1,000 requests an hour.
const FILES_READ_MAX: usize = 50;

/// The first job with an environment that would run again; an error of the answer says why that cannot be known.
pub async fn environment_of(
    github: &Github,
    run: &FailedRun,
    failed: &[&str],
) -> anyhow::Result<Result<Option<String>, Unread>> {
    let mut known: BTreeMap<String, Option<String>> = BTreeMap::new();
    loop {
        let missing = RefCell::new(None);
        let read = |path: &str| match known.get(path) {
            Some(text) => text.clone(),
            None => {
                missing.borrow_mut().get_or_insert_with(|| path.to_owned());
                None
            }
        };
        let answer = environment_again(&run.workflow_path, failed, &read);
        match missing.take() {
            Some(path) if known.len() < FILES_READ_MAX => {
                let text = text(github, run, &path).await?;
                known.insert(path, text);
            }
            _ => return Ok(answer),
        }
    }
}

/// A workflow file; one that is not there, or that the token may not read, is `None`.
async fn text(github: &Github, run: &FailedRun, path: &str) -> anyhow::Result<Option<String>> {
    let read = match elsewhere(path) {
        Some((repository, path, at)) => github.file_elsewhere(&repository, path, at).await,
        None => github.at(&run.repository, &run.head_commit).text(path).await,
    };
    match read {
        Ok(text) => Ok(text),
        Err(error) if matches!(error.fault, Fault::NotFound { .. } | Fault::Forbidden { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// The workflows of other repositories that a job is in, by how they are called. What cannot be read is left out, and
/// named where the command would be needed.
pub async fn called_elsewhere(
    github: &Github,
    run: &FailedRun,
    git: Option<&Git>,
    job: &str,
) -> BTreeMap<String, String> {
    let mut known = BTreeMap::new();
    let here = |path: &str| git.and_then(|git| git.file_at(git.head(), path).ok().flatten());
    loop {
        let read = |path: &str| known.get(path).cloned().or_else(|| here(path));
        let Err(Unread::Elsewhere { uses }) = find_job(&run.workflow_path, job, &read) else { return known };
        match text(github, run, &uses).await {
            Ok(Some(text)) if known.len() < FILES_READ_MAX && !known.contains_key(&uses) => known.insert(uses, text),
            _ => return known,
        };
    }
}
