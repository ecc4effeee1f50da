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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::context::PromptStep;
    use crate::domain::secret::Redacted;

    #[test]
    fn a_line_meets_its_published_schema() {
        let prompt = Prompt {
            step: PromptStep::Edit,
            round: 2,
            system: Redacted::default(),
            prompt: Redacted::default(),
            answer_schema: serde_json::Value::Null,
            tokens_max: 1,
        };
        let line = egress_line(3, "openai/some-model", &prompt, b"abc");
        let schema = serde_json::from_str(include_str!("../../../fixtures/schemas/egress.v1.json")).expect("a schema");
        let written: serde_json::Value = serde_json::from_str(&line).expect("a line of JSON");
        jsonschema::validate(&schema, &written).expect("the published shape");
        assert!(!line.contains('\n'));
        assert_eq!(written["sha256"], "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}
