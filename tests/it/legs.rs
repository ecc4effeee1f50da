//! Runs of many jobs: matrix legs that are one incident, several incidents, and runs without any job.

use std::path::Path;

use serde_json::{Value, json};

use super::contract::held_against_the_description;
use super::gate;
use super::support::github::{FakeGithub, Job, TOKEN};
use super::support::machine::Machine;
use super::support::project::JOB;
use super::support::repository::Repository;
use super::support::step::Step;

/// A failed run that a test gives the jobs that it wants.
struct Scene<'m> {
    machine: &'m Machine,
    repository: Repository<'m>,
    github: FakeGithub,
    run: u64,
}

impl<'m> Scene<'m> {
    fn new(machine: &'m Machine, policy: &str) -> Self {
        let gate::Scene { machine, repository, github, run } = gate::Scene::with_policy(machine, policy);
        Self { machine, repository, github, run }
    }

    /// The jobs of the run: name and log, where `None` is the log of the one that it had.
    fn jobs(&self, jobs: &[(&str, Option<&str>)]) {
        let mut state = self.github.state();
        let like = state.runs[0].jobs[0].clone();
        let job = |(id, (name, log)): (u64, &(&str, Option<&str>))| Job {
            id,
            name: (*name).to_owned(),
            log: log.map_or_else(|| like.log.clone(), |log| log.as_bytes().to_vec()),
            ..like.clone()
        };
        state.runs[0].jobs = (1..).zip(jobs).map(job).collect();
    }

    fn heal(&self) -> Told {
        let step = Step::new(self.machine, &self.github, "heal", &self.github.event(self.run));
        let workspace = self.repository.folder().to_string_lossy().into_owned();
        let ended = step.self_heal(["heal", "--model", "none", "--workspace", &workspace], &[("GITHUB_TOKEN", TOKEN)]);
        let outputs = json!(step.outputs());
        assert!(outputs["outcome"].is_string(), "{}", ended.stderr());
        let bundles = step.runner_temp().join("self-heal");
        Told { outputs, summary: step.summary(), bundles, said: ended.stderr() }
    }
}

struct Told {
    outputs: Value,
    summary: String,
    bundles: std::path::PathBuf,
    said: String,
}

impl Told {
    #[track_caller]
    fn must_be(&self, outcome: &str, reason: &str) {
        let told = |name: &str| self.outputs[name].as_str().unwrap_or_default();
        assert_eq!((told("outcome"), told("reason")), (outcome, reason), "{}", self.said);
    }

    fn file(&self, name: &str) -> String {
        let folder = Path::new(self.outputs["bundle"].as_str().expect("a bundle"));
        std::fs::read_to_string(folder.join(name)).expect("a file of the bundle")
    }

    fn json(&self, name: &str) -> Value {
        serde_json::from_str(&self.file(name)).expect("JSON")
    }
}

const LOST: &str = "##[group]Run curl -fsS https://example.com\n##[endgroup]\ncurl: (6) Could not resolve host: example.com\n##[error]Process completed with exit code 6.\n";
const OTHER: &str = "##[group]Run pytest -q\n##[endgroup]\n=== FAILURES ===\n___ test_a ___\nE   AssertionError: assert 1 == 2\ntest_a.py:3: AssertionError\n=== short test summary info ===\nFAILED test_a.py::test_a - AssertionError: assert 1 == 2\n##[error]Process completed with exit code 1.\n";

#[test]
fn matrix_legs_that_fail_the_same_way_are_one_incident() {
    let machine = Machine::new();
    let scene = Scene::new(&machine, "[attempts]\nincidents-per-run = 5\n");
    scene.jobs(&[("check (3.12)", None), ("check (3.13)", None), ("lint", None)]);
    let told = scene.heal();
    told.must_be("healed", "proven");
    assert_eq!(std::fs::read_dir(&told.bundles).expect("bundles").count(), 1);
    let failure = told.json("failure.json");
    assert_eq!(failure["job"], "check (3.12)");
    assert_eq!(failure["jobs"], json!(["check (3.12)", "check (3.13)", "lint"]));
    let schema = serde_json::from_str(include_str!("../../fixtures/schemas/failure.v1.json")).expect("a schema");
    jsonschema::validate(&schema, &failure).expect("it meets its schema");
    let evidence = failure["evidence"].as_array().expect("evidence");
    let jobs: Vec<_> = evidence.iter().filter_map(|line| line["job"].as_str()).collect();
    assert!(jobs.contains(&"check (3.13)") && jobs.last() == Some(&"lint"), "{jobs:?}");
    assert!(told.summary.contains("- the same in: `check (3.13)`, `lint`\n"), "{}", told.summary);
    assert!(told.file("audit.jsonl").contains("fingerprint.same"));
}

