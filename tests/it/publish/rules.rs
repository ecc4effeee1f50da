//! What GitHub does to branches, approvals, drafts, labels and names, and what `publish` answers with.

use super::{BROKEN, FIX, MENDED, OWN_RUN, Stage, must_end};
use crate::support::bundle::{Bundle, FINGERPRINT, Written};
use crate::support::machine::Machine;

/// `publish`, and the summary that it writes.
fn with_summary(machine: &Machine, stage: &Stage<'_>, bundle: &Written) -> (super::Ended, String) {
    let summary = machine.folder().join("summary.md");
    let ended = stage.program(bundle, &bundle.sha256, &[]).variable("GITHUB_STEP_SUMMARY", &summary).run();
    (ended, std::fs::read_to_string(summary).unwrap_or_default())
}

/// A fix that the policy wants as a commit on the failing pull request's own branch, `feature`.
fn fix_for_the_pull_requests_own_branch(machine: &Machine) -> (Stage<'_>, Written) {
    let stage = Stage::with_policy(machine, "[publish]\nhow = \"commit\"\n");
    stage.approve("self-heal-low");
    stage.repository.git(["checkout", "--quiet", "-b", "feature"]);
    stage.github.push(stage.repository.folder());
    let run = stage.github.failed_run("feature", "unit-test", "Run pytest -q", b"log");
    stage.github.open_pull("feature", "main");
    stage.repository.write("app.py", MENDED);
    let bundle = stage.write(Bundle::healed(&stage.repository, run));
    (stage, bundle)
}

#[test]
fn p4_one_failure_on_two_branches_has_two_branches_of_ours() {
    let machine = Machine::new();
    let stage = Stage::new(&machine);
    stage.approve("self-heal-low");
    must_end(&stage.publish(&stage.write(stage.healed()), &[]), 0, "published", "pull-request.opened");
    stage.repository.git(["checkout", "--quiet", "-b", "release/1"]);
    stage.github.push(stage.repository.folder());
    let run = stage.github.failed_run("release/1", "unit-test", "Run pytest -q", b"log");
    stage.repository.write("app.py", MENDED);
    let second = Bundle::healed(&stage.repository, run).write(&machine.folder().join("second"));
    must_end(&stage.publish(&second, &[]), 0, "published", "pull-request.opened");
    let state = stage.github.state();
    let heads: Vec<(&str, &str)> = state.pulls.iter().map(|pull| (pull.base.as_str(), pull.head.as_str())).collect();
    let release = format!("self-heal/release/1/{FINGERPRINT}");
    assert_eq!(heads, [("main", FIX), ("release/1", release.as_str())]);
}

#[test]
fn p6_a_tip_that_moves_while_everything_is_checked_is_stale() {
    for what in ["/approvals", "/git/blobs/"] {
        let machine = Machine::new();
        let stage = Stage::new(&machine);
        stage.approve("self-heal-low");
        let bundle = stage.write(stage.healed());
        let tip = stage.repository.head();
        stage.github.before("GET", what, move |state| {
            let tree = state.objects.commit(&tip).expect("the tip").tree;
            let moved = state.objects.store_commit(&tree, &[tip], "Moved on").expect("a commit");
            assert!(state.objects.move_ref("refs/heads/main", &moved));
        });
        must_end(&stage.publish(&bundle, &[]), 22, "stale", "head.moved");
        assert_eq!(stage.github.writes(), Vec::<String>::new(), "{what}");
    }
}

#[test]
fn p6_a_pull_requests_branch_that_moves_at_the_last_moment_is_stale() {
    let machine = Machine::new();
    let (stage, bundle) = fix_for_the_pull_requests_own_branch(&machine);
    let tip = stage.repository.head();
    stage.github.before("PATCH", "/git/refs/heads/feature", move |state| {
        let tree = state.objects.commit(&tip).expect("the tip").tree;
        let moved = state.objects.store_commit(&tree, &[tip], "Moved on").expect("a commit");
        assert!(state.objects.move_ref("refs/heads/feature", &moved));
    });
    must_end(&stage.publish(&bundle, &[]), 22, "stale", "head.moved");
    assert_eq!(stage.github.changed("main", "feature"), Vec::<String>::new());
}

