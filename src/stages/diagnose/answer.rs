//! A model's text becomes a diagnosis or edits; anything else becomes the exact reason why not, told back to it.

use serde_json::Value;

use super::schema::misshapen;
use crate::domain::candidate::{Diagnosis, Edit};
use crate::domain::class::Class;
use crate::domain::context::PromptStep;
use crate::text::{one_line, truncate};

/// More edits than this are no small fix, and each costs a search through a file.
pub const EDITS_MAX: usize = 50;

/// What a model says in prose is kept up to here: it ends in bundles and pull requests.
pub const PROSE_BYTES_MAX: usize = 4_000;

/// A diagnosis names at most this many files.
pub const FILES_MAX: usize = 50;

/// The beginning of an answer that is shown in a reason.
const SHOWN_BYTES_MAX: usize = 80;

/// An answer that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unusable {
    /// Stable: `answer.empty`, `answer.prose`, `answer.cut`, `answer.shape`.
    pub code: &'static str,
    /// One sentence that says what to do instead.
    pub text: String,
}

/// Edits and why they are the fix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edits {
    pub rationale: String,
    pub edits: Vec<Edit>,
}

pub fn read_diagnosis(text: &str) -> Result<Diagnosis, Unusable> {
    let object = object(PromptStep::Diagnose, text)?;
    let class = Class::parse(&string(&object, "class")).unwrap_or(Class::Unknown);
    let confidence = object.get("confidence").and_then(Value::as_f64).unwrap_or_default();
    if !(0.0..=1.0).contains(&confidence) {
        return Err(shape(format!("at `/confidence`: {confidence} is not between 0 and 1")));
    }
    let files = object.get("files").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    Ok(Diagnosis {
        root_cause: truncate(&string(&object, "root_cause"), PROSE_BYTES_MAX),
        reasoning: truncate(&string(&object, "reasoning"), PROSE_BYTES_MAX),
        class,
        confidence,
        files: files.iter().filter_map(Value::as_str).take(FILES_MAX).map(str::to_owned).collect(),
        fixable: object.get("fixable").and_then(Value::as_bool).unwrap_or(false),
        risk: string(&object, "risk"),
    })
}

pub fn read_edits(text: &str) -> Result<Edits, Unusable> {
    let object = object(PromptStep::Edit, text)?;
    let written = object.get("edits").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    if written.is_empty() {
        return Err(shape("`edits` is empty: give at least one edit".to_owned()));
    }
    if written.len() > EDITS_MAX {
        return Err(shape(format!("`edits` holds {} edits: give at most {EDITS_MAX}", written.len())));
    }
    let edits = written.iter().map(edit).collect();
    Ok(Edits { rationale: truncate(&string(&object, "rationale"), PROSE_BYTES_MAX), edits })
}

/// One edit that has one of the three shapes.
fn edit(edit: &Value) -> Edit {
    let file = string(edit, "file");
    if edit.get("search").is_some() {
        Edit::Replace { file, search: string(edit, "search"), replace: string(edit, "replace") }
    } else if edit.get("create").is_some() {
        Edit::Create { file, content: string(edit, "create") }
    } else {
        Edit::Delete { file }
    }
}

/// The one object of the answer, in the shape of its step. A code fence around it is taken off, nothing else is.
fn object(step: PromptStep, text: &str) -> Result<Value, Unusable> {
    let bare = unfenced(text.trim());
    if bare.is_empty() {
        return Err(Unusable {
            code: "answer.empty",
            text: "the answer was empty: answer with the one JSON object".to_owned(),
        });
    }
    let value: Value = match serde_json::from_str(bare) {
        Ok(value) => value,
        Err(error) if error.is_eof() && bare.starts_with('{') => {
            return Err(Unusable {
                code: "answer.cut",
                text: format!("the JSON object is cut off ({error}): answer with the whole object, and shorter"),
            });
        }
        Err(error) => {
            let shown = truncate(&one_line(bare), SHOWN_BYTES_MAX);
            return Err(Unusable {
                code: "answer.prose",
                text: format!(
                    "the answer is not one JSON object ({error}) but begins `{shown}`: \
                     answer with the object alone, no text before or after it"
                ),
            });
        }
    };
    let wrong = misshapen(step, &value);
    if wrong.is_empty() { Ok(value) } else { Err(shape(wrong.join("; "))) }
}

fn shape(what: String) -> Unusable {
    Unusable { code: "answer.shape", text: format!("the object does not have the asked shape: {what}") }
}

/// What stands inside a code fence that begins and ends the text.
fn unfenced(text: &str) -> &str {
    let Some(inside) = text.strip_prefix("```").and_then(|rest| rest.strip_suffix("```")) else { return text };
    match inside.split_once('\n') {
        Some(("json" | "JSON" | "", body)) => body.trim(),
        _ => text,
    }
}

