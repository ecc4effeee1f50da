//! Whether `heal` begins at all: what started it, what GitHub says by now, and what is in the workspace.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::support::github::{FakeGithub, REPOSITORY, TOKEN};
use super::support::machine::{Ended, Machine};
use super::support::project::{JOB, Project};
use super::support::repository::Repository;
use super::support::snapshot::Snapshot;
use super::support::step::Step;

/// A project that heals in a second, without a model.
const PROJECT: &str = "python-ruff-format";

/// The job's token.
const AS_JOB: (&str, &str) = ("GITHUB_TOKEN", TOKEN);

/// A failed run of a real project, and the checkout of it that `heal` gets.
pub struct Scene<'m> {
    pub machine: &'m Machine,
    pub repository: Repository<'m>,
    pub github: FakeGithub,
    pub run: u64,
}

impl<'m> Scene<'m> {
    pub fn new(machine: &'m Machine) -> Self {
        Self::with_policy(machine, "")
    }

    pub fn with_policy(machine: &'m Machine, policy: &str) -> Self {
        Self::of_project(machine, PROJECT, policy)
    }

    pub fn of_project(machine: &'m Machine, project: &str, policy: &str) -> Self {
        let project = Project::named(project);
        let repository = project.lay_out(machine);
        if !policy.is_empty() {
            repository.write(".github/self-heal.toml", policy);
            repository.commit("A policy");
        }
        let log = project.job_log(machine, &repository);
        repository.git(["clean", "--quiet", "--force", "-dx"]);
        let github = FakeGithub::start(machine, &repository);
        let run = github.failed_run("main", JOB, &format!("Run {}", project.case.command), &log);
        Self { machine, repository, github, run }
    }

    pub fn workspace(&self) -> PathBuf {
        self.repository.folder().to_owned()
    }

    /// `heal` with the run's own event.
    pub fn heal(&self, workspace: &Path, variables: &[(&str, &str)]) -> (String, String) {
        self.heal_event(&self.github.event(self.run), workspace, variables)
    }

    /// Outcome and reason of `heal`; the workspace must be as it was, and GitHub too.
    pub fn heal_event(&self, event: &str, workspace: &Path, variables: &[(&str, &str)]) -> (String, String) {
        let before = Snapshot::of(workspace);
        let step = Step::new(self.machine, &self.github, "heal", event);
        let arguments = ["heal", "--model", "none", "--workspace", &workspace.to_string_lossy()];
        let ended = step.self_heal(arguments, &[variables, &[AS_JOB]].concat());
        before.must_still_be(workspace);
        assert_eq!(self.github.writes(), Vec::<String>::new());
        self.github.must_be_well_treated();
        let outputs = step.outputs();
        let output =
            |name: &str| outputs.get(name).cloned().unwrap_or_else(|| panic!("{}{}", ended.stdout(), ended.stderr()));
        (output("outcome"), output("reason"))
    }

    /// The outputs of `heal` with a model at this address, and its audit records.
    pub fn heal_by_model(&self, name: &str, base_url: &str, key: &str) -> (BTreeMap<String, String>, String) {
        let step = Step::new(self.machine, &self.github, name, &self.github.event(self.run));
        let workspace = self.workspace();
        let arguments =
            ["heal", "--model", "openai/m", "--base-url", base_url, "--workspace", &workspace.to_string_lossy()];
        let ended = step.self_heal(arguments, &[("OPENAI_API_KEY", key), AS_JOB]);
        let outputs = step.outputs();
        let bundle = outputs.get("bundle").unwrap_or_else(|| panic!("{}{}", ended.stdout(), ended.stderr()));
        let audit = std::fs::read_to_string(Path::new(bundle).join("audit.jsonl")).expect("an audit");
        (outputs, audit)
    }

