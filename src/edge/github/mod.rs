//! GitHub by its REST API: our own tolerant wire structs, every read we need, and every write there is.
//!
//! Routes are always relative: octocrab attaches the token only to those. Reads are tried again when they break, writes
//! only when a rate limit has refused them: then they have not happened.

mod answer;
pub mod error;
mod etags;
mod limits;
mod transport;
mod storage;
mod archived;
pub mod runs;
pub mod zip;
pub mod checks;
pub mod elsewhere;
pub mod logs;
pub mod content;
pub mod objects;
pub mod pulls;
pub mod comments;
pub mod artifacts;
pub mod people;
pub mod history;

use std::future::Future;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use http::Method;
use octocrab::Octocrab;
use serde::Serialize;
use serde::de::DeserializeOwned;

use self::error::{Call, Fault, Result};
use self::transport::{Asked, JSON, Transport};
use super::http::client;
use crate::domain::secret::Secret;

/// Where `GITHUB_API_URL` is not set.
pub const BASE_URL: &str = "https://api.github.com";

/// GitHub answers within 10 s or gives up itself; a log's storage may think longer.
const SILENCE_SECONDS_MAX: u64 = 60;

/// The largest page the API gives.
const PAGE_ITEMS_MAX: usize = 100;

/// Enough for the jobs of any run and for the open pull requests of a busy repository.
const PAGES_MAX: u32 = 20;

/// How long something fresh may be missing before we believe that it is not there (P21).
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    pub total: Duration,
    pub pause: Duration,
    /// Before a broken read is tried again; twice as long each time.
    pub backoff: Duration,
}

impl Default for Patience {
    /// From P21: seconds, at most a minute.
    fn default() -> Self {
        Self { total: Duration::from_secs(60), pause: Duration::from_secs(3), backoff: Duration::from_millis(500) }
    }
}

/// How to reach GitHub.
#[derive(Clone, Debug)]
pub struct Connection {
    /// `GITHUB_API_URL`, or `BASE_URL`.
    pub base_url: String,
    pub token: Option<Secret>,
    /// Never from a variable (T4).
    pub proxy: Option<String>,
    pub patience: Patience,
}

pub struct Github {
    transport: Transport,
    /// For signed addresses in GitHub's storage: it knows no token, so it cannot send one.
    storage: reqwest::Client,
    patience: Patience,
    /// How much of the patience is used up.
    waited: Mutex<Duration>,
    /// Plain http is for servers on this machine.
    plain: bool,
    below_v3: bool,
}

impl Github {
    /// Has to be called inside the async runtime.
    pub fn connect(connection: &Connection) -> anyhow::Result<Self> {
        let base_url = connection.base_url.trim_end_matches('/');
        let plain = plain(base_url)?;
        let silence = Duration::from_secs(SILENCE_SECONDS_MAX);
        let client = client(silence, connection.proxy.as_deref())?;
        // octocrab itself sends the API's version, 2022-11-28. What is asked again is decided in `transport.rs`.
        let mut builder = Octocrab::builder().base_uri(base_url).with_context(|| not_an_address(base_url))?;
        if let Some(token) = &connection.token {
            builder = builder.personal_token(token.expose());
        }
        Ok(Self {
            transport: Transport::new(
                builder.build_with_reqwest(client.clone()).context("make the GitHub client")?,
                connection.patience.backoff,
            ),
            storage: client,
            patience: connection.patience,
            waited: Mutex::default(),
            plain,
            below_v3: base_url.ends_with("/v3"),
        })
    }

    async fn get<T: DeserializeOwned>(&self, call: &Call, route: &str, query: &[(&str, &str)]) -> Result<T> {
        let route = with_query(route, query);
        call.json(&self.transport.ask(call, &Asked::read(&route)).await?)
    }

    /// Every item of a list, page by page; `items` takes a page apart.
    async fn pages<P: DeserializeOwned, T>(
        &self,
        call: &Call,
        route: &str,
        query: &[(&str, &str)],
        items: impl Fn(P) -> Vec<T>,
    ) -> Result<Vec<T>> {
        let per_page = PAGE_ITEMS_MAX.to_string();
        let mut all = Vec::new();
        for number in 1..=PAGES_MAX {
            let number = number.to_string();
            let mut query = query.to_vec();
            query.extend([("per_page", per_page.as_str()), ("page", number.as_str())]);
            let page = items(self.get(call, route, &query).await?);
            let last = page.len() < PAGE_ITEMS_MAX;
            all.extend(page);
            if last {
                break;
            }
        }
        Ok(all)
    }

    /// Asks for something that must not happen twice: when it breaks, the caller looks whether it has happened.
    async fn post<T: DeserializeOwned>(&self, call: &Call, route: &str, body: &impl Serialize) -> Result<T> {
        self.write(call, Method::POST, route, body, false).await
    }

    /// Adds what is only there once, however often it is added, or what nothing points at yet.
    async fn add<T: DeserializeOwned>(&self, call: &Call, route: &str, body: &impl Serialize) -> Result<T> {
        self.write(call, Method::POST, route, body, true).await
    }

