//! The two shapes an answer may have, as they are published and as a model is told them.

use std::sync::LazyLock;

use serde_json::Value;

use crate::domain::context::PromptStep;

static DIAGNOSIS: LazyLock<Value> = LazyLock::new(|| read(include_str!("../../../fixtures/schemas/diagnosis.v1.json")));

static EDITS: LazyLock<Value> = LazyLock::new(|| read(include_str!("../../../fixtures/schemas/edits.v1.json")));

/// Both are read by a test: what comes with the program is JSON.
fn read(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_default()
}

/// The JSON schema of this step's answer.
pub fn answer_schema(step: PromptStep) -> Value {
    match step {
        PromptStep::Diagnose => DIAGNOSIS.clone(),
        PromptStep::Edit => EDITS.clone(),
    }
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
            assert!(jsonschema::validator_for(&answer_schema(step)).is_ok(), "{step:?}");
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
