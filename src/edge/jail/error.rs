//! Why a command could not be run, so that a flow can choose its outcome. How a command ended is never an error.

use std::fmt;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

#[derive(Debug)]
pub enum JailError {
    /// The program is not there, or may not be run.
    CommandMissing {
        program: String,
        error: std::io::Error,
    },
    /// The directory to run it in is not in the repository.
    DirectoryMissing(String),
    /// Nothing more could be written.
    DiskFull(PathBuf),
    /// A person or the system asked us to end; the command was ended first.
    Interrupted,
    Io {
        doing: String,
        error: std::io::Error,
    },
}

impl JailError {
    pub(super) fn io(doing: &str, path: &Path, error: std::io::Error) -> Self {
        match error.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Self::DiskFull(path.to_owned()),
            _ => Self::Io { doing: format!("{doing} {}", path.display()), error },
        }
    }
}

impl fmt::Display for JailError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CommandMissing { program, error } => {
                let mend = match error.kind() {
                    ErrorKind::PermissionDenied => "make it executable",
                    _ => "install it",
                };
                write!(f, "run `{program}`: {error}: {mend}, or name another command")
            }
            Self::DirectoryMissing(directory) => {
                write!(f, "the directory `{directory}` to run the command in is not in the repository")
            }
            Self::DiskFull(path) => {
                write!(f, "no space is left for {}: free some, or set TMPDIR to a larger disk", path.display())
            }
            Self::Interrupted => write!(f, "interrupted; what was running has been ended"),
            Self::Io { doing, error } => write!(f, "{doing}: {error}"),
        }
    }
}

impl std::error::Error for JailError {}
