//! `bundle.json`, `self-heal/bundle/v1`: what a run came to, and the hash of every file beside it. Written last.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::domain::fingerprint::Fingerprint;
use crate::domain::id::Sha256;

pub const SCHEMA: &str = "self-heal/bundle/v1";

/// The names of the files a bundle may hold; nothing else is read from one.
pub const FILES: [&str; 10] = [
    "audit.jsonl",
    "candidates.json",
    "diagnosis.json",
    "egress.jsonl",
    "failure.json",
    "log.txt.gz",
    "patch.diff",
    "receipt.intoto.json",
    "receipt.json",
    "risk.json",
];

#[derive(Clone, Debug, Serialize, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Bundle {
    pub schema: String,
    /// The version of self-heal that wrote it.
    pub self_heal: String,
    pub outcome: String,
    pub reason: String,
    /// One sentence that names the place and the mend.
    pub sentence: String,
    pub class: Option<String>,
    pub kind: Option<String>,
    pub confidence: Option<f64>,
    pub fingerprint: Option<String>,
    pub root_cause: Option<String>,
    pub job: Option<String>,
    pub repository: Option<String>,
    pub run_id: Option<u64>,
    /// The branch the fix is for: the failing one.
    pub branch: Option<String>,
    /// The commit that failed, and that was patched.
    pub commit: Option<String>,
    pub risk_tier: Option<String>,
    pub approval: Option<String>,
    pub patch_sha256: Option<String>,
    pub patch_lines: Option<u32>,
    pub patch_files: Option<u32>,
    pub rung: Option<String>,
    pub rationale: Option<String>,
    pub rounds: u32,
    pub model_calls: u32,
    pub tokens: u64,
    /// Null where a price is unknown.
    pub cost_usd: Option<f64>,
    pub dry_run: bool,
    pub policy: PolicyOrigin,
    /// File name → SHA-256.
    pub files: BTreeMap<String, String>,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct PolicyOrigin {
    pub file: String,
    pub commit: Option<String>,
}

impl Bundle {
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).map(|text| text + "\n").unwrap_or_default()
    }
}

/// Reads `bundle.json` and holds every file against its hash; the error names the file and what to do.
pub fn open(bundle_json: &[u8], files: &BTreeMap<String, Vec<u8>>) -> Result<Bundle, String> {
    let bundle: Bundle =
        serde_json::from_slice(bundle_json).map_err(|error| format!("bundle.json is not a bundle: {error}"))?;
    if bundle.schema != SCHEMA {
        return Err(format!("bundle.json has schema `{}`; this version reads `{SCHEMA}`", bundle.schema));
    }
    if let Some(fingerprint) = &bundle.fingerprint
        && Fingerprint::parse(fingerprint).is_none()
    {
        return Err("bundle.json: the fingerprint is not [a-z0-9-]{1,64}".to_owned());
    }
    for (name, wanted) in &bundle.files {
        if !FILES.contains(&name.as_str()) {
            return Err(format!("bundle.json names `{}`, which no bundle holds", name.escape_debug()));
        }
        let bytes = files.get(name).ok_or_else(|| format!("{name} is missing from the bundle; fetch it again"))?;
        let found = Sha256::of(bytes);
        if found.as_str() != wanted {
            return Err(format!(
                "{name} was changed: its SHA-256 is {found}, bundle.json says {wanted}; fetch the bundle again"
            ));
        }
    }
    for name in files.keys() {
        if !bundle.files.contains_key(name) {
            return Err(format!("{name} lies in the bundle but bundle.json does not name it; fetch the bundle again"));
        }
    }
    Ok(bundle)
}
