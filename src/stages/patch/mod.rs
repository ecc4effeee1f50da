//! Edits and diffs become file changes and a git diff.
