//! What the action runs: steps 1 to 14. Writes nothing to GitHub.

use std::path::{Path, PathBuf};

use anyhow::Context as _;

use crate::config::inputs::{BadInput, Inputs, Keys};
use crate::config::policy::Policy;
use crate::domain::audit::AuditRecord;
use crate::domain::class::Class;
use crate::domain::healing::{Healing, Place};
use crate::domain::id::Repository;
use crate::domain::memory::{Memory, WorkspaceState};
use crate::domain::outcome::{Ending, Outcome};
use crate::domain::run::{FailedRun, Job, Trigger};
use crate::edge::git::{Git, GitError};
use crate::edge::github::logs::LogLimit;
use crate::edge::github::{self, Github};
use crate::edge::terminal::Terminal;
use crate::edge::wait::wait;
use crate::edge::{actions, store};
use crate::flows::book::Book;
use crate::flows::incident::{Incident, Seen, mend_incident};
use crate::flows::memory::Remembering;
use crate::flows::read::{ReadOptions, read_log};
use crate::flows::reports::{Reports, globs};
use crate::flows::{place, policy, tell};
use crate::stages::gate::{self, Gate, IncidentQuestion, RerunQuestion, RunQuestion};
use crate::stages::trigger::{Triggered, trigger};

/// Logs of this many failed jobs are read; a matrix of 256 legs fails for one reason.
const JOBS_READ_MAX: usize = 16;

pub fn heal(inputs: &Inputs, keys: &Keys, terminal: &mut Terminal) -> anyhow::Result<Outcome> {
    let workspace = place::workspace(inputs)?;
    let which = match trigger(actions::event()?.as_deref(), inputs) {
        Triggered::Missing(missing) => return Err(BadInput(missing.sentence()).into()),
        Triggered::By(Trigger::Log { path }) => return heal_log(inputs, keys, &workspace, &path, terminal),
        Triggered::By(Trigger::RunId { repository, run_id }) => Which::ById(repository, run_id),
        Triggered::By(Trigger::WorkflowRun(run)) => Which::Told(run),
    };
    let scratch = store::scratch()?;
    terminal.begin("reading the failed run");
    let fetched = wait(fetch(inputs, keys, which, &workspace, scratch.path()))?;
    terminal.done(true, &format!("read run {} of {}", fetched.run.run_id, fetched.run.repository));
    heal_run(inputs, keys, &workspace, fetched, terminal)
}

/// GitHub as the runner names it, with the job's token.
pub fn connect(keys: &Keys) -> anyhow::Result<Github> {
    Github::connect(&github::Connection {
        base_url: actions::api_url().unwrap_or_else(|| github::BASE_URL.to_owned()),
        token: keys.github_token.clone(),
        proxy: None,
        patience: github::Patience::default(),
    })
}

/// A log that was given: there is no run to ask about, so the workspace's own commit is what failed.
fn heal_log(
    inputs: &Inputs,
    keys: &Keys,
    workspace: &Path,
    log: &str,
    terminal: &mut Terminal,
) -> anyhow::Result<Outcome> {
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
    let reports = Reports::find(workspace, &globs(inputs, &policy), None)?;
    let options = read_options(inputs, &policy, git.as_ref(), reports)?;
    let seen = Seen { read: read_log(Path::new(log), &options)?, log: PathBuf::from(log), options, job: None };
    let memory = Memory::default();
    let question = IncidentQuestion {
        policy: &policy,
        job: inputs.job.as_deref(),
        run: None,
        memory: &memory,
        workspace: &state,
        commit: commit.as_ref(),
    };
    let ending = mend_incident(
        Incident { inputs, keys, workspace, policy: &policy, seen: &seen, workflow_path: None },
        &question,
        &mut healing,
        &mut book,
    )?;
    finish(healing, ending, &policy, book, true)
}

enum Which {
    Told(Box<FailedRun>),
    ById(Repository, u64),
}

