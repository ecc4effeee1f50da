//! What earlier runs left at GitHub, and what `heal` makes of it: attempts, refusals, and whoever asks.

use std::cell::Cell;
use std::path::Path;

use super::contract::held_against_the_description;
use super::gate::Scene;
use super::publish::{MENDED, Stage, must_end};
use super::support::bundle::Bundle;
use super::support::github::zipped;
use super::support::machine::Machine;
use super::support::model::{FakeModel, KEY, Say};
use super::support::project::{Answer, Project};

/// The path of the workflow that every step of the tests is in.
const OWN: &str = ".github/workflows/self-heal.yml";

/// A project that only a model heals.
const PYTHON: &str = "python-unittest-name";

const HOURS_30_DAYS: i64 = 30 * 24;

/// One more run of a workflow, which has uploaded a bundle for the failure.
fn tried(scene: &Scene<'_>, workflow: &str, name: &str, hours_ago: i64) -> u64 {
    let run = scene.github.run_of(workflow);
    scene.github.upload(run, name, hours_ago, &[("bundle.json", b"{}")])
}

#[test]
fn p2_a_failure_that_three_runs_have_tried_is_left_to_a_person() {
    let machine = Machine::new();
    let scene = Scene::new(&machine);
    let name = format!("self-heal-{}", scene.fingerprint());
    tried(&scene, OWN, &name, 700);
    let expired = tried(&scene, OWN, &name, 30);
    scene.github.change_upload(expired, |upload| upload.expired = true);
    tried(&scene, OWN, &name.replace("self-heal-", "self-heal-skipped-"), 1);
    tried(&scene, OWN, &name, HOURS_30_DAYS + 1);
    assert_eq!(scene.heal(&scene.workspace(), &[]).0, "healed", "two tries count");
    // This very run has uploaded before: it is run again.
    scene.github.upload(super::support::step::OWN_RUN, &name, 0, &[]);
    assert_eq!(scene.heal(&scene.workspace(), &[]).0, "healed");
    tried(&scene, OWN, &name, 0);
    scene.must_be("skipped", "attempts.spent");
}

#[test]
fn t14_an_artifact_of_somebody_else_s_run_is_no_attempt() {
    let machine = Machine::new();
    let scene = Scene::new(&machine);
    let name = format!("self-heal-{}", scene.fingerprint());
    for _ in 0..3 {
        tried(&scene, ".github/workflows/ci.yml", &name, 1);
        let of_fork = tried(&scene, OWN, &name, 1);
        scene.github.state().runs.last_mut().expect("a run").head_repository = Some("eve/adder".to_owned());
        scene.github.change_upload(of_fork, |upload| upload.of_fork = true);
        // The list says that it is ours, and its run says that it is not.
        tried(&scene, OWN, &name, 1);
        scene.github.state().runs.last_mut().expect("a run").head_repository = Some("eve/adder".to_owned());
        // Its run is gone.
        scene.github.upload(1, &name, 1, &[]);
    }
    assert_eq!(scene.heal(&scene.workspace(), &[]).0, "healed");
}

#[test]
fn t14_very_many_runs_are_not_all_asked_about() {
    let machine = Machine::new();
    let scene = Scene::new(&machine);
    let name = format!("self-heal-{}", scene.fingerprint());
    for _ in 0..150 {
        tried(&scene, ".github/workflows/ci.yml", &name, 1);
    }
    scene.github.state().exchanges.clear();
    scene.must_be("skipped", "attempts.spent");
    let asked = scene.github.state().exchanges.len();
    assert!(asked < 100, "{asked} questions");
}

#[test]
fn t16_a_person_s_pull_request_from_a_branch_of_our_name_is_not_ours() {
    let machine = Machine::new();
    let scene = Scene::new(&machine);
    let fix = format!("self-heal/main/{}", scene.fingerprint());
    scene.github.open_pull(&fix, "main");
    scene.github.state().pulls[0].open = false;
    assert_eq!(scene.heal(&scene.workspace(), &[]).0, "healed", "a person has closed a pull request of their own");
    // Three open ones are the limit, and none of these is ours.
    for number in 0..3 {
        scene.github.open_pull(&format!("self-heal/main/x-{number}"), "main");
    }
    assert_eq!(scene.heal(&scene.workspace(), &[]).0, "healed");
    for pull in &mut scene.github.state().pulls {
        pull.user = "github-actions[bot]".to_owned();
    }
    scene.must_be("skipped", "rejected");
    scene.github.state().pulls[0].merged = true;
    scene.must_be("skipped", "pull-requests.open");
}

