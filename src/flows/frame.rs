//! How a heal begins and ends, whatever has started it.

use std::path::Path;

use anyhow::Context as _;

use crate::config::inputs::{Inputs, Keys};
use crate::config::policy::Policy;
use crate::domain::audit::AuditRecord;
use crate::domain::class::Classification;
use crate::domain::failure::Reading;
use crate::domain::healing::{Healing, Place};
use crate::domain::memory::WorkspaceState;
use crate::domain::outcome::{Ending, Outcome};
use crate::domain::run::FailedRun;
use crate::edge::git::{Git, GitError};
use crate::edge::interrupt::{self, Interrupted};
use crate::edge::jail::JailError;
use crate::edge::terminal::Terminal;
use crate::flows::book::Book;
use crate::flows::incident::Seen;
use crate::flows::{place, policy, tell};
use crate::stages::render::failure::{FailureParts, failure_json};

/// The reason of what somebody cancelled.
pub const CANCELLED: &str = "cancelled";

/// What every page of one call needs.
#[derive(Clone, Copy)]
pub struct Call<'a> {
    pub inputs: &'a Inputs,
    pub keys: &'a Keys,
    pub workspace: &'a Path,
}

/// The ending of what somebody cancelled.
pub fn cancelled() -> Ending {
    let sentence = "somebody cancelled it before it came to an end: run it again, nothing was changed";
    Ending::new(Outcome::Skipped, CANCELLED, sentence)
}

/// What the work came to; where it was interrupted, that is its ending and no error.
pub fn worked(work: impl FnOnce() -> anyhow::Result<Ending>) -> anyhow::Result<Ending> {
    match work() {
        Err(error) if error.chain().any(is_interrupt) => Ok(cancelled()),
        // Whoever was asked has not answered, because we hung up.
        Ok(ending) if ending.outcome == Outcome::ModelFailed && interrupt::seen() => Ok(cancelled()),
        ended => ended,
    }
}

fn is_interrupt(cause: &(dyn std::error::Error + 'static)) -> bool {
    cause.is::<Interrupted>() || matches!(cause.downcast_ref::<JailError>(), Some(JailError::Interrupted))
}

/// Opens the book of an incident of this run.
pub fn begin<'t>(run: &FailedRun, policy: &Policy, terminal: &'t mut Terminal) -> anyhow::Result<Book<'t>> {
    let mut book = Book::new(terminal);
    book.record(
        &AuditRecord::new("trigger", "a workflow run failed")
            .with("repository", &run.repository)
            .with("run", run.run_id)
            .with("attempt", run.attempt)
            .with("workflow", &run.workflow_path)
            .with("branch", run.head_branch.as_deref().unwrap_or(""))
            .with("commit", &run.head_commit),
    )?;
    policy::record(&mut book, policy)?;
    Ok(book)
}

pub fn begin_healing(inputs: &Inputs, run: &FailedRun, seen: Option<&Seen>) -> Healing {
    let mut healing = Healing::begin(Place {
        repository: Some(run.repository.to_string()),
        run_id: Some(run.run_id),
        run_url: Some(run.html_url.clone()),
        job: seen.and_then(|seen| seen.options.job.clone()),
        also: seen.map(|seen| seen.legs.iter().map(|leg| leg.job.clone()).collect()).unwrap_or_default(),
        branch: run.head_branch.clone(),
        commit: Some(run.head_commit.clone()),
    });
    healing.dry_run = inputs.dry_run;
    healing
}

/// The ending of a run of which no log was read.
pub fn end_before_reading(
    call: Call<'_>,
    policy: &Policy,
    run: &FailedRun,
    ending: Ending,
    classification: Option<&Classification>,
    terminal: &mut Terminal,
) -> anyhow::Result<Outcome> {
    let mut book = begin(run, policy, terminal)?;
    let mut healing = begin_healing(call.inputs, run, None);
    book.open(&place::bundle(call.inputs, call.workspace, &format!("run-{}", run.run_id)))?;
    book.record(&AuditRecord::new("gate", "stop").rule(&ending.reason).with("why", &ending.sentence))?;
    if let Some(classification) = classification {
        write_failure(classification, &mut book)?;
        healing.classification = Some(classification.clone());
    }
    finish(healing, ending, policy, book, true)
}

/// Closes the book and tells the ending.
pub fn finish(
    mut healing: Healing,
    ending: Ending,
    policy: &Policy,
    book: Book<'_>,
    first: bool,
) -> anyhow::Result<Outcome> {
    let outcome = ending.outcome;
    healing.ending = ending;
    let (closed, terminal) = book.close(&healing, &policy.source)?;
    tell::tell(&healing, closed.as_ref(), first, terminal)?;
    Ok(outcome)
}

/// The workspace as the gate wants to know it.
pub fn workspace_state(workspace: &Path) -> anyhow::Result<WorkspaceState> {
    match Git::open(workspace) {
        Ok(git) => state_of(&git),
        Err(GitError::NotARepository(_) | GitError::NoCommit(_)) => Ok(WorkspaceState::default()),
        Err(error) => Err(error).context("look at the workspace"),
    }
}

pub fn state_of(git: &Git) -> anyhow::Result<WorkspaceState> {
    let clean = git.dirty_paths()?.is_empty();
    let parents = git.parents(git.head())?;
    Ok(WorkspaceState { head: Some(git.head().clone()), parents, clean, shallow: git.is_shallow() })
}

/// `failure.json` of a run without a log.
fn write_failure(classification: &Classification, book: &mut Book<'_>) -> anyhow::Result<()> {
    let reading = Reading::default();
    let parts =
        FailureParts { job: None, reading: &reading, classification, fingerprint: None, reproduce: None, legs: &[] };
    book.write("failure.json", failure_json(&parts).as_bytes())
}