/// A run with what was read of it, or the ending that it came to before anything was.
struct Fetched {
    run: FailedRun,
    policy: Policy,
    seen: Result<Vec<(Seen, Memory)>, Ending>,
    /// Every failed job only had bad luck: the ending for the whole run.
    transient: Option<Ending>,
}

/// Everything that is asked of GitHub: policy, standing, jobs, logs, memory.
async fn fetch(
    inputs: &Inputs,
    keys: &Keys,
    which: Which,
    workspace: &Path,
    scratch: &Path,
) -> anyhow::Result<Fetched> {
    let github = connect(keys)?;
    let run = match which {
        Which::Told(run) => *run,
        Which::ById(repository, run_id) => github.run(&repository, run_id).await?,
    };
    let policy = policy::of_default_branch(inputs, &github, &run.repository, &run.default_branch).await?;
    let standing = github.standing(&run).await?;
    let own_workflow = actions::own_workflow();
    let question =
        RunQuestion { policy: &policy, run: &run, standing: &standing, own_workflow: own_workflow.as_deref() };
    if let Gate::Stop(ending) = gate::run(&question) {
        return Ok(Fetched { run, policy, seen: Err(ending), transient: None });
    }
    let mut jobs = failed_jobs(inputs, github.jobs(&run.repository, run.run_id, run.attempt).await?);
    // What the policy leaves out must not take the place of what it allows.
    jobs.sort_by_key(|job| !policy.scope.allows_job(&job.name));
    if jobs.is_empty() {
        let ending = no_failed_job(inputs, &run);
        return Ok(Fetched { run, policy, seen: Err(ending), transient: None });
    }
    let git = Git::open(workspace).ok();
    let green = green_jobs(inputs, &github, &run).await;
    let remembering = Remembering::begin(&github, &run).await?;
    let reports = Reports::find(workspace, &globs(inputs, &policy), None)?;
    let reports = if jobs.len() > 1 { reports.of_several_jobs() } else { reports };
    let mut seen = Vec::new();
    for job in jobs.iter().take(JOBS_READ_MAX) {
        let log = scratch.join(format!("{}.log", job.id));
        github.job_log(&run.repository, job.id, &log, LogLimit::default()).await?;
        let green = green_log(inputs, &github, &run, &green, job, scratch).await;
        let options = read_options(inputs, &policy, git.as_ref(), reports.clone())?;
        let options = ReadOptions { job: Some(job.name.clone()), green, ..options };
        let one = Seen { read: read_log(&log, &options)?, log, options, job: Some(job.clone()) };
        let memory = remembering.of(&one.read).await?;
        seen.push((one, memory));
    }
    let transient = rerun(&policy, &run, &jobs, &seen);
    // Allowed and deterministic ones first; among equals in the run's own order.
    seen.sort_by_key(|(seen, _)| {
        let allowed = seen.job.as_ref().is_none_or(|job| policy.scope.allows_job(&job.name));
        (!allowed, seen.read.classification.class != Class::DeterministicCode)
    });
    Ok(Fetched { run, policy, seen: Ok(seen), transient })
}

fn no_failed_job(inputs: &Inputs, run: &FailedRun) -> Ending {
    let id = run.run_id;
    let sentence = match &inputs.job {
        Some(job) => format!("run {id} has no failed job `{}`: its page names its jobs", job.escape_debug()),
        None => format!("run {id} failed before any job did: its page says why, the workflow file may be broken"),
    };
    Ending::new(Outcome::Reported, "run.no-failed-job", sentence)
}

