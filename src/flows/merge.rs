//! The merge that a pull request's run has tested (P3): found in the log of its checkout, and made again where it can be.

use std::path::Path;

use crate::domain::log::Attention;
use crate::domain::memory::WorkspaceState;
use crate::domain::run::FailedRun;
use crate::edge::store;
use crate::flows::incident::Seen;
use crate::stages::checkout::{self, Merge};
use crate::stages::clean::cursor::Cursor;

/// The merge that was tested, where the workspace stands at the branch's own commit and not at the merge itself.
pub fn tested(run: &FailedRun, seen: &Seen, workspace: &WorkspaceState) -> anyhow::Result<Option<Merge>> {
    if !run.tested_a_merge() || workspace.head.as_ref() != Some(&run.head_commit) {
        return Ok(None);
    }
    let merge = first_merge(&seen.log)?;
    Ok(merge.filter(|merge| merge.head == run.head_commit))
}

/// Checkout prints before anything of the repository runs, so the first line counts.
fn first_merge(log: &Path) -> anyhow::Result<Option<Merge>> {
    let mut found = None;
    let mut cursor = Cursor::new();
    store::read_chunks(log, &mut |chunk| {
        if found.is_none() {
            cursor.push(chunk, &mut |line, _| {
                found = found.take().or_else(|| checkout::merge(line.text));
                Attention::Stay
            });
        }
    })?;
    Ok(found)
}
