//! The action as a step of a workflow: its inputs, its outputs, and what an earlier step cannot do to it.

use std::fs;
use std::path::{Path, PathBuf};

use crate::support::act::{Act, Played};
use crate::support::assets::{Action, Answer, Assets, script};
use crate::support::machine::{Machine, wait_until};

/// A binary that tells what it was given.
const BINARY: &str = "#!/bin/bash -p
echo \"ran $* path $PATH\"
echo \"key [${SELF_HEAL_API_KEY-}] token [${SELF_HEAL_GITHUB_TOKEN-}] base [${SELF_HEAL_BASE_URL-}] repo [${SELF_HEAL_REPO-}]\"
echo \"libraries [${LD_LIBRARY_PATH-}] environment [${BASH_ENV-}] preload [${LD_PRELOAD-}]\"
echo \"outcome=healed\" >>\"$GITHUB_OUTPUT\"
";

/// A workflow with one job and these steps.
fn workflow(machine: &Machine, steps: &str) -> PathBuf {
    let path = machine.folder().join("workflow.yml");
    let steps: String = steps.trim_end().lines().map(|line| format!("      {line}\n")).collect();
    let text = format!("on: workflow_dispatch\njobs:\n  one:\n    runs-on: ubuntu-24.04\n    steps:\n{steps}");
    fs::write(&path, text).expect("write the workflow");
    path
}

fn act<'a>(machine: &'a Machine, action: &Action<'_>, steps: &str) -> Act<'a> {
    Act::new(machine, workflow(machine, steps)).action("org/self-heal-action", action.folder())
}

/// The action with the program itself, or with a stand-in for it, at `binary-path`.
fn with_binary(machine: &Machine, binary: &Path, steps: &str) -> Played {
    let action = Action::copy(machine);
    act(machine, &action, &steps.replace("BINARY", &binary.display().to_string())).run()
}

#[test]
fn the_first_step_downloads_and_the_next_one_takes_the_tool_cache() {
    let machine = Machine::new();
    let (action, assets) = (Action::copy(&machine), Assets::start());
    action.release(BINARY.as_bytes());
    assets.put(&Action::asset_path(), Answer::Whole(BINARY.into()));
    let step = format!("uses: org/self-heal-action@v1\n  with: {{ download-base-url: '{}' }}", assets.url());
    let played = act(&machine, &action, &format!("- id: first\n  {step}\n- id: next\n  {step}\n")).run().must_succeed();
    let said = played.said("one");
    assert!(said.contains(&format!(", downloaded from {}", assets.url())), "{said}");
    assert!(said.contains(", from the tool cache\nran heal "), "{said}");
    assert_eq!(assets.requests().len(), 1);
    assert_eq!(played.outputs("one", "next")["outcome"], "healed");
}

#[test]
fn every_input_reaches_the_binary_and_every_output_the_workflow() {
    // Of design, section 4; mode and the two that are the boot script's own stand in other tests.
    let inputs = "policy model base-url run-id job log green reports matchers command workspace bundle bundle-sha256 rounds \
                  may dry-run fail-on";
    let outputs = "outcome reason class kind confidence job fingerprint root-cause risk-tier approval patch-sha256 \
                   patch-lines patch-files rounds model-calls tokens cost-usd bundle bundle-sha256 pr-number pr-url run-id \
                   dry-run acted";
    let machine = Machine::new();
    let binary = machine.folder().join("self-heal");
    let put_out = outputs.split_whitespace().map(|name| format!("echo '{name}=out of {name}' >>\"$GITHUB_OUTPUT\"\n"));
    script(&binary, &format!("env\n{}", put_out.collect::<String>()));
    let with = inputs.split_whitespace().map(|name| format!("    {name}: in by {name}\n")).collect::<String>();
    let steps = format!("- id: heal\n  uses: org/self-heal-action@v1\n  with:\n    binary-path: BINARY\n{with}");
    let played = with_binary(&machine, &binary, &steps).must_succeed();
    let said = played.said("one");
    for name in inputs.split_whitespace() {
        let variable = name.to_uppercase().replace('-', "_");
        assert!(said.contains(&format!("\nSELF_HEAL_{variable}=in by {name}\n")), "{name}: {said}");
    }
    let came: Vec<_> = played.outputs("one", "heal").into_iter().collect();
    let mut wanted: Vec<_> =
        outputs.split_whitespace().map(|name| (name.to_owned(), format!("out of {name}"))).collect();
    wanted.sort();
    assert_eq!(came, wanted);
}

