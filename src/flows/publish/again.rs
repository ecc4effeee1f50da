//! Steps 10 and 12 again, on the blobs that GitHub itself holds: what the bundle says of its patch is not believed.

use std::collections::BTreeMap;

use super::claim::{Claim, PatchClaim};
use super::scene::Scene;
use crate::domain::outcome::{Ending, Outcome};
use crate::domain::patch::{Blob, FileChange, Patch};
use crate::domain::permission::ProvenPatch;
use crate::domain::receipt::Receipt;
use crate::domain::risk::Risk;
use crate::domain::verdict::Violation;
use crate::edge::github::content::Entry;
use crate::flows::prove::allow;
use crate::stages::patch::given;
use crate::stages::policy::{PatchFor, judge_names};
use crate::stages::render::receipt;
use crate::stages::risk::{Known, at_least, risk};

pub enum Again {
    Proven(Box<ProvenPatch>, Risk),
    Ended(Ending),
}

pub async fn again(scene: &Scene<'_>, claim: &Claim, patch: &PatchClaim) -> anyhow::Result<Again> {
    let receipt = match receipt_of(patch) {
        Ok(receipt) => receipt,
        Err(ending) => return Ok(Again::Ended(ending)),
    };
    let files = match changes(scene, patch).await? {
        Ok(files) => files,
        Err(ending) => return Ok(Again::Ended(ending)),
    };
    let applied = Patch { diff: patch.diff.clone(), files };
    let purpose = PatchFor { job: claim.bundle.job.as_deref(), kind: patch.kind };
    let allowed = match allow(applied, scene.policy, purpose) {
        Ok(allowed) => allowed,
        Err((_, verdict)) => return Ok(Again::Ended(refused_by_policy(&verdict.violations))),
    };
    let known = Known { confidence: patch.confidence, from: patch.from };
    let risk = risk(allowed.patch(), allowed.verdict(), &receipt, known, scene.policy);
    let risk = at_least(risk, patch.tier, scene.policy);
    Ok(match ProvenPatch::reopen(allowed, receipt, &risk) {
        Some(proven) => Again::Proven(Box::new(proven), risk),
        None => Again::Ended(refused(
            "receipt.incomplete",
            "the receipt does not prove this patch in four legs: run heal again".to_owned(),
        )),
    })
}

/// The receipt, when it speaks of this very incident.
fn receipt_of(patch: &PatchClaim) -> Result<Receipt, Ending> {
    let receipt = receipt::read(&patch.receipt)
        .map_err(|why| refused("receipt.unreadable", format!("receipt.json cannot be read: {why}")))?;
    if receipt.commit != patch.commit || receipt.fingerprint != patch.fingerprint {
        let sentence = "the receipt is of another commit or failure than the bundle: run heal again";
        return Err(refused("receipt.other", sentence.to_owned()));
    }
    if !coherent(&receipt) {
        let sentence = "the receipt contradicts itself: its legs did not end as it says; run heal again";
        return Err(refused("receipt.incoherent", sentence.to_owned()));
    }
    Ok(receipt)
}

/// What a leg is said to have shown must be what its commands' own exits show.
fn coherent(receipt: &Receipt) -> bool {
    receipt.legs.iter().flat_map(|leg| leg.runs.iter().map(move |run| (leg.name, run))).all(|(name, run)| {
        if name.with_patch() {
            // A failure that was there before may still be there, and is named.
            run.exit.success() || !receipt.tests_still_red.is_empty()
        } else {
            !run.exit.success() && run.fingerprint.as_ref() == Some(&receipt.fingerprint)
        }
    })
}

/// The diff applied in memory to the blobs of the proven commit.
async fn changes(scene: &Scene<'_>, patch: &PatchClaim) -> anyhow::Result<Result<Vec<FileChange>, Ending>> {
    let names = match given::files_of(&patch.diff) {
        Ok(names) => names,
        Err(misfit) => return Ok(Err(refused(misfit.code, misfit.text))),
    };
    let violations = judge_names(names.iter().map(String::as_str));
    if !violations.is_empty() {
        return Ok(Err(refused_by_policy(&violations)));
    }
    let limit = scene.policy.patch.files_max;
    if names.len() > limit as usize {
        // Before anything is fetched: a token has 1,000 requests an hour, and a bundle is hostile.
        let sentence = format!("the patch names {} files, and the policy allows {limit}", names.len());
        return Ok(Err(refused("size.files", sentence)));
    }
    let mut snapshot = scene.github.at(scene.repository, &patch.commit);
    let mut blobs: BTreeMap<String, Blob> = BTreeMap::new();
    for name in names {
        match snapshot.entry(&name).await? {
            Entry::Absent => {}
            Entry::Blob(blob) => {
                blobs.insert(name, blob);
            }
            Entry::Folder => {
                let sentence = format!("the patch names `{name}` as a file, and it is a folder");
                return Ok(Err(refused("path.folder", sentence)));
            }
            Entry::Behind { parent, mode } => {
                let sentence =
                    format!("the patch goes through `{parent}`, which is no folder (mode {})", mode.as_str());
                return Ok(Err(refused("path.behind", sentence)));
            }
        }
    }
    let lookup = |name: &str| blobs.get(name);
    Ok(given::apply_diff(&patch.diff, &lookup).map_err(|misfit| refused(misfit.code, misfit.text)))
}

fn refused(reason: &str, sentence: String) -> Ending {
    Ending::new(Outcome::Refused, reason, sentence)
}

fn refused_by_policy(violations: &[Violation]) -> Ending {
    let reason = violations.first().map_or("policy", |violation| violation.code);
    let sentences: Vec<&str> = violations.iter().map(|violation| violation.text.as_str()).collect();
    refused(reason, sentences.join("; "))
}
