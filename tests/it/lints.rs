//! What others know to look for in scripts, workflow files and actions: shellcheck, actionlint, zizmor and GitHub's own library.
//!
//! Each exception stands beside what it excuses and says why.

use std::fs;
use std::path::PathBuf;

use serde_json::Value;

use super::support::machine::{Ended, Machine, package, tools};

/// Files of one kind in a folder of this package.
fn files(folder: &str, ending: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(package().join(folder)).unwrap_or_else(|error| panic!("list {folder}: {error}"));
    let paths = entries.map(|entry| entry.expect("a file").path());
    let mut found: Vec<_> = paths.filter(|path| path.to_string_lossy().ends_with(ending)).collect();
    found.sort();
    assert!(!found.is_empty(), "{folder} has no file that ends with {ending}");
    found
}

/// The workflows that we run, and those that others copy.
fn workflows() -> Vec<PathBuf> {
    [files(".github/workflows", ".yml"), files("fixtures/workflows", ".yml")].concat()
}

/// The action, and the stand-ins of the tests.
fn actions() -> Vec<PathBuf> {
    let stand_ins = ["checkout", "download-artifact", "upload-artifact"];
    let stand_ins = stand_ins.map(|name| package().join(format!("tests/it/support/actions/{name}/action.yml")));
    [package().join("action.yml")].into_iter().chain(stand_ins).collect()
}

/// Runs a tool on files, in this package, with the others in its path.
fn lint(machine: &Machine, tool: &str, arguments: &[&str], files: &[PathBuf]) -> Ended {
    let bin = tools().join("bin");
    let program = bin.join(tool);
    assert!(program.exists(), "{} is not there: run dist-scripts/tools.sh", program.display());
    let arguments = arguments.iter().map(PathBuf::from).chain(files.iter().cloned());
    let path = format!("{}:/usr/local/bin:/usr/bin:/bin", bin.display());
    machine.program(&program.to_string_lossy(), arguments).variable("PATH", path).directory(package()).run()
}

#[test]
fn shellcheck_has_nothing_to_say_about_a_script() {
    let scripts = [files("dist-scripts", ".sh"), vec![package().join(".ci/run")]].concat();
    lint(&Machine::new(), "shellcheck", &["--external-sources"], &scripts).must_end_with(0);
}

#[test]
fn shellcheck_has_nothing_to_say_about_a_step_of_an_action() {
    let machine = Machine::new();
    for action in actions() {
        let text = fs::read_to_string(&action).expect("read the action");
        let yaml: Value = serde_saphyr::from_str(&text).expect("YAML");
        let steps = yaml["runs"]["steps"].as_array().expect("steps");
        for step in steps {
            let script = machine.folder().join("step.sh");
            let run = step["run"].as_str().expect("a step that runs");
            // As its `shell:` starts it.
            assert!(step["shell"].as_str().is_some_and(|shell| shell.contains("euo pipefail")), "{}", action.display());
            fs::write(&script, format!("set -euo pipefail\n{run}")).expect("write the step");
            let options = ["--shell=bash", "--external-sources", "--source-path=."];
            let ended = lint(&machine, "shellcheck", &options, &[script]);
            assert!(ended.success(), "{}:\n{}", action.display(), ended.stdout());
        }
    }
}

#[test]
fn actionlint_has_nothing_to_say_about_a_workflow() {
    // It hands what the steps run to shellcheck.
    let ended = lint(&Machine::new(), "actionlint", &["-no-color"], &workflows()).must_end_with(0);
    assert_eq!(ended.stdout(), "");
}

#[test]
fn zizmor_has_nothing_to_say_about_a_workflow_or_the_action() {
    let looked_at = [workflows(), vec![package().join("action.yml")]].concat();
    let options = ["--offline", "--persona=pedantic", "--no-progress", "--quiet", "--color=never"];
    let ended = lint(&Machine::new(), "zizmor", &options, &looked_at);
    assert!(ended.success() && ended.stdout().starts_with("No findings to report."), "{}", ended.stdout());
}

#[test]
fn what_zizmor_is_told_to_leave_says_why() {
    for path in [workflows(), actions()].concat() {
        let text = fs::read_to_string(&path).expect("read it");
        for line in text.lines().filter(|line| line.contains("zizmor: ignore[")) {
            let (_, why) = line.split_once(']').expect("a rule in brackets");
            assert!(why.split_whitespace().count() > 3, "{}: {line}", path.display());
        }
    }
}

#[test]
fn github_s_own_library_finds_no_error_in_a_workflow_or_an_action() {
    // Severity 1 is an error (Language Server Protocol); below it are guesses, such as that no list has an element 0.
    let script = "
        const { languageservice, TextDocument } = require(process.argv[1]);
        const { readFileSync } = require('node:fs');
        const look = async (name) => {
            const document = TextDocument.create('file://' + name, 'yaml', 1, readFileSync(name, 'utf8'));
            const found = await languageservice.validate(document);
            for (const { message, severity } of found) if (severity === 1) console.log(`${name}: ${message}`);
        };
        process.argv.slice(2).reduce((before, name) => before.then(() => look(name)), Promise.resolve());";
    let machine = Machine::new();
    let broken = machine.folder().join("action.yml");
    let text = fs::read_to_string(package().join("action.yml")).expect("read the action");
    fs::write(&broken, text.replace("runner.os", "machine.os")).expect("write a broken action");
    let looked_at = |files: Vec<PathBuf>| {
        let libraries = tools().join("actions/actions.cjs").into_os_string();
        let arguments = ["--eval".into(), script.into(), libraries].into_iter();
        let arguments = arguments.chain(files.into_iter().map(PathBuf::into_os_string));
        machine.program("node", arguments).run().must_end_with(0).stdout()
    };
    assert_eq!(looked_at([workflows(), actions()].concat()), "");
    let told = looked_at(vec![broken.clone()]);
    assert_eq!(told, format!("{}: Unrecognized named-value: 'machine'\n", broken.display()));
}