#[test]
fn t16_where_github_does_not_say_who_we_are_a_bot_s_count_and_a_person_s_do_not() {
    let machine = Machine::new();
    let scene = Scene::new(&machine);
    scene.github.state().left.viewer = None;
    let fix = format!("self-heal/main/{}", scene.fingerprint());
    scene.github.open_pull(&fix, "main");
    scene.github.state().pulls[0].open = false;
    assert_eq!(scene.heal(&scene.workspace(), &[]).0, "healed");
    scene.github.state().pulls[0].user = "acme-heal[bot]".to_owned();
    scene.must_be("skipped", "rejected");
}

#[test]
fn t16_with_a_person_s_own_token_that_person_s_pull_requests_are_ours() {
    let machine = Machine::new();
    let scene = Scene::new(&machine);
    scene.github.state().left.viewer = Some(("octocat".to_owned(), 583_231));
    scene.github.open_pull(&format!("self-heal/main/{}", scene.fingerprint()), "main");
    scene.github.state().pulls[0].open = false;
    scene.must_be("skipped", "rejected");
}

#[test]
fn t17_who_may_not_write_gets_rules_only() {
    let machine = Machine::new();
    let scene = Scene::new(&machine);
    let by = |actor: &str, again: &str| {
        let run = &mut scene.github.state().runs[0];
        (run.actor, run.triggering_actor) = (actor.to_owned(), again.to_owned());
    };
    by("eve", "octocat");
    scene.must_be("reported", "actor.no-write");
    by("octocat", "eve");
    scene.must_be("reported", "actor.no-write");
    by("stranger[bot]", "stranger[bot]");
    scene.must_be("reported", "actor.no-write");
    by("dependabot[bot]", "octocat");
    scene.must_be("reported", "actor.bot");
    by("octocat", "github-actions[bot]");
    assert_eq!(scene.heal(&scene.workspace(), &[]).0, "healed");
    by("octocat", "octocat");
    scene.github.fail("GET", "/permission", 403, "Resource not accessible by integration", 9);
    scene.must_be("reported", "actor.unknown");
}

#[test]
fn github_closed_to_artifacts_is_said_with_the_permission() {
    let machine = Machine::new();
    let scene = Scene::new(&machine);
    for (status, message, sentence) in [
        (403, "Resource not accessible by integration", "actions: read"),
        (404, "Not Found", "actions: read"),
        (410, "Gone", "no longer keeps it"),
    ] {
        scene.github.fail("GET", "/actions/artifacts", status, message, 1);
        let said = scene.broken();
        assert!(said.contains("list the artifacts") && said.contains(sentence), "{status}: {said}");
        scene.github.state().faults.clear();
    }
}

/// A price for the model that is asked: a call may cost some ten cents.
const PRICED: &str = "[model]\nprices = { m = { input = 10.0, output = 10.0 } }\n";

/// A bundle that has cost something.
fn cost(usd: &str) -> String {
    format!(r#"{{"schema":"self-heal/bundle/v1","model_calls":2,"cost_usd":{usd}}}"#)
}

/// A failure that a model could mend, and what was spent before anybody asked it.
struct Spending<'m> {
    scene: Scene<'m>,
    fingerprint: String,
    asked: Cell<u32>,
}

impl<'m> Spending<'m> {
    fn new(machine: &'m Machine, budget: &str) -> Self {
        let scene = Scene::of_project(machine, PYTHON, &format!("{PRICED}{budget}"));
        let fingerprint = scene.fingerprint();
        Self { scene, fingerprint, asked: Cell::new(0) }
    }

    /// A run of our own workflow that has uploaded a bundle.
    fn spent(&self, name: &str, hours_ago: i64, bundle: &str) -> u64 {
        let run = self.scene.github.run_of(OWN);
        self.scene.github.upload(run, name, hours_ago, &[("bundle.json", bundle.as_bytes()), ("log.txt.gz", b"x")])
    }

