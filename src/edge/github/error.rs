//! What can go wrong between us and GitHub, each with one sentence that names the call and the mend.

use std::fmt;

use serde::de::DeserializeOwned;

use super::answer::Answer;
use crate::text::{counted, one_line, truncate};

/// GitHub's own words can quote names that anybody chose; this much is enough to search for.
const SAID_BYTES_MAX: usize = 300;

/// What a job's `permissions:` can hold, from GitHub's workflow syntax; anything else only an App's token has.
const JOB_PERMISSIONS: [&str; 15] = [
    "actions",
    "artifact-metadata",
    "attestations",
    "checks",
    "contents",
    "deployments",
    "discussions",
    "id-token",
    "issues",
    "models",
    "packages",
    "pages",
    "pull-requests",
    "security-events",
    "statuses",
];

pub type Result<T> = std::result::Result<T, ApiError>;

/// A call that failed.
#[derive(Debug)]
pub struct ApiError {
    /// The call, as a person would say it: `read the jobs of run 5`.
    pub doing: String,
    pub fault: Fault,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// 401.
    BadToken,
    /// 403: the token may not do this; what it lacks, and what GitHub says.
    Forbidden { lacks: Lacks, said: String },
    /// 404. GitHub also says this where the token may not look.
    NotFound { permission: &'static str },
    /// 410: it was there once.
    Gone,
    /// 409 or 422: GitHub understood and refuses.
    Refused { said: String },
    /// 403 or 429 of a rate limit, after waiting as long as we do; how long GitHub asks to wait.
    RateLimited { seconds: u64 },
    /// 3xx: we follow no redirect with a token in hand.
    Moved,
    /// 5xx, after retries where the call was a read.
    Server(u16),
    /// Any other status.
    Status(u16, String),
    /// No answer, or none in time.
    Unreachable(String),
    /// An answer that is not what the API's description says.
    Unreadable(String),
    /// Our own disk.
    Local(String),
}

/// What a token would need.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lacks {
    /// As lines under a job's `permissions:`, `contents: write`.
    Permission(String),
    /// What only an App's token can have.
    AppPermission(String),
    /// The organisation wants the token to be allowed by single sign-on, at this address.
    SingleSignOn(String),
    /// The repository's or the organisation's setting, and not the token's.
    PullRequestSetting,
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.doing)?;
        match &self.fault {
            Fault::BadToken => f.write_str(
                "GitHub does not accept the token (401): give a valid one as `github-token`, or in GITHUB_TOKEN",
            ),
            Fault::Forbidden { lacks, said } => match lacks {
                Lacks::Permission(lines) => {
                    write!(f, "the token may not do this (403, {said}): add {lines} under the job's `permissions:`")
                }
                Lacks::AppPermission(lines) => write!(
                    f,
                    "the token may not do this (403, {said}): a job's own token never can; give an App's token with {lines}"
                ),
                Lacks::SingleSignOn(address) => write!(
                    f,
                    "the organisation asks for single sign-on (403): allow the token at {address}, or use the job's own"
                ),
                Lacks::PullRequestSetting => f.write_str(
                    "GitHub Actions may not open pull requests here (403): allow it under Settings → Actions → \
                     General → Workflow permissions, or give an App's token",
                ),
            },
            Fault::NotFound { permission } => {
                write!(f, "not found (404): check the name, and that the token has `{permission}`")
            }
            Fault::Gone => f.write_str("GitHub no longer keeps it (410): run the workflow again for a fresh one"),
            Fault::Refused { said } => write!(f, "GitHub refuses it: {said}"),
            Fault::RateLimited { seconds } => write!(
                f,
                "the token's rate limit is used up, GitHub asks to wait {}: run again then, or give an App's token",
                waiting(*seconds)
            ),
            Fault::Moved => f.write_str("it has moved: give the repository by its new name with --repo"),
            Fault::Server(status) => write!(f, "GitHub has a problem of its own ({status}): run again later"),
            Fault::Status(status, said) => write!(f, "GitHub answers {status}, {said}"),
            Fault::Unreachable(why) if why.contains("certificate") => write!(
                f,
                "the connection to GitHub is not trusted ({why}): put your authority's certificate into the system's, in \
                 /etc/ssl/certs"
            ),
            Fault::Unreachable(why) => write!(f, "no answer from GitHub ({why}): check the network and GITHUB_API_URL"),
            Fault::Unreadable(why) => write!(
                f,
                "GitHub's answer cannot be read ({why}): is GITHUB_API_URL the address of an API? On GitHub Enterprise \
                 Server it ends with /api/v3"
            ),
            Fault::Local(why) => f.write_str(why),
        }
    }
}