    /// The outputs of `heal` without a model, and the `bundle.json` that it wrote.
    pub fn heal_to_bundle(&self, workspace: &Path) -> (BTreeMap<String, String>, Value) {
        let name = workspace.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let step = Step::new(self.machine, &self.github, &name, &self.github.event(self.run));
        let arguments = ["heal", "--model", "none", "--workspace", &workspace.to_string_lossy()];
        let ended = step.self_heal(arguments, &[AS_JOB]);
        let outputs = step.outputs();
        let bundle = outputs.get("bundle").unwrap_or_else(|| panic!("{}{}", ended.stdout(), ended.stderr()));
        let text = std::fs::read(Path::new(bundle).join("bundle.json")).expect("a bundle");
        let bundle = serde_json::from_slice(&text).expect("JSON");
        (outputs, bundle)
    }

    /// What `heal` says on standard error when it cannot work.
    pub fn broken(&self) -> String {
        let step = Step::new(self.machine, &self.github, "broken", &self.github.event(self.run));
        let workspace = self.workspace();
        let arguments = ["heal", "--workspace", &workspace.to_string_lossy()];
        step.self_heal(arguments, &[AS_JOB]).must_end_with(1).stderr()
    }

    /// What the failure is called.
    pub fn fingerprint(&self) -> String {
        let step = Step::new(self.machine, &self.github, "first", &self.github.event(self.run));
        let workspace = self.workspace();
        let arguments = ["heal", "--model", "none", "--workspace", &workspace.to_string_lossy()];
        step.self_heal(arguments, &[AS_JOB]);
        step.outputs()["fingerprint"].clone()
    }

    #[track_caller]
    pub fn must_be(&self, outcome: &str, reason: &str) {
        assert_eq!(self.heal(&self.workspace(), &[]), (outcome.to_owned(), reason.to_owned()));
    }
}

fn usage_error(machine: &Machine, payload: Option<&str>, more: &[&str]) -> Ended {
    let mut program = machine.self_heal(["heal"].into_iter().chain(more.iter().copied()));
    if let Some(payload) = payload {
        let event = machine.folder().join("event.json");
        std::fs::write(&event, payload).expect("write the event");
        program = program.variable("GITHUB_EVENT_PATH", event);
    }
    program.run().must_end_with(2)
}

#[test]
fn what_does_not_say_which_run_failed_is_a_usage_error_with_the_mend() {
    let machine = Machine::new();
    for (payload, sentence) in [
        (None, "there is no event file (GITHUB_EVENT_PATH)"),
        (Some(""), "the event file (GITHUB_EVENT_PATH) is no JSON object"),
        (Some("{\"workflow_run\": "), "the event file (GITHUB_EVENT_PATH) is no JSON object"),
        (Some("{\"ref\": \"refs/heads/main\"}"), "the event tells of no failed run"),
        (Some("{\"workflow_run\": {\"id\": 1}, \"repository\": {\"full_name\": \"o/r\"}}"), "no usable `head_sha`"),
    ] {
        let said = usage_error(&machine, payload, &[]).stderr();
        assert!(said.contains(sentence) && said.contains("`run-id` or `log`"), "{payload:?}: {said}");
    }
    let said = usage_error(&machine, None, &["--run-id", "5"]).stderr();
    assert!(said.contains("--repo OWNER/NAME"), "{said}");
    let gone = machine.folder().join("gone.json");
    let ended = machine.self_heal(["heal"]).variable("GITHUB_EVENT_PATH", gone).run().must_end_with(2);
    assert!(ended.stderr().contains("there is no event file"), "{}", ended.stderr());
}

#[test]
fn p20_a_shallow_checkout_of_the_failing_commit_is_healed() {
    let machine = Machine::new();
    let scene = Scene::new(&machine);
    scene.repository.commit("Later, so that there is history");
    let bare = scene.github.state().objects.folder().to_string_lossy().into_owned();
    let shallow = machine.folder().join("shallow");
    scene.repository.git([
        "clone",
        "--quiet",
        "--depth=1",
        "--branch=main",
        &format!("file://{bare}"),
        &shallow.to_string_lossy(),
    ]);
    assert!(shallow.join(".git/shallow").exists());
    assert_eq!(scene.heal(&shallow, &[]).0, "healed");
}

