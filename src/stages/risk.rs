//! A proven patch becomes a risk tier with its reasons: how much a person should look, computed by code alone.

use crate::config::policy::{Policy, ValidateRules};
use crate::domain::failure::ReproduceFrom;
use crate::domain::jail::IsolationWanted;
use crate::domain::patch::Patch;
use crate::domain::receipt::{LegName, Receipt, Zones};
use crate::domain::risk::{Approval, Reason, Risk, Tier};
use crate::domain::verdict::Verdict;

/// From the published format: up to here a patch is small, beyond the second it is large.
pub const LINES_SMALL_MAX: u32 = 20;
pub const LINES_MEDIUM_MAX: u32 = 60;

/// From the published format: a change of more files than this is never less than high.
pub const FILES_MEDIUM_MAX: usize = 2;

/// What is known beside the patch and its receipt.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Known {
    /// The lower of the class's and the diagnosis's.
    pub confidence: f64,
    /// Who says what the failing command is.
    pub from: ReproduceFrom,
}

pub fn risk(patch: &Patch, verdict: &Verdict, receipt: &Receipt, known: Known, policy: &Policy) -> Risk {
    let mut reasons = vec![size(patch)];
    reasons.extend(files(patch));
    reasons.extend(paths(patch, policy));
    reasons.extend(verdict.guard_hits.iter().map(|hit| Reason {
        code: hit.code.as_str(),
        tier: Tier::High,
        text: format!("{}:{}: {}", hit.file, hit.line, hit.text),
    }));
    reasons.extend(certainty(known, policy));
    reasons.extend(proof(receipt, &policy.validate));
    let tier = reasons.iter().map(|reason| reason.tier).max().unwrap_or(Tier::High);
    Risk { tier, reasons, approval: approval(tier, policy) }
}

/// Never below a tier that somebody has named before: what was seen then may be more than can be seen now.
pub fn at_least(mut risk: Risk, named: Tier, policy: &Policy) -> Risk {
    if risk.tier < named {
        let text = format!("it was {} when it was proven", named.as_str());
        risk.reasons.push(Reason { code: "tier.named", tier: named, text });
        risk.tier = named;
        risk.approval = approval(named, policy);
    }
    risk
}

fn approval(tier: Tier, policy: &Policy) -> Approval {
    match tier {
        Tier::Low if !policy.approval.require_human => Approval::None,
        Tier::Low => Approval::Maintainer,
        Tier::Medium => Approval::CodeOwner,
        Tier::High => Approval::Manual,
    }
}

fn size(patch: &Patch) -> Reason {
    let lines = patch.lines();
    let (code, tier) = match lines {
        0..=LINES_SMALL_MAX => ("size.small", Tier::Low),
        _ if lines <= LINES_MEDIUM_MAX => ("size.medium", Tier::Medium),
        _ => ("size.large", Tier::High),
    };
    Reason { code, tier, text: format!("{lines} changed lines") }
}

fn files(patch: &Patch) -> Option<Reason> {
    let count = patch.files.len();
    let (code, tier) = match count {
        0 | 1 => return None,
        _ if count <= FILES_MEDIUM_MAX => ("files.several", Tier::Medium),
        _ => ("files.many", Tier::High),
    };
    Some(Reason { code, tier, text: format!("{count} files") })
}

fn paths(patch: &Patch, policy: &Policy) -> Vec<Reason> {
    let mut reasons = Vec::new();
    for file in &patch.files {
        for (globs, code, tier, what) in [
            (&policy.approval.sensitive_paths, "path.sensitive", Tier::High, "sensitive"),
            (&policy.approval.core_paths, "path.core", Tier::Medium, "core"),
        ] {
            if let Some(glob) = globs.deciding(&file.path) {
                reasons.push(Reason { code, tier, text: format!("{} is {what}: `{glob}`", file.path) });
            }
        }
    }
    reasons
}

fn certainty(known: Known, policy: &Policy) -> Vec<Reason> {
    let mut reasons = Vec::new();
    let wanted = policy.approval.confidence_min;
    // Written so that what is no number is too little.
    if !(known.confidence >= wanted) {
        let text = format!("confidence {:.2}, and {wanted:.2} is wanted", known.confidence);
        reasons.push(Reason { code: "confidence.low", tier: Tier::Medium, text });
    }
    if known.from == ReproduceFrom::Log {
        let text = "only the log says which command failed".to_owned();
        reasons.push(Reason { code: "reproduce.log", tier: Tier::Medium, text });
    }
    reasons
}

fn proof(receipt: &Receipt, asked: &ValidateRules) -> Vec<Reason> {
    let mut reasons = Vec::new();
    let mut add = |code, tier, text: String| reasons.push(Reason { code, tier, text });
    if receipt.zones == Zones::Shared {
        add("zones.shared", Tier::Medium, "a model's key and the repository's code were in one job".to_owned());
    }
    if receipt.isolation.path != "in-place" {
        add("path.elsewhere", Tier::Medium, "the copy stood at another path than the workspace".to_owned());
    }
    if receipt.isolation.network == "full" {
        add("network.full", Tier::Medium, "the command could reach the network".to_owned());
    }
    if asked.isolation == IsolationWanted::Strict && receipt.isolation.file_system == "none" {
        add("receipt.weaker", Tier::High, "the policy asks for strict isolation, and there was none".to_owned());
    }
    let repeats = receipt.legs.iter().filter(|leg| leg.name == LegName::Red).map(|leg| leg.runs.len()).sum::<usize>();
    if repeats < asked.repeats as usize {
        let text = format!("the policy asks for {} runs without the patch, and there were {repeats}", asked.repeats);
        add("receipt.weaker", Tier::High, text);
    }
    if !receipt.tests_still_red.is_empty() {
        let text = format!("{} other failures were there before and still are", receipt.tests_still_red.len());
        add("tests.still-red", Tier::Medium, text);
    }
    reasons
}
