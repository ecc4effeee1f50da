//! `egress.jsonl`, `self-heal/egress/v1`: one line for every call of a model, with the hash of the exact bytes sent.

use serde::Serialize;

use crate::domain::context::Prompt;
use crate::domain::id::Sha256;

/// One line, written before the bytes leave. A retry sends the same bytes again and is not another call.
pub fn egress_line(call: u32, model: &str, prompt: &Prompt, request: &[u8]) -> String {
    let sha256 = Sha256::of(request);
    let line = EgressLine {
        schema: "self-heal/egress/v1",
        call,
        step: prompt.step.as_str(),
        round: prompt.round,
        model,
        bytes: request.len(),
        sha256: sha256.as_str(),
    };
    // Strings and numbers always serialise.
    serde_json::to_string(&line).unwrap_or_default()
}

#[derive(Serialize)]
struct EgressLine<'a> {
    schema: &'static str,
    call: u32,
    step: &'static str,
    round: u32,
    model: &'a str,
    bytes: usize,
    sha256: &'a str,
}
