//! Test reports that the failed run has uploaded: found in its artifacts, and never a reason to stop.

use serde_json::{Value, json};

use super::contract::held_against_the_description;
use super::gate::Scene;
use super::support::github::REPOSITORY;
use super::support::github_log::{JobLog, Run, SHELL_DEFAULT};
use super::support::machine::Machine;
use super::support::project::JOB;

const POLICY: &str = "[logs]\nreports = [\"junit*.xml\", \"!junit-old.xml\", \"unit-test/out/*.xml\"]\n";

/// A project that heals in a second, whatever is beside its log.
const HEALS: &str = "python-ruff-format";

const RED: &[u8] =
    b"<testsuite name='s'><testcase classname='test_x' name='test_y'><failure message='no'/></testcase></testsuite>";

/// What `heal` wrote of the failure.
fn failure(scene: &Scene<'_>) -> (String, Value) {
    let (outputs, _) = scene.heal_to_bundle(&scene.workspace());
    let text = std::fs::read(format!("{}/failure.json", outputs["bundle"])).expect("a failure");
    (outputs["outcome"].clone(), serde_json::from_slice(&text).expect("JSON"))
}

/// Code and file of every warning.
fn warnings(failure: &Value) -> Vec<(&str, &str)> {
    let warnings = failure["warnings"].as_array().expect("a list");
    warnings
        .iter()
        .map(|warning| (warning["code"].as_str().expect("a code"), warning["file"].as_str().unwrap_or_default()))
        .collect()
}

fn lists(scene: &Scene<'_>) -> usize {
    let asked = format!("/repos/{REPOSITORY}/actions/runs/{}/artifacts", scene.run);
    scene.github.state().exchanges.iter().filter(|exchange| exchange.path == asked).count()
}

#[test]
fn a_test_that_the_log_does_not_name_is_named_by_the_report_that_its_run_uploaded() {
    let machine = Machine::new();
    let scene = Scene::of_project(&machine, "python-pytest-zero-division", POLICY);
    let report = machine.folder().join("junit.xml");
    let arguments = ["-q".to_owned(), format!("--junitxml={}", report.display())];
    machine.program("pytest", arguments).directory(scene.repository.folder()).run().must_end_with(1);
    scene.repository.git(["clean", "--quiet", "--force", "-dx"]);
    let workspace = scene.workspace();
    let mut log = JobLog::begin(JOB, REPOSITORY, &workspace.to_string_lossy(), &scene.repository.head());
    log.run(&Run { script: "pytest -q", shell: SHELL_DEFAULT, variables: &[], output: b"", exit: 1 });
    scene.github.state().runs[0].jobs[0].log = log.end();
    let red = std::fs::read(&report).expect("a report");
    scene.github.upload(scene.run, "unit-test", 2, &[("out/junit.xml", RED)]);
    scene.github.upload(scene.run, "unit-test", 1, &[("out/junit.xml", &red), ("readme.xml", b"no report")]);
    scene.github.upload(scene.run, "all-reports", 1, &[("deep/junit-1.xml", &red), ("junit-old.xml", RED)]);
    let (_, failure) = failure(&scene);
    assert_eq!(warnings(&failure), [("", ""); 0], "{failure:#}");
    let told = &failure["failures"];
    assert_eq!(told.as_array().map(Vec::len), Some(1), "{told:#}");
    assert_eq!(
        (&told[0]["test"], &told[0]["code"]),
        (&json!("test_ratings::test_no_ratings_yet"), &json!("ZeroDivisionError"))
    );
    assert_eq!(
        (&told[0]["message"], &told[0]["file"], &told[0]["line"]),
        (&json!("division by zero"), &json!("ratings.py"), &json!(5))
    );
    scene.github.must_be_well_treated();
    held_against_the_description(&scene.github.state().exchanges);
}

