//! One HTTPS call with its retries, its time and its size bounded; both providers speak through it.

use std::time::Duration;

use reqwest::header::{HeaderMap, HeaderValue};
use reqwest::{Client, Url};

use super::error::ModelError;
use crate::domain::secret::Secret;
use crate::edge::http;
use crate::text::{one_line, truncate};

/// The vendors' own clients try three times in all.
pub const RETRIES_MAX: u32 = 2;

/// A wait longer than this is not worth a runner's minutes: the run ends and says so.
pub const RETRY_WAIT_SECONDS_MAX: u64 = 30;

/// The first pause where the server names none; each further one is twice as long.
const RETRY_PAUSE: Duration = Duration::from_millis(500);

/// Many times what the largest answer we ask for can be.
pub const RESPONSE_BYTES_MAX: usize = 4 * 1024 * 1024;

/// What a server says of an error is shown up to here.
const REASON_BYTES_MAX: usize = 300;

/// A server's reply with its status; the body is whole and bounded.
pub struct Reply {
    pub status: u16,
    pub body: Vec<u8>,
}

/// What a reply that is no answer means.
pub struct Refusal {
    pub error: ModelError,
    /// Whether the same request can succeed later.
    pub again: bool,
}

/// One address with its headers, ready to be posted to.
#[derive(Debug)]
pub struct Endpoint {
    client: Client,
    url: Url,
    headers: HeaderMap,
    timeout: Duration,
    key: Option<Secret>,
}

impl Endpoint {
    pub fn new(url: Url, headers: HeaderMap, timeout: Duration, key: Option<Secret>) -> Result<Self, ModelError> {
        let place = place(&url);
        let client = http::client(timeout, None)
            .map_err(|error| ModelError::Failed { place, why: one_line(&format!("{error:#}")) })?;
        Ok(Self { client, url, headers, timeout, key })
    }

    /// The host, with its port where it is not the scheme's own.
    pub fn place(&self) -> String {
        place(&self.url)
    }

    /// Posts the bytes until there is an answer, `refusal` says that no retry helps, or the tries are used up.
    pub async fn post(
        &self,
        request: Vec<u8>,
        refusal: impl Fn(&Reply) -> Option<Refusal>,
    ) -> Result<Reply, ModelError> {
        let mut tried = 0;
        loop {
            let (error, wait) = match self.once(request.clone()).await {
                Ok((reply, asked)) => match refusal(&reply) {
                    None => return Ok(reply),
                    Some(Refusal { error, again }) if asked.again.unwrap_or(again) => (error, asked.wait),
                    Some(Refusal { error, .. }) => return Err(error),
                },
                Err((error, true)) => (error, None),
                Err((error, false)) => return Err(error),
            };
            let wait = wait.unwrap_or(RETRY_PAUSE * 2_u32.pow(tried));
            if tried == RETRIES_MAX || wait > Duration::from_secs(RETRY_WAIT_SECONDS_MAX) {
                return Err(error);
            }
            tracing::info!(place = self.place(), code = error.code(), ?wait, "the model is asked again");
            tokio::time::sleep(wait).await;
            tried += 1;
        }
    }

    /// One try. The error says whether nothing was sent, so that trying again costs nothing.
    async fn once(&self, request: Vec<u8>) -> Result<(Reply, Asked), (ModelError, bool)> {
        let whole = async {
            let sent = self.client.post(self.url.clone()).headers(self.headers.clone()).body(request).send().await;
            let mut response = sent.map_err(|error| self.transport(&error))?;
            let (status, asked) = (response.status().as_u16(), Asked::read(response.headers()));
            let mut body = Vec::new();
            while let Some(chunk) = response.chunk().await.map_err(|error| self.transport(&error))? {
                if body.len() + chunk.len() > RESPONSE_BYTES_MAX {
                    return Err((ModelError::TooLong { place: self.place(), what: "the answer" }, false));
                }
                body.extend_from_slice(&chunk);
            }
            Ok((Reply { status, body }, asked))
        };
        match tokio::time::timeout(self.timeout, whole).await {
            Ok(outcome) => outcome,
            Err(_elapsed) => Err((self.timed_out(), false)),
        }
    }

    fn transport(&self, error: &reqwest::Error) -> (ModelError, bool) {
        if error.is_timeout() && !error.is_connect() {
            return (self.timed_out(), false);
        }
        // The address may hold nothing secret, but the chain below it is what tells a person what to do.
        let mut why = String::new();
        let mut source = std::error::Error::source(error);
        while let Some(cause) = source {
            why = cause.to_string();
            source = cause.source();
        }
        let why = if why.is_empty() { "the connection broke".to_owned() } else { self.shown(&why) };
        (ModelError::Network { place: self.place(), why }, error.is_connect())
    }

    pub fn seconds(&self) -> u64 {
        self.timeout.as_secs()
    }

    fn timed_out(&self) -> ModelError {
        ModelError::TimedOut { place: self.place(), seconds: self.seconds() }
    }

    /// A server's own words, safe to show: one short line, without the key.
    pub fn shown(&self, text: &str) -> String {
        let text = match &self.key {
            Some(key) => text.replace(key.expose(), "***"),
            None => text.to_owned(),
        };
        truncate(&one_line(&text), REASON_BYTES_MAX)
    }
}

/// What the reply's headers ask for.
#[derive(Default)]
struct Asked {
    again: Option<bool>,
    wait: Option<Duration>,
}

impl Asked {
    fn read(headers: &HeaderMap) -> Self {
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
        let again = match text("x-should-retry") {
            Some("true") => Some(true),
            Some("false") => Some(false),
            _ => None,
        };
        let millis = text("retry-after-ms").and_then(|value| value.parse().ok()).map(Duration::from_millis);
        Self { again, wait: millis.or_else(|| text("retry-after").and_then(retry_after)) }
    }
}

/// Seconds, or the date at which to come back.
fn retry_after(value: &str) -> Option<Duration> {
    if let Ok(seconds) = value.parse::<f64>() {
        return Duration::try_from_secs_f64(seconds.max(0.0)).ok();
    }
    let date = chrono::DateTime::parse_from_rfc2822(value).ok()?;
    Some((date.to_utc() - chrono::Utc::now()).to_std().unwrap_or_default())
}

/// Whether a status means that the same request can succeed later; the vendors' own clients decide alike.
pub fn retried(status: u16) -> bool {
    matches!(status, 408 | 409 | 429) || status >= 500
}

/// The address under `base`, with `version` put in where the base has no path of its own.
pub fn address(base: &str, version: &str, path: &str) -> Result<Url, ModelError> {
    let bad = || ModelError::BadAddress { given: truncate(&one_line(base), REASON_BYTES_MAX) };
    let mut url = Url::parse(base.trim()).map_err(|_| bad())?;
    let plain = url.username().is_empty() && url.password().is_none() && url.query().is_none();
    if !matches!(url.scheme(), "http" | "https") || !url.has_host() || !plain {
        return Err(bad());
    }
    let folder = url.path().trim_end_matches('/').to_owned();
    let folder = if folder.is_empty() { version.to_owned() } else { folder };
    url.set_path(&format!("{folder}{path}"));
    Ok(url)
}

/// A header that carries the key; a key with a line break in it was not copied whole.
pub fn key_header(key: &Secret, prefix: &str, place: &str) -> Result<HeaderValue, ModelError> {
    let mut value = HeaderValue::from_str(&format!("{prefix}{}", key.expose()))
        .map_err(|_| ModelError::WrongKey { place: place.to_owned() })?;
    value.set_sensitive(true);
    Ok(value)
}

fn place(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}
