//! OpenAI's chat completions, and every server that speaks like it: OpenRouter, vLLM, Ollama, LiteLLM, Azure.

use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue};
use serde::Deserialize;
use serde_json::{Value, json};

use super::access::Access;
use super::answer::Answer;
use super::error::ModelError;
use super::wire::{self, Endpoint, Refusal, Reply};
use crate::domain::context::{Prompt, PromptStep, Usage};

/// What `--model openai` asks: the vendor's middle model of the season (November 2026).
pub const DEFAULT_MODEL: &str = "gpt-5.6-terra";

/// Where it is asked unless `--base-url` says otherwise.
const BASE_URL: &str = "https://api.openai.com";

/// Azure takes the key in a header of its own.
const AZURE_DOMAIN: &str = ".azure.com";

#[derive(Debug)]
pub struct OpenAi {
    model: String,
    endpoint: Endpoint,
    /// OpenAI and Azure refuse `max_tokens` for reasoning models; older compatible servers know nothing else.
    tokens_field: &'static str,
    /// OpenRouter otherwise hands the request to providers that ignore the schema.
    require_parameters: bool,
}

impl OpenAi {
    pub fn open(model: Option<&str>, access: &Access) -> Result<Self, ModelError> {
        let base = access.base_url.as_deref().unwrap_or(BASE_URL);
        let azure = |host: &str| host.ends_with(AZURE_DOMAIN);
        let mut url = wire::address(base, "/v1", "/chat/completions")?;
        if azure(url.host_str().unwrap_or_default()) {
            url = wire::address(base, "/openai/v1", "/chat/completions")?;
        }
        let host = url.host_str().unwrap_or_default().to_owned();
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        match &access.key {
            Some(key) if azure(&host) => {
                headers.insert("api-key", wire::key_header(key, "", &host)?);
            }
            Some(key) => {
                headers.insert(AUTHORIZATION, wire::key_header(key, "Bearer ", &host)?);
            }
            // A server of one's own, such as Ollama, may want none.
            None if access.base_url.is_some() => {}
            None => return Err(ModelError::MissingKey { provider: "openai", variable: "OPENAI_API_KEY" }),
        }
        let vendor = host == "api.openai.com" || azure(&host);
        Ok(Self {
            model: model.unwrap_or(DEFAULT_MODEL).to_owned(),
            endpoint: Endpoint::new(url, headers, access.timeout, access.key.clone())?,
            tokens_field: if vendor { "max_completion_tokens" } else { "max_tokens" },
            require_parameters: host == "openrouter.ai",
        })
    }

    pub fn name(&self) -> &str {
        &self.model
    }

    pub fn request(&self, prompt: &Prompt) -> Vec<u8> {
        let name = match prompt.step {
            PromptStep::Diagnose => "diagnosis",
            PromptStep::Edit => "edits",
        };
        let mut body = json!({
            "model": self.model,
            "messages": [
                { "role": "system", "content": prompt.system.as_str() },
                { "role": "user", "content": prompt.prompt.as_str() },
            ],
            "response_format": {
                "type": "json_schema",
                "json_schema": { "name": name, "strict": true, "schema": prompt.answer_schema },
            },
        });
        if let Value::Object(fields) = &mut body {
            fields.insert(self.tokens_field.to_owned(), prompt.tokens_max.into());
            if self.require_parameters {
                fields.insert("provider".to_owned(), json!({ "require_parameters": true }));
            }
        }
        body.to_string().into_bytes()
    }

    pub async fn ask(&self, request: Vec<u8>) -> Result<Answer, ModelError> {
        let reply = self.endpoint.post(request, |reply| self.refusal(reply)).await?;
        self.answer(&reply)
    }

