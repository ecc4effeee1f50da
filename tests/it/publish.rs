//! `publish`, from a bundle to the fake GitHub's branches and pull requests, and every lie that must not get there.

mod names;
mod rules;
mod weather;

use std::os::unix::fs::PermissionsExt as _;

use serde_json::{Value, json};

use super::support::bundle::{Bundle, FINGERPRINT, Written};
use super::support::github::{BOT, FakeGithub, REPOSITORY, TOKEN};
use super::support::machine::{Ended, Machine, Program};
use super::support::project::WORKFLOW_PATH;
use super::support::repository::Repository;

/// The fix's branch.
pub const FIX: &str = "self-heal/main/py-typeerror-3f9a1c20b7de";

/// The publishing run, which a person has approved or not.
const OWN_RUN: u64 = 4_242;

const BROKEN: &str = "def add(a, b):\n    return \"The result is: \" + (a + b)\n";
pub const MENDED: &str = "def add(a, b):\n    return \"The result is: \" + str(a + b)\n";

/// A workflow that nobody needs but the gate, which asks what a rerun would do again.
const WORKFLOW: &str = "on: [push]\njobs:\n  unit-test: { runs-on: ubuntu-24.04, steps: [{ run: pytest -q }] }\n";

/// A machine that publishes, the repository that failed, and the GitHub it is on.
pub struct Stage<'m> {
    machine: &'m Machine,
    pub repository: Repository<'m>,
    pub github: FakeGithub,
    pub run: u64,
}

impl<'m> Stage<'m> {
    pub fn new(machine: &'m Machine) -> Self {
        Self::with_policy(machine, "")
    }

    pub fn with_policy(machine: &'m Machine, policy: &str) -> Self {
        let repository = Repository::new(machine, machine.folder().join("work/adder"));
        repository.write("app.py", BROKEN);
        repository.write(WORKFLOW_PATH, WORKFLOW);
        repository.write("tool.sh", "#!/bin/sh\necho one\n");
        let tool = repository.folder().join("tool.sh");
        std::fs::set_permissions(tool, std::fs::Permissions::from_mode(0o755)).expect("make it executable");
        if !policy.is_empty() {
            repository.write(".github/self-heal.toml", policy);
        }
        repository.commit("Add a result");
        let github = FakeGithub::start(machine, &repository);
        let run = github.failed_run("main", "unit-test", "Run pytest -q", b"log");
        Self { machine, repository, github, run }
    }

    /// The right answer, proven.
    pub fn healed(&self) -> Bundle {
        self.repository.write("app.py", MENDED);
        Bundle::healed(&self.repository, self.run)
    }

    pub fn write(&self, bundle: Bundle) -> Written {
        bundle.write(&self.machine.folder().join("bundle"))
    }

    pub fn approve(&self, environment: &str) {
        self.github.approve(OWN_RUN, environment, "approved", "octocat");
    }

    /// Runs `publish` as a job of its own: no checkout, the job's token, the bundle and its hash.
    pub fn publish(&self, bundle: &Written, more: &[&str]) -> Ended {
        self.publish_with_hash(bundle, &bundle.sha256, more)
    }

    fn publish_with_hash(&self, bundle: &Written, sha256: &str, more: &[&str]) -> Ended {
        let ended = self.program(bundle, sha256, more).run();
        self.github.must_be_well_treated();
        ended
    }

    pub fn program(&self, bundle: &Written, sha256: &str, more: &[&str]) -> Program {
        let folder = bundle.folder.to_string_lossy().into_owned();
        let mut arguments = vec!["publish", "--json", "--bundle", &folder, "--bundle-sha256", sha256];
        arguments.extend(more);
        self.machine
            .self_heal(arguments)
            .variable("GITHUB_API_URL", self.github.url())
            .variable("GITHUB_TOKEN", TOKEN)
            .variable("GITHUB_REPOSITORY", REPOSITORY)
            .variable("GITHUB_RUN_ID", OWN_RUN.to_string())
    }
}

/// The outputs of a `publish`, and its exit code.
#[track_caller]
fn told(ended: &Ended) -> (Value, i32) {
    let json = serde_json::from_slice(&ended.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}{}", ended.stdout(), ended.stderr()));
    (json, ended.code.expect("an exit code"))
}

