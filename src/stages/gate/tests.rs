//! Every rule of the gate, with what it stops and what it lets through.

use super::{ApprovalQuestion, Gate, IncidentQuestion, RerunQuestion, RunQuestion, approval, incident, rerun, run};
use crate::config::policy::Policy;
use crate::config::raw;
use crate::domain::class::Class;
use crate::domain::id::{CommitId, Repository};
use crate::domain::memory::{Account, KnownPull, Memory, Rights, RunApproval, Standing, Starter, Tip, WorkspaceState};
use crate::domain::outcome::Outcome;
use crate::domain::risk::{Approval, Reason, Risk, Tier};
use crate::domain::run::FailedRun;
use crate::stages::workflow::Unread;

fn commit(digit: char) -> CommitId {
    CommitId::parse(&digit.to_string().repeat(40)).expect("hexadecimal")
}

fn policy(text: &str) -> Policy {
    raw::explicit(".github/self-heal.toml", text).expect("a policy")
}

fn failed_run() -> FailedRun {
    let repository = Repository::parse("octo-org/adder").expect("a name");
    FailedRun {
        repository: repository.clone(),
        run_id: 5,
        attempt: 1,
        workflow_name: "CI".to_owned(),
        workflow_path: ".github/workflows/ci.yml".to_owned(),
        event: "push".to_owned(),
        conclusion: "failure".to_owned(),
        head_branch: Some("feature/sum".to_owned()),
        head_commit: commit('a'),
        head_repository: Some(repository),
        default_branch: "main".to_owned(),
        actor: "octocat".to_owned(),
        triggering_actor: "octocat".to_owned(),
        html_url: String::new(),
        pull_requests: Vec::new(),
    }
}

/// The reason why a run is stopped, `go` when it is not; each stop is `skipped` and a sentence.
fn of_run(policy_text: &str, run_now: &FailedRun, standing: &Standing) -> String {
    let policy = policy(policy_text);
    let own_workflow = Some(".github/workflows/self-heal.yml");
    match run(&RunQuestion { policy: &policy, run: run_now, standing, own_workflow, own_run: None }) {
        Gate::Go => "go".to_owned(),
        Gate::Stop(ending) => {
            assert_eq!(ending.outcome, Outcome::Skipped);
            assert!(!ending.sentence.is_empty());
            ending.reason
        }
    }
}

fn standing() -> Standing {
    Standing { tip: Tip::At(commit('a')), newest_attempt: 1 }
}

fn changed(policy_text: &str, change: impl FnOnce(&mut FailedRun)) -> String {
    let mut run = failed_run();
    change(&mut run);
    of_run(policy_text, &run, &standing())
}

#[test]
fn a_failed_run_of_the_repository_goes_through() {
    assert_eq!(changed("", |_| {}), "go");
    assert_eq!(changed("", |run| run.conclusion = "timed_out".to_owned()), "go");
}

#[test]
fn p5_tags_queues_deleted_branches_and_deleted_forks_are_skipped_each_with_its_reason() {
    let at = |tip| of_run("", &failed_run(), &Standing { tip, newest_attempt: 1 });
    assert_eq!(at(Tip::Tag), "ref.tag");
    assert_eq!(at(Tip::Deleted), "branch.deleted");
    let queue = "gh-readonly-queue/main/pr-7-0123".to_owned();
    assert_eq!(changed("", |run| run.head_branch = Some(queue)), "branch.merge-queue");
    assert_eq!(changed("", |run| run.head_branch = None), "branch.none");
    assert_eq!(changed("", |run| run.head_branch = Some("a..b".to_owned())), "branch.none");
    assert_eq!(changed("", |run| run.head_repository = None), "repository.deleted");
}

#[test]
fn what_did_not_fail_is_skipped() {
    for conclusion in ["success", "cancelled", "skipped", "action_required", "stale", "neutral", "", "new word"] {
        assert_eq!(changed("", |run| run.conclusion = conclusion.to_owned()), "run.not-failed", "{conclusion}");
    }
}

