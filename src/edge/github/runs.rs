//! Workflow runs: the failed one, its jobs, who approved what, and running the failed jobs again.

use serde::Deserialize;

use super::error::{Call, Fault, Result};
use super::{Github, absent};
use crate::domain::id::{Branch, CommitId, Repository};
use crate::domain::memory::{RunApproval, Standing, Tip};
use crate::domain::run::{FailedRun, Job, Step};

#[derive(Deserialize)]
struct RunWire {
    id: u64,
    name: Option<String>,
    #[serde(default)]
    path: String,
    #[serde(default)]
    event: String,
    conclusion: Option<String>,
    run_attempt: Option<u32>,
    head_branch: Option<String>,
    head_sha: String,
    head_repository: Option<RepositoryWire>,
    actor: Option<ActorWire>,
    triggering_actor: Option<ActorWire>,
    #[serde(default)]
    html_url: String,
    #[serde(default)]
    pull_requests: Option<Vec<PullWire>>,
}

#[derive(Deserialize)]
struct RepositoryWire {
    full_name: String,
}

#[derive(Deserialize)]
struct ActorWire {
    login: String,
    #[serde(rename = "type", default)]
    kind: String,
}

#[derive(Deserialize)]
struct PullWire {
    number: u64,
    base: Option<BaseWire>,
}

#[derive(Deserialize)]
struct BaseWire {
    repo: Option<UrlWire>,
}

#[derive(Deserialize)]
struct UrlWire {
    url: Option<String>,
}

impl PullWire {
    /// GitHub also lists pull requests of other repositories with the same head; theirs are not ours to comment on.
    fn is_into(&self, repository: &Repository) -> bool {
        let url = self.base.as_ref().and_then(|base| base.repo.as_ref()).and_then(|repo| repo.url.as_deref());
        url.is_none_or(|url| url.to_ascii_lowercase().ends_with(&format!("/repos/{repository}").to_ascii_lowercase()))
    }
}

#[derive(Deserialize)]
struct RunsWire {
    #[serde(default)]
    workflow_runs: Vec<RunWire>,
}

#[derive(Deserialize)]
struct JobsWire {
    #[serde(default)]
    jobs: Vec<JobWire>,
}

#[derive(Deserialize)]
struct JobWire {
    id: u64,
    name: String,
    conclusion: Option<String>,
    #[serde(default)]
    steps: Option<Vec<StepWire>>,
    #[serde(default)]
    labels: Vec<String>,
}

#[derive(Deserialize)]
struct StepWire {
    number: u32,
    name: String,
    conclusion: Option<String>,
}

#[derive(Deserialize)]
struct ApprovalWire {
    state: String,
    user: Option<ActorWire>,
    #[serde(default)]
    environments: Vec<EnvironmentWire>,
}

#[derive(Deserialize)]
struct EnvironmentWire {
    name: Option<String>,
}

impl Github {
    /// A run by its id, as its newest attempt stands.
    pub async fn run(&self, repository: &Repository, run_id: u64) -> Result<FailedRun> {
        let call = Call::new("actions: read", format!("read run {run_id} of {repository}"));
        let route = format!("/repos/{repository}/actions/runs/{run_id}");
        let wire: RunWire = self.patiently(|| self.get(&call, &route, &[]), |_| true).await?;
        let default_branch = self.default_branch(repository).await?;
        meant(&call, repository, default_branch, wire)
    }

    /// The jobs of one attempt. A fresh run's jobs may be missing or without conclusion for seconds (P21).
    pub async fn jobs(&self, repository: &Repository, run_id: u64, attempt: u32) -> Result<Vec<Job>> {
        let call = Call::new("actions: read", format!("read the jobs of run {run_id} of {repository}"));
        let route = format!("/repos/{repository}/actions/runs/{run_id}/attempts/{attempt}/jobs");
        let pages = || self.pages(&call, &route, &[], |page: JobsWire| page.jobs);
        let concluded = |jobs: &Vec<JobWire>| jobs.iter().all(|job| job.conclusion.is_some());
        let jobs = self.patiently(pages, concluded).await?;
        Ok(jobs.into_iter().map(job).collect())
    }

    /// The newest run of the same workflow that was green, for what its log says that the failing one should too.
    pub async fn last_green_run(&self, run: &FailedRun) -> Result<Option<FailedRun>> {
        let repository = &run.repository;
        let Some(file) = run.workflow_path.rsplit('/').next().filter(|file| !file.is_empty()) else {
            return Ok(None);
        };
        let call = Call::new("actions: read", format!("read the green runs of {file} of {repository}"));
        let route = format!("/repos/{repository}/actions/workflows/{}/runs", super::part(file));
        let query = [("status", "success"), ("branch", run.default_branch.as_str()), ("per_page", "1")];
        let Some(wire): Option<RunsWire> = absent(self.get(&call, &route, &query).await)? else {
            return Ok(None);
        };
        let newest = wire.workflow_runs.into_iter().next();
        newest.map(|green| meant(&call, repository, run.default_branch.clone(), green)).transpose()
    }