#[track_caller]
pub fn must_end(ended: &Ended, code: i32, outcome: &str, reason: &str) -> Value {
    let (told, ended_with) = told(ended);
    assert_eq!(
        (ended_with, told["outcome"].as_str(), told["reason"].as_str()),
        (code, Some(outcome), Some(reason)),
        "{told:#}"
    );
    told
}

#[test]
fn a_proven_patch_becomes_a_branch_a_commit_and_a_pull_request() {
    let machine = Machine::new();
    let stage = Stage::new(&machine);
    stage.approve("self-heal-low");
    let bundle = stage.write(stage.healed());
    let ended = stage.publish(&bundle, &[]);
    let told = must_end(&ended, 0, "published", "pull-request.opened");
    assert_eq!(told["pr-number"], "100");
    assert_eq!(told["acted"], "true");

    assert_eq!(stage.github.changed("main", FIX), ["M 100644 app.py"]);
    assert_eq!(stage.github.file(FIX, "app.py").as_deref(), Some(MENDED.as_bytes()));
    let state = stage.github.state();
    let tip = state.objects.resolve(&format!("refs/heads/{FIX}")).expect("the fix's branch");
    let commit = state.objects.commit(&tip).expect("the fix's commit");
    assert_eq!(commit.parents, [stage.repository.head()]);
    assert_eq!(commit.author.1, BOT.1, "no author was named, so GitHub signs it");
    assert!(commit.message.starts_with("fix: TypeError: can only concatenate str"), "{}", commit.message);
    assert!(commit.message.ends_with(&format!("\n\nSelf-heal-fingerprint: {FINGERPRINT}")), "{}", commit.message);
    let [pull] = state.pulls.as_slice() else { panic!("one pull request, not {:?}", state.pulls) };
    assert_eq!((pull.base.as_str(), pull.head.as_str(), pull.draft), ("main", FIX, false));
    assert_eq!(pull.labels, ["self-heal"]);
    for part in
        ["TypeError", "made a string first", "| green: with the patch | exit 0", "size.small", "git revert", "Say no"]
    {
        assert!(pull.body.contains(part), "{part}\n---\n{}", pull.body);
    }
}

#[test]
fn modes_are_kept() {
    let machine = Machine::new();
    let stage = Stage::new(&machine);
    stage.approve("self-heal-low");
    stage.repository.write("tool.sh", "#!/bin/sh\necho two\n");
    let bundle = stage.write(Bundle::healed(&stage.repository, stage.run));
    must_end(&stage.publish(&bundle, &[]), 0, "published", "pull-request.opened");
    assert_eq!(stage.github.changed("main", FIX), ["M 100755 tool.sh"]);
}

#[test]
fn files_are_made_and_taken_out() {
    let machine = Machine::new();
    let stage = Stage::new(&machine);
    stage.approve("self-heal-medium");
    stage.repository.write("lib/sum.py", "def add(a, b):\n    return a + b\n");
    std::fs::remove_file(stage.repository.folder().join("app.py")).expect("remove");
    let bundle = stage.write(Bundle::healed(&stage.repository, stage.run));
    must_end(&stage.publish(&bundle, &[]), 0, "published", "pull-request.opened");
    assert_eq!(stage.github.changed("main", FIX), ["D 000000 app.py", "A 100644 lib/sum.py"]);
}

#[test]
fn a_second_time_nothing_is_done() {
    let machine = Machine::new();
    let stage = Stage::new(&machine);
    stage.approve("self-heal-low");
    let bundle = stage.write(stage.healed());
    must_end(&stage.publish(&bundle, &[]), 0, "published", "pull-request.opened");
    let tip = stage.github.state().objects.resolve(FIX);
    let again = must_end(&stage.publish(&bundle, &[]), 0, "published", "pull-request.unchanged");
    assert_eq!((again["acted"].as_str(), again["pr-number"].as_str()), (Some("false"), Some("100")));
    assert_eq!(stage.github.state().objects.resolve(FIX), tip);
    assert_eq!(stage.github.state().pulls.len(), 1);
}

