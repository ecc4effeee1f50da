//! Why a call of a model gave no answer: a small closed set, because the caller must choose.

use std::fmt;

/// Each names the place (a host or a program) and says in one sentence what mends it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ModelError {
    MissingKey {
        provider: &'static str,
        variable: &'static str,
    },
    WrongKey {
        place: String,
    },
    OutOfCredit {
        place: String,
    },
    UnknownModel {
        place: String,
        model: String,
    },
    RateLimited {
        place: String,
    },
    Unavailable {
        place: String,
        status: u16,
    },
    TimedOut {
        place: String,
        seconds: u64,
    },
    /// The model declines; asking again is no mend.
    Refused {
        place: String,
        category: Option<String>,
    },
    TooLong {
        place: String,
        what: &'static str,
    },
    Network {
        place: String,
        why: String,
    },
    /// The base URL is not one.
    BadAddress {
        given: String,
    },
    Failed {
        place: String,
        why: String,
    },
}

impl ModelError {
    /// Stable: the reason of `model_failed`.
    pub fn code(&self) -> &'static str {
        match self {
            Self::MissingKey { .. } => "key.missing",
            Self::WrongKey { .. } => "key.wrong",
            Self::OutOfCredit { .. } => "credit.out",
            Self::UnknownModel { .. } => "model.unknown",
            Self::RateLimited { .. } => "model.rate-limited",
            Self::Unavailable { .. } => "model.unavailable",
            Self::TimedOut { .. } => "model.timeout",
            Self::Refused { .. } => "model.refused",
            Self::TooLong { .. } => "model.too-long",
            Self::Network { .. } => "model.network",
            Self::BadAddress { .. } => "base-url.bad",
            Self::Failed { .. } => "model.failed",
        }
    }
}

impl fmt::Display for ModelError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MissingKey { provider, variable } => {
                write!(
                    f,
                    "there is no key for {provider}: give the `api-key` input or set {variable}, or choose `--model none`"
                )
            }
            Self::WrongKey { place } => {
                write!(f, "{place} does not take the key: check that it is whole, not revoked, and may use this model")
            }
            Self::OutOfCredit { place } => {
                write!(f, "the account at {place} is out of credit or at its spend limit: raise it there and run again")
            }
            Self::UnknownModel { place, model } => {
                write!(f, "{place} knows no model `{model}`: give one that it has, as `--model PROVIDER/NAME`")
            }
            Self::RateLimited { place } => {
                write!(f, "{place} asks to be called less often for longer than we wait: run again later")
            }
            Self::Unavailable { place, status } => {
                write!(f, "{place} is overloaded or down (HTTP {status}): run again later")
            }
            Self::TimedOut { place, seconds } => {
                write!(f, "{place} gave no answer within {seconds} s: run again, or choose a faster model")
            }
            Self::Refused { place, category } => {
                let category = category.as_ref().map(|category| format!(" ({category})")).unwrap_or_default();
                write!(f, "the model at {place} declined to answer{category}: choose another model, or mend it by hand")
            }
            Self::TooLong { place, what } => {
                write!(
                    f,
                    "{what} at {place} is longer than allowed: change `tokens-per-call` under [budget] in the policy"
                )
            }
            Self::Network { place, why } => {
                write!(f, "{place} cannot be reached ({why}): check the network and `--base-url`")
            }
            Self::BadAddress { given } => {
                write!(f, "the base URL `{given}` is not an http or https address: give one like https://host/v1")
            }
            Self::Failed { place, why } => write!(f, "{place} gave no usable answer: {why}"),
        }
    }
}

impl std::error::Error for ModelError {}
