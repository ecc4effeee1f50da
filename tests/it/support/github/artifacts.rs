//! What earlier runs left at the fake GitHub: artifacts as true zip files, who may do what, who asks, and history.

use std::collections::BTreeMap;
use std::io::Write as _;

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde_json::{Value, json};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::{FakeGithub, REPOSITORY, Run, State, shapes};

/// An upload of a run.
#[derive(Clone)]
pub struct Upload {
    pub id: u64,
    pub name: String,
    pub run: u64,
    pub of_fork: bool,
    pub expired: bool,
    /// RFC 3339.
    pub created_at: String,
    pub zip: Vec<u8>,
    /// What the list says of its size, where that is a lie.
    pub size_told: Option<u64>,
}

/// What is remembered beside branches and pull requests.
pub struct Left {
    /// Oldest first.
    pub uploads: Vec<Upload>,
    /// Login → `admin`, `write`, `read` or `none`; a stranger may read.
    pub permissions: BTreeMap<String, String>,
    /// Whom the token belongs to; GraphQL is broken where nobody does.
    pub viewer: Option<(String, u64)>,
}

impl Default for Left {
    fn default() -> Self {
        Self {
            uploads: Vec::new(),
            permissions: BTreeMap::from([("octocat".to_owned(), "write".to_owned())]),
            viewer: Some(("github-actions[bot]".to_owned(), 41_898_282)),
        }
    }
}

/// A zip of these files.
pub fn zipped(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in files {
        writer.start_file(*name, SimpleFileOptions::default()).expect("an entry");
        writer.write_all(bytes).expect("memory");
    }
    writer.finish().expect("a zip").into_inner()
}

impl FakeGithub {
    /// A run of another workflow than the one that failed, on `main`; gives its id.
    pub fn run_of(&self, workflow_path: &str) -> u64 {
        let mut state = self.state();
        let id = 8_000_000_000 + state.runs.len() as u64;
        let run = Run { id, workflow_path: workflow_path.to_owned(), jobs: Vec::new(), ..state.runs[0].clone() };
        state.runs.push(run);
        id
    }

    /// A run uploads these files under a name, so many hours ago.
    pub fn upload(&self, run: u64, name: &str, hours_ago: i64, files: &[(&str, &[u8])]) -> u64 {
        let mut state = self.state();
        let id = 6_000 + state.left.uploads.len() as u64;
        let created_at = (chrono::Utc::now() - chrono::Duration::hours(hours_ago))
            .to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
        state.left.uploads.push(Upload {
            id,
            name: name.to_owned(),
            run,
            of_fork: false,
            expired: false,
            created_at,
            zip: zipped(files),
            size_told: None,
        });
        id
    }

    /// Changes an upload.
    pub fn change_upload(&self, id: u64, change: impl FnOnce(&mut Upload)) {
        let mut state = self.state();
        change(state.left.uploads.iter_mut().find(|upload| upload.id == id).expect("an upload of the fake"));
    }
}

fn shape(upload: &Upload, state: &State) -> Value {
    let here = format!("https://api.github.com/repos/{REPOSITORY}/actions/artifacts/{}", upload.id);
    let run = state.runs.iter().find(|run| run.id == upload.run);
    let repository = shapes::repository()["id"].clone();
    let head = if upload.of_fork { json!(7) } else { repository.clone() };
    json!({
        "id": upload.id, "node_id": format!("A_{}", upload.id), "name": upload.name,
        "size_in_bytes": upload.size_told.unwrap_or(upload.zip.len() as u64), "url": here,
        "archive_download_url": format!("{here}/zip"), "expired": upload.expired, "created_at": upload.created_at,
        "expires_at": upload.created_at, "updated_at": upload.created_at,
        "workflow_run": {
            "id": upload.run, "repository_id": repository, "head_repository_id": head,
            "head_branch": run.and_then(|run| run.head_branch.clone()).unwrap_or_else(|| "main".to_owned()),
            "head_sha": run.map_or_else(|| "0".repeat(40), |run| run.head_sha.clone()),
        },
    })
}

/// What is read here; `None` where the question is another one.
pub fn read(state: &State, path: &[&str], asked: &dyn Fn(&str) -> String) -> Option<Vec<Value>> {
    let left = &state.left;
    let wanted: Vec<Value> = match path {
        ["actions", "artifacts"] => {
            let name = asked("name");
            let named = left.uploads.iter().rev().filter(|upload| name.is_empty() || upload.name == name);
            named.map(|upload| shape(upload, state)).collect()
        }
        ["actions", "runs", id, "artifacts"] => {
            let of_run = left.uploads.iter().filter(|upload| upload.run.to_string() == *id);
            of_run.map(|upload| shape(upload, state)).collect()
        }
        _ => return None,
    };
    Some(wanted)
}

/// What somebody may do. An App is no user.
pub fn permission(state: &State, login: &str) -> (u16, Value) {
    if login.ends_with("[bot]") {
        return (404, shapes::error(&format!("{login} is not a user"), 404));
    }
    let permission = state.left.permissions.get(login).map_or("read", String::as_str);
    (200, json!({ "permission": permission, "role_name": permission, "user": null }))
}

/// GraphQL answers 200 even where it cannot answer.
pub fn graphql(state: &State) -> Value {
    match &state.left.viewer {
        Some((login, id)) => json!({ "data": { "viewer": { "login": login, "databaseId": id } } }),
        None => json!({ "data": null, "errors": [{ "message": "Something went wrong" }] }),
    }
}

/// Where an artifact's zip is; one that has expired is gone.
pub fn address(state: &State, id: &str) -> Response {
    match state.left.uploads.iter().find(|upload| upload.id.to_string() == id) {
        None => StatusCode::NOT_FOUND.into_response(),
        Some(upload) if upload.expired => {
            let body = shapes::error("Artifact has expired", 410).to_string();
            (StatusCode::GONE, [(header::CONTENT_TYPE, "application/json")], body).into_response()
        }
        Some(upload) => {
            let address = format!("{}/artifacts/{}?sig=fresh", state.storage, upload.id);
            (StatusCode::FOUND, [(header::LOCATION, address)]).into_response()
        }
    }
}

/// The zip itself.
pub fn stored(state: &State, id: &str) -> Response {
    match state.left.uploads.iter().find(|upload| upload.id.to_string() == id) {
        Some(upload) => upload.zip.clone().into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
