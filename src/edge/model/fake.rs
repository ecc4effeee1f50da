//! Fake models on loopback: both providers' true wire formats, as strict as the real ones, with scripted replies.
//!
//! A request that the real API would refuse is refused here, so that a test of ours cannot pass on it. Field names and
//! shapes are those of the vendors' own client packages, November 2026.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread::JoinHandle;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::response::Response;
use serde_json::{Value, json};
use tokio::sync::oneshot;

/// The only key that both fakes take.
pub const KEY: &str = "sk-fake-0123456789abcdef";

/// The model that both fakes say they are, whatever they were asked for.
pub const ANSWERING: &str = "fake-model-1";

/// What the fakes count for each call.
pub const INPUT_TOKENS: u64 = 1_000;
pub const OUTPUT_TOKENS: u64 = 200;

/// What is said to one request.
#[derive(Clone, Debug)]
pub enum Say {
    /// A whole answer with this text.
    Text(String),
    /// The model declines.
    Refuse,
    /// OpenAI's refusal with the finish reason of a whole answer.
    RefuseQuietly,
    /// The answer ended at the limit of its tokens.
    Cut(String),
    /// A status with a body and headers.
    Status(u16, Value, Vec<(&'static str, String)>),
    /// Nothing for so long.
    Silence(Duration),
    /// A body of this many bytes.
    Huge(usize),
    /// Bytes that are no JSON.
    Garbage,
}

impl Say {
    pub fn diagnosis(root_cause: &str, files: &[&str]) -> Self {
        Self::Text(
            json!({ "schema": "self-heal/diagnosis/v1", "root_cause": root_cause, "reasoning": "the log shows it",
                    "class": "deterministic_code", "confidence": 0.9, "files": files, "fixable": true, "risk": "low" })
            .to_string(),
        )
    }

    pub fn edits(edits: &Value) -> Self {
        Self::Text(json!({ "schema": "self-heal/edits/v1", "rationale": "it mends it", "edits": edits }).to_string())
    }

    pub fn status(status: u16, body: Value) -> Self {
        Self::Status(status, body, Vec::new())
    }

    /// Anthropic's error body.
    pub fn anthropic_error(status: u16, kind: &str) -> Self {
        Self::status(status, anthropic_error(kind, "words that may change"))
    }

    /// OpenAI's error body.
    pub fn openai_error(status: u16, code: &str) -> Self {
        Self::status(status, openai_error(code, "words that may change"))
    }
}

/// A request as it arrived.
#[derive(Clone, Debug)]
pub struct Asked {
    pub path: String,
    pub headers: Vec<(String, String)>,
    pub bytes: Vec<u8>,
    pub body: Value,
}

impl Asked {
    /// `diagnose` or `edit`, by the schema that the answer must have.
    pub fn step(&self) -> &'static str {
        if self.body.to_string().contains("self-heal/edits/v1\"]") { "edit" } else { "diagnose" }
    }
}

type Script = Box<dyn FnMut(&Asked) -> Say + Send>;

struct Shared {
    script: Script,
    asked: Vec<Asked>,
}

/// A server that is gone when it is dropped.
pub struct FakeModel {
    address: SocketAddr,
    shared: Arc<Mutex<Shared>>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl FakeModel {
    /// Says these one after another; a further request gets status 500.
    pub fn saying(script: impl IntoIterator<Item = Say>) -> Self {
        let mut script: VecDeque<Say> = script.into_iter().collect();
        Self::answering(move |_| next(&mut script))
    }

    /// Says this diagnosis whenever it is asked for one, and these edits one after another.
    pub fn mending(diagnosis: Say, edits: impl IntoIterator<Item = Say>) -> Self {
        let mut edits: VecDeque<Say> = edits.into_iter().collect();
        Self::answering(move |asked| if asked.step() == "edit" { next(&mut edits) } else { diagnosis.clone() })
    }

    /// Says what `script` says to each request.
    pub fn answering(script: impl FnMut(&Asked) -> Say + Send + 'static) -> Self {
        Self::start(Box::new(script))
    }

    /// `http://127.0.0.1:PORT`, for `--base-url`.
    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub fn asked(&self) -> Vec<Asked> {
        locked(&self.shared).asked.clone()
    }

    fn start(script: Script) -> Self {
        let shared = Arc::new(Mutex::new(Shared { script, asked: Vec::new() }));
        let (stop, stopped) = oneshot::channel::<()>();
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port on loopback");
        listener.set_nonblocking(true).expect("a listener for tokio");
        let address = listener.local_addr().expect("its address");
        let state = Arc::clone(&shared);
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
            runtime.block_on(async move {
                let router = Router::new().fallback(reply).layer(DefaultBodyLimit::disable()).with_state(state);
                let listener = tokio::net::TcpListener::from_std(listener).expect("a listener");
                tokio::select! {
                    served = axum::serve(listener, router).into_future() => served.expect("serve"),
                    _ = stopped => {}
                }
            });
        });
        Self { address, shared, stop: Some(stop), thread: Some(thread) }
    }
}

