//! The history of a branch by the API, for a checkout that has none (P20).

use serde::Deserialize;

use super::error::{ApiError, Call, Fault, Result};
use super::transport::Asked;
use super::{Github, PAGE_ITEMS_MAX};
use crate::domain::id::{CommitId, Repository};

/// Some weeks of a busy repository, three calls; who wants more of it remembered checks out with `fetch-depth: 0`.
const PAGES_MAX: u32 = 3;

#[derive(Deserialize)]
struct CommitWire {
    sha: String,
    commit: MessageWire,
    #[serde(default)]
    parents: Vec<ParentWire>,
}

#[derive(Deserialize)]
struct MessageWire {
    #[serde(default)]
    message: String,
}

#[derive(Deserialize)]
struct ParentWire {}

/// A commit with what its author says of it.
pub struct Told {
    pub commit: CommitId,
    pub message: String,
    /// How many it has.
    pub parents: usize,
}

impl Github {
    /// The newest commits of the history of `tip`, newest first.
    pub async fn history(&self, repository: &Repository, tip: &CommitId) -> Result<Vec<Told>> {
        let call = Call::new("contents: read", format!("list the commits of {repository}"));
        let route = format!("/repos/{repository}/commits");
        let mut told = Vec::new();
        for number in 1..=PAGES_MAX {
            let (page, size) = (number.to_string(), PAGE_ITEMS_MAX.to_string());
            let query = [("sha", tip.as_str()), ("per_page", size.as_str()), ("page", page.as_str())];
            let wire: Vec<CommitWire> = self.get(&call, &route, &query).await?;
            let last = wire.len() < PAGE_ITEMS_MAX;
            for one in wire {
                let commit = super::runs::commit(&call, &one.sha)?;
                told.push(Told { commit, message: one.commit.message, parents: one.parents.len() });
            }
            if last {
                break;
            }
        }
        Ok(told)
    }

    /// What a commit changed, as a diff; `None` where GitHub finds it too large to show.
    pub async fn diff(&self, repository: &Repository, commit: &CommitId) -> Result<Option<String>> {
        let call = Call::new("contents: read", format!("read commit {} of {repository}", commit.short()));
        let route = format!("/repos/{repository}/commits/{commit}");
        let asked = Asked { accept: "application/vnd.github.diff", ..Asked::read(&route) };
        match self.transport.ask(&call, &asked).await {
            Ok(answer) => Ok(Some(answer.body)),
            // 406: it is larger than GitHub shows.
            Err(ApiError { fault: Fault::Status(406, _), .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }
}
