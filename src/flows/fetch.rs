//! Step 2: everything that is asked of GitHub for one failed run, in one call that the flow waits for.

use std::path::{Path, PathBuf};

use crate::config::inputs::{Inputs, Keys};
use crate::config::policy::Policy;
use crate::domain::class::{Class, Classification};
use crate::domain::id::Repository;
use crate::domain::memory::Memory;
use crate::domain::outcome::{Ending, Outcome};
use crate::domain::run::{FailedRun, Job};
use crate::edge::actions;
use crate::edge::git::Git;
use crate::edge::github::Github;
use crate::edge::github::error::{ApiError, Fault};
use crate::edge::github::logs::LogLimit;
use crate::flows::connect::connect;
use crate::flows::incident::{Leg, Seen};
use crate::flows::memory::Remembering;
use crate::flows::read::{ReadOptions, read_log};
use crate::flows::reports::{Reports, globs};
use crate::flows::{matchers, policy, repeat, reports_of_run};
use crate::stages::gate::{self, Gate, RerunQuestion, RunQuestion};
use crate::stages::startup;

/// Logs of this many failed jobs are read; a matrix of 256 legs fails for one reason.
const JOBS_READ_MAX: usize = 16;

/// Which run is meant.
pub enum Which {
    Told(Box<FailedRun>),
    ById(Repository, u64),
}

/// A run with what was read of it, or the ending that it came to before anything was.
pub struct Fetched {
    pub run: FailedRun,
    pub policy: Policy,
    pub seen: Result<Vec<(Seen, Memory)>, Stopped>,
    /// Every failed job only had bad luck: the ending for the whole run.
    pub transient: Option<Ending>,
    /// Failed jobs whose logs were not read, each with the reason.
    pub unread: Vec<(String, String)>,
}

/// A run that ends before a log of it is read.
pub struct Stopped {
    pub ending: Ending,
    /// Where GitHub itself says what is wrong with it.
    pub classification: Option<Classification>,
}

/// Policy, standing, jobs, logs, memory.
pub async fn fetch(
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
    let question = RunQuestion {
        policy: &policy,
        run: &run,
        standing: &standing,
        own_workflow: own_workflow.as_deref(),
        own_run: None,
    };
    if let Gate::Stop(ending) = gate::run(&question) {
        return Ok(stopped(run, policy, ending, None));
    }
    let jobs = github.jobs(&run.repository, run.run_id, run.attempt).await?;
    if jobs.is_empty() {
        let (ending, classification) = not_started(&github, &run).await?;
        return Ok(stopped(run, policy, ending, Some(classification)));
    }
    let mut jobs = failed_jobs(inputs, jobs);
    if jobs.is_empty() {
        let ending = no_failed_job(inputs, &run);
        return Ok(stopped(run, policy, ending, None));
    }
    // What the policy leaves out must not take the place of what it allows.
    jobs.sort_by_key(|job| !policy.scope.allows_job(&job.name));
    let logs = Logs { inputs, github: &github, run: &run, policy: &policy, workspace, scratch };
    let Read { mut seen, unread, gone } = logs.read(&jobs).await?;
    if let (Some(error), true) = (gone, seen.is_empty()) {
        let ending = log_expired(&run, &error);
        return Ok(stopped(run, policy, ending, None));
    }
    let transient = transient(&github, &policy, &run, &jobs, &seen).await?;
    // Allowed and deterministic ones first; among equals in the run's own order.
    seen.sort_by_key(|seen| {
        let allowed = seen.job.as_ref().is_none_or(|job| policy.scope.allows_job(&job.name));
        (!allowed, seen.read.classification.class != Class::DeterministicCode)
    });
    let remembering = Remembering::begin(&github, &run, &policy).await?;
    let mut incidents = Vec::new();
    let git = Git::open(workspace).ok();
    for mut one in merged(seen) {
        if one.read.classification.class == Class::DeterministicCode {
            one.workflows = repeat::called_elsewhere(&github, &run, git.as_ref(), one.name_of_job()).await;
        }
        let memory = remembering.of(&one.read).await?;
        incidents.push((one, memory));
    }
    Ok(Fetched { run, policy, seen: Ok(incidents), transient, unread })
}