impl Drop for FakeModel {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ended = thread.join();
        }
    }
}

fn next(script: &mut VecDeque<Say>) -> Say {
    let used_up = || Say::status(500, json!({ "error": { "message": "the script is used up" } }));
    script.pop_front().unwrap_or_else(used_up)
}

fn locked(shared: &Mutex<Shared>) -> MutexGuard<'_, Shared> {
    shared.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

async fn reply(State(shared): State<Arc<Mutex<Shared>>>, request: Request) -> Response {
    let path = request.uri().path().to_owned();
    let headers: Vec<(String, String)> = request
        .headers()
        .iter()
        .map(|(name, value)| (name.to_string(), value.to_str().unwrap_or_default().to_owned()))
        .collect();
    let bytes: Bytes = axum::body::to_bytes(request.into_body(), 32 << 20).await.unwrap_or_default();
    let body: Value = serde_json::from_slice(&bytes).unwrap_or_default();
    let asked = Asked { path, headers, bytes: bytes.to_vec(), body };
    let anthropic = asked.path == "/v1/messages";
    let wrong = if anthropic { anthropic_would_refuse(&asked) } else { openai_would_refuse(&asked) };
    let say = {
        let mut shared = locked(&shared);
        shared.asked.push(asked.clone());
        match wrong {
            Some((status, why)) if anthropic => Say::status(status, anthropic_error("invalid_request_error", &why)),
            Some((status, why)) => Say::status(status, openai_error("invalid_request_error", &why)),
            None => (shared.script)(&asked),
        }
    };
    said(say, anthropic).await
}

async fn said(say: Say, anthropic: bool) -> Response {
    let answer = |text: &str, end: &str| {
        if anthropic { message(text, end, &Value::Null) } else { completion(&json!(text), &Value::Null, end) }
    };
    let (status, body, headers) = match say {
        Say::Text(text) => (200, answer(&text, if anthropic { "end_turn" } else { "stop" }).to_string(), Vec::new()),
        Say::Cut(text) => (200, answer(&text, if anthropic { "max_tokens" } else { "length" }).to_string(), Vec::new()),
        Say::Refuse if anthropic => {
            let details = json!({ "type": "refusal", "category": "cyber", "explanation": "words that may change" });
            (200, message("", "refusal", &details).to_string(), Vec::new())
        }
        Say::Refuse => (200, completion(&json!(""), &Value::Null, "content_filter").to_string(), Vec::new()),
        Say::RefuseQuietly => {
            (200, completion(&Value::Null, &json!("I cannot help with that."), "stop").to_string(), Vec::new())
        }
        Say::Status(status, body, headers) => (status, body.to_string(), headers),
        Say::Silence(length) => {
            tokio::time::sleep(length).await;
            (200, String::new(), Vec::new())
        }
        Say::Huge(bytes) => (200, " ".repeat(bytes), Vec::new()),
        Say::Garbage => (200, "<html>502 Bad Gateway</html>".to_owned(), Vec::new()),
    };
    let mut response = Response::builder().status(status).header("content-type", "application/json");
    for (name, value) in headers {
        response = response.header(name, value);
    }
    response.body(Body::from(body)).expect("a response")
}

fn message(text: &str, stop_reason: &str, stop_details: &Value) -> Value {
    json!({
        "id": "msg_01", "type": "message", "role": "assistant", "model": ANSWERING, "container": null, "diagnostics": null,
        "content": [
            { "type": "thinking", "thinking": "", "signature": "c2ln" },
            { "type": "text", "text": text, "citations": null },
        ],
        "stop_reason": stop_reason, "stop_sequence": null, "stop_details": stop_details,
        "usage": {
            "input_tokens": INPUT_TOKENS, "output_tokens": OUTPUT_TOKENS, "cache_creation": null,
            "cache_creation_input_tokens": null, "cache_read_input_tokens": null, "inference_geo": null,
            "output_tokens_details": null, "server_tool_use": null, "service_tier": "standard", "speed": "standard",
        },
    })
}

