//! The example workflows, held to what GitHub does with them: evaluated by GitHub's own libraries, never by us.

use serde_json::{Value, json};

use super::support::example::{Evaluated, EvaluatedStep, Example, NAMES, Question};
use super::support::github::REPOSITORY;

/// Every outcome there is, one that there is not, and the output that the runner has dropped.
const OUTCOMES: [&str; 19] = [
    "healed",
    "published",
    "rerun",
    "nothing_to_heal",
    "reported",
    "unknown",
    "not_reproduced",
    "flaky",
    "no_patch",
    "refused",
    "disproven",
    "handed_over",
    "skipped",
    "over_budget",
    "model_failed",
    "no_isolation",
    "stale",
    "made-up",
    "",
];

const TIERS: [&str; 5] = ["low", "medium", "high", "made-up", ""];

/// The job that heals, and the one that proves in its stead, where there is one.
fn provers(example: &Example) -> Vec<&'static str> {
    match example.name {
        "inside" => vec!["unit-test"],
        "split" => vec!["heal", "validate"],
        _ => vec!["heal"],
    }
}

/// The outputs that a job has put out; an empty one is not there at all, as after the runner has dropped it.
fn outputs(values: &[(&str, &str)]) -> Value {
    values.iter().filter(|(_, value)| !value.is_empty()).map(|(name, value)| (*name, json!(value))).collect()
}

/// The event of a failed run, and the inputs of a form.
fn contexts(event: &str, more: &[(&str, Value)]) -> Value {
    let mut contexts = json!({
        "github": {
            "repository": REPOSITORY, "event_name": "workflow_run", "ref": "refs/heads/main", "run_id": "77",
            "event": { "workflow_run": {
                "id": 5, "event": event, "conclusion": "failure", "head_branch": "feature/sum", "head_sha": "0123abcd",
                "head_repository": { "full_name": REPOSITORY }, "pull_requests": [{ "number": 17 }],
            }},
        },
        "inputs": { "run-id": "5", "dry-run": false },
        "runner": { "temp": "/runner/temp" },
        "secrets": { "SELF_HEAL_API_KEY": "made-up" },
    });
    for (name, value) in more {
        contexts[*name] = value.clone();
    }
    contexts
}

fn ask(job: &str, contexts: Value) -> Question {
    Question { job: job.to_owned(), contexts, status: "success" }
}

/// What `needs` holds when `prover` has put out these, and every other prover nothing.
fn needs(example: &Example, prover: &str, values: &[(&str, &str)]) -> Value {
    let of = |name: &str| {
        let result = if example.name == "inside" { "failure" } else { "success" };
        json!({ "result": result, "outputs": outputs(if name == prover { values } else { &[] }) })
    };
    provers(example).into_iter().map(|name| (name, of(name))).collect()
}

fn steps_of<'a>(evaluated: &'a Evaluated, action: &str) -> Vec<&'a EvaluatedStep> {
    let of = |step: &&EvaluatedStep| step.uses.as_deref().is_some_and(|uses| uses.split('@').next() == Some(action));
    evaluated.steps.iter().filter(of).collect()
}

#[test]
fn p9_only_what_is_healed_is_published_and_an_unknown_tier_waits_for_the_strictest() {
    for example in Example::all() {
        let (publisher, _) = example.publisher();
        let mut asked = Vec::new();
        let mut wanted = Vec::new();
        for prover in provers(&example) {
            for outcome in OUTCOMES {
                for tier in TIERS {
                    let told = needs(&example, prover, &[("outcome", outcome), ("risk-tier", tier)]);
                    asked.push(ask(publisher, contexts("push", &[("needs", told)])));
                    let environment = match (outcome, tier) {
                        (_, "low") => "self-heal-low",
                        (_, "medium") => "self-heal-medium",
                        _ => "self-heal-high",
                    };
                    wanted.push((outcome == "healed", environment, format!("{prover} {outcome} {tier}")));
                }
            }
        }
        for (evaluated, (runs, environment, which)) in example.evaluated(&asked).iter().zip(wanted) {
            assert_eq!(evaluated.runs, runs, "{}: {which}", example.name);
            if runs {
                assert_eq!(evaluated.environment.as_deref(), Some(environment), "{}: {which}", example.name);
            }
        }
    }
}