fn heal_run(
    inputs: &Inputs,
    keys: &Keys,
    workspace: &Path,
    fetched: Fetched,
    terminal: &mut Terminal,
) -> anyhow::Result<Outcome> {
    let Fetched { run, policy, seen, transient } = fetched;
    let incidents = match seen {
        Ok(incidents) => incidents,
        Err(ending) => return end_before_reading(inputs, workspace, &policy, &run, ending, terminal),
    };
    if let (Some(ending), Some((first, _))) = (transient, incidents.first()) {
        return end_transient(inputs, workspace, &policy, &run, first, ending, terminal);
    }
    let state = workspace_state(workspace)?;
    let mut outcome = None;
    let wanted = usize::try_from(policy.attempts.incidents_per_run).unwrap_or(usize::MAX);
    // One folder holds one incident: the one that was named is the first's.
    let unnamed = Inputs { bundle: None, ..inputs.clone() };
    for (index, (seen, memory)) in incidents.iter().take(wanted).enumerate() {
        let inputs = if index == 0 { inputs } else { &unnamed };
        let mut book = begin(&run, &policy, terminal)?;
        name_the_rest(&incidents, wanted, &mut book)?;
        let mut healing = begin_healing(inputs, &run, seen.job.as_ref());
        let question = IncidentQuestion {
            policy: &policy,
            job: seen.job.as_ref().map(|job| job.name.as_str()),
            run: Some(&run),
            memory,
            workspace: &state,
            commit: Some(&run.head_commit),
        };
        let workflow_path = Some(run.workflow_path.as_str());
        let incident = Incident { inputs, keys, workspace, policy: &policy, seen, workflow_path };
        let ending = mend_incident(incident, &question, &mut healing, &mut book)?;
        let ended = finish(healing, ending, &policy, book, index == 0)?;
        outcome.get_or_insert(ended);
    }
    Ok(outcome.unwrap_or(Outcome::Unknown))
}

fn begin<'t>(run: &FailedRun, policy: &Policy, terminal: &'t mut Terminal) -> anyhow::Result<Book<'t>> {
    let mut book = Book::new(terminal);
    book.record(
        &AuditRecord::new("trigger", "a workflow run failed")
            .with("repository", &run.repository)
            .with("run", run.run_id)
            .with("attempt", run.attempt)
            .with("workflow", &run.workflow_path)
            .with("branch", run.head_branch.as_deref().unwrap_or(""))
            .with("commit", &run.head_commit),
    )?;
    policy::record(&mut book, policy)?;
    Ok(book)
}

fn begin_healing(inputs: &Inputs, run: &FailedRun, job: Option<&Job>) -> Healing {
    let mut healing = Healing::begin(Place {
        repository: Some(run.repository.to_string()),
        run_id: Some(run.run_id),
        run_url: Some(run.html_url.clone()),
        job: job.map(|job| job.name.clone()),
        branch: run.head_branch.clone(),
        commit: Some(run.head_commit.clone()),
    });
    healing.dry_run = inputs.dry_run;
    healing
}

fn end_before_reading(
    inputs: &Inputs,
    workspace: &Path,
    policy: &Policy,
    run: &FailedRun,
    ending: Ending,
    terminal: &mut Terminal,
) -> anyhow::Result<Outcome> {
    let mut book = begin(run, policy, terminal)?;
    book.record(&AuditRecord::new("gate", "stop").rule(&ending.reason).with("why", &ending.sentence))?;
    book.open(&place::bundle(inputs, workspace, &format!("run-{}", run.run_id)))?;
    finish(begin_healing(inputs, run, None), ending, policy, book, true)
}

fn end_transient(
    inputs: &Inputs,
    workspace: &Path,
    policy: &Policy,
    run: &FailedRun,
    seen: &Seen,
    ending: Ending,
    terminal: &mut Terminal,
) -> anyhow::Result<Outcome> {
    let mut book = begin(run, policy, terminal)?;
    let mut healing = begin_healing(inputs, run, seen.job.as_ref());
    seen.put_into(&mut healing, &place::bundle(inputs, workspace, &seen.name()), &mut book)?;
    book.record(&AuditRecord::new("gate", ending.outcome.as_str()).rule(&ending.reason).with("why", &ending.sentence))?;
    finish(healing, ending, policy, book, true)
}

