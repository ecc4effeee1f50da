//! What a model is allowed to see: redacted excerpts, never a whole log, never the work tree.

use super::secret::Redacted;

/// A piece of a source file, from a git blob (T7).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceExcerpt {
    pub file: String,
    /// 1-based line of the first line of `text`.
    pub first_line: u32,
    pub whole: bool,
    pub text: Redacted,
}

#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Context {
    pub failures: Redacted,
    pub log: Redacted,
    pub sources: Vec<SourceExcerpt>,
    /// Names of files in the repository that may matter, for a model that asks for others.
    pub names: Vec<String>,
}

/// What is sent to a model in one call. Its text can only be made from redacted excerpts.
#[derive(Clone, Debug, PartialEq)]
pub struct Prompt {
    pub step: PromptStep,
    pub round: u32,
    pub system: Redacted,
    pub prompt: Redacted,
    pub answer_schema: serde_json::Value,
    pub tokens_max: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PromptStep {
    Diagnose,
    Edit,
}

impl PromptStep {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Diagnose => "diagnose",
            Self::Edit => "edit",
        }
    }
}

/// Tokens as the provider counted them, or `None` where it did not say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Usage {
    pub input_tokens: u64,
    pub output_tokens: u64,
}