#[test]
fn p9_an_output_of_the_other_prover_never_lowers_the_tier() {
    let example = Example::named("split");
    let of = |outcome: &str, tier: &str| json!({ "outputs": outputs(&[("outcome", outcome), ("risk-tier", tier)]) });
    let asked = [
        (of("no_patch", "low"), of("healed", ""), "self-heal-high"),
        (of("no_patch", "low"), of("healed", "medium"), "self-heal-medium"),
        (of("healed", ""), of("disproven", "low"), "self-heal-high"),
        (of("healed", "medium"), of("", "low"), "self-heal-medium"),
    ];
    let questions: Vec<Question> = asked
        .iter()
        .map(|(heal, validate, _)| {
            ask("publish", contexts("push", &[("needs", json!({ "heal": heal, "validate": validate }))]))
        })
        .collect();
    for (evaluated, (heal, validate, environment)) in example.evaluated(&questions).iter().zip(&asked) {
        assert_eq!(evaluated.environment.as_deref(), Some(*environment), "{heal} {validate}");
    }
}

#[test]
fn p10_each_tier_has_an_environment_of_its_own_and_the_readme_names_who_guards_it() {
    let readme = include_str!("../../README.md");
    for environment in ["self-heal-low", "self-heal-medium", "self-heal-high"] {
        assert!(readme.contains(&format!("`{environment}`")), "{environment}");
        for example in Example::all() {
            assert!(example.text.contains(&format!("'{environment}'")), "{}: {environment}", example.name);
        }
    }
    // Code owners bind through branch protection only, so medium is a team's that the environment names.
    assert!(readme.contains("code owners"), "the README says why a team stands in for the code owners");
}

#[test]
fn p1_reruns_and_reports_are_for_a_small_job_without_a_checkout() {
    for name in ["no-key", "shared", "split"] {
        let example = Example::named(name);
        let job = &example.yaml["jobs"]["respond"];
        assert_eq!(job["environment"], Value::Null, "{name}: nobody is asked");
        assert_eq!(
            job["permissions"],
            json!({ "actions": "write", "contents": "read", "issues": "write", "pull-requests": "write" }),
            "{name}"
        );
        let asked: Vec<Question> = OUTCOMES
            .iter()
            .map(|outcome| {
                ask("respond", contexts("push", &[("needs", needs(&example, "heal", &[("outcome", outcome)]))]))
            })
            .collect();
        for (evaluated, outcome) in example.evaluated(&asked).iter().zip(OUTCOMES) {
            assert_eq!(evaluated.runs, matches!(outcome, "rerun" | "reported"), "{name}: {outcome}");
            assert_eq!(steps_of(evaluated, "actions/checkout").len(), 0, "{name}");
            let [respond] = steps_of(evaluated, "org/self-heal-action")[..] else { panic!("{name}: one step") };
            assert_eq!(respond.with["may"], "rerun,report", "{name}");
        }
    }
}

#[test]
fn p7_a_bundle_goes_from_job_to_job_by_its_id_and_its_hash() {
    for example in Example::all() {
        let (publisher, _) = example.publisher();
        for prover in provers(&example) {
            let told = needs(
                &example,
                prover,
                &[("outcome", "healed"), ("risk-tier", "low"), ("artifact-id", "4711"), ("bundle-sha256", "beef")],
            );
            let evaluated = &example.evaluated(&[ask(publisher, contexts("push", &[("needs", told)]))])[0];
            let [download] = steps_of(evaluated, "actions/download-artifact")[..] else {
                panic!("{}: one download", example.name)
            };
            assert_eq!(download.with["artifact-ids"], "4711", "{} {prover}", example.name);
            assert!(!download.with.contains_key("name"), "{}", example.name);
            let [publish] = steps_of(evaluated, "org/self-heal-action")[..] else { panic!("{}", example.name) };
            assert_eq!(publish.with["bundle"], download.with["path"], "{}", example.name);
            assert_eq!(publish.with["bundle-sha256"], "beef", "{} {prover}", example.name);
        }
    }
}

