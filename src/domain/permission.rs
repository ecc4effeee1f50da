//! Permission as a type: a patch that was not allowed cannot be proven, one that was not proven cannot be published.
//!
//! Each constructor takes the whole evidence and is called from one place (`tests/it/architecture.rs` holds that).

use super::patch::Patch;
use super::receipt::Receipt;
use super::risk::Risk;
use super::verdict::Verdict;

/// A patch that breaks no rule of the policy.
#[derive(Clone, Debug)]
pub struct AllowedPatch {
    patch: Patch,
    verdict: Verdict,
}

impl AllowedPatch {
    /// Gives the patch back with its verdict when the policy refuses it.
    pub fn by_policy(patch: Patch, verdict: Verdict) -> Result<Self, (Patch, Verdict)> {
        if verdict.allowed() { Ok(Self { patch, verdict }) } else { Err((patch, verdict)) }
    }

    pub fn patch(&self) -> &Patch {
        &self.patch
    }

    pub fn verdict(&self) -> &Verdict {
        &self.verdict
    }
}

/// An allowed patch with a receipt whose four legs went as expected.
#[derive(Clone, Debug)]
pub struct ProvenPatch {
    allowed: AllowedPatch,
    receipt: Receipt,
}

impl ProvenPatch {
    /// `None` unless the receipt is for this very patch and all of its four legs went as expected.
    pub fn by_receipt(allowed: AllowedPatch, receipt: Receipt) -> Option<Self> {
        Self::complete(&allowed, &receipt).then_some(Self { allowed, receipt })
    }

    /// The second door: a proven patch read back from a bundle on another machine, after the checks of `publish`.
    ///
    /// The policy was run again (`allowed`), the bundle's hashes held, and the risk was computed again.
    pub fn reopen(allowed: AllowedPatch, receipt: Receipt, _computed_again: &Risk) -> Option<Self> {
        Self::complete(&allowed, &receipt).then_some(Self { allowed, receipt })
    }

    fn complete(allowed: &AllowedPatch, receipt: &Receipt) -> bool {
        let names: Vec<_> = receipt.legs.iter().map(|leg| leg.name).collect();
        names == super::receipt::LegName::ALL
            && receipt.legs.iter().all(|leg| leg.as_expected && !leg.runs.is_empty())
            && receipt.patch_sha256 == allowed.patch.sha256()
    }

    pub fn patch(&self) -> &Patch {
        &self.allowed.patch
    }

    pub fn verdict(&self) -> &Verdict {
        &self.allowed.verdict
    }

    pub fn receipt(&self) -> &Receipt {
        &self.receipt
    }
}
