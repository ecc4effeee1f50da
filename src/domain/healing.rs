//! Everything one incident came to: what was seen, what was tried, why each try ended as it did.

use super::candidate::{Diagnosis, Rung};
use super::class::Classification;
use super::failure::{Reading, Reproduce};
use super::fingerprint::Fingerprint;
use super::id::CommitId;
use super::outcome::{Ending, Outcome};
use super::permission::ProvenPatch;
use super::risk::Risk;

/// One candidate and how it ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Try {
    pub rung: Rung,
    pub rationale: String,
    /// `proven`, or the code of what stopped it: `still-red`, `path.blocked`, `edit.nowhere`, …
    pub code: String,
    /// What stopped it, in words; empty when it was proven.
    pub text: String,
}

/// What asking cost.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spent {
    /// Edit answers, the first included.
    pub rounds: u32,
    pub model_calls: u32,
    pub tokens: u64,
    /// `None` once a call was made whose price is unknown.
    pub cost_usd: Option<f64>,
}

impl Default for Spent {
    fn default() -> Self {
        Self { rounds: 0, model_calls: 0, tokens: 0, cost_usd: Some(0.0) }
    }
}

/// A patch that was proven, and what is known of it.
#[derive(Clone, Debug)]
pub struct Proof {
    pub rung: Rung,
    pub rationale: String,
    pub patch: ProvenPatch,
    pub risk: Risk,
}

/// Where the incident happened.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Place {
    pub repository: Option<String>,
    pub run_id: Option<u64>,
    pub run_url: Option<String>,
    pub job: Option<String>,
    /// Other jobs that fail the same way: the same patch mends them.
    pub also: Vec<String>,
    /// The failing branch.
    pub branch: Option<String>,
    pub commit: Option<CommitId>,
}

#[derive(Clone, Debug)]
pub struct Healing {
    pub ending: Ending,
    pub place: Place,
    pub reading: Option<Reading>,
    pub classification: Option<Classification>,
    pub fingerprint: Option<Fingerprint>,
    pub reproduce: Option<Reproduce>,
    pub diagnosis: Option<Diagnosis>,
    pub tries: Vec<Try>,
    pub proof: Option<Proof>,
    pub spent: Spent,
    pub dry_run: bool,
}

impl Healing {
    /// Nothing is known yet but the place; an ending that is never replaced says so.
    pub fn begin(place: Place) -> Self {
        let ending = Ending::new(Outcome::Unknown, "unfinished", "self-heal stopped before it came to an end");
        Self {
            ending,
            place,
            reading: None,
            classification: None,
            fingerprint: None,
            reproduce: None,
            diagnosis: None,
            tries: Vec::new(),
            proof: None,
            spent: Spent::default(),
            dry_run: false,
        }
    }
}