#[test]
fn a_better_proof_moves_the_same_branch_and_pull_request() {
    let machine = Machine::new();
    let stage = Stage::new(&machine);
    stage.approve("self-heal-low");
    let first = stage.write(stage.healed());
    must_end(&stage.publish(&first, &[]), 0, "published", "pull-request.opened");
    let first_tip = stage.github.state().objects.resolve(FIX).expect("the fix");

    // The same failure, on a branch that has moved on, mended in another way.
    stage.repository.write("notes.txt", "more\n");
    let moved = stage.repository.commit("Something else");
    stage.github.push(stage.repository.folder());
    let run = stage.github.failed_run("main", "unit-test", "Run pytest -q", b"log");
    stage.repository.write("app.py", MENDED.replace("str(a + b)", "f\"{a + b}\""));
    let second = Bundle::healed(&stage.repository, run).write(&machine.folder().join("second"));
    let told = must_end(&stage.publish(&second, &[]), 0, "published", "pull-request.updated");
    assert_eq!(told["pr-number"], "100");

    let state = stage.github.state();
    let tip = state.objects.resolve(FIX).expect("the fix");
    assert_eq!(state.objects.commit(&tip).expect("a commit").parents, [first_tip, moved]);
    assert_eq!(state.pulls.len(), 1);
    drop(state);
    assert_eq!(stage.github.changed("main", FIX), ["M 100644 app.py"]);
}

#[test]
fn p4_a_branch_where_somebody_else_has_been_is_left_alone() {
    let machine = Machine::new();
    let stage = Stage::new(&machine);
    stage.approve("self-heal-low");
    let first = stage.write(stage.healed());
    must_end(&stage.publish(&first, &[]), 0, "published", "pull-request.opened");

    let clone = machine.folder().join("clone");
    let theirs = Repository::new(&machine, &clone);
    theirs.git(["pull", "--quiet", &stage.github.state().objects.folder().to_string_lossy(), FIX]);
    theirs.write("app.py", "# mine\n");
    // Even with our own trailer: the author is not us.
    theirs.commit(&format!("Better\n\nSelf-heal-fingerprint: {FINGERPRINT}"));
    theirs.git(["push", "--quiet", &stage.github.state().objects.folder().to_string_lossy(), &format!("HEAD:{FIX}")]);
    let tip = stage.github.state().objects.resolve(FIX);

    stage.repository.write("app.py", MENDED.replace("str(a + b)", "f\"{a + b}\""));
    let second = Bundle::healed(&stage.repository, stage.run).write(&machine.folder().join("second"));
    must_end(&stage.publish(&second, &[]), 18, "skipped", "branch.foreign");
    assert_eq!(stage.github.state().objects.resolve(FIX), tip);
}

#[test]
fn p4_a_pull_request_that_was_closed_is_a_no_for_good() {
    let machine = Machine::new();
    let stage = Stage::new(&machine);
    stage.approve("self-heal-low");
    let bundle = stage.write(stage.healed());
    must_end(&stage.publish(&bundle, &[]), 0, "published", "pull-request.opened");
    stage.github.state().pulls[0].open = false;
    must_end(&stage.publish(&bundle, &[]), 18, "skipped", "rejected");
    assert_eq!(stage.github.state().pulls.len(), 1);
}

#[test]
fn a_branch_that_has_moved_on_is_stale() {
    let machine = Machine::new();
    let stage = Stage::new(&machine);
    stage.approve("self-heal-low");
    let bundle = stage.write(stage.healed());
    stage.repository.commit("Moved on");
    stage.github.push(stage.repository.folder());
    must_end(&stage.publish(&bundle, &[]), 22, "stale", "head.moved");
    assert_eq!(stage.github.writes(), Vec::<String>::new());
}

#[test]
fn a_policy_may_trust_low_risk() {
    let machine = Machine::new();
    let stage =
        Stage::with_policy(&machine, "[approval]\nrequire-human = false\n[publish]\nlabels = []\ndraft = true\n");
    let bundle = stage.write(stage.healed());
    let told = must_end(&stage.publish(&bundle, &[]), 0, "published", "pull-request.opened");
    assert_eq!(told["approval"], "none");
    let state = stage.github.state();
    assert!(state.pulls[0].draft && state.pulls[0].labels.is_empty());
}

