//! The proof of a fix: four legs, compared test by test.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::failure::TestEnd;
use super::fingerprint::Fingerprint;
use super::id::{CommitId, Sha256};
use super::jail::{Exit, Isolation};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum LegName {
    Red,
    Green,
    RedAgain,
    GreenAgain,
}

impl LegName {
    pub const ALL: [Self; 4] = [Self::Red, Self::Green, Self::RedAgain, Self::GreenAgain];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Red => "red",
            Self::Green => "green",
            Self::RedAgain => "red_again",
            Self::GreenAgain => "green_again",
        }
    }

    pub fn with_patch(self) -> bool {
        matches!(self, Self::Green | Self::GreenAgain)
    }
}

/// The tests of one run. Empty names with counts mean that the tool only counts.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Census {
    pub named: BTreeMap<String, TestEnd>,
    pub passed: u32,
    pub failed: u32,
    pub skipped: u32,
}

/// One run of the command, and what was read from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommandRun {
    pub command: String,
    pub exit: Exit,
    pub duration: Duration,
    pub census: Census,
    /// The fingerprint of its root failures; `None` when it found none.
    pub fingerprint: Option<Fingerprint>,
    /// The identities of its root failures, which proof compares as sets.
    pub failures: BTreeSet<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LegResult {
    pub name: LegName,
    pub as_expected: bool,
    /// The red leg holds one a repeat.
    pub runs: Vec<CommandRun>,
}

/// Whether key and repository code were ever in one job (T1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Zones {
    Split,
    Shared,
}

impl Zones {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Split => "split",
            Self::Shared => "shared",
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    pub patch_sha256: Sha256,
    /// The commit that the patch is for.
    pub commit: CommitId,
    /// The tree that the legs were run on, where it is another: the merge that a pull request's run has tested (P3).
    pub proven_on: Option<CommitId>,
    pub fingerprint: Fingerprint,
    pub legs: Vec<LegResult>,
    pub tests_vanished: Vec<String>,
    pub tests_new: Vec<String>,
    /// Red before for another reason, and still red.
    pub tests_still_red: Vec<String>,
    pub isolation: Isolation,
    pub zones: Zones,
    /// How often the command was run.
    pub runs: u32,
}

/// Why a patch is not proven.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Disproof {
    /// Stable: `still-red`, `other-failure`, `test.broken`, `test.vanished`, `not-red-again`, `not-green-again`.
    pub code: &'static str,
    pub leg: LegName,
    /// What happened, with the failing lines: told back to whoever proposed the patch.
    pub text: String,
}