fn waiting(seconds: u64) -> String {
    if seconds < 120 { counted(seconds, "second") } else { counted(seconds.div_ceil(60), "minute") }
}

impl std::error::Error for ApiError {}

impl ApiError {
    /// Whether what was asked for is not there.
    pub fn is_not_found(&self) -> bool {
        matches!(self.fault, Fault::NotFound { .. })
    }

    /// Whether a write that ended so may have happened all the same.
    pub fn may_have_happened(&self) -> bool {
        matches!(self.fault, Fault::Unreachable(_) | Fault::Server(_) | Fault::Unreadable(_))
    }

    /// Whether GitHub understood a write and does not want it: a rule, a setting or a permission.
    pub fn is_refusal(&self) -> bool {
        matches!(self.fault, Fault::Refused { .. } | Fault::Forbidden { .. } | Fault::NotFound { .. } | Fault::Gone)
    }

    /// Whether GitHub refuses in these words.
    pub fn says(&self, words: &str) -> bool {
        matches!(&self.fault, Fault::Refused { said } if said.to_ascii_lowercase().contains(words))
    }
}

/// What one call is for, so that its error can say so.
#[derive(Clone, Debug)]
pub struct Call {
    pub doing: String,
    /// What the token needs, as a workflow's `permissions:` writes it.
    pub permission: &'static str,
}

impl Call {
    pub fn new(permission: &'static str, doing: impl Into<String>) -> Self {
        Self { doing: doing.into(), permission }
    }

    pub fn failed(&self, fault: Fault) -> ApiError {
        ApiError { doing: self.doing.clone(), fault }
    }

    /// What is in a good answer.
    pub fn json<T: DeserializeOwned>(&self, answer: &Answer) -> Result<T> {
        if answer.is_redirect() {
            return Err(self.failed(Fault::Moved));
        }
        // Some writes are answered with nothing at all.
        let body = if answer.body.is_empty() { "null" } else { &answer.body };
        serde_json::from_str(body).map_err(|error| {
            self.failed(Fault::Unreadable(if is_page(body) {
                "a page instead of JSON".to_owned()
            } else if error.is_eof() {
                format!("it breaks off after {} bytes", body.len())
            } else {
                said(&error.to_string())
            }))
        })
    }

    /// An answer that is an error, as ours.
    pub fn refused(&self, answer: &Answer) -> ApiError {
        let fault = self.fault(answer.status, &message(&answer.body), false);
        self.failed(match fault {
            Fault::Forbidden { lacks: Lacks::Permission(_) | Lacks::AppPermission(_), said } => {
                Fault::Forbidden { lacks: lacks(answer).unwrap_or_else(|| self.lacks()), said }
            }
            other => other,
        })
    }

    /// A status that is no success, as ours.
    pub fn fault(&self, status: u16, message: &str, rate_limit_exhausted: bool) -> Fault {
        match status {
            300..=399 => Fault::Moved,
            401 => Fault::BadToken,
            429 => Fault::RateLimited { seconds: 60 },
            403 if rate_limit_exhausted => Fault::RateLimited { seconds: 60 },
            403 if message.contains("not permitted to create or approve pull requests") => {
                Fault::Forbidden { lacks: Lacks::PullRequestSetting, said: said(message) }
            }
            403 => Fault::Forbidden { lacks: self.lacks(), said: said(message) },
            404 => Fault::NotFound { permission: self.permission },
            409 | 422 => Fault::Refused { said: said(message) },
            410 => Fault::Gone,
            500..=599 => Fault::Server(status),
            _ => Fault::Status(status, said(message)),
        }
    }

    fn lacks(&self) -> Lacks {
        let name = self.permission.split(':').next().unwrap_or_default();
        let line = format!("`{}`", self.permission);
        if JOB_PERMISSIONS.contains(&name) { Lacks::Permission(line) } else { Lacks::AppPermission(line) }
    }
}