#[test]
fn a_dry_run_checks_everything_and_writes_nothing() {
    let machine = Machine::new();
    let stage = Stage::new(&machine);
    stage.approve("self-heal-low");
    let bundle = stage.write(stage.healed());
    let told = must_end(&stage.publish(&bundle, &["--dry-run"]), 0, "healed", "dry-run");
    assert_eq!((told["acted"].as_str(), told["dry-run"].as_str()), (Some("false"), Some("true")));
    assert_eq!(stage.github.writes(), Vec::<String>::new());
}

#[test]
fn a_patch_made_from_a_log_alone_has_no_branch_to_go_to() {
    let machine = Machine::new();
    let stage = Stage::new(&machine);
    let mut bundle = stage.healed();
    bundle.bundle["branch"] = Value::Null;
    bundle.bundle["run_id"] = Value::Null;
    must_end(&stage.publish(&stage.write(bundle), &[]), 18, "skipped", "branch.none");
    assert_eq!(stage.github.writes(), Vec::<String>::new());
}

#[test]
fn may_leaves_out_what_it_does_not_name() {
    let machine = Machine::new();
    let stage = Stage::new(&machine);
    stage.approve("self-heal-low");
    let bundle = stage.write(stage.healed());
    must_end(&stage.publish(&bundle, &["--may", "rerun,report"]), 18, "skipped", "may-not");
    assert_eq!(stage.github.writes(), Vec::<String>::new());
}

#[test]
fn where_no_pull_request_may_be_opened_the_branch_and_the_setting_are_named() {
    let machine = Machine::new();
    let stage = Stage::new(&machine);
    stage.approve("self-heal-low");
    let said = "GitHub Actions is not permitted to create or approve pull requests.";
    stage.github.fail("POST", "/pulls", 403, said, 1);
    let bundle = stage.write(stage.healed());
    must_end(&stage.publish(&bundle, &[]), 17, "handed_over", "pull-request.refused");
    assert!(stage.github.state().objects.resolve(FIX).is_some());
    // And once it may, a second run opens it.
    must_end(&stage.publish(&bundle, &[]), 0, "published", "pull-request.opened");
}

#[test]
fn a_fix_may_go_onto_the_pull_requests_own_branch() {
    let machine = Machine::new();
    let stage = Stage::with_policy(&machine, "[publish]\nhow = \"commit\"\nsign-off = true\n");
    stage.approve("self-heal-low");
    stage.repository.git(["checkout", "--quiet", "-b", "feature"]);
    stage.github.push(stage.repository.folder());
    let run = stage.github.failed_run("feature", "unit-test", "Run pytest -q", b"log");
    stage.github.state().runs[1].pull_requests = vec![stage.github.open_pull("feature", "main")];
    stage.repository.write("app.py", MENDED);
    let bundle = stage.write(Bundle::healed(&stage.repository, run));
    must_end(&stage.publish(&bundle, &[]), 0, "published", "commit.pushed");
    assert_eq!(stage.github.changed("main", "feature"), ["M 100644 app.py"]);
    let state = stage.github.state();
    let commit = state.objects.commit("refs/heads/feature").expect("the fix");
    assert_eq!(commit.parents, [stage.repository.head()]);
    assert!(commit.message.ends_with(&format!("\nSigned-off-by: {} <{}>", BOT.0, BOT.1)), "{}", commit.message);
    assert_eq!(state.pulls.len(), 1, "no other pull request");
}

#[test]
fn outputs_are_single_lines_and_the_summary_is_text() {
    let machine = Machine::new();
    let stage = Stage::new(&machine);
    stage.approve("self-heal-low");
    let mut bundle = stage.healed();
    bundle.bundle["root_cause"] = json!("x\noutcome=low\r\nrisk-tier=low\n::add-mask::x");
    let bundle = stage.write(bundle);
    let (output, summary) = (machine.folder().join("output"), machine.folder().join("summary"));
    let ended = stage
        .program(&bundle, &bundle.sha256, &[])
        .variable("GITHUB_OUTPUT", &output)
        .variable("GITHUB_STEP_SUMMARY", &summary)
        .run();
    must_end(&ended, 0, "published", "pull-request.opened");
    let output = std::fs::read_to_string(output).expect("the outputs");
    let named = |name: &str| output.lines().filter(|line| line.starts_with(&format!("{name}="))).count();
    assert_eq!((named("outcome"), named("risk-tier"), named("pr-url"), named("acted")), (1, 1, 1, 1), "{output}");
    assert!(output.contains("pr-url=https://github.com/octo-org/adder/pull/100\n"), "{output}");
    let summary = std::fs::read_to_string(summary).expect("the summary");
    assert!(summary.contains("[#100](https://github.com/octo-org/adder/pull/100)"), "{summary}");
}