#[test]
fn a_workspace_that_is_not_the_failing_commit_is_skipped_and_says_so() {
    let machine = Machine::new();
    let scene = Scene::new(&machine);
    scene.repository.write("notes.txt", "typed meanwhile\n");
    scene.must_be("skipped", "workspace.dirty");
    scene.repository.commit("Another commit");
    scene.must_be("skipped", "workspace.other-commit");
    let empty = machine.folder().join("empty");
    std::fs::create_dir(&empty).expect("make a folder");
    assert_eq!(scene.heal(&empty, &[]).1, "workspace.no-repository");
}

#[test]
fn p5_what_is_no_living_branch_of_ours_is_skipped_each_with_its_reason() {
    let machine = Machine::new();
    let scene = Scene::new(&machine);
    let set = |branch: Option<&str>| scene.github.state().runs[0].head_branch = branch.map(str::to_owned);
    scene.github.state().objects.ok(&["tag", "v1", "main"]);
    set(Some("v1"));
    scene.must_be("skipped", "ref.tag");
    set(Some("gone"));
    scene.must_be("skipped", "branch.deleted");
    set(Some("gh-readonly-queue/main/pr-7-0123"));
    scene.must_be("skipped", "branch.merge-queue");
    set(None);
    scene.must_be("skipped", "branch.none");
    set(Some("main"));
    scene.github.state().runs[0].head_repository = None;
    scene.must_be("skipped", "repository.deleted");
}

#[test]
fn a_fork_is_read_and_nothing_of_it_is_run() {
    let machine = Machine::new();
    let scene = Scene::new(&machine);
    scene.github.state().runs[0].head_repository = Some("eve/adder".to_owned());
    scene.must_be("reported", "fork");
}

#[test]
fn what_github_has_moved_on_from_is_skipped() {
    let machine = Machine::new();
    let scene = Scene::new(&machine);
    let event = scene.github.event(scene.run);
    scene.github.state().runs[0].attempt = 2;
    assert_eq!(scene.heal_event(&event, &scene.workspace(), &[]).1, "attempt.superseded");
    scene.github.state().runs[0].attempt = 1;
    scene.repository.git(["commit", "--quiet", "--allow-empty", "--message", "Moved on"]);
    scene.github.push(scene.repository.folder());
    scene.must_be("skipped", "head.superseded");
}

#[test]
fn our_own_workflow_and_our_own_branches_are_never_healed() {
    let machine = Machine::new();
    let scene = Scene::new(&machine);
    let own = format!("{REPOSITORY}/.github/workflows/ci.yml@refs/heads/main");
    assert_eq!(scene.heal(&scene.workspace(), &[("GITHUB_WORKFLOW_REF", &own)]).1, "workflow.own");
    scene.github.state().runs[0].head_branch = Some("self-heal/main/x".to_owned());
    scene.must_be("skipped", "branch.own");
}

#[test]
fn a_fix_that_a_person_has_refused_is_not_made_again() {
    let machine = Machine::new();
    let scene = Scene::new(&machine);
    let fingerprint = scene.fingerprint();
    scene.github.open_pull(&format!("self-heal/main/{fingerprint}"), "main");
    scene.github.state().pulls[0].user = "github-actions[bot]".to_owned();
    assert_eq!(scene.heal(&scene.workspace(), &[]).0, "healed", "an open one is updated");
    scene.github.state().pulls[0].open = false;
    scene.must_be("skipped", "rejected");
    // A fork's branch of that name is nobody's no.
    scene.github.state().pulls[0].head_repository = "octo-org/other".to_owned();
    assert_eq!(scene.heal(&scene.workspace(), &[]).0, "healed");
}

