//! The run, the policy and the memory become go or stop.
//!
//! Rules stand in lists; the first that objects decides, and its name is the ending's reason. There are four moments:
//! `run` needs no log, `incident` needs the fingerprint, `rerun` needs the class of every failed job, and `approval`
//! needs a proven patch.

mod answer;
mod runs;
mod incidents;
mod reruns;
mod approvals;

pub use answer::Gate;
pub use approvals::{ApprovalQuestion, approval};
pub use incidents::{IncidentQuestion, incident};
pub use reruns::{RerunQuestion, rerun};
pub use runs::{RunQuestion, run};

#[cfg(test)]
mod tests;
