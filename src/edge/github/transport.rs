//! One question to GitHub and its answer: asked again where GitHub wants us to wait, or where asking twice does no harm.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use http::{HeaderValue, Method, header};
use octocrab::Octocrab;

use super::answer::Answer;
use super::error::{ApiError, Call, Fault, Result, innermost};
use super::etags::Etags;
use super::limits;

/// A question that waits for a rate limit longer than this is given up: runners cost money while they sleep.
const ASK_SECONDS_MAX: u64 = 300;

/// What most questions are answered in.
pub const JSON: &str = "application/vnd.github+json";

/// How often a question is asked again after a rate limit, 5xx or a broken connection.
const RETRIES_MAX: u32 = 3;

/// GitHub asks for a second between writes where there are many; a fix of a few files is not many.
const WRITES_AT_ONCE_MAX: u32 = 40;

const WRITE_PAUSE: Duration = Duration::from_secs(1);

/// A question.
pub struct Asked<'a> {
    pub method: Method,
    /// With its query; always relative, so that the token goes nowhere else.
    pub route: &'a str,
    pub accept: &'static str,
    pub body: Option<serde_json::Value>,
    /// Whether asking twice is as good as asking once, so that it may be asked again when nobody knows what became of it.
    pub repeatable: bool,
}

impl<'a> Asked<'a> {
    pub fn read(route: &'a str) -> Self {
        Self { method: Method::GET, route, accept: JSON, body: None, repeatable: true }
    }
}

/// Why there is no good answer yet.
enum Trouble {
    /// A rate limit: what was asked has not been done.
    Limited(u64),
    /// 5xx, or no answer: nobody knows whether it has been done.
    Broken(ApiError),
}

/// The way to GitHub.
pub struct Transport {
    crab: Octocrab,
    /// Before a broken read is tried again; twice as long each time.
    backoff: Duration,
    etags: Mutex<Etags>,
    /// How many were asked for so far.
    writes: AtomicU32,
}

impl Transport {
    pub fn new(crab: Octocrab, backoff: Duration) -> Self {
        Self { crab, backoff, etags: Mutex::default(), writes: AtomicU32::new(0) }
    }

    /// Asks until there is an answer, or until it has taken as long as we wait.
    pub async fn ask(&self, call: &Call, asked: &Asked<'_>) -> Result<Answer> {
        let begun = Instant::now();
        let limit = Duration::from_secs(ASK_SECONDS_MAX);
        let mut tries = 0;
        loop {
            tries += 1;
            let left = limit.saturating_sub(begun.elapsed());
            let answer = tokio::time::timeout(left, self.once(call, asked))
                .await
                .unwrap_or_else(|_| Err(call.failed(Fault::Unreachable(format!("none within {ASK_SECONDS_MAX} s")))));
            let trouble = match answer {
                Ok(answer) if answer.status < 400 => return Ok(answer),
                Ok(answer) => match limited(&answer, tries) {
                    Some(seconds) => Trouble::Limited(seconds),
                    None if answer.status >= 500 => Trouble::Broken(call.refused(&answer)),
                    None => return Err(call.refused(&answer)),
                },
                Err(broken) => Trouble::Broken(broken),
            };
            let (pause, error) = match trouble {
                Trouble::Limited(seconds) => {
                    (Duration::from_secs(seconds), call.failed(Fault::RateLimited { seconds }))
                }
                Trouble::Broken(error) if !asked.repeatable => return Err(error),
                Trouble::Broken(error) => (self.backoff * 2_u32.pow(tries - 1), error),
            };
            if tries > RETRIES_MAX || begun.elapsed() + pause > limit {
                return Err(error);
            }
            tracing::warn!(%error, seconds = pause.as_secs(), "GitHub is asked again");
            tokio::time::sleep(pause).await;
        }
    }

    async fn once(&self, call: &Call, asked: &Asked<'_>) -> Result<Answer> {
        if asked.method != Method::GET {
            self.space().await;
        }
        let mut request = http::Request::builder().method(asked.method.clone()).uri(asked.route);
        request = request.header(header::ACCEPT, asked.accept);
        let known = self.etags().of(asked.route).and_then(|etag| HeaderValue::from_str(etag).ok());
        if let Some(etag) = known.filter(|_| asked.method == Method::GET && asked.accept == JSON) {
            request = request.header(header::IF_NONE_MATCH, etag);
        }
        let broken = |error: octocrab::Error| call.failed(Fault::Unreachable(innermost(&error)));
        let request = self.crab.build_request(request, asked.body.as_ref()).map_err(broken)?;
        let response = self.crab.execute(request).await.map_err(broken)?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let body = match self.crab.body_to_string(response).await {
            Ok(body) => body,
            Err(octocrab::Error::InvalidUtf8 { .. }) => {
                return Err(call.failed(Fault::Unreadable("it is not text".to_owned())));
            }
            Err(error) => return Err(broken(error)),
        };
        Ok(self.or_remembered(asked, Answer { status, headers, body }))
    }

