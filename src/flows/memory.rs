//! What the repository remembers of earlier heals, and who asks for this one: asked of GitHub for the gate (design §7).

use crate::config::policy::Policy;
use crate::domain::fingerprint::Fingerprint;
use crate::domain::id::{Branch, Repository};
use crate::domain::memory::{BRANCH_PREFIX, KnownPull, Memory, Ourselves, Starter, branch_of_fix};
use crate::domain::run::FailedRun;
use crate::edge::github::Github;
use crate::edge::{actions, clock};
use crate::flows::read::LogRead;
use crate::stages::memory::{attempts, starters};

/// So many runs are asked about for one fingerprint; the gate stops at three of ours, unless the policy says otherwise.
const LOOKUPS_MAX: usize = 40;

/// What is the same for every incident of one run, and how to ask for the rest.
pub struct Remembering<'a> {
    github: &'a Github,
    run: &'a FailedRun,
    /// The gate asks for no more than these.
    attempts_max: u32,
    us: Ourselves,
    open_pull_requests: u32,
    starters: Vec<Starter>,
}

impl<'a> Remembering<'a> {
    pub async fn begin(github: &'a Github, run: &'a FailedRun, policy: &Policy) -> anyhow::Result<Self> {
        let us = ourselves(github).await;
        Ok(Self {
            github,
            run,
            attempts_max: policy.attempts.per_failure,
            open_pull_requests: open_pulls(github, &run.repository, &us).await?,
            starters: who_started(github, run, &us).await?,
            us,
        })
    }

    /// What is known of the fingerprint of one log.
    pub async fn of(&self, read: &LogRead) -> anyhow::Result<Memory> {
        let Some(fingerprint) = &read.fingerprint else {
            return Ok(Memory {
                open_pull_requests: self.open_pull_requests,
                starters: self.starters.clone(),
                ..Memory::default()
            });
        };
        let branch = self.run.head_branch.as_deref().and_then(Branch::parse);
        let pulls = match branch.and_then(|base| branch_of_fix(&base, fingerprint)) {
            Some(fix) => pulls_of(self.github, &self.run.repository, &fix, &self.us).await?,
            None => Vec::new(),
        };
        Ok(Memory {
            pulls,
            open_pull_requests: self.open_pull_requests,
            attempts: attempts(self.github, &self.run.repository, fingerprint, self.attempts_max).await?,
            starters: self.starters.clone(),
        })
    }
}

/// What is known of a fix that is to be published. It was proven, so how often it was tried no longer matters.
pub async fn of_fix(
    github: &Github,
    repository: &Repository,
    run: Option<&FailedRun>,
    fix: &Branch,
    us: &Ourselves,
) -> anyhow::Result<Memory> {
    let starters = match run {
        Some(run) => who_started(github, run, us).await?,
        None => Vec::new(),
    };
    Ok(Memory {
        pulls: pulls_of(github, repository, fix, us).await?,
        open_pull_requests: open_pulls(github, repository, us).await?,
        attempts: 0,
        starters,
    })
}

async fn pulls_of(
    github: &Github,
    repository: &Repository,
    fix: &Branch,
    us: &Ourselves,
) -> anyhow::Result<Vec<KnownPull>> {
    let mut pulls = github.pulls_of_branch(repository, fix).await?;
    pulls.retain(|pull| us.may_have_made(pull));
    Ok(pulls)
}

async fn open_pulls(github: &Github, repository: &Repository, us: &Ourselves) -> anyhow::Result<u32> {
    let open = github.open_pulls(repository, BRANCH_PREFIX).await?;
    Ok(u32::try_from(open.iter().filter(|pull| us.may_have_made(pull)).count()).unwrap_or(u32::MAX))
}

/// Who we are. GitHub not saying is no reason to stop: then pull requests of any bot count, and no person's (T16).
pub async fn ourselves(github: &Github) -> Ourselves {
    match github.viewer().await {
        Ok(account) => Ourselves { account: Some(account) },
        Err(error) => {
            tracing::warn!(%error, "whose pull requests are ours is not known");
            Ourselves::default()
        }
    }
}

/// Whoever started the run, with their rights (T17).
async fn who_started(github: &Github, run: &FailedRun, us: &Ourselves) -> anyhow::Result<Vec<Starter>> {
    let mut started = Vec::new();
    for login in starters::to_ask(run, us) {
        let rights = github.rights(&run.repository, &login).await?;
        started.push(Starter { login, rights });
    }
    Ok(started)
}

/// How often our own workflow has tried before, up to as often as it may (P2). Outside of a workflow nobody has.
async fn attempts(
    github: &Github,
    repository: &Repository,
    fingerprint: &Fingerprint,
    most: u32,
) -> anyhow::Result<u32> {
    let Some(own_workflow) = actions::own_workflow() else { return Ok(0) };
    let since = clock::seconds() - attempts::ATTEMPT_SECONDS;
    let name = attempts::artifact_name(fingerprint);
    let listed = github.artifacts_since(repository, Some(&name), since).await?;
    let runs = attempts::runs(&listed.artifacts, actions::own_run());
    // Those beyond what is asked about count: a person with write access made them, and too few is what they may do.
    let mut ours = u32::try_from(runs.len().saturating_sub(LOOKUPS_MAX)).unwrap_or(u32::MAX);
    for run in runs.into_iter().take(LOOKUPS_MAX) {
        if ours >= most {
            break;
        }
        let origin = github.origin(repository, run).await?;
        if origin.is_some_and(|origin| attempts::is_ours(&origin, repository, &own_workflow)) {
            ours += 1;
        }
    }
    Ok(ours)
}
