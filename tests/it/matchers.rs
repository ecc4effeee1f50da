//! Users' own problem matchers: by a flag, and by the policy of the default branch.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use super::contract::held_against_the_description;
use super::gate::Scene;
use super::support::github::FakeGithub;
use super::support::machine::Machine;
use super::support::project::{JOB, Project};

/// What `ruff format --check` prints, as somebody would write it down for GitHub.
const FORMAT: &str = r#"{"problemMatcher": [{"owner": "our-format", "pattern": [
    {"regexp": "^unformatted: (.+)$", "message": 1},
    {"regexp": "^\\s*-->\\s(.+):(\\d+):(\\d+)$", "file": 1, "line": 2, "column": 3}]}]}"#;

fn read(machine: &Machine, glob: &str) -> Value {
    let command = machine.self_heal(["classify", "--matchers", glob, "job.log"]);
    command.directory(machine.folder()).run().must_end_with(0).failure_json()
}

/// Code and file of every warning.
fn warnings(failure: &Value) -> Vec<(&str, &str)> {
    let warnings = failure["warnings"].as_array().expect("a list");
    warnings.iter().map(|it| (it["code"].as_str().expect("a code"), it["file"].as_str().unwrap_or_default())).collect()
}

#[test]
fn a_tool_that_nobody_knows_is_read_by_its_users_matcher() {
    let machine = Machine::new();
    let matcher = r#"{"problemMatcher": [{"owner": "our-lint", "severity": "error", "pattern": [
        {"regexp": "^== (\\S+)$", "file": 1},
        {"regexp": "^  (\\d+)\\) (\\w+): (.*) <(.*)>$", "line": 1, "severity": 2, "message": 3, "code": 4, "loop": true}]}]}"#;
    let log = "checking\n== src/a.zig\n  3) error: no such name <N1>\n  4) notice: long <L2>\n== src/b.zig\n  9) error: bad <N2>\ndone\n";
    let files =
        [("job.log", log), ("m/lint.json", matcher), ("m/bad.json", "{\"problemMatcher\": [{\"owner\": \"x\"}]}")];
    for (name, text) in files {
        let path = machine.folder().join(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::write(path, text).expect("a file");
    }
    let failure = read(&machine, "m/*.json");
    let told = failure["failures"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|f| json!([f["tool"], f["type"], f["file"], f["line"], f["code"], f["message"], f["log"]]));
    assert_eq!(
        told.collect::<Vec<_>>(),
        [
            json!(["our-lint", "lint_error", "src/a.zig", 3, "N1", "no such name", {"first": 3, "last": 3}]),
            json!(["our-lint", "lint_error", "src/b.zig", 9, "N2", "bad", {"first": 6, "last": 6}]),
        ]
    );
    assert_eq!(failure["class"], "deterministic_code");
    assert_eq!(warnings(&failure), [("matcher.unreadable", "m/bad.json")]);
    assert_eq!(failure["warnings"][0]["message"], "`x` has 0 patterns: give it 1 to 20");
    assert_eq!(warnings(&read(&machine, "none/*.json")), [("matcher.missing", "")]);
}

/// What `heal` said of the failure, and how it ended.
fn healed(scene: &Scene<'_>, workspace: &Path) -> (String, Value) {
    let (outputs, _) = scene.heal_to_bundle(workspace);
    let text = fs::read(format!("{}/failure.json", outputs["bundle"])).expect("a failure");
    (outputs["outcome"].clone(), serde_json::from_slice(&text).expect("JSON"))
}

#[test]
fn t13_the_policys_matchers_are_those_of_the_default_branch_and_hold_in_the_proof() {
    let machine = Machine::new();
    let project = Project::named("python-ruff-format");
    let repository = project.lay_out(&machine);
    let log = project.job_log(&machine, &repository);
    repository.git(["clean", "--quiet", "--force", "-dx"]);
    repository.git(["checkout", "--quiet", "-b", "feature"]);
    repository.git(["checkout", "--quiet", "main"]);
    repository.write(".github/self-heal.toml", "[logs]\nmatchers = [\".github/matchers/*.json\"]\n");
    repository.write(".github/matchers/format.json", FORMAT);
    repository.commit("A policy, and a matcher");
    repository.git(["checkout", "--quiet", "feature"]);
    let github = FakeGithub::start(&machine, &repository);
    let run = github.failed_run("feature", JOB, &format!("Run {}", project.case.command), &log);
    // A checkout that has nothing of the default branch, as on a runner.
    let shallow = machine.folder().join("shallow");
    let from = format!("file://{}", repository.folder().display());
    let to = shallow.to_string_lossy().into_owned();
    repository.git(["clone", "--quiet", "--depth=1", "--branch=feature", &from, &to]);
    let scene = Scene { machine: &machine, repository, github, run };
    for workspace in [scene.workspace(), shallow] {
        let (outcome, failure) = healed(&scene, &workspace);
        assert_eq!((outcome.as_str(), warnings(&failure)), ("healed", vec![]), "{failure:#}");
        let told = failure["failures"].as_array().expect("a list");
        let told: Vec<_> = told.iter().map(|f| (&f["tool"], &f["type"], &f["file"])).collect();
        assert_eq!(told, [(&json!("our-format"), &json!("format_error"), &json!("thermostat/curve.py"))]);
    }
    scene.github.must_be_well_treated();
    held_against_the_description(&scene.github.state().exchanges);
}