#[test]
fn p6_a_bundle_is_kept_as_long_as_an_approval_may_wait() {
    for example in Example::all() {
        let uploads = uploads(&example);
        assert!(!uploads.is_empty(), "{}", example.name);
        for upload in uploads {
            assert_eq!(upload["with"]["retention-days"], 30, "{}: {upload}", example.name);
            assert_eq!(upload["with"]["overwrite"], true, "{}: a second attempt has the same name", example.name);
        }
    }
}

fn uploads(example: &Example) -> Vec<&Value> {
    let steps = example.jobs().flat_map(|(_, job)| job["steps"].as_array().expect("steps"));
    steps.filter(|step| step["uses"].as_str().is_some_and(|uses| uses.contains("upload-artifact"))).collect()
}

#[test]
fn p2_a_bundle_is_named_by_its_fingerprint_and_one_that_was_skipped_is_no_try() {
    for example in Example::all() {
        let job = provers(&example)[0];
        let name = |values: &[(&str, &str)]| {
            let steps = json!({ "heal": { "outputs": outputs(values) } });
            let evaluated = &example.evaluated(&[ask(job, contexts("push", &[("steps", steps)]))])[0];
            steps_of(evaluated, "actions/upload-artifact")[0].with["name"].clone()
        };
        assert_eq!(name(&[("outcome", "no_patch"), ("fingerprint", "py-x-0")]), "self-heal-py-x-0", "{}", example.name);
        assert_eq!(name(&[("outcome", "skipped"), ("fingerprint", "py-x-0")]), "self-heal-skipped-py-x-0");
        let run = if example.name == "inside" { "77" } else { "5" };
        assert_eq!(name(&[("outcome", "unknown")]), format!("self-heal-{run}"), "{}", example.name);
    }
}

#[test]
fn p17_the_bundle_is_kept_even_of_a_job_that_was_cancelled() {
    for example in Example::all() {
        let job = provers(&example)[0];
        let steps = |bundle: &str| json!({ "heal": { "outputs": outputs(&[("bundle", bundle)]) } });
        let asked = |bundle| Question {
            job: job.to_owned(),
            contexts: contexts("push", &[("steps", steps(bundle))]),
            status: "cancelled",
        };
        let [with, without] = &example.evaluated(&[asked("/runner/temp/x"), asked("")])[..] else { panic!("two") };
        assert!(steps_of(with, "actions/upload-artifact")[0].runs, "{}", example.name);
        assert!(!steps_of(without, "actions/upload-artifact")[0].runs, "{}", example.name);
        assert!(!steps_of(with, "org/self-heal-action")[0].runs, "{}: nothing is begun any more", example.name);
    }
}

#[test]
fn p3_of_a_pull_request_the_merge_is_checked_out_and_of_a_fork_nothing() {
    for name in ["no-key", "shared", "split"] {
        let example = Example::named(name);
        let mut fork = contexts("pull_request", &[]);
        fork["github"]["event"]["workflow_run"]["head_repository"]["full_name"] = json!("eve/adder");
        fork["github"]["event"]["workflow_run"]["pull_requests"] = json!([]);
        let asked = [contexts("push", &[]), contexts("pull_request", &[]), fork].map(|told| ask("heal", told));
        let evaluated = example.evaluated(&asked);
        let checkouts: Vec<&EvaluatedStep> = evaluated.iter().map(|job| steps_of(job, "actions/checkout")[0]).collect();
        assert_eq!(checkouts[0].with["ref"], "0123abcd", "{name}");
        assert_eq!(checkouts[1].with["ref"], "refs/pull/17/merge", "{name}");
        assert_eq!(checkouts.iter().map(|step| step.runs).collect::<Vec<_>>(), [true, true, false], "{name}");
        assert!(evaluated.iter().all(|job| job.runs && steps_of(job, "org/self-heal-action")[0].runs), "{name}");
    }
}

