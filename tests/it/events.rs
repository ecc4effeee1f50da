//! What starts us, in every shape that it may come in: large, broken, half empty, of a run that is still going, by hand.

use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::gate::Scene;
use super::support::github::{FakeGithub, TOKEN};
use super::support::machine::Machine;
use super::support::project::Project;
use super::support::step::Step;

/// GitHub sends no larger payload.
const PAYLOAD_BYTES_MAX: usize = 25 << 20;

/// On two busy cores, without optimisation; it takes a tenth of that alone.
const READ_SECONDS_MAX: u64 = 30;

#[test]
fn a_payload_of_25_mb_is_read() {
    let machine = Machine::new();
    let scene = Scene::new(&machine);
    let mut event: Value = serde_json::from_str(&scene.github.event(scene.run)).expect("an event");
    let room = PAYLOAD_BYTES_MAX - event.to_string().len();
    event["workflow_run"]["head_commit"]["message"] = json!("x\u{1}".repeat(room / 7));
    assert!(event.to_string().len() > PAYLOAD_BYTES_MAX * 9 / 10);
    let begun = Instant::now();
    assert_eq!(scene.heal_event(&event.to_string(), &scene.workspace(), &[]).0, "healed");
    assert!(begun.elapsed() < Duration::from_secs(READ_SECONDS_MAX), "{:?}", begun.elapsed());
}

