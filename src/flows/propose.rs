//! `self-heal propose`: steps 7c to 9 by the model alone. `failure.json` and a git tree in, `candidates.json` out; runs nothing.

use std::collections::BTreeMap;

use super::ask::{Asking, Edited, shown};
use super::prove::allow;
use crate::config::inputs::{Inputs, Keys};
use crate::config::policy::Policy;
use crate::domain::audit::AuditRecord;
use crate::domain::candidate::{Candidate, Diagnosis, Edit, Proposal, Rung};
use crate::domain::class::Class;
use crate::domain::context::Prompt;
use crate::domain::healing::{Spent, Try};
use crate::domain::id::{CommitId, Repository};
use crate::domain::outcome::{Ending, Outcome};
use crate::domain::patch::{Blob, Patch};
use crate::domain::verdict::Violation;
use crate::edge::git::Git;
use crate::edge::terminal::Terminal;
use crate::flows::hand_on::HandedOn;
use crate::flows::ledger::Ledger;
use crate::flows::{place, policy, tell};
use crate::stages::diagnose::prompt::{Rejection, Subject};
use crate::stages::patch::diff::diff;
use crate::stages::patch::edits::apply_edits;
use crate::stages::policy::{PatchFor, judge_names};
use crate::stages::render::candidates::{Candidates, candidates_json};
use crate::stages::render::failure_in::FailureIn;
use crate::text::{counted, one_line};

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
    /// What earlier runs have spent, for the audit.
    pub spent_before: Option<AuditRecord>,
    /// Why there is no candidate; `None` when there is one.
    pub ending: Option<Ending>,
}

