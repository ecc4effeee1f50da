//! A git repository with fixed authors and dates, so that the same files make the same commit on every machine.

use std::fs;
use std::path::{Path, PathBuf};

use super::machine::Machine;

/// Any fixed moment does; this one is the day before the log of `github_log.rs` begins.
const DATE: &str = "2026-11-19T12:00:00Z";

/// A work tree on the branch `main`.
pub struct Repository<'a> {
    machine: &'a Machine,
    folder: PathBuf,
}

impl<'a> Repository<'a> {
    /// An empty one.
    pub fn new(machine: &'a Machine, folder: impl Into<PathBuf>) -> Self {
        let repository = Self { machine, folder: folder.into() };
        fs::create_dir_all(&repository.folder).expect("make the work tree");
        repository.git(["init", "--quiet", "--initial-branch=main"]);
        repository
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    pub fn write(&self, path: &str, text: impl AsRef<[u8]>) {
        let path = self.folder.join(path);
        fs::create_dir_all(path.parent().expect("a path in the work tree")).expect("make the folder");
        fs::write(path, text).expect("write the file");
    }

    pub fn read(&self, path: &str) -> String {
        fs::read_to_string(self.folder.join(path)).unwrap_or_else(|error| panic!("read {path}: {error}"))
    }

    /// Commits everything and gives back the commit.
    pub fn commit(&self, message: &str) -> String {
        self.git(["add", "--all"]);
        self.git(["commit", "--quiet", "--allow-empty", "--message", message]);
        self.head()
    }

    pub fn head(&self) -> String {
        self.git(["rev-parse", "HEAD"]).trim().to_owned()
    }

    /// Runs git in it and gives back what it printed.
    #[track_caller]
    pub fn git<const N: usize>(&self, arguments: [&str; N]) -> String {
        let mut git = self.machine.program("git", arguments).directory(&self.folder);
        for role in ["AUTHOR", "COMMITTER"] {
            git = git
                .variable(&format!("GIT_{role}_NAME"), "Robin")
                .variable(&format!("GIT_{role}_EMAIL"), "robin@example.com")
                .variable(&format!("GIT_{role}_DATE"), DATE);
        }
        git.run().must_end_with(0).stdout()
    }
}