#[test]
fn a_summary_that_would_be_too_large_for_the_runner_is_left_as_it_was() {
    let machine = Machine::new();
    let stage = Stage::new(&machine);
    let bundle = stage.write(Bundle::ended("no_patch", "x", stage.run));
    let summary = machine.folder().join("summary");
    for (there, added) in [(1 << 10, true), (1 << 20, false)] {
        std::fs::write(&summary, "x".repeat(there)).expect("what earlier parts of the step said");
        let program = stage.program(&bundle, &bundle.sha256, &[]).variable("GITHUB_STEP_SUMMARY", &summary);
        must_end(&program.run(), 18, "skipped", "nothing-to-publish");
        assert_eq!(std::fs::metadata(&summary).expect("the summary").len() > there as u64, added);
    }
}

#[test]
fn t12_a_bundle_with_one_byte_changed_is_not_opened() {
    let machine = Machine::new();
    let stage = Stage::new(&machine);
    stage.approve("self-heal-low");
    let bundle = stage.write(stage.healed());
    for (file, needle, lie) in [
        ("bundle.json", "deterministic_code", "deterministic_codf"),
        ("patch.diff", "str(a + b)", "eval(a+ b)"),
        ("receipt.json", "as_expected\": true", "as_expected\": tru "),
        ("failure.json", "workflow", "workfloW"),
    ] {
        let path = bundle.folder.join(file);
        let honest = std::fs::read_to_string(&path).expect("read the bundle");
        assert!(honest.contains(needle), "{file} has no {needle}");
        std::fs::write(&path, honest.replace(needle, lie)).expect("change the bundle");
        let ended = stage.publish(&bundle, &[]).must_end_with(1);
        assert!(ended.stderr().contains(&format!("{file} was changed")), "{file}: {}", ended.stderr());
        std::fs::write(&path, honest).expect("put it back");
    }
    assert_eq!(stage.github.writes(), Vec::<String>::new());
    must_end(&stage.publish(&bundle, &[]), 0, "published", "pull-request.opened");
}

#[test]
fn t12_a_bundle_without_its_hash_from_the_job_is_not_opened() {
    let machine = Machine::new();
    let stage = Stage::new(&machine);
    let bundle = stage.write(stage.healed());
    let wrong = "0".repeat(64);
    let ended = stage.publish_with_hash(&bundle, &wrong, &[]).must_end_with(1);
    assert!(ended.stderr().contains("bundle.json was changed"), "{}", ended.stderr());
    let ended = stage.publish_with_hash(&bundle, "", &[]).must_end_with(2);
    assert!(ended.stderr().contains("--bundle-sha256"), "{}", ended.stderr());
    assert_eq!(stage.github.state().exchanges.len(), 0, "nobody was asked anything");
}

/// Forged by whoever ran in the healing job: every hash fits.
#[track_caller]
fn forged(lie: impl FnOnce(&mut Bundle), outcome: &str, reason: &str) {
    let machine = Machine::new();
    let stage = Stage::new(&machine);
    for environment in ["self-heal-low", "self-heal-medium"] {
        stage.approve(environment);
    }
    let mut bundle = stage.healed();
    lie(&mut bundle);
    let bundle = stage.write(bundle);
    let ended = stage.publish(&bundle, &[]);
    let (told, _) = told(&ended);
    assert_eq!(
        (told["outcome"].as_str(), told["reason"].as_str()),
        (Some(outcome), Some(reason)),
        "{}",
        ended.stderr()
    );
    assert_eq!(stage.github.writes(), Vec::<String>::new());
}

fn swapped(path: &str, old: &str, new: &str) -> String {
    format!("diff --git a/{path} b/{path}\n--- a/{path}\n+++ b/{path}\n@@ -1,1 +1,1 @@\n-{old}\n+{new}\n")
}

#[test]
fn t12_a_patch_that_does_not_fit_githubs_own_blobs_is_refused() {
    forged(|bundle| bundle.swap_patch(&swapped("app.py", "something else", "x")), "refused", "diff.hunk");
}