fn stopped(run: FailedRun, policy: Policy, ending: Ending, classification: Option<Classification>) -> Fetched {
    let seen = Err(Stopped { ending, classification });
    Fetched { run, policy, seen, transient: None, unread: Vec::new() }
}

/// A run without a single job: GitHub could not start it, and notes why (P23).
async fn not_started(github: &Github, run: &FailedRun) -> anyhow::Result<(Ending, Classification)> {
    let (annotations, unasked) = match github.annotations(run).await {
        Ok(annotations) => (annotations, None),
        Err(error) if may_not(&error) => (Vec::new(), Some(error.to_string())),
        Err(error) => return Err(error.into()),
    };
    Ok(startup::not_started(run, &annotations, unasked.as_deref()))
}

fn may_not(error: &ApiError) -> bool {
    matches!(error.fault, Fault::Forbidden { .. } | Fault::NotFound { .. })
}

fn no_failed_job(inputs: &Inputs, run: &FailedRun) -> Ending {
    let id = run.run_id;
    let sentence = match &inputs.job {
        Some(job) => format!("run {id} has no failed job `{}`: its page names its jobs", job.escape_debug()),
        None => format!("run {id} failed and none of its jobs did: its page says why"),
    };
    Ending::new(Outcome::Reported, "run.no-failed-job", sentence)
}

/// GitHub keeps logs for 90 days at most, and people delete them.
fn log_expired(run: &FailedRun, error: &ApiError) -> Ending {
    let sentence =
        format!("no log of run {} is to be had any more, run it again for a fresh one ({error})", run.run_id);
    Ending::new(Outcome::Reported, "log.expired", sentence)
}

fn failed_jobs(inputs: &Inputs, jobs: Vec<Job>) -> Vec<Job> {
    let wanted = |job: &Job| inputs.job.as_ref().is_none_or(|name| *name == job.name);
    jobs.into_iter().filter(|job| job.failed() && wanted(job)).collect()
}

/// A rerun, or why there is none, when every failed job only had bad luck; `None` when one of them did not.
async fn transient(
    github: &Github,
    policy: &Policy,
    run: &FailedRun,
    jobs: &[Job],
    seen: &[Seen],
) -> anyhow::Result<Option<Ending>> {
    let class = |seen: &Seen| (seen.name_of_job().to_owned(), seen.read.classification.class);
    let classes: Vec<(String, Class)> = seen.iter().map(class).collect();
    if jobs.len() > seen.len() || classes.iter().any(|(_, class)| *class != Class::TransientRetryable) {
        return Ok(None);
    }
    let jobs: Vec<(&str, Class)> = classes.iter().map(|(name, class)| (name.as_str(), *class)).collect();
    let names: Vec<&str> = jobs.iter().map(|(name, _)| *name).collect();
    let environment = &repeat::environment_of(github, run, &names).await?;
    let question = RerunQuestion { policy, run, jobs: &jobs, own_run: actions::own_run(), environment };
    Ok(Some(match gate::rerun(&question) {
        Gate::Stop(ending) => ending,
        Gate::Go => Ending::new(
            Outcome::Rerun,
            "transient",
            format!("every failed job of run {} failed for a passing reason: rerun its failed jobs", run.run_id),
        ),
    }))
}

/// One incident for all jobs that fail the same way: matrix legs, mostly. The first one's log speaks for all.
fn merged(seen: Vec<Seen>) -> Vec<Seen> {
    let mut incidents: Vec<Seen> = Vec::new();
    for one in seen {
        let same = |known: &&mut Seen| one.read.fingerprint.is_some() && known.read.fingerprint == one.read.fingerprint;
        match incidents.iter_mut().find(same) {
            Some(known) => known.legs.push(Leg {
                job: one.name_of_job().to_owned(),
                evidence: one.read.classification.evidence.into_iter().next(),
            }),
            None => incidents.push(one),
        }
    }
    incidents
}

