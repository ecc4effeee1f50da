//! Why a proposed change cannot be made at all: told back to whoever proposed it.

/// A change that does not fit the tree. Nothing of its candidate is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misfit {
    /// Stable: `edit.nowhere`, `edit.ambiguous`, `edit.no-file`, `diff.hunk`, …
    pub code: &'static str,
    pub file: String,
    /// One sentence that names the place and the mend; nearest lines may follow.
    pub text: String,
}

impl Misfit {
    pub fn new(code: &'static str, file: impl Into<String>, text: impl Into<String>) -> Self {
        Self { code, file: file.into(), text: text.into() }
    }
}