    /// Changes something to what is said: twice is as good as once, and never by force.
    async fn patch<T: DeserializeOwned>(&self, call: &Call, route: &str, body: &impl Serialize) -> Result<T> {
        self.write(call, Method::PATCH, route, body, true).await
    }

    async fn write<T: DeserializeOwned>(
        &self,
        call: &Call,
        method: Method,
        route: &str,
        body: &impl Serialize,
        repeatable: bool,
    ) -> Result<T> {
        let body = serde_json::to_value(body).map_err(|error| call.failed(Fault::Local(error.to_string())))?;
        let asked = Asked { method, route, accept: JSON, body: Some(body), repeatable };
        call.json(&self.transport.ask(call, &asked).await?)
    }

    /// Where GraphQL is answered: on a GitHub of one's own it is beside the REST API, `/api/graphql` by `/api/v3`.
    fn graphql(&self) -> &'static str {
        if self.below_v3 { "/../graphql" } else { "/graphql" }
    }

    /// Asks again while what should be there is not (P21): `ready` says whether an answer is complete. A run is fresh as
    /// a whole, so the patience is one for all of it: sixteen logs that are gone are not waited for sixteen times.
    async fn patiently<T, F>(&self, mut ask: impl FnMut() -> F, ready: impl Fn(&T) -> bool) -> Result<T>
    where
        F: Future<Output = Result<T>>,
    {
        loop {
            let begun = Instant::now();
            let answer = ask().await;
            let wait = match &answer {
                Ok(found) => !ready(found),
                Err(error) => error.is_not_found(),
            };
            if !wait || !self.waits_again(begun.elapsed() + self.patience.pause) {
                return answer;
            }
            tokio::time::sleep(self.patience.pause).await;
        }
    }

    /// Takes `more` out of what is left of the patience, where it is enough.
    fn waits_again(&self, more: Duration) -> bool {
        let mut waited = self.waited.lock().unwrap_or_else(PoisonError::into_inner);
        let enough = *waited + more <= self.patience.total;
        if enough {
            *waited += more;
        }
        enough
    }
}

/// `None` for a 404: absence is an answer.
fn absent<T>(answer: Result<T>) -> Result<Option<T>> {
    match answer {
        Ok(found) => Ok(Some(found)),
        Err(error) if error.is_not_found() => Ok(None),
        Err(error) => Err(error),
    }
}

fn with_query(route: &str, query: &[(&str, &str)]) -> String {
    let pairs: Vec<String> = query.iter().map(|(name, value)| format!("{name}={}", part(value))).collect();
    if pairs.is_empty() { route.to_owned() } else { format!("{route}?{}", pairs.join("&")) }
}

/// A name as one part of a route; `/` stays, because branches have it.
fn part(name: &str) -> String {
    use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
    const KEPT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~').remove(b'/');
    utf8_percent_encode(name, KEPT).to_string()
}

/// Whether the address is plain http, which only a server on this machine may be: a token goes there.
fn plain(base_url: &str) -> anyhow::Result<bool> {
    let url = reqwest::Url::parse(base_url).with_context(|| not_an_address(base_url))?;
    let here = matches!(url.host_str(), Some("127.0.0.1" | "localhost" | "[::1]"));
    match url.scheme() {
        "https" => Ok(false),
        "http" if here => Ok(true),
        _ => bail!("{}; it has to begin with https://", not_an_address(base_url)),
    }
}

fn not_an_address(base_url: &str) -> String {
    format!("`{}` is not the address of a GitHub API: set GITHUB_API_URL", base_url.escape_debug())
}

/// A server on loopback for the tests of this folder, and a client of it that is patient for a moment only.
#[cfg(test)]
async fn served(router: axum::Router) -> (Github, String) {
    served_below("", router).await
}

/// The same, where the API is below a path.
#[cfg(test)]
async fn served_below(path: &str, router: axum::Router) -> (Github, String) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("listen on loopback");
    let base_url = format!("http://{}{path}", listener.local_addr().expect("an address"));
    tokio::spawn(async move { axum::serve(listener, router).await });
    (connected(base_url.clone()), base_url)
}

