//! A work tree becomes a commit of its own, and a diff becomes part of a work tree. Neither touches the workspace's `.git`.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::error::{ApplyError, GitError};
use super::program::said;
use super::repository::Git;
use crate::domain::id::CommitId;
use crate::domain::patch::Mode;

impl Git {
    /// Paths in the workspace that differ from `HEAD`, untracked ones included, ignored ones left out.
    pub fn dirty_paths(&self) -> Result<Vec<String>, GitError> {
        let now = self.snapshot(self.root(), &self.head().clone())?;
        if now == *self.head() {
            return Ok(Vec::new());
        }
        let names = self
            .program
            .call(
                "compare the workspace with its commit",
                &["diff-tree", "-r", "-z", "--name-only", "--no-renames", self.head().as_str(), now.as_str()],
            )
            .bytes()?;
        Ok(zero_ended(&names).map(|name| String::from_utf8_lossy(name).into_owned()).collect())
    }

    /// The tree as it lies in `tree`, uncommitted and untracked work included, as a commit on `parent`.
    ///
    /// It is `parent` itself when nothing differs. The objects are ours and go with this `Git`.
    pub fn snapshot(&self, tree: &Path, parent: &CommitId) -> Result<CommitId, GitError> {
        let index = TemporaryIndex::new(self.own())?;
        self.program.call("read a commit's tree", &["read-tree", parent.as_str()]).index(&index.path).bytes()?;
        self.refresh(tree, &index.path)?;
        let changed = self.changed(tree, &index.path, parent)?;
        if changed.is_empty() {
            return Ok(parent.clone());
        }
        self.program
            .call("take up changed files", &["update-index", "--add", "--remove", "--replace", "-z", "--stdin"])
            .work_tree(tree)
            .index(&index.path)
            .input(&changed)
            .bytes()?;
        let written = self.program.call("write a tree", &["write-tree"]).index(&index.path).text()?;
        let of_parent =
            self.program.call("find a commit's tree", &["rev-parse", &format!("{parent}^{{tree}}")]).text()?;
        if written == of_parent {
            return Ok(parent.clone());
        }
        self.commit(&written, parent)
    }

    /// Puts a diff into the tree under `tree`, which is a scratch copy; all of it or nothing.
    pub fn apply(&self, tree: &Path, diff: &str) -> Result<(), ApplyError> {
        let output = self
            .program
            .call("apply a diff", &["apply", "--whitespace=nowarn", "-"])
            .work_tree(tree)
            .input(diff.as_bytes())
            .output()?;
        if output.status.success() { Ok(()) } else { Err(ApplyError::Misfit(said(&output.stderr))) }
    }

    /// Without this git would take every file of a fresh index for changed.
    pub(super) fn refresh(&self, tree: &Path, index: &Path) -> Result<(), GitError> {
        self.program
            .call("compare files with a commit", &["update-index", "-q", "--refresh", "--ignore-submodules"])
            .work_tree(tree)
            .index(index)
            .codes(&[0, 1])
            .bytes()
            .map(drop)
    }

    fn commit(&self, tree: &str, parent: &CommitId) -> Result<CommitId, GitError> {
        let id = self
            .program
            .call("write a commit", &["commit-tree", tree, "-p", parent.as_str()])
            .input(b"The tree that self-heal was given\n")
            .text()?;
        CommitId::parse(&id).ok_or(GitError::Failed { doing: "write a commit", said: id })
    }

    /// Changed, deleted and untracked paths, each ended by a zero byte.
    fn changed(&self, tree: &Path, index: &Path, parent: &CommitId) -> Result<Vec<u8>, GitError> {
        let listed = self
            .program
            .call(
                "list changed files",
                &["ls-files", "-z", "--modified", "--deleted", "--others", "--exclude-standard", "--deduplicate"],
            )
            .work_tree(tree)
            .index(index)
            .bytes()?;
        if listed.is_empty() {
            return Ok(listed);
        }
        let filtered = self
            .program
            .call("read attributes", &["check-attr", "-z", "--stdin", "filter"])
            .work_tree(tree)
            .index(index)
            .input(&listed)
            .bytes()?;
        let submodules: BTreeSet<_> = self
            .files(parent)?
            .into_iter()
            .filter(|(mode, _)| *mode == Mode::Submodule)
            .map(|(_, path)| path)
            .collect();
        let filtered = with_a_filter(&filtered);
        let mut changed = Vec::with_capacity(listed.len());
        for path in zero_ended(&listed) {
            // A repository inside the repository is listed as a directory; submodules are not ours to change.
            let nested = path.ends_with(b"/") || std::str::from_utf8(path).is_ok_and(|path| submodules.contains(path));
            if !nested && !filtered.contains(path) {
                changed.extend_from_slice(path);
                changed.push(0);
            }
        }
        Ok(changed)
    }
}

/// Paths whose content passes a filter program (git-lfs) on its way: no filter is run, so they cannot be compared.
///
/// Reads `PATH\0filter\0VALUE\0`.
fn with_a_filter(attributes: &[u8]) -> BTreeSet<&[u8]> {
    let fields: Vec<_> = zero_ended(attributes).collect();
    fields
        .chunks_exact(3)
        .filter_map(|fields| match fields {
            [path, _, value] if !matches!(*value, b"unspecified" | b"unset") => Some(*path),
            _ => None,
        })
        .collect()
}

pub(super) fn zero_ended(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    bytes.split(|byte| *byte == 0).filter(|field| !field.is_empty())
}

/// An index file of our own, gone when it is no longer used.
pub(super) struct TemporaryIndex {
    pub path: PathBuf,
    _directory: tempfile::TempDir,
}

impl TemporaryIndex {
    pub fn new(own: &Path) -> Result<Self, GitError> {
        let directory = tempfile::Builder::new()
            .prefix("index-")
            .tempdir_in(own)
            .map_err(|error| GitError::io("make a temporary index", error))?;
        Ok(Self { path: directory.path().join("index"), _directory: directory })
    }
}
