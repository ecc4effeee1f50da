//! A step inside of the failing job (P16): it knows its run from the environment, and needs no token.

use std::path::Path;

use serde_json::{Value, json};

use super::support::github::{BOT, FakeGithub, REPOSITORY, TOKEN};
use super::support::machine::{Ended, Machine};
use super::support::project::{JOB, Project, WORKFLOW_PATH};
use super::support::repository::Repository;
use super::support::snapshot::Snapshot;
use super::support::step::{OWN_RUN, Step};

/// As the README shows it: the failing step keeps its log, and one after it heals.
const WORKFLOW: &str = "\
on: [push, pull_request]
jobs:
  check:
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/checkout@v6
      - shell: bash
        run: ruff format --check . 2>&1 | tee check.log
      - if: failure()
        uses: octo-org/self-heal@v1
";

/// The failing job, after its command has failed and kept its log in the workspace.
struct Inside<'m> {
    machine: &'m Machine,
    repository: Repository<'m>,
    github: FakeGithub,
    log: Vec<u8>,
}

impl<'m> Inside<'m> {
    fn new(machine: &'m Machine) -> Self {
        let project = Project::named("python-ruff-format");
        let repository = project.lay_out(machine);
        repository.write(WORKFLOW_PATH, WORKFLOW);
        repository.commit("Heal inside of the job");
        let log = project.run(machine, repository.folder()).stdout;
        repository.write("check.log", &log);
        let github = FakeGithub::start(machine, &repository);
        Self { machine, repository, github, log }
    }

    fn event(&self) -> Value {
        json!({ "ref": "refs/heads/main", "after": self.repository.head(),
                "repository": { "full_name": REPOSITORY, "default_branch": "main" } })
    }

    /// A pull request of `head` in `repository`, as its event tells it.
    fn pull(&self, repository: &str, head: &str) -> Value {
        json!({
            "action": "synchronize", "number": 7, "repository": { "full_name": REPOSITORY, "default_branch": "main" },
            "pull_request": {
                "number": 7, "head": { "ref": "feature", "sha": head, "repo": { "full_name": repository } },
                "base": { "ref": "main", "repo": { "url": format!("https://api.github.com/repos/{REPOSITORY}") } },
            },
        })
    }

    /// The step; the job's checkout must be as it was when it ends.
    fn heal(&self, name: &str, event: &Value, variables: &[(&str, &str)]) -> (Step<'_>, Ended) {
        let workspace = self.repository.folder();
        let before = Snapshot::of(workspace);
        let step = Step::new(self.machine, &self.github, name, &event.to_string());
        let log = workspace.join("check.log").to_string_lossy().into_owned();
        let sha = self.repository.head();
        let reference = format!("{REPOSITORY}/{WORKFLOW_PATH}@refs/heads/main");
        let runner = [
            ("GITHUB_EVENT_NAME", "push"),
            ("GITHUB_JOB", JOB),
            ("GITHUB_REF_NAME", "main"),
            ("GITHUB_REF_TYPE", "branch"),
            ("GITHUB_RUN_ATTEMPT", "1"),
            ("GITHUB_SHA", sha.as_str()),
            ("GITHUB_WORKFLOW_REF", reference.as_str()),
        ];
        let arguments = ["heal", "--model", "none", "--log", &log, "--workspace", &workspace.to_string_lossy()];
        let ended = step.self_heal(arguments, &[&runner, variables].concat());
        before.must_still_be(workspace);
        (step, ended)
    }

    #[track_caller]
    fn must_end(&self, name: &str, event: &Value, variables: &[(&str, &str)], outcome: &str, reason: &str) {
        let (step, ended) = self.heal(name, event, variables);
        let told = |name: &str| step.outputs().get(name).cloned().unwrap_or_default();
        assert_eq!((told("outcome").as_str(), told("reason").as_str()), (outcome, reason), "{}", ended.stderr());
    }
}

fn json_in(folder: &str, name: &str) -> Value {
    let text = std::fs::read_to_string(Path::new(folder).join(name)).expect("a file of the bundle");
    serde_json::from_str(&text).expect("JSON")
}