    /// Outcome, reason and audit of `heal`, and how often the model was asked.
    fn heal(&self) -> (String, String, String, usize) {
        let fake = FakeModel::saying([Say::Text("I do not know".to_owned()), Say::Text("Still not".to_owned())]);
        self.asked.set(self.asked.get() + 1);
        let name = format!("asks-{}", self.asked.get());
        let (outputs, audit) = self.scene.heal_by_model(&name, &fake.base_url(), KEY);
        let told = |name: &str| outputs.get(name).cloned().unwrap_or_default();
        (told("outcome"), told("reason"), audit, fake.asked().len())
    }

    /// The model is asked, and gives no answer that can be read.
    #[track_caller]
    fn must_ask(&self) -> String {
        let (outcome, reason, audit, asked) = self.heal();
        assert_eq!((outcome.as_str(), reason.as_str(), asked), ("model_failed", "answer.prose", 2), "{audit}");
        audit
    }

    /// Nothing is sent.
    #[track_caller]
    fn must_not_ask(&self, reason: &str) -> String {
        let (outcome, stopped, audit, asked) = self.heal();
        assert_eq!((outcome.as_str(), stopped.as_str(), asked), ("over_budget", reason, 0), "{audit}");
        audit
    }
}

#[test]
fn p2_what_was_spent_on_one_failure_is_added_up_from_the_bundles() {
    let machine = Machine::new();
    let spending = Spending::new(&machine, "[attempts]\nper-failure = 50\n");
    let (name, proposed) =
        (format!("self-heal-{}", spending.fingerprint), format!("self-heal-proposed-{}", spending.fingerprint));
    spending.spent(&name, 100, &cost("0.75"));
    spending.spent(&proposed, 90, &cost("0.75"));
    // Of another failure, or told a second time.
    spending.spent("self-heal-another", 90, &cost("9.0"));
    spending.spent(&name.replace("self-heal-", "self-heal-validated-"), 90, &cost("9.0"));
    let audit = spending.must_ask();
    assert!(audit.contains("$1.5000"), "{audit}");
    spending.spent(&name, 80, &cost("0.49"));
    spending.must_not_ask("usd.per-pull-request");
}

#[test]
fn p2_what_was_spent_in_a_day_is_added_up_over_all_failures() {
    let machine = Machine::new();
    let spending = Spending::new(&machine, "");
    spending.spent("self-heal-one", 23, &cost("4.75"));
    spending.spent("self-heal-proposed-two", 1, &cost("4.75"));
    spending.spent("self-heal-three", 25, &cost("9.0"));
    let audit = spending.must_ask();
    assert!(audit.contains("$9.5000"), "{audit}");
    spending.spent("self-heal-four", 2, &cost("0.49"));
    spending.must_not_ask("usd.per-day");
    let seen = held_against_the_description(&spending.scene.github.state().exchanges);
    assert!(seen.contains("get /repos/{owner}/{repo}/actions/artifacts/{artifact_id}/{archive_format}"), "{seen:?}");
}

#[test]
fn t14_what_others_uploaded_was_not_spent_by_us() {
    let machine = Machine::new();
    let spending = Spending::new(&machine, "");
    let other = spending.scene.github.run_of(".github/workflows/ci.yml");
    spending.scene.github.upload(other, "self-heal-one", 1, &[("bundle.json", cost("99.0").as_bytes())]);
    let fork = spending.spent("self-heal-two", 1, &cost("99.0"));
    spending.scene.github.change_upload(fork, |upload| upload.of_fork = true);
    let audit = spending.must_ask();
    assert!(audit.contains("$0.0000"), "{audit}");
}

#[test]
fn a_bundle_that_cannot_be_read_counts_as_the_most_that_a_run_may_spend() {
    let machine = Machine::new();
    let spending = Spending::new(&machine, "");
    let github = &spending.scene.github;
    spending.spent("self-heal-1", 1, "{\"schema\":\"self-heal/bundle/v9\"}");
    spending.spent("self-heal-2", 1, &cost("null"));
    spending.spent("self-heal-3", 1, &cost("-4"));
    let expired = spending.spent("self-heal-4", 1, &cost("0.0"));
    github.change_upload(expired, |upload| upload.expired = true);
    let huge = spending.spent("self-heal-5", 1, &cost("0.0"));
    github.change_upload(huge, |upload| upload.size_told = Some(1 << 30));
    let broken = spending.spent("self-heal-6", 1, &cost("0.0"));
    github.change_upload(broken, |upload| upload.zip.truncate(20));
    let hostile = spending.spent("self-heal-7\n::error::\u{202e}", 1, &cost("0.0"));
    github.change_upload(hostile, |upload| upload.zip = zipped(&[("a/b", b""), ("deep/bundle.json", b"[]")]));
    let endless = spending.spent("self-heal-8", 1, &cost("0.0"));
    github.change_upload(endless, |upload| upload.zip = zipped(&[("bundle.json", &vec![b' '; 2 << 20])]));
    let audit = spending.must_ask();
    assert!(audit.contains("$4.0000"), "eight times 50 cents: {audit}");
}

