//! How much a person should look before a proven patch goes in. Computed by code, never by a model.

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tier {
    Low,
    Medium,
    High,
}

impl Tier {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        [Self::Low, Self::Medium, Self::High].into_iter().find(|tier| tier.as_str() == text)
    }
}

/// One reason for the tier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// Stable: `size.small`, `path.sensitive`, `confidence.low`, `zones.shared`, a guard code, …
    pub code: &'static str,
    /// The lowest tier that this reason allows.
    pub tier: Tier,
    pub text: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Approval {
    None,
    Maintainer,
    CodeOwner,
    Manual,
}

impl Approval {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Maintainer => "maintainer",
            Self::CodeOwner => "code-owner",
            Self::Manual => "manual",
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Risk {
    pub tier: Tier,
    pub reasons: Vec<Reason>,
    pub approval: Approval,
}
