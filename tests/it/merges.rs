//! Pull requests, whose runs test a merge that no branch has (P3).

use std::path::Path;

use serde_json::{Value, json};

use super::support::github::REPOSITORY;
use super::support::github::{FakeGithub, TOKEN};
use super::support::github_log::{JobLog, Run, SHELL_DEFAULT};
use super::support::machine::Machine;
use super::support::project::{JOB, Project, WORKFLOW_PATH};
use super::support::repository::Repository;
use super::support::snapshot::Snapshot;
use super::support::step::Step;

const COMMAND: &str = "ruff format --check .";

/// A pull request of `feature` into `main`, which has moved on, and the failed run of their merge.
struct Scene<'m> {
    machine: &'m Machine,
    repository: Repository<'m>,
    github: FakeGithub,
    run: u64,
    head: String,
    merge: String,
}

impl<'m> Scene<'m> {
    /// `badly`: which side holds the badly formatted file.
    fn new(machine: &'m Machine, badly: &str) -> Self {
        let project = Project::named("python-ruff-format");
        let repository = Repository::new(machine, machine.folder().join("work/adder/adder"));
        repository.write(
            WORKFLOW_PATH,
            "on: [pull_request]\njobs:\n  check:\n    steps:\n      - run: ruff format --check .\n",
        );
        repository.write("good.py", "x = 1\n");
        repository.commit("Begin");
        repository.git(["checkout", "--quiet", "-b", "feature"]);
        repository.write("feature.py", if badly == "feature" { "x=1\n" } else { "x = 1\n" });
        let head = repository.commit("A feature");
        repository.git(["checkout", "--quiet", "main"]);
        repository.write("base.py", if badly == "main" { "x=1\n" } else { "x = 1\n" });
        let base = repository.commit("Base moves on");
        let github = FakeGithub::start(machine, &repository);
        repository.git(["checkout", "--quiet", "-b", "merge"]);
        let message = format!("Merge {head} into {base}");
        repository.git(["merge", "--quiet", "--no-ff", "--message", &message, "feature"]);
        let merge = repository.head();
        let ended = project.run(machine, repository.folder());
        let mut log = JobLog::begin(JOB, REPOSITORY, &repository.folder().to_string_lossy(), &merge);
        log.run(&Run { script: "true", shell: SHELL_DEFAULT, variables: &[], output: b"", exit: 0 });
        let now_at = format!("HEAD is now at {} {message}\n", &merge[..7]);
        log.uses("actions/checkout@v6", &now_at);
        let (output, exit) = (ended.stdout.as_slice(), ended.code.expect("an exit code"));
        log.run(&Run { script: COMMAND, shell: SHELL_DEFAULT, variables: &[], output, exit });
        let run = github.failed_run("feature", JOB, &format!("Run {COMMAND}"), &log.end());
        github.state().runs[0].event = "pull_request".to_owned();
        repository.git(["clean", "--quiet", "--force", "-dx"]);
        Self { machine, repository, github, run, head, merge }
    }

    /// The outputs of `heal`, and its receipt's `commit` and `proven_on`.
    fn heal(&self, workspace: &Path) -> (Value, Value) {
        let before = Snapshot::of(workspace);
        let step = Step::new(self.machine, &self.github, "heal", &self.github.event(self.run));
        let arguments = ["heal", "--model", "none", "--workspace", &workspace.to_string_lossy()];
        let ended = step.self_heal(arguments, &[("GITHUB_TOKEN", TOKEN)]);
        before.must_still_be(workspace);
        let told = json!(step.outputs());
        assert!(told["outcome"].is_string(), "{}", ended.stderr());
        let bundle = Path::new(told["bundle"].as_str().expect("a bundle"));
        let receipt = std::fs::read_to_string(bundle.join("receipt.json")).unwrap_or_else(|_| "{}".to_owned());
        let receipt: Value = serde_json::from_str(&receipt).expect("JSON");
        (told, json!([receipt["commit"], receipt["proven_on"]]))
    }

    fn clone(&self, name: &str, branch: &str, depth: &str) -> std::path::PathBuf {
        let folder = self.machine.folder().join(name);
        let from = format!("file://{}", self.repository.folder().display());
        self.repository.git(["clone", "--quiet", depth, "--branch", branch, &from, &folder.to_string_lossy()]);
        folder
    }
}

#[test]
fn p3_a_checkout_of_the_merge_alone_is_proven_on_and_the_branch_is_patched() {
    let machine = Machine::new();
    let scene = Scene::new(&machine, "feature");
    let (told, receipt) = scene.heal(&scene.clone("shallow", "merge", "--depth=1"));
    assert_eq!(told["outcome"], "healed", "{told:#}");
    assert_eq!(receipt, json!([scene.head, scene.merge]));
}

#[test]
fn p3_a_patch_is_validated_on_the_merge_as_well() {
    let machine = Machine::new();
    let scene = Scene::new(&machine, "feature");
    let workspace = scene.clone("shallow", "merge", "--depth=1");
    let (told, _) = scene.heal(&workspace);
    let text = |name: &str| told[name].as_str().expect("an output").to_owned();
    let (bundle, patch) = (text("bundle"), machine.folder().join("given.diff"));
    std::fs::copy(Path::new(&bundle).join("patch.diff"), &patch).expect("copy the patch");
    let arguments =
        ["validate", "--bundle", &bundle, "--workspace", &workspace.to_string_lossy(), &patch.to_string_lossy()];
    machine.self_heal(arguments).run().must_end_with(0);
    let receipt = std::fs::read_to_string(Path::new(&bundle).join("receipt.json")).expect("a receipt");
    let receipt: Value = serde_json::from_str(&receipt).expect("JSON");
    assert_eq!(json!([receipt["commit"], receipt["proven_on"]]), json!([scene.head, scene.merge]));
}

#[test]
fn p3_the_merge_is_made_again_where_both_of_its_sides_are_there() {
    let machine = Machine::new();
    let scene = Scene::new(&machine, "feature");
    let (told, receipt) = scene.heal(&scene.clone("whole", "feature", "--no-tags"));
    assert_eq!(told["outcome"], "healed", "{told:#}");
    assert_eq!(receipt[0], scene.head);
    assert!(receipt[1].is_string() && receipt[1] != scene.head, "on a merge of our own making: {receipt}");
}

#[test]
fn p3_a_patch_that_fits_the_merge_alone_is_rejected_with_the_reason() {
    let machine = Machine::new();
    let scene = Scene::new(&machine, "main");
    let (told, _) = scene.heal(&scene.clone("whole", "merge", "--no-tags"));
    assert_eq!((told["outcome"].as_str(), told["reason"].as_str()), (Some("no_patch"), Some("merge.only")));
}

#[test]
fn p3_where_the_merge_cannot_be_made_again_the_mend_is_told() {
    let machine = Machine::new();
    let scene = Scene::new(&machine, "main");
    let workspace = scene.clone("shallow", "feature", "--depth=1");
    let (told, _) = scene.heal(&workspace);
    assert_eq!(
        (told["outcome"].as_str(), told["reason"].as_str()),
        (Some("not_reproduced"), Some("merge.not-rebuilt"))
    );
    let bundle = std::fs::read_to_string(Path::new(told["bundle"].as_str().expect("a path")).join("bundle.json"));
    assert!(bundle.expect("a bundle").contains("fetch-depth: 0"));
}