#[test]
fn p16_inside_of_the_failing_job_a_patch_is_made_without_a_token_and_a_later_job_publishes_it() {
    let machine = Machine::new();
    let inside = Inside::new(&machine);
    let (step, ended) = inside.heal("heal", &inside.event(), &[]);
    let told = step.outputs();
    assert_eq!(told["outcome"], "healed", "{}", ended.stderr());
    assert_eq!(inside.github.state().exchanges.len(), 0, "nobody was asked");
    let bundle = json_in(&told["bundle"], "bundle.json");
    let expected = json!([OWN_RUN, "main", inside.repository.head(), REPOSITORY]);
    assert_eq!(json!([bundle["run_id"], bundle["branch"], bundle["commit"], bundle["repository"]]), expected);
    let failure = json_in(&told["bundle"], "failure.json");
    assert_eq!(failure["reproduce"]["command"], "ruff format --check .", "what keeps the log is no part of it");
    assert_eq!(failure["reproduce"]["from"], "workflow");
    assert!(!bundle.to_string().contains("check.log"));
    let patch = std::fs::read_to_string(Path::new(&told["bundle"]).join("patch.diff")).expect("a patch");
    assert!(!patch.contains("check.log"), "what the job has left is no part of the patch");
    let audit = std::fs::read_to_string(Path::new(&told["bundle"]).join("audit.jsonl")).expect("an audit");
    assert!(audit.contains("earlier tries") && audit.contains("there is no token"), "{audit}");
    // The job after it, in the same run, which has not ended.
    let run = inside.github.failed_run("main", JOB, "Run", b"");
    {
        let mut state = inside.github.state();
        state.runs[0].conclusion = String::new();
        state.runs[0].id = OWN_RUN;
        assert_ne!(run, OWN_RUN);
    }
    let tier = format!("self-heal-{}", told["risk-tier"]);
    inside.github.approve(OWN_RUN, &tier, "approved", "octocat");
    let publish = Step::new(&machine, &inside.github, "publish", &inside.event().to_string());
    let arguments = ["publish", "--bundle", &told["bundle"], "--bundle-sha256", &told["bundle-sha256"]];
    let reference = format!("{REPOSITORY}/{WORKFLOW_PATH}@refs/heads/main");
    let ended = publish.self_heal(arguments, &[("GITHUB_TOKEN", TOKEN), ("GITHUB_WORKFLOW_REF", &reference)]);
    assert_eq!(publish.outputs()["outcome"], "published", "{}", ended.stderr());
}

#[test]
fn p16_with_a_token_a_step_of_the_job_asks_what_github_remembers() {
    let machine = Machine::new();
    let inside = Inside::new(&machine);
    let (step, _) = inside.heal("first", &inside.event(), &[]);
    let fingerprint = step.outputs()["fingerprint"].clone();
    inside.github.open_pull(&format!("self-heal/main/{fingerprint}"), "main");
    {
        let mut state = inside.github.state();
        state.pulls[0].user = BOT.0.to_owned();
        state.pulls[0].open = false;
    }
    inside.must_end("second", &inside.event(), &[("GITHUB_TOKEN", TOKEN)], "skipped", "rejected");
    inside.github.fail("GET", "/pulls", 403, "Resource not accessible by integration", 9);
    inside.must_end("third", &inside.event(), &[("GITHUB_TOKEN", TOKEN)], "healed", "proven");
}

#[test]
fn p16_a_run_does_not_start_itself_again() {
    let machine = Machine::new();
    let inside = Inside::new(&machine);
    let lost = b"fatal: unable to access 'https://github.com/o/r/': Could not resolve host: github.com\n";
    inside.repository.write("check.log", lost);
    inside.must_end("heal", &inside.event(), &[], "reported", "rerun.own-run");
}

#[test]
fn p16_t17_of_a_fork_nothing_is_run_inside_of_its_job_either() {
    let machine = Machine::new();
    let inside = Inside::new(&machine);
    let event = inside.pull("eve/adder", &inside.repository.head());
    let on_pull = [("GITHUB_EVENT_NAME", "pull_request"), ("GITHUB_REF_NAME", "7/merge")];
    inside.must_end("heal", &event, &on_pull, "reported", "fork");
}

