//! The routes of the fake GitHub, its manners, and its faults.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Bytes, to_bytes};
use axum::extract::{Request, State as Shared};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use serde_json::{Value, json};

use super::weather::{Fate, archive, etag, headers_of, matching_refs, meets};
use super::{Comment, Exchange, Pull, REPOSITORY, Run, State, TOKEN, artifacts, checks, shapes};

type Fake = Arc<Mutex<State>>;
type Answer = Option<(u16, Value)>;

/// GitHub takes no larger blob.
const BODY_BYTES_MAX: usize = 40 << 20;

/// Serves in a thread of its own, because tests wait for programs and not for futures.
pub fn serve(listener: std::net::TcpListener, router: Router) {
    listener.set_nonblocking(true).expect("a listener for the runtime");
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("start a runtime");
        runtime.block_on(async {
            let listener = tokio::net::TcpListener::from_std(listener).expect("a listener for the runtime");
            axum::serve(listener, router).await.expect("serve");
        });
    });
}

pub fn api(state: Fake) -> Router {
    Router::new().fallback(answer).layer(from_fn_with_state(Arc::clone(&state), manners)).with_state(state)
}

/// Where a log lies under a signed address. It answers 400 to a token, as Azure does.
pub fn storage(state: Fake) -> Router {
    Router::new().fallback(stored).with_state(state)
}

fn locked(state: &Fake) -> std::sync::MutexGuard<'_, State> {
    state.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

fn respond(status: u16, body: &Value) -> Response {
    let status = StatusCode::from_u16(status).expect("a status");
    (status, [(header::CONTENT_TYPE, "application/json; charset=utf-8")], body.to_string()).into_response()
}

/// What GitHub asks of every client; then the faults; then the answer, which is written down.
async fn manners(Shared(state): Shared<Fake>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let bytes = to_bytes(body, BODY_BYTES_MAX).await.expect("a body within GitHub's limit");
    let prefix = locked(&state).weather.prefix;
    let below = parts.uri.to_string().strip_prefix(prefix).and_then(|rest| rest.parse().ok());
    parts.uri = below.unwrap_or_else(|| "/outside-of-the-api".parse().expect("a path"));
    let (method, path) = (parts.method.to_string(), parts.uri.path().to_owned());
    let query = parts.uri.query().unwrap_or_default().to_owned();
    let headers = parts.headers.clone();
    let fate = meets(&mut locked(&state), &method, &path);
    if matches!(fate, Fate::Hung) {
        std::future::pending::<()>().await;
    }
    let refused = {
        let mut state = locked(&state);
        let complaints = misuse(&headers);
        state.misuse.extend(complaints.iter().map(|complaint| format!("{method} {path}: {complaint}")));
        if headers.get(header::AUTHORIZATION).is_none_or(|value| value != &format!("Bearer {TOKEN}")) {
            Some((401, "Bad credentials".to_owned()))
        } else {
            let hits = |fault: &&mut super::Fault| {
                fault.times > 0 && fault.method == method && path.contains(&fault.path_contains)
            };
            state.faults.iter_mut().find(hits).map(|fault| {
                fault.times -= 1;
                (fault.status, fault.message.clone())
            })
        }
    };
    let response = match refused {
        Some((status, message)) => headers_of(&message, respond(status, &shapes::error(&message, status))),
        None => next.run(Request::from_parts(parts, bytes.clone().into())).await,
    };
    let (mut head, body) = response.into_parts();
    let mut answer = to_bytes(body, usize::MAX).await.expect("our own answer");
    if method == "GET" && head.status == StatusCode::OK {
        let etag = etag(&answer);
        if headers.get(header::IF_NONE_MATCH).is_some_and(|known| known == &etag) {
            (head.status, answer) = (StatusCode::NOT_MODIFIED, Bytes::new());
        }
        head.headers.insert(header::ETAG, etag.parse().expect("a header"));
    }
    locked(&state).exchanges.push(Exchange {
        method,
        path,
        query,
        request: serde_json::from_slice(&bytes).ok(),
        status: head.status.as_u16(),
        response: serde_json::from_slice(&answer).ok(),
    });
    if matches!(fate, Fate::Lost) {
        return respond(502, &shapes::error("Bad Gateway", 502));
    }
    head.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(head, answer.into())
}

