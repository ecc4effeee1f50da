//! What can go wrong between us and GitHub, each with one sentence that names the call and the mend.

use std::fmt;

use crate::text::{one_line, truncate};

/// GitHub's own words can quote names that anybody chose; this much is enough to search for.
const SAID_BYTES_MAX: usize = 300;

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
    /// 403: the token may not do this; the permission that is missing, and what GitHub says.
    Forbidden { permission: &'static str, said: String },
    /// 404. GitHub also says this where the token may not look.
    NotFound { permission: &'static str },
    /// 410: it was there once.
    Gone,
    /// 409 or 422: GitHub understood and refuses.
    Refused { said: String },
    /// 429, or 403 with an empty rate limit, after waiting as long as we do.
    RateLimited,
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

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.doing)?;
        match &self.fault {
            Fault::BadToken => f.write_str(
                "GitHub does not accept the token (401): give a valid one as `github-token`, or in GITHUB_TOKEN",
            ),
            Fault::Forbidden { said, .. } if said.contains("not permitted to create or approve pull requests") => f
                .write_str(
                    "GitHub Actions may not open pull requests here (403): allow it under Settings → Actions → \
                     General → Workflow permissions, or give an App's token",
                ),
            Fault::Forbidden { permission, said } => {
                write!(f, "the token may not do this (403, {said}): give the job `{permission}`")
            }
            Fault::NotFound { permission } => {
                write!(f, "not found (404): check the name, and that the token has `{permission}`")
            }
            Fault::Gone => f.write_str("GitHub no longer keeps it (410): run the workflow again for a fresh one"),
            Fault::Refused { said } => write!(f, "GitHub refuses it: {said}"),
            Fault::RateLimited => {
                f.write_str("the token's rate limit is used up: run again later, or give an App's token")
            }
            Fault::Moved => f.write_str("it has moved: give the repository by its new name with --repo"),
            Fault::Server(status) => write!(f, "GitHub has a problem of its own ({status}): run again later"),
            Fault::Status(status, said) => write!(f, "GitHub answers {status}, {said}"),
            Fault::Unreachable(why) => write!(f, "no answer from GitHub ({why}): check the network and GITHUB_API_URL"),
            Fault::Unreadable(why) => {
                write!(f, "GitHub's answer cannot be read ({why}): is the base URL that of an API?")
            }
            Fault::Local(why) => f.write_str(why),
        }
    }
}

impl std::error::Error for ApiError {}

impl ApiError {
    /// Whether what was asked for is not there.
    pub fn is_not_found(&self) -> bool {
        matches!(self.fault, Fault::NotFound { .. })
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

    /// octocrab's error as ours.
    pub fn refused(&self, error: &octocrab::Error) -> ApiError {
        self.failed(match error {
            octocrab::Error::GitHub { source, .. } => {
                let exhausted = source.headers.as_ref().is_some_and(|h| {
                    h.contains_key("retry-after") || h.get("x-ratelimit-remaining").is_some_and(|v| v == "0")
                });
                let mut said = source.message.clone();
                for error in source.errors.iter().flatten() {
                    said = format!("{said}; {}", error.get("message").and_then(|m| m.as_str()).unwrap_or_default());
                }
                self.fault(source.status_code.as_u16(), &said, exhausted)
            }
            octocrab::Error::Json { .. } | octocrab::Error::Serde { .. } => Fault::Unreadable(said(&error.to_string())),
            other => Fault::Unreachable(said(&innermost(other))),
        })
    }

    /// A status that is no success, as ours.
    pub fn fault(&self, status: u16, message: &str, rate_limit_exhausted: bool) -> Fault {
        match status {
            300..=399 => Fault::Moved,
            401 => Fault::BadToken,
            429 => Fault::RateLimited,
            403 if rate_limit_exhausted => Fault::RateLimited,
            403 => Fault::Forbidden { permission: self.permission, said: said(message) },
            404 => Fault::NotFound { permission: self.permission },
            409 | 422 => Fault::Refused { said: said(message) },
            410 => Fault::Gone,
            500..=599 => Fault::Server(status),
            _ => Fault::Status(status, said(message)),
        }
    }
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
    use super::{Call, Fault, SAID_BYTES_MAX};

    fn sentence(status: u16, message: &str) -> String {
        let call = Call::new("actions: read", "read the jobs of run 5");
        call.failed(call.fault(status, message, false)).to_string()
    }

    #[test]
    fn every_fault_names_the_call_and_the_mend() {
        assert!(
            sentence(401, "Bad credentials").starts_with("read the jobs of run 5: GitHub does not accept the token")
        );
        assert!(sentence(403, "Resource not accessible by integration").ends_with("give the job `actions: read`"));
        assert!(sentence(404, "Not Found").contains("`actions: read`"));
        assert!(sentence(422, "Reference update failed").contains("Reference update failed"));
        assert!(sentence(301, "").contains("new name"));
        assert!(sentence(502, "<html>").contains("502"));
        assert!(sentence(418, "teapot").contains("418, teapot"));
        assert!(
            sentence(403, "GitHub Actions is not permitted to create or approve pull requests.").contains("Settings")
        );
    }

    #[test]
    fn a_403_with_an_empty_rate_limit_is_a_rate_limit() {
        let call = Call::new("actions: read", "x");
        assert_eq!(call.fault(403, "", true), Fault::RateLimited);
        assert!(matches!(call.fault(403, "", false), Fault::Forbidden { .. }));
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