#[test]
fn only_a_run_that_failed_is_looked_at() {
    for name in ["no-key", "shared", "split"] {
        let example = Example::named(name);
        let conclusions = ["failure", "timed_out", "startup_failure", "success", "cancelled", "skipped", ""];
        let asked = conclusions.map(|conclusion| {
            let mut told = contexts("push", &[]);
            told["github"]["event"]["workflow_run"]["conclusion"] = json!(conclusion);
            ask("heal", told)
        });
        let runs: Vec<bool> = example.evaluated(&asked).iter().map(|job| job.runs).collect();
        assert_eq!(runs, [true, true, true, false, false, false, false], "{name}");
    }
}

#[test]
fn p16_inside_a_failing_job_the_pipe_fails_and_a_cancel_heals_nothing() {
    let example = Example::named("inside");
    let steps = example.yaml["jobs"]["unit-test"]["steps"].as_array().expect("steps");
    let tee = steps.iter().find(|step| step["run"].as_str().is_some_and(|run| run.contains("| tee"))).expect("a pipe");
    assert_eq!(tee["shell"], "bash", "only a shell that is named has pipefail");
    let heal = steps.iter().find(|step| step["id"] == "heal").expect("a step that heals");
    let command = heal["with"]["command"].as_str().expect("a command");
    assert!(tee["run"].as_str().is_some_and(|run| run.starts_with(command)), "{command}");
    let asked = ["success", "failure", "cancelled"]
        .map(|status| Question { status, ..ask("unit-test", contexts("push", &[])) });
    let runs: Vec<bool> =
        example.evaluated(&asked).iter().map(|job| steps_of(job, "org/self-heal-action")[0].runs).collect();
    assert_eq!(runs, [false, true, false]);
}

#[test]
fn t1_in_the_split_set_up_key_code_and_write_token_never_meet() {
    let example = Example::named("split");
    for (name, job) in example.jobs() {
        let holds_key = job.to_string().contains("secrets.");
        let writes = job["permissions"].as_object().expect("permissions").values().any(|value| value == "write");
        let modes: Vec<&str> =
            job["steps"].as_array().expect("steps").iter().filter_map(|step| step["with"]["mode"].as_str()).collect();
        let runs_code = modes.iter().any(|mode| matches!(*mode, "heal" | "validate"));
        assert!(!modes.is_empty(), "{name}");
        assert!(u8::from(holds_key) + u8::from(writes) + u8::from(runs_code) <= 1, "{name}: {modes:?}");
        assert_eq!(holds_key, modes == ["propose"], "{name}");
        if holds_key {
            assert!(job["steps"].as_array().expect("steps").iter().all(|step| step["run"].is_null()), "{name}");
            assert_eq!(job["environment"], "self-heal-model", "{name}: the key is the environment's");
        }
    }
}

#[test]
fn t1_a_key_is_only_where_the_name_says_so() {
    for (name, with_key) in [("no-key", 0), ("inside", 0), ("dispatch", 0), ("split", 1), ("shared", 1)] {
        let example = Example::named(name);
        let holders: Vec<&String> =
            example.jobs().filter(|(_, job)| job.to_string().contains("secrets.")).map(|(name, _)| name).collect();
        assert_eq!(holders.len(), with_key, "{name}: {holders:?}");
    }
}