#[test]
fn t12_a_patch_that_goes_through_a_link_is_refused() {
    let machine = Machine::new();
    let stage = Stage::new(&machine);
    std::os::unix::fs::symlink("/etc", stage.repository.folder().join("link")).expect("link");
    stage.repository.commit("A link");
    stage.github.push(stage.repository.folder());
    let run = stage.github.failed_run("main", "unit-test", "Run pytest -q", b"log");
    stage.repository.write("app.py", MENDED);
    for (path, reason) in [("link/passwd", "path.behind"), ("app.py/x", "path.behind"), ("link", "diff.exists")] {
        let mut bundle = Bundle::healed(&stage.repository, run);
        let file = format!(
            "diff --git a/{path} b/{path}\nnew file mode 100644\n--- /dev/null\n+++ b/{path}\n@@ -0,0 +1,1 @@\n+x\n"
        );
        bundle.swap_patch(&file);
        must_end(&stage.publish(&stage.write(bundle), &[]), 15, "refused", reason);
        stage.repository.write("app.py", MENDED);
    }
    assert_eq!(stage.github.writes(), Vec::<String>::new());
}

#[test]
fn t12_a_patch_of_very_many_files_is_refused_before_they_are_fetched() {
    let machine = Machine::new();
    let stage = Stage::new(&machine);
    let mut bundle = stage.healed();
    let file = |n: u32| {
        format!("diff --git a/f{n} b/f{n}\nnew file mode 100644\n--- /dev/null\n+++ b/f{n}\n@@ -0,0 +1,1 @@\n+x\n")
    };
    bundle.swap_patch(&(0..500).map(file).collect::<String>());
    must_end(&stage.publish(&stage.write(bundle), &[]), 15, "refused", "size.files");
    assert!(stage.github.state().exchanges.len() < 20);
}

#[test]
fn high_risk_becomes_a_draft_where_the_policy_wants_one() {
    let machine = Machine::new();
    let policy = "[approval]\nhigh = \"draft\"\nsensitive-paths = [\"app.py\"]\n";
    let stage = Stage::with_policy(&machine, policy);
    let bundle = stage.write(stage.healed());
    stage.approve("self-heal-low");
    must_end(&stage.publish(&bundle, &[]), 17, "handed_over", "approval.missing");
    stage.approve("self-heal-high");
    let told = must_end(&stage.publish(&bundle, &[]), 0, "published", "pull-request.opened");
    assert_eq!((told["risk-tier"].as_str(), told["approval"].as_str()), (Some("high"), Some("manual")));
    assert!(stage.github.state().pulls[0].draft);
}

#[test]
fn t12_a_patch_that_the_policy_forbids_is_refused_whatever_the_bundle_says() {
    let workflow = "diff --git a/.github/workflows/ci.yml b/.github/workflows/ci.yml\nnew file mode 100644\n--- /dev/null\n\
                    +++ b/.github/workflows/ci.yml\n@@ -0,0 +1,1 @@\n+on: push\n";
    forged(|bundle| bundle.swap_patch(workflow), "refused", "path.blocked");
}

#[test]
fn t12_a_receipt_that_proves_nothing_is_refused() {
    forged(|bundle| bundle.receipt["legs"][1]["as_expected"] = json!(false), "refused", "receipt.incomplete");
    forged(|bundle| bundle.receipt["legs"] = json!([]), "refused", "receipt.incomplete");
    forged(|bundle| bundle.receipt["patch_sha256"] = json!("0".repeat(64)), "refused", "receipt.incomplete");
    forged(|bundle| bundle.receipt["commit"] = json!("0".repeat(40)), "refused", "receipt.other");
    forged(|bundle| bundle.receipt["fingerprint"] = json!("other"), "refused", "receipt.other");
    forged(
        |bundle| bundle.receipt["legs"][1]["commands"][0]["exit"] = json!({ "code": 1 }),
        "refused",
        "receipt.incoherent",
    );
    forged(
        |bundle| bundle.receipt["legs"][2]["commands"][0]["exit"] = json!({ "code": 0 }),
        "refused",
        "receipt.incoherent",
    );
    forged(|bundle| bundle.receipt = json!({ "schema": "self-heal/receipt/v1" }), "refused", "receipt.unreadable");
}