    /// How the branch of a failed run stands now; of a fork's branch nobody asks.
    pub async fn standing(&self, run: &FailedRun) -> Result<Standing> {
        let repository = &run.repository;
        let call = Call::new("actions: read", format!("read run {} of {repository}", run.run_id));
        let route = format!("/repos/{repository}/actions/runs/{}", run.run_id);
        let newest: RunWire = self.patiently(|| self.get(&call, &route, &[]), |_| true).await?;
        let ours = run.head_repository.as_ref() == Some(repository);
        let branch = run.head_branch.as_deref().and_then(Branch::parse).filter(|_| ours);
        let tip = match &branch {
            None => Tip::Unasked,
            Some(branch) => match self.branch_tip(repository, branch).await? {
                Some(commit) => Tip::At(commit),
                None if self.is_tag(repository, branch).await? => Tip::Tag,
                None => Tip::Deleted,
            },
        };
        Ok(Standing { tip, newest_attempt: newest.run_attempt.unwrap_or(1) })
    }

    async fn is_tag(&self, repository: &Repository, name: &Branch) -> Result<bool> {
        let call = Call::new("contents: read", format!("look for a tag {name} of {repository}"));
        let route = format!("/repos/{repository}/git/ref/tags/{}", super::part(name.as_str()));
        let tag: Option<serde_json::Value> = absent(self.get(&call, &route, &[]).await)?;
        Ok(tag.is_some())
    }

    /// Who approved or rejected a deployment of a run: how `publish` knows that a person looked (P8).
    pub async fn approvals(&self, repository: &Repository, run_id: u64) -> Result<Vec<RunApproval>> {
        let call = Call::new("actions: read", format!("read the approvals of run {run_id} of {repository}"));
        let route = format!("/repos/{repository}/actions/runs/{run_id}/approvals");
        let wire: Vec<ApprovalWire> = self.get(&call, &route, &[]).await?;
        Ok(wire.into_iter().filter_map(approval).collect())
    }

    /// Runs the failed jobs of a run again.
    pub async fn rerun_failed_jobs(&self, repository: &Repository, run_id: u64) -> Result<()> {
        let call = Call::new("actions: write", format!("run the failed jobs of run {run_id} of {repository} again"));
        let route = format!("/repos/{repository}/actions/runs/{run_id}/rerun-failed-jobs");
        let _empty: serde_json::Value = self.post(&call, &route, &serde_json::json!({})).await?;
        Ok(())
    }

    pub async fn default_branch(&self, repository: &Repository) -> Result<String> {
        #[derive(Deserialize)]
        struct Wire {
            default_branch: String,
        }
        let call = Call::new("contents: read", format!("read the repository {repository}"));
        let wire: Wire = self.get(&call, &format!("/repos/{repository}"), &[]).await?;
        Ok(wire.default_branch)
    }

    /// The commit a branch stands at; `None` when there is no such branch.
    pub async fn branch_tip(&self, repository: &Repository, branch: &Branch) -> Result<Option<CommitId>> {
        #[derive(Deserialize)]
        struct Wire {
            object: Object,
        }
        #[derive(Deserialize)]
        struct Object {
            sha: String,
        }
        let call = Call::new("contents: read", format!("read the tip of {branch} of {repository}"));
        let route = format!("/repos/{repository}/git/ref/heads/{}", super::part(branch.as_str()));
        let wire: Option<Wire> = absent(self.get(&call, &route, &[]).await)?;
        wire.map(|wire| commit(&call, &wire.object.sha)).transpose()
    }
}

/// A commit id from an answer, or the fault that there is none.
pub(super) fn commit(call: &Call, sha: &str) -> Result<CommitId> {
    CommitId::parse(sha).ok_or_else(|| call.failed(Fault::Unreadable("a commit has no id".to_owned())))
}

fn meant(call: &Call, repository: &Repository, default_branch: String, wire: RunWire) -> Result<FailedRun> {
    let pulls = wire.pull_requests.unwrap_or_default();
    Ok(FailedRun {
        repository: repository.clone(),
        run_id: wire.id,
        attempt: wire.run_attempt.unwrap_or(1),
        workflow_name: wire.name.unwrap_or_default(),
        // A reusable or required workflow carries its ref behind an `@`.
        workflow_path: wire.path.split('@').next().unwrap_or_default().to_owned(),
        event: wire.event,
        conclusion: wire.conclusion.unwrap_or_default(),
        head_branch: wire.head_branch,
        head_commit: commit(call, &wire.head_sha)?,
        head_repository: wire.head_repository.and_then(|head| Repository::parse(&head.full_name)),
        default_branch,
        actor: wire.actor.map(|actor| actor.login).unwrap_or_default(),
        triggering_actor: wire.triggering_actor.map(|actor| actor.login).unwrap_or_default(),
        html_url: wire.html_url,
        pull_requests: pulls.iter().filter(|pull| pull.is_into(repository)).map(|pull| pull.number).collect(),
    })
}

fn job(wire: JobWire) -> Job {
    let steps = wire.steps.unwrap_or_default().into_iter();
    Job {
        id: wire.id,
        name: wire.name,
        conclusion: wire.conclusion.unwrap_or_default(),
        steps: steps
            .map(|step| Step { number: step.number, name: step.name, conclusion: step.conclusion.unwrap_or_default() })
            .collect(),
        labels: wire.labels,
    }
}

fn approval(wire: ApprovalWire) -> Option<RunApproval> {
    let user = wire.user?;
    Some(RunApproval {
        approved: wire.state == "approved",
        by: user.login,
        by_person: user.kind == "User",
        environments: wire.environments.into_iter().filter_map(|environment| environment.name).collect(),
    })
}
