//! GitHub by its REST API: our own tolerant wire structs, every read we need, and every write there is.
//!
//! Routes are always relative: octocrab attaches the token only to those. Reads are retried, writes never are.

pub mod error;
pub mod runs;
pub mod logs;
pub mod content;
pub mod objects;
pub mod pulls;
pub mod comments;

use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use octocrab::Octocrab;
use octocrab::service::middleware::retry::{NoOpRateLimitMetrics, RetryConfig};
use serde::Serialize;
use serde::de::DeserializeOwned;

use self::error::{Call, Fault, Result};
use super::http;
use crate::domain::secret::Secret;

/// Where `GITHUB_API_URL` is not set.
pub const BASE_URL: &str = "https://api.github.com";

/// GitHub answers within 10 s or gives up itself; a log's storage may think longer.
const SILENCE_SECONDS_MAX: u64 = 60;

/// How often a read is tried again after 5xx, 429 or a broken connection.
const RETRIES_MAX: usize = 3;

/// From GitHub's documentation: without a header that says how long, wait at least a minute.
const RATE_LIMIT_WAIT_SECONDS_MIN: u64 = 60;

/// A read that waits for a rate limit longer than this is given up: runners cost money while they sleep.
const READ_SECONDS_MAX: u64 = 300;

/// The largest page the API gives.
const PAGE_ITEMS_MAX: usize = 100;

/// Enough for the jobs of any run and for the open pull requests of a busy repository.
const PAGES_MAX: u32 = 20;

/// How long something fresh may be missing before we believe that it is not there (P21).
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    pub total: Duration,
    pub pause: Duration,
}

impl Default for Patience {
    /// From P21: seconds, at most a minute.
    fn default() -> Self {
        Self { total: Duration::from_secs(60), pause: Duration::from_secs(3) }
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
    reads: Octocrab,
    writes: Octocrab,
    /// For signed addresses in GitHub's storage: it knows no token, so it cannot send one.
    storage: reqwest::Client,
    patience: Patience,
    /// Plain http is for servers on this machine.
    plain: bool,
}

impl Github {
    /// Has to be called inside the async runtime.
    pub fn connect(connection: &Connection) -> anyhow::Result<Self> {
        let base_url = connection.base_url.trim_end_matches('/');
        let plain = plain(base_url)?;
        let silence = Duration::from_secs(SILENCE_SECONDS_MAX);
        let client = http::client(silence, connection.proxy.as_deref())?;
        let crab = |retry| -> anyhow::Result<Octocrab> {
            let mut builder = Octocrab::builder().base_uri(base_url).with_context(|| not_an_address(base_url))?;
            builder = builder.add_retry_config(retry);
            if let Some(token) = &connection.token {
                builder = builder.personal_token(token.expose());
            }
            builder.build_with_reqwest(client.clone()).context("make the GitHub client")
        };
        Ok(Self {
            reads: crab(RetryConfig::HandleRateLimits {
                metrics: Arc::new(NoOpRateLimitMetrics),
                max_retries: RETRIES_MAX,
                min_wait_seconds: RATE_LIMIT_WAIT_SECONDS_MIN,
                retry_on_forbidden: false,
            })?,
            writes: crab(RetryConfig::None)?,
            storage: client.clone(),
            patience: connection.patience,
            plain,
        })
    }

    async fn get<T: DeserializeOwned>(&self, call: &Call, route: &str, query: &[(&str, &str)]) -> Result<T> {
        let query = (!query.is_empty()).then_some(query);
        in_time(call, self.reads.get(route, query)).await?.map_err(|error| call.refused(&error))
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

    async fn post<T: DeserializeOwned>(&self, call: &Call, route: &str, body: &impl Serialize) -> Result<T> {
        in_time(call, self.writes.post(route, Some(body))).await?.map_err(|error| call.refused(&error))
    }

    async fn patch<T: DeserializeOwned>(&self, call: &Call, route: &str, body: &impl Serialize) -> Result<T> {
        in_time(call, self.writes.patch(route, Some(body))).await?.map_err(|error| call.refused(&error))
    }

    /// Asks again while what should be there is not (P21): `ready` says whether an answer is complete.
    async fn patiently<T, F>(&self, mut ask: impl FnMut() -> F, ready: impl Fn(&T) -> bool) -> Result<T>
    where
        F: Future<Output = Result<T>>,
    {
        let begun = Instant::now();
        loop {
            let answer = ask().await;
            let wait = match &answer {
                Ok(found) => !ready(found),
                Err(error) => error.is_not_found(),
            };
            if !wait || begun.elapsed() + self.patience.pause > self.patience.total {
                return answer;
            }
            tokio::time::sleep(self.patience.pause).await;
        }
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

async fn in_time<T>(call: &Call, future: impl Future<Output = T>) -> Result<T> {
    tokio::time::timeout(Duration::from_secs(READ_SECONDS_MAX), future)
        .await
        .map_err(|_| call.failed(Fault::Unreachable(format!("none within {READ_SECONDS_MAX} s"))))
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

#[cfg(test)]
mod tests {
    use super::{part, plain};

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
