//! Failures become what their own tools would do about them.

use crate::domain::candidate::{Edit, Remedy};
use crate::domain::failure::{Reading, Reproduce};

/// What the tools that failed would do, in order of preference. `exists` says whether a path is in the tree.
pub fn remedies(_reading: &Reading, _exists: &dyn Fn(&str) -> bool, _reproduce: &Reproduce) -> Vec<Remedy> {
    Vec::new()
}

/// A place-bound remedy as edits; `None` for a fixer, or where one of its places is not what the tool said it is.
/// `read` gives a file's text at the failing commit.
pub fn edits(_remedy: &Remedy, _read: &dyn Fn(&str) -> Option<String>) -> Option<Vec<Edit>> {
    None
}
