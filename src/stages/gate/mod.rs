//! The run, the policy and the memory become go or stop.
//!
//! Rules stand in lists; the first that objects decides, and its name is the ending's reason. There are four moments:
//! `run` needs no log, `incident` needs the fingerprint, `rerun` needs the class of every failed job, and `approval`
//! needs a proven patch.

mod runs;
mod incidents;
mod reruns;
mod approvals;

pub use approvals::{ApprovalQuestion, approval};
pub use incidents::{IncidentQuestion, incident};
pub use reruns::{RerunQuestion, rerun};
pub use runs::{RunQuestion, run};

use crate::domain::outcome::{Ending, Outcome};
use crate::text::{inline_code, truncate};

/// Names in a sentence are chosen by anybody; this much tells them apart.
const NAME_BYTES_MAX: usize = 100;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Gate {
    Go,
    Stop(Ending),
}

impl Gate {
    fn stopped_by(objection: Option<Ending>) -> Self {
        objection.map_or(Self::Go, Self::Stop)
    }
}

fn skipped(reason: &str, sentence: String) -> Option<Ending> {
    Some(Ending::new(Outcome::Skipped, reason, sentence))
}

fn reported(reason: &str, sentence: String) -> Option<Ending> {
    Some(Ending::new(Outcome::Reported, reason, sentence))
}

fn quoted(name: &str) -> String {
    inline_code(&truncate(name, NAME_BYTES_MAX))
}

#[cfg(test)]
mod tests;