    fn answer(&self, reply: &Reply) -> Result<Answer, ModelError> {
        let place = self.endpoint.place();
        let failed = |why: &str| ModelError::Failed { place: place.clone(), why: self.endpoint.shown(why) };
        let completion: Completion = serde_json::from_slice(&reply.body)
            .map_err(|error| failed(&format!("its reply is not a chat completion ({error})")))?;
        let Some(choice) = completion.choices.into_iter().next() else {
            return Err(failed("its reply holds no choice"));
        };
        let refused = |category: Option<String>| ModelError::Refused { place: place.clone(), category };
        // A refusal may come with the finish reason of a whole answer.
        if choice.message.refusal.is_some_and(|refusal| !refusal.is_empty()) {
            return Err(refused(None));
        }
        match choice.finish_reason.as_deref() {
            Some("content_filter") => return Err(refused(Some("content_filter".to_owned()))),
            Some("length") => return Err(ModelError::TooLong { place, what: "the answer" }),
            _ => {}
        }
        let usage = completion.usage.map(|usage| Usage {
            input_tokens: usage.prompt_tokens.unwrap_or_default(),
            output_tokens: usage.completion_tokens.unwrap_or_default(),
        });
        Ok(Answer {
            text: choice.message.content.unwrap_or_default(),
            usage,
            model: completion.model.unwrap_or_else(|| self.model.clone()),
        })
    }

    fn refusal(&self, reply: &Reply) -> Option<Refusal> {
        let told = serde_json::from_slice::<ErrorBody>(&reply.body).ok().map(|body| body.error);
        let whole = (200..300).contains(&reply.status);
        let (status, told) = match told {
            None if whole => return None,
            // OpenRouter reports a provider's error inside a reply of status 200, with the status as its code.
            Some(told) if whole => (told.code.as_ref().and_then(status_of).unwrap_or(502), told),
            told => (reply.status, told.unwrap_or_default()),
        };
        let place = self.endpoint.place();
        let code = told.code.as_ref().and_then(Value::as_str).unwrap_or_default();
        let kind = told.kind.as_deref().unwrap_or_default();
        let out_of_credit = [code, kind]
            .iter()
            .any(|word| matches!(*word, "insufficient_quota" | "billing_hard_limit_reached" | "billing_not_active"));
        let error = match (status, code) {
            (402, _) => ModelError::OutOfCredit { place },
            _ if out_of_credit => ModelError::OutOfCredit { place },
            (400, "context_length_exceeded" | "string_above_max_length") | (413, _) => {
                ModelError::TooLong { place, what: "the prompt" }
            }
            (400, "content_filter" | "content_policy_violation" | "invalid_prompt" | "bio_policy" | "cyber_policy") => {
                ModelError::Refused { place, category: Some(code.to_owned()) }
            }
            (401 | 403, _) => ModelError::WrongKey { place },
            (404, _) | (400, "model_not_found") => ModelError::UnknownModel { place, model: self.model.clone() },
            (429, _) => ModelError::RateLimited { place },
            (408 | 504, _) => ModelError::TimedOut { place, seconds: self.endpoint.seconds() },
            (status, _) if status >= 500 => ModelError::Unavailable { place, status },
            (status, _) => {
                let why = format!("HTTP {status} {kind} {code}: {}", told.message.unwrap_or_default());
                ModelError::Failed { place, why: self.endpoint.shown(&why) }
            }
        };
        Some(Refusal { error, again: !out_of_credit && wire::retried(status) })
    }
}

/// A code that is a status, written as a number or as text.
fn status_of(code: &Value) -> Option<u16> {
    let number = code.as_u64().or_else(|| code.as_str().and_then(|text| text.parse().ok()))?;
    u16::try_from(number).ok().filter(|status| (400..600).contains(status))
}

#[derive(Deserialize)]
struct Completion {
    model: Option<String>,
    choices: Vec<Choice>,
    usage: Option<WireUsage>,
}

#[derive(Deserialize)]
struct Choice {
    message: WireMessage,
    finish_reason: Option<String>,
}

#[derive(Deserialize)]
struct WireMessage {
    content: Option<String>,
    refusal: Option<String>,
}

#[derive(Deserialize)]
struct WireUsage {
    prompt_tokens: Option<u64>,
    completion_tokens: Option<u64>,
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
    /// Text at OpenAI, a number at OpenRouter.
    code: Option<Value>,
}