#[test]
fn t13_the_policy_is_the_default_branchs_at_our_own_commit() {
    let machine = Machine::new();
    let scene = Scene::with_policy(&machine, "[scope]\nexcluded-jobs = [\"*\"]\n");
    let strict = scene.repository.head();
    scene.must_be("skipped", "job.excluded");
    // The failing branch says something else; so does the default branch by now.
    scene.repository.git(["checkout", "--quiet", "-b", "lax"]);
    scene.repository.write(".github/self-heal.toml", "");
    scene.repository.commit("Break it, and allow everything");
    scene.repository.git(["branch", "--quiet", "--force", "main", "lax"]);
    scene.github.push(scene.repository.folder());
    scene.github.state().runs[0].head_branch = Some("lax".to_owned());
    scene.github.state().runs[0].head_sha = scene.repository.head();
    assert_eq!(scene.heal(&scene.workspace(), &[("GITHUB_SHA", &strict)]).1, "job.excluded");
    assert_eq!(scene.heal(&scene.workspace(), &[]).0, "healed", "at the tip everything is allowed");
    // A file of that name in the checkout is not the policy either.
    scene.repository.write("own.toml", "[scope]\nexcluded-jobs = [\"*\"]\n");
    scene.repository.commit("A policy of its own");
    scene.github.state().objects.ok(&["update-ref", "refs/heads/main", &strict]);
    let event = scene.github.event(scene.run);
    let step = Step::new(&machine, &scene.github, "explicit", &event);
    let ended = step.self_heal(["heal", "--policy", "own.toml"], &[AS_JOB]).must_end_with(2);
    assert!(ended.stderr().contains("there is no policy file own.toml on main"), "{}", ended.stderr());
}

#[test]
fn p14_a_job_is_known_by_the_name_that_github_shows() {
    let machine = Machine::new();
    let scene = Scene::with_policy(&machine, "[scope]\nallowed-jobs = [\"call / unit-test\"]\n");
    scene.must_be("skipped", "job.excluded");
    scene.github.state().runs[0].jobs[0].name = "call / unit-test (3.12)".to_owned();
    assert_ne!(scene.heal(&scene.workspace(), &[]).1, "job.excluded");
}

#[test]
fn a_job_that_the_policy_leaves_out_does_not_take_the_place_of_another() {
    let machine = Machine::new();
    let scene = Scene::with_policy(&machine, "[scope]\nexcluded-jobs = [\"deploy\"]\n");
    let mut other = scene.github.state().runs[0].jobs[0].clone();
    (other.id, other.name) = (1, "deploy".to_owned());
    scene.github.state().runs[0].jobs.insert(0, other);
    assert_eq!(scene.heal(&scene.workspace(), &[]).0, "healed");
}

#[test]
fn p21_a_run_whose_jobs_are_not_there_yet_is_waited_for() {
    let machine = Machine::new();
    let scene = Scene::new(&machine);
    scene.github.fail("GET", "/jobs", 404, "Not Found", 1);
    assert_eq!(scene.heal(&scene.workspace(), &[]).0, "healed");
}

#[test]
fn a_run_is_found_by_its_number_alone() {
    let machine = Machine::new();
    let scene = Scene::new(&machine);
    let dispatched: Value = json!({ "inputs": { "run-id": scene.run.to_string() }, "ref": "refs/heads/main" });
    assert_eq!(scene.heal_event(&dispatched.to_string(), &scene.workspace(), &[]).0, "healed");
}

#[test]
fn github_being_broken_or_closed_is_said_in_one_sentence() {
    let machine = Machine::new();
    let scene = Scene::new(&machine);
    let event = scene.github.event(scene.run);
    for (status, message, sentence) in [
        (401, "Bad credentials", "does not accept the token (401)"),
        (403, "Resource not accessible by integration", "add `contents: read` under the job's `permissions:`"),
        (500, "Server Error", "GitHub has a problem of its own (500)"),
    ] {
        scene.github.fail("GET", "/git/", status, message, 9);
        let step = Step::new(&machine, &scene.github, "heal", &event);
        let ended =
            step.self_heal(["heal", "--workspace", &scene.workspace().to_string_lossy()], &[AS_JOB]).must_end_with(1);
        let said = ended.stderr();
        let said: Vec<&str> = said.lines().filter(|line| !line.starts_with("::add-mask::")).collect();
        assert!(said.len() == 1 && said[0].contains(sentence), "{said:#?}");
        scene.github.state().faults.clear();
    }
}
