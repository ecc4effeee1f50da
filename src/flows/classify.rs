//! `self-heal classify`: log in, failure.json out. No network, no key, nothing run.

use std::path::Path;

use super::place;
use super::read::{ReadOptions, read_log};
use super::reports::Reports;
use crate::config::inputs::Inputs;
use crate::edge::git::Git;
use crate::stages::render::failure;

/// The `self-heal/failure/v1` of a log; `-` is standard input. A log may come from anywhere, so only a workspace that is
/// named, and not the folder we happen to stand in, tells which of its paths are the repository's.
pub fn classify(log: &Path, inputs: &Inputs) -> anyhow::Result<String> {
    let base = inputs.workspace.as_deref().unwrap_or(Path::new("."));
    let reports = Reports::find(base, inputs.reports.as_slice(), None)?;
    let mut options = ReadOptions { reports, ..ReadOptions::of(inputs, &[]) };
    if inputs.workspace.is_some() {
        let git = Git::open(&place::workspace(inputs)?)?;
        options = options.in_checkout(&git, git.head())?;
    }
    let read = read_log(log, &options)?;
    Ok(failure::failure_json(&failure::FailureParts {
        legs: &[],
        job: read.reading.job.as_deref(),
        reading: &read.reading,
        classification: &read.classification,
        fingerprint: read.fingerprint.as_ref(),
        reproduce: None,
    }))
}
