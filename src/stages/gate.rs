//! The run, the policy and the memory become go or stop.
//!
//! Rules stand in lists; the first that objects decides, and its name is the ending's reason. There are three moments:
//! `run` needs no log, `incident` needs the fingerprint, `rerun` needs the class of every failed job.

use crate::config::policy::{Forks, HighRisk, Policy};
use crate::domain::class::Class;
use crate::domain::id::{Branch, CommitId};
use crate::domain::memory::{BRANCH_PREFIX, Memory, RunApproval, Standing, Tip, WorkspaceState};
use crate::domain::outcome::{Ending, Outcome};
use crate::domain::risk::{Approval, Risk, Tier};
use crate::domain::run::FailedRun;
use crate::text::{inline_code, truncate};

/// Names in a sentence are chosen by anybody; this much tells them apart.
const NAME_BYTES_MAX: usize = 100;

/// GitHub's merge queue makes and removes these by itself.
const MERGE_QUEUE_PREFIX: &str = "gh-readonly-queue/";

/// Accounts whose changes come from outside: rules only, nothing of theirs is run with our rights (T17).
const OUTSIDE_BOTS: [&str; 2] = ["dependabot[bot]", "renovate[bot]"];

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Gate {
    Go,
    Stop(Ending),
}

impl Gate {
    fn stopped_by(objection: Option<Ending>) -> Self {
        objection.map_or(Self::Go, Self::Stop)
    }
}

/// A run, before anything of it is read.
pub struct RunQuestion<'a> {
    pub policy: &'a Policy,
    pub run: &'a FailedRun,
    pub standing: &'a Standing,
    /// The path of the workflow that self-heal itself runs in.
    pub own_workflow: Option<&'a str>,
}

/// One incident of a run, or of a log alone.
pub struct IncidentQuestion<'a> {
    pub policy: &'a Policy,
    /// As GitHub shows it.
    pub job: Option<&'a str>,
    pub run: Option<&'a FailedRun>,
    pub memory: &'a Memory,
    pub workspace: &'a WorkspaceState,
    /// The commit that failed, where somebody says so.
    pub commit: Option<&'a CommitId>,
}

/// A proven patch on its way to a branch.
pub struct ApprovalQuestion<'a> {
    pub policy: &'a Policy,
    /// As computed now.
    pub risk: &'a Risk,
    /// What whoever approved was told.
    pub tier_told: Tier,
    /// What was said at the protected environments of the publishing run.
    pub approvals: &'a [RunApproval],
}

/// A run whose failed jobs might only have had bad luck.
pub struct RerunQuestion<'a> {
    pub policy: &'a Policy,
    pub run: &'a FailedRun,
    /// Every failed job with its class.
    pub jobs: &'a [(&'a str, Class)],
}