#[test]
fn t20_our_own_workflow_is_known_by_its_path_and_not_by_its_name() {
    let ours = ".github/workflows/self-heal.yml".to_owned();
    assert_eq!(changed("", |run| run.workflow_path = ours), "workflow.own");
    assert_eq!(changed("", |run| run.workflow_name = "self-heal".to_owned()), "go");
}

#[test]
fn our_own_branches_are_never_healed() {
    let ours = "self-heal/main/py-typeerror-3f9a1c20b7de".to_owned();
    assert_eq!(changed("", |run| run.head_branch = Some(ours)), "branch.own");
    assert_eq!(changed("", |run| run.head_branch = Some("self-healing".to_owned())), "go");
}

#[test]
fn the_scope_of_the_policy_is_kept() {
    assert_eq!(changed("[scope]\nexcluded-workflows = [\"**/ci.yml\"]", |_| {}), "workflow.excluded");
    assert_eq!(changed("[scope]\nworkflows = [\".github/workflows/other.yml\"]", |_| {}), "workflow.excluded");
    assert_eq!(changed("[scope]\nbranches = [\"main\", \"release/*\"]", |_| {}), "branch.excluded");
    assert_eq!(changed("[scope]\nbranches = [\"feature/*\"]", |_| {}), "go");
    let fork = Repository::parse("eve/adder");
    assert_eq!(changed("[scope]\nforks = \"skip\"", |run| run.head_repository = fork.clone()), "fork");
    assert_eq!(changed("", |run| run.head_repository = fork), "go", "it is read, and stopped before anything is run");
}

#[test]
fn what_has_moved_on_is_left_to_the_newer_run() {
    let moved = Standing { tip: Tip::At(commit('b')), newest_attempt: 1 };
    assert_eq!(of_run("", &failed_run(), &moved), "head.superseded");
    let again = Standing { tip: Tip::At(commit('a')), newest_attempt: 2 };
    assert_eq!(of_run("", &failed_run(), &again), "attempt.superseded");
}

struct Scene {
    job: &'static str,
    run: FailedRun,
    memory: Memory,
    workspace: WorkspaceState,
}

/// The outcome and reason of an incident after a change; `go` when nothing objects.
fn of_incident(policy_text: &str, change: impl FnOnce(&mut Scene)) -> String {
    let policy = policy(policy_text);
    let workspace = WorkspaceState { head: Some(commit('a')), clean: true, ..WorkspaceState::default() };
    let mut scene = Scene { job: "unit-test (3.12)", run: failed_run(), memory: Memory::default(), workspace };
    change(&mut scene);
    let failed = commit('a');
    let question = IncidentQuestion {
        policy: &policy,
        job: Some(scene.job),
        run: Some(&scene.run),
        memory: &scene.memory,
        workspace: &scene.workspace,
        commit: Some(&failed),
    };
    match incident(&question) {
        Gate::Go => "go".to_owned(),
        Gate::Stop(ending) => format!("{} {}", ending.outcome.as_str(), ending.reason),
    }
}

#[test]
fn p14_a_job_is_allowed_by_its_shown_name_with_and_without_the_leg() {
    let allowed = |list: &str, job| of_incident(&format!("[scope]\nallowed-jobs = {list}"), |scene| scene.job = job);
    assert_eq!(allowed("[\"unit-test\"]", "unit-test (3.12)"), "go");
    assert_eq!(allowed("[\"unit-test (3.*)\"]", "unit-test (3.12)"), "go");
    assert_eq!(allowed("[\"call / unit-*\"]", "call / unit-test (a, b)"), "go");
    assert_eq!(allowed("[\"unit-test\"]", "call / unit-test"), "skipped job.excluded", "the shown name has the caller");
    assert_eq!(allowed("[\"lint\"]", "unit-test (3.12)"), "skipped job.excluded");
    assert_eq!(allowed("[\"*\", \"!unit-test (3.12)\"]", "unit-test (3.12)"), "skipped job.excluded");
    assert_eq!(allowed("[\"*\", \"!unit-test (3.12)\"]", "unit-test (3.13)"), "go");
    let excluded = "[scope]\nexcluded-jobs = [\"deploy*\"]";
    assert_eq!(of_incident(excluded, |scene| scene.job = "deploy (eu)"), "skipped job.excluded");
}

