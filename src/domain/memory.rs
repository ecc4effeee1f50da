//! What the repository itself remembers of earlier heals.

use super::fingerprint::Fingerprint;
use super::id::{Branch, CommitId, Repository};

/// Where our own branches begin; nothing on them is ever healed.
pub const BRANCH_PREFIX: &str = "self-heal/";

/// The branch of a fix: the failing branch is part of it, because one fingerprint can stand on two (P4).
///
/// `None` when git would refuse the name.
pub fn branch_of_fix(base: &Branch, fingerprint: &Fingerprint) -> Option<Branch> {
    Branch::parse(&format!("{BRANCH_PREFIX}{base}/{fingerprint}"))
}

/// The trailer of every commit that self-heal makes, by which a merged fix is found again, for other branches too.
pub const TRAILER: &str = "Self-heal-fingerprint";

/// Whether a commit's message says that it healed this very fingerprint: in its trailers, not in a sentence.
///
/// GitHub puts its own lines under what it squashes, so more than the last paragraph may hold trailers.
pub fn heals(message: &str, fingerprint: &Fingerprint) -> bool {
    let wanted = format!("{TRAILER}: {fingerprint}");
    let paragraphs = message.trim_end().rsplit("\n\n");
    let trailers = paragraphs.take_while(|paragraph| paragraph.lines().all(is_trailer));
    trailers.flat_map(str::lines).any(|line| line.trim_end() == wanted)
}

fn is_trailer(line: &str) -> bool {
    let key = |key: &str| !key.is_empty() && key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    line.split_once(": ").is_some_and(|(name, _)| key(name)) || line.bytes().all(|b| b == b'-')
}

/// An account of GitHub: a person's, or a bot's.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Account {
    pub id: u64,
    pub login: String,
    pub is_bot: bool,
}

/// Who we are: whose pull requests are ours (T16).
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Ourselves {
    /// Whom the token belongs to; `None` where GitHub does not say.
    pub account: Option<Account>,
}

impl Ourselves {
    /// Whether a pull request is ours to change. Where GitHub does not say who we are, any bot's may be: no person's is.
    pub fn made(&self, pull: &KnownPull) -> bool {
        self.account.as_ref().map_or(pull.author.is_bot, |us| us.id == pull.author.id)
    }

    /// Whether a pull request counts as ours when it makes us stop. The job that publishes may have another token than
    /// the one that heals, an App's, and both are bots'; a person's counts only where the token is that person's.
    pub fn may_have_made(&self, pull: &KnownPull) -> bool {
        pull.author.is_bot || self.made(pull)
    }
}

/// A pull request for one fingerprint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownPull {
    pub author: Account,
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
    /// Earlier runs of our own workflow on this fingerprint, within the time that they count for.
    pub attempts: u32,
    /// Whoever started the failed run, with what GitHub says of their rights.
    pub starters: Vec<Starter>,
}

/// Somebody who started a run, the first time or again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Starter {
    pub login: String,
    pub rights: Rights,
}

/// What somebody may do in the repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rights {
    Write,
    /// `read`, `triage`, `none`, or that there is no such user.
    Less(String),
    /// The token may not ask: what GitHub says, with the mend.
    Unasked(String),
}

/// What a run has uploaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Artifact {
    pub id: u64,
    pub name: String,
    /// Of the zip.
    pub bytes: u64,
    /// It is still listed, and can no longer be fetched.
    pub expired: bool,
    /// Seconds since 1970.
    pub created: i64,
    /// The run that made it was of a fork's branch.
    pub of_fork: bool,
    pub run_id: Option<u64>,
}

/// What a run was of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunOrigin {
    /// `.github/workflows/self-heal.yml`.
    pub workflow_path: String,
    /// `None` when the fork was deleted.
    pub head_repository: Option<Repository>,
}

/// What earlier runs have spent on models, in US dollars; `None` where that is not known.
#[derive(Clone, Copy, Debug, PartialEq, Default)]
pub struct SpentBefore {
    /// On this fingerprint: on one pull request.
    pub on_fingerprint: Option<f64>,
    /// In the last 24 hours, on anything in this repository.
    pub in_a_day: Option<f64>,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn t14_a_commit_heals_what_its_trailers_say_and_not_what_a_sentence_says() {
        let fingerprint = Fingerprint::parse("py-x-1").expect("a fingerprint");
        let ours = |message: &str| heals(message, &fingerprint);
        assert!(ours("fix: mend it\n\nWhy.\n\nSelf-heal-fingerprint: py-x-1\n"));
        assert!(ours("fix: mend it\n\nSelf-heal-fingerprint: py-x-1\nSigned-off-by: a <b@c>"));
        // As GitHub writes it where it squashes several commits of several people.
        let squashed = "fix: mend it (#7)\n\n* fix: mend it\n\nSelf-heal-fingerprint: py-x-1\n\n---------\n\n\
                        Co-authored-by: octocat <o@example.org>";
        assert!(ours(squashed));
        assert!(!ours("talk\n\nSelf-heal-fingerprint: py-x-1\n\nis what it would have been.\n"));
        assert!(!ours("x\n\nSelf-heal-fingerprint: py-x-12\n"));
        assert!(!ours("x\n\n> Self-heal-fingerprint: py-x-1\n"));
        assert!(!ours(""));
    }
}