const RUN_RULES: &[fn(&RunQuestion<'_>) -> Option<Ending>] = &[
    not_failed,
    own_workflow,
    own_branch,
    merge_queue,
    no_branch,
    no_head_repository,
    skipped_fork,
    excluded_workflow,
    excluded_branch,
    tag,
    deleted_branch,
    superseded_attempt,
    superseded_head,
];

const INCIDENT_RULES: &[fn(&IncidentQuestion<'_>) -> Option<Ending>] =
    &[excluded_job, fork, outside_bot, rejected, too_many_open, no_repository, other_commit, dirty];

const RERUN_RULES: &[fn(&RerunQuestion<'_>) -> Option<Ending>] = &[not_all_transient, not_all_allowed, reruns_spent];

const APPROVAL_RULES: &[fn(&ApprovalQuestion<'_>) -> Option<Ending>] = &[high_risk, unapproved];

/// Whether the run's log is worth reading.
pub fn run(question: &RunQuestion<'_>) -> Gate {
    Gate::stopped_by(RUN_RULES.iter().find_map(|rule| rule(question)))
}

/// Whether the incident may be worked on: code run, a model asked, a patch made.
pub fn incident(question: &IncidentQuestion<'_>) -> Gate {
    Gate::stopped_by(INCIDENT_RULES.iter().find_map(|rule| rule(question)))
}

/// Whether a transient run may be started again.
pub fn rerun(question: &RerunQuestion<'_>) -> Gate {
    Gate::stopped_by(RERUN_RULES.iter().find_map(|rule| rule(question)))
}

/// Whether a proven patch may be put on a branch.
pub fn approval(question: &ApprovalQuestion<'_>) -> Gate {
    Gate::stopped_by(APPROVAL_RULES.iter().find_map(|rule| rule(question)))
}

fn skipped(reason: &str, sentence: String) -> Option<Ending> {
    Some(Ending::new(Outcome::Skipped, reason, sentence))
}

fn reported(reason: &str, sentence: String) -> Option<Ending> {
    Some(Ending::new(Outcome::Reported, reason, sentence))
}

fn quoted(name: &str) -> String {
    inline_code(&truncate(name, NAME_BYTES_MAX))
}

fn not_failed(q: &RunQuestion<'_>) -> Option<Ending> {
    if matches!(q.run.conclusion.as_str(), "failure" | "timed_out" | "startup_failure") {
        return None;
    }
    let conclusion = if q.run.conclusion.is_empty() { "not finished" } else { &q.run.conclusion };
    skipped("run.not-failed", format!("run {} did not fail, it is {}", q.run.run_id, quoted(conclusion)))
}

/// Held by path: anybody can give another workflow the same name (T20).
fn own_workflow(q: &RunQuestion<'_>) -> Option<Ending> {
    let own = q.own_workflow.filter(|own| !own.is_empty())?;
    if own != q.run.workflow_path {
        return None;
    }
    skipped("workflow.own", format!("{} is the workflow self-heal itself runs in", quoted(own)))
}

fn own_branch(q: &RunQuestion<'_>) -> Option<Ending> {
    let branch = q.run.head_branch.as_deref().filter(|branch| branch.starts_with(BRANCH_PREFIX))?;
    skipped("branch.own", format!("{} is a branch of self-heal: what fails there is for a person", quoted(branch)))
}

fn merge_queue(q: &RunQuestion<'_>) -> Option<Ending> {
    let branch = q.run.head_branch.as_deref().filter(|branch| branch.starts_with(MERGE_QUEUE_PREFIX))?;
    skipped(
        "branch.merge-queue",
        format!("{} belongs to the merge queue and takes no commits: mend the pull request's branch", quoted(branch)),
    )
}

fn no_branch(q: &RunQuestion<'_>) -> Option<Ending> {
    match q.run.head_branch.as_deref() {
        None => skipped("branch.none", format!("run {} names no branch, so there is none to mend", q.run.run_id)),
        Some(name) if Branch::parse(name).is_none() => {
            skipped("branch.none", format!("{} is no branch name, so there is none to mend", quoted(name)))
        }
        Some(_) => None,
    }
}

fn no_head_repository(q: &RunQuestion<'_>) -> Option<Ending> {
    if q.run.head_repository.is_some() {
        return None;
    }
    skipped("repository.deleted", format!("the repository that run {} came from was deleted", q.run.run_id))
}

fn from_fork(run: &FailedRun) -> bool {
    run.head_repository.as_ref() != Some(&run.repository)
}

fn skipped_fork(q: &RunQuestion<'_>) -> Option<Ending> {
    if !from_fork(q.run) || q.policy.scope.forks != Forks::Skip {
        return None;
    }
    skipped("fork", "the run came from a fork, and the policy says `scope.forks = \"skip\"`".to_owned())
}

fn excluded_workflow(q: &RunQuestion<'_>) -> Option<Ending> {
    let (scope, path) = (&q.policy.scope, q.run.workflow_path.as_str());
    if scope.workflows.matches(path) && !scope.excluded_workflows.matches(path) {
        return None;
    }
    skipped(
        "workflow.excluded",
        format!(
            "the policy leaves out workflow {}: see scope.workflows and scope.excluded-workflows in {}",
            quoted(path),
            q.policy.source.file
        ),
    )
}

fn excluded_branch(q: &RunQuestion<'_>) -> Option<Ending> {
    let branch = q.run.head_branch.as_deref()?;
    if q.policy.scope.branches.matches(branch) {
        return None;
    }
    skipped(
        "branch.excluded",
        format!("the policy leaves out branch {}: see scope.branches in {}", quoted(branch), q.policy.source.file),
    )
}

fn tag(q: &RunQuestion<'_>) -> Option<Ending> {
    if q.standing.tip != Tip::Tag {
        return None;
    }
    let name = q.run.head_branch.as_deref().unwrap_or_default();
    skipped("ref.tag", format!("{} is a tag, and tags do not move: mend the branch it was made from", quoted(name)))
}

fn deleted_branch(q: &RunQuestion<'_>) -> Option<Ending> {
    if q.standing.tip != Tip::Deleted {
        return None;
    }
    let name = q.run.head_branch.as_deref().unwrap_or_default();
    skipped("branch.deleted", format!("branch {} was deleted since the run", quoted(name)))
}

fn superseded_attempt(q: &RunQuestion<'_>) -> Option<Ending> {
    if q.standing.newest_attempt <= q.run.attempt {
        return None;
    }
    skipped(
        "attempt.superseded",
        format!(
            "run {} is at attempt {} by now, and this is about attempt {}",
            q.run.run_id, q.standing.newest_attempt, q.run.attempt
        ),
    )
}

fn superseded_head(q: &RunQuestion<'_>) -> Option<Ending> {
    let Tip::At(tip) = &q.standing.tip else { return None };
    if *tip == q.run.head_commit {
        return None;
    }
    let name = q.run.head_branch.as_deref().unwrap_or_default();
    skipped(
        "head.superseded",
        format!(
            "branch {} has moved on from {} to {}: its own run decides",
            quoted(name),
            q.run.head_commit.short(),
            tip.short()
        ),
    )
}

fn excluded_job(q: &IncidentQuestion<'_>) -> Option<Ending> {
    let (scope, job) = (&q.policy.scope, q.job?);
    if scope.allowed_jobs.matches_job(job) && !scope.excluded_jobs.matches_job(job) {
        return None;
    }
    skipped(
        "job.excluded",
        format!(
            "the policy leaves out job {}: see scope.allowed-jobs and scope.excluded-jobs in {}",
            quoted(job),
            q.policy.source.file
        ),
    )
}

fn fork(q: &IncidentQuestion<'_>) -> Option<Ending> {
    if !q.run.is_some_and(from_fork) {
        return None;
    }
    reported("fork", "the run came from a fork: it was read, nothing of it was run, and no model was asked".to_owned())
}

fn outside_bot(q: &IncidentQuestion<'_>) -> Option<Ending> {
    let actor = &q.run?.actor;
    if !OUTSIDE_BOTS.contains(&actor.as_str()) {
        return None;
    }
    reported("actor.bot", format!("the run came from {actor}: it was read, nothing of it was run, no model was asked"))
}

/// The newest word on this fingerprint is a person's no.
fn rejected(q: &IncidentQuestion<'_>) -> Option<Ending> {
    if q.memory.pulls.iter().any(|pull| pull.open) {
        return None;
    }
    let newest = q.memory.pulls.iter().max_by_key(|pull| pull.number).filter(|pull| !pull.merged)?;
    skipped(
        "rejected",
        format!("pull request #{} for this failure was closed unmerged; open it again to allow another", newest.number),
    )
}

fn too_many_open(q: &IncidentQuestion<'_>) -> Option<Ending> {
    let (open, limit) = (q.memory.open_pull_requests, q.policy.attempts.open_pull_requests);
    // One more for the same failure is an update.
    if open < limit || q.memory.pulls.iter().any(|pull| pull.open) {
        return None;
    }
    skipped(
        "pull-requests.open",
        format!(
            "{open} pull requests of self-heal are open, and the policy allows {limit}: merge or close some, or raise \
             attempts.open-pull-requests in {}",
            q.policy.source.file
        ),
    )
}

fn no_repository(q: &IncidentQuestion<'_>) -> Option<Ending> {
    if q.workspace.head.is_some() {
        return None;
    }
    skipped(
        "workspace.no-repository",
        "the workspace is no git repository with a commit: check the failing commit out, or give it with --workspace"
            .to_owned(),
    )
}

fn other_commit(q: &IncidentQuestion<'_>) -> Option<Ending> {
    let (head, failed) = (q.workspace.head.as_ref()?, q.commit?);
    if head == failed {
        return None;
    }
    skipped(
        "workspace.other-commit",
        format!(
            "the workspace is at {}, and {} failed: check out the failing commit (`ref: ${{{{ \
             github.event.workflow_run.head_sha }}}}`)",
            head.short(),
            failed.short()
        ),
    )
}

fn dirty(q: &IncidentQuestion<'_>) -> Option<Ending> {
    if q.workspace.clean {
        return None;
    }
    skipped(
        "workspace.dirty",
        "the workspace has changes that are not committed: commit or stash them, or use `self-heal run`, which takes \
         the tree as it is"
            .to_owned(),
    )
}

fn not_all_transient(q: &RerunQuestion<'_>) -> Option<Ending> {
    if q.jobs.is_empty() {
        return reported("rerun.no-job", format!("run {} names no failed job", q.run.run_id));
    }
    let (name, class) = q.jobs.iter().find(|(_, class)| *class != Class::TransientRetryable)?;
    reported("rerun.not-transient", format!("job {} is {}: a rerun would fail again", quoted(name), class.as_str()))
}

fn not_all_allowed(q: &RerunQuestion<'_>) -> Option<Ending> {
    let scope = &q.policy.scope;
    let allowed = |name: &str| scope.allowed_jobs.matches_job(name) && !scope.excluded_jobs.matches_job(name);
    let (name, _) = q.jobs.iter().find(|(name, _)| !allowed(name))?;
    reported("rerun.job-excluded", format!("job {} would run again too, and the policy leaves it out", quoted(name)))
}

/// `reruns` bounds `run_attempt`: the first attempt is no rerun.
fn reruns_spent(q: &RerunQuestion<'_>) -> Option<Ending> {
    let limit = q.policy.attempts.reruns;
    if q.run.attempt <= limit {
        return None;
    }
    reported(
        "reruns.spent",
        format!(
            "run {} failed {} times in a way that looks like bad luck, and the policy allows {limit} reruns: somebody \
             should look at the service it names",
            q.run.run_id, q.run.attempt
        ),
    )
}

fn handed_over(reason: &str, sentence: String) -> Option<Ending> {
    Some(Ending::new(Outcome::HandedOver, reason, sentence))
}

fn high_risk(q: &ApprovalQuestion<'_>) -> Option<Ending> {
    if q.risk.tier != Tier::High || q.policy.approval.high == HighRisk::Draft {
        return None;
    }
    let why: Vec<&str> = q.risk.reasons.iter().filter(|r| r.tier == Tier::High).map(|reason| reason.code).collect();
    handed_over(
        "risk.high",
        format!("the patch is high risk ({}): a person has to judge it, it is in the bundle", why.join(", ")),
    )
}

/// Environments protect nothing in free private repositories (P8), so the approval itself is looked for.
fn unapproved(q: &ApprovalQuestion<'_>) -> Option<Ending> {
    if q.risk.approval == Approval::None || q.approvals.iter().any(|said| approves(said, q)) {
        return None;
    }
    handed_over(
        "approval.missing",
        format!(
            "no person has approved this run for {} risk: protect the environment `self-heal-{}` with required \
             reviewers, or set `approval.require-human = false` for low risk",
            q.risk.tier.as_str(),
            q.risk.tier.as_str()
        ),
    )
}

/// Never above the tier approved (T12). An environment of another name stands for what was told.
fn approves(said: &RunApproval, q: &ApprovalQuestion<'_>) -> bool {
    let tier = |name: &str| name.rsplit('-').next().and_then(Tier::parse).unwrap_or(q.tier_told);
    said.approved && said.by_person && said.environments.iter().any(|name| tier(name) >= q.risk.tier)
}
