//! The two shapes an answer may have, as they are published and as a model is told them.

use std::sync::LazyLock;

use jsonschema::Validator;
use serde_json::Value;

use crate::domain::context::PromptStep;
use crate::text::truncate;

/// What is wrong at one place of an answer is told up to here.
const REASON_BYTES_MAX: usize = 300;

/// At most this many places are told of at once.
const REASONS_MAX: usize = 5;

struct Shape {
    schema: Value,
    /// `None` never happens: a test builds both.
    validator: Option<Validator>,
}

impl Shape {
    fn read(text: &str) -> Self {
        let schema: Value = serde_json::from_str(text).unwrap_or_default();
        let validator = jsonschema::validator_for(&schema).ok();
        Self { schema, validator }
    }
}

static DIAGNOSIS: LazyLock<Shape> =
    LazyLock::new(|| Shape::read(include_str!("../../../fixtures/schemas/diagnosis.v1.json")));

static EDITS: LazyLock<Shape> = LazyLock::new(|| Shape::read(include_str!("../../../fixtures/schemas/edits.v1.json")));

fn shape(step: PromptStep) -> &'static Shape {
    match step {
        PromptStep::Diagnose => &DIAGNOSIS,
        PromptStep::Edit => &EDITS,
    }
}

/// The JSON schema of this step's answer.
pub fn answer_schema(step: PromptStep) -> Value {
    shape(step).schema.clone()
}

/// What of `answer` does not have the shape, each with its place; empty when it fits.
pub fn misshapen(step: PromptStep, answer: &Value) -> Vec<String> {
    let Some(validator) = &shape(step).validator else {
        return vec!["the schema of the answer is broken".to_owned()];
    };
    let told = |error: jsonschema::ValidationError<'_>| {
        let place = error.instance_path().to_string();
        let place = if place.is_empty() { "the object".to_owned() } else { format!("`{place}`") };
        truncate(&format!("at {place}: {error}"), REASON_BYTES_MAX)
    };
    validator.iter_errors(answer).take(REASONS_MAX).map(told).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn objects(schema: &Value, found: &mut Vec<Value>) {
        match schema {
            Value::Object(fields) => {
                if fields.get("type") == Some(&json!("object")) {
                    found.push(schema.clone());
                }
                fields.values().for_each(|value| objects(value, found));
            }
            Value::Array(values) => values.iter().for_each(|value| objects(value, found)),
            _ => {}
        }
    }

    #[test]
    fn both_schemas_are_in_the_subset_that_every_provider_takes() {
        for step in [PromptStep::Diagnose, PromptStep::Edit] {
            assert!(shape(step).validator.is_some(), "{step:?}");
            let mut found = Vec::new();
            objects(&answer_schema(step), &mut found);
            assert!(!found.is_empty());
            for object in found {
                assert_eq!(object["additionalProperties"], json!(false), "{object}");
                let mut names: Vec<_> = object["properties"].as_object().expect("properties").keys().collect();
                let mut required: Vec<_> =
                    object["required"].as_array().expect("required").iter().filter_map(Value::as_str).collect();
                names.sort();
                required.sort_unstable();
                assert_eq!(names, required, "every field is required");
            }
            let text = answer_schema(step).to_string();
            for word in ["minimum", "maximum", "minLength", "maxLength", "pattern", "oneOf", "$ref"] {
                assert!(!text.contains(&format!("\"{word}\"")), "{word} is not in the common subset");
            }
        }
    }
}
