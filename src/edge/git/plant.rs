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

#[cfg(test)]
mod tests {
    use super::super::sample::{Sample, run_git};
    use super::*;

    #[test]
    fn a_planted_repository_answers_and_knows_no_remote_token_or_hook() {
        let sample = Sample::new(&[("a.py", "1\n"), ("b/c.py", "2\n"), (".gitignore", "*.log\n")]);
        sample.write(&[("a.py", "10\n")]);
        sample.commit("second");
        sample.git(&["remote", "add", "origin", "https://token@github.com/o/n"]);
        sample.git(&["config", "http.extraheader", "AUTHORIZATION: basic c2VjcmV0"]);
        let git = sample.open();
        let copy = tempfile::tempdir().expect("a folder");
        for (name, text) in [("a.py", "10\n"), (".gitignore", "*.log\n"), ("x.log", "ignored")] {
            fs::write(copy.path().join(name), text).expect("write");
        }
        fs::create_dir(copy.path().join("b")).expect("a folder");
        fs::write(copy.path().join("b/c.py"), "2\n").expect("write");
        git.plant(copy.path(), git.head()).expect("planted");
        assert_eq!(run_git(copy.path(), &["status", "--porcelain"]), "");
        assert_eq!(run_git(copy.path(), &["rev-parse", "HEAD"]), git.head().as_str());
        assert_eq!(run_git(copy.path(), &["log", "--format=%s"]), "second\nfirst");
        assert_eq!(run_git(copy.path(), &["remote"]), "");
        assert_eq!(run_git(copy.path(), &["diff", "--stat", "HEAD~1"]).lines().count(), 2);
        let config = fs::read_to_string(copy.path().join(".git/config")).expect("a configuration");
        assert_eq!(config, "[core]\n\trepositoryFormatVersion = 0\n");
        assert!(!copy.path().join(".git/hooks").exists());
    }

    #[test]
    fn a_patched_tree_can_be_planted_as_if_it_were_committed() {
        let sample = Sample::new(&[("a.py", "1\n")]);
        let git = sample.open();
        let copy = tempfile::tempdir().expect("a folder");
        fs::write(copy.path().join("a.py"), "2\n").expect("write");
        let after = git.snapshot(copy.path(), git.head()).expect("a snapshot");
        git.plant(copy.path(), &after).expect("planted");
        assert_eq!(run_git(copy.path(), &["diff", "--exit-code"]), "");
        assert_eq!(run_git(copy.path(), &["rev-parse", "HEAD~1"]), git.head().as_str());
    }
}
