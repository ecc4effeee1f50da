//! What a bundle claims, as nouns. Every field is hostile: what is no name, commit or number of its kind ends here.

use std::collections::BTreeMap;

use crate::domain::failure::{Kind, ReproduceFrom};
use crate::domain::fingerprint::Fingerprint;
use crate::domain::id::{Branch, CommitId, Repository, Sha256};
use crate::domain::memory::branch_of_fix;
use crate::domain::outcome::Outcome;
use crate::domain::risk::Tier;
use crate::stages::render::bundle::{self, Bundle};
use crate::stages::render::risk;

/// A bundle whose hashes hold, told in nouns.
pub struct Claim {
    pub outcome: Outcome,
    pub bundle: Bundle,
    pub run_id: Option<u64>,
    files: BTreeMap<String, Vec<u8>>,
}

/// What only a bundle with a patch has.
pub struct PatchClaim {
    pub fingerprint: Fingerprint,
    /// The failing branch.
    pub base: Branch,
    /// Where the fix goes.
    pub fix: Branch,
    pub commit: CommitId,
    pub diff: String,
    pub receipt: Vec<u8>,
    pub tier: Tier,
    pub kind: Option<Kind>,
    /// The lower of the class's and the diagnosis's; nothing said is nothing known.
    pub confidence: f64,
    pub from: ReproduceFrom,
}

/// Holds the bundle against the hash that the job's output carried (T12), then every file against the bundle.
pub fn claim(
    bundle_json: &[u8],
    files: BTreeMap<String, Vec<u8>>,
    wanted: &Sha256,
    repository: &Repository,
) -> Result<Claim, String> {
    let found = Sha256::of(bundle_json);
    if found != *wanted {
        return Err(format!(
            "bundle.json was changed: its SHA-256 is {found}, and bundle-sha256 says {wanted}; take both from one job"
        ));
    }
    let bundle = bundle::open(bundle_json, &files)?;
    let outcome = Outcome::parse(&bundle.outcome)
        .ok_or_else(|| format!("bundle.json: `{}` is no outcome", bundle.outcome.escape_debug()))?;
    match bundle.repository.as_deref() {
        Some(theirs) if !theirs.eq_ignore_ascii_case(&repository.to_string()) => {
            Err(format!("the bundle is of {}, and this is {repository}", theirs.escape_debug()))
        }
        _ => Ok(Claim { outcome, run_id: bundle.run_id, bundle, files }),
    }
}

impl Claim {
    /// The patch's own claims; the error names what is missing or odd.
    pub fn patch(&self) -> Result<PatchClaim, String> {
        let bundle = &self.bundle;
        let fingerprint = bundle.fingerprint.as_deref().ok_or("bundle.json names no fingerprint")?;
        // Again, although `open` has looked: it becomes part of a ref (T19).
        let fingerprint =
            Fingerprint::parse(fingerprint).ok_or("bundle.json: the fingerprint is not [a-z0-9-]{1,64}")?;
        let base = bundle.branch.as_deref().ok_or("bundle.json names no branch")?;
        let base = Branch::parse(base).ok_or("bundle.json: `branch` is no branch name")?;
        let fix =
            branch_of_fix(&base, &fingerprint).ok_or("the failing branch's name is too long for a branch of ours")?;
        let commit = bundle.commit.as_deref().and_then(CommitId::parse).ok_or("bundle.json: `commit` is no commit")?;
        let told = bundle.risk_tier.as_deref().and_then(Tier::parse).ok_or("bundle.json: `risk_tier` is no tier")?;
        let tier = told.max(risk::read_tier(self.bytes("risk.json")?)?);
        Ok(PatchClaim {
            diff: self.text("patch.diff")?.to_owned(),
            receipt: self.bytes("receipt.json")?.to_owned(),
            kind: bundle.kind.as_deref().and_then(Kind::parse),
            confidence: self.confidence(),
            from: self.reproduce_from(),
            fingerprint,
            base,
            fix,
            commit,
            tier,
        })
    }

    fn bytes(&self, name: &str) -> Result<&[u8], String> {
        self.files.get(name).map(Vec::as_slice).ok_or_else(|| format!("the bundle holds no {name}"))
    }

    fn text(&self, name: &str) -> Result<&str, String> {
        std::str::from_utf8(self.bytes(name)?).map_err(|_| format!("{name} is not text"))
    }

    fn json(&self, name: &str) -> serde_json::Value {
        self.files.get(name).and_then(|bytes| serde_json::from_slice(bytes).ok()).unwrap_or_default()
    }

    fn confidence(&self) -> f64 {
        let of_class = self.bundle.confidence.unwrap_or(0.0);
        match self.json("diagnosis.json").get("confidence").and_then(serde_json::Value::as_f64) {
            Some(of_diagnosis) => of_class.min(of_diagnosis),
            None => of_class,
        }
    }

    /// Nobody but the log, unless the bundle says better.
    fn reproduce_from(&self) -> ReproduceFrom {
        let failure = self.json("failure.json");
        let from = failure.pointer("/reproduce/from").and_then(serde_json::Value::as_str);
        from.and_then(ReproduceFrom::parse).unwrap_or(ReproduceFrom::Log)
    }
}
