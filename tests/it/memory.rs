//! What earlier runs left at GitHub, and what `heal` makes of it: attempts, refusals, and whoever asks.

use super::gate::Scene;
use super::support::machine::Machine;

/// The path of the workflow that every step of the tests is in.
const OWN: &str = ".github/workflows/self-heal.yml";

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
