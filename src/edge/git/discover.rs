//! Where a repository's git directory is, which commit `HEAD` is, and where its objects lie; read without running git.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::error::GitError;
use crate::domain::id::CommitId;

/// `HEAD` points at a branch; a branch that points at a branch is legal, a long chain is not meant.
const SYMBOLIC_REFS_MAX: usize = 5;

/// A repository as it lies on disk.
#[derive(Debug)]
pub struct Found {
    /// The top of the work tree.
    pub root: PathBuf,
    /// Of this work tree: holds `HEAD`.
    pub git_directory: PathBuf,
    /// Of all work trees: holds objects and branches.
    pub common_directory: PathBuf,
}

/// The repository that `directory` is in.
pub fn find(directory: &Path) -> Result<Found, GitError> {
    let directory = directory
        .canonicalize()
        .map_err(|error| GitError::io(format!("find the workspace {}", directory.display()), error))?;
    for root in directory.ancestors() {
        let dot_git = root.join(".git");
        let Ok(metadata) = fs::symlink_metadata(&dot_git) else { continue };
        if metadata.is_symlink() {
            return Err(GitError::SymlinkedGitDirectory(dot_git));
        }
        let git_directory = if metadata.is_dir() { dot_git } else { named_by_file(&dot_git, root)? };
        let common_directory = common_directory(&git_directory)?;
        if !common_directory.join("objects").is_dir() {
            return Err(unreadable(&git_directory, "it has no objects: is it a git directory?"));
        }
        return Ok(Found { root: root.to_owned(), git_directory, common_directory });
    }
    Err(GitError::NotARepository(directory))
}

impl Found {
    /// The commit that is checked out.
    pub fn head(&self) -> Result<CommitId, GitError> {
        self.commit_of("HEAD")?.ok_or_else(|| GitError::NoCommit(self.root.clone()))
    }

    /// The commit that a reference stands at; `None` when there is no such reference.
    pub fn commit_of(&self, reference: &str) -> Result<Option<CommitId>, GitError> {
        let mut name = reference.to_owned();
        for _ in 0..SYMBOLIC_REFS_MAX {
            let Some(value) = self.reference(&name)? else { return Ok(None) };
            match value.strip_prefix("ref:") {
                Some(next) => next.trim().clone_into(&mut name),
                None => {
                    let commit = CommitId::parse(&value);
                    let none = || unreadable(&self.git_directory, format!("`{name}` is no commit id"));
                    return Ok(Some(commit.ok_or_else(none)?));
                }
            }
        }
        Err(unreadable(&self.git_directory, format!("`{reference}` goes through too many references")))
    }

    /// The `shallow` file, where history was cut off (P20).
    pub fn shallow(&self) -> Option<String> {
        fs::read_to_string(self.common_directory.join("shallow")).ok().filter(|text| !text.trim().is_empty())
    }

    /// The name of the hash: ids of 64 digits are SHA-256.
    pub fn object_format(head: &CommitId) -> &'static str {
        if head.as_str().len() == 64 { "sha256" } else { "sha1" }
    }

    fn reference(&self, name: &str) -> Result<Option<String>, GitError> {
        let inside = Path::new(name).components().all(|part| matches!(part, std::path::Component::Normal(_)));
        if !inside {
            return Err(unreadable(&self.git_directory, format!("`{name}` is no reference")));
        }
        for directory in [&self.git_directory, &self.common_directory] {
            match fs::read_to_string(directory.join(name)) {
                Ok(text) => return Ok(Some(text.trim().to_owned())),
                Err(error)
                    if matches!(
                        error.kind(),
                        ErrorKind::NotFound | ErrorKind::NotADirectory | ErrorKind::IsADirectory
                    ) => {}
                Err(error) => return Err(GitError::io(format!("read {}", directory.join(name).display()), error)),
            }
        }
        if self.common_directory.join("reftable").is_dir() {
            return Err(unreadable(&self.git_directory, "references in the `reftable` format are not read yet"));
        }
        let packed = fs::read_to_string(self.common_directory.join("packed-refs")).unwrap_or_default();
        Ok(packed.lines().find_map(|line| {
            let (id, packed_name) = line.split_once(' ')?;
            (packed_name.trim() == name).then(|| id.to_owned())
        }))
    }
}