#[test]
fn p8_without_a_persons_approval_nothing_is_written() {
    let machine = Machine::new();
    let stage = Stage::new(&machine);
    let bundle = stage.write(stage.healed());
    must_end(&stage.publish(&bundle, &[]), 17, "handed_over", "approval.missing");
    stage.github.approve(OWN_RUN, "self-heal-low", "rejected", "octocat");
    stage.github.approve(OWN_RUN, "self-heal-low", "approved", "helper[bot]");
    must_end(&stage.publish(&bundle, &[]), 17, "handed_over", "approval.missing");
    assert_eq!(stage.github.writes(), Vec::<String>::new());
}

#[test]
fn p8_where_there_are_no_drafts_the_branch_and_a_link_are_handed_over() {
    let machine = Machine::new();
    let stage = Stage::with_policy(&machine, "[publish]\ndraft = true\n");
    stage.approve("self-heal-low");
    stage.github.fail("POST", "/pulls", 422, "Draft pull requests are not supported in this repository.", 1);
    let bundle = stage.write(stage.healed());
    let (ended, summary) = with_summary(&machine, &stage, &bundle);
    must_end(&ended, 17, "handed_over", "pull-request.draft");
    let link = format!("https://github.com/octo-org/adder/compare/main...{FIX}?expand=1");
    assert!(summary.contains(&format!("[open the pull request]({link})")), "{summary}");
    assert_eq!(stage.github.changed("main", FIX), ["M 100644 app.py"]);
    assert_eq!(stage.github.state().pulls.len(), 0, "no other kind of pull request than was asked for");
}

#[test]
fn p11_the_pull_request_says_which_checks_run_on_it_and_how_to_start_them() {
    let machine = Machine::new();
    let stage = Stage::new(&machine);
    stage.approve("self-heal-low");
    let workflows = [
        ("ci.yml", "name: CI\non:\n  push:\n  pull_request:\n    branches: [main]\njobs: {}\n"),
        ("lint.yaml", "name: \"Lint @octo-org/team\"\non: [pull_request]\njobs: {}\n"),
        ("nightly.yml", "name: Nightly\non: { schedule: [{ cron: '0 0 * * *' }] }\njobs: {}\n"),
        ("broken.yml", "name: [\n"),
        ("notes.txt", "no workflow"),
    ];
    for (name, text) in workflows {
        stage.repository.write(&format!(".github/workflows/{name}"), text);
    }
    stage.repository.commit("Workflows");
    stage.repository.git(["checkout", "--quiet", "-b", "feature/x"]);
    stage.github.push(stage.repository.folder());
    let run = stage.github.failed_run("feature/x", "unit-test", "Run pytest -q", b"log");
    stage.repository.write("app.py", MENDED);
    let bundle = stage.write(Bundle::healed(&stage.repository, run));
    let (ended, summary) = with_summary(&machine, &stage, &bundle);
    must_end(&ended, 0, "published", "pull-request.opened");
    let body = stage.github.state().pulls[0].body.clone();
    for text in [&body, &summary] {
        assert!(text.contains("- `CI` does not: its `branches` leave out `feature/x`."), "{text}");
        assert!(text.contains("runs on this pull request") && text.contains("1 workflow file could not be read"));
        assert!(!text.contains("Nightly") && !text.contains("@octo-org"), "{text}");
    }
    assert!(body.contains("*Approve workflows to run*"), "{body}");
}

#[test]
fn p18_a_label_that_cannot_be_made_is_a_warning() {
    let machine = Machine::new();
    let stage = Stage::new(&machine);
    stage.approve("self-heal-low");
    stage.github.fail("POST", "/labels", 403, "Resource not accessible by integration", 1);
    let bundle = stage.write(stage.healed());
    let told = must_end(&stage.publish(&bundle, &[]), 0, "published", "pull-request.opened");
    assert!(told["warnings"][0].as_str().is_some_and(|warning| warning.contains("`issues: write`")), "{told}");
    assert_eq!(stage.github.state().pulls[0].labels, Vec::<String>::new());
}

