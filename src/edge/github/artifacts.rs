//! Artifacts: what runs have uploaded, by name or by run, and one of them fetched. Everybody can make one of any name.

use std::fs::File;
use std::io::{self, Write as _};
use std::path::Path;

use chrono::DateTime;
use serde::Deserialize;

use super::error::{Call, Fault, Result};
use super::storage::Sink;
use super::{Github, PAGE_ITEMS_MAX, absent};
use crate::domain::id::Repository;
use crate::domain::memory::{Artifact, RunOrigin};

/// A page has a hundred. A busy repository uploads some hundreds of artifacts a day; what is older than these is not
/// looked at.
const PAGES_MAX: u32 = 10;

#[derive(Deserialize)]
struct PageWire {
    #[serde(default)]
    artifacts: Vec<ArtifactWire>,
}

#[derive(Deserialize)]
struct ArtifactWire {
    id: u64,
    name: String,
    #[serde(default)]
    size_in_bytes: u64,
    #[serde(default)]
    expired: bool,
    created_at: Option<String>,
    workflow_run: Option<RunIdWire>,
}

#[derive(Deserialize)]
struct RunIdWire {
    id: Option<u64>,
    repository_id: Option<u64>,
    head_repository_id: Option<u64>,
}

#[derive(Deserialize)]
struct RunWire {
    #[serde(default)]
    path: String,
    head_repository: Option<RepositoryWire>,
}

#[derive(Deserialize)]
struct RepositoryWire {
    full_name: String,
}

/// Artifacts that were listed, newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listed {
    pub artifacts: Vec<Artifact>,
    /// Whether these are all of the time that was asked for.
    pub complete: bool,
}

impl Github {
    /// Artifacts made since then, newest first; with a name, those of that very name.
    pub async fn artifacts_since(&self, repository: &Repository, name: Option<&str>, since: i64) -> Result<Listed> {
        let call = Call::new("actions: read", format!("list the artifacts of {repository}"));
        let route = format!("/repos/{repository}/actions/artifacts");
        let mut listed = Listed::default();
        for number in 1..=PAGES_MAX {
            let (page, size) = (number.to_string(), PAGE_ITEMS_MAX.to_string());
            let mut query = vec![("per_page", size.as_str()), ("page", page.as_str())];
            query.extend(name.map(|name| ("name", name)));
            let wire: PageWire = self.get(&call, &route, &query).await?;
            let page: Vec<Artifact> = wire.artifacts.into_iter().map(artifact).collect();
            // They come newest first: a page of old ones is followed by older ones.
            let last = page.len() < PAGE_ITEMS_MAX || page.iter().all(|made| made.created < since);
            // GitHub ignores a parameter that it does not know, and some servers do not know this one.
            let wanted = |made: &Artifact| made.created >= since && name.is_none_or(|name| made.name == name);
            listed.artifacts.extend(page.into_iter().filter(wanted));
            if last {
                listed.complete = true;
                break;
            }
        }
        Ok(listed)
    }

    /// What all attempts of a run have uploaded together, in no order; GitHub does not say which attempt made which.
    pub async fn artifacts_of_run(&self, repository: &Repository, run_id: u64) -> Result<Vec<Artifact>> {
        let call = Call::new("actions: read", format!("list the artifacts of run {run_id} of {repository}"));
        let route = format!("/repos/{repository}/actions/runs/{run_id}/artifacts");
        let wire = self.pages(&call, &route, &[], |page: PageWire| page.artifacts).await?;
        Ok(wire.into_iter().map(artifact).collect())
    }

    /// Writes an artifact's zip to `path`; one larger than `bytes_max` is refused, whatever was said of its size.
    pub async fn artifact(
        &self,
        repository: &Repository,
        artifact: &Artifact,
        path: &Path,
        bytes_max: u64,
    ) -> Result<()> {
        let call = Call::new("actions: read", format!("fetch artifact {} of {repository}", artifact.id));
        if artifact.bytes > bytes_max {
            return Err(call.failed(Fault::Unreadable(format!("it is larger than {} MiB", bytes_max >> 20))));
        }
        if artifact.expired {
            return Err(call.failed(Fault::Gone));
        }
        let route = format!("/repos/{repository}/actions/artifacts/{}/zip", artifact.id);
        self.fetch(&call, &route, &mut ZipFile { path, file: None, left: 0, bytes_max }).await
    }