fn misuse(headers: &HeaderMap) -> Vec<&'static str> {
    let mut complaints = Vec::new();
    let versions: Vec<_> = headers.get_all("x-github-api-version").iter().collect();
    if versions != ["2022-11-28"] {
        complaints.push("not exactly one X-GitHub-Api-Version: 2022-11-28");
    }
    if headers.get(header::USER_AGENT).is_none() {
        complaints.push("no User-Agent");
    }
    complaints
}

async fn stored(Shared(state): Shared<Fake>, request: Request) -> Response {
    let state = locked(&state);
    if request.headers().contains_key(header::AUTHORIZATION) {
        return (StatusCode::BAD_REQUEST, "InvalidAuthenticationInfo").into_response();
    }
    if request.uri().query() != Some("sig=fresh") {
        return (StatusCode::FORBIDDEN, "the signature is wrong").into_response();
    }
    if let Some(id) = request.uri().path().strip_prefix("/artifacts/") {
        return artifacts::stored(&state, id);
    }
    if let Some(run) = request.uri().path().strip_prefix("/archives/") {
        let run = state.runs.iter().find(|known| known.id.to_string() == run);
        return run.map_or_else(|| StatusCode::NOT_FOUND.into_response(), |run| archive(&run.jobs).into_response());
    }
    if state.weather.logs_gone {
        return StatusCode::NOT_FOUND.into_response();
    }
    let id = request.uri().path().trim_start_matches("/logs/").parse::<u64>().unwrap_or_default();
    let mut jobs = state.runs.iter().flat_map(|run| &run.jobs);
    match jobs.find(|job| job.id == id) {
        Some(job) => job.log.clone().into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn answer(Shared(state): Shared<Fake>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body: Bytes = to_bytes(body, BODY_BYTES_MAX).await.expect("a body within GitHub's limit");
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    let decoded = percent_encoding::percent_decode_str(parts.uri.path()).decode_utf8_lossy().into_owned();
    let query = Query::of(parts.uri.query().unwrap_or_default());
    let mut state = locked(&state);
    if decoded == "/user" {
        // A job's token is nobody's.
        return respond(403, &shapes::error("Resource not accessible by integration", 403));
    }
    if decoded == "/graphql" {
        return respond(200, &artifacts::graphql(&state));
    }
    let Some(rest) = decoded.strip_prefix(&format!("/repos/{REPOSITORY}")) else {
        return respond(404, &shapes::error("Not Found", 404));
    };
    if let Some(job) = rest.strip_prefix("/actions/jobs/").and_then(|rest| rest.strip_suffix("/logs")) {
        return log_address(&state, job);
    }
    if let Some(id) = rest.strip_prefix("/actions/artifacts/").and_then(|rest| rest.strip_suffix("/zip")) {
        return artifacts::address(&state, id);
    }
    let parts_of_path: Vec<&str> = rest.split('/').skip(1).collect();
    if let ["commits", sha] = parts_of_path.as_slice()
        && parts.headers.get(header::ACCEPT).is_some_and(|accept| accept == "application/vnd.github.diff")
    {
        let diff = state.objects.diff(sha);
        return diff.map_or_else(
            || respond(404, &shapes::error("Not Found", 404)),
            axum::response::IntoResponse::into_response,
        );
    }
    if let ["actions", "runs", run, "attempts", _, "logs"] = parts_of_path.as_slice() {
        let address = format!("{}/archives/{run}?sig=fresh", state.storage);
        return (StatusCode::FOUND, [(header::LOCATION, address)]).into_response();
    }
    let answer = match parts.method.as_str() {
        "GET" => read(&state, rest, &parts_of_path, &query),
        "POST" => create(&mut state, &parts_of_path, &body),
        "PATCH" => update(&mut state, rest, &parts_of_path, &body),
        _ => None,
    };
    let (status, body) = answer.unwrap_or_else(|| (404, shapes::error("Not Found", 404)));
    respond(status, &body)
}

fn log_address(state: &State, job: &str) -> Response {
    let known = state.runs.iter().flat_map(|run| &run.jobs).any(|known| known.id.to_string() == job);
    if !known {
        return respond(404, &shapes::error("Not Found", 404));
    }
    (StatusCode::FOUND, [(header::LOCATION, format!("{}/logs/{job}?sig=fresh", state.storage))]).into_response()
}

fn read(state: &State, rest: &str, path: &[&str], query: &Query) -> Answer {
    let objects = &state.objects;
    if let Some(name) = rest.strip_prefix("/git/ref/") {
        let name = format!("refs/{name}");
        return Some((200, shapes::reference(&name, &objects.resolve(&name)?)));
    }
    if let Some(prefix) = rest.strip_prefix("/git/matching-refs/") {
        return Some((200, matching_refs(state, prefix)));
    }
    if let Some((base, head)) = rest.strip_prefix("/compare/").and_then(|both| both.split_once("...")) {
        return Some((200, shapes::comparison(objects, base, head)?));
    }
    let run = |id: &str| state.runs.iter().find(|run| run.id.to_string() == id);
    if let Some(artifacts) = artifacts::read(state, path, &|name| query.asked(name).to_owned()) {
        let total = artifacts.len();
        return Some((200, json!({ "total_count": total, "artifacts": query.page(artifacts) })));
    }
    let shape = match path {
        ["collaborators", login, "permission"] => return Some(artifacts::permission(state, login)),
        ["commits"] => {
            let commits = objects.history(query.asked("sha")).into_iter().filter_map(|sha| objects.commit(&sha));
            Value::Array(query.page(commits.map(|commit| shapes::listed_commit(&commit)).collect()))
        }
        [] => shapes::repository(),
        ["actions", "runs", id] => shapes::run(run(id)?, objects),
        ["actions", "runs", id, "attempts", attempt, "jobs"] => {
            let run = run(id).filter(|run| run.attempt.to_string() == *attempt)?;
            let jobs: Vec<Value> = run.jobs.iter().map(|job| shapes::job(job, run)).collect();
            json!({ "total_count": jobs.len(), "jobs": query.page(jobs) })
        }
        ["actions", "runs", id, "approvals"] => {
            let mine = state.approvals.iter().filter(|(of, ..)| of.to_string() == *id);
            mine.map(|(_, environment, state, who)| shapes::approval(environment, state, who)).collect()
        }
        ["actions", "workflows", file, "runs"] => {
            let wanted = |run: &&Run| {
                run.workflow_path.ends_with(&format!("/{file}"))
                    && (query.asked("status").is_empty() || run.conclusion == query.asked("status"))
                    && (query.asked("branch").is_empty() || run.head_branch.as_deref() == Some(query.asked("branch")))
            };
            let runs: Vec<Value> =
                state.runs.iter().rev().filter(wanted).map(|run| shapes::run(run, objects)).collect();
            json!({ "total_count": runs.len(), "workflow_runs": query.page(runs) })
        }
        ["git", "trees", sha] => shapes::tree(objects, sha)?,
        ["git", "blobs", sha] => {
            let bytes = objects.blob(sha)?;
            let content = base64::engine::general_purpose::STANDARD.encode(&bytes);
            // GitHub breaks the lines, and a reader has to bear it.
            let lines: Vec<&str> =
                content.as_bytes().chunks(60).filter_map(|line| std::str::from_utf8(line).ok()).collect();
            json!({
                "sha": sha, "node_id": format!("B_{sha}"), "size": bytes.len(), "encoding": "base64",
                "url": format!("https://api.github.com/repos/{REPOSITORY}/git/blobs/{sha}"), "content": lines.join("\n") + "\n",
            })
        }
        ["git", "commits", sha] => shapes::git_commit(&objects.commit(sha)?),
        ["pulls"] => {
            let wanted = |pull: &&Pull| {
                let head = query.asked("head");
                (query.asked("state") == "all" || pull.open)
                    && (head.is_empty() || head == format!("{}:{}", owner(&pull.head_repository), pull.head))
            };
            let pulls = state.pulls.iter().rev().filter(wanted).map(|pull| shapes::pull(pull, objects, false));
            Value::Array(query.page(pulls.collect()))
        }
        ["commits", sha, "pulls"] => {
            let heads = |pull: &&Pull| objects.resolve(&format!("refs/heads/{}", pull.head)).as_deref() == Some(*sha);
            state.pulls.iter().filter(heads).map(|pull| shapes::pull(pull, objects, false)).collect()
        }
        ["issues", number, "comments"] => {
            let mine = state.comments.iter().filter(|comment| comment.number.to_string() == *number);
            Value::Array(query.page(mine.map(shapes::comment).collect()))
        }
        ["contents", file @ ..] => shapes::content(objects, &file.join("/"), query.asked("ref"))?,
        _ => checks::read(state, path)?,
    };
    Some((200, shape))
}

fn owner(repository: &str) -> &str {
    repository.split('/').next().unwrap_or_default()
}

/// The names and values behind the `?`.
struct Query(Vec<(String, String)>);

impl Query {
    fn of(text: &str) -> Self {
        let decoded = |value: &str| percent_encoding::percent_decode_str(value).decode_utf8_lossy().into_owned();
        Self(text.split('&').filter_map(|pair| pair.split_once('=')).map(|(n, v)| (decoded(n), decoded(v))).collect())
    }

    fn asked(&self, name: &str) -> &str {
        self.0.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str()).unwrap_or_default()
    }

    fn page(&self, all: Vec<Value>) -> Vec<Value> {
        let number = self.asked("page").parse::<usize>().unwrap_or(1).max(1);
        let size = self.asked("per_page").parse::<usize>().unwrap_or(30).clamp(1, 100);
        all.into_iter().skip((number - 1) * size).take(size).collect()
    }
}

fn create(state: &mut State, path: &[&str], body: &Value) -> Answer {
    let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
    match path {
        ["actions", "runs", id, "rerun-failed-jobs"] => {
            let run = state.runs.iter().find(|run| run.id.to_string() == *id)?;
            state.reruns.push(run.id);
            Some((201, json!({})))
        }
        ["git", "blobs"] => {
            let bytes = base64::engine::general_purpose::STANDARD.decode(text("content")).ok()?;
            let sha = state.objects.store_blob(&bytes);
            Some((
                201,
                json!({ "sha": sha, "url": format!("https://api.github.com/repos/{REPOSITORY}/git/blobs/{sha}") }),
            ))
        }
        ["git", "trees"] => Some(create_tree(state, body)),
        ["git", "commits"] => {
            let parents: Vec<String> = body["parents"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(|sha| sha.as_str().map(str::to_owned))
                .collect();
            let made = state.objects.store_commit(&text("tree"), &parents, &text("message"));
            let Some(commit) = made.and_then(|sha| state.objects.commit(&sha)) else {
                return Some((422, shapes::error("Tree SHA does not exist", 422)));
            };
            Some((201, shapes::git_commit(&commit)))
        }
        ["git", "refs"] => {
            let (name, sha) = (text("ref"), text("sha"));
            if state.objects.resolve(&name).is_some() {
                return Some((422, shapes::error("Reference already exists", 422)));
            }
            if !state.objects.create_ref(&name, &sha) {
                // A branch cannot be a folder too.
                return Some((422, shapes::error("Reference update failed", 422)));
            }
            Some((201, shapes::reference(&name, &sha)))
        }
        ["pulls"] => Some(create_pull(state, body)),
        ["pulls", number, "requested_reviewers"] => {
            if body["team_reviewers"].as_array().is_some_and(|teams| !teams.is_empty()) {
                // A job's token may not look at teams.
                return Some((422, shapes::error("Could not resolve to a node with the global id of 'T_1'.", 422)));
            }
            let pull = state.pulls.iter_mut().find(|pull| pull.number.to_string() == *number)?;
            let names = body["reviewers"].as_array().into_iter().flatten();
            pull.reviewers.extend(names.filter_map(|name| name.as_str().map(str::to_owned)));
            let pull = pull.clone();
            Some((201, shapes::pull(&pull, &state.objects, false)))
        }
        ["issues", number, "labels"] => {
            let pull = state.pulls.iter_mut().find(|pull| pull.number.to_string() == *number)?;
            for name in body["labels"].as_array().into_iter().flatten().filter_map(Value::as_str) {
                if !pull.labels.iter().any(|label| label == name) {
                    pull.labels.push(name.to_owned());
                }
            }
            Some((200, pull.labels.iter().map(|name| shapes::label(name)).collect()))
        }
        ["issues", number, "comments"] => {
            let number = number.parse().ok()?;
            let id = 70_000 + state.comments.len() as u64;
            let comment = Comment { id, number, user: "github-actions[bot]".to_owned(), body: text("body") };
            let shape = shapes::comment(&comment);
            state.comments.push(comment);
            Some((201, shape))
        }
        _ => None,
    }
}

fn create_tree(state: &State, body: &Value) -> (u16, Value) {
    let entries = body["tree"].as_array().into_iter().flatten();
    let text = |entry: &Value, name: &str| entry[name].as_str().unwrap_or_default().to_owned();
    let changes: Vec<(String, Option<String>, String)> = entries
        .map(|entry| (text(entry, "mode"), entry["sha"].as_str().map(str::to_owned), text(entry, "path")))
        .collect();
    // A job's token may not write these, whatever its permissions.
    if changes.iter().any(|(_, _, path)| path.starts_with(".github/workflows/")) {
        let message = "refusing to allow a GitHub App to create or update workflow without `workflows` permission";
        return (403, shapes::error(message, 403));
    }
    let made = state.objects.store_tree(body["base_tree"].as_str(), &changes);
    match made.and_then(|sha| shapes::tree(&state.objects, &sha)) {
        Some(tree) => (201, tree),
        None => (422, shapes::error("GitRPC::BadObjectState", 422)),
    }
}

fn create_pull(state: &mut State, body: &Value) -> (u16, Value) {
    let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
    let (head, base) = (text("head"), text("base"));
    let branch = |name: &str| state.objects.resolve(&format!("refs/heads/{name}"));
    let (Some(head_sha), Some(base_sha)) = (branch(&head), branch(&base)) else {
        return (422, shapes::error("Validation Failed: head or base is invalid", 422));
    };
    if state.objects.is_ancestor(&head_sha, &base_sha) {
        return (422, shapes::error(&format!("No commits between {base} and {head}"), 422));
    }
    if state.pulls.iter().any(|pull| pull.open && pull.head == head && pull.base == base) {
        return (422, shapes::error("A pull request already exists", 422));
    }
    let pull = Pull {
        number: 100 + state.pulls.len() as u64,
        title: text("title"),
        body: text("body"),
        head,
        head_repository: REPOSITORY.to_owned(),
        base,
        open: true,
        merged: false,
        draft: body["draft"].as_bool().unwrap_or_default(),
        user: state.objects.made_by.0.clone(),
        labels: Vec::new(),
        reviewers: Vec::new(),
    };
    state.pulls.push(pull.clone());
    (201, shapes::pull(&pull, &state.objects, true))
}

fn update(state: &mut State, rest: &str, path: &[&str], body: &Value) -> Answer {
    if let Some(name) = rest.strip_prefix("/git/refs/") {
        let name = format!("refs/{name}");
        let sha = body["sha"].as_str().unwrap_or_default();
        let Some(before) = state.objects.resolve(&name) else {
            return Some((422, shapes::error("Reference does not exist", 422)));
        };
        let forced = body["force"].as_bool().unwrap_or_default();
        if !forced && !state.objects.is_ancestor(&before, sha) {
            return Some((422, shapes::error("Update is not a fast forward", 422)));
        }
        if !state.objects.move_ref(&name, sha) {
            return Some((422, shapes::error("Object does not exist", 422)));
        }
        return Some((200, shapes::reference(&name, sha)));
    }
    match path {
        ["pulls", number] => {
            let pull = state.pulls.iter_mut().find(|pull| pull.number.to_string() == *number)?;
            for (field, name) in [(&mut pull.title, "title"), (&mut pull.body, "body")] {
                if let Some(text) = body[name].as_str() {
                    text.clone_into(field);
                }
            }
            let pull = pull.clone();
            Some((200, shapes::pull(&pull, &state.objects, true)))
        }
        ["issues", "comments", id] => {
            let comment = state.comments.iter_mut().find(|comment| comment.id.to_string() == *id)?;
            body["body"].as_str().unwrap_or_default().clone_into(&mut comment.body);
            Some((200, shapes::comment(comment)))
        }
        _ => None,
    }
}
