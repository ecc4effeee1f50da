//! Edits and diffs become file changes and a git diff.

pub mod misfit;
pub mod place;
pub mod tree;
pub mod diff;
pub mod edits;
pub mod given;
