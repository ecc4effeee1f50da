//! The gate before a proven patch is put on a branch: has a person said yes, and to this much risk?

use super::answer::Gate;
use crate::config::policy::{HighRisk, Policy};
use crate::domain::memory::RunApproval;
use crate::domain::outcome::{Ending, Outcome};
use crate::domain::risk::{Approval, Risk, Tier};

/// A proven patch on its way to a branch.
pub struct ApprovalQuestion<'a> {
    pub policy: &'a Policy,
    /// As computed now.
    pub risk: &'a Risk,
    /// What whoever approved was told.
    pub tier_told: Tier,
    /// What was said at the protected environments of the publishing run.
    pub approvals: &'a [RunApproval],
}

const RULES: &[fn(&ApprovalQuestion<'_>) -> Option<Ending>] = &[high_risk, unapproved];

/// Whether a proven patch may be put on a branch.
pub fn approval(question: &ApprovalQuestion<'_>) -> Gate {
    Gate::stopped_by(RULES.iter().find_map(|rule| rule(question)))
}

fn high_risk(q: &ApprovalQuestion<'_>) -> Option<Ending> {
    if q.risk.tier != Tier::High || q.policy.approval.high == HighRisk::Draft {
        return None;
    }
    let why: Vec<&str> = q.risk.reasons.iter().filter(|r| r.tier == Tier::High).map(|reason| reason.code).collect();
    handed_over(
        "risk.high",
        format!("the patch is high risk ({}): a person has to judge it, it is in the bundle", why.join(", ")),
    )
}

/// Environments protect nothing in free private repositories (P8), so the approval itself is looked for.
fn unapproved(q: &ApprovalQuestion<'_>) -> Option<Ending> {
    if q.risk.approval == Approval::None || q.approvals.iter().any(|said| approves(said, q)) {
        return None;
    }
    handed_over(
        "approval.missing",
        format!(
            "no person has approved this run for {} risk: protect the environment `self-heal-{}` with required \
             reviewers, or set `approval.require-human = false` for low risk",
            q.risk.tier.as_str(),
            q.risk.tier.as_str()
        ),
    )
}

/// Never above the tier approved (T12). An environment of another name stands for what was told.
fn approves(said: &RunApproval, q: &ApprovalQuestion<'_>) -> bool {
    let tier = |name: &str| name.rsplit('-').next().and_then(Tier::parse).unwrap_or(q.tier_told);
    said.approved && said.by_person && said.environments.iter().any(|name| tier(name) >= q.risk.tier)
}

fn handed_over(reason: &str, sentence: String) -> Option<Ending> {
    Some(Ending::new(Outcome::HandedOver, reason, sentence))
}