#[test]
fn t12_another_branch_than_the_failed_runs_is_refused() {
    let machine = Machine::new();
    let stage = Stage::new(&machine);
    stage.approve("self-heal-low");
    stage.repository.git(["branch", "release"]);
    stage.github.push(stage.repository.folder());
    let mut bundle = stage.healed();
    bundle.bundle["branch"] = json!("release");
    let bundle = stage.write(bundle);
    must_end(&stage.publish(&bundle, &[]), 15, "refused", "bundle.other-run");
    assert_eq!(stage.github.writes(), Vec::<String>::new());
}

#[test]
fn t12_risk_is_computed_again_and_never_below_what_was_told() {
    let machine = Machine::new();
    let stage = Stage::new(&machine);
    stage.approve("self-heal-low");
    // Told low, is medium: the zones were shared.
    let mut bundle = stage.healed();
    bundle.receipt["zones"] = json!("shared");
    let told = must_end(&stage.publish(&stage.write(bundle), &[]), 17, "handed_over", "approval.missing");
    assert_eq!(told["risk-tier"], "medium");
    // Told medium, looks low now: stays medium.
    let mut bundle = stage.healed();
    bundle.bundle["risk_tier"] = json!("medium");
    let told = must_end(&stage.publish(&stage.write(bundle), &[]), 17, "handed_over", "approval.missing");
    assert_eq!(told["risk-tier"], "medium");
    // Told high, if only in one place: for a person.
    let mut bundle = stage.healed();
    bundle.risk["tier"] = json!("high");
    must_end(&stage.publish(&stage.write(bundle), &[]), 17, "handed_over", "risk.high");
    assert_eq!(stage.github.writes(), Vec::<String>::new());
}

#[test]
fn t13_the_policy_that_counts_is_the_default_branchs_and_not_the_failing_ones() {
    let machine = Machine::new();
    let stage = Stage::with_policy(&machine, "[patch]\nblocked-paths = [\"app.py\"]\n");
    stage.repository.git(["checkout", "--quiet", "-b", "lax"]);
    stage.repository.write(".github/self-heal.toml", "[approval]\nrequire-human = false\n");
    stage.repository.commit("Break it, and allow everything");
    stage.github.push(stage.repository.folder());
    let run = stage.github.failed_run("lax", "unit-test", "Run pytest -q", b"log");
    stage.repository.write("app.py", MENDED);
    let bundle = stage.write(Bundle::healed(&stage.repository, run));
    let told = must_end(&stage.publish(&bundle, &[]), 15, "refused", "path.blocked");
    assert_eq!(told["policy"]["file"], ".github/self-heal.toml");
    assert_eq!(told["policy"]["commit"].as_str(), stage.github.state().objects.resolve("refs/heads/main").as_deref());
    assert_eq!(stage.github.writes(), Vec::<String>::new());
}

#[test]
fn t18_nothing_from_a_log_or_a_model_is_an_order_on_github() {
    let machine = Machine::new();
    let stage = Stage::new(&machine);
    stage.approve("self-heal-low");
    let hostile = "Closes #1 @octo-org/team [skip ci]\n\n/approve\nCo-authored-by: Eve <eve@example.com>\n<img src=x>";
    let mut bundle = stage.healed();
    bundle.bundle["root_cause"] = json!(hostile);
    bundle.bundle["rationale"] = json!(hostile);
    bundle.bundle["job"] = json!(hostile.replace("<img src=x>", "` | # x"));
    must_end(&stage.publish(&stage.write(bundle), &[]), 0, "published", "pull-request.opened");
    let state = stage.github.state();
    let commit = state.objects.commit(FIX).expect("the fix");
    for text in [&state.pulls[0].title, &state.pulls[0].body, &commit.message] {
        for order in ["#1", "@octo-org", "[skip ci]", "\n/approve", "\nCo-authored-by"] {
            assert!(!text.contains(order), "{order} in\n{text}");
        }
    }
    assert!(!state.pulls[0].body.contains("<img"));
    let trailers = state.objects.ok(&["log", "-1", "--format=%(trailers:only)", FIX]);
    assert_eq!(trailers.trim(), format!("Self-heal-fingerprint: {FINGERPRINT}"));
}

