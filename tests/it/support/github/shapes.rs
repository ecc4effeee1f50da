//! GitHub's JSON, shape by shape, from our own example payload; `openapi.rs` holds it against GitHub's description.

use serde_json::{Value, json};

use super::objects::{Commit, Objects};
use super::{Comment, Job, Pull, REPOSITORY, Run};

const API: &str = "https://api.github.com";
const WEB: &str = "https://github.com";
const WHEN: &str = "2026-11-20T10:30:00Z";

/// The example that every shape is taken from.
pub fn payload() -> Value {
    let text = include_str!("../../../../fixtures/github/workflow_run.json");
    serde_json::from_str(text).expect("our own example payload")
}

fn here(route: &str) -> String {
    format!("{API}/repos/{REPOSITORY}{route}")
}

fn web(page: &str) -> String {
    format!("{WEB}/{REPOSITORY}{page}")
}

/// A person, or a bot by its name.
pub fn user(login: &str) -> Value {
    let in_addresses = login.replace('[', "%5B").replace(']', "%5D");
    let text = payload()["sender"].to_string().replace("octocat", &in_addresses);
    let mut user: Value = serde_json::from_str(&text).expect("a user");
    user["login"] = json!(login);
    if login.ends_with("[bot]") {
        user["type"] = json!("Bot");
        user["id"] = json!(41_898_282);
    }
    user
}

pub fn repository() -> Value {
    let mut repository = payload()["repository"].clone();
    repository["network_count"] = json!(0);
    repository["subscribers_count"] = json!(0);
    repository
}

/// A run as the API and the event tell it.
pub fn run(run: &Run, objects: &Objects) -> Value {
    let text = payload()["workflow_run"].to_string().replace("9876543210", &run.id.to_string());
    let mut shape: Value = serde_json::from_str(&text).expect("a run");
    shape["name"] = json!(run.workflow_name);
    shape["path"] = json!(run.workflow_path);
    shape["event"] = json!(run.event);
    shape["status"] = json!("completed");
    shape["conclusion"] = if run.conclusion.is_empty() { Value::Null } else { json!(run.conclusion) };
    shape["run_attempt"] = json!(run.attempt);
    shape["head_branch"] = json!(run.head_branch);
    shape["head_sha"] = json!(run.head_sha);
    shape["actor"] = user(&run.actor);
    shape["triggering_actor"] = user(&run.triggering_actor);
    let example = shape["pull_requests"][0].clone();
    let numbered = |number: &u64| {
        let mut pull = example.clone();
        pull["number"] = json!(number);
        pull["url"] = json!(here(&format!("/pulls/{number}")));
        pull
    };
    shape["pull_requests"] = run.pull_requests.iter().map(numbered).collect();
    if let Some(commit) = objects.commit(&run.head_sha) {
        shape["head_commit"]["id"] = json!(commit.sha);
        shape["head_commit"]["tree_id"] = json!(commit.tree);
        shape["head_commit"]["message"] = json!(commit.message);
    }
    match run.head_repository.as_deref() {
        None => shape["head_repository"] = Value::Null,
        Some(REPOSITORY) => {}
        Some(fork) => {
            let text = shape["head_repository"].to_string().replace(REPOSITORY, fork);
            shape["head_repository"] = serde_json::from_str(&text).expect("a repository");
            shape["head_repository"]["fork"] = json!(true);
        }
    }
    shape
}

pub fn job(job: &Job, run: &Run) -> Value {
    let steps: Vec<Value> = job
        .steps
        .iter()
        .zip(1..)
        .map(|((name, conclusion), number)| {
            json!({
                "name": name, "number": number, "status": "completed", "conclusion": conclusion,
                "started_at": WHEN, "completed_at": WHEN,
            })
        })
        .collect();
    json!({
        "id": job.id, "run_id": run.id, "run_url": here(&format!("/actions/runs/{}", run.id)),
        "run_attempt": run.attempt, "node_id": format!("CR_{}", job.id), "head_sha": run.head_sha,
        "url": here(&format!("/actions/jobs/{}", job.id)),
        "html_url": web(&format!("/actions/runs/{}/job/{}", run.id, job.id)),
        "status": "completed", "conclusion": job.conclusion, "created_at": WHEN, "started_at": WHEN,
        "completed_at": WHEN, "name": job.name, "steps": steps,
        "check_run_url": here(&format!("/check-runs/{}", job.id)), "labels": ["ubuntu-24.04"],
        "runner_id": 21, "runner_name": "GitHub Actions 21", "runner_group_id": 2, "runner_group_name": "GitHub Actions",
        "workflow_name": run.workflow_name, "head_branch": run.head_branch,
    })
}

pub fn reference(name: &str, sha: &str) -> Value {
    json!({
        "ref": name, "node_id": format!("REF_{sha}"), "url": here(&format!("/git/{name}")),
        "object": { "sha": sha, "type": "commit", "url": here(&format!("/git/commits/{sha}")) },
    })
}

