//! `self-heal validate`: remedies and steps 10 to 12. Candidates or a patch in, a receipt out. No token, no key.

use std::path::Path;

use crate::config::inputs::{BadInput, Inputs, Keys};
use crate::domain::audit::AuditRecord;
use crate::domain::candidate::{Candidate, Proposal, Rung};
use crate::domain::failure::{Reproduce, ReproduceFrom};
use crate::domain::outcome::{Ending, Outcome};
use crate::edge::git::Git;
use crate::edge::store;
use crate::edge::terminal::Terminal;
use crate::edge::wait::wait;
use crate::flows::bench::Trees;
use crate::flows::frame::state_of;
use crate::flows::hand_on::HandedOn;
use crate::flows::incident::{BenchOf, not_for_a_patch};
use crate::flows::mend::judge;
use crate::flows::read::LogRead;
use crate::flows::{matchers, place, policy, tell};
use crate::stages::render::candidates::{Candidates, read_candidates};
use crate::stages::render::failure_in::FailureIn;
use crate::text::counted;

/// Candidates are a page of text; a patch over the policy's limits is refused anyway.
const CANDIDATES_BYTES_MAX: u64 = 8 << 20;

pub fn validate(
    inputs: &Inputs,
    keys: &Keys,
    given: Option<&Path>,
    terminal: &mut Terminal,
) -> anyhow::Result<Outcome> {
    let workspace = place::workspace(inputs)?;
    let handed_on = HandedOn::take(inputs)?;
    let failure = handed_on.failure()?;
    let policy = handed_on.policy(inputs)?;
    let candidates = candidates(given, &handed_on)?;
    let mut healing = handed_on.healing(&failure);
    healing.dry_run |= inputs.dry_run;
    if let Some(spent) = candidates.as_ref().map(|candidates| candidates.spent) {
        healing.spent = spent;
    }
    let mut book = handed_on.book(terminal)?;
    policy::record(&mut book, &policy)?;
    let candidates = candidates.map(|candidates| candidates.candidates).unwrap_or_default();
    book.record(&AuditRecord::new("validate", format!("{} given", counted(candidates.len(), "candidate"))))?;
    let git = Git::open(&workspace)?;
    healing.ending = match (not_for_a_patch(&failure.classification), elsewhere(&handed_on, &git)?) {
        (Some(ending), _) | (None, Some(ending)) => ending,
        (None, None) => {
            let reproduce = reproduce(inputs, &failure)?;
            healing.reproduce = Some(reproduce.clone());
            let FailureIn { job, reading, classification, fingerprint, .. } = failure;
            let read = LogRead { reading, classification, fingerprint };
            let zones = keys.zones();
            let commit = handed_on.commit().unwrap_or_else(|| git.head().clone());
            let trees = Trees { commit: &commit, ..Trees::all(git.head()) };
            let matchers = &wait(matchers::find(inputs, &policy, git.root(), Some(&git), None))?;
            let bench = BenchOf { git: &git, trees, reproduce: &reproduce, policy: &policy, zones, matchers };
            bench.with(job.as_deref(), &read, |bench| judge(bench, &read, &candidates, &mut healing, &mut book))?
        }
    };
    let (closed, terminal) = book.close(&healing, &policy.source)?;
    tell::tell(&healing, closed.as_ref(), true, terminal)?;
    Ok(healing.ending.outcome)
}

/// The workspace must be the clean commit that failed, for the receipt is about that commit.
fn elsewhere(handed_on: &HandedOn, git: &Git) -> anyhow::Result<Option<Ending>> {
    let state = state_of(git)?;
    if let Some(commit) = handed_on.commit().filter(|commit| !state.holds(commit)) {
        let sentence = format!("the workspace is at {}, the failure is of {commit}: check that commit out", git.head());
        return Ok(Some(Ending::new(Outcome::Skipped, "workspace.other-commit", sentence)));
    }
    let dirty = git.dirty_paths()?;
    Ok(dirty.first().map(|path| {
        let sentence = format!("the workspace has changes, `{}` first: commit or remove them", path.escape_debug());
        Ending::new(Outcome::Skipped, "workspace.dirty", sentence)
    }))
}

/// What was given by name, else what the bundle holds; `None` where there is neither, so that the tools are asked.
fn candidates(given: Option<&Path>, handed_on: &HandedOn) -> anyhow::Result<Option<Candidates>> {
    let text = match given {
        Some(path) => store::text(path, CANDIDATES_BYTES_MAX)?.ok_or_else(|| {
            BadInput(format!("there is no file {}: name candidates.json or a git diff", path.display()))
        })?,
        None => match handed_on.text("candidates.json") {
            Some(text) => text,
            None => return Ok(None),
        },
    };
    if text.trim_start().starts_with('{') {
        return Ok(Some(read_candidates(&text).map_err(BadInput)?));
    }
    let rationale = "It was given to `validate`.".to_owned();
    let candidate = Candidate { rung: Rung::Given, rationale, proposal: Proposal::Diff(text), cost_usd: None };
    Ok(Some(Candidates { candidates: vec![candidate], ..Candidates::default() }))
}

fn reproduce(inputs: &Inputs, failure: &FailureIn) -> Result<Reproduce, BadInput> {
    if let Some(command) = &inputs.command {
        return Ok(Reproduce::at_root(command, ReproduceFrom::Person));
    }
    let unsaid = || BadInput("failure.json does not say which command failed: give it with --command".to_owned());
    failure.reproduce.clone().ok_or_else(unsaid)
}