/// A `.git` file names the git directory of a linked work tree or a submodule.
fn named_by_file(dot_git: &Path, root: &Path) -> Result<PathBuf, GitError> {
    let text =
        fs::read_to_string(dot_git).map_err(|error| GitError::io(format!("read {}", dot_git.display()), error))?;
    let Some(named) = text.strip_prefix("gitdir:") else {
        return Err(unreadable(dot_git, "it is a file that names no `gitdir:`"));
    };
    root.join(named.trim()).canonicalize().map_err(|error| GitError::io(format!("follow {}", dot_git.display()), error))
}

fn common_directory(git_directory: &Path) -> Result<PathBuf, GitError> {
    let file = git_directory.join("commondir");
    match fs::read_to_string(&file) {
        Ok(named) => git_directory
            .join(named.trim())
            .canonicalize()
            .map_err(|error| GitError::io(format!("follow {}", file.display()), error)),
        Err(_) => Ok(git_directory.to_owned()),
    }
}

fn unreadable(path: &Path, why: impl Into<String>) -> GitError {
    GitError::Unreadable { path: path.to_owned(), why: why.into() }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::super::sample::{Sample, run_git};
    use super::*;

    fn error(directory: &Path) -> String {
        find(directory).and_then(|found| found.head()).expect_err("no repository").to_string()
    }

    #[test]
    fn a_folder_outside_of_any_repository_is_told_how_to_become_one() {
        let folder = tempfile::tempdir().expect("a folder");
        assert!(error(folder.path()).contains("is no git repository: name one with --workspace"));
        assert!(error(&folder.path().join("missing")).starts_with("find the workspace"));
    }

    #[test]
    fn a_repository_without_a_commit_is_told_so() {
        let folder = tempfile::tempdir().expect("a folder");
        run_git(folder.path(), &["init", "-q"]);
        assert!(error(folder.path()).contains("has no commit yet"));
    }

    #[test]
    fn a_folder_below_the_top_is_in_the_repository() {
        let sample = Sample::new(&[("a/b/c.txt", "c")]);
        let found = find(&sample.path().join("a/b")).expect("a repository");
        assert_eq!(found.root, sample.path().canonicalize().expect("a path"));
    }

    #[test]
    fn head_is_found_on_a_branch_in_packed_references_and_detached() {
        let sample = Sample::new(&[("a", "1")]);
        let id = sample.git(&["rev-parse", "HEAD"]);
        let head = || find(sample.path()).and_then(|found| found.head()).expect("a head").to_string();
        assert_eq!(head(), id);
        sample.git(&["pack-refs", "--all"]);
        assert_eq!(head(), id);
        sample.git(&["checkout", "-q", "--detach"]);
        assert_eq!(head(), id);
    }

    #[test]
    fn a_linked_work_tree_has_its_own_head_and_the_others_objects() {
        let sample = Sample::new(&[("a", "1")]);
        sample.git(&["worktree", "add", "-q", "-b", "side", "linked"]);
        let linked = sample.path().join("linked");
        fs::write(linked.join("a"), "2").expect("write");
        run_git(&linked, &["commit", "-qam", "second"]);
        let found = find(&linked).expect("a repository");
        assert_eq!(found.head().expect("a head").to_string(), run_git(&linked, &["rev-parse", "HEAD"]));
        assert!(found.common_directory.ends_with(".git"));
    }

    #[test]
    fn t6_a_symlinked_git_directory_is_not_followed() {
        let (theirs, ours) = (Sample::new(&[("a", "1")]), tempfile::tempdir().expect("a folder"));
        symlink(theirs.path().join(".git"), ours.path().join(".git")).expect("a link");
        assert!(error(ours.path()).contains("is a symlink, which is not followed"));
    }

    #[test]
    fn a_head_that_leads_out_of_the_git_directory_is_refused() {
        let sample = Sample::new(&[("a", "1")]);
        for head in ["ref: ../../etc/passwd", "ref: /etc/passwd", "nonsense", "ref: HEAD"] {
            fs::write(sample.path().join(".git/HEAD"), head).expect("write");
            find(sample.path()).and_then(|found| found.head()).expect_err(head);
        }
    }
}
