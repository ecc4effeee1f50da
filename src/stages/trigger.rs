//! The event payload and the inputs become a `Trigger`.

use serde::Deserialize;

use crate::config::inputs::Inputs;
use crate::domain::id::{CommitId, Repository};
use crate::domain::run::{FailedRun, Trigger};
use crate::text::{one_line, truncate};

/// Why we were started, or what is missing to know it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Triggered {
    By(Trigger),
    Missing(Missing),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Missing {
    /// No event file, and no input that names a run or a log.
    Payload,
    /// The event file is no JSON object.
    Json { why: String },
    /// An event that tells of no run: `push`, `workflow_dispatch` without `run-id`, …
    Run,
    /// A run, but whose?
    Repository,
    /// A `workflow_run` that lacks what it always has.
    Field { name: &'static str },
}

/// What a person can do when the event does not say which run failed.
const MEND: &str = "start the workflow `on: workflow_run`, or give `run-id` or `log`";

/// Errors of a JSON reader quote the input; this much of it is enough.
const WHY_BYTES_MAX: usize = 120;

impl Missing {
    /// One sentence that names the place and the mend.
    pub fn sentence(&self) -> String {
        match self {
            Self::Payload => format!("there is no event file (GITHUB_EVENT_PATH) and no input names a run: {MEND}"),
            Self::Json { why } => format!("the event file (GITHUB_EVENT_PATH) is no JSON object ({why}): {MEND}"),
            Self::Run => format!("the event tells of no failed run: {MEND}"),
            Self::Repository => {
                "nothing names the repository of the run: give --repo OWNER/NAME, or set GITHUB_REPOSITORY".to_owned()
            }
            Self::Field { name } => format!("the event's workflow_run has no usable `{name}`: {MEND}"),
        }
    }
}

#[derive(Deserialize)]
struct Payload {
    workflow_run: Option<RunWire>,
    workflow: Option<serde_json::Value>,
    repository: Option<RepositoryWire>,
    inputs: Option<serde_json::Map<String, serde_json::Value>>,
}

#[derive(Deserialize)]
struct RunWire {
    id: Option<u64>,
    name: Option<String>,
    path: Option<String>,
    event: Option<String>,
    conclusion: Option<String>,
    run_attempt: Option<u32>,
    head_branch: Option<String>,
    head_sha: Option<String>,
    head_repository: Option<RepositoryWire>,
    actor: Option<ActorWire>,
    triggering_actor: Option<ActorWire>,
    html_url: Option<String>,
    pull_requests: Option<Vec<PullWire>>,
}

#[derive(Deserialize)]
struct RepositoryWire {
    full_name: Option<String>,
    default_branch: Option<String>,
}

#[derive(Deserialize)]
struct ActorWire {
    login: Option<String>,
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

/// An input that was given wins over the event: a person asked for exactly that.
pub fn trigger(payload: Option<&str>, inputs: &Inputs) -> Triggered {
    if let Some(path) = &inputs.log {
        return Triggered::By(Trigger::Log { path: path.clone() });
    }
    let read = payload.map(|text| serde_json::from_str::<Payload>(text.trim_start_matches('\u{feff}')));
    let (event, broken) = match read {
        Some(Ok(event)) => (Some(event), None),
        Some(Err(error)) => (None, Some(truncate(&one_line(&error.to_string()), WHY_BYTES_MAX))),
        None => (None, None),
    };
    let repository = repository(inputs, event.as_ref());
    if let Some(run_id) = inputs.run_id.or_else(|| dispatched(event.as_ref())) {
        return match repository {
            Some(repository) => Triggered::By(Trigger::RunId { repository, run_id }),
            None => Triggered::Missing(Missing::Repository),
        };
    }
    match (event, broken) {
        (_, Some(why)) => Triggered::Missing(Missing::Json { why }),
        (None, None) => Triggered::Missing(Missing::Payload),
        (Some(event), None) => match failed_run(event) {
            Ok(run) => Triggered::By(Trigger::WorkflowRun(Box::new(run))),
            Err(missing) => Triggered::Missing(missing),
        },
    }
}

fn repository(inputs: &Inputs, event: Option<&Payload>) -> Option<Repository> {
    let named = inputs.repository.as_deref();
    let named = named.or_else(|| event?.repository.as_ref()?.full_name.as_deref());
    Repository::parse(named?)
}

/// The `run-id` that a person typed into a `workflow_dispatch` form.
fn dispatched(event: Option<&Payload>) -> Option<u64> {
    let inputs = event?.inputs.as_ref()?;
    let typed = inputs.get("run-id").or_else(|| inputs.get("run_id"))?;
    typed.as_u64().or_else(|| typed.as_str()?.trim().parse().ok())
}

fn failed_run(event: Payload) -> Result<FailedRun, Missing> {
    let run = event.workflow_run.ok_or(Missing::Run)?;
    let repository_wire = event.repository.ok_or(Missing::Repository)?;
    let repository = repository_wire.full_name.as_deref().and_then(Repository::parse).ok_or(Missing::Repository)?;
    let head_commit = run.head_sha.as_deref().and_then(CommitId::parse).ok_or(Missing::Field { name: "head_sha" })?;
    let workflow_path = run.path.or_else(|| {
        let path = event.workflow.as_ref()?.get("path")?;
        path.as_str().map(str::to_owned)
    });
    let pulls = run.pull_requests.unwrap_or_default();
    Ok(FailedRun {
        run_id: run.id.ok_or(Missing::Field { name: "id" })?,
        attempt: run.run_attempt.unwrap_or(1),
        workflow_name: run.name.unwrap_or_default(),
        // A required workflow carries its ref behind an `@`.
        workflow_path: workflow_path.unwrap_or_default().split('@').next().unwrap_or_default().to_owned(),
        event: run.event.unwrap_or_default(),
        conclusion: run.conclusion.unwrap_or_default(),
        head_branch: run.head_branch.filter(|branch| !branch.is_empty()),
        head_commit,
        head_repository: run.head_repository.and_then(|head| Repository::parse(&head.full_name?)),
        default_branch: repository_wire.default_branch.ok_or(Missing::Field { name: "repository.default_branch" })?,
        actor: run.actor.and_then(|actor| actor.login).unwrap_or_default(),
        triggering_actor: run.triggering_actor.and_then(|actor| actor.login).unwrap_or_default(),
        html_url: run.html_url.unwrap_or_default(),
        pull_requests: pulls.iter().filter(|pull| into(pull, &repository)).filter_map(|pull| pull.number).collect(),
        repository,
    })
}

/// The event also lists pull requests of other repositories with the same head; theirs are not ours to comment on.
fn into(pull: &PullWire, repository: &Repository) -> bool {
    let url = pull.base.as_ref().and_then(|base| base.repo.as_ref()).and_then(|repo| repo.url.as_deref());
    url.is_none_or(|url| url.to_ascii_lowercase().ends_with(&format!("/repos/{repository}").to_ascii_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::{Missing, Triggered, trigger};
    use crate::config::inputs::Inputs;
    use crate::domain::run::Trigger;

    const WORKFLOW_RUN: &str = include_str!("../../fixtures/github/workflow_run.json");

    fn missing(payload: Option<&str>) -> String {
        match trigger(payload, &Inputs::default()) {
            Triggered::Missing(missing) => missing.sentence(),
            Triggered::By(trigger) => panic!("{trigger:?}"),
        }
    }

    #[test]
    fn a_workflow_run_payload_is_a_failed_run() {
        let Triggered::By(Trigger::WorkflowRun(run)) = trigger(Some(WORKFLOW_RUN), &Inputs::default()) else {
            panic!("a workflow_run event")
        };
        assert_eq!(run.repository.to_string(), "octo-org/adder");
        assert_eq!((run.run_id, run.attempt), (9_876_543_210, 1));
        assert_eq!(run.workflow_path, ".github/workflows/ci.yml");
        assert_eq!(run.conclusion, "failure");
        assert_eq!(run.head_branch.as_deref(), Some("feature/sum"));
        assert_eq!(run.head_repository.as_ref(), Some(&run.repository));
        assert_eq!(run.default_branch, "main");
        assert_eq!((run.actor.as_str(), run.triggering_actor.as_str()), ("octocat", "octocat"));
        assert_eq!(run.pull_requests, [17]);
    }

    #[test]
    fn an_input_wins_over_the_event() {
        let inputs = Inputs { run_id: Some(5), ..Inputs::default() };
        let Triggered::By(Trigger::RunId { repository, run_id }) = trigger(Some(WORKFLOW_RUN), &inputs) else {
            panic!("a run id was given")
        };
        assert_eq!((repository.to_string().as_str(), run_id), ("octo-org/adder", 5));
        let inputs = Inputs { log: Some("job.log".to_owned()), ..inputs };
        assert_eq!(trigger(Some(WORKFLOW_RUN), &inputs), Triggered::By(Trigger::Log { path: "job.log".to_owned() }));
    }

    #[test]
    fn a_dispatched_run_id_is_taken_from_the_form() {
        let payload = r#"{"inputs":{"run-id":" 77 "},"ref":"refs/heads/main","repository":{"full_name":"o/r"}}"#;
        let Triggered::By(Trigger::RunId { run_id, .. }) = trigger(Some(payload), &Inputs::default()) else {
            panic!("the form names a run")
        };
        assert_eq!(run_id, 77);
    }

    #[test]
    fn what_is_missing_is_named_with_the_mend() {
        assert!(missing(None).starts_with("there is no event file"));
        assert!(missing(Some("")).starts_with("the event file (GITHUB_EVENT_PATH) is no JSON object"));
        assert!(missing(Some("[1]")).contains("run-id"));
        assert!(
            missing(Some(r#"{"ref":"refs/heads/main","repository":{"full_name":"o/r"}}"#)).contains("no failed run")
        );
        let inputs = Inputs { run_id: Some(5), ..Inputs::default() };
        assert_eq!(trigger(None, &inputs), Triggered::Missing(Missing::Repository));
        assert!(missing(Some(&WORKFLOW_RUN.replace("\"head_sha\"", "\"head_sh\""))).contains("`head_sha`"));
    }

    #[test]
    fn p5_a_deleted_branch_or_fork_is_read_as_none() {
        let mut event: serde_json::Value = serde_json::from_str(WORKFLOW_RUN).expect("a fixture");
        event["workflow_run"]["head_branch"] = serde_json::Value::Null;
        event["workflow_run"]["head_repository"] = serde_json::Value::Null;
        let Triggered::By(Trigger::WorkflowRun(run)) = trigger(Some(&event.to_string()), &Inputs::default()) else {
            panic!("nulls are normal input")
        };
        assert_eq!((run.head_branch, run.head_repository), (None, None));
    }
}