    /// What has not changed is answered from memory; what is new is remembered.
    fn or_remembered(&self, asked: &Asked<'_>, answer: Answer) -> Answer {
        let mut etags = self.etags();
        if answer.status == 304
            && let Some(body) = etags.body(asked.route)
        {
            return Answer { status: 200, body: body.to_owned(), ..answer };
        }
        if answer.status == 200
            && asked.method == Method::GET
            && asked.accept == JSON
            && let Some(etag) = answer.header("etag")
        {
            etags.keep(asked.route, etag, &answer.body);
        }
        answer
    }

    /// Keeps many writes a second apart.
    async fn space(&self) {
        let writes = self.writes.fetch_add(1, Ordering::Relaxed);
        if writes >= WRITES_AT_ONCE_MAX {
            tokio::time::sleep(WRITE_PAUSE).await;
        }
    }

    fn etags(&self) -> MutexGuard<'_, Etags> {
        self.etags.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn limited(answer: &Answer, tries: u32) -> Option<u64> {
    let now = chrono::Utc::now().timestamp();
    limits::wait(answer.status, &answer.headers, &answer.body, tries, now)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};
    use std::time::{Duration, Instant};

    use axum::Router;
    use axum::http::{HeaderMap, StatusCode};
    use axum::routing::{get, post};
    use serde_json::{Value, json};

    use super::super::error::{Call, Fault};
    use super::super::{served, served_below};
    use super::WRITES_AT_ONCE_MAX;
    use crate::domain::id::{Branch, Repository};

    fn counted() -> (Arc<AtomicU32>, Arc<AtomicU32>) {
        let count = Arc::new(AtomicU32::new(0));
        (Arc::clone(&count), count)
    }

    fn call() -> Call {
        Call::new("contents: write", "ask")
    }

    #[tokio::test]
    async fn a_read_is_tried_again_and_a_write_that_broke_never_is() {
        let ((reads, counts_reads), (writes, counts_writes)) = (counted(), counted());
        let read = move || async move {
            match counts_reads.fetch_add(1, Ordering::SeqCst) {
                0 | 1 => (StatusCode::BAD_GATEWAY, "no".to_owned()),
                _ => (StatusCode::OK, "{}".to_owned()),
            }
        };
        let write = move || async move {
            counts_writes.fetch_add(1, Ordering::SeqCst);
            StatusCode::BAD_GATEWAY
        };
        let (github, _) = served(Router::new().route("/x", get(read)).route("/y", post(write))).await;
        let _answer: Value = github.get(&call(), "/x", &[]).await.expect("the third try");
        let failed = github.post::<Value>(&call(), "/y", &json!({})).await.expect_err("a broken server");
        assert_eq!(failed.fault, Fault::Server(502));
        assert_eq!((reads.load(Ordering::SeqCst), writes.load(Ordering::SeqCst)), (3, 1));
    }

    #[tokio::test]
    async fn what_nothing_points_at_is_stored_again_when_storing_broke() {
        let (writes, counts) = counted();
        let write = move || async move {
            match counts.fetch_add(1, Ordering::SeqCst) {
                0 => (StatusCode::BAD_GATEWAY, String::new()),
                _ => (StatusCode::CREATED, json!({ "sha": "1" }).to_string()),
            }
        };
        let (github, _) = served(Router::new().route("/repos/o/r/git/blobs", post(write))).await;
        let repository = Repository::parse("o/r").expect("a name");
        assert_eq!(github.create_blob(&repository, b"x").await.expect("the second try"), "1");
        assert_eq!(writes.load(Ordering::SeqCst), 2);
    }

    #[tokio::test]
    async fn a_write_that_a_rate_limit_refused_is_tried_again_when_github_says() {
        let (writes, counts) = counted();
        let write = move || async move {
            match counts.fetch_add(1, Ordering::SeqCst) {
                0 => (StatusCode::FORBIDDEN, [("retry-after", "1")], "secondary rate limit".to_owned()),
                _ => (StatusCode::CREATED, [("retry-after", "0")], "{}".to_owned()),
            }
        };
        let (github, _) = served(Router::new().route("/y", post(write))).await;
        let begun = Instant::now();
        let _answer: Value = github.post(&call(), "/y", &json!({})).await.expect("the second try");
        assert!(begun.elapsed() >= Duration::from_secs(1));
        assert_eq!(writes.load(Ordering::SeqCst), 2);
    }

