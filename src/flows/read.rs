//! Steps 2 to 5: a log of any size becomes a reading and a classification.
use std::path::{Path, PathBuf};

use watch::Watch;

use super::reports::Reports;
use crate::config::inputs::Inputs;
use crate::config::policy::{LogRule, Logs};
use crate::domain::class::Classification;
use crate::domain::failure::Reading;
use crate::domain::fingerprint::Fingerprint;
use crate::domain::id::CommitId;
use crate::domain::log::{Attention, Line};
use crate::edge::git::{Git, GitError};
use crate::edge::store;
use crate::stages::classify::{self, Sightings};
use crate::stages::clean::cursor::{self, Around, Cursor};
use crate::stages::extract::green::GreenLines;
use crate::stages::extract::{Place, STEP_END_LINES, extraction};
use crate::stages::fingerprint;
use crate::stages::matchers::Matchers;

/// What is known beside the log.
#[derive(Clone, Debug, Default)]
pub struct ReadOptions {
    /// The job's name as GitHub shows it.
    pub job: Option<String>,
    /// Readers to force; empty finds out.
    pub tools: Vec<String>,
    /// The policy's own rules of what a line means.
    pub rules: Vec<LogRule>,
    /// The same job's log of the last green run.
    pub green: Option<PathBuf>,
    /// Test reports of the same job.
    pub reports: Reports,
    /// Users' own problem matchers.
    pub matchers: Matchers,
    /// The folder that the repository's absolute paths in the log start with; `None` where that is not known.
    pub root: Option<String>,
    /// The command that printed the log, where the log does not say it itself.
    pub command: Option<String>,
    /// Whether every test is to be named with its end, as a proof needs it; else only what failed is.
    pub census: bool,
    /// The commit's files, to tell which printed paths are ours; `None` where they are not known.
    pub files: Option<Vec<String>>,
}

impl ReadOptions {
    /// What a person or a workflow said beside the log, and what the policy says of logs.
    pub fn of(inputs: &Inputs, logs: &Logs) -> Self {
        Self {
            job: inputs.job.clone(),
            tools: inputs.tool.iter().chain(&logs.tools).cloned().collect(),
            rules: logs.rules.clone(),
            green: inputs.green.clone(),
            ..Self::default()
        }
    }

    /// The log is of this commit, checked out here: its files are known, and where they stand.
    pub fn in_checkout(self, git: &Git, commit: &CommitId) -> Result<Self, GitError> {
        let files = git.files(commit)?.into_iter().map(|(_, path)| path).collect();
        Ok(Self { files: Some(files), root: Some(git.root().display().to_string()), ..self })
    }
}

/// What one log says.
#[derive(Clone, Debug)]
pub struct LogRead {
    pub reading: Reading,
    pub classification: Classification,
    /// `None` where nothing failed that could be named.
    pub fingerprint: Option<Fingerprint>,
}

/// Reads a log file; `-` is standard input.
pub fn read_log(path: &Path, options: &ReadOptions) -> anyhow::Result<LogRead> {
    let green = options.green.as_deref().map(read_green).transpose()?;
    let mut extraction = extraction(&options.tools, green).with_matchers(options.matchers.clone());
    extraction.runs(options.command.as_deref().unwrap_or_default());
    let mut sightings = Sightings::new(&options.rules);
    let mut literals: Vec<&str> = extraction.wakes().collect();
    let sighted_from = literals.len();
    literals.extend(sightings.wakes().chain(cursor::WAKES.iter().copied()));
    let mut quiet: Vec<usize> = sightings.quiet().map(|place| sighted_from + place).collect();
    if !options.census {
        quiet.extend(extraction.passes());
    }
    let watch = Watch::shared(&literals, &quiet);
    let everything = extraction.hears_everything();
    let mut each = |line: &Line<'_>, around: &Around<'_>| {
        let attention = extraction.line(line, around);
        let hits = around.hits().iter().filter_map(|hit| hit.checked_sub(sighted_from));
        sightings.line(line, hits);
        attention
    };
    let mut cursor = Cursor::watching(watch).asked_for(everything);
    store::read_chunks(path, &mut |chunk| cursor.push(chunk, &mut each))?;
    let end = cursor.finish(STEP_END_LINES, &mut each);
    let place = Place { job: options.job.as_deref(), root: options.root.as_deref(), files: options.files.as_deref() };
    let mut reading = extraction.finish(end, &place, options.reports.read().told());
    reading.warnings.extend(classify::switched_off_in_vain(&options.rules));
    let classification = classify::classify(&reading, &sightings);
    let fingerprint = fingerprint::fingerprint(&reading);
    Ok(LogRead { reading, classification, fingerprint })
}

fn read_green(path: &Path) -> anyhow::Result<GreenLines> {
    let mut green = GreenLines::default();
    let mut cursor = Cursor::new();
    store::read_chunks(path, &mut |chunk| {
        cursor.push(chunk, &mut |line, _| {
            green.add(line);
            Attention::Stay
        });
    })?;
    Ok(green)
}
