//! What a rerun would do again: the workflow files of a run are read from GitHub until they answer (P15).

use std::cell::RefCell;
use std::collections::BTreeMap;

use crate::domain::id::{CommitId, Repository};
use crate::domain::run::FailedRun;
use crate::edge::github::Github;
use crate::edge::github::error::Fault;
use crate::stages::workflow::{Unread, environment_again};

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
    let (repository, commit, path) = match path.split_once('@') {
        None => (run.repository.clone(), run.head_commit.clone(), path),
        Some((file, at)) => match elsewhere(file, at) {
            Some(found) => found,
            None => return Ok(None),
        },
    };
    match github.at(&repository, &commit).text(path).await {
        Ok(text) => Ok(text),
        Err(error) if matches!(error.fault, Fault::NotFound { .. } | Fault::Forbidden { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// A file of another repository, where it is named at a commit: a branch or a tag of theirs may have moved since.
fn elsewhere<'p>(file: &'p str, at: &str) -> Option<(Repository, CommitId, &'p str)> {
    let (name, _) = file.match_indices('/').nth(1)?;
    let (repository, path) = (file.get(..name)?, file.get(name + 1..)?);
    Some((Repository::parse(repository)?, CommitId::parse(at)?, path))
}

#[cfg(test)]
mod tests {
    use super::elsewhere;

    #[test]
    fn a_workflow_of_another_repository_is_read_where_it_is_named_at_a_commit() {
        let commit = "a".repeat(40);
        let found = elsewhere("octo-org/flows/.github/workflows/x.yml", &commit).expect("a file");
        assert_eq!((found.0.to_string().as_str(), found.2), ("octo-org/flows", ".github/workflows/x.yml"));
        assert!(elsewhere("octo-org/flows/.github/workflows/x.yml", "v1").is_none());
        assert!(elsewhere("octo-org", &commit).is_none());
    }
}
