//! The event payload and the inputs become a `Trigger`.

use serde::Deserialize;

use crate::config::inputs::Inputs;
use crate::domain::id::{CommitId, Repository};
use crate::domain::run::{FailedRun, OwnRun, Trigger};
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
    pull_request: Option<PullWire>,
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
    head: Option<HeadWire>,
}

#[derive(Deserialize)]
struct HeadWire {
    #[serde(rename = "ref")]
    name: Option<String>,
    sha: Option<String>,
    repo: Option<RepositoryWire>,
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
///
/// `own`: the run that this very step is in, where a runner has started us.
pub fn trigger(payload: Option<&str>, inputs: &Inputs, own: Option<&OwnRun>) -> Triggered {
    let read = payload.map(|text| serde_json::from_str::<Payload>(text.trim_start_matches('\u{feff}')));
    if let Some(path) = &inputs.log {
        let event = read.and_then(Result::ok);
        return Triggered::By(given_a_log(path, inputs, own, event));
    }
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

/// A log that a step of the failing job itself hands over is of that job's run (P16). One that is given beside an event
/// which tells of another run is just a log.
fn given_a_log(path: &str, inputs: &Inputs, own: Option<&OwnRun>, event: Option<Payload>) -> Trigger {
    let of_another = event.as_ref().is_some_and(|event| event.workflow_run.is_some()) || inputs.run_id.is_some();
    let path = path.to_owned();
    match own.filter(|_| !of_another).and_then(|own| Some((own.job_id.clone(), own_run(own, event)?))) {
        Some((job_id, run)) => Trigger::Inside { path, run: Box::new(run), job_id },
        None => Trigger::Log { path },
    }
}

/// The run that the step is in, as environment and event tell it; `None` where they do not tell enough to name it.
fn own_run(own: &OwnRun, event: Option<Payload>) -> Option<FailedRun> {
    let repository = Repository::parse(own.repository.as_deref()?)?;
    let sha = CommitId::parse(own.sha.as_deref()?)?;
    let run_id = own.run_id?;
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let branch = own.ref_name.clone().filter(|_| own.ref_type.as_deref() == Some("branch"));
    let tag = own.ref_name.clone().filter(|_| own.ref_type.as_deref() == Some("tag"));
    let default_branch = event.as_ref().and_then(|event| event.repository.as_ref()?.default_branch.clone());
    let pull = event.and_then(|event| event.pull_request);
    // On a pull request the commit of the run is a merge that GitHub made; the branch's own is in the event. What runs
    // on its target is of the base, and its code may be anybody's: only where it came from is taken over.
    let on_head = own.event.as_deref() == Some("pull_request");
    let (head_branch, head_commit, head_repository) = match &pull {
        None => (branch.or(tag), sha, Some(repository.clone())),
        Some(pull) => {
            let head = pull.head.as_ref();
            let from = head.and_then(|head| Repository::parse(head.repo.as_ref()?.full_name.as_deref()?));
            match head.filter(|_| on_head) {
                Some(head) => (head.name.clone(), CommitId::parse(head.sha.as_deref()?)?, from),
                None => (branch, sha, from),
            }
        }
    };
    let server = own.server_url.as_deref().unwrap_or("https://github.com");
    Some(FailedRun {
        attempt: own.attempt.unwrap_or(1),
        workflow_name: text(&own.workflow_name),
        workflow_path: own.workflow_path().unwrap_or_default(),
        event: text(&own.event),
        head_branch,
        head_repository,
        default_branch: default_branch.unwrap_or_default(),
        actor: text(&own.actor),
        triggering_actor: text(&own.triggering_actor),
        html_url: format!("{server}/{repository}/actions/runs/{run_id}"),
        pull_requests: pull.iter().filter(|pull| into(pull, &repository)).filter_map(|pull| pull.number).collect(),
        ..FailedRun::of(repository.clone(), run_id, head_commit)
    })
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
    use crate::domain::id::CommitId;
    use crate::domain::run::{FailedRun, OwnRun, Trigger};

    const WORKFLOW_RUN: &str = include_str!("../../fixtures/github/workflow_run.json");

    fn missing(payload: Option<&str>) -> String {
        match trigger(payload, &Inputs::default(), None) {
            Triggered::Missing(missing) => missing.sentence(),
            Triggered::By(trigger) => panic!("{trigger:?}"),
        }
    }

    #[test]
    fn a_workflow_run_payload_is_a_failed_run() {
        let Triggered::By(Trigger::WorkflowRun(run)) = trigger(Some(WORKFLOW_RUN), &Inputs::default(), None) else {
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
        let Triggered::By(Trigger::RunId { repository, run_id }) = trigger(Some(WORKFLOW_RUN), &inputs, None) else {
            panic!("a run id was given")
        };
        assert_eq!((repository.to_string().as_str(), run_id), ("octo-org/adder", 5));
        let inputs = Inputs { log: Some("job.log".to_owned()), ..inputs };
        let a_log = Triggered::By(Trigger::Log { path: "job.log".to_owned() });
        assert_eq!(trigger(Some(WORKFLOW_RUN), &inputs, None), a_log);
        let inputs = Inputs { run_id: None, ..inputs };
        assert_eq!(trigger(Some(WORKFLOW_RUN), &inputs, Some(&own())), a_log, "the event tells of another run");
    }

    #[test]
    fn a_dispatched_run_id_is_taken_from_the_form() {
        let payload = r#"{"inputs":{"run-id":" 77 "},"ref":"refs/heads/main","repository":{"full_name":"o/r"}}"#;
        let Triggered::By(Trigger::RunId { run_id, .. }) = trigger(Some(payload), &Inputs::default(), None) else {
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
        assert_eq!(trigger(None, &inputs, None), Triggered::Missing(Missing::Repository));
        assert!(missing(Some(&WORKFLOW_RUN.replace("\"head_sha\"", "\"head_sh\""))).contains("`head_sha`"));
    }

    #[test]
    fn p5_a_deleted_branch_or_fork_is_read_as_none() {
        let mut event: serde_json::Value = serde_json::from_str(WORKFLOW_RUN).expect("a fixture");
        event["workflow_run"]["head_branch"] = serde_json::Value::Null;
        event["workflow_run"]["head_repository"] = serde_json::Value::Null;
        let Triggered::By(Trigger::WorkflowRun(run)) = trigger(Some(&event.to_string()), &Inputs::default(), None)
        else {
            panic!("nulls are normal input")
        };
        assert_eq!((run.head_branch, run.head_repository), (None, None));
    }

    fn own() -> OwnRun {
        let text = |text: &str| Some(text.to_owned());
        OwnRun {
            run_id: Some(77),
            attempt: Some(2),
            repository: text("octo-org/adder"),
            workflow_ref: text("octo-org/adder/.github/workflows/ci.yml@refs/heads/main"),
            workflow_name: text("CI"),
            event: text("push"),
            job_id: text("check"),
            actor: text("octocat"),
            triggering_actor: text("hubot"),
            ref_name: text("feature/sum"),
            ref_type: text("branch"),
            sha: CommitId::parse(&"a".repeat(40)).map(|sha| sha.to_string()),
            server_url: text("https://github.example"),
        }
    }

    fn inside(own: &OwnRun, payload: &str) -> FailedRun {
        let inputs = Inputs { log: Some("job.log".to_owned()), ..Inputs::default() };
        match trigger(Some(payload), &inputs, Some(own)) {
            Triggered::By(Trigger::Inside { path, run, job_id }) => {
                assert_eq!((path.as_str(), job_id.as_deref()), ("job.log", Some("check")));
                *run
            }
            other => panic!("{other:?}"),
        }
    }

    const PULL: &str = r#"{
        "repository": { "full_name": "octo-org/adder", "default_branch": "main" },
        "pull_request": {
            "number": 7, "base": { "repo": { "url": "https://api.github.com/repos/octo-org/adder" } },
            "head": { "ref": "their/branch", "sha": "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb",
                      "repo": { "full_name": "octo-org/adder" } } } }"#;

    #[test]
    fn p16_a_step_inside_of_the_failing_job_knows_its_run() {
        let payload = r#"{ "after": "x", "repository": { "full_name": "octo-org/adder", "default_branch": "main" } }"#;
        let run = inside(&own(), payload);
        assert_eq!((run.run_id, run.attempt, run.conclusion.as_str()), (77, 2, "failure"));
        assert_eq!(run.workflow_path, ".github/workflows/ci.yml");
        assert_eq!((run.head_branch.as_deref(), run.default_branch.as_str()), (Some("feature/sum"), "main"));
        assert_eq!((run.actor.as_str(), run.triggering_actor.as_str()), ("octocat", "hubot"));
        assert_eq!(run.html_url, "https://github.example/octo-org/adder/actions/runs/77");
        assert_eq!(run.head_commit.as_str(), "a".repeat(40));
        assert!(!run.tested_a_merge());
    }

    #[test]
    fn p16_p3_on_a_pull_request_the_commit_is_the_branchs_own() {
        let on_pull = OwnRun { event: Some("pull_request".to_owned()), ..own() };
        let run = inside(&on_pull, PULL);
        assert_eq!((run.head_branch.as_deref(), run.head_commit.as_str()), (Some("their/branch"), &*"b".repeat(40)));
        assert_eq!(run.pull_requests, [7]);
        assert!(run.tested_a_merge());
        let fork = inside(
            &on_pull,
            &PULL.replace("\"full_name\": \"octo-org/adder\" } } }", "\"full_name\": \"eve/adder\" } } }"),
        );
        assert_eq!(fork.head_repository.map(|head| head.to_string()).as_deref(), Some("eve/adder"));
        let target = OwnRun { event: Some("pull_request_target".to_owned()), ..own() };
        let run = inside(&target, PULL);
        assert_eq!((run.head_branch.as_deref(), run.head_commit.as_str()), (Some("feature/sum"), &*"a".repeat(40)));
    }

    #[test]
    fn p16_an_environment_that_names_no_run_leaves_a_log_alone() {
        let inputs = Inputs { log: Some("job.log".to_owned()), ..Inputs::default() };
        for own in
            [OwnRun { run_id: None, ..own() }, OwnRun { sha: None, ..own() }, OwnRun { repository: None, ..own() }]
        {
            let triggered = trigger(None, &inputs, Some(&own));
            assert!(matches!(triggered, Triggered::By(Trigger::Log { .. })), "{own:?}");
        }
    }
}