#[test]
fn where_earlier_spending_may_not_be_read_the_run_s_own_cap_holds_and_the_audit_says_so() {
    let machine = Machine::new();
    let spending = Spending::new(&machine, "");
    spending.spent("self-heal-one", 1, &cost("99.0"));
    // The gate has asked for the artifacts of this failure by then.
    spending.scene.github.fail("GET", "/actions/artifacts/", 403, "Resource not accessible by integration", 9);
    let audit = spending.must_ask();
    assert!(audit.contains("usd.unknown") && audit.contains("actions: read"), "{audit}");
    spending.scene.github.state().faults.clear();
    spending.scene.github.fail("GET", "/actions/artifacts/", 500, "Server Error", 9);
    spending.must_not_ask("usd.unknown");
}

#[test]
fn on_a_laptop_what_was_spent_is_kept_beside_the_bundles() {
    let machine = Machine::new();
    let repository = Project::named(PYTHON).lay_out(&machine);
    let policy = machine.folder().join("policy.toml");
    let run = |limit: f64| {
        let text = format!("{PRICED}[budget]\nusd-per-pull-request = {limit:?}\n");
        std::fs::write(&policy, text).expect("write the policy");
        let fake = FakeModel::saying([Say::Text("I do not know".to_owned()), Say::Text("Still not".to_owned())]);
        let (workspace, policy) = (repository.folder().to_string_lossy(), policy.to_string_lossy());
        let command = Project::named(PYTHON).case.command;
        let words: Vec<&str> = ["run", "--yes", "--model", "openai/m", "--base-url"].into();
        let base_url = fake.base_url();
        let rest = [&base_url, "--workspace", &workspace, "--policy", &policy, "--", "sh", "-c", &command];
        let program = machine.self_heal(words.into_iter().chain(rest)).variable("OPENAI_API_KEY", KEY);
        let ended = program.run();
        (ended.code, fake.asked().len(), format!("{}{}", ended.stdout(), ended.stderr()))
    };
    let (code, asked, said) = run(2.0);
    assert_eq!((code, asked), (Some(20), 2), "{said}");
    let kept = std::fs::read_to_string(repository.folder().join(".git/self-heal/spent.jsonl")).expect("a line");
    let line: serde_json::Value = serde_json::from_str(&kept).expect("one line of JSON");
    let (code, asked, said) = run(line["usd"].as_f64().expect("what it has cost") + 0.001);
    assert_eq!((code, asked), (Some(19), 0), "{said}");
    assert!(said.contains("usd-per-pull-request"), "{said}");
}

/// A failure on a release branch that was mended on `main` before; the workspace is at the release branch.
fn mended_on_main(scene: &Scene<'_>, trailer: &str) {
    scene.repository.git(["branch", "--quiet", "release/1"]);
    Project::named(PYTHON).apply(Answer::Right, &scene.repository);
    scene.repository.commit(&format!("fix: mend it (#7)\n\nWhy.\n\n{trailer}"));
    scene.repository.git(["checkout", "--quiet", "release/1"]);
    scene.github.push(scene.repository.folder());
    let run = &mut scene.github.state().runs[0];
    run.head_branch = Some("release/1".to_owned());
}

/// The rung that healed it.
#[track_caller]
fn must_be_remembered(scene: &Scene<'_>, workspace: &Path) {
    let (outputs, bundle) = scene.heal_to_bundle(workspace);
    assert_eq!((outputs["outcome"].as_str(), bundle["rung"].as_str()), ("healed", Some("remembered")), "{bundle:#}");
    assert_eq!(bundle["model_calls"], 0);
}

