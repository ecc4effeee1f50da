//! `self-heal classify`: log in, failure.json out. No network, no key, nothing run.

use std::path::Path;

use super::read::{ReadOptions, read_log};
use crate::stages::render::failure;

/// The `self-heal/failure/v1` of a log; `-` is standard input.
pub fn classify(log: &Path, options: &ReadOptions) -> anyhow::Result<String> {
    let read = read_log(log, options)?;
    Ok(failure::failure_json(&failure::FailureParts {
        job: read.reading.job.as_deref(),
        reading: &read.reading,
        classification: &read.classification,
        fingerprint: read.fingerprint.as_ref(),
        reproduce: None,
    }))
}