    /// Which workflow a run was of, and whose; `None` when the run was deleted.
    pub async fn origin(&self, repository: &Repository, run_id: u64) -> Result<Option<RunOrigin>> {
        let call = Call::new("actions: read", format!("read run {run_id} of {repository}"));
        let wire: Option<RunWire> =
            absent(self.get(&call, &format!("/repos/{repository}/actions/runs/{run_id}"), &[]).await)?;
        Ok(wire.map(|wire| RunOrigin {
            // A reusable or required workflow carries its ref behind an `@`.
            workflow_path: wire.path.split('@').next().unwrap_or_default().to_owned(),
            head_repository: wire.head_repository.and_then(|head| Repository::parse(&head.full_name)),
        }))
    }
}

/// A zip on its way to a file.
struct ZipFile<'a> {
    path: &'a Path,
    file: Option<File>,
    left: u64,
    bytes_max: u64,
}

impl Sink for ZipFile<'_> {
    fn begin(&mut self) -> io::Result<()> {
        self.left = self.bytes_max;
        self.file = Some(File::create(self.path)?);
        Ok(())
    }

    fn take(&mut self, chunk: &[u8]) -> io::Result<()> {
        let why = || format!("it is larger than {} MiB", self.bytes_max >> 20);
        let too_large = || io::Error::new(io::ErrorKind::FileTooLarge, why());
        self.left = self.left.checked_sub(chunk.len() as u64).ok_or_else(too_large)?;
        match &mut self.file {
            Some(file) => file.write_all(chunk),
            None => Ok(()),
        }
    }

    fn end(&mut self) -> io::Result<()> {
        self.file = None;
        Ok(())
    }

    fn place(&self) -> String {
        self.path.display().to_string()
    }
}

