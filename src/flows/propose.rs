//! `self-heal propose`: steps 7c to 9 by the model alone. `failure.json` and a git tree in, `candidates.json` out; runs nothing.

use std::collections::BTreeMap;

use super::ask::{Asking, Edited, shown};
use super::prove::allow;
use crate::config::inputs::{Inputs, Keys};
use crate::config::policy::Policy;
use crate::domain::candidate::{Candidate, Diagnosis, Edit, Proposal, Rung};
use crate::domain::class::Class;
use crate::domain::context::Prompt;
use crate::domain::healing::{Spent, Try};
use crate::domain::id::CommitId;
use crate::domain::outcome::{Ending, Outcome};
use crate::domain::patch::{Blob, Patch};
use crate::domain::verdict::Violation;
use crate::edge::git::Git;
use crate::stages::diagnose::prompt::{Rejection, Subject};
use crate::stages::patch::diff::diff;
use crate::stages::patch::edits::apply_edits;
use crate::stages::policy::{PatchFor, judge_names};
use crate::stages::render::candidates::Candidates;
use crate::stages::render::failure_in::FailureIn;

/// What `propose` is given.
#[derive(Clone, Copy)]
pub struct Given<'a> {
    pub failure: &'a FailureIn,
    pub git: &'a Git,
    /// The commit that failed.
    pub commit: &'a CommitId,
    pub policy: &'a Policy,
    pub inputs: &'a Inputs,
    pub keys: &'a Keys,
}

/// What it came to.
pub struct Proposed {
    pub candidates: Candidates,
    pub tries: Vec<Try>,
    /// One line for each call, for `egress.jsonl`.
    pub egress: Vec<String>,
    /// Why there is no candidate; `None` when there is one.
    pub ending: Option<Ending>,
}

/// Asks for up to `rounds` candidates. Those that cannot be applied or that the policy refuses are sent back at once;
/// whether one holds is for `validate` to say, so each further one is asked for in case the ones before do not.
pub fn propose(given: &Given<'_>, tell: &mut dyn FnMut(&Prompt)) -> anyhow::Result<Proposed> {
    let mut proposed = Proposed {
        candidates: Candidates {
            fingerprint: given.failure.fingerprint.clone(),
            commit: Some(given.commit.clone()),
            diagnosis: None,
            candidates: Vec::new(),
            spent: Spent::default(),
        },
        tries: Vec::new(),
        egress: Vec::new(),
        ending: None,
    };
    match opened(given) {
        Ok(mut asking) => {
            let ending = converse(given, &mut asking, &mut proposed, tell)?;
            proposed.candidates.spent = asking.spent();
            proposed.egress = asking.egress().to_vec();
            proposed.ending = ending.filter(|_| proposed.candidates.candidates.is_empty());
        }
        Err(ending) => proposed.ending = Some(ending),
    }
    Ok(proposed)
}

fn opened(given: &Given<'_>) -> Result<Asking, Ending> {
    let class = given.failure.classification.class;
    if class != Class::DeterministicCode {
        let sentence = format!("the failure is {}, and only deterministic_code is put to a model", class.as_str());
        let outcome = if class == Class::Unknown { Outcome::Unknown } else { Outcome::Reported };
        return Err(Ending::new(outcome, class.as_str(), sentence));
    }
    let none = || {
        let sentence = "no model is chosen: give one with --model, such as anthropic or command:PROGRAM";
        Ending::new(Outcome::NoPatch, "model.none", sentence)
    };
    Asking::open(given.inputs, given.keys, given.policy)?.ok_or_else(none)
}

/// The whole conversation; the ending is why it stopped.
fn converse(
    given: &Given<'_>,
    asking: &mut Asking,
    proposed: &mut Proposed,
    tell: &mut dyn FnMut(&Prompt),
) -> anyhow::Result<Option<Ending>> {
    let context = shown(given.git, given.commit, &given.failure.reading, asking.context_bytes_max())?;
    let subject = Subject {
        context: &context,
        classification: &given.failure.classification,
        policy: given.policy,
        job: given.failure.job.as_deref(),
        command: given.failure.reproduce.as_ref().map(|reproduce| reproduce.command.as_str()),
    };
    let diagnosis: Diagnosis = match asking.diagnose(&subject, tell) {
        Ok(diagnosis) => diagnosis,
        Err(ending) => return Ok(Some(ending)),
    };
    proposed.candidates.diagnosis = Some(diagnosis.clone());
    let mut rejections: Vec<Rejection> = Vec::new();
    for round in 1..=given.inputs.rounds.unwrap_or(given.policy.attempts.rounds) {
        let (candidate, answer) = match asking.edits(&subject, &diagnosis, &rejections, tell) {
            Edited::Candidate { candidate, answer } => (candidate, answer),
            Edited::Rejected(rejection) => {
                proposed.tries.push(rejected(asking, String::new(), &rejection));
                rejections.push(rejection);
                continue;
            }
            Edited::Ends(ending) => return Ok(Some(ending)),
        };
        if proposed.candidates.candidates.iter().any(|known| known.proposal == candidate.proposal) {
            break;
        }
        let rationale = candidate.rationale.clone();
        let reason = misfit(given, &candidate)?;
        let kept = reason.is_none();
        let (code, reason) = reason.unwrap_or_else(|| {
            ("kept".to_owned(), "it is kept; in case it does not hold, give the next best, another change".to_owned())
        });
        let rejection = Rejection { round, code, answer, reason };
        if kept {
            proposed.candidates.candidates.push(candidate);
        } else {
            proposed.tries.push(rejected(asking, rationale, &rejection));
        }
        rejections.push(rejection);
    }
    let last = rejections.pop().map(|last| (last.code, last.reason)).unwrap_or_default();
    let sentence = format!("no answer of the model could be used; the last one: {}", last.1);
    Ok(Some(Ending::new(Outcome::NoPatch, last.0, sentence)))
}

/// Why a candidate cannot be put to the proof, as far as that is known without running anything.
fn misfit(given: &Given<'_>, candidate: &Candidate) -> anyhow::Result<Option<(String, String)>> {
    let Proposal::Edits(edits) = &candidate.proposal else { return Ok(None) };
    let refused = |violations: &[Violation]| {
        let texts: Vec<&str> = violations.iter().map(|violation| violation.text.as_str()).collect();
        violations.first().map(|first| (first.code.to_owned(), texts.join("; ")))
    };
    let names = judge_names(edits.iter().map(Edit::file));
    if let Some(refused) = refused(&names) {
        return Ok(Some(refused));
    }
    let mut blobs: BTreeMap<&str, Blob> = BTreeMap::new();
    for edit in edits {
        if let Some(blob) = given.git.entry(given.commit, edit.file())? {
            blobs.insert(edit.file(), blob);
        }
    }
    let files = match apply_edits(edits, &|path| blobs.get(path)) {
        Ok(files) => files,
        Err(misfit) => return Ok(Some((misfit.code.to_owned(), misfit.text))),
    };
    let patch = Patch { diff: diff(&files), files };
    let purpose = PatchFor { job: given.failure.job.as_deref(), kind: given.failure.classification.kind };
    Ok(allow(patch, given.policy, purpose).err().and_then(|(_, verdict)| refused(&verdict.violations)))
}

fn rejected(asking: &Asking, rationale: String, rejection: &Rejection) -> Try {
    let rung = Rung::Model { model: asking.name().to_owned() };
    Try { rung, rationale, code: rejection.code.clone(), text: rejection.reason.clone() }
}