#[test]
fn a_wrong_hash_fails_the_step() {
    let machine = Machine::new();
    let (action, assets) = (Action::copy(&machine), Assets::start());
    action.release(BINARY.as_bytes());
    let marker = machine.folder().join("it ran");
    let stolen = format!("#!/bin/bash\ntouch '{}'\n", marker.display());
    assets.put(&Action::asset_path(), Answer::Whole(stolen.into_bytes()));
    let step =
        format!("- id: heal\n  uses: org/self-heal-action@v1\n  with: {{ download-base-url: '{}' }}", assets.url());
    let played = act(&machine, &action, &step).run().must_fail();
    assert_eq!(played.step("one", "heal"), Some("failure"));
    assert_eq!(assets.requests().len(), 1, "{}", played.log());
    assert!(!marker.exists(), "{}", played.log());
}

#[test]
fn a_commit_without_a_hash_fails_the_step() {
    let machine = Machine::new();
    let (action, assets) = (Action::copy(&machine), Assets::start());
    assets.put(&Action::asset_path(), Answer::Whole(BINARY.into()));
    let step =
        format!("- id: heal\n  uses: org/self-heal-action@v1\n  with: {{ download-base-url: '{}' }}", assets.url());
    let played = act(&machine, &action, &step).run().must_fail();
    assert_eq!(played.step("one", "heal"), Some("failure"));
    assert_eq!(assets.requests(), Vec::<String>::new(), "what cannot be checked is not fetched");
}

#[test]
fn an_earlier_step_poisons_neither_the_shell_nor_an_input() {
    let machine = Machine::new();
    let binary = machine.folder().join("bin/self-heal");
    script(&binary, BINARY);
    let (evil, marker) = (machine.folder().join("evil"), machine.folder().join("it ran"));
    for program in ["bash", "env", "uname", "curl", "sha256sum"] {
        script(&evil.join(program), &format!("touch '{}'\n", marker.display()));
    }
    let steps = format!(
        "- run: |
    echo 'BASH_ENV={evil}/curl' >>\"$GITHUB_ENV\"
    echo 'ENV={evil}/curl' >>\"$GITHUB_ENV\"
    echo 'LD_PRELOAD={evil}/curl' >>\"$GITHUB_ENV\"
    echo 'LD_LIBRARY_PATH=/opt/python/lib' >>\"$GITHUB_ENV\"
    echo 'BASH_FUNC_unset%%=() {{ touch \"{marker}\"; }}' >>\"$GITHUB_ENV\"
    echo 'SELF_HEAL_BASE_URL=http://evil.example' >>\"$GITHUB_ENV\"
    echo 'SELF_HEAL_BINARY_PATH={evil}/curl' >>\"$GITHUB_ENV\"
    echo 'SELF_HEAL_REPO=evil/repo' >>\"$GITHUB_ENV\"
    echo '{evil}' >>\"$GITHUB_PATH\"
- uses: org/self-heal-action@v1
  with: {{ binary-path: BINARY }}
",
        evil = evil.display(),
        marker = marker.display()
    );
    let said = with_binary(&machine, &binary, &steps).must_succeed().said("one");
    // What runs the repository's tests finds its programs and libraries where the job has put them.
    assert!(said.contains(&format!("ran heal path {}:", evil.display())), "{said}");
    assert!(said.contains("libraries [/opt/python/lib] environment [] preload []\n"), "{said}");
    assert!(said.contains("base [] repo []\n"), "{said}");
    assert!(!marker.exists(), "{said}");
}

#[test]
fn p16_a_secret_that_is_not_there_is_no_key() {
    let machine = Machine::new();
    let binary = machine.folder().join("self-heal");
    script(&binary, BINARY);
    let steps = "- uses: org/self-heal-action@v1
  with: { binary-path: BINARY, api-key: '${{ secrets.NOT_THERE }}' }";
    let said = with_binary(&machine, &binary, steps).must_succeed().said("one");
    assert!(said.contains("key [] "), "{said}");
}