#[test]
fn whatever_is_wrong_with_an_artifact_is_a_warning_and_heal_goes_on() {
    let machine = Machine::new();
    let scene = Scene::of_project(&machine, HEALS, POLICY);
    let upload = |name: &str, files: &[(&str, &[u8])]| scene.github.upload(scene.run, name, 1, files);
    let expired = upload("a-expired", &[("junit.xml", RED)]);
    scene.github.change_upload(expired, |upload| upload.expired = true);
    let large = upload("b-large", &[("junit.xml", RED)]);
    scene.github.change_upload(large, |upload| upload.size_told = Some((64 << 20) + 1));
    let lying = upload("c-lying", &[("junit.xml", &[b' '; 50_000])]);
    scene.github.change_upload(lying, |upload| {
        let list = upload.zip.windows(4).position(|four| four == b"PK\x01\x02").expect("a list");
        upload.zip[list + 16] ^= 1;
    });
    let leads_out = upload("d-leads-out", &[("xx/junit.xml", RED)]);
    scene.github.change_upload(leads_out, |upload| {
        while let Some(at) = upload.zip.windows(3).position(|three| three == b"xx/") {
            upload.zip[at..at + 3].copy_from_slice(b"../");
        }
    });
    let none = upload("e-none", &[]);
    scene.github.change_upload(none, |upload| upload.zip = b"<html>".to_vec());
    upload("f-cut\n::error::\u{1b}[31m", &[("junit.xml", b"<testsuite>")]);
    upload("g-green", &[("junit.xml", b"<testsuite name='s'><testcase name='a'/></testsuite>")]);
    let (outcome, failure) = failure(&scene);
    assert_eq!(outcome, "healed");
    let mut told = warnings(&failure);
    told.sort_by_key(|(_, file)| *file);
    let unreadable = "report.unreadable";
    assert_eq!(
        told,
        [
            (unreadable, "a-expired"),
            ("report.left-out", "b-large"),
            (unreadable, "c-lying/junit.xml"),
            (unreadable, "d-leads-out"),
            (unreadable, "e-none"),
            (unreadable, "f-cut ::error:: [31m/junit.xml"),
        ],
        "{:#}",
        failure["warnings"]
    );
}

#[test]
fn a_list_that_cannot_be_had_is_a_warning_and_heal_goes_on() {
    let machine = Machine::new();
    let scene = Scene::of_project(&machine, HEALS, POLICY);
    let artifacts = format!("/actions/runs/{}/artifacts", scene.run);
    for (status, message) in [(403, "Resource not accessible by integration"), (404, "Not Found"), (410, "Gone")] {
        scene.github.fail("GET", &artifacts, status, message, 1);
        let (outcome, failure) = failure(&scene);
        assert_eq!(outcome, "healed", "{status}");
        assert_eq!(warnings(&failure), [("report.unreadable", ""), ("report.missing", "")], "{failure:#}");
    }
}

#[test]
fn no_more_artifacts_are_fetched_than_a_failed_job_has() {
    let machine = Machine::new();
    let scene = Scene::of_project(&machine, HEALS, POLICY);
    for number in 0..51 {
        scene.github.upload(scene.run, &format!("leg-{number}"), 1, &[("readme.txt", b"")]);
    }
    assert_eq!(warnings(&failure(&scene).1), [("report.left-out", ""), ("report.missing", "")]);
    scene.github.state().left.uploads.pop();
    assert_eq!(warnings(&failure(&scene).1), [("report.missing", "")], "fifty are looked into");
}

