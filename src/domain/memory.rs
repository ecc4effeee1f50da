//! What the repository itself remembers of earlier heals.

/// A pull request of ours for one fingerprint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownPull {
    pub number: u64,
    pub url: String,
    pub open: bool,
    pub merged: bool,
    pub branch: String,
}

/// What is known when the gate decides.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Memory {
    /// Pull requests from our branch for this fingerprint, in our own repository.
    pub pulls: Vec<KnownPull>,
    /// All open pull requests of ours.
    pub open_pull_requests: u32,
}

/// A merged fix for this fingerprint, found by its commit trailer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RememberedFix {
    pub commit: String,
    pub diff: String,
}
