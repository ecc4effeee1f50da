//! What one leg of a proof may see and do, and what really held.

use std::time::Duration;

/// What the policy asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IsolationWanted {
    Best,
    Strict,
}

/// One command to run on a copy of the workspace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leg {
    pub command: String,
    /// As Actions writes it, with `{0}` for the script.
    pub shell: String,
    /// Relative to the repository root.
    pub directory: String,
    /// Variables added to the scrubbed environment; the plan's, never ours.
    pub variables: Vec<(String, String)>,
    pub timeout: Duration,
}

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    Code(i32),
    Signal(i32),
    /// The wall clock ran out and the process group was killed.
    TimedOut,
    /// It printed more than the limit and was killed.
    TooMuchOutput,
}

impl Exit {
    pub fn success(self) -> bool {
        self == Self::Code(0)
    }
}

/// What was really in force: never what was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Isolation {
    /// `none`, `landlock`, `mount-namespace`.
    pub file_system: &'static str,
    /// `full`, `loopback`, `none`.
    pub network: &'static str,
    pub namespaces: Vec<&'static str>,
    /// Names of the limits that were set: `wall-clock`, `output`.
    pub limits: Vec<&'static str>,
    /// `in-place` when the copy stood at the workspace's own path, else `elsewhere`.
    pub path: &'static str,
    pub environment: &'static str,
}