#[test]
fn nobody_is_asked_for_reports_that_nobody_wants_or_that_are_nobody_s() {
    let machine = Machine::new();
    let scene = Scene::new(&machine);
    scene.github.upload(scene.run, "unit-test", 1, &[("junit.xml", RED)]);
    assert_eq!(warnings(&failure(&scene).1), []);
    assert_eq!(lists(&scene), 0);
    let machine = Machine::new();
    let scene = Scene::of_project(&machine, HEALS, POLICY);
    scene.github.upload(scene.run, "unit-test", 1, &[("junit.xml", RED)]);
    let mut other = scene.github.state().runs[0].jobs[0].clone();
    (other.id, other.name) = (other.id + 1, "other".to_owned());
    scene.github.state().runs[0].jobs.push(other);
    let (outcome, failure) = failure(&scene);
    assert_eq!((outcome.as_str(), warnings(&failure)), ("healed", vec![("report.left-out", "")]), "{failure:#}");
    assert_eq!(lists(&scene), 0);
}

/// What `classify` tells of a report beside an empty log: tool, test, path's end, line, code.
fn reported(machine: &Machine, file: &str) -> Vec<Value> {
    std::fs::write(machine.folder().join("empty.log"), "").expect("a log");
    let command = machine.self_heal(["classify", "--reports", file, "empty.log"]);
    let failure = command.directory(machine.folder()).run().must_end_with(0).failure_json();
    assert_eq!(warnings(&failure), [("", ""); 0], "{failure:#}");
    let told = failure["failures"].as_array().expect("a list").iter();
    told.map(|f| json!([f["tool"], f["test"], f["line"], f["code"], f["message"]])).collect()
}

#[test]
fn what_go_test_writes_is_read() {
    let machine = Machine::new();
    let write = |path: &str, text: &str| {
        let path = machine.folder().join(path);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        std::fs::write(path, text).expect("a file");
    };
    write("go.mod", "module example.com/shop\n\ngo 1.21\n");
    write(
        "cart/cart_test.go",
        "package cart\n\nimport \"testing\"\n\nfunc TestCart(t *testing.T) {\n\tt.Run(\"empty\", func(t *testing.T) { t.Errorf(\"got %d\", 1) })\n}\n\nfunc TestFull(t *testing.T) {}\n",
    );
    write("bad/bad_test.go", "package bad\n\nimport \"testing\"\n\nfunc TestBad(t *testing.T) { missing() }\n");
    let test = machine.program("go", ["test", "-json", "./..."]).directory(machine.folder()).outputs_together().run();
    write("go.json", &test.must_end_with(1).stdout());
    assert_eq!(
        reported(&machine, "go.json"),
        [
            json!(["go-build", null, 5, null, "undefined: missing"]),
            json!(["go-test", "TestCart/empty", 6, null, "got 1"]),
        ]
    );
}

#[test]
fn what_rustc_and_eslint_write_is_read() {
    let machine = Machine::new();
    let at = |name: &str| machine.folder().join(name);
    std::fs::write(at("a.rs"), "pub fn add(a: i32) -> i32 {\n    a + b\n}\n").expect("a file");
    let arguments = ["--error-format=json", "--crate-type=lib", "--emit=metadata", "a.rs"];
    let ended = machine.program("rustc", arguments).directory(machine.folder()).run().must_end_with(1);
    std::fs::write(at("rustc.json"), ended.stderr()).expect("a report");
    assert_eq!(
        reported(&machine, "rustc.json")[0].as_array().expect("a row")[..4],
        [json!("rustc"), json!(null), json!(2), json!("E0425")]
    );
    std::fs::write(at("eslint.config.mjs"), "export default [{ rules: { 'no-undef': 'error', 'no-var': 'warn' } }];\n")
        .expect("a file");
    std::fs::write(at("a.js"), "var x = 1;\nmissing(x);\n").expect("a file");
    let eslint = super::support::machine::tools().join("node/node_modules/.bin/eslint");
    let arguments = ["--format=json", "--output-file=eslint.json", "a.js"];
    machine.program(&eslint.to_string_lossy(), arguments).directory(machine.folder()).run().must_end_with(1);
    assert_eq!(
        reported(&machine, "eslint.json"),
        [json!(["eslint", null, 2, "no-undef", "'missing' is not defined."])]
    );
}
