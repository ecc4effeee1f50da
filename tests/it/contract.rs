//! The program and the fake GitHub against what GitHub publishes of itself: neither may know an API that is not there.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::gate::Scene;
use super::publish::{MENDED, Stage, must_end};
use super::support::bundle::Bundle;
use super::support::github::{Exchange, REPOSITORY, Run, TOKEN};
use super::support::graphql::complaints;
use super::support::machine::{Machine, tools};
use super::support::openapi::OpenApi;

/// Every call of GitHub that the program knows, as it is seen over the wire below.
const OPERATIONS: [&str; 34] = [
    "get /repos/{owner}/{repo}",
    "get /repos/{owner}/{repo}/actions/artifacts",
    "get /repos/{owner}/{repo}/actions/jobs/{job_id}/logs",
    "get /repos/{owner}/{repo}/actions/runs/{run_id}",
    "get /repos/{owner}/{repo}/actions/runs/{run_id}/approvals",
    "get /repos/{owner}/{repo}/actions/runs/{run_id}/artifacts",
    "get /repos/{owner}/{repo}/actions/runs/{run_id}/attempts/{attempt_number}/jobs",
    "get /repos/{owner}/{repo}/actions/runs/{run_id}/attempts/{attempt_number}/logs",
    "get /repos/{owner}/{repo}/actions/workflows/{workflow_id}/runs",
    "get /repos/{owner}/{repo}/check-runs/{check_run_id}/annotations",
    "get /repos/{owner}/{repo}/check-suites/{check_suite_id}/check-runs",
    "get /repos/{owner}/{repo}/collaborators/{username}/permission",
    "get /repos/{owner}/{repo}/commits/{commit_sha}/pulls",
    "get /repos/{owner}/{repo}/compare/{basehead}",
    "get /repos/{owner}/{repo}/git/blobs/{file_sha}",
    "get /repos/{owner}/{repo}/git/commits/{commit_sha}",
    "get /repos/{owner}/{repo}/git/matching-refs/{ref}",
    "get /repos/{owner}/{repo}/git/ref/{ref}",
    "get /repos/{owner}/{repo}/git/trees/{tree_sha}",
    "get /repos/{owner}/{repo}/issues/{issue_number}/comments",
    "get /repos/{owner}/{repo}/pulls",
    "get /user",
    "patch /repos/{owner}/{repo}/git/refs/{ref}",
    "patch /repos/{owner}/{repo}/issues/comments/{comment_id}",
    "patch /repos/{owner}/{repo}/pulls/{pull_number}",
    "post /repos/{owner}/{repo}/actions/runs/{run_id}/rerun-failed-jobs",
    "post /repos/{owner}/{repo}/git/blobs",
    "post /repos/{owner}/{repo}/git/commits",
    "post /repos/{owner}/{repo}/git/refs",
    "post /repos/{owner}/{repo}/git/trees",
    "post /repos/{owner}/{repo}/issues/{issue_number}/comments",
    "post /repos/{owner}/{repo}/issues/{issue_number}/labels",
    "post /repos/{owner}/{repo}/pulls",
    "post /repos/{owner}/{repo}/pulls/{pull_number}/requested_reviewers",
];

/// A fix, the same again, a better one, one for a branch that is gone, a report twice, and a rerun.
fn everything(stage: &Stage<'_>) {
    stage.approve("self-heal-low");
    let first = stage.write(stage.healed());
    must_end(&stage.publish(&first, &[]), 0, "published", "pull-request.opened");
    must_end(&stage.publish(&first, &[]), 0, "published", "pull-request.unchanged");
    stage.repository.write("app.py", MENDED.replace("str(a + b)", "f\"{a + b}\""));
    let second = stage.write(Bundle::healed(&stage.repository, stage.run));
    must_end(&stage.publish(&second, &[]), 0, "published", "pull-request.updated");
    stage.github.state().runs[0].head_branch = Some("gone".to_owned());
    let mut gone = stage.healed();
    gone.bundle["branch"] = json!("gone");
    must_end(&stage.publish(&stage.write(gone), &[]), 22, "stale", "branch.deleted");
    stage.github.state().runs[0].head_branch = Some("main".to_owned());
    stage.github.open_pull("main", "main");
    for reason in ["env.credentials", "env.disk"] {
        let report = stage.write(Bundle::ended("reported", reason, stage.run));
        must_end(&stage.publish(&report, &[]), 10, "reported", reason);
    }
    let rerun = stage.write(Bundle::ended("rerun", "net.reset", stage.run));
    must_end(&stage.publish(&rerun, &[]), 0, "rerun", "net.reset");
}

