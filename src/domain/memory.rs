//! What the repository itself remembers of earlier heals.

use super::fingerprint::Fingerprint;
use super::id::{Branch, CommitId};

/// Where our own branches begin; nothing on them is ever healed.
pub const BRANCH_PREFIX: &str = "self-heal/";

/// The branch of a fix: the failing branch is part of it, because one fingerprint can stand on two (P4).
///
/// `None` when git would refuse the name.
pub fn branch_of_fix(base: &Branch, fingerprint: &Fingerprint) -> Option<Branch> {
    Branch::parse(&format!("{BRANCH_PREFIX}{base}/{fingerprint}"))
}

/// A pull request of ours for one fingerprint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownPull {
    pub number: u64,
    pub url: String,
    pub open: bool,
    pub merged: bool,
    pub branch: String,
    pub title: String,
    pub body: String,
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

/// What the gate has to know of the commit in the workspace.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct WorkspaceState {
    /// `None` when the workspace is no git repository, or one without a commit.
    pub head: Option<CommitId>,
    /// What the head is made of; a merge has several.
    pub parents: Vec<CommitId>,
    /// Nothing is changed, nothing untracked but ignored files.
    pub clean: bool,
    /// Normal input: checkout fetches one commit (P20).
    pub shallow: bool,
}

impl WorkspaceState {
    /// Whether what is checked out is this commit, or a merge of it (P3).
    pub fn holds(&self, commit: &CommitId) -> bool {
        self.head.as_ref() == Some(commit) || (self.parents.len() > 1 && self.parents.contains(commit))
    }
}

/// A commit without its files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommitHead {
    pub id: CommitId,
    pub tree: String,
    /// Empty where the commit was only listed.
    pub parents: Vec<CommitId>,
    pub message: String,
    pub author_name: String,
    pub author_email: String,
}

/// How one commit stands to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ancestry {
    Identical,
    /// The base is an ancestor of the head.
    Ahead,
    /// The head is an ancestor of the base.
    Behind,
    Diverged,
}

/// The way from a base to a head.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comparison {
    pub ancestry: Ancestry,
    pub merge_base: CommitId,
    /// What the head has and the base has not, oldest first.
    pub commits: Vec<CommitHead>,
    /// Whether `commits` are all of them.
    pub complete: bool,
}

/// What somebody said at a protected environment of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunApproval {
    pub approved: bool,
    pub by: String,
    /// A person, not a bot.
    pub by_person: bool,
    pub environments: Vec<String>,
}

/// How the branch of a failed run stands now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tip {
    At(CommitId),
    /// There is a tag of that name and no branch.
    Tag,
    Deleted,
    /// Nobody asked: the branch is in another repository.
    Unasked,
}

/// What has happened since a run failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    pub tip: Tip,
    /// The run's newest attempt.
    pub newest_attempt: u32,
}