#[test]
fn t15_no_job_of_ours_saves_a_cache() {
    const ACTIONS: [&str; 4] =
        ["actions/checkout", "actions/download-artifact", "actions/upload-artifact", "org/self-heal-action"];
    for example in Example::all() {
        for step in example.jobs().flat_map(|(_, job)| job["steps"].as_array().expect("steps")) {
            let Some(uses) = step["uses"].as_str() else { continue };
            let (action, commit) = uses.split_once('@').expect("an action at a commit");
            assert!(ACTIONS.contains(&action), "{}: {action}", example.name);
            assert!(commit.len() == 40 && commit.bytes().all(|b| b.is_ascii_hexdigit()), "{}: {uses}", example.name);
            assert!(step["with"]["cache"].is_null(), "{}: {uses}", example.name);
        }
    }
}

#[test]
fn no_job_may_more_than_it_needs_and_no_checkout_leaves_a_token_behind() {
    for example in Example::all() {
        assert_eq!(example.yaml["permissions"], json!({}), "{}", example.name);
        for (name, job) in example.jobs() {
            let permissions = job["permissions"].as_object().expect("permissions of its own");
            let writes = permissions.values().any(|value| value == "write");
            let steps = job["steps"].as_array().expect("steps");
            let checkouts: Vec<&Value> = steps
                .iter()
                .filter(|step| step["uses"].as_str().is_some_and(|uses| uses.contains("checkout")))
                .collect();
            assert!(!writes || checkouts.is_empty(), "{} {name}: what writes sees no code", example.name);
            for checkout in checkouts {
                assert_eq!(checkout["with"]["persist-credentials"], false, "{} {name}", example.name);
            }
            assert!(job["timeout-minutes"].is_u64(), "{} {name}", example.name);
        }
    }
}

#[test]
fn one_run_is_healed_once_at_a_time_and_one_fix_waits_once() {
    for example in Example::all() {
        let group = &example.yaml["concurrency"];
        assert!(group["group"].is_string() && !group["cancel-in-progress"].is_null(), "{}", example.name);
        let (publisher, _) = example.publisher();
        let group = |fingerprint: &str, branch: &str| {
            let told = needs(&example, provers(&example)[0], &[("fingerprint", fingerprint), ("outcome", "healed")]);
            let mut told = contexts("push", &[("needs", told)]);
            told["github"]["event"]["workflow_run"]["head_branch"] = json!(branch);
            told["github"]["ref"] = json!(branch);
            told["inputs"]["run-id"] = json!(branch);
            example.evaluated(&[ask(publisher, told)])[0].group.clone().expect("a group")
        };
        assert_eq!(group("a", "main"), group("a", "main"), "{}", example.name);
        assert_ne!(group("a", "main"), group("b", "main"), "{}", example.name);
        assert_ne!(group("a", "main"), group("a", "next"), "{}", example.name);
    }
}

#[test]
fn the_model_is_asked_only_where_no_tool_had_an_answer() {
    let example = Example::named("split");
    let asked: Vec<Question> = OUTCOMES
        .iter()
        .flat_map(|outcome| {
            ["deterministic_code", "environment_policy", ""].map(|class| {
                let told = needs(&example, "heal", &[("outcome", outcome), ("class", class)]);
                ask("propose", contexts("push", &[("needs", told)]))
            })
        })
        .collect();
    let runs: Vec<bool> = example.evaluated(&asked).iter().map(|job| job.runs).collect();
    let wanted: Vec<bool> = OUTCOMES
        .iter()
        .flat_map(|outcome| [matches!(*outcome, "no_patch" | "refused" | "disproven"), false, false])
        .collect();
    assert_eq!(runs, wanted);
    let reasons = ["proposed", "model.none", ""];
    let asked = reasons.map(|reason| {
        let told = json!({ "heal": { "outputs": {} }, "propose": { "outputs": outputs(&[("reason", reason)]) } });
        ask("validate", contexts("push", &[("needs", told)]))
    });
    let runs: Vec<bool> = example.evaluated(&asked).iter().map(|job| job.runs).collect();
    assert_eq!(runs, [true, false, false]);
    assert_eq!(NAMES.len(), Example::all().len());
}