#[test]
fn t17_forks_and_bots_are_read_and_nothing_more() {
    assert_eq!(of_incident("", |scene| scene.run.head_repository = Repository::parse("eve/adder")), "reported fork");
    for bot in ["dependabot[bot]", "renovate[bot]"] {
        assert_eq!(of_incident("", |scene| scene.run.actor = bot.to_owned()), "reported actor.bot");
        assert_eq!(of_incident("", |scene| scene.run.triggering_actor = bot.to_owned()), "reported actor.bot");
    }
}

#[test]
fn t17_a_bot_s_branch_is_a_bot_s_whoever_runs_it_again() {
    let on = |branch: &str| of_incident("", |scene| scene.run.head_branch = Some(branch.to_owned()));
    assert_eq!(on("dependabot/npm_and_yarn/left-pad-9"), "reported actor.bot");
    assert_eq!(on("renovate/left-pad-9.x"), "reported actor.bot");
    assert_eq!(on("fix-dependabot/x"), "go");
}

#[test]
fn t17_who_may_not_write_gets_rules_only() {
    let starter = |login: &str, rights: Rights| Starter { login: login.to_owned(), rights };
    let with = |starters: Vec<Starter>| of_incident("", |scene| scene.memory.starters = starters);
    let write = || starter("octocat", Rights::Write);
    assert_eq!(with(vec![write()]), "go");
    for less in ["read", "triage", "none", ""] {
        let less = || starter("eve", Rights::Less(less.to_owned()));
        assert_eq!(with(vec![less()]), "reported actor.no-write");
        assert_eq!(with(vec![write(), less()]), "reported actor.no-write", "both are asked about");
    }
    assert_eq!(with(vec![starter("eve", Rights::Unasked("403".to_owned()))]), "reported actor.unknown");
}

#[test]
fn p2_a_failure_that_was_tried_as_often_as_the_policy_allows_is_skipped() {
    let tried = |policy: &str, attempts| of_incident(policy, |scene| scene.memory.attempts = attempts);
    assert_eq!(tried("", 2), "go");
    assert_eq!(tried("", 3), "skipped attempts.spent");
    assert_eq!(tried("[attempts]\nper-failure = 5", 4), "go");
    assert_eq!(tried("[attempts]\nper-failure = 5", 5), "skipped attempts.spent");
}

fn pull(number: u64, open: bool, merged: bool) -> KnownPull {
    let text = String::new;
    let author = Account::default();
    KnownPull { author, number, url: text(), open, merged, branch: text(), title: text(), body: text() }
}

#[test]
fn a_pull_request_that_a_person_closed_is_a_no() {
    let with = |pulls: Vec<KnownPull>| of_incident("", |scene| scene.memory.pulls = pulls);
    assert_eq!(with(vec![pull(7, false, false)]), "skipped rejected");
    assert_eq!(with(vec![pull(7, true, false)]), "go", "it is updated");
    assert_eq!(with(vec![pull(7, false, true)]), "go", "it was healed before and came back");
    assert_eq!(with(vec![pull(8, false, true), pull(7, false, false)]), "go", "the newest word counts");
    assert_eq!(with(vec![pull(8, false, false), pull(7, false, true)]), "skipped rejected");
}

#[test]
fn open_pull_requests_are_limited_and_an_update_is_no_new_one() {
    let open = |n| move |scene: &mut Scene| scene.memory.open_pull_requests = n;
    assert_eq!(of_incident("", open(2)), "go");
    assert_eq!(of_incident("", open(3)), "skipped pull-requests.open");
    let ours = |scene: &mut Scene| {
        scene.memory.open_pull_requests = 3;
        scene.memory.pulls = vec![pull(7, true, false)];
    };
    assert_eq!(of_incident("", ours), "go");
}