#[test]
fn github_exchanges_match_githubs_own_openapi() {
    let machine = Machine::new();
    let stage = Stage::with_policy(&machine, "[publish]\nreviewers = [\"octocat\"]\n");
    everything(&stage);
    let healing = Machine::new();
    let scene = Scene::of_project(&healing, "python-ruff-format", "[logs]\nreports = [\"*.xml\"]\n");
    scene.github.upload(scene.run, "reports", 1, &[("junit.xml", b"<testsuite/>")]);
    let mut green = Run { id: 1, conclusion: "success".to_owned(), ..scene.github.state().runs[0].clone() };
    for job in &mut green.jobs {
        (job.id, job.conclusion, job.log) = (1, "success".to_owned(), b"All checks passed!\n".to_vec());
    }
    scene.github.state().runs.push(green);
    assert_eq!(scene.heal(&scene.workspace(), &[]).0, "healed");
    scene.github.state().weather.logs_gone = true;
    assert_eq!(scene.heal(&scene.workspace(), &[]).0, "healed");
    scene.github.state().runs[0].jobs.clear();
    scene.github.state().annotations = vec!["You have an error in your yaml syntax".to_owned()];
    assert_eq!(scene.heal(&scene.workspace(), &[]).1, "workflow.not-started");
    let refusing = Machine::new();
    let refused = Stage::new(&refusing);
    refused.approve("self-heal-low");
    refused.github.fail("POST", "/git/refs", 422, "Repository rule violations found", 1);
    must_end(&refused.publish(&refused.write(refused.healed()), &[]), 17, "handed_over", "branch.refused");
    let mut exchanges = stage.github.state().exchanges.clone();
    exchanges.extend(scene.github.state().exchanges.iter().cloned());
    exchanges.extend(refused.github.state().exchanges.iter().cloned());
    let seen = held_against_the_description(&exchanges);
    let missing: Vec<_> = OPERATIONS.into_iter().filter(|operation| !seen.contains(*operation)).collect();
    assert_eq!(missing, Vec::<&str>::new(), "these were not seen");
}

/// The operations that these exchanges are; the test fails where one is not as GitHub describes it.
#[track_caller]
pub fn held_against_the_description(exchanges: &[Exchange]) -> BTreeSet<String> {
    let openapi = OpenApi::load();
    let mut seen = BTreeSet::new();
    let mut complaints = BTreeSet::new();
    // GraphQL has a schema of its own.
    for exchange in exchanges.iter().filter(|exchange| exchange.path != "/graphql") {
        let asked = format!("{} {}", exchange.method, exchange.path);
        match openapi.operation(exchange) {
            None => {
                complaints.insert(format!("{asked}: GitHub has no such operation"));
            }
            Some(operation) => {
                seen.insert(format!("{} {}", operation.method, operation.template));
                let of_this = openapi.complaints(&operation, exchange);
                complaints.extend(of_this.into_iter().map(|complaint| format!("{asked}: {complaint}")));
            }
        }
    }
    let complaints: Vec<String> = complaints.into_iter().collect();
    assert!(complaints.is_empty(), "not as GitHub describes it:\n{}", complaints.join("\n"));
    seen
}

#[test]
fn graphql_exchanges_match_githubs_own_schema() {
    let machine = Machine::new();
    let scene = Scene::new(&machine);
    assert_eq!(scene.heal(&scene.workspace(), &[]).0, "healed");
    let exchanges = scene.github.state().exchanges.clone();
    let of_graphql = exchanges.iter().filter(|exchange| exchange.path == "/graphql");
    let told =
        of_graphql.filter_map(|asked| Some((asked.request.as_ref()?["query"].as_str()?, asked.response.as_ref()?)));
    let mut told: Vec<_> = told.map(|(query, response)| (query, &response["data"])).collect();
    assert_eq!(told.len(), 1, "who we are is asked once");
    let (query, _) = told[0];
    let unknown = query.replace("databaseId", "databaseID");
    let lie = json!({ "viewer": { "login": "octocat", "databaseId": "the first" } });
    told.extend([(unknown.as_str(), told[0].1), (query, &lie), (query, &Value::Null)]);
    let counted: Vec<usize> = complaints(&told).iter().map(Vec::len).collect();
    assert_eq!(counted, [0, 1, 1, 1], "the true one is the first");
}

