//! A log that was given: of a run that nobody names, or by a step inside of the failing job, whose run it is (P16).

use std::path::Path;

use crate::config::inputs::{BadInput, Inputs};
use crate::config::policy::Policy;
use crate::domain::audit::AuditRecord;
use crate::domain::healing::{Healing, Place};
use crate::domain::id::Repository;
use crate::domain::memory::{Memory, Standing, Tip, WorkspaceState};
use crate::domain::outcome::Outcome;
use crate::domain::run::FailedRun;
use crate::edge::actions;
use crate::edge::git::Git;
use crate::edge::terminal::Terminal;
use crate::edge::wait::wait;
use crate::flows::book::Book;
use crate::flows::connect::connect;
use crate::flows::fetch::options;
use crate::flows::frame::{Call, begin, begin_healing, end_before_reading, finish, worked, workspace_state};
use crate::flows::incident::{Incident, Seen, mend_incident};
use crate::flows::matchers;
use crate::flows::memory::Remembering;
use crate::flows::policy;
use crate::flows::read::{ReadOptions, read_log};
use crate::flows::reports::{Reports, globs};
use crate::stages::gate::{self, Gate, IncidentQuestion, RunQuestion};
use crate::stages::reproduce::JobStep;
use crate::stages::workflow::shown_by_id;

const NO_TOKEN: &str = "there is no token to ask GitHub with";

/// The log, and whose it is.
pub struct Given<'a> {
    pub log: &'a str,
    pub inside: Option<Inside<'a>>,
}

/// The run that the step is in, and its job as the workflow file calls it.
#[derive(Clone, Copy)]
pub struct Inside<'a> {
    pub run: &'a FailedRun,
    pub job_id: Option<&'a str>,
}

pub fn heal(call: Call<'_>, given: &Given<'_>, terminal: &mut Terminal) -> anyhow::Result<Outcome> {
    match given.inside {
        Some(inside) => heal_inside(call, given.log, inside, terminal),
        None => heal_alone(call, given.log, terminal),
    }
}

/// There is no run to ask about, so the workspace's own commit is what failed.
fn heal_alone(call: Call<'_>, log: &str, terminal: &mut Terminal) -> anyhow::Result<Outcome> {
    let Call { inputs, keys, workspace } = call;
    let state = workspace_state(workspace)?;
    let git = Git::open(workspace).ok();
    let policy = policy::local(inputs, git.as_ref())?;
    let mut book = Book::new(terminal);
    book.record(&AuditRecord::new("trigger", "a log was given").with("log", log))?;
    policy::record(&mut book, &policy)?;
    let commit = git.as_ref().map(|git| git.head().clone());
    let mut healing = Healing::begin(Place {
        repository: inputs.repository.clone(),
        job: inputs.job.clone(),
        commit: commit.clone(),
        ..Place::default()
    });
    healing.dry_run = inputs.dry_run;
    let seen = seen(call, log, &policy, git.as_ref(), inputs.job.clone())?;
    let memory = Memory::default();
    let question = IncidentQuestion {
        policy: &policy,
        job: inputs.job.as_deref(),
        run: None,
        memory: &memory,
        workspace: &state,
        commit: commit.as_ref(),
    };
    let ending = worked(|| {
        let incident = Incident {
            inputs,
            keys,
            workspace,
            policy: &policy,
            seen: &seen,
            workflow_path: None,
            commit: None,
            merge: None,
            inside: None,
            left: &[],
        };
        mend_incident(incident, &question, &mut healing, &mut book)
    })?;
    finish(healing, ending, &policy, book, true)
}

/// A step of the failing job: its environment names the run, and nothing has to be asked of GitHub. What its token may
/// not tell, `publish` asks again.
fn heal_inside(call: Call<'_>, log: &str, inside: Inside<'_>, terminal: &mut Terminal) -> anyhow::Result<Outcome> {
    let Call { inputs, keys, workspace } = call;
    let run = inside.run;
    let git = Git::open(workspace).ok();
    let (policy, unasked) = policy_inside(call, run, git.as_ref())?;
    let tag = actions::own_step().is_some_and(|own| own.ref_type.as_deref() == Some("tag"));
    let standing = Standing { tip: if tag { Tip::Tag } else { Tip::Unasked }, newest_attempt: run.attempt };
    let question = RunQuestion { policy: &policy, run, standing: &standing, own_workflow: None, own_run: None };
    if let Gate::Stop(ending) = gate::run(&question) {
        return end_before_reading(call, &policy, run, ending, None, terminal);
    }
    let (state, left) = state_inside(workspace, git.as_ref())?;
    let job = inputs.job.clone().or_else(|| shown_name(inside, git.as_ref()));
    let seen = seen(call, log, &policy, git.as_ref(), job)?;
    let (memory, forgotten) = memory_inside(call, run, &policy, &seen);
    let mut book = begin(run, &policy, terminal)?;
    let mut record = AuditRecord::new("gate", "inside of the failing job").with("left to publish", "the branch's tip");
    for (what, why) in [("the default branch's policy", &unasked), ("earlier tries and pull requests", &forgotten)] {
        if let Some(why) = why {
            record = record.with("left to publish", what).with("why", why);
        }
    }
    book.record(&record.rule("inside"))?;
    let mut healing = begin_healing(inputs, run, Some(&seen));
    let question = IncidentQuestion {
        policy: &policy,
        job: seen.options.job.as_deref(),
        run: Some(run),
        memory: &memory,
        workspace: &state,
        commit: Some(&run.head_commit),
    };
    let ending = worked(|| {
        let incident = Incident {
            inputs,
            keys,
            workspace,
            policy: &policy,
            seen: &seen,
            workflow_path: Some(&run.workflow_path),
            commit: Some(&run.head_commit),
            merge: None,
            inside: Some(JobStep { job_id: inside.job_id, log }),
            left: &left,
        };
        mend_incident(incident, &question, &mut healing, &mut book)
    })?;
    finish(healing, ending, &policy, book, true)
}

