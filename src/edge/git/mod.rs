//! The git binary, run so that nothing in a repository can make it run anything else (T6).
//!
//! The workspace's own git directory is never handed to git: we make a directory of our own over its objects, and name
//! the work tree explicitly. What a snapshot writes goes there too, so that the workspace and its `.git` stay as they are.

pub mod error;
mod program;
pub mod discover;
pub mod repository;
mod work_tree;
mod plant;
mod merges;
mod changes;
mod history;
#[cfg(test)]
mod sample;

pub use error::{ApplyError, GitError};
pub use repository::Git;
