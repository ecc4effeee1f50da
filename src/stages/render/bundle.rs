//! `bundle.json`, `self-heal/bundle/v1`: what a run came to, and the hash of every file beside it. Written last.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::domain::fingerprint::Fingerprint;
use crate::domain::id::Sha256;

pub const SCHEMA: &str = "self-heal/bundle/v1";

/// The names of the files a bundle may hold; nothing else is read from one.
pub const FILES: [&str; 12] = [
    "audit.jsonl",
    "candidates.json",
    "diagnosis.json",
    "egress.jsonl",
    "failure.json",
    "log.txt.gz",
    "patch.diff",
    "policy.toml",
    "policy.yml",
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{Bundle, PolicyOrigin, SCHEMA, open};
    use crate::domain::id::Sha256;

    fn bundle() -> (Bundle, BTreeMap<String, Vec<u8>>) {
        let files = BTreeMap::from([("patch.diff".to_owned(), b"diff --git a/x b/x\n".to_vec())]);
        let bundle = Bundle {
            schema: SCHEMA.to_owned(),
            self_heal: "0.1.0".to_owned(),
            outcome: "healed".to_owned(),
            reason: "proven".to_owned(),
            sentence: "The patch is proven.".to_owned(),
            class: Some("deterministic_code".to_owned()),
            kind: Some("test_failure".to_owned()),
            confidence: Some(0.97),
            fingerprint: Some("py-typeerror-3f9a1c20b7de".to_owned()),
            root_cause: None,
            job: None,
            repository: None,
            run_id: None,
            branch: None,
            commit: None,
            risk_tier: Some("low".to_owned()),
            approval: Some("maintainer".to_owned()),
            patch_sha256: Some(Sha256::of(b"diff --git a/x b/x\n").to_string()),
            patch_lines: Some(2),
            patch_files: Some(1),
            rung: Some("tool".to_owned()),
            rationale: None,
            rounds: 0,
            model_calls: 0,
            tokens: 0,
            cost_usd: Some(0.0),
            dry_run: false,
            policy: PolicyOrigin { file: "built-in defaults".to_owned(), commit: None },
            files: files.iter().map(|(name, bytes)| (name.clone(), Sha256::of(bytes).to_string())).collect(),
        };
        (bundle, files)
    }

    #[test]
    fn a_bundle_reads_back_and_meets_its_schema() {
        let (bundle, files) = bundle();
        assert_eq!(open(bundle.to_json().as_bytes(), &files).as_ref(), Ok(&bundle));
        let schema = serde_json::from_str(include_str!("../../../fixtures/schemas/bundle.v1.json")).expect("a schema");
        let value = serde_json::from_str(&bundle.to_json()).expect("JSON");
        jsonschema::validate(&schema, &value).expect("bundle.json meets its own schema");
    }

    #[test]
    fn t12_a_bundle_with_one_byte_changed_is_refused_by_name() {
        let (bundle, mut files) = bundle();
        if let Some(bytes) = files.get_mut("patch.diff") {
            bytes[0] ^= 1;
        }
        let error = open(bundle.to_json().as_bytes(), &files).expect_err("a changed byte");
        assert!(error.contains("patch.diff was changed"), "{error}");
    }

    #[test]
    fn t12_a_file_that_is_missing_or_was_slipped_in_is_refused() {
        let (bundle, mut files) = bundle();
        files.insert("risk.json".to_owned(), b"{}".to_vec());
        assert!(open(bundle.to_json().as_bytes(), &files).expect_err("a file more").contains("risk.json"));
        assert!(open(bundle.to_json().as_bytes(), &BTreeMap::new()).expect_err("a file less").contains("missing"));
    }

    #[test]
    fn t19_a_bundle_with_a_hostile_fingerprint_is_refused() {
        let (mut bundle, files) = bundle();
        for hostile in ["../../main", "A", "x y", "", &"a".repeat(65)] {
            bundle.fingerprint = Some(hostile.to_owned());
            assert!(open(bundle.to_json().as_bytes(), &files).is_err(), "{hostile}");
        }
    }
}