#[test]
fn the_workspace_is_the_failing_commit_or_nothing_is_done() {
    assert_eq!(of_incident("", |scene| scene.workspace.head = None), "skipped workspace.no-repository");
    assert_eq!(of_incident("", |scene| scene.workspace.head = Some(commit('b'))), "skipped workspace.other-commit");
    assert_eq!(of_incident("", |scene| scene.workspace.clean = false), "skipped workspace.dirty");
}

#[test]
fn p3_a_merge_of_the_failing_commit_is_taken_for_it_and_a_commit_on_top_is_not() {
    let parents = |parents: &str| {
        let parents: Vec<CommitId> = parents.chars().map(commit).collect();
        of_incident("", |scene| {
            scene.workspace.head = Some(commit('c'));
            scene.workspace.parents = parents;
        })
    };
    assert_eq!(parents("ba"), "go");
    assert_eq!(parents("a"), "skipped workspace.other-commit");
    assert_eq!(parents("bd"), "skipped workspace.other-commit");
}

#[test]
fn p16_the_own_run_has_no_conclusion_yet_and_may_be_published_from() {
    let of = |own_run, conclusion: &str| {
        let policy = policy("");
        let run_now = FailedRun { conclusion: conclusion.to_owned(), ..failed_run() };
        let own_workflow = Some(".github/workflows/ci.yml");
        match run(&RunQuestion { policy: &policy, run: &run_now, standing: &standing(), own_workflow, own_run }) {
            Gate::Go => "go".to_owned(),
            Gate::Stop(ending) => ending.reason,
        }
    };
    assert_eq!(of(Some(5), ""), "go");
    assert_eq!(of(Some(5), "success"), "run.not-failed");
    assert_eq!(of(Some(6), ""), "run.not-failed");
    assert_eq!(of(None, "failure"), "workflow.own");
}

#[test]
fn p20_a_shallow_checkout_is_normal_input() {
    assert_eq!(of_incident("", |scene| scene.workspace.shallow = true), "go");
}

fn of_rerun(policy_text: &str, attempt: u32, jobs: &[(&str, Class)]) -> String {
    let policy = policy(policy_text);
    let run = FailedRun { attempt, ..failed_run() };
    rerun_reason(&RerunQuestion { policy: &policy, run: &run, jobs, own_run: Some(9), environment: &Ok(None) })
}

fn rerun_reason(question: &RerunQuestion<'_>) -> String {
    match rerun(question) {
        Gate::Go => "go".to_owned(),
        Gate::Stop(ending) => {
            assert_eq!(ending.outcome, Outcome::Reported);
            ending.reason
        }
    }
}

#[test]
fn p15_nothing_is_run_again_that_might_deploy() {
    let (policy, run) = (policy(""), failed_run());
    let reason = |environment: Result<Option<String>, Unread>| {
        let jobs = [("a", Class::TransientRetryable)];
        let environment = &environment;
        rerun_reason(&RerunQuestion { policy: &policy, run: &run, jobs: &jobs, own_run: None, environment })
    };
    assert_eq!(reason(Ok(None)), "go");
    assert_eq!(reason(Ok(Some("ship".to_owned()))), "rerun.environment");
    assert_eq!(reason(Err(Unread::NoWorkflow { path: "ci.yml".to_owned() })), "rerun.workflow-unread");
}

#[test]
fn p16_a_run_does_not_start_itself_again() {
    let (policy, run) = (policy(""), failed_run());
    let jobs = [("a", Class::TransientRetryable)];
    let question =
        RerunQuestion { policy: &policy, run: &run, jobs: &jobs, own_run: Some(run.run_id), environment: &Ok(None) };
    assert_eq!(rerun_reason(&question), "rerun.own-run");
}