fn completion(content: &Value, refusal: &Value, finish_reason: &str) -> Value {
    json!({
        "id": "chatcmpl-1", "object": "chat.completion", "created": 1_795_000_000, "model": ANSWERING,
        "choices": [{
            "index": 0, "logprobs": null, "finish_reason": finish_reason,
            "message": { "role": "assistant", "content": content, "refusal": refusal, "annotations": [] },
        }],
        "usage": {
            "prompt_tokens": INPUT_TOKENS, "completion_tokens": OUTPUT_TOKENS,
            "total_tokens": INPUT_TOKENS + OUTPUT_TOKENS,
        },
        "service_tier": "default",
    })
}

fn anthropic_error(kind: &str, message: &str) -> Value {
    json!({ "type": "error", "error": { "type": kind, "message": message }, "request_id": "req_01" })
}

fn openai_error(code: &str, message: &str) -> Value {
    json!({ "error": { "message": message, "type": "invalid_request_error", "param": null, "code": code } })
}

/// The status and the reason with which the real API refuses such a request.
fn anthropic_would_refuse(asked: &Asked) -> Option<(u16, String)> {
    if header(asked, "x-api-key") != Some(KEY) {
        return Some((401, "invalid x-api-key".to_owned()));
    }
    if header(asked, "anthropic-version") != Some("2026-10-21") {
        return Some((400, "anthropic-version: a version the request was written for".to_owned()));
    }
    let known = ["model", "max_tokens", "system", "messages", "output_config", "metadata", "thinking"];
    if let Some(why) = extra_field(&asked.body, &known) {
        return Some((400, why));
    }
    let message = asked.body.pointer("/messages/0");
    let good = asked.body["model"].is_string()
        && asked.body["system"].is_string()
        && asked.body["max_tokens"].as_u64().is_some_and(|tokens| tokens > 0)
        && message.is_some_and(|message| message["role"] == "user" && message["content"].is_string())
        && asked.body.pointer("/output_config/format/type").is_some_and(|kind| kind == "json_schema");
    if !good {
        return Some((400, "a field is missing or has another type".to_owned()));
    }
    schema_would_be_refused(asked.body.pointer("/output_config/format/schema"))
}

fn openai_would_refuse(asked: &Asked) -> Option<(u16, String)> {
    if !asked.path.ends_with("/v1/chat/completions") {
        return Some((404, "unknown request URL".to_owned()));
    }
    let bearer = format!("Bearer {KEY}");
    if header(asked, "authorization").is_some_and(|given| given != bearer) {
        return Some((401, format!("Incorrect API key provided: {KEY}")));
    }
    let known = ["model", "messages", "response_format", "max_tokens", "max_completion_tokens", "provider"];
    if let Some(why) = extra_field(&asked.body, &known) {
        return Some((400, why));
    }
    let format = &asked.body["response_format"];
    let good = asked.body["model"].is_string()
        && asked.body.pointer("/messages/0/role").is_some_and(|role| role == "system")
        && asked.body.pointer("/messages/1/role").is_some_and(|role| role == "user")
        && format["type"] == "json_schema"
        && format["json_schema"]["strict"] == true
        && format["json_schema"]["name"].as_str().is_some_and(|name| (1..=64).contains(&name.len()));
    if !good {
        return Some((400, "a field is missing or has another type".to_owned()));
    }
    schema_would_be_refused(format.pointer("/json_schema/schema"))
}

fn header<'a>(asked: &'a Asked, name: &str) -> Option<&'a str> {
    asked.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
}

/// Sampling parameters among them: `temperature`, `top_p`, `top_k`.
fn extra_field(body: &Value, known: &[&str]) -> Option<String> {
    let fields = body.as_object()?;
    let extra = fields.keys().find(|name| !known.contains(&name.as_str()))?;
    Some(format!("{extra}: extra inputs are not permitted"))
}

/// Structured output takes a subset of JSON schema: every object closed, every field of it required.
fn schema_would_be_refused(schema: Option<&Value>) -> Option<(u16, String)> {
    fn wrong(schema: &Value) -> Option<String> {
        match schema {
            Value::Object(fields) => {
                if fields.get("type").is_some_and(|kind| kind == "object") {
                    let names = fields.get("properties").and_then(Value::as_object).map_or(0, serde_json::Map::len);
                    let required = fields.get("required").and_then(Value::as_array).map_or(0, Vec::len);
                    if fields.get("additionalProperties") != Some(&Value::Bool(false)) || names != required {
                        return Some("schema: an object is open or has a field that is not required".to_owned());
                    }
                }
                fields.values().find_map(wrong)
            }
            Value::Array(values) => values.iter().find_map(wrong),
            _ => None,
        }
    }
    match schema {
        Some(schema) if schema.is_object() => wrong(schema).map(|why| (400, why)),
        _ => Some((400, "schema: missing".to_owned())),
    }
}
