//! Outcomes and errors as exit codes (design §3).

use crate::domain::outcome::Outcome;

/// self-heal itself could not work.
pub const BROKEN: u8 = 1;
/// Bad usage, input or policy.
pub const USAGE: u8 = 2;

/// The exit code of an ending.
pub fn code(outcome: Outcome) -> u8 {
    match outcome {
        Outcome::Healed | Outcome::Published | Outcome::Rerun | Outcome::NothingToHeal => 0,
        Outcome::Reported => 10,
        Outcome::Unknown => 11,
        Outcome::NotReproduced => 12,
        Outcome::Flaky => 13,
        Outcome::NoPatch => 14,
        Outcome::Refused => 15,
        Outcome::Disproven => 16,
        Outcome::HandedOver => 17,
        Outcome::Skipped => 18,
        Outcome::OverBudget => 19,
        Outcome::ModelFailed => 20,
        Outcome::NoIsolation => 21,
        Outcome::Stale => 22,
    }
}