/// What GitHub's own headers say that the token lacks.
fn lacks(answer: &Answer) -> Option<Lacks> {
    if let Some(address) = answer.header("x-github-sso").and_then(|told| told.split_once("url=")) {
        return Some(Lacks::SingleSignOn(said(address.1)));
    }
    // Of several sets, each as good as the others, the first: `contents=write,workflows=write; issues=write`.
    let told = answer.header("x-accepted-github-permissions")?.split(';').next()?;
    let all: Vec<(String, &str)> = told.split(',').filter_map(accepted).collect();
    if all.is_empty() {
        return None;
    }
    let lines: Vec<String> = all.iter().map(|(name, level)| format!("`{name}: {level}`")).collect();
    let lines = lines.join(" and ");
    let of_a_job = all.iter().all(|(name, level)| *level != "admin" && JOB_PERMISSIONS.contains(&name.as_str()));
    Some(if of_a_job { Lacks::Permission(lines) } else { Lacks::AppPermission(lines) })
}

/// `pull_requests=write` as a workflow writes it; every token has `metadata`.
fn accepted(one: &str) -> Option<(String, &str)> {
    let (name, level) = one.trim().split_once('=')?;
    let plain = !name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
    (plain && matches!(level, "read" | "write" | "admin") && name != "metadata")
        .then(|| (name.replace('_', "-"), level))
}

/// GitHub's own words, with what it says of each field.
fn message(body: &str) -> String {
    if is_page(body) {
        return "a page and no reason".to_owned();
    }
    let Ok(json) = serde_json::from_str::<serde_json::Value>(body) else { return body.to_owned() };
    let text = |value: &serde_json::Value, name: &str| value[name].as_str().map(str::to_owned);
    let mut said = text(&json, "message").unwrap_or_default();
    for error in json["errors"].as_array().into_iter().flatten() {
        let field = || Some(format!("{} {}", text(error, "field")?, text(error, "code")?));
        let one = error.as_str().map(str::to_owned).or_else(|| text(error, "message")).or_else(field);
        said = format!("{said}; {}", one.unwrap_or_default());
    }
    said
}

fn is_page(body: &str) -> bool {
    body.trim_start().starts_with('<')
}

fn said(message: &str) -> String {
    truncate(&one_line(message), SAID_BYTES_MAX)
}