#[test]
fn each_incident_of_a_run_has_a_bundle_of_its_own_and_the_outputs_are_the_first_ones() {
    let machine = Machine::new();
    let scene = Scene::new(&machine, "[attempts]\nincidents-per-run = 2\n");
    scene.jobs(&[("lost", Some(LOST)), ("check (3.12)", None), ("test", Some(OTHER)), ("check (3.13)", None)]);
    let told = scene.heal();
    told.must_be("healed", "proven");
    assert_eq!(std::fs::read_dir(&told.bundles).expect("bundles").count(), 2);
    assert_eq!(told.summary.matches("## self-heal: ").count(), 2);
    assert!(told.summary.contains("- job: `test`\n"), "{}", told.summary);
    let audit = told.file("audit.jsonl");
    assert!(audit.contains("left for another run") && audit.contains("\"lost\""), "the third is named: {audit}");
}

#[test]
fn a_job_with_bad_luck_among_others_is_left_to_a_person() {
    let machine = Machine::new();
    let scene = Scene::new(&machine, "[attempts]\nincidents-per-run = 2\n");
    scene.jobs(&[("lost", Some(LOST)), ("check", None)]);
    scene.heal().must_be("healed", "proven");
    let bundles = std::fs::read_dir(machine.folder().join("runner-temp/self-heal")).expect("bundles");
    let read = |entry: std::io::Result<std::fs::DirEntry>| {
        std::fs::read_to_string(entry.expect("a bundle").path().join("bundle.json")).expect("a bundle")
    };
    assert!(bundles.map(read).any(|bundle| bundle.contains("\"rerun.not-transient\"")));
}

/// Calls the shared workflow as one of another repository; the fake knows no other.
const CALLING: &str = "on: [push]\njobs:\n  call: { uses: octo-org/adder/.github/workflows/shared.yml@main }\n";

#[test]
fn p13_p14_a_job_of_a_workflow_elsewhere_is_read_where_the_token_may() {
    let machine = Machine::new();
    let scene = Scene::new(&machine, "");
    let workflow = scene.repository.read(".github/workflows/ci.yml");
    scene.repository.write(".github/workflows/shared.yml", workflow);
    scene.repository.write(".github/workflows/ci.yml", CALLING);
    scene.repository.commit("Call a workflow");
    scene.github.push(scene.repository.folder());
    scene.github.state().runs[0].head_sha = scene.repository.head();
    scene.jobs(&[("call / check", None)]);
    let told = scene.heal();
    told.must_be("healed", "proven");
    assert_eq!(told.json("failure.json")["reproduce"]["from"], "workflow");
    let seen = held_against_the_description(&scene.github.state().exchanges);
    assert!(seen.contains("get /repos/{owner}/{repo}/contents/{path}"));
    scene.github.fail("GET", "/contents/", 404, "Not Found", 9);
    let told = scene.heal();
    told.must_be("reported", "workflow.elsewhere");
    let sentence = told.json("bundle.json")["sentence"].to_string();
    assert!(sentence.contains("octo-org/adder/.github/workflows/shared.yml@main"), "{sentence}");
    assert!(sentence.contains("--command"), "{sentence}");
}

#[test]
fn p15_only_a_run_that_deploys_nothing_again_is_started_again() {
    let machine = Machine::new();
    let scene = Scene::new(&machine, "");
    scene.jobs(&[(JOB, Some(LOST))]);
    scene.heal().must_be("rerun", "transient");
    let workflow = scene.repository.read(".github/workflows/ci.yml");
    let deploy = "  deploy:\n    needs: check\n    environment: production\n    steps: [{ run: make deploy }]\n";
    scene.repository.write(".github/workflows/ci.yml", format!("{workflow}{deploy}"));
    scene.repository.commit("Deploy");
    scene.github.push(scene.repository.folder());
    scene.github.state().runs[0].head_sha = scene.repository.head();
    scene.heal().must_be("reported", "rerun.environment");
    scene.jobs(&[("another name", Some(LOST))]);
    scene.heal().must_be("reported", "rerun.workflow-unread");
}

