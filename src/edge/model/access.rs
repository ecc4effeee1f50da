//! The way to a model: key, address, and how long one call may take.

use std::time::Duration;

use crate::domain::secret::Secret;

/// What the caller's inputs say of the way to a model; never a repository's policy, never a variable (T4).
#[derive(Clone, Debug)]
pub struct Access {
    pub key: Option<Secret>,
    pub base_url: Option<String>,
    /// How long one call may take, its retries not counted.
    pub timeout: Duration,
}

/// Longer than any answer of the size we ask for takes, shorter than a person's patience with a job.
pub const CALL_SECONDS_MAX: u64 = 300;

impl Access {
    pub fn new(key: Option<Secret>, base_url: Option<String>) -> Self {
        Self { key, base_url, timeout: Duration::from_secs(CALL_SECONDS_MAX) }
    }
}