/// The last error of a chain says what happened; those above it repeat one another.
pub fn innermost(error: &dyn std::error::Error) -> String {
    let mut last = error;
    while let Some(source) = last.source() {
        last = source;
    }
    last.to_string()
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderName, HeaderValue};

    use super::super::answer::Answer;
    use super::{ApiError, Call, Fault, SAID_BYTES_MAX};

    fn refused(status: u16, headers: &[(&'static str, &str)], body: &str) -> ApiError {
        let pair = |(name, value): &(&'static str, &str)| {
            (HeaderName::from_static(name), HeaderValue::from_str(value).expect("a value"))
        };
        let headers: HeaderMap = headers.iter().map(pair).collect();
        Call::new("actions: read", "read the jobs of run 5").refused(&Answer { status, headers, body: body.to_owned() })
    }

    fn sentence(status: u16, message: &str) -> String {
        refused(status, &[], &serde_json::json!({ "message": message }).to_string()).to_string()
    }

    #[test]
    fn every_fault_names_the_call_and_the_mend() {
        assert!(
            sentence(401, "Bad credentials").starts_with("read the jobs of run 5: GitHub does not accept the token")
        );
        assert!(
            sentence(403, "Resource not accessible by integration")
                .ends_with("add `actions: read` under the job's `permissions:`")
        );
        assert!(sentence(404, "Not Found").contains("`actions: read`"));
        assert!(sentence(410, "Gone").contains("run the workflow again"));
        assert!(sentence(409, "Git Repository is empty.").contains("GitHub refuses it: Git Repository is empty."));
        assert!(sentence(422, "Reference update failed").contains("Reference update failed"));
        assert!(sentence(301, "").contains("new name"));
        assert!(sentence(502, "<html>").contains("502"));
        assert!(sentence(418, "teapot").contains("418, teapot"));
        assert!(
            sentence(403, "GitHub Actions is not permitted to create or approve pull requests.").contains("Settings")
        );
    }

    #[test]
    fn a_403_names_what_githubs_own_header_says_is_missing() {
        let told = |accepted: &str| {
            let headers = [("x-accepted-github-permissions", accepted)];
            let said = refused(403, &headers, "{\"message\":\"Resource not accessible by integration\"}").to_string();
            said.rsplit_once("): ").map(|(_, mend)| mend.to_owned()).expect("a mend")
        };
        assert_eq!(told("pull_requests=write"), "add `pull-requests: write` under the job's `permissions:`");
        assert_eq!(
            told("contents=write,pull_requests=read; issues=write"),
            "add `contents: write` and `pull-requests: read` under the job's `permissions:`"
        );
        assert_eq!(
            told("contents=write,workflows=write"),
            "a job's own token never can; give an App's token with `contents: write` and `workflows: write`"
        );
        for odd in ["", "metadata=read", "x", "=", "A=write", "a b=write", "contents=`x`"] {
            assert_eq!(told(odd), "add `actions: read` under the job's `permissions:`", "{odd}");
        }
    }

    #[test]
    fn a_403_of_single_sign_on_says_where_to_allow_the_token() {
        let headers = [("x-github-sso", "required; url=https://github.com/orgs/octo-org/sso?authorization_request=A1")];
        let said = refused(403, &headers, "{\"message\":\"Resource protected by organization SAML\"}").to_string();
        assert!(said.contains("at https://github.com/orgs/octo-org/sso?authorization_request=A1"), "{said}");
    }

    #[test]
    fn every_field_that_github_complains_about_is_told() {
        let body = r#"{"message":"Validation Failed","errors":[
            {"resource":"PullRequest","field":"base","code":"invalid"},
            {"resource":"PullRequest","code":"custom","message":"A pull request already exists for octo-org:x."},
            "plain words", 7]}"#;
        let error = refused(422, &[], body);
        let said = "Validation Failed; base invalid; A pull request already exists for octo-org:x.; plain words; ";
        assert_eq!(error.fault, Fault::Refused { said: said.to_owned() });
    }

    #[test]
    fn a_page_instead_of_an_answer_is_said_and_not_quoted() {
        let page = "<!DOCTYPE html><html><body>Unicorn!</body></html>";
        assert!(refused(403, &[], page).to_string().contains("403, a page and no reason"));
        let good = Answer { status: 200, headers: HeaderMap::new(), body: page.to_owned() };
        let said = Call::new("x", "ask").json::<serde_json::Value>(&good).expect_err("no JSON").to_string();
        assert!(said.contains("a page instead of JSON") && said.contains("/api/v3"), "{said}");
    }

    #[test]
    fn an_answer_that_breaks_off_is_said() {
        let half = Answer { status: 200, headers: HeaderMap::new(), body: "{\"jobs\": [{\"id\":".to_owned() };
        let said = Call::new("x", "ask").json::<serde_json::Value>(&half).expect_err("half of it").to_string();
        assert!(said.contains("it breaks off after 16 bytes"), "{said}");
    }

    #[test]
    fn a_certificate_that_is_not_trusted_is_told_from_a_network_that_is_down() {
        let said = |why: &str| Call::new("x", "ask").failed(Fault::Unreachable(why.to_owned())).to_string();
        assert!(said("invalid peer certificate: UnknownIssuer").contains("/etc/ssl/certs"));
        assert!(said("Connection refused (os error 111)").contains("check the network"));
    }

    #[test]
    fn a_long_wait_is_told_in_minutes() {
        let said = |seconds| Call::new("x", "ask").failed(Fault::RateLimited { seconds }).to_string();
        assert!(said(60).contains("60 seconds"), "{}", said(60));
        assert!(said(2_581).contains("44 minutes"), "{}", said(2_581));
    }

    #[test]
    fn what_github_says_is_one_short_line() {
        let Fault::Refused { said } =
            Call::new("x", "y").fault(422, &format!("a\n##[error]{}", "b".repeat(999)), false)
        else {
            panic!("a 422 is a refusal")
        };
        assert!(!said.contains('\n') && said.len() <= SAID_BYTES_MAX);
    }
}