#[test]
fn t3_a_mode_that_needs_no_secret_is_given_none() {
    for (mode, key, token) in [
        ("heal", "***", "***"),
        ("propose", "***", "***"),
        ("validate", "", ""),
        ("classify", "", ""),
        ("publish", "", "***"),
    ] {
        let machine = Machine::new();
        let binary = machine.folder().join("self-heal");
        script(&binary, BINARY);
        let action = Action::copy(&machine);
        let steps = format!(
            "- uses: org/self-heal-action@v1
  with: {{ binary-path: {}, mode: {mode}, api-key: '${{{{ secrets.KEY }}}}' }}",
            binary.display()
        );
        let act = act(&machine, &action, &steps).secret("KEY", "made-up-key").secret("GITHUB_TOKEN", "made-up-token");
        let said = act.run().must_succeed().said("one");
        assert!(said.contains(&format!("ran {mode} ")), "{said}");
        assert!(said.contains(&format!("key [{key}] token [{token}] ")), "{mode}: {said}");
    }
}

#[test]
fn classify_puts_failure_json_into_the_bundle_and_no_line_of_the_log_before_the_runner() {
    let machine = Machine::new();
    let steps = "- run: |
    printf '%s\\n' 'test_add FAILED' '=== short test summary info ===' \\
      'FAILED tests/test_app.py::test_add - ##[error]hello' '=== 1 failed in 0.01s ===' >'the job.log'
- id: classify
  uses: org/self-heal-action@v1
  with: { binary-path: BINARY, mode: classify, log: the job.log, job: 'unit-test (3.12)' }
- run: cp '${{ steps.classify.outputs.bundle }}/failure.json' FOLDER
";
    let steps = steps.replace("FOLDER", &machine.folder().display().to_string());
    let real = Path::new(env!("CARGO_BIN_EXE_self-heal"));
    let played = with_binary(&machine, real, &steps).must_succeed();
    let outputs = played.outputs("one", "classify");
    assert_eq!(outputs["class"], "deterministic_code");
    assert_eq!(outputs["kind"], "test_failure");
    assert_eq!(outputs["job"], "unit-test (3.12)");
    assert!(outputs["confidence"].parse::<f64>().is_ok_and(|sure| sure > 0.5), "{outputs:?}");
    assert_eq!(outputs["root-cause"], "AssertionError: ##[error]hello (tests/test_app.py)");
    assert!(outputs["bundle"].ends_with(&format!("/self-heal/{}", outputs["fingerprint"])), "{outputs:?}");
    assert_eq!(outputs["outcome"], "");
    let failure = fs::read_to_string(machine.folder().join("failure.json")).expect("failure.json");
    let failure: serde_json::Value = serde_json::from_str(&failure).expect("JSON");
    assert_eq!(failure["fingerprint"], outputs["fingerprint"]);
    let said = played.said("one");
    assert!(said.contains("deterministic_code (0.99): AssertionError: # #[error]hello"), "{said}");
    assert!(!said.contains("schema") && !said.contains("##["), "{said}");
}

#[test]
fn p17_what_the_runner_signals_is_the_binary() {
    let machine = Machine::new();
    let (process, flushed) = (machine.folder().join("process"), machine.folder().join("flushed"));
    let binary = machine.folder().join("self-heal");
    let text = format!(
        "trap 'echo flushed >\"{}\"; exit 0' TERM\necho $$ $PPID >'{}'\nwhile :; do read -rt 0.05 <> <(:) || :; done\n",
        flushed.display(),
        process.display()
    );
    script(&binary, &text);
    let action = Action::copy(&machine);
    let steps = format!("- uses: org/self-heal-action@v1\n  with: {{ binary-path: '{}' }}", binary.display());
    let mut running = act(&machine, &action, &steps).start();
    wait_until(|| fs::read_to_string(&process).is_ok_and(|text| text.ends_with('\n')));
    let numbers = fs::read_to_string(&process).expect("two numbers");
    let (own, parent) = numbers.trim().split_once(' ').expect("two numbers");
    // No shell stands between the runner and the binary.
    assert_eq!(parent, running.id().to_string());
    let own = own.parse().ok().and_then(rustix::process::Pid::from_raw).expect("a process");
    rustix::process::kill_process(own, rustix::process::Signal::TERM).expect("signal it");
    wait_until(|| running.ended().is_some());
    assert_eq!(fs::read_to_string(&flushed).expect("what it flushed"), "flushed\n");
}