/// A step is told its job's id; a name without expressions is what GitHub shows, and what a policy names.
fn shown_name(inside: Inside<'_>, git: Option<&Git>) -> Option<String> {
    let id = inside.job_id?;
    let read = |path: &str| git.and_then(|git| git.file_at(git.head(), path).ok().flatten());
    shown_by_id(&inside.run.workflow_path, id, &read).or_else(|| Some(id.to_owned()))
}

/// What GitHub remembers, or why it was not asked.
fn memory_inside(call: Call<'_>, run: &FailedRun, policy: &Policy, seen: &Seen) -> (Memory, Option<String>) {
    if call.keys.github_token.is_none() {
        return (Memory::default(), Some(NO_TOKEN.to_owned()));
    }
    let asked = wait(async {
        let github = connect(call.keys)?;
        Remembering::begin(&github, run, policy).await?.of(&seen.read).await
    });
    match asked {
        Ok(memory) => (memory, None),
        Err(error) => (Memory::default(), Some(format!("{error:#}"))),
    }
}

fn seen(call: Call<'_>, log: &str, policy: &Policy, git: Option<&Git>, job: Option<String>) -> anyhow::Result<Seen> {
    let reports = Reports::find(call.workspace, &globs(call.inputs, policy), None)?;
    let matchers = wait(async {
        let asks = call.keys.github_token.is_some() && !policy.logs.matchers.is_empty();
        let github = asks.then(|| connect(call.keys)).transpose()?;
        let repository = call.inputs.repository.as_deref().and_then(Repository::parse);
        let github = github.as_ref().zip(repository.as_ref());
        matchers::find(call.inputs, policy, call.workspace, git, github).await
    })?;
    let options = ReadOptions { job, matchers, ..options(call.inputs, policy, git, reports)? };
    Ok(Seen::alone(read_log(Path::new(log), &options)?, Path::new(log), options))
}

/// The default branch's policy (T13): by API, or out of the workspace where the run is on that branch. Where neither can
/// be had it is the built-in defaults, and why; `publish` holds the patch against the true one in any case.
fn policy_inside(call: Call<'_>, run: &FailedRun, git: Option<&Git>) -> anyhow::Result<(Policy, Option<String>)> {
    let Call { inputs, keys, .. } = call;
    let unasked = if keys.github_token.is_some() && !run.default_branch.is_empty() {
        let asked = wait(async {
            let github = connect(keys)?;
            policy::of_default_branch(inputs, &github, &run.repository, &run.default_branch).await
        });
        match asked {
            Ok(policy) => return Ok((policy, None)),
            Err(error) if error.chain().any(|cause| cause.is::<BadInput>()) => return Err(error),
            Err(error) => format!("{error:#}"),
        }
    } else {
        NO_TOKEN.to_owned()
    };
    if inputs.policy.is_some() {
        let mend = "give `github-token` with `contents: read`, or leave `policy` out";
        return Err(BadInput(format!("the policy of the default branch could not be read ({unasked}): {mend}")).into());
    }
    let on_default = run.event != "pull_request" && run.head_branch.as_deref() == Some(run.default_branch.as_str());
    let git = git.filter(|git| on_default && *git.head() == run.head_commit);
    Ok((policy::local(&Inputs::default(), git)?, Some(unasked)))
}

/// What a job has made in its workspace and not committed is left where it is, and is no part of a patch; a tracked file
/// that it has changed makes the workspace another than what failed.
fn state_inside(workspace: &Path, git: Option<&Git>) -> anyhow::Result<(WorkspaceState, Vec<String>)> {
    let state = workspace_state(workspace)?;
    let Some(git) = git.filter(|_| !state.clean) else { return Ok((state, Vec::new())) };
    let dirty = git.dirty_paths()?;
    let left = git.untracked(&dirty)?;
    Ok((WorkspaceState { clean: left.len() == dirty.len(), ..state }, left))
}
