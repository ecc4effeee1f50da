//! A fresh `.git` for a scratch copy: tools that ask git get an answer, and find no remote, token, hook or configuration.

use std::fs;
use std::path::Path;

use super::error::GitError;
use super::program::Program;
use super::repository::Git;
use crate::domain::id::CommitId;

impl Git {
    /// Makes `copy` a work tree with `commit` checked out. The copy must have no `.git` yet.
    ///
    /// Objects are borrowed from the workspace and from this `Git`, which must live as long as the copy.
    pub fn plant(&self, copy: &Path, commit: &CommitId) -> Result<(), GitError> {
        let directory = copy.join(".git");
        fs::create_dir(&directory)
            .and_then(|()| self.furnish(&directory, commit, ""))
            .map_err(|error| GitError::io(format!("make a fresh git directory in {}", copy.display()), error))?;
        // Its configuration is the one we have just written; nothing of the repository's code has run here yet.
        let planted = Program::new(directory.clone());
        planted.call("fill a fresh index", &["read-tree", commit.as_str()]).bytes()?;
        self.refresh(copy, &directory.join("index"))
    }
}