#[cfg(test)]
fn connected(base_url: String) -> Github {
    let moment = Duration::from_millis(1);
    let patience = Patience { total: Duration::from_millis(200), pause: moment, backoff: moment };
    let connection = Connection { base_url, token: Secret::new("ghs_secret"), proxy: None, patience };
    Github::connect(&connection).expect("a client")
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};

    use axum::Router;
    use axum::http::{HeaderMap, StatusCode};
    use axum::routing::get;
    use serde_json::{Value, json};

    use super::error::{Call, Fault};
    use super::{PAGE_ITEMS_MAX, part, plain, served};
    use crate::domain::id::Repository;

    fn counted() -> (Arc<AtomicU32>, Arc<AtomicU32>) {
        let count = Arc::new(AtomicU32::new(0));
        (Arc::clone(&count), count)
    }

    #[tokio::test]
    async fn a_request_carries_the_token_and_one_api_version() {
        let router = Router::new().route(
            "/x",
            get(|headers: HeaderMap| async move {
                let all = |name| headers.get_all(name).iter().map(|v| v.to_str().expect("text")).collect::<Vec<_>>();
                json!({
                    "version": all("x-github-api-version"),
                    "token": all("authorization"),
                    "accept": all("accept"),
                    "agent": all("user-agent"),
                })
                .to_string()
            }),
        );
        let (github, _) = served(router).await;
        let seen: Value = github.get(&Call::new("x", "ask"), "/x", &[]).await.expect("an answer");
        assert_eq!(seen["version"], json!(["2022-11-28"]));
        assert_eq!(seen["token"], json!(["Bearer ghs_secret"]));
        assert_eq!(seen["accept"], json!(["application/vnd.github+json"]));
        assert_eq!(seen["agent"].as_array().map(Vec::len), Some(1), "GitHub refuses a client without a name");
    }

    #[tokio::test]
    async fn p21_what_is_fresh_is_asked_for_again_and_what_is_missing_is_given_up() {
        let (calls, counts) = counted();
        let fresh = move || async move {
            match counts.fetch_add(1, Ordering::SeqCst) {
                0 => (StatusCode::NOT_FOUND, json!({ "message": "Not Found" }).to_string()),
                1 => (StatusCode::OK, json!({ "jobs": [{ "id": 1, "name": "a", "conclusion": null }] }).to_string()),
                _ => {
                    (StatusCode::OK, json!({ "jobs": [{ "id": 1, "name": "a", "conclusion": "failure" }] }).to_string())
                }
            }
        };
        let (github, _) = served(Router::new().route("/repos/o/r/actions/runs/5/attempts/1/jobs", get(fresh))).await;
        let repository = Repository::parse("o/r").expect("a name");
        let jobs = github.jobs(&repository, 5, 1).await.expect("jobs in the end");
        assert_eq!((jobs[0].conclusion.as_str(), calls.load(Ordering::SeqCst)), ("failure", 3));
        let missing = github.jobs(&repository, 6, 1).await.expect_err("no such run");
        assert!(missing.is_not_found());
    }

    #[tokio::test]
    async fn p21_what_is_gone_is_not_waited_for_again_and_again() {
        let (github, _) = served(Router::new()).await;
        let repository = Repository::parse("o/r").expect("a name");
        let patience = github.patience.total;
        let begun = std::time::Instant::now();
        for run in 0..20 {
            assert!(github.jobs(&repository, run, 1).await.expect_err("no such run").is_not_found());
        }
        assert!(begun.elapsed() < patience * 10, "{:?} of {patience:?} for one", begun.elapsed());
    }

    #[tokio::test]
    async fn a_list_is_read_to_its_last_page() {
        let jobs = |query: axum::extract::Query<std::collections::HashMap<String, usize>>| async move {
            assert_eq!(query["per_page"], PAGE_ITEMS_MAX);
            let here = if query["page"] == 1 { PAGE_ITEMS_MAX } else { 3 };
            let job = json!({ "id": 1, "name": "a", "conclusion": "success" });
            json!({ "total_count": 103, "jobs": vec![job; here] }).to_string()
        };
        let (github, _) = served(Router::new().route("/repos/o/r/actions/runs/5/attempts/1/jobs", get(jobs))).await;
        let jobs = github.jobs(&Repository::parse("o/r").expect("a name"), 5, 1).await.expect("two pages");
        assert_eq!(jobs.len(), PAGE_ITEMS_MAX + 3);
    }

    #[tokio::test]
    async fn no_redirect_is_followed_with_the_token() {
        let moved = || async { (StatusCode::MOVED_PERMANENTLY, [("location", "/elsewhere")]) };
        let elsewhere = || async { "nobody should come here" };
        let (github, _) = served(Router::new().route("/x", get(moved)).route("/elsewhere", get(elsewhere))).await;
        let failed = github.get::<Value>(&Call::new("x", "ask"), "/x", &[]).await.expect_err("a redirect");
        assert_eq!(failed.fault, Fault::Moved);
    }

    #[test]
    fn a_branch_name_stays_one_place_in_a_route() {
        assert_eq!(part("feature/a#1?x=%2e"), "feature/a%231%3Fx%3D%252e");
        assert_eq!(part("größe"), "gr%C3%B6%C3%9Fe");
    }

    #[test]
    fn a_token_goes_in_the_clear_to_this_machine_only() {
        assert!(!plain("https://api.github.com").expect("https"));
        assert!(plain("http://127.0.0.1:8080").expect("loopback"));
        assert!(plain("http://api.github.com").is_err());
        assert!(plain("http://127.0.0.1.evil.example").is_err());
        assert!(plain("api.github.com").is_err());
        assert!(plain("file:///etc/passwd").is_err());
    }
}
