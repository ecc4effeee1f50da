//! Models by HTTP or by a command: text in, text out. A model has no tools, no shell and no token.

pub mod access;
pub mod error;
pub mod answer;
pub mod wire;
pub mod anthropic;
pub mod openai;
pub mod command;

#[cfg(test)]
pub mod fake;

use tokio::runtime::Runtime;

use crate::config::inputs::ModelChoice;
use crate::domain::context::Prompt;
use crate::edge::interrupt::{self, Interrupted};

pub use access::Access;
use answer::Answer;
use anthropic::Anthropic;
use command::CommandModel;
use error::ModelError;
use openai::OpenAi;

/// A model that can be asked, and the runtime its calls wait in.
#[derive(Debug)]
pub struct Model {
    provider: Provider,
    runtime: Runtime,
}

#[derive(Debug)]
enum Provider {
    Anthropic(Anthropic),
    OpenAi(OpenAi),
    Command(CommandModel),
}

impl Model {
    /// `None` for `none`. Nothing is sent yet.
    pub fn open(choice: &ModelChoice, access: &Access) -> Result<Option<Self>, ModelError> {
        let provider = match choice {
            ModelChoice::None => return Ok(None),
            ModelChoice::Anthropic { name } => Provider::Anthropic(Anthropic::open(name.as_deref(), access)?),
            ModelChoice::OpenAi { name } => Provider::OpenAi(OpenAi::open(name.as_deref(), access)?),
            ModelChoice::Command { program, arguments } => {
                Provider::Command(CommandModel::new(program, arguments, access.timeout))
            }
        };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|error| {
            ModelError::Failed { place: "this machine".to_owned(), why: format!("no call can be waited for ({error})") }
        })?;
        Ok(Some(Self { provider, runtime }))
    }

    /// `anthropic/NAME`, `openai/NAME`, `command:PROGRAM`: what candidates and bundles say who proposed them.
    pub fn name(&self) -> String {
        match &self.provider {
            Provider::Anthropic(model) => format!("anthropic/{}", model.name()),
            Provider::OpenAi(model) => format!("openai/{}", model.name()),
            Provider::Command(model) => model.place(),
        }
    }

    /// The exact bytes that `ask` sends for this prompt, at each of its tries.
    pub fn request(&self, prompt: &Prompt) -> Vec<u8> {
        match &self.provider {
            Provider::Anthropic(model) => model.request(prompt),
            Provider::OpenAi(model) => model.request(prompt),
            Provider::Command(model) => model.request(prompt),
        }
    }

    /// Sends the prompt and waits for the answer; retries are inside.
    pub fn ask(&self, prompt: &Prompt) -> Result<Answer, ModelError> {
        let request = self.request(prompt);
        let _held = interrupt::hold();
        let ask = async {
            match &self.provider {
                Provider::Anthropic(model) => model.ask(request).await,
                Provider::OpenAi(model) => model.ask(request).await,
                Provider::Command(model) => model.ask(request).await,
            }
        };
        self.runtime.block_on(async {
            tokio::select! {
                answer = ask => answer,
                () = interrupt::noticed() => {
                    Err(ModelError::Failed { place: self.name(), why: Interrupted.to_string() })
                }
            }
        })
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop")]

    use super::fake::{ANSWERING, FakeModel, INPUT_TOKENS, KEY, OUTPUT_TOKENS, Say};
    use super::wire::{RESPONSE_BYTES_MAX, RETRY_WAIT_SECONDS_MAX};
    use super::*;
    use std::time::Duration;

    use crate::domain::context::{PromptStep, Usage};
    use crate::domain::secret::{Redacted, Secret};
    use serde_json::json;

    const BOTH: [&str; 2] = ["anthropic", "openai"];

    fn prompt() -> Prompt {
        Prompt {
            step: PromptStep::Edit,
            round: 1,
            system: Redacted::by_redaction("rules".to_owned()),
            prompt: Redacted::by_redaction("question".to_owned()),
            answer_schema: json!({ "type": "object", "properties": { "a": { "type": "string" } }, "required": ["a"],
                "additionalProperties": false }),
            tokens_max: 4_000,
        }
    }

    fn access(key: &str, base_url: &str) -> Access {
        let timeout = Duration::from_millis(1_500);
        Access { key: Secret::new(key), base_url: Some(base_url.to_owned()), timeout }
    }

    fn model(provider: &str, key: &str, base_url: &str) -> Model {
        Model::open(&ModelChoice::parse(provider).unwrap(), &access(key, base_url)).unwrap().unwrap()
    }

    /// What a fake that says this leads to, and how often it was asked.
    fn asked(provider: &str, says: impl IntoIterator<Item = Say>) -> (Result<Answer, ModelError>, usize) {
        let fake = FakeModel::saying(says);
        let answer = model(provider, KEY, &fake.base_url()).ask(&prompt());
        (answer, fake.asked().len())
    }

    #[track_caller]
    fn fails(provider: &str, says: impl IntoIterator<Item = Say>, code: &str, calls: usize) {
        let (answer, asked) = asked(provider, says);
        let error = answer.unwrap_err();
        assert_eq!((error.code(), asked), (code, calls), "{provider}: {error}");
    }

    #[test]
    fn a_whole_answer_comes_back_with_its_usage() {
        for provider in BOTH {
            let (answer, calls) = asked(provider, [Say::Text("{}".to_owned())]);
            let usage = Some(Usage { input_tokens: INPUT_TOKENS, output_tokens: OUTPUT_TOKENS });
            assert_eq!(answer.unwrap(), Answer { text: "{}".to_owned(), usage, model: ANSWERING.to_owned() });
            assert_eq!(calls, 1);
        }
    }

    #[test]
    fn the_bytes_that_are_sent_are_the_bytes_that_are_told() {
        for provider in BOTH {
            let fake = FakeModel::saying([Say::Text(String::new())]);
            let model = model(provider, KEY, &fake.base_url());
            model.ask(&prompt()).unwrap();
            assert_eq!(fake.asked()[0].bytes, model.request(&prompt()));
        }
    }

    #[test]
    fn a_busy_server_is_asked_again_and_its_wait_is_kept() {
        let wait = |seconds: &str| vec![("retry-after", seconds.to_owned())];
        let busy = |status: u16| Say::Status(status, json!({}), wait("0"));
        for provider in BOTH {
            for status in [408, 409, 429, 500, 503, 529] {
                let (answer, calls) = asked(provider, [busy(status), busy(status), Say::Text("x".to_owned())]);
                assert_eq!((answer.unwrap().text.as_str(), calls), ("x", 3), "{provider} {status}");
            }
            fails(provider, vec![busy(429); 5], "model.rate-limited", 3);
            fails(provider, vec![busy(529); 5], "model.unavailable", 3);
            let long = |seconds: u64| Say::Status(429, json!({}), wait(&seconds.to_string()));
            fails(provider, [long(RETRY_WAIT_SECONDS_MAX + 1)], "model.rate-limited", 1);
            let told = Say::Status(500, json!({}), vec![("x-should-retry", "false".to_owned())]);
            fails(provider, [told], "model.unavailable", 1);
        }
    }

    #[test]
    fn a_wrong_key_is_not_tried_twice_and_never_shown() {
        for provider in BOTH {
            let fake = FakeModel::saying([]);
            let error = model(provider, "sk-other-key-9999", &fake.base_url()).ask(&prompt()).unwrap_err();
            assert_eq!((error.code(), fake.asked().len()), ("key.wrong", 1));
            assert!(!error.to_string().contains("sk-"), "{error}");
        }
        let echo = json!({ "error": { "message": format!("your key {KEY} may not do this"), "type": "x" } });
        let (answer, _) = asked("openai", [Say::status(422, echo)]);
        let error = answer.unwrap_err().to_string();
        assert!(error.contains("your key *** may not do this"), "{error}");
    }

    #[test]
    fn a_key_with_a_line_break_was_not_copied_whole() {
        for provider in BOTH {
            let choice = ModelChoice::parse(provider).unwrap();
            let error = Model::open(&choice, &access("sk-a\nb", "http://127.0.0.1:1")).unwrap_err();
            assert_eq!(error.code(), "key.wrong");
        }
    }

    #[test]
    fn a_missing_key_is_told_before_anything_is_sent() {
        for provider in BOTH {
            let choice = ModelChoice::parse(provider).unwrap();
            let error = Model::open(&choice, &Access::new(None, None)).unwrap_err();
            assert_eq!(error.code(), "key.missing");
            assert!(error.to_string().contains(&provider.to_uppercase()), "{error}");
        }
    }

    #[test]
    fn a_server_of_one_s_own_may_want_no_key() {
        let fake = FakeModel::saying([Say::Text("x".to_owned())]);
        let choice = ModelChoice::parse("openai/llama4").unwrap();
        let model = Model::open(&choice, &access("", &format!("{}/v1", fake.base_url()))).unwrap().unwrap();
        assert_eq!(model.ask(&prompt()).unwrap().text, "x");
        assert!(fake.asked()[0].headers.iter().all(|(name, _)| name != "authorization"));
        assert_eq!(fake.asked()[0].body["model"], "llama4");
    }

    #[test]
    fn out_of_credit_is_never_retried() {
        let spend_limit = json!({ "type": "error", "error": { "type": "rate_limit_error", "message": "",
            "details": { "error_code": "enforced_spend_limit_reached" } } });
        fails("anthropic", [Say::anthropic_error(402, "billing_error")], "credit.out", 1);
        fails("anthropic", [Say::status(429, spend_limit)], "credit.out", 1);
        fails("openai", [Say::openai_error(429, "insufficient_quota")], "credit.out", 1);
        fails("openai", [Say::openai_error(402, "payment_required")], "credit.out", 1);
    }

    #[test]
    fn a_refusal_is_told_as_one_whatever_its_form() {
        for provider in BOTH {
            fails(provider, [Say::Refuse], "model.refused", 1);
        }
        fails("openai", [Say::RefuseQuietly], "model.refused", 1);
        fails("openai", [Say::openai_error(400, "invalid_prompt")], "model.refused", 1);
    }

    #[test]
    fn an_answer_cut_at_its_tokens_is_too_long() {
        for provider in BOTH {
            fails(provider, [Say::Cut("{".to_owned())], "model.too-long", 1);
        }
        fails("anthropic", [Say::anthropic_error(413, "request_too_large")], "model.too-long", 1);
        fails("openai", [Say::openai_error(400, "context_length_exceeded")], "model.too-long", 1);
    }

    #[test]
    fn a_body_over_the_limit_is_not_read_to_its_end() {
        for provider in BOTH {
            fails(provider, [Say::Huge(RESPONSE_BYTES_MAX)], "model.failed", 1);
            fails(provider, [Say::Huge(RESPONSE_BYTES_MAX + 1)], "model.too-long", 1);
        }
    }

    #[test]
    fn a_silent_server_is_given_up() {
        for provider in BOTH {
            fails(provider, [Say::Silence(Duration::from_secs(20))], "model.timeout", 1);
        }
    }

    #[test]
    fn a_reply_that_is_no_answer_is_told_with_its_place() {
        for provider in BOTH {
            fails(provider, [Say::Garbage], "model.failed", 1);
            fails(provider, [Say::status(404, json!({}))], "model.unknown", 1);
            fails(provider, [Say::status(200, json!({ "choices": [], "content": "x" }))], "model.failed", 1);
        }
        // OpenRouter's way: the status is inside.
        let inside = json!({ "error": { "code": 402, "message": "Insufficient credits" } });
        fails("openai", [Say::status(200, inside)], "credit.out", 1);
        let server = model("openai", KEY, "http://127.0.0.1:9").ask(&prompt()).unwrap_err();
        assert_eq!(server.code(), "model.network");
        assert!(server.to_string().starts_with("127.0.0.1:9 cannot be reached ("), "{server}");
    }

    #[test]
    fn a_redirect_is_not_followed_with_the_key() {
        let thief = FakeModel::saying([Say::Text("x".to_owned())]);
        let location = format!("{}/v1/messages", thief.base_url());
        for provider in BOTH {
            fails(provider, [Say::Status(307, json!({}), vec![("location", location.clone())])], "model.failed", 1);
        }
        assert!(thief.asked().is_empty());
    }

    #[test]
    fn only_http_addresses_are_taken() {
        for bad in ["ftp://host", "localhost:11434", "https://user:secret@host", "https://host?key=1", "", "/v1"] {
            let choice = ModelChoice::parse("openai").unwrap();
            let error = Model::open(&choice, &access(KEY, bad)).unwrap_err();
            assert_eq!(error.code(), "base-url.bad", "{bad}");
        }
    }
}