#[test]
fn p23_a_run_without_jobs_is_reported_with_githubs_own_words() {
    let machine = Machine::new();
    let scene = Scene::new(&machine, "");
    scene.jobs(&[]);
    scene.github.state().runs[0].conclusion = "startup_failure".to_owned();
    let note = "You have an error in your yaml syntax on line 7\n::error::<img src=x> `forged` @team";
    scene.github.state().annotations = vec![note.to_owned()];
    let told = scene.heal();
    told.must_be("reported", "workflow.not-started");
    assert_eq!(
        (&told.outputs["kind"], &told.outputs["class"]),
        (&json!("workflow_error"), &json!("environment_policy"))
    );
    assert!(told.json("bundle.json")["sentence"].as_str().is_some_and(|text| text.contains("yaml syntax on line 7")));
    assert!(!told.summary.contains("\n::error") && !told.summary.contains("@team\n"), "{}", told.summary);
    assert_eq!(told.json("failure.json")["kind"], "workflow_error");
    scene.github.fail("GET", "/check-suites/", 403, "Resource not accessible by integration", 9);
    let told = scene.heal();
    told.must_be("reported", "workflow.not-started");
    assert!(told.json("bundle.json")["sentence"].as_str().is_some_and(|text| text.contains("checks: read")));
}

#[test]
fn a_run_of_256_jobs_is_read_within_limits_and_the_rest_is_named() {
    let machine = Machine::new();
    let scene = Scene::new(&machine, "");
    let names: Vec<String> = (0..256).map(|leg| format!("check ({leg})")).collect();
    scene.jobs(&names.iter().map(|name| (name.as_str(), None)).collect::<Vec<_>>());
    let told = scene.heal();
    told.must_be("healed", "proven");
    let state = scene.github.state();
    let logs = state.exchanges.iter().filter(|exchange| exchange.path.ends_with("/logs")).count();
    let pages = state.exchanges.iter().filter(|exchange| exchange.path.ends_with("/jobs")).count();
    assert_eq!((logs, pages), (16, 3));
    let audit = told.file("audit.jsonl");
    assert!(audit.contains("log.unread") && audit.contains("check (255)"));
    assert!(told.summary.contains("`check (8)` and 7 more\n"), "{}", told.summary);
}

#[test]
fn a_name_of_any_kind_stays_on_its_line() {
    let machine = Machine::new();
    let scene = Scene::new(&machine, "");
    let hostile = format!("größe \u{202e}\n::error::x\r\noutcome=healed {}", "long ".repeat(2_000));
    scene.jobs(&[(&hostile, None), ("check\u{0}", None)]);
    let told = scene.heal();
    assert!(told.outputs["outcome"].is_string(), "{}", told.said);
    assert!(told.outputs["job"].as_str().is_some_and(|job| job.len() < 600 && !job.contains('\n')));
    assert!(!told.summary.contains("\n::error") && !told.summary.contains("\noutcome="), "{}", told.summary);
    for line in told.file("audit.jsonl").lines() {
        serde_json::from_str::<Value>(line).expect("each record is one line");
    }
    assert!(told.said.lines().all(|line| !line.trim_start().starts_with("::error")), "{}", told.said);
}

#[test]
fn a_job_without_steps_and_a_log_that_is_gone_are_no_stop() {
    let machine = Machine::new();
    let scene = Scene::new(&machine, "");
    scene.jobs(&[("check (3.12)", None), ("check (3.13)", None)]);
    for job in &mut scene.github.state().runs[0].jobs {
        job.steps.clear();
    }
    scene.github.fail("GET", "/actions/jobs/1/logs", 410, "Gone", 9);
    scene.github.fail("GET", "/attempts/1/logs", 410, "Gone", 9);
    let told = scene.heal();
    assert_eq!(told.outputs["job"], "check (3.13)");
    assert!(told.file("audit.jsonl").contains("log.unread"));
}

#[test]
fn a_log_that_is_gone_is_read_from_the_attempts_archive() {
    let machine = Machine::new();
    let scene = Scene::new(&machine, "");
    scene.github.fail("GET", "/actions/jobs/", 410, "Gone", 99);
    let told = scene.heal();
    assert_eq!(told.outputs["outcome"], "healed");
    assert!(!told.file("audit.jsonl").contains("log.unread"));
}

#[test]
fn a_run_of_which_no_log_is_left_is_reported() {
    let machine = Machine::new();
    let scene = Scene::new(&machine, "");
    scene.github.fail("GET", "/logs", 410, "Gone", 99);
    let told = scene.heal();
    assert_eq!(
        (told.outputs["outcome"].as_str(), told.outputs["reason"].as_str()),
        (Some("reported"), Some("log.expired")),
        "{}",
        told.said
    );
    assert!(told.summary.contains("run it again for a fresh one"), "{}", told.summary);
}