fn artifact(wire: ArtifactWire) -> Artifact {
    let created = wire.created_at.as_deref().and_then(|text| DateTime::parse_from_rfc3339(text).ok());
    Artifact {
        id: wire.id,
        name: wire.name,
        bytes: wire.size_in_bytes,
        expired: wire.expired,
        // One without a date counts as made just now.
        created: created.map_or(i64::MAX, |time| time.timestamp()),
        of_fork: wire.workflow_run.as_ref().is_some_and(|run| run.repository_id != run.head_repository_id),
        run_id: wire.workflow_run.and_then(|run| run.id),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};

    use axum::Router;
    use axum::extract::Query;
    use axum::http::StatusCode;
    use axum::routing::get;
    use serde_json::{Value, json};

    use super::super::served;
    use super::*;

    fn repository() -> Repository {
        Repository::parse("o/r").expect("a name")
    }

    fn told(id: usize, hour: usize) -> Value {
        json!({
            "id": id, "name": "self-heal-x", "created_at": format!("2026-11-20T{hour:02}:00:00Z"),
            "workflow_run": { "id": 5, "repository_id": 1, "head_repository_id": 1 },
        })
    }

    /// What a list of full pages comes to, and how many of them were asked for.
    async fn listed(page: fn(usize) -> Vec<Value>, since: &str) -> (Listed, u32) {
        let asked = Arc::new(AtomicU32::new(0));
        let counts = Arc::clone(&asked);
        let answer = move |query: Query<HashMap<String, String>>| async move {
            counts.fetch_add(1, Ordering::SeqCst);
            let number = query["page"].parse().expect("a number");
            json!({ "total_count": 0, "artifacts": page(number) }).to_string()
        };
        let (github, _) = served(Router::new().route("/repos/o/r/actions/artifacts", get(answer))).await;
        let since = DateTime::parse_from_rfc3339(since).expect("a time").timestamp();
        let listed = github.artifacts_since(&repository(), Some("self-heal-x"), since).await.expect("a list");
        (listed, asked.load(Ordering::SeqCst))
    }

    #[tokio::test]
    async fn a_list_is_read_until_it_is_older_than_what_counts() {
        let page = |number: usize| (0..PAGE_ITEMS_MAX).map(|at| told(at, 20 - 5 * number)).collect();
        let (listed, pages) = listed(page, "2026-11-20T09:00:00Z").await;
        assert_eq!((listed.artifacts.len(), listed.complete, pages), (2 * PAGE_ITEMS_MAX, true, 3));
    }

    #[tokio::test]
    async fn a_list_without_end_is_cut_and_says_so() {
        let page = |_| (0..PAGE_ITEMS_MAX).map(|at| told(at, 10)).collect();
        let (listed, pages) = listed(page, "2026-11-20T09:00:00Z").await;
        assert_eq!((listed.complete, pages), (false, PAGES_MAX));
    }

    #[tokio::test]
    async fn a_name_that_was_not_asked_for_and_nulls_everywhere_are_borne() {
        let page = |_| {
            let hostile =
                json!({ "id": 1, "name": "self-heal-x\u{1b}[31m\n::error::", "created_at": "2026-11-20T10:00:00Z" });
            let nulls = json!({ "id": 2, "name": "self-heal-x", "created_at": null, "workflow_run": null });
            vec![hostile, nulls]
        };
        let (listed, _) = listed(page, "2026-11-20T09:00:00Z").await;
        let ids: Vec<_> = listed.artifacts.iter().map(|made| (made.id, made.run_id, made.of_fork)).collect();
        assert_eq!(ids, [(2, None, false)], "one without a date counts as made just now");
    }

    #[tokio::test]
    async fn t14_a_run_s_workflow_is_its_path_and_a_deleted_run_has_none() {
        let run = || async {
            let path = ".github/workflows/self-heal.yml@refs/heads/main";
            json!({ "id": 5, "name": "CI", "path": path, "head_repository": { "full_name": "o/r" } }).to_string()
        };
        let (github, _) = served(Router::new().route("/repos/o/r/actions/runs/5", get(run))).await;
        let origin = github.origin(&repository(), 5).await.expect("an answer").expect("a run");
        assert_eq!(origin.workflow_path, ".github/workflows/self-heal.yml");
        assert_eq!(origin.head_repository, Some(repository()));
        assert_eq!(github.origin(&repository(), 6).await.expect("an answer"), None);
    }

    fn made(bytes: u64, expired: bool) -> Artifact {
        Artifact { id: 7, name: String::new(), bytes, expired, created: 0, of_fork: false, run_id: None }
    }

    /// What comes of fetching an artifact that GitHub redirects to this body.
    async fn fetched(artifact: Artifact, body: Vec<u8>, bytes_max: u64) -> Result<Vec<u8>> {
        let (_, elsewhere) = served(Router::new().route("/zip", get(move || async move { body }))).await;
        let found = move || async move { (StatusCode::FOUND, [("location", format!("{elsewhere}/zip?sig=1"))]) };
        let (github, _) = served(Router::new().route("/repos/o/r/actions/artifacts/7/zip", get(found))).await;
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("some.zip");
        github.artifact(&repository(), &artifact, &path, bytes_max).await?;
        Ok(std::fs::read(&path).expect("a file"))
    }

    #[tokio::test]
    async fn an_artifact_at_the_limit_is_fetched_and_one_above_it_never_is() {
        assert_eq!(fetched(made(0, false), vec![7; 1_000], 1_000).await.expect("a file"), vec![7; 1_000]);
        let lied = fetched(made(1, false), vec![7; 1_001], 1_000).await.expect_err("larger than it was said to be");
        assert_eq!(lied.fault, Fault::Unreadable("it is larger than 0 MiB".to_owned()), "and no fault of our disk");
        let told = fetched(made(1 << 30, false), Vec::new(), 64 << 20).await.expect_err("1 GB");
        assert!(told.to_string().contains("larger than 64 MiB"), "{told}");
    }

    #[tokio::test]
    async fn an_artifact_that_has_expired_or_is_gone_is_said() {
        assert_eq!(fetched(made(1, true), Vec::new(), 9).await.expect_err("expired").fault, Fault::Gone);
        for (status, fault) in
            [(StatusCode::GONE, Fault::Gone), (StatusCode::NOT_FOUND, Fault::NotFound { permission: "actions: read" })]
        {
            let answer = move || async move { (status, json!({ "message": "no" }).to_string()) };
            let (github, _) = served(Router::new().route("/repos/o/r/actions/artifacts/7/zip", get(answer))).await;
            let asked = github.artifact(&repository(), &made(1, false), Path::new("/dev/null"), 9).await;
            assert_eq!(asked.expect_err("nothing").fault, fault);
        }
    }
}
