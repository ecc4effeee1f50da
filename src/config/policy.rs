//! The policy as meant: every default filled in, every glob compiled.

use std::collections::BTreeMap;
use std::time::Duration;

use super::names::Globs;
use crate::domain::class::Class;
use crate::domain::failure::Kind;
use crate::domain::jail::IsolationWanted;
use crate::domain::verdict::GuardCode;

/// Where the policy of a run came from: recorded, and shown by `why`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicySource {
    /// The path in the repository or on disk, or `built-in defaults`.
    pub file: String,
    /// The commit it was read at (T13).
    pub commit: Option<String>,
    /// As written, for jobs that may not read the repository's own; empty for the built-in defaults.
    pub text: String,
}

#[derive(Clone, Debug)]
pub struct Policy {
    pub source: PolicySource,
    pub scope: Scope,
    pub logs: Logs,
    pub patch: PatchLimits,
    pub approval: ApprovalRules,
    pub attempts: Attempts,
    pub budget: Budget,
    pub validate: ValidateRules,
    /// In the order written; of several that match a job the last wins.
    pub jobs: Vec<JobRules>,
    pub guard: BTreeMap<GuardCode, GuardAction>,
    pub model: ModelRules,
    pub publish: PublishRules,
    #[cfg_attr(
        not(test),
        expect(dead_code, reason = "read and checked with the rest; `watch` itself is a command still to come")
    )]
    pub watch: WatchRules,
}

#[derive(Clone, Debug)]
pub struct Scope {
    pub workflows: Globs,
    pub excluded_workflows: Globs,
    pub branches: Globs,
    pub allowed_jobs: Globs,
    pub excluded_jobs: Globs,
    pub forks: Forks,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Forks {
    /// Read and classify, run nothing, ask nobody.
    Report,
    Skip,
}

#[derive(Clone, Debug)]
pub struct Logs {
    pub reports: Vec<String>,
    /// Files with users' own problem matchers, by globs.
    pub matchers: Vec<String>,
    /// In the order written; one with a built-in rule's name takes its place.
    pub rules: Vec<LogRule>,
    /// Readers to force; empty finds out.
    pub tools: Vec<String>,
}

/// `[[logs.rules]]`: what a line means, by the people whose log it is.
#[derive(Clone, Debug)]
pub struct LogRule {
    /// `area.rule`, as in published evidence.
    pub name: String,
    /// `None` switches off the built-in rule of this name.
    pub class: Option<Class>,
    pub kind: Kind,
    /// A regular expression; upper and lower case are the same.
    pub pattern: String,
    /// One of these is in every line that can meet the pattern.
    pub literals: Vec<String>,
    pub reason: String,
    /// 0 to 1.
    pub confidence: f64,
}

#[derive(Clone, Debug)]
pub struct PatchLimits {
    pub lines_max: u32,
    pub files_max: u32,
    /// Empty allows every path that is not blocked.
    pub allowed_paths: Globs,
    /// The built-in list first, then the policy's own.
    pub blocked_paths: Globs,
    pub dependencies: Dependencies,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dependencies {
    Never,
    OnDependencyFailure,
    Always,
}

#[derive(Clone, Debug)]
pub struct ApprovalRules {
    pub require_human: bool,
    pub high: HighRisk,
    pub sensitive_paths: Globs,
    pub core_paths: Globs,
    pub confidence_min: f64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HighRisk {
    HandOver,
    Draft,
}

#[derive(Clone, Debug)]
pub struct Attempts {
    pub rounds: u32,
    pub per_failure: u32,
    pub reruns: u32,
    pub incidents_per_run: u32,
    pub open_pull_requests: u32,
}

#[derive(Clone, Debug)]
pub struct Budget {
    pub usd_per_run: f64,
    pub usd_per_pull_request: f64,
    pub usd_per_day: f64,
    pub tokens_per_call: u64,
    pub tokens_per_run: u64,
}

#[derive(Clone, Debug)]
pub struct ValidateRules {
    pub isolation: IsolationWanted,
    #[cfg_attr(not(test), expect(dead_code, reason = "the jail closes no network yet, and its receipt says so"))]
    pub network: Network,
    pub timeout: Duration,
    pub repeats: u32,
    pub setup: String,
    #[cfg_attr(not(test), expect(dead_code, reason = "the jail closes no network yet, and its receipt says so"))]
    pub setup_network: Network,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Network {
    None,
    Loopback,
    Full,
}

/// `[jobs."glob"]`: what is special about one job.
#[derive(Clone, Debug)]
pub struct JobRules {
    pub jobs: Globs,
    pub paths: Globs,
    pub reproduce: String,
    #[cfg_attr(not(test), expect(dead_code, reason = "regression commands are still to come"))]
    pub regression: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GuardAction {
    High,
    Block,
    Off,
}

#[derive(Clone, Debug)]
pub struct ModelRules {
    pub name: String,
    pub diagnose: String,
    pub instructions: String,
    /// Model name → US dollars a million tokens, in and out.
    pub prices: BTreeMap<String, Price>,
}

/// US dollars a million tokens.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Price {
    pub input: f64,
    pub output: f64,
}

#[derive(Clone, Debug)]
pub struct PublishRules {
    pub how: PublishHow,
    pub labels: Vec<String>,
    pub commit_prefix: String,
    pub sign_off: bool,
    pub reviewers: Vec<String>,
    pub draft: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PublishHow {
    PullRequest,
    Commit,
}

#[derive(Clone, Debug)]
pub struct WatchRules {
    #[cfg_attr(not(test), expect(dead_code, reason = "`watch` is a command still to come"))]
    pub window_hours: u32,
    #[cfg_attr(not(test), expect(dead_code, reason = "`watch` is a command still to come"))]
    pub revert: bool,
}

impl Scope {
    /// A job by the name GitHub shows, with and without the leg (P14).
    pub fn allows_job(&self, shown: &str) -> bool {
        self.allowed_jobs.matches_job(shown) && !self.excluded_jobs.matches_job(shown)
    }
}

impl Policy {
    /// The rules for a job: of several entries that match, the last wins.
    pub fn job(&self, name: &str) -> Option<&JobRules> {
        self.jobs.iter().rev().find(|rules| rules.jobs.matches_job(name))
    }

    /// What a guard hit of this code does; `high` unless the policy says otherwise.
    pub fn guard_action(&self, code: GuardCode) -> GuardAction {
        self.guard.get(&code).copied().unwrap_or(GuardAction::High)
    }
}
