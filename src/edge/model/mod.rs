//! Models by HTTP or by a command: text in, text out. A model has no tools, no shell and no token.

pub mod access;
pub mod error;
pub mod answer;
pub mod wire;
pub mod anthropic;
pub mod openai;
pub mod command;

use tokio::runtime::Runtime;

use crate::config::inputs::ModelChoice;
use crate::domain::context::Prompt;

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
        self.runtime.block_on(async {
            match &self.provider {
                Provider::Anthropic(model) => model.ask(request).await,
                Provider::OpenAi(model) => model.ask(request).await,
                Provider::Command(model) => model.ask(request).await,
            }
        })
    }
}