/// The command: what the bundle tells goes to the model, `candidates.json` goes into the bundle. `None`: there are some.
pub fn command(inputs: &Inputs, keys: &Keys, terminal: &mut Terminal) -> anyhow::Result<Option<Outcome>> {
    let workspace = place::workspace(inputs)?;
    let handed_on = HandedOn::take(inputs)?;
    let failure = handed_on.failure()?;
    let policy = handed_on.policy(inputs)?;
    let git = Git::open(&workspace)?;
    // A checkout of the merge that was tested may hold nothing else (P3).
    let commit = match handed_on.commit() {
        Some(commit) if !git.is_merge_of(git.head(), &commit)? => commit,
        _ => git.head().clone(),
    };
    let given = Given { failure: &failure, git: &git, commit: &commit, policy: &policy, inputs, keys };
    terminal.begin("asking the model for candidates");
    let mut show = |prompt: &Prompt| {
        if inputs.show_prompt {
            tell::tell_prompt(prompt, terminal);
        }
    };
    let proposed = propose(&given, &mut show)?;
    terminal.done(proposed.ending.is_none(), &counted(proposed.candidates.candidates.len(), "candidate"));
    let mut healing = handed_on.healing(&failure);
    healing.spent = proposed.candidates.spent;
    healing.diagnosis.clone_from(&proposed.candidates.diagnosis);
    let mut book = handed_on.book(terminal)?;
    policy::record(&mut book, &policy)?;
    book.write("candidates.json", candidates_json(&proposed.candidates).as_bytes())?;
    for line in &proposed.egress {
        book.append("egress.jsonl", line)?;
    }
    if let Some(record) = &proposed.spent_before {
        book.record(record)?;
    }
    let record = AuditRecord::new("propose", counted(proposed.candidates.candidates.len(), "candidate"));
    book.record(&record.with("model calls", healing.spent.model_calls).with("tokens", healing.spent.tokens))?;
    healing.tries = proposed.tries;
    let outcome = proposed.ending.as_ref().map(|ending| ending.outcome);
    // Candidates are no ending of their own: that is for `validate` to say, so far there is no patch.
    healing.ending = proposed.ending.unwrap_or_else(|| {
        Ending::new(
            Outcome::NoPatch,
            "proposed",
            "candidates are proposed and not yet proven: run `self-heal validate`",
        )
    });
    let (closed, terminal) = book.close(&healing, &policy.source)?;
    tell::tell(&healing, closed.as_ref(), true, terminal)?;
    Ok(outcome)
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
        spent_before: None,
        ending: None,
    };
    match opened(given) {
        Ok(mut asking) => {
            let ending = converse(given, &mut asking, &mut proposed, tell)?;
            proposed.candidates.spent = asking.spent();
            proposed.egress = asking.egress().to_vec();
            proposed.spent_before = asking.spent_before();
            asking.keep_spent()?;
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
    let repository = given.inputs.repository.as_deref().and_then(Repository::parse);
    let fingerprint = given.failure.fingerprint.as_ref();
    let ledger = Ledger::of(given.keys, repository, given.git.root(), fingerprint, &given.policy.budget);
    Asking::open(given.inputs, given.keys, given.policy).map(|asking| asking.with(ledger)).ok_or_else(none)
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
    let mut last = None;
    for round in 1..=given.inputs.rounds.unwrap_or(given.policy.attempts.rounds) {
        let (candidate, answer) = match asking.edits(&subject, &diagnosis, &rejections, tell) {
            Edited::Candidate { candidate, answer } => (candidate, answer),
            Edited::Rejected(rejection) => {
                proposed.tries.push(rejected(asking, String::new(), &rejection));
                let sentence = format!("the model's last answer cannot be used: {}", one_line(&rejection.reason));
                last = Some(Ending::new(Outcome::ModelFailed, &rejection.code, sentence));
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
            let sentence = format!("the model's last proposal does not fit: {}", one_line(&rejection.reason));
            last = Some(Ending::new(Outcome::NoPatch, &rejection.code, sentence));
            proposed.tries.push(rejected(asking, rationale, &rejection));
        }
        rejections.push(rejection);
    }
    Ok(last)
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

#[cfg(test)]
mod tests {
    #![expect(
        clippy::unwrap_used,
        clippy::disallowed_methods,
        clippy::disallowed_types,
        reason = "a test may stop, and makes a repository"
    )]

    use std::path::Path;
    use std::process::Command;

    use serde_json::{Value, json};

    use super::*;
    use crate::config::inputs::ModelChoice;
    use crate::domain::failure::{Failure, Kind, Reading};
    use crate::domain::log::Span;
    use crate::domain::secret::Secret;
    use crate::edge::model::fake::{FakeModel, KEY, Say};
    use crate::stages::render::candidates::{candidates_json, read_candidates};
    use crate::stages::render::failure_in::read_failure;

    fn git(folder: &Path, arguments: &[&str]) {
        let names = ["-c", "user.name=Test", "-c", "user.email=test@example.org"];
        let output = Command::new("git").args(names).args(arguments).current_dir(folder).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }

    /// A repository whose sum is a difference, in a test and in a program.
    fn repository() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        git(folder.path(), &["init", "--quiet"]);
        std::fs::write(folder.path().join("app.py"), "def add(a, b):\n    return a - b\n").unwrap();
        let test = "from app import add\n\ndef test_add():\n    assert add(1, 2) == 3\n";
        std::fs::write(folder.path().join("test_app.py"), test).unwrap();
        git(folder.path(), &["add", "."]);
        git(folder.path(), &["commit", "--quiet", "-m", "broken"]);
        folder
    }

    fn failure() -> FailureIn {
        let text = json!({
            "schema": "self-heal/failure/v1", "class": "deterministic_code", "kind": "test_failure", "confidence": 0.9,
            "job": "unit-test", "root_cause": "assert -1 == 3", "fingerprint": "py-assert-1",
            "evidence": [{ "job": "unit-test", "line": 7, "text": "test_app.py:4: AssertionError", "rule": "pytest.failed" }],
            "failures": [{ "type": "test_failure", "tool": "pytest", "file": "test_app.py", "line": 4,
                "test": "test_app.py::test_add", "message": "assert -1 == 3", "primary": true,
                "log": { "first": 5, "last": 7 } }],
            "reproduce": { "command": "pytest -q", "shell": "bash -e {0}", "directory": ".", "from": "workflow" },
        });
        read_failure(&text.to_string()).unwrap()
    }

    fn edits(file: &str, search: &str, replace: &str) -> Say {
        Say::edits(&json!([{ "file": file, "search": search, "replace": replace }]))
    }

    fn right() -> Say {
        edits("app.py", "return a - b", "return a + b")
    }

    /// What this script of edit answers comes to, after a diagnosis.
    fn proposed(rounds: u32, says: impl IntoIterator<Item = Say>) -> (Proposed, Vec<Value>) {
        let diagnosis = Say::diagnosis("a sum is a difference", &["app.py"]);
        let fake = FakeModel::mending(diagnosis, says);
        let proposed = propose_with(&fake, rounds, &failure());
        (proposed, fake.asked().into_iter().map(|asked| asked.body).collect())
    }

    fn propose_with(fake: &FakeModel, rounds: u32, failure: &FailureIn) -> Proposed {
        let folder = repository();
        let git = Git::open(folder.path()).unwrap();
        let inputs = Inputs {
            model: ModelChoice::parse("openai/some-model").ok(),
            base_url: Some(fake.base_url()),
            rounds: Some(rounds),
            ..Inputs::default()
        };
        let keys = Keys { api_key: Secret::new(KEY), ..Keys::default() };
        let policy = Policy::defaults();
        let given = Given { failure, git: &git, commit: git.head(), policy: &policy, inputs: &inputs, keys: &keys };
        propose(&given, &mut |_| {}).unwrap()
    }

    #[test]
    fn a_candidate_that_fits_is_proposed_and_the_test_s_subject_was_shown() {
        let (proposed, asked) = proposed(1, [right()]);
        assert_eq!(proposed.ending, None);
        assert_eq!(proposed.candidates.candidates.len(), 1);
        assert_eq!((proposed.candidates.spent.rounds, proposed.candidates.spent.model_calls), (1, 2));
        let shown = asked[0].pointer("/messages/1/content").unwrap().as_str().unwrap();
        for text in ["assert -1 == 3", "def test_add():", "    return a - b", "`app.py`, whole file", "pytest -q"] {
            assert!(shown.contains(text), "{text}: {shown}");
        }
        let file = candidates_json(&proposed.candidates);
        assert_eq!(read_candidates(&file).unwrap(), proposed.candidates);
    }

    #[test]
    fn further_rounds_ask_for_other_candidates_and_stop_at_the_same_one() {
        let other = edits("app.py", "return a - b", "return sum((a, b))");
        let (got, asked) = proposed(3, [right(), other.clone(), right()]);
        assert_eq!((got.candidates.candidates.len(), asked.len()), (2, 4));
        assert!(asked[2].to_string().contains("give the next best"));
        let (got, asked) = proposed(2, [right(), other, right()]);
        assert_eq!((got.candidates.candidates.len(), asked.len()), (2, 3));
    }

    #[test]
    fn what_fits_nowhere_or_two_places_goes_back_with_the_reason() {
        let (got, asked) =
            proposed(3, [edits("app.py", "return a * b", "return a + b"), edits("app.py", "a", "b"), right()]);
        assert_eq!(got.candidates.candidates.len(), 1);
        let codes: Vec<_> = got.tries.iter().map(|tried| tried.code.as_str()).collect();
        assert_eq!(codes, ["edit.nowhere", "edit.ambiguous"]);
        assert!(asked[2].to_string().contains("2 |     return a - b"), "the nearest lines are told");
    }

    #[test]
    fn an_answer_that_never_fits_ends_without_a_patch() {
        let (got, _) = proposed(2, [Say::Text("prose".to_owned()), edits("gone.py", "x", "y")]);
        let ending = got.ending.unwrap();
        assert_eq!((ending.outcome, ending.reason.as_str()), (Outcome::NoPatch, "edit.no-file"));
        assert!(got.candidates.candidates.is_empty());
        assert_eq!(got.tries.len(), 2);
    }

    #[test]
    fn a_model_that_fails_later_does_not_lose_what_it_gave_before() {
        let (got, _) = proposed(3, [right(), Say::Refuse]);
        assert_eq!((got.candidates.candidates.len(), got.ending), (1, None));
        let (got, _) = proposed(3, [Say::Refuse]);
        assert_eq!(got.ending.unwrap().reason, "model.refused");
        assert_eq!(got.egress.len(), 2);
    }

    #[test]
    fn only_what_the_code_says_every_time_is_put_to_a_model() {
        let fake = FakeModel::saying([]);
        for (class, outcome) in [(Class::Unknown, Outcome::Unknown), (Class::EnvironmentPolicy, Outcome::Reported)] {
            let mut failure = failure();
            failure.classification.class = class;
            let ending = propose_with(&fake, 1, &failure).ending.unwrap();
            assert_eq!((ending.outcome, ending.reason.as_str()), (outcome, class.as_str()));
        }
        assert!(fake.asked().is_empty());
    }

    #[test]
    fn t7_a_link_in_the_repository_is_never_shown() {
        let folder = repository();
        std::os::unix::fs::symlink("/proc/self/environ", folder.path().join("link.py")).unwrap();
        git(folder.path(), &["add", "."]);
        git(folder.path(), &["commit", "--quiet", "-m", "link"]);
        let git = Git::open(folder.path()).unwrap();
        let mut failure = Failure::new(Kind::TestFailure, "pytest", "x", Span::at(1));
        failure.file = Some("link.py".to_owned());
        let reading = Reading { failures: vec![failure], ..Reading::default() };
        let context = shown(&git, git.head(), &reading, 10_000).unwrap();
        assert_eq!(context.sources, []);
    }
}
