//! Step 7c: the blobs that matter are read from the commit, and become what a model may see.

use crate::domain::context::Context;
use crate::domain::failure::Reading;
use crate::domain::id::CommitId;
use crate::edge::git::{Git, GitError};
use crate::stages::context::{Source, context, imported, wanted};

/// What a model is shown of one incident, within `bytes_max` bytes.
pub fn gather(git: &Git, base: &CommitId, reading: &Reading, bytes_max: usize) -> Result<Context, GitError> {
    let files: Vec<String> = git.files(base)?.into_iter().map(|(_, path)| path).collect();
    let mut sources = fetch(git, base, wanted(reading, &files))?;
    sources.extend(fetch(git, base, imported(&sources, &files))?);
    Ok(context(reading, &sources, &files, bytes_max))
}

fn fetch(git: &Git, base: &CommitId, paths: Vec<String>) -> Result<Vec<Source>, GitError> {
    paths.into_iter().map(|path| git.blob(base, &path).map(|blob| (path, blob))).collect()
}