#[test]
fn an_exchange_that_github_does_not_know_is_told_off() {
    let openapi = OpenApi::load();
    let honest = Exchange {
        method: "POST".to_owned(),
        path: format!("/repos/{REPOSITORY}/git/refs"),
        query: String::new(),
        request: Some(json!({ "ref": "refs/heads/x", "sha": "0" })),
        status: 409,
        response: Some(json!({ "message": "Conflict" })),
    };
    let complaints = |change: fn(&mut Exchange)| {
        let mut exchange = honest.clone();
        change(&mut exchange);
        openapi.operation(&exchange).map(|operation| openapi.complaints(&operation, &exchange))
    };
    assert_eq!(complaints(|_| {}), Some(Vec::new()));
    assert_eq!(complaints(|exchange| exchange.path.push('x')), None);
    assert_eq!(complaints(|exchange| exchange.method = "PUT".to_owned()), None);
    for lie in [
        |exchange: &mut Exchange| exchange.request = Some(json!({ "ref": "refs/heads/x" })),
        |exchange: &mut Exchange| exchange.request = Some(json!({ "ref": 1, "sha": "0" })),
        |exchange: &mut Exchange| exchange.response = Some(json!({ "message": 7 })),
        |exchange: &mut Exchange| exchange.status = 200,
        |exchange: &mut Exchange| exchange.query = "force=true".to_owned(),
    ] {
        assert!(complaints(lie).is_some_and(|complaints| complaints.len() == 1));
    }
}

#[test]
fn our_example_event_is_one_that_github_sends() {
    let event: Value = serde_json::from_str(include_str!("../../fixtures/github/workflow_run.json")).expect("JSON");
    let path = tools().join("contracts/node_modules/@octokit/webhooks-schemas/schema.json");
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut schemas: Value = serde_json::from_str(&text).expect("GitHub's schemas are JSON");
    schemas["oneOf"] = json!([{ "$ref": "#/definitions/workflow_run$completed" }]);
    let validator = jsonschema::validator_for(&schemas).expect("a schema");
    let complaints: Vec<String> = validator.iter_errors(&event).map(|error| error.to_string()).collect();
    assert_eq!(complaints, Vec::<String>::new());
}

/// The events that GitHub shows as examples: those that tell of a run are read to the end, the others are told off.
#[test]
fn githubs_own_example_events_are_read() {
    let path = tools().join("contracts/node_modules/@octokit/webhooks-examples/api.github.com/index.json");
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let events: Vec<Value> = serde_json::from_str(&text).expect("GitHub's examples are JSON");
    let machine = Machine::new();
    let scene = Scene::new(&machine);
    let (mut runs, mut others) = (0, 0);
    for event in events.iter().flat_map(|event| event["examples"].as_array().into_iter().flatten().take(5)) {
        let file = machine.folder().join("event.json");
        std::fs::write(&file, event.to_string()).expect("write the event");
        let heal = machine.self_heal(["heal"]).variable("GITHUB_EVENT_PATH", &file);
        let ended = heal.variable("GITHUB_API_URL", scene.github.url()).variable("GITHUB_TOKEN", TOKEN).run();
        if !event["workflow_run"].is_null() {
            // The run is understood, and then the fake GitHub has no such repository.
            let repository = event["repository"]["full_name"].as_str().expect("a repository");
            let ended = ended.must_end_with(1);
            assert!(ended.stderr().contains(repository), "{}", ended.stderr());
            runs += 1;
        } else {
            let ended = ended.must_end_with(2);
            assert!(ended.stderr().contains("`run-id` or `log`"), "{}", ended.stderr());
            others += 1;
        }
    }
    assert!(runs >= 5 && others > 50, "{runs} and {others}");
}
