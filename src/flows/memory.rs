//! What the repository remembers of earlier heals, asked of GitHub for the gate (design §7).

use crate::domain::id::Branch;
use crate::domain::memory::{BRANCH_PREFIX, Memory, branch_of_fix};
use crate::domain::run::FailedRun;
use crate::edge::github::Github;
use crate::flows::read::LogRead;

/// What is the same for every incident of one run, and how to ask for the rest.
pub struct Remembering<'a> {
    github: &'a Github,
    run: &'a FailedRun,
    open_pull_requests: u32,
}

impl<'a> Remembering<'a> {
    pub async fn begin(github: &'a Github, run: &'a FailedRun) -> anyhow::Result<Self> {
        let open = github.open_pulls(&run.repository, BRANCH_PREFIX).await?;
        Ok(Self { github, run, open_pull_requests: u32::try_from(open.len()).unwrap_or(u32::MAX) })
    }

    /// What is known of the fingerprint of one log.
    pub async fn of(&self, read: &LogRead) -> anyhow::Result<Memory> {
        let branch = self.run.head_branch.as_deref().and_then(Branch::parse);
        let fix = branch.zip(read.fingerprint.as_ref()).and_then(|(base, name)| branch_of_fix(&base, name));
        let pulls = match &fix {
            Some(fix) => self.github.pulls_of_branch(&self.run.repository, fix).await?,
            None => Vec::new(),
        };
        Ok(Memory { pulls, open_pull_requests: self.open_pull_requests })
    }
}
