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
    path: Option<String>,
    event: Option<String>,
    conclusion: Option<String>,
    run_attempt: Option<u32>,
    head_branch: Option<String>,
    head_sha: String,
    head_repository: Option<RepositoryWire>,
    actor: Option<ActorWire>,
    triggering_actor: Option<ActorWire>,
    html_url: Option<String>,
    pull_requests: Option<Vec<PullWire>>,
}

#[derive(Deserialize)]
struct RepositoryWire {
    full_name: Option<String>,
}

#[derive(Deserialize)]
struct ActorWire {
    login: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
}

#[derive(Deserialize)]
struct PullWire {
    number: Option<u64>,
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
    workflow_runs: Option<Vec<RunWire>>,
}

#[derive(Deserialize)]
struct JobsWire {
    jobs: Option<Vec<JobWire>>,
}

#[derive(Deserialize)]
struct JobWire {
    id: u64,
    name: Option<String>,
    conclusion: Option<String>,
    steps: Option<Vec<StepWire>>,
    labels: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct StepWire {
    number: Option<u32>,
    name: Option<String>,
    conclusion: Option<String>,
}

#[derive(Deserialize)]
struct ApprovalWire {
    state: Option<String>,
    user: Option<ActorWire>,
    environments: Option<Vec<EnvironmentWire>>,
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
        let pages = || self.pages(&call, &route, &[], |page: JobsWire| page.jobs.unwrap_or_default());
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
        let newest = wire.workflow_runs.into_iter().flatten().next();
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
        workflow_path: wire.path.unwrap_or_default().split('@').next().unwrap_or_default().to_owned(),
        event: wire.event.unwrap_or_default(),
        conclusion: wire.conclusion.unwrap_or_default(),
        head_branch: wire.head_branch,
        head_commit: commit(call, &wire.head_sha)?,
        head_repository: wire.head_repository.and_then(|head| Repository::parse(&head.full_name?)),
        default_branch,
        actor: wire.actor.and_then(|actor| actor.login).unwrap_or_default(),
        triggering_actor: wire.triggering_actor.and_then(|actor| actor.login).unwrap_or_default(),
        html_url: wire.html_url.unwrap_or_default(),
        pull_requests: pulls.iter().filter(|pull| pull.is_into(repository)).filter_map(|pull| pull.number).collect(),
    })
}

fn job(wire: JobWire) -> Job {
    let steps = wire.steps.unwrap_or_default().into_iter();
    Job {
        id: wire.id,
        name: wire.name.unwrap_or_default(),
        conclusion: wire.conclusion.unwrap_or_default(),
        steps: steps
            .map(|step| Step {
                number: step.number.unwrap_or_default(),
                name: step.name.unwrap_or_default(),
                conclusion: step.conclusion.unwrap_or_default(),
            })
            .collect(),
        labels: wire.labels.unwrap_or_default(),
    }
}

fn approval(wire: ApprovalWire) -> Option<RunApproval> {
    let user = wire.user?;
    Some(RunApproval {
        approved: wire.state.as_deref() == Some("approved"),
        by: user.login?,
        by_person: user.kind.as_deref() == Some("User"),
        environments: wire.environments.into_iter().flatten().filter_map(|environment| environment.name).collect(),
    })
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::routing::get;
    use serde_json::{Value, json};

    use super::super::served;
    use crate::domain::id::Repository;

    #[tokio::test]
    async fn nulls_wherever_they_may_be_are_read_as_nothing() {
        let answer = |value: Value| get(move || async move { value.to_string() });
        let null = Value::Null;
        let run = json!({
            "id": 5, "name": null, "path": null, "event": null, "conclusion": null, "run_attempt": null,
            "head_branch": null, "head_sha": "a".repeat(40), "head_repository": { "full_name": null },
            "actor": { "login": null, "type": null }, "triggering_actor": null, "html_url": null,
            "pull_requests": [{ "number": null, "base": { "repo": null } }, { "number": 7, "base": null }],
        });
        let job = json!({ "id": 1, "name": null, "conclusion": "failure", "steps": [
            { "number": null, "name": null, "conclusion": null }], "labels": null });
        let approvals = json!([{ "state": null, "user": { "login": "a", "type": null }, "environments": null },
            { "state": "approved", "user": null, "environments": [{ "name": null }] }]);
        let router = Router::new()
            .route("/repos/o/r", answer(json!({ "default_branch": "main" })))
            .route("/repos/o/r/actions/runs/5", answer(run))
            .route("/repos/o/r/actions/runs/5/attempts/1/jobs", answer(json!({ "jobs": [job] })))
            .route("/repos/o/r/actions/runs/6/attempts/1/jobs", answer(json!({ "jobs": null })))
            .route("/repos/o/r/actions/workflows/ci.yml/runs", answer(json!({ "workflow_runs": null })))
            .route("/repos/o/r/actions/runs/5/approvals", answer(approvals))
            .fallback(move || async move { null.to_string() });
        let (github, _) = served(router).await;
        let repository = Repository::parse("o/r").expect("a name");
        let mut run = github.run(&repository, 5).await.expect("a run");
        assert_eq!((run.actor.as_str(), run.head_repository.clone(), run.attempt), ("", None, 1));
        assert_eq!(run.pull_requests, [7]);
        let jobs = github.jobs(&repository, 5, 1).await.expect("jobs");
        assert_eq!((jobs[0].name.as_str(), jobs[0].steps.len(), jobs[0].labels.len()), ("", 1, 0));
        assert!(github.jobs(&repository, 6, 1).await.expect("none").is_empty());
        run.workflow_path = ".github/workflows/ci.yml".to_owned();
        assert!(github.last_green_run(&run).await.expect("none").is_none());
        let approvals = github.approvals(&repository, 5).await.expect("approvals");
        assert_eq!((approvals.len(), approvals[0].approved, approvals[0].by_person), (1, false, false));
    }

    #[tokio::test]
    async fn p21_a_run_that_is_not_there_is_told_with_the_mend_after_some_patience() {
        let (github, _) = served(Router::new()).await;
        let error = github.run(&Repository::parse("o/r").expect("a name"), 5).await.expect_err("no such run");
        assert!(error.is_not_found());
        let said = error.to_string();
        assert!(said.starts_with("read run 5 of o/r: not found (404)") && said.contains("`actions: read`"), "{said}");
    }
}
