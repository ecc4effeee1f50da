//! Whether a machine should touch a failure at all.

use super::failure::Kind;
use super::log::Span;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Class {
    /// Retry it: the same commit can be green next time.
    TransientRetryable,
    /// Fix it: the code says so every time.
    DeterministicCode,
    /// Tell a person: nothing in the repository's code mends it.
    EnvironmentPolicy,
    /// Tell a person: we do not know.
    Unknown,
}

impl Class {
    pub const ALL: [Self; 4] =
        [Self::TransientRetryable, Self::DeterministicCode, Self::EnvironmentPolicy, Self::Unknown];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::TransientRetryable => "transient_retryable",
            Self::DeterministicCode => "deterministic_code",
            Self::EnvironmentPolicy => "environment_policy",
            Self::Unknown => "unknown",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|class| class.as_str() == text)
    }
}

/// A line that decided the class, and the rule that says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    pub span: Span,
    pub text: String,
    /// `tool.rule`, stable: `net.connection-reset`, `pytest.short-summary`.
    pub rule: String,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Classification {
    pub class: Class,
    /// `None` when nothing is known of it.
    pub kind: Option<Kind>,
    /// 0 to 1.
    pub confidence: f64,
    /// One sentence that names the root failure.
    pub root_cause: String,
    pub evidence: Vec<Evidence>,
    /// Other classes that had evidence, weaker.
    pub also: Vec<Class>,
}