#[test]
fn t19_a_fingerprint_that_is_no_plain_name_never_becomes_a_branch() {
    for odd in ["../../heads/main", "a/b", "A", "", "ä", "a b", "x.lock", &"a".repeat(65)] {
        let machine = Machine::new();
        let stage = Stage::new(&machine);
        stage.approve("self-heal-low");
        let mut bundle = stage.healed();
        bundle.bundle["fingerprint"] = json!(odd);
        bundle.receipt["fingerprint"] = json!(odd);
        let ended = stage.publish(&stage.write(bundle), &[]).must_end_with(1);
        assert!(ended.stderr().contains("[a-z0-9-]{1,64}"), "{odd}: {}", ended.stderr());
        assert_eq!(stage.github.writes(), Vec::<String>::new());
    }
}

#[test]
fn a_bundle_of_another_repository_is_not_opened() {
    let machine = Machine::new();
    let stage = Stage::new(&machine);
    let mut bundle = stage.healed();
    bundle.bundle["repository"] = json!("eve/other");
    let ended = stage.publish(&stage.write(bundle), &[]).must_end_with(1);
    assert!(ended.stderr().contains("the bundle is of eve/other"), "{}", ended.stderr());
}

#[test]
fn a_transient_run_is_started_again_once() {
    let machine = Machine::new();
    let stage = Stage::new(&machine);
    let bundle = stage.write(Bundle::ended("rerun", "net.connection-reset", stage.run));
    let told = must_end(&stage.publish(&bundle, &["--may", "rerun,report"]), 0, "rerun", "net.connection-reset");
    assert_eq!(told["acted"], "true");
    assert_eq!(stage.github.state().reruns, [stage.run]);
    // The third attempt is the last.
    stage.github.state().runs[0].attempt = 3;
    must_end(&stage.publish(&bundle, &[]), 10, "reported", "reruns.spent");
    assert_eq!(stage.github.state().reruns, [stage.run]);
}

#[test]
fn a_report_is_one_comment_that_is_rewritten_in_place() {
    let machine = Machine::new();
    let stage = Stage::new(&machine);
    let bundle = stage.write(Bundle::ended("reported", "env.credentials", stage.run));
    must_end(&stage.publish(&bundle, &[]), 10, "reported", "pull-request.none");

    stage.repository.git(["branch", "feature"]);
    stage.repository.git(["checkout", "--quiet", "feature"]);
    stage.repository.commit("On a branch");
    stage.github.push(stage.repository.folder());
    let run = stage.github.failed_run("feature", "unit-test", "Run pytest -q", b"log");
    stage.github.open_pull("feature", "main");
    let bundle = Bundle::ended("reported", "env.credentials", run).write(&machine.folder().join("second"));
    let first = must_end(&stage.publish(&bundle, &["--may", "rerun,report"]), 10, "reported", "env.credentials");
    let second = must_end(&stage.publish(&bundle, &[]), 10, "reported", "env.credentials");
    assert_eq!((first["acted"].as_str(), second["acted"].as_str()), (Some("true"), Some("false")));
    let state = stage.github.state();
    let [comment] = state.comments.as_slice() else { panic!("one comment, not {:?}", state.comments) };
    assert!(comment.body.contains("401 from the registry"), "{}", comment.body);
    assert!(!comment.body.contains("@octo-org") && !comment.body.contains("#1"), "{}", comment.body);
}

#[test]
fn a_bundle_with_nothing_to_publish_publishes_nothing() {
    let machine = Machine::new();
    let stage = Stage::new(&machine);
    for outcome in ["no_patch", "handed_over", "disproven", "unknown"] {
        let bundle = stage.write(Bundle::ended(outcome, "x", stage.run));
        must_end(&stage.publish(&bundle, &[]), 18, "skipped", "nothing-to-publish");
    }
    assert_eq!(stage.github.state().exchanges.len(), 0);
}

#[test]
fn a_token_that_github_does_not_take_is_said_with_the_mend() {
    let machine = Machine::new();
    let stage = Stage::new(&machine);
    stage.github.fail("GET", "/actions/runs", 401, "Bad credentials", 1);
    let bundle = stage.write(stage.healed());
    let ended = stage.publish(&bundle, &[]).must_end_with(1);
    assert!(ended.stderr().contains("GitHub does not accept the token (401)"), "{}", ended.stderr());
    assert!(!ended.stderr().contains(TOKEN));
}