#[test]
fn p18_a_team_that_the_jobs_token_may_not_ask_is_a_warning_and_people_are_asked_all_the_same() {
    let machine = Machine::new();
    let stage = Stage::with_policy(&machine, "[publish]\nreviewers = [\"octo-org/core\", \"octocat\"]\n");
    stage.approve("self-heal-low");
    let bundle = stage.write(stage.healed());
    let told = must_end(&stage.publish(&bundle, &[]), 0, "published", "pull-request.opened");
    let warning = told["warnings"][0].as_str().unwrap_or_default();
    assert!(warning.contains("team core") && warning.contains("only an App's token"), "{told}");
    assert_eq!(stage.github.state().pulls[0].reviewers, ["octocat"]);
}

#[test]
fn p19_where_a_rule_forbids_the_branch_it_is_named_and_the_patch_is_in_the_summary() {
    let machine = Machine::new();
    let stage = Stage::new(&machine);
    stage.approve("self-heal-low");
    stage.github.fail("POST", "/git/refs", 422, "Repository rule violations found: branches need a ticket", 1);
    let bundle = stage.write(stage.healed());
    let (ended, summary) = with_summary(&machine, &stage, &bundle);
    let told = must_end(&ended, 17, "handed_over", "branch.refused");
    assert!(told["sentence"].as_str().is_some_and(|said| said.contains("branches need a ticket")), "{told}");
    assert_eq!(stage.github.state().pulls.len(), 0);
    // Straight from the page to the work tree.
    let (_, rest) = summary.split_once("```diff\n").expect("a patch on the page");
    let (patch, _) = rest.split_once("```").expect("its end");
    stage.repository.write("patch.diff", patch);
    stage.repository.git(["apply", "patch.diff"]);
    assert_eq!((BROKEN == MENDED, stage.repository.read("app.py").as_str()), (false, MENDED));
}

#[test]
fn p19_a_branch_whose_name_stands_in_the_way_is_named() {
    for name in ["self-heal", "self-heal/main", &format!("{FIX}/more")] {
        let machine = Machine::new();
        let stage = Stage::new(&machine);
        stage.approve("self-heal-low");
        stage.repository.git(["branch", name]);
        stage.github.push(stage.repository.folder());
        let bundle = stage.write(stage.healed());
        let told = must_end(&stage.publish(&bundle, &[]), 17, "handed_over", "branch.blocked");
        let said = told["sentence"].as_str().unwrap_or_default();
        assert!(said.contains(&format!("a branch `{name}` stands in its way: rename or delete")), "{said}");
    }
}

#[test]
fn p19_where_the_files_may_not_even_be_stored_the_patch_is_handed_over() {
    let machine = Machine::new();
    let stage = Stage::new(&machine);
    stage.approve("self-heal-low");
    stage.github.fail("POST", "/git/blobs", 403, "Resource not accessible by integration", 9);
    let bundle = stage.write(stage.healed());
    let (ended, summary) = with_summary(&machine, &stage, &bundle);
    let told = must_end(&ended, 17, "handed_over", "branch.refused");
    assert!(told["sentence"].as_str().is_some_and(|said| said.contains("`contents: write`")), "{told}");
    assert!(summary.contains("```diff\n"), "{summary}");
}

#[test]
fn p19_a_protected_branch_of_a_pull_request_gets_a_pull_request_of_its_own() {
    let machine = Machine::new();
    let (stage, bundle) = fix_for_the_pull_requests_own_branch(&machine);
    stage.github.fail("PATCH", "/git/refs/heads/feature", 422, "Changes must be made through a pull request.", 1);
    let told = must_end(&stage.publish(&bundle, &[]), 0, "published", "pull-request.opened");
    let warning = told["warnings"][0].as_str().unwrap_or_default();
    assert!(warning.contains("Changes must be made through a pull request"), "{told}");
    assert_eq!(stage.github.state().pulls[1].base, "feature");
}