#[test]
fn p16_p3_on_a_pull_request_the_merge_is_proven_and_the_branch_is_patched() {
    let machine = Machine::new();
    let inside = Inside::new(&machine);
    let head = inside.repository.head();
    inside.repository.git(["checkout", "--quiet", "-b", "base", "HEAD~1"]);
    inside.repository.write("other.txt", "moved on\n");
    inside.repository.git(["add", "other.txt"]);
    inside.repository.git(["commit", "--quiet", "--message", "Base moves on"]);
    inside.repository.git(["merge", "--quiet", "--no-edit", &head]);
    let (merge, event) = (inside.repository.head(), inside.pull(REPOSITORY, &head));
    let on_pull = [("GITHUB_EVENT_NAME", "pull_request"), ("GITHUB_REF_NAME", "7/merge")];
    let (step, ended) = inside.heal("heal", &event, &on_pull);
    let told = step.outputs();
    assert_eq!(told["outcome"], "healed", "{}", ended.stderr());
    let bundle = json_in(&told["bundle"], "bundle.json");
    assert_eq!(json!([bundle["branch"], bundle["commit"]]), json!(["feature", head]));
    let receipt = json_in(&told["bundle"], "receipt.json");
    assert_eq!(json!([receipt["commit"], receipt["proven_on"]]), json!([head, merge]));
}

#[test]
fn p16_redaction_does_not_lean_on_the_runners_masks() {
    let machine = Machine::new();
    let inside = Inside::new(&machine);
    // Put together here, so that no scanner takes this file for a leak.
    let secret = ["gh", "p_", &"a1B2c3D4e5".repeat(4)[..36]].concat();
    let log = [b"remote: Authorization: token ", secret.as_bytes(), b"\n", inside.log.as_slice()].concat();
    inside.repository.write("check.log", log);
    let (step, ended) = inside.heal("heal", &inside.event(), &[]);
    let told = step.outputs();
    assert_eq!(told["outcome"], "healed", "{}", ended.stderr());
    let said = [ended.stdout(), ended.stderr(), step.summary()].concat();
    assert!(!said.contains(&secret));
    for entry in std::fs::read_dir(&told["bundle"]).expect("the bundle") {
        let path = entry.expect("a file").path();
        let bytes = std::fs::read(&path).expect("a file");
        let text = match path.extension().is_some_and(|extension| extension == "gz") {
            true => std::io::read_to_string(flate2::read::GzDecoder::new(bytes.as_slice())).expect("a log"),
            false => String::from_utf8_lossy(&bytes).into_owned(),
        };
        assert!(!text.contains(&secret), "{}", path.display());
    }
}

#[test]
fn p16_what_the_job_has_changed_in_a_tracked_file_is_another_tree() {
    let machine = Machine::new();
    let inside = Inside::new(&machine);
    inside.repository.write("pyproject.toml", "");
    inside.must_end("heal", &inside.event(), &[], "skipped", "workspace.dirty");
}

#[test]
fn p16_a_tag_is_no_branch_inside_of_a_job_either() {
    let machine = Machine::new();
    let inside = Inside::new(&machine);
    let on_tag = [("GITHUB_REF_NAME", "v1"), ("GITHUB_REF_TYPE", "tag")];
    inside.must_end("heal", &inside.event(), &on_tag, "skipped", "ref.tag");
}

#[test]
fn t13_inside_of_a_job_the_policy_is_the_default_branchs_too() {
    let machine = Machine::new();
    let inside = Inside::new(&machine);
    let event = inside.pull(REPOSITORY, &inside.repository.head());
    let on_pull = [
        ("GITHUB_EVENT_NAME", "pull_request"),
        ("GITHUB_REF", "refs/pull/7/merge"),
        ("GITHUB_REF_NAME", "7/merge"),
        ("GITHUB_TOKEN", TOKEN),
    ];
    // The branch says nothing, the default branch leaves everything out.
    let head = inside.repository.head();
    inside.repository.write(".github/self-heal.toml", "[scope]\nexcluded-jobs = [\"*\"]\n");
    inside.repository.git(["add", ".github"]);
    inside.repository.git(["commit", "--quiet", "--message", "A policy"]);
    inside.github.push(inside.repository.folder());
    inside.repository.git(["checkout", "--quiet", &head]);
    inside.must_end("asked", &event, &on_pull, "skipped", "job.excluded");
    // A token that may not read it leaves the built-in one, and says so.
    inside.github.fail("GET", "/git/", 403, "Resource not accessible by integration", 9);
    let (step, ended) = inside.heal("refused", &event, &on_pull);
    let told = step.outputs();
    assert_eq!(told["outcome"], "healed", "{}", ended.stderr());
    let audit = std::fs::read_to_string(Path::new(&told["bundle"]).join("audit.jsonl")).expect("an audit");
    assert!(audit.contains("contents: read"), "{audit}");
}
