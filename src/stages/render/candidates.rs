//! `candidates.json`, `self-heal/candidates/v1`: what may mend an incident, before anything is known of its worth.
//!
//! `validate` reads it on another machine, so what is read is as hostile as a model's answer.

use serde::{Deserialize, Serialize};

use crate::domain::candidate::{Candidate, Diagnosis, Edit, Proposal, Rung};
use crate::domain::class::Class;
use crate::domain::fingerprint::Fingerprint;
use crate::domain::healing::Spent;
use crate::domain::id::CommitId;
use crate::text::truncate;

pub const SCHEMA: &str = "self-heal/candidates/v1";

/// Far above any number of rounds; a longer list is not read.
pub const CANDIDATES_MAX: usize = 50;

/// Of a reader's complaint about a broken file, this much is told.
const REASON_BYTES_MAX: usize = 300;

/// What the file holds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Candidates {
    pub fingerprint: Option<Fingerprint>,
    /// The commit they were made for.
    pub commit: Option<CommitId>,
    pub diagnosis: Option<Diagnosis>,
    pub candidates: Vec<Candidate>,
    pub spent: Spent,
}

/// The file's text.
pub fn candidates_json(candidates: &Candidates) -> String {
    let Candidates { fingerprint, commit, diagnosis, candidates, spent } = candidates;
    let file = CandidatesFile {
        schema: SCHEMA.to_owned(),
        fingerprint: fingerprint.as_ref().map(Fingerprint::to_string),
        commit: commit.as_ref().map(CommitId::to_string),
        diagnosis: diagnosis.as_ref().map(DiagnosisPart::of),
        candidates: candidates.iter().map(CandidatePart::of).collect(),
        rounds: spent.rounds,
        model_calls: spent.model_calls,
        tokens: spent.tokens,
        cost_usd: spent.cost_usd,
    };
    // Strings, numbers and lists of them always serialise.
    serde_json::to_string_pretty(&file).unwrap_or_default()
}

