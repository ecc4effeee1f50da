//! Anthropic's Messages API.

use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use serde::Deserialize;
use serde_json::json;

use super::access::Access;
use super::answer::Answer;
use super::error::ModelError;
use super::wire::{self, Endpoint, Refusal, Reply};
use crate::domain::context::{Prompt, Usage};

/// What `--model anthropic` asks: the vendor's middle model of the season (November 2026).
pub const DEFAULT_MODEL: &str = "claude-sonnet-5-5";

/// Where it is asked unless `--base-url` says otherwise.
const BASE_URL: &str = "https://api.anthropic.com";

/// The version of the API that the request and answer below are written for.
const API_VERSION: &str = "2026-10-21";

#[derive(Debug)]
pub struct Anthropic {
    model: String,
    endpoint: Endpoint,
}

impl Anthropic {
    pub fn open(model: Option<&str>, access: &Access) -> Result<Self, ModelError> {
        let url = wire::address(access.base_url.as_deref().unwrap_or(BASE_URL), "/v1", "/messages")?;
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert("anthropic-version", HeaderValue::from_static(API_VERSION));
        match &access.key {
            Some(key) => {
                headers.insert("x-api-key", wire::key_header(key, "", url.host_str().unwrap_or_default())?);
            }
            // A proxy of one's own may hold the key itself.
            None if access.base_url.is_some() => {}
            None => return Err(ModelError::MissingKey { provider: "anthropic", variable: "ANTHROPIC_API_KEY" }),
        }
        let endpoint = Endpoint::new(url, headers, access.timeout, access.key.clone())?;
        Ok(Self { model: model.unwrap_or(DEFAULT_MODEL).to_owned(), endpoint })
    }

    pub fn name(&self) -> &str {
        &self.model
    }

    /// No sampling parameters: the current models refuse them.
    pub fn request(&self, prompt: &Prompt) -> Vec<u8> {
        json!({
            "model": self.model,
            "max_tokens": prompt.tokens_max,
            "system": prompt.system.as_str(),
            "messages": [{ "role": "user", "content": prompt.prompt.as_str() }],
            "output_config": { "format": { "type": "json_schema", "schema": prompt.answer_schema } },
        })
        .to_string()
        .into_bytes()
    }

    pub async fn ask(&self, request: Vec<u8>) -> Result<Answer, ModelError> {
        let reply = self.endpoint.post(request, |reply| self.refusal(reply)).await?;
        self.answer(&reply)
    }

    fn answer(&self, reply: &Reply) -> Result<Answer, ModelError> {
        let place = self.endpoint.place();
        let message: Message = serde_json::from_slice(&reply.body).map_err(|error| {
            let why = format!("its reply is not a message of the API version {API_VERSION} ({error})");
            ModelError::Failed { place: place.clone(), why: self.endpoint.shown(&why) }
        })?;
        match message.stop_reason.as_deref() {
            Some("refusal") => {
                let category = message.stop_details.and_then(|details| details.category);
                let category = category.map(|category| self.endpoint.shown(&category));
                return Err(ModelError::Refused { place, category });
            }
            Some("max_tokens") => return Err(ModelError::TooLong { place, what: "the answer" }),
            Some("model_context_window_exceeded") => return Err(ModelError::TooLong { place, what: "the prompt" }),
            _ => {}
        }
        let text: String = message.content.into_iter().filter_map(|block| block.text).collect();
        let usage = message.usage.map(|usage| Usage {
            // Cached input is input all the same; it is only cheaper.
            input_tokens: [usage.input_tokens, usage.cache_creation_input_tokens, usage.cache_read_input_tokens]
                .into_iter()
                .flatten()
                .fold(0, u64::saturating_add),
            output_tokens: usage.output_tokens.unwrap_or_default(),
        });
        Ok(Answer { text, usage, model: message.model.unwrap_or_else(|| self.model.clone()) })
    }

    fn refusal(&self, reply: &Reply) -> Option<Refusal> {
        if (200..300).contains(&reply.status) {
            return None;
        }
        let place = self.endpoint.place();
        let told: Option<ErrorBody> = serde_json::from_slice(&reply.body).ok();
        let told = told.map(|body| body.error).unwrap_or_default();
        let spend_limit = told.details.and_then(|details| details.error_code).is_some_and(|code| {
            matches!(
                code.as_str(),
                "contract_spend_limit_reached"
                    | "enforced_spend_limit_reached"
                    | "linked_organization_billing_unavailable"
                    | "linked_organization_spend_limit_reached"
                    | "ramp_limit_exceeded"
            )
        });
        let error = match reply.status {
            _ if spend_limit => ModelError::OutOfCredit { place },
            401 | 403 => ModelError::WrongKey { place },
            402 => ModelError::OutOfCredit { place },
            404 => ModelError::UnknownModel { place, model: self.model.clone() },
            413 => ModelError::TooLong { place, what: "the prompt" },
            429 => ModelError::RateLimited { place },
            408 | 504 => ModelError::TimedOut { place, seconds: self.endpoint.seconds() },
            status if status >= 500 => ModelError::Unavailable { place, status },
            status => {
                let why =
                    format!("HTTP {status} {}: {}", told.kind.unwrap_or_default(), told.message.unwrap_or_default());
                ModelError::Failed { place, why: self.endpoint.shown(&why) }
            }
        };
        Some(Refusal { error, again: !spend_limit && wire::retried(reply.status) })
    }
}

/// What we read of a message; everything else may come and go.
#[derive(Deserialize)]
struct Message {
    model: Option<String>,
    content: Vec<Block>,
    stop_reason: Option<String>,
    stop_details: Option<StopDetails>,
    usage: Option<WireUsage>,
}

/// A block of thinking has no `text`.
#[derive(Deserialize)]
struct Block {
    text: Option<String>,
}

#[derive(Deserialize)]
struct StopDetails {
    category: Option<String>,
}

#[derive(Deserialize)]
struct WireUsage {
    input_tokens: Option<u64>,
    output_tokens: Option<u64>,
    cache_creation_input_tokens: Option<u64>,
    cache_read_input_tokens: Option<u64>,
}

#[derive(Deserialize)]
struct ErrorBody {
    error: WireError,
}

#[derive(Default, Deserialize)]
struct WireError {
    #[serde(rename = "type")]
    kind: Option<String>,
    message: Option<String>,
    details: Option<ErrorDetails>,
}

#[derive(Deserialize)]
struct ErrorDetails {
    error_code: Option<String>,
}