pub fn tree(objects: &Objects, treeish: &str) -> Option<Value> {
    let (sha, entries) = objects.tree(treeish)?;
    let entries: Vec<Value> = entries
        .iter()
        .map(|entry| {
            let mut shape = json!({
                "path": entry.path, "mode": entry.mode, "type": entry.kind, "sha": entry.sha,
                "url": here(&format!("/git/{}s/{}", entry.kind, entry.sha)),
            });
            if entry.kind == "blob" {
                shape["size"] = json!(objects.blob(&entry.sha).map_or(0, |bytes| bytes.len()));
            }
            shape
        })
        .collect();
    Some(json!({ "sha": sha, "url": here(&format!("/git/trees/{sha}")), "tree": entries, "truncated": false }))
}

/// A file of a branch, a tag or a commit.
pub fn content(objects: &Objects, path: &str, at: &str) -> Option<Value> {
    use base64::Engine as _;
    let name = path.rsplit('/').next()?;
    let inside = |sha: String, name: &str| objects.tree(&sha)?.1.into_iter().find(|e| e.path == name).map(|e| e.sha);
    let sha = path.split('/').try_fold(at.to_owned(), inside)?;
    let bytes = objects.blob(&sha)?;
    let address = here(&format!("/contents/{path}?ref={at}"));
    let git = here(&format!("/git/blobs/{sha}"));
    Some(json!({
        "type": "file", "encoding": "base64", "size": bytes.len(), "name": name, "path": path,
        "content": base64::engine::general_purpose::STANDARD.encode(&bytes), "sha": sha, "url": address,
        "git_url": git, "html_url": null, "download_url": null,
        "_links": { "self": address, "git": git, "html": null },
    }))
}

fn person(commit: &Commit) -> Value {
    json!({ "name": commit.author.0, "email": commit.author.1, "date": commit.author.2 })
}

/// A commit as the git data API tells it.
pub fn git_commit(commit: &Commit) -> Value {
    let parents: Vec<Value> = commit
        .parents
        .iter()
        .map(|sha| json!({ "sha": sha, "url": here(&format!("/git/commits/{sha}")), "html_url": web(&format!("/commit/{sha}")) }))
        .collect();
    json!({
        "sha": commit.sha, "node_id": format!("C_{}", commit.sha), "url": here(&format!("/git/commits/{}", commit.sha)),
        "html_url": web(&format!("/commit/{}", commit.sha)), "author": person(commit), "committer": person(commit),
        "tree": { "sha": commit.tree, "url": here(&format!("/git/trees/{}", commit.tree)) },
        "message": commit.message, "parents": parents,
        "verification": { "verified": false, "reason": "unsigned", "signature": null, "payload": null, "verified_at": null },
    })
}

/// A commit as lists of commits tell it.
pub fn listed_commit(commit: &Commit) -> Value {
    let sha = &commit.sha;
    let parents: Vec<Value> = commit
        .parents
        .iter()
        .map(|sha| json!({ "sha": sha, "url": here(&format!("/commits/{sha}")), "html_url": web(&format!("/commit/{sha}")) }))
        .collect();
    json!({
        "url": here(&format!("/commits/{sha}")), "sha": sha, "node_id": format!("C_{sha}"),
        "html_url": web(&format!("/commit/{sha}")), "comments_url": here(&format!("/commits/{sha}/comments")),
        "commit": {
            "url": here(&format!("/git/commits/{sha}")), "author": person(commit), "committer": person(commit),
            "message": commit.message, "comment_count": 0,
            "tree": { "sha": commit.tree, "url": here(&format!("/git/trees/{}", commit.tree)) },
        },
        "author": null, "committer": null, "parents": parents,
    })
}

pub fn comparison(objects: &Objects, base: &str, head: &str) -> Option<Value> {
    let (base, head) = (objects.commit(base)?, objects.commit(head)?);
    let merge_base = objects.commit(&objects.merge_base(&base.sha, &head.sha)?)?;
    let ahead = objects.between(&base.sha, &head.sha);
    let behind = objects.between(&head.sha, &base.sha);
    let status = match (ahead.is_empty(), behind.is_empty()) {
        (true, true) => "identical",
        (false, true) => "ahead",
        (true, false) => "behind",
        (false, false) => "diverged",
    };
    let commits: Vec<Value> = ahead.iter().filter_map(|sha| objects.commit(sha)).map(|c| listed_commit(&c)).collect();
    let page = |end: &str| web(&format!("/compare/{}...{}{end}", base.sha, head.sha));
    Some(json!({
        "url": here(&format!("/compare/{}...{}", base.sha, head.sha)), "html_url": page(""), "permalink_url": page(""),
        "diff_url": page(".diff"), "patch_url": page(".patch"), "base_commit": listed_commit(&base),
        "merge_base_commit": listed_commit(&merge_base), "status": status, "ahead_by": ahead.len(),
        "behind_by": behind.len(), "total_commits": commits.len(), "commits": commits,
    }))
}

