//! Why git could not say or do what was asked, so that a flow can choose its outcome.

use std::fmt;
use std::io::ErrorKind;
use std::path::PathBuf;

#[derive(Debug)]
pub enum GitError {
    /// Neither the directory nor one above it holds a `.git`.
    NotARepository(PathBuf),
    /// There is a repository, but nothing was ever committed.
    NoCommit(PathBuf),
    /// A `.git` that is a symlink may point at a repository of somebody else's choice (T6).
    SymlinkedGitDirectory(PathBuf),
    /// A git directory of a layout that we do not read.
    Unreadable {
        path: PathBuf,
        why: String,
    },
    /// There is no git program.
    GitMissing(std::io::Error),
    /// Nothing more could be written.
    DiskFull(PathBuf),
    Io {
        doing: String,
        error: std::io::Error,
    },
    /// Git ended with an error; what it said.
    Failed {
        doing: &'static str,
        said: String,
    },
}

impl GitError {
    pub(super) fn io(doing: impl Into<String>, error: std::io::Error) -> Self {
        match error.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Self::DiskFull(std::env::temp_dir()),
            _ => Self::Io { doing: doing.into(), error },
        }
    }
}

impl fmt::Display for GitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotARepository(path) => write!(
                f,
                "{} is no git repository: name one with --workspace, or run `git init` and commit there first",
                path.display()
            ),
            Self::NoCommit(path) => {
                write!(f, "the git repository {} has no commit yet: commit the tree once", path.display())
            }
            Self::SymlinkedGitDirectory(path) => {
                write!(f, "{} is a symlink, which is not followed: put the git directory there itself", path.display())
            }
            Self::Unreadable { path, why } => write!(f, "read the git directory {}: {why}", path.display()),
            Self::GitMissing(error) => write!(f, "run git: {error}: install git, and have it in PATH"),
            Self::DiskFull(path) => {
                write!(f, "no space is left for {}: free some, or set TMPDIR elsewhere", path.display())
            }
            Self::Io { doing, error } => write!(f, "{doing}: {error}"),
            Self::Failed { doing, said } => write!(f, "{doing}: git says: {said}"),
        }
    }
}

impl std::error::Error for GitError {}

/// Why a diff is not in the tree now.
#[derive(Debug)]
pub enum ApplyError {
    /// The diff does not fit; what git said of it.
    Misfit(String),
    Git(GitError),
}

impl From<GitError> for ApplyError {
    fn from(error: GitError) -> Self {
        Self::Git(error)
    }
}

impl fmt::Display for ApplyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Misfit(said) => write!(f, "the diff does not fit: {said}"),
            Self::Git(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for ApplyError {}