fn finish(
    mut healing: Healing,
    ending: Ending,
    policy: &Policy,
    book: Book<'_>,
    first: bool,
) -> anyhow::Result<Outcome> {
    let outcome = ending.outcome;
    healing.ending = ending;
    let (closed, terminal) = book.close(&healing, &policy.source)?;
    tell::tell(&healing, closed.as_ref(), first, terminal)?;
    Ok(outcome)
}

fn failed_jobs(inputs: &Inputs, jobs: Vec<Job>) -> Vec<Job> {
    let wanted = |job: &Job| inputs.job.as_ref().is_none_or(|name| *name == job.name);
    jobs.into_iter().filter(|job| job.failed() && wanted(job)).collect()
}

/// A rerun, or why there is none, when every failed job only had bad luck; `None` when one of them did not.
fn rerun(policy: &Policy, run: &FailedRun, jobs: &[Job], incidents: &[(Seen, Memory)]) -> Option<Ending> {
    let classes: Vec<_> = jobs
        .iter()
        .zip(incidents)
        .map(|(job, (seen, _))| (job.name.as_str(), seen.read.classification.class))
        .collect();
    if jobs.len() > incidents.len() || classes.iter().any(|(_, class)| *class != Class::TransientRetryable) {
        return None;
    }
    Some(match gate::rerun(&RerunQuestion { policy, run, jobs: &classes }) {
        Gate::Stop(ending) => ending,
        Gate::Go => Ending::new(
            Outcome::Rerun,
            "transient",
            format!("every failed job of run {} failed for a passing reason: rerun its failed jobs", run.run_id),
        ),
    })
}

fn name_the_rest(incidents: &[(Seen, Memory)], wanted: usize, book: &mut Book<'_>) -> anyhow::Result<()> {
    for (seen, _) in incidents.iter().skip(wanted) {
        let job = seen.job.as_ref().map_or("", |job| job.name.as_str());
        let class = &seen.read.classification;
        let record = AuditRecord::new("incident", "left for another run").rule("attempts.incidents-per-run");
        book.record(&record.with("job", job).with("class", class.class.as_str()).with("root", &class.root_cause))?;
    }
    Ok(())
}

/// The jobs of the last green run; a green log is a help, so its absence is never an error.
async fn green_jobs(inputs: &Inputs, github: &Github, run: &FailedRun) -> Vec<Job> {
    if inputs.green.is_some() {
        return Vec::new();
    }
    let Ok(Some(green)) = github.last_green_run(run).await else { return Vec::new() };
    github.jobs(&run.repository, green.run_id, green.attempt).await.unwrap_or_default()
}

async fn green_log(
    inputs: &Inputs,
    github: &Github,
    run: &FailedRun,
    green: &[Job],
    job: &Job,
    scratch: &Path,
) -> Option<PathBuf> {
    if inputs.green.is_some() {
        return inputs.green.clone();
    }
    let same = green.iter().find(|green| green.name == job.name)?;
    let path = scratch.join(format!("{}.green.log", same.id));
    github.job_log(&run.repository, same.id, &path, LogLimit::default()).await.ok()?;
    Some(path)
}

fn read_options(inputs: &Inputs, policy: &Policy, git: Option<&Git>, reports: Reports) -> anyhow::Result<ReadOptions> {
    let options = ReadOptions::of(inputs, &policy.logs.tools);
    let options = match git {
        Some(git) => options.in_checkout(git, git.head())?,
        None => options,
    };
    let reports = reports.without(options.files.as_deref().unwrap_or_default());
    Ok(ReadOptions { reports, ..options })
}

/// The workspace as the gate wants to know it.
fn workspace_state(workspace: &Path) -> anyhow::Result<WorkspaceState> {
    match Git::open(workspace) {
        Ok(git) => {
            let clean = git.dirty_paths()?.is_empty();
            Ok(WorkspaceState { head: Some(git.head().clone()), clean, shallow: git.is_shallow() })
        }
        Err(GitError::NotARepository(_) | GitError::NoCommit(_)) => Ok(WorkspaceState::default()),
        Err(error) => Err(error).context("look at the workspace"),
    }
}