#[test]
fn t14_what_was_merged_on_main_heals_a_release_branch_without_a_model() {
    let machine = Machine::new();
    let scene = Scene::of_project(&machine, PYTHON, "");
    let trailer = format!("Self-heal-fingerprint: {}", scene.fingerprint());
    mended_on_main(&scene, &trailer);
    must_be_remembered(&scene, &scene.workspace());
    // A checkout without history asks GitHub (P20).
    let bare = format!("file://{}", scene.github.state().objects.folder().display());
    let shallow = machine.folder().join("shallow");
    let to = shallow.to_string_lossy().into_owned();
    scene.repository.git(["clone", "--quiet", "--depth=1", "--branch=release/1", &bare, &to]);
    scene.github.state().exchanges.clear();
    must_be_remembered(&scene, &shallow);
    let seen = held_against_the_description(&scene.github.state().exchanges);
    for operation in ["get /repos/{owner}/{repo}/commits", "get /repos/{owner}/{repo}/commits/{ref}"] {
        assert!(seen.contains(operation), "{seen:?}");
    }
}

#[test]
fn t14_what_was_not_merged_teaches_nothing() {
    let machine = Machine::new();
    let scene = Scene::of_project(&machine, PYTHON, "");
    let broken = scene.repository.head();
    mended_on_main(&scene, &format!("Self-heal-fingerprint: {}", scene.fingerprint()));
    // The same commit stands on a branch that nobody has merged, and on the failing branch itself.
    scene.repository.git(["branch", "--quiet", "evil", "main"]);
    scene.repository.git(["branch", "--quiet", "--force", "main", &broken]);
    scene.repository.git(["checkout", "--quiet", "evil"]);
    scene.repository.git(["revert", "--no-edit", "HEAD"]);
    scene.github.push(scene.repository.folder());
    {
        let run = &mut scene.github.state().runs[0];
        (run.head_branch, run.head_sha) = (Some("evil".to_owned()), scene.repository.head());
    }
    assert_eq!(scene.heal(&scene.workspace(), &[]).0, "no_patch");
    let bare = format!("file://{}", scene.github.state().objects.folder().display());
    let shallow = machine.folder().join("shallow");
    let to = shallow.to_string_lossy().into_owned();
    scene.repository.git(["clone", "--quiet", "--depth=1", "--branch=evil", &bare, &to]);
    assert_eq!(scene.heal(&shallow, &[]).0, "no_patch");
}

#[test]
fn an_earlier_fix_that_cannot_be_looked_for_is_no_reason_to_stop() {
    let machine = Machine::new();
    let scene = Scene::of_project(&machine, PYTHON, "");
    mended_on_main(&scene, &format!("Self-heal-fingerprint: {}", scene.fingerprint()));
    let bare = format!("file://{}", scene.github.state().objects.folder().display());
    let shallow = machine.folder().join("shallow");
    let to = shallow.to_string_lossy().into_owned();
    scene.repository.git(["clone", "--quiet", "--depth=1", "--branch=release/1", &bare, &to]);
    scene.github.fail("GET", "/adder/commits", 403, "Resource not accessible by integration", 9);
    assert_eq!(scene.heal(&shallow, &[]).0, "no_patch");
}

#[test]
fn t16_a_pull_request_that_a_person_has_opened_from_our_branch_is_not_written_in() {
    let machine = Machine::new();
    let stage = Stage::new(&machine);
    stage.approve("self-heal-low");
    must_end(&stage.publish(&stage.write(stage.healed()), &[]), 0, "published", "pull-request.opened");
    {
        let pull = &mut stage.github.state().pulls[0];
        (pull.user, pull.body) = ("octocat".to_owned(), "My own words.".to_owned());
    }
    stage.repository.write("app.py", MENDED.replace("str(a + b)", "f\"{a + b}\""));
    let better = stage.write(Bundle::healed(&stage.repository, stage.run));
    must_end(&stage.publish(&better, &[]), 0, "published", "pull-request.unchanged");
    let pulls = stage.github.state().pulls.clone();
    assert_eq!((pulls.len(), pulls[0].body.as_str()), (1, "My own words."));
}

#[test]
fn t17_nothing_is_published_of_a_run_that_somebody_without_write_access_started() {
    let machine = Machine::new();
    let stage = Stage::new(&machine);
    stage.approve("self-heal-low");
    stage.github.state().runs[0].triggering_actor = "eve".to_owned();
    must_end(&stage.publish(&stage.write(stage.healed()), &[]), 10, "reported", "actor.no-write");
    assert_eq!(stage.github.writes(), Vec::<String>::new());
}