/// Reads the file; the error is one sentence that says what is wrong with it.
pub fn read_candidates(text: &str) -> Result<Candidates, String> {
    let file: CandidatesFile = serde_json::from_str(text)
        .map_err(|error| format!("it is not {SCHEMA}: {}", truncate(&error.to_string(), REASON_BYTES_MAX)))?;
    if file.schema != SCHEMA {
        return Err(format!("its schema is `{}`, not {SCHEMA}", truncate(&file.schema, REASON_BYTES_MAX)));
    }
    if file.candidates.len() > CANDIDATES_MAX {
        return Err(format!("it holds {} candidates, and {CANDIDATES_MAX} are read", file.candidates.len()));
    }
    let parsed = |name: &str| format!("its {name} is not one");
    Ok(Candidates {
        fingerprint: file
            .fingerprint
            .map(|text| Fingerprint::parse(&text).ok_or_else(|| parsed("fingerprint")))
            .transpose()?,
        commit: file.commit.map(|text| CommitId::parse(&text).ok_or_else(|| parsed("commit"))).transpose()?,
        diagnosis: file.diagnosis.map(DiagnosisPart::read).transpose()?,
        candidates: file.candidates.into_iter().map(CandidatePart::read).collect::<Result<_, _>>()?,
        spent: Spent {
            rounds: file.rounds,
            model_calls: file.model_calls,
            tokens: file.tokens,
            cost_usd: file.cost_usd,
        },
    })
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct CandidatesFile {
    schema: String,
    fingerprint: Option<String>,
    commit: Option<String>,
    diagnosis: Option<DiagnosisPart>,
    candidates: Vec<CandidatePart>,
    #[serde(default)]
    rounds: u32,
    #[serde(default)]
    model_calls: u32,
    #[serde(default)]
    tokens: u64,
    cost_usd: Option<f64>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct DiagnosisPart {
    root_cause: String,
    reasoning: String,
    class: String,
    confidence: f64,
    files: Vec<String>,
    fixable: bool,
    risk: String,
}

impl DiagnosisPart {
    fn of(diagnosis: &Diagnosis) -> Self {
        Self {
            root_cause: diagnosis.root_cause.clone(),
            reasoning: diagnosis.reasoning.clone(),
            class: diagnosis.class.as_str().to_owned(),
            confidence: diagnosis.confidence,
            files: diagnosis.files.clone(),
            fixable: diagnosis.fixable,
            risk: diagnosis.risk.clone(),
        }
    }

    fn read(self) -> Result<Diagnosis, String> {
        let class = Class::parse(&self.class).ok_or("its diagnosis has a class that is not one")?;
        if !(0.0..=1.0).contains(&self.confidence) {
            return Err("its diagnosis has a confidence that is not between 0 and 1".to_owned());
        }
        Ok(Diagnosis {
            root_cause: self.root_cause,
            reasoning: self.reasoning,
            class,
            confidence: self.confidence,
            files: self.files,
            fixable: self.fixable,
            risk: self.risk,
        })
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct CandidatePart {
    rung: String,
    /// The commit, the remedy or the model of the rung.
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<String>,
    rationale: String,
    cost_usd: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    edits: Option<Vec<EditPart>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    diff: Option<String>,
}

impl CandidatePart {
    fn of(candidate: &Candidate) -> Self {
        let by = match &candidate.rung {
            Rung::Remembered { commit } => Some(commit.clone()),
            Rung::Tool { remedy } => Some(remedy.clone()),
            Rung::Model { model } => Some(model.clone()),
            Rung::Given => None,
        };
        let (edits, diff) = match &candidate.proposal {
            Proposal::Edits(edits) => (Some(edits.iter().map(EditPart::of).collect()), None),
            Proposal::Diff(diff) => (None, Some(diff.clone())),
        };
        Self {
            rung: candidate.rung.as_str().to_owned(),
            by,
            rationale: candidate.rationale.clone(),
            cost_usd: candidate.cost_usd,
            edits,
            diff,
        }
    }

    fn read(self) -> Result<Candidate, String> {
        let rung = match (self.rung.as_str(), self.by) {
            ("model", Some(model)) => Rung::Model { model },
            // What came from a file is given, whoever claims to have made it: a tool's or a merged commit's word for it
            // would be believed further on.
            ("remembered" | "tool", Some(_)) | ("given", None) => Rung::Given,
            _ => return Err("it holds a candidate whose `rung` and `by` do not fit".to_owned()),
        };
        let proposal = match (self.edits, self.diff) {
            (Some(edits), None) => Proposal::Edits(edits.into_iter().map(EditPart::read).collect::<Result<_, _>>()?),
            (None, Some(diff)) => Proposal::Diff(diff),
            _ => return Err("it holds a candidate without either `edits` or `diff`".to_owned()),
        };
        Ok(Candidate { rung, rationale: self.rationale, proposal, cost_usd: self.cost_usd })
    }
}

/// As a model writes it.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct EditPart {
    file: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    search: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    replace: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    create: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    delete: Option<bool>,
}

impl EditPart {
    fn of(edit: &Edit) -> Self {
        let bare = Self { file: edit.file().to_owned(), search: None, replace: None, create: None, delete: None };
        match edit {
            Edit::Replace { search, replace, .. } => {
                Self { search: Some(search.clone()), replace: Some(replace.clone()), ..bare }
            }
            Edit::Create { content, .. } => Self { create: Some(content.clone()), ..bare },
            Edit::Delete { .. } => Self { delete: Some(true), ..bare },
        }
    }

    fn read(self) -> Result<Edit, String> {
        let file = self.file;
        match (self.search, self.replace, self.create, self.delete) {
            (Some(search), Some(replace), None, None) => Ok(Edit::Replace { file, search, replace }),
            (None, None, Some(content), None) => Ok(Edit::Create { file, content }),
            (None, None, None, Some(true)) => Ok(Edit::Delete { file }),
            _ => Err("it holds an edit that is neither `search` and `replace`, nor `create`, nor `delete`".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop")]

    use super::*;

    fn candidates() -> Candidates {
        let file = "app.py".to_owned();
        let edits = vec![
            Edit::Replace { file: file.clone(), search: "a".into(), replace: "b".into() },
            Edit::Create { file: file.clone(), content: "c".into() },
            Edit::Delete { file },
        ];
        let candidate = |rung, proposal| Candidate { rung, rationale: "r".into(), proposal, cost_usd: Some(0.25) };
        Candidates {
            fingerprint: Fingerprint::parse("py-typeerror-3f9a1c20b7de"),
            commit: CommitId::parse(&"a".repeat(40)),
            diagnosis: Some(Diagnosis {
                root_cause: "x".into(),
                reasoning: "y".into(),
                class: Class::DeterministicCode,
                confidence: 0.5,
                files: vec!["app.py".into()],
                fixable: true,
                risk: "low".into(),
            }),
            candidates: vec![
                candidate(Rung::Model { model: "anthropic/m".into() }, Proposal::Edits(edits)),
                candidate(Rung::Given, Proposal::Diff("diff --git a/x b/x\n".into())),
            ],
            spent: Spent { rounds: 2, model_calls: 3, tokens: 42, cost_usd: None },
        }
    }

    #[test]
    fn what_was_written_is_read_back() {
        assert_eq!(read_candidates(&candidates_json(&candidates())).unwrap(), candidates());
    }

    #[test]
    fn the_file_meets_its_published_schema() {
        let schema = serde_json::from_str(include_str!("../../../fixtures/schemas/candidates.v1.json")).unwrap();
        let mut none = candidates();
        (none.fingerprint, none.commit, none.diagnosis) = (None, None, None);
        for candidates in [candidates(), none] {
            let file = serde_json::from_str(&candidates_json(&candidates)).unwrap();
            jsonschema::validate(&schema, &file).unwrap();
        }
        assert!(!jsonschema::is_valid(&schema, &serde_json::json!({ "schema": SCHEMA, "candidates": [{}] })));
    }

    #[test]
    fn a_candidate_from_a_file_is_never_a_tool_s_own() {
        let mut written = candidates();
        written.candidates[1].rung = Rung::Tool { remedy: "ruff check --fix".into() };
        let read = read_candidates(&candidates_json(&written)).unwrap();
        assert_eq!(read.candidates[1].rung, Rung::Given);
    }

    #[test]
    fn a_broken_file_is_told_in_one_sentence() {
        let good = candidates_json(&candidates());
        for (from, to) in [
            (SCHEMA, "self-heal/candidates/v2"),
            ("py-typeerror", "../../etc"),
            ("\"rung\": \"given\"", "\"rung\": \"merged\""),
            ("\"delete\": true", "\"delete\": false"),
            ("\"confidence\": 0.5", "\"confidence\": 5"),
            ("\"tokens\"", "\"coins\""),
        ] {
            assert!(good.contains(from), "{from}");
            let read = read_candidates(&good.replace(from, to));
            assert!(read.as_ref().is_err_and(|text| text.starts_with("it")), "{to}: {read:?}");
        }
    }

    #[test]
    fn a_list_over_the_limit_is_not_read() {
        let mut many = candidates();
        many.candidates = vec![many.candidates[1].clone(); CANDIDATES_MAX];
        assert!(read_candidates(&candidates_json(&many)).is_ok());
        many.candidates.push(many.candidates[0].clone());
        assert!(read_candidates(&candidates_json(&many)).is_err());
    }
}