    #[tokio::test]
    async fn a_rate_limit_longer_than_our_patience_is_told_at_once() {
        let (reads, counts) = counted();
        let read = move || async move {
            counts.fetch_add(1, Ordering::SeqCst);
            (StatusCode::FORBIDDEN, [("retry-after", "301")], "{}")
        };
        let (github, _) = served(Router::new().route("/x", get(read))).await;
        let failed = github.get::<Value>(&call(), "/x", &[]).await.expect_err("a rate limit");
        assert_eq!(failed.fault, Fault::RateLimited { seconds: 301 });
        assert_eq!(reads.load(Ordering::SeqCst), 1);
    }

    #[tokio::test]
    async fn a_rate_limit_that_does_not_end_is_given_up() {
        let (reads, counts) = counted();
        let read = move || async move {
            counts.fetch_add(1, Ordering::SeqCst);
            (StatusCode::TOO_MANY_REQUESTS, [("retry-after", "1")], "{}")
        };
        let (github, _) = served(Router::new().route("/x", get(read))).await;
        let failed = github.get::<Value>(&call(), "/x", &[]).await.expect_err("a rate limit");
        assert_eq!(failed.fault, Fault::RateLimited { seconds: 1 });
        assert_eq!(reads.load(Ordering::SeqCst), 1 + super::RETRIES_MAX);
    }

    #[tokio::test]
    async fn what_has_not_changed_is_answered_or_remembered() {
        let (whole, counts) = counted();
        let read = move |headers: HeaderMap| async move {
            if headers.get("if-none-match").is_some_and(|etag| etag == "W/\"1\"") {
                return (StatusCode::NOT_MODIFIED, [("etag", "W/\"1\"")], String::new());
            }
            counts.fetch_add(1, Ordering::SeqCst);
            let tip = json!({ "object": { "sha": "a".repeat(40) } }).to_string();
            (StatusCode::OK, [("etag", "W/\"1\"")], tip)
        };
        let (github, _) = served(Router::new().route("/repos/o/r/git/ref/heads/main", get(read))).await;
        let (repository, main) = (Repository::parse("o/r").expect("a name"), Branch::parse("main").expect("a name"));
        let first = github.branch_tip(&repository, &main).await.expect("a tip");
        let second = github.branch_tip(&repository, &main).await.expect("a tip");
        assert_eq!(first, second);
        assert_eq!(whole.load(Ordering::SeqCst), 1);
    }

    #[tokio::test]
    async fn every_route_and_page_is_below_the_path_of_an_enterprise_server() {
        let item = |n: usize| json!({ "id": n, "name": "a", "conclusion": "success" });
        let jobs = move |query: axum::extract::Query<std::collections::HashMap<String, usize>>| async move {
            let here = if query["page"] == 1 { 100 } else { 3 };
            json!({ "jobs": (0..here).map(item).collect::<Vec<_>>() }).to_string()
        };
        let whose = |headers: HeaderMap| async move { json!(headers["authorization"].to_str().ok()).to_string() };
        let api = Router::new().route("/repos/o/r/actions/runs/5/attempts/1/jobs", get(jobs)).route("/x", get(whose));
        let (github, _) = served_below("/api/v3", Router::new().nest("/api/v3", api)).await;
        let jobs = github.jobs(&Repository::parse("o/r").expect("a name"), 5, 1).await.expect("two pages");
        assert_eq!(jobs.len(), 103);
        assert_eq!(github.get::<String>(&call(), "/x", &[]).await.expect("an answer"), "Bearer ghs_secret");
    }

    #[tokio::test]
    async fn a_server_that_is_not_there_is_said() {
        let nobody = super::super::connected("http://127.0.0.1:1".to_owned());
        let failed = nobody.get::<Value>(&call(), "/x", &[]).await.expect_err("nobody");
        assert!(failed.to_string().contains("refused") && failed.to_string().contains("GITHUB_API_URL"), "{failed}");
    }

    #[tokio::test]
    async fn very_many_writes_are_kept_apart() {
        let (github, _) = served(Router::new().route("/y", post(|| async { "{}" }))).await;
        let begun = Instant::now();
        for _ in 0..WRITES_AT_ONCE_MAX {
            let _answer: Value = github.post(&call(), "/y", &json!({})).await.expect("an answer");
        }
        assert!(begun.elapsed() < super::WRITE_PAUSE, "a fix of a few files does not wait");
        let _answer: Value = github.post(&call(), "/y", &json!({})).await.expect("an answer");
        assert!(begun.elapsed() >= super::WRITE_PAUSE);
    }
}