/// What reading the logs of failed jobs needs.
struct Logs<'a> {
    inputs: &'a Inputs,
    github: &'a Github,
    run: &'a FailedRun,
    policy: &'a Policy,
    workspace: &'a Path,
    scratch: &'a Path,
}

struct Read {
    seen: Vec<Seen>,
    unread: Vec<(String, String)>,
    /// Why the first log that is not to be had any more is not.
    gone: Option<ApiError>,
}

impl Logs<'_> {
    /// The first logs of them; a log that GitHub no longer has is left out where another one is there.
    async fn read(&self, jobs: &[Job]) -> anyhow::Result<Read> {
        let git = Git::open(self.workspace).ok();
        let green = self.green_jobs().await;
        let reports = self.reports(jobs).await?;
        let github = Some((self.github, &self.run.repository));
        let matchers = matchers::find(self.inputs, self.policy, self.workspace, git.as_ref(), github).await?;
        let mut read = Read { seen: Vec::new(), unread: Vec::new(), gone: None };
        for job in jobs.iter().take(JOBS_READ_MAX) {
            let log = self.scratch.join(format!("{}.log", job.id));
            match self.github.log_of(self.run, job, &log, LogLimit::default()).await {
                Ok(_) => {}
                Err(error) if matches!(error.fault, Fault::NotFound { .. } | Fault::Gone) => {
                    read.unread.push((job.name.clone(), error.to_string()));
                    read.gone.get_or_insert(error);
                    continue;
                }
                Err(error) => return Err(error.into()),
            }
            let green = self.green_log(&green, job).await;
            let options = options(self.inputs, self.policy, git.as_ref(), reports.clone())?;
            let options = ReadOptions { job: Some(job.name.clone()), green, matchers: matchers.clone(), ..options };
            let job = Some(job.clone());
            read.seen.push(Seen { job, ..Seen::alone(read_log(&log, &options)?, &log, options) });
        }
        let why = format!("logs of {JOBS_READ_MAX} failed jobs are read");
        read.unread.extend(jobs.iter().skip(JOBS_READ_MAX).map(|job| (job.name.clone(), why.clone())));
        Ok(read)
    }

    /// In the workspace, and in what the run has uploaded: asked for only where it can be told whose they are.
    async fn reports(&self, jobs: &[Job]) -> anyhow::Result<Reports> {
        let globs = globs(self.inputs, self.policy);
        let here = Reports::find(self.workspace, &globs, None)?;
        if jobs.len() > 1 {
            return Ok(here.of_several_jobs());
        }
        let of_run = reports_of_run::read(self.github, self.run, &globs, self.scratch).await?;
        Ok(here.and_of_run(of_run.reported, of_run.found))
    }

    /// The jobs of the last green run; a green log is a help, so its absence is never an error.
    async fn green_jobs(&self) -> Vec<Job> {
        if self.inputs.green.is_some() {
            return Vec::new();
        }
        let Ok(Some(green)) = self.github.last_green_run(self.run).await else { return Vec::new() };
        self.github.jobs(&self.run.repository, green.run_id, green.attempt).await.unwrap_or_default()
    }

    async fn green_log(&self, green: &[Job], job: &Job) -> Option<PathBuf> {
        if self.inputs.green.is_some() {
            return self.inputs.green.clone();
        }
        let same = green.iter().find(|green| green.name == job.name)?;
        let path = self.scratch.join(format!("{}.green.log", same.id));
        self.github.job_log(&self.run.repository, same.id, &path, LogLimit::default()).await.ok()?;
        Some(path)
    }
}

/// How a log is read that belongs to the commit in the workspace.
pub fn options(inputs: &Inputs, policy: &Policy, git: Option<&Git>, reports: Reports) -> anyhow::Result<ReadOptions> {
    let options = ReadOptions::of(inputs, &policy.logs);
    let options = match git {
        Some(git) => options.in_checkout(git, git.head())?,
        None => options,
    };
    let reports = reports.without(options.files.as_deref().unwrap_or_default());
    Ok(ReadOptions { reports, ..options })
}