#[test]
fn a_payload_that_is_cut_off_or_no_text_is_a_usage_error_with_the_mend() {
    let machine = Machine::new();
    let scene = Scene::new(&machine);
    let event = scene.github.event(scene.run);
    let utf_16: Vec<u8> = "\u{feff}".encode_utf16().chain(event.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let binary: Vec<u8> = (0..=255).cycle().take(100_000).collect();
    let deep = "[".repeat(100_000).into_bytes();
    for payload in [event.as_bytes()[..event.len() / 2].to_vec(), utf_16, binary, deep] {
        let file = machine.folder().join("event.json");
        std::fs::write(&file, &payload).expect("write the event");
        let ended = machine.self_heal(["heal"]).variable("GITHUB_EVENT_PATH", &file).run().must_end_with(2);
        let said = ended.stderr();
        assert!(said.contains("is no JSON object") && said.contains("`run-id` or `log`"), "{said}");
        assert_eq!(said.lines().count(), 1, "{said}");
    }
}

#[test]
fn nulls_wherever_they_may_be_are_no_stop() {
    let machine = Machine::new();
    let scene = Scene::new(&machine);
    let mut event: Value = serde_json::from_str(&scene.github.event(scene.run)).expect("an event");
    let needed = ["id", "head_sha", "path", "head_branch", "head_repository", "conclusion"];
    let names: Vec<String> = event["workflow_run"].as_object().expect("a run").keys().cloned().collect();
    for name in names.iter().filter(|name| !needed.contains(&name.as_str())) {
        event["workflow_run"][name.as_str()] = Value::Null;
    }
    for name in ["action", "sender", "workflow", "organization", "installation"] {
        event[name] = Value::Null;
    }
    assert_eq!(scene.heal_event(&event.to_string(), &scene.workspace(), &[]).0, "healed");
}

#[test]
fn an_id_that_no_run_can_have_is_told() {
    let machine = Machine::new();
    for (id, sentence) in [
        ("0", "run-id is `0`"),
        ("-5", "run-id is `-5`"),
        ("99999999999999999999", "run-id is `99999999999999999999`"),
        ("5; echo", "run-id is `5; echo`"),
    ] {
        let heal = machine.self_heal(["heal", "--repo", "octo-org/adder"]).variable("SELF_HEAL_RUN_ID", id);
        let said = heal.run().must_end_with(2).stderr();
        assert!(said.contains(sentence) && said.contains("give a whole number"), "{said}");
    }
}

#[test]
fn a_run_that_is_still_going_is_skipped() {
    let machine = Machine::new();
    let scene = Scene::new(&machine);
    scene.github.state().runs[0].conclusion = String::new();
    let dispatched = json!({ "inputs": { "run-id": scene.run.to_string() }, "ref": "refs/heads/main" });
    let ended = scene.heal_event(&dispatched.to_string(), &scene.workspace(), &[]);
    assert_eq!(ended, ("skipped".to_owned(), "run.not-failed".to_owned()));
}

#[test]
fn a_run_of_another_repository_is_not_read() {
    let machine = Machine::new();
    let scene = Scene::new(&machine);
    let step = Step::new(&machine, &scene.github, "heal", "{}");
    let (run, workspace) = (scene.run.to_string(), scene.workspace());
    let arguments = ["heal", "--run-id", &run, "--workspace", &workspace.to_string_lossy()];
    // The fake knows one repository, as a job's token does; the others are not found.
    scene.github.fail("GET", "/actions/runs/", 403, "Resource not accessible by integration", 1);
    let ended = step.self_heal(arguments, &[("GITHUB_TOKEN", TOKEN)]).must_end_with(1);
    assert!(ended.stderr().contains(&format!("read run {run} of octo-org/adder")), "{}", ended.stderr());
    assert!(ended.stderr().contains("`actions: read`"), "{}", ended.stderr());
}

#[test]
fn a_run_that_is_dispatched_by_its_number_is_healed_and_with_dry_run_nothing_is_published() {
    let machine = Machine::new();
    let scene = Scene::new(&machine);
    let event = json!({ "inputs": { "run-id": scene.run.to_string(), "dry-run": "true" }, "ref": "refs/heads/main" });
    let (heal, workspace) = (Step::new(&machine, &scene.github, "heal", &event.to_string()), scene.workspace());
    let variables =
        [("GITHUB_TOKEN", TOKEN), ("GITHUB_EVENT_NAME", "workflow_dispatch"), ("SELF_HEAL_DRY_RUN", "true")];
    let arguments = ["heal", "--model", "none", "--workspace", &workspace.to_string_lossy()];
    let ended = heal.self_heal(arguments, &variables);
    let told = heal.outputs();
    assert_eq!((told["outcome"].as_str(), told["dry-run"].as_str()), ("healed", "true"), "{}", ended.stderr());
    let tier = format!("self-heal-{}", told["risk-tier"]);
    scene.github.approve(super::support::step::OWN_RUN, &tier, "approved", "octocat");
    // The bundle itself says that it is a dry run: nobody has to say so twice.
    let publish = Step::new(&machine, &scene.github, "publish", &event.to_string());
    let arguments = ["publish", "--bundle", &told["bundle"], "--bundle-sha256", &told["bundle-sha256"]];
    let ended = publish.self_heal(arguments, &[("GITHUB_TOKEN", TOKEN)]);
    let told = publish.outputs();
    assert_eq!((told["outcome"].as_str(), told["reason"].as_str()), ("healed", "dry-run"), "{}", ended.stderr());
    assert_eq!(scene.github.writes(), Vec::<String>::new());
}

/// Container jobs run as root over a checkout that the runner's own user made.
#[test]
fn p22_a_checkout_of_another_owner_is_read_like_ones_own() {
    let machine = Machine::new();
    let project = Project::named("python-ruff-format");
    let repository = project.lay_out(&machine);
    let log = project.job_log(&machine, &repository);
    repository.git(["clean", "--quiet", "--force", "-dx"]);
    let github = FakeGithub::start(&machine, &repository);
    let run = github.failed_run("main", "check", &format!("Run {}", project.case.command), &log);
    // Git's own switch for its tests: every folder is somebody else's.
    let programs = machine.folder().join("bin");
    std::fs::create_dir(&programs).expect("a folder");
    let own_git = programs.join("git");
    let script = "#!/bin/sh\nGIT_TEST_ASSUME_DIFFERENT_OWNER=1 PATH=\"${PATH#*:}\" exec git \"$@\"\n";
    write_program(&own_git, script);
    let path = std::env::var("PATH").expect("a search path");
    let tools = super::support::machine::tools().join("python/bin");
    let path = format!("{}:{}:{path}", programs.display(), tools.display());
    let plain = machine.program(&own_git.to_string_lossy(), ["status"]).variable("PATH", &path);
    let plain = plain.directory(repository.folder()).run();
    assert!(plain.stderr().contains("dubious ownership"), "{}", plain.stderr());
    let step = Step::new(&machine, &github, "heal", &github.event(run));
    let arguments = ["heal", "--model", "none", "--workspace", &repository.folder().to_string_lossy()];
    let ended = step.self_heal(arguments, &[("GITHUB_TOKEN", TOKEN), ("PATH", &path)]);
    assert_eq!(step.outputs()["outcome"], "healed", "{}", ended.stderr());
}

fn write_program(path: &Path, text: &str) {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::write(path, text).expect("write a program");
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).expect("make it executable");
}