fn string(value: &Value, field: &str) -> String {
    value.get(field).and_then(Value::as_str).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop")]

    use super::*;
    use serde_json::json;

    fn diagnosis() -> Value {
        json!({ "schema": "self-heal/diagnosis/v1", "root_cause": "a", "reasoning": "b", "class": "deterministic_code",
                "confidence": 0.9, "files": ["app.py"], "fixable": true, "risk": "low" })
    }

    fn edits(edits: &Value) -> String {
        json!({ "schema": "self-heal/edits/v1", "rationale": "r", "edits": edits }).to_string()
    }

    #[test]
    fn a_diagnosis_is_read() {
        let read = read_diagnosis(&diagnosis().to_string()).unwrap();
        assert_eq!((read.class, read.confidence, read.fixable), (Class::DeterministicCode, 0.9, true));
        assert_eq!(read.files, ["app.py"]);
    }

    #[test]
    fn the_three_edits_are_read() {
        let text = edits(&json!([
            { "file": "a", "search": "x", "replace": "" }, { "file": "b", "create": "y" }, { "file": "c", "delete": true }
        ]));
        assert_eq!(
            read_edits(&text).unwrap().edits,
            [
                Edit::Replace { file: "a".into(), search: "x".into(), replace: String::new() },
                Edit::Create { file: "b".into(), content: "y".into() },
                Edit::Delete { file: "c".into() },
            ]
        );
    }

    #[test]
    fn a_fence_around_the_object_is_taken_off_and_nothing_else_is() {
        let object = diagnosis().to_string();
        assert!(read_diagnosis(&format!("```json\n{object}\n```\n")).is_ok());
        assert!(read_diagnosis(&format!("```\n{object}\n```")).is_ok());
        for around in
            [format!("Here it is:\n```json\n{object}\n```"), format!("{object}\nDone."), format!("{object}{object}")]
        {
            assert_eq!(read_diagnosis(&around).unwrap_err().code, "answer.prose", "{around}");
        }
    }

    #[test]
    fn prose_is_told_what_to_do_instead() {
        let unusable = read_edits("I think the problem is in app.py.").unwrap_err();
        assert_eq!(unusable.code, "answer.prose");
        assert!(unusable.text.contains("begins `I think the problem is in app.py.`"), "{}", unusable.text);
    }

    #[test]
    fn half_an_object_is_told_apart_from_prose() {
        let whole = diagnosis().to_string();
        let unusable = read_diagnosis(&whole[..whole.len() / 2]).unwrap_err();
        assert_eq!(unusable.code, "answer.cut");
        assert!(unusable.text.contains("column"), "{}", unusable.text);
        assert_eq!(read_edits("").unwrap_err().code, "answer.empty");
    }

    #[test]
    fn a_wrong_shape_is_told_with_its_place() {
        let mut wrong = diagnosis();
        wrong["class"] = json!("broken");
        let unusable = read_diagnosis(&wrong.to_string()).unwrap_err();
        assert_eq!(unusable.code, "answer.shape");
        assert!(unusable.text.contains("`/class`"), "{}", unusable.text);
        for bad in [
            json!({ "file": "a", "search": "x" }),
            json!({ "file": "a", "delete": false }),
            json!({ "file": "a", "create": "x", "delete": true }),
            json!({ "path": "a", "create": "x" }),
        ] {
            assert_eq!(read_edits(&edits(&json!([bad]))).unwrap_err().code, "answer.shape", "{bad}");
        }
        assert_eq!(read_edits("[]").unwrap_err().code, "answer.shape");
    }

    #[test]
    fn confidence_is_between_0_and_1() {
        for (confidence, good) in [(0.0, true), (1.0, true), (1.1, false), (-0.1, false)] {
            let mut answer = diagnosis();
            answer["confidence"] = json!(confidence);
            assert_eq!(read_diagnosis(&answer.to_string()).is_ok(), good, "{confidence}");
        }
    }

    #[test]
    fn no_edits_and_too_many_are_refused() {
        let many = |count: usize| edits(&json!(vec![json!({ "file": "a", "delete": true }); count]));
        assert_eq!(read_edits(&many(0)).unwrap_err().code, "answer.shape");
        assert!(read_edits(&many(EDITS_MAX)).is_ok());
        assert_eq!(read_edits(&many(EDITS_MAX + 1)).unwrap_err().code, "answer.shape");
    }

    #[test]
    fn prose_in_an_answer_is_kept_up_to_the_limit() {
        let mut answer = diagnosis();
        answer["reasoning"] = json!("x".repeat(PROSE_BYTES_MAX));
        assert_eq!(read_diagnosis(&answer.to_string()).unwrap().reasoning.len(), PROSE_BYTES_MAX);
        answer["reasoning"] = json!("x".repeat(PROSE_BYTES_MAX + 1));
        assert!(read_diagnosis(&answer.to_string()).unwrap().reasoning.ends_with('…'));
        answer["files"] = json!(vec!["a"; FILES_MAX + 1]);
        assert_eq!(read_diagnosis(&answer.to_string()).unwrap().files.len(), FILES_MAX);
    }

    proptest::proptest! {
        #[test]
        fn hostile_text_never_panics(text in "(?s).{0,120}") {
            let _ = read_diagnosis(&text);
            let _ = read_edits(&text);
        }
    }
}
