//! `self-heal classify`: log in, failure.json out. No network, no key, nothing run.

use std::path::Path;

use super::incident::Seen;
use super::matchers;
use super::read::{LogRead, ReadOptions, read_log};
use super::reports::Reports;
use super::{place, policy};
use crate::config::inputs::{BadInput, Inputs};
use crate::domain::class::Class;
use crate::domain::failure::Warning;
use crate::domain::healing::{Healing, Place};
use crate::edge::actions;
use crate::edge::bundle::BundleWriter;
use crate::edge::git::Git;
use crate::edge::github::logs;
use crate::edge::github::zip::BadZip;
use crate::edge::store;
use crate::edge::terminal::Terminal;
use crate::edge::wait::wait;
use crate::stages::render::bundle::FILES;
use crate::stages::render::failure;
use crate::stages::render::outputs::{of_classify, output_file};
use crate::text::one_line;

/// The `self-heal/failure/v1` of a log; `-` is standard input.
pub fn classify(log: Option<&Path>, inputs: &Inputs) -> anyhow::Result<String> {
    Ok(failure_json(&seen(log, inputs)?))
}

/// As the action runs it: failure.json goes into the bundle's folder, and what a workflow asks of it into the outputs.
pub fn into_bundle(inputs: &Inputs, terminal: &mut Terminal) -> anyhow::Result<()> {
    let seen = seen(None, inputs)?;
    let folder = place::bundle(inputs, &place::workspace(inputs)?, &seen.name());
    BundleWriter::create(&folder, &FILES)?.write("failure.json", failure_json(&seen).as_bytes())?;
    let LogRead { reading, classification, fingerprint } = seen.read;
    terminal.say(&format!(
        "{} ({:.2}): {}",
        classification.class.as_str(),
        classification.confidence,
        one_line(&classification.root_cause)
    ));
    terminal.say(&format!("bundle: {}", folder.display()));
    let mut healing = Healing::begin(Place { job: reading.job, ..Place::default() });
    healing.classification = Some(classification);
    healing.fingerprint = fingerprint;
    actions::add_outputs(&output_file(&of_classify(&healing, &folder.display().to_string())))
}

/// A log may come from anywhere, so only a workspace that is named, and not the folder we happen to stand in, tells which
/// of its paths are the repository's.
fn seen(log: Option<&Path>, inputs: &Inputs) -> anyhow::Result<Seen> {
    let Some(log) = log.or(inputs.log.as_deref().map(Path::new)) else {
        return Err(BadInput(
            "no log is named: give its file, or - for standard input (in the action: `log`)".to_owned(),
        )
        .into());
    };
    let base = inputs.workspace.as_deref().unwrap_or(Path::new("."));
    let reports = Reports::find(base, inputs.reports.as_slice(), None)?;
    let git = match inputs.workspace {
        Some(_) => Some(Git::open(&place::workspace(inputs)?)?),
        None => None,
    };
    let policy = policy::beside_a_log(inputs, git.as_ref())?;
    let matchers = wait(matchers::find(inputs, &policy, base, git.as_ref(), None))?;
    let mut options = ReadOptions { reports, matchers, ..ReadOptions::of(inputs, &policy.logs) };
    if let Some(git) = &git {
        options = options.in_checkout(git, git.head())?;
    }
    let unreadable = |bad: BadZip| BadInput(format!("read the archive {}: {bad}", log.display()));
    match logs::jobs_in(log).map_err(unreadable)? {
        Some(jobs) => of_run(log, &jobs, options),
        None => Ok(Seen::alone(read_log(log, &options)?, log, options)),
    }
}

/// The archive of a run's logs: of its jobs the one to mend first is told, and the others that fail are named.
fn of_run(archive: &Path, jobs: &[String], options: ReadOptions) -> anyhow::Result<Seen> {
    let unreadable = |bad: BadZip| BadInput(format!("read the archive {}: {bad}", archive.display()));
    let folder = store::scratch()?;
    let log = folder.path().join("job.log");
    let mut failing: Vec<(ReadOptions, LogRead)> = Vec::new();
    let mut green = None;
    for job in jobs.iter().filter(|job| options.job.as_ref().is_none_or(|wanted| wanted == *job)) {
        logs::unpack_job(archive, job, &log).map_err(unreadable)?;
        let options = ReadOptions { job: Some(job.clone()), ..options.clone() };
        let read = read_log(&log, &options)?;
        if read.reading.failing_step.is_some() {
            failing.push((options, read));
        } else if green.is_none() || read.reading.failures.iter().any(|failure| failure.primary) {
            green = Some((options, read));
        }
    }
    failing.sort_by_key(|(_, read)| read.classification.class != Class::DeterministicCode);
    let mut failing = failing.into_iter();
    let Some((options, mut read)) = failing.next().or(green) else {
        let what = options.job.map_or_else(|| "no job's log".to_owned(), |job| format!("no log of the job {job}"));
        return Err(BadInput(format!("the archive {} holds {what}: give that of a run", archive.display())).into());
    };
    read.reading.warnings.extend(failing.map(|(options, other)| Warning {
        code: "run.other-job",
        file: None,
        message: format!(
            "job {} fails too, {}: {}",
            options.job.unwrap_or_default(),
            other.classification.class.as_str(),
            one_line(&other.classification.root_cause)
        ),
    }));
    Ok(Seen::alone(read, archive, options))
}

fn failure_json(seen: &Seen) -> String {
    failure::failure_json(&failure::FailureParts {
        legs: &[],
        job: seen.read.reading.job.as_deref(),
        reading: &seen.read.reading,
        classification: &seen.read.classification,
        fingerprint: seen.read.fingerprint.as_ref(),
        reproduce: None,
    })
}
