//! A model's text becomes a diagnosis or edits; anything else becomes the exact reason why not, told back to it.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::domain::candidate::{Diagnosis, Edit};
use crate::domain::class::Class;
use crate::text::{one_line, truncate};

/// More edits than this are no small fix, and each costs a search through a file.
pub const EDITS_MAX: usize = 50;

/// What a model says in prose is kept up to here: it ends in bundles and pull requests.
pub const PROSE_BYTES_MAX: usize = 4_000;

/// A diagnosis names at most this many files.
pub const FILES_MAX: usize = 50;

/// The beginning of an answer that is shown in a reason.
const SHOWN_BYTES_MAX: usize = 80;

/// What is wrong at one place of an answer is told up to here.
const REASON_BYTES_MAX: usize = 300;

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

/// `self-heal/diagnosis/v1` as it is written. Every field must be there, and no other may.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DiagnosisWire {
    #[serde(rename = "schema")]
    _schema: DiagnosisSchema,
    root_cause: String,
    reasoning: String,
    class: ClassWire,
    confidence: f64,
    files: Vec<String>,
    fixable: bool,
    risk: RiskWire,
}

#[derive(Deserialize)]
enum DiagnosisSchema {
    #[serde(rename = "self-heal/diagnosis/v1")]
    V1,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum ClassWire {
    TransientRetryable,
    DeterministicCode,
    EnvironmentPolicy,
    Unknown,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum RiskWire {
    Low,
    Medium,
    High,
}

/// `self-heal/edits/v1` as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EditsWire {
    #[serde(rename = "schema")]
    _schema: EditsSchema,
    rationale: String,
    edits: Vec<EditWire>,
}

#[derive(Deserialize)]
enum EditsSchema {
    #[serde(rename = "self-heal/edits/v1")]
    V1,
}

/// Any of the three edits: which one, its fields say together.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EditWire {
    file: String,
    search: Option<String>,
    replace: Option<String>,
    create: Option<String>,
    delete: Option<bool>,
}

pub fn read_diagnosis(text: &str) -> Result<Diagnosis, Unusable> {
    let wire: DiagnosisWire = object(text)?;
    if !(0.0..=1.0).contains(&wire.confidence) {
        return Err(shape(format!("at `confidence`: {} is not between 0 and 1", wire.confidence)));
    }
    Ok(Diagnosis {
        root_cause: truncate(&wire.root_cause, PROSE_BYTES_MAX),
        reasoning: truncate(&wire.reasoning, PROSE_BYTES_MAX),
        class: match wire.class {
            ClassWire::TransientRetryable => Class::TransientRetryable,
            ClassWire::DeterministicCode => Class::DeterministicCode,
            ClassWire::EnvironmentPolicy => Class::EnvironmentPolicy,
            ClassWire::Unknown => Class::Unknown,
        },
        confidence: wire.confidence,
        files: wire.files.into_iter().take(FILES_MAX).collect(),
        fixable: wire.fixable,
        risk: match wire.risk {
            RiskWire::Low => "low",
            RiskWire::Medium => "medium",
            RiskWire::High => "high",
        }
        .to_owned(),
    })
}

pub fn read_edits(text: &str) -> Result<Edits, Unusable> {
    let wire: EditsWire = object(text)?;
    if wire.edits.is_empty() {
        return Err(shape("`edits` is empty: give at least one edit".to_owned()));
    }
    if wire.edits.len() > EDITS_MAX {
        return Err(shape(format!("`edits` holds {} edits: give at most {EDITS_MAX}", wire.edits.len())));
    }
    let edits = wire.edits.into_iter().enumerate().map(|(index, wire)| edit(index, wire)).collect::<Result<_, _>>()?;
    Ok(Edits { rationale: truncate(&wire.rationale, PROSE_BYTES_MAX), edits })
}

/// One edit that has one of the three shapes.
fn edit(index: usize, wire: EditWire) -> Result<Edit, Unusable> {
    match wire {
        EditWire { file, search: Some(search), replace: Some(replace), create: None, delete: None } => {
            Ok(Edit::Replace { file, search, replace })
        }
        EditWire { file, search: None, replace: None, create: Some(content), delete: None } => {
            Ok(Edit::Create { file, content })
        }
        EditWire { file, search: None, replace: None, create: None, delete: Some(true) } => Ok(Edit::Delete { file }),
        _ => Err(shape(format!(
            "at `edits[{index}]`: beside `file` an edit has `search` and `replace`, or `create` alone, or `delete: true` alone"
        ))),
    }
}

/// The one object of the answer, in the shape of its step. A code fence around it is taken off, nothing else is.
fn object<T: DeserializeOwned>(text: &str) -> Result<T, Unusable> {
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
    if !value.is_object() {
        return Err(shape("it is no object".to_owned()));
    }
    serde_path_to_error::deserialize(value).map_err(|error| {
        let reason = truncate(&format!("at `{}`: {}", error.path(), error.inner()), REASON_BYTES_MAX);
        shape(reason)
    })
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

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop")]

    use super::super::schema::answer_schema;
    use super::*;
    use crate::domain::context::PromptStep;
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
        assert!(unusable.text.contains("`class`"), "{}", unusable.text);
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

    /// What a model is told to answer is what is taken, field by field.
    #[test]
    fn what_is_read_is_what_the_published_schema_allows() {
        let whole = json!({ "schema": "self-heal/edits/v1", "rationale": "r", "edits": [
            { "file": "a", "search": "x", "replace": "" }, { "file": "b", "create": "y" }, { "file": "c", "delete": true }
        ] });
        let others =
            [json!(null), json!("other"), json!(7), json!(true), json!([]), json!({}), json!([7]), json!([{}])];
        for (step, whole) in [(PromptStep::Diagnose, diagnosis()), (PromptStep::Edit, whole)] {
            let schema = answer_schema(step);
            let check = |answer: &Value| {
                let text = answer.to_string();
                let wrong = match step {
                    PromptStep::Diagnose => {
                        read_diagnosis(&text).err().filter(|wrong| !wrong.text.contains("between 0 and 1"))
                    }
                    PromptStep::Edit => read_edits(&text).err().filter(|wrong| !wrong.text.contains("is empty")),
                };
                assert_eq!(wrong.is_none(), jsonschema::is_valid(&schema, answer), "{answer}: {wrong:?}");
            };
            check(&whole);
            let mut more = whole.clone();
            more["more"] = json!(1);
            check(&more);
            for name in whole.as_object().unwrap().keys() {
                let mut less = whole.clone();
                less.as_object_mut().unwrap().remove(name);
                check(&less);
                for other in &others {
                    let mut changed = whole.clone();
                    changed[name] = other.clone();
                    check(&changed);
                }
            }
        }
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