/// A pull request; `whole` has what only a single one has.
pub fn pull(pull: &Pull, objects: &Objects, whole: bool) -> Value {
    let number = pull.number;
    let at = here(&format!("/pulls/{number}"));
    let issue = here(&format!("/issues/{number}"));
    let side = |branch: &str, repository_name: &str| {
        let sha = objects.resolve(&format!("refs/heads/{branch}")).unwrap_or_else(|| "0".repeat(40));
        let text = repository().to_string().replace(REPOSITORY, repository_name);
        let repo: Value = serde_json::from_str(&text).expect("a repository");
        json!({ "label": format!("octo-org:{branch}"), "ref": branch, "sha": sha, "user": repo["owner"], "repo": repo })
    };
    let labels: Vec<Value> = pull.labels.iter().map(|name| label(name)).collect();
    let mut shape = json!({
        "url": at, "id": 5_000_000 + number, "node_id": format!("PR_{number}"), "html_url": web(&format!("/pull/{number}")),
        "diff_url": web(&format!("/pull/{number}.diff")), "patch_url": web(&format!("/pull/{number}.patch")),
        "issue_url": issue, "commits_url": format!("{at}/commits"), "review_comments_url": format!("{at}/comments"),
        "review_comment_url": format!("{at}/comments{{/number}}"), "comments_url": format!("{issue}/comments"),
        "statuses_url": here("/statuses/0"), "number": number, "state": if pull.open { "open" } else { "closed" },
        "locked": false, "title": pull.title, "user": user(&pull.user), "body": pull.body, "labels": labels,
        "milestone": null, "created_at": WHEN, "updated_at": WHEN, "draft": pull.draft,
        "closed_at": if pull.open { Value::Null } else { json!(WHEN) },
        "merged_at": if pull.merged { json!(WHEN) } else { Value::Null }, "merge_commit_sha": null, "assignee": null,
        "assignees": [], "requested_reviewers": pull.reviewers.iter().map(|name| user(name)).collect::<Vec<_>>(),
        "requested_teams": [], "head": side(&pull.head, &pull.head_repository), "base": side(&pull.base, REPOSITORY),
        "_links": links(number),
        "author_association": "CONTRIBUTOR", "auto_merge": null,
    });
    if whole {
        let more = json!({
            "merged": pull.merged, "mergeable": true, "rebaseable": true, "mergeable_state": "clean", "merged_by": null,
            "comments": 0, "review_comments": 0, "maintainer_can_modify": false, "commits": 1, "additions": 1,
            "deletions": 1, "changed_files": 1,
        });
        for (name, value) in more.as_object().into_iter().flatten() {
            shape[name.as_str()] = value.clone();
        }
    }
    shape
}

/// Where the parts of a pull request are.
fn links(number: u64) -> Value {
    let at = here(&format!("/pulls/{number}"));
    let issue = here(&format!("/issues/{number}"));
    json!({
            "self": { "href": at }, "html": { "href": web(&format!("/pull/{number}")) }, "issue": { "href": issue },
            "comments": { "href": format!("{issue}/comments") }, "review_comments": { "href": format!("{at}/comments") },
            "review_comment": { "href": format!("{at}/comments{{/number}}") },
            "commits": { "href": format!("{at}/commits") }, "statuses": { "href": here("/statuses/0") },
    })
}

pub fn label(name: &str) -> Value {
    json!({
        "id": 208_045_946, "node_id": "LA_1", "url": here(&format!("/labels/{name}")), "name": name,
        "description": "", "color": "ededed", "default": false,
    })
}

pub fn comment(comment: &Comment) -> Value {
    json!({
        "id": comment.id, "node_id": format!("IC_{}", comment.id), "url": here(&format!("/issues/comments/{}", comment.id)),
        "html_url": web(&format!("/pull/{}#issuecomment-{}", comment.number, comment.id)), "body": comment.body,
        "user": user(&comment.user), "created_at": WHEN, "updated_at": WHEN,
        "issue_url": here(&format!("/issues/{}", comment.number)), "author_association": "CONTRIBUTOR",
        "performed_via_github_app": null,
    })
}

pub fn approval(environment: &str, state: &str, login: &str) -> Value {
    json!({
        "state": state, "comment": "looks right", "user": user(login),
        "environments": [{
            "id": 161_088_068, "node_id": "EN_1", "name": environment, "url": here(&format!("/environments/{environment}")),
            "html_url": web(&format!("/deployments/activity_log?environments_filter={environment}")),
            "created_at": WHEN, "updated_at": WHEN,
        }],
    })
}

pub fn error(message: &str, status: u16) -> Value {
    json!({ "message": message, "documentation_url": "https://docs.github.com/rest", "status": status.to_string() })
}