#[test]
fn a_run_is_started_again_only_if_all_of_it_had_bad_luck_and_not_for_ever() {
    let unlucky = [("a", Class::TransientRetryable), ("b", Class::TransientRetryable)];
    let mixed = [("a", Class::TransientRetryable), ("b", Class::DeterministicCode)];
    assert_eq!(of_rerun("", 1, &unlucky), "go");
    assert_eq!(of_rerun("", 2, &unlucky), "go");
    assert_eq!(of_rerun("", 3, &unlucky), "reruns.spent", "two reruns are three attempts");
    assert_eq!(of_rerun("[attempts]\nreruns = 0", 1, &unlucky), "reruns.spent");
    assert_eq!(of_rerun("", 1, &mixed), "rerun.not-transient");
    assert_eq!(of_rerun("[scope]\nexcluded-jobs = [\"b\"]", 1, &unlucky), "rerun.job-excluded");
    assert_eq!(of_rerun("", 1, &[]), "rerun.no-job");
}

fn of_approval(policy_text: &str, tier: Tier, said: &[(&str, bool, bool)]) -> String {
    let policy = policy(policy_text);
    let need = match tier {
        Tier::Low if !policy.approval.require_human => Approval::None,
        Tier::Low => Approval::Maintainer,
        Tier::Medium => Approval::CodeOwner,
        Tier::High => Approval::Manual,
    };
    let reason = Reason { code: "path.sensitive", tier, text: String::new() };
    let risk = Risk { tier, reasons: vec![reason], approval: need };
    let approvals: Vec<RunApproval> = said
        .iter()
        .map(|(environment, approved, by_person)| RunApproval {
            approved: *approved,
            by: "octocat".to_owned(),
            by_person: *by_person,
            environments: vec![(*environment).to_owned()],
        })
        .collect();
    let question = ApprovalQuestion { policy: &policy, risk: &risk, tier_told: Tier::Low, approvals: &approvals };
    match approval(&question) {
        Gate::Go => "go".to_owned(),
        Gate::Stop(ending) => {
            assert_eq!(ending.outcome, Outcome::HandedOver);
            ending.reason
        }
    }
}

#[test]
fn nothing_is_published_that_no_person_has_approved() {
    assert_eq!(of_approval("", Tier::Low, &[]), "approval.missing");
    assert_eq!(of_approval("", Tier::Low, &[("self-heal-low", true, true)]), "go");
    assert_eq!(of_approval("", Tier::Low, &[("self-heal-low", true, false)]), "approval.missing", "by a bot");
    assert_eq!(of_approval("", Tier::Low, &[("self-heal-low", false, true)]), "approval.missing", "a no");
    let trusting = "[approval]\nrequire-human = false";
    assert_eq!(of_approval(trusting, Tier::Low, &[]), "go");
    assert_eq!(of_approval(trusting, Tier::Medium, &[]), "approval.missing", "only low goes without");
}

#[test]
fn t12_an_approval_is_never_worth_more_than_its_tier() {
    assert_eq!(of_approval("", Tier::Medium, &[("self-heal-low", true, true)]), "approval.missing");
    assert_eq!(of_approval("", Tier::Medium, &[("self-heal-medium", true, true)]), "go");
    assert_eq!(of_approval("", Tier::Low, &[("self-heal-high", true, true)]), "go");
    assert_eq!(of_approval("", Tier::Low, &[("releases", true, true)]), "go", "told low, is low");
    assert_eq!(of_approval("", Tier::Medium, &[("releases", true, true)]), "approval.missing", "told low, is medium");
}

#[test]
fn high_risk_is_for_a_person_unless_drafts_are_wanted() {
    let approved = [("self-heal-high", true, true)];
    assert_eq!(of_approval("", Tier::High, &approved), "risk.high");
    assert_eq!(of_approval("[approval]\nhigh = \"draft\"", Tier::High, &approved), "go");
    assert_eq!(of_approval("[approval]\nhigh = \"draft\"", Tier::High, &[]), "approval.missing");
}
