//! How a run of self-heal ends: a closed set.

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Outcome {
    Healed,
    Published,
    Rerun,
    NothingToHeal,
    Reported,
    Unknown,
    NotReproduced,
    Flaky,
    NoPatch,
    Refused,
    Disproven,
    HandedOver,
    Skipped,
    OverBudget,
    ModelFailed,
    NoIsolation,
    Stale,
}

impl Outcome {
    pub const ALL: [Self; 17] = [
        Self::Healed,
        Self::Published,
        Self::Rerun,
        Self::NothingToHeal,
        Self::Reported,
        Self::Unknown,
        Self::NotReproduced,
        Self::Flaky,
        Self::NoPatch,
        Self::Refused,
        Self::Disproven,
        Self::HandedOver,
        Self::Skipped,
        Self::OverBudget,
        Self::ModelFailed,
        Self::NoIsolation,
        Self::Stale,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Healed => "healed",
            Self::Published => "published",
            Self::Rerun => "rerun",
            Self::NothingToHeal => "nothing_to_heal",
            Self::Reported => "reported",
            Self::Unknown => "unknown",
            Self::NotReproduced => "not_reproduced",
            Self::Flaky => "flaky",
            Self::NoPatch => "no_patch",
            Self::Refused => "refused",
            Self::Disproven => "disproven",
            Self::HandedOver => "handed_over",
            Self::Skipped => "skipped",
            Self::OverBudget => "over_budget",
            Self::ModelFailed => "model_failed",
            Self::NoIsolation => "no_isolation",
            Self::Stale => "stale",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.as_str() == text)
    }
}

/// An ending: the outcome, a stable reason code, and one sentence that names the place and the mend.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ending {
    pub outcome: Outcome,
    pub reason: String,
    pub sentence: String,
}

impl Ending {
    pub fn new(outcome: Outcome, reason: impl Into<String>, sentence: impl Into<String>) -> Self {
        Self { outcome, reason: reason.into(), sentence: sentence.into() }
    }
}
