//! A bundle as `heal` hands it over, made field by field, so that a test can make any field a lie.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::repository::Repository;

pub const FINGERPRINT: &str = "py-typeerror-3f9a1c20b7de";

/// What is handed over. Every part may be changed before it is written.
pub struct Bundle {
    pub bundle: Value,
    pub receipt: Value,
    pub risk: Value,
    pub failure: Value,
    pub diff: String,
}

/// A bundle that lies in a folder.
pub struct Written {
    pub folder: PathBuf,
    /// What the healing job puts out as `bundle-sha256`.
    pub sha256: String,
}

fn hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Bundle {
    /// A healed one: the patch is what the work tree differs by from its last commit, and is taken out again.
    pub fn healed(repository: &Repository<'_>, run_id: u64) -> Self {
        repository.git(["add", "--all"]);
        let diff = repository.git(["diff", "--cached", "--no-color", "--full-index", "HEAD"]);
        repository.git(["reset", "--quiet", "--hard"]);
        let commit = repository.head();
        let branch = repository.git(["branch", "--show-current"]).trim().to_owned();
        let receipt = receipt(&commit, &diff);
        let failure = json!({ "schema": "self-heal/failure/v1", "reproduce": {
            "command": "pytest -q", "shell": "bash -e {0}", "directory": ".", "from": "workflow" } });
        let bundle = json!({
            "schema": "self-heal/bundle/v1", "self_heal": env!("CARGO_PKG_VERSION"), "outcome": "healed",
            "reason": "proven", "sentence": "a proven patch is ready", "class": "deterministic_code",
            "kind": "test_failure", "confidence": 0.97, "fingerprint": FINGERPRINT,
            "root_cause": "TypeError: can only concatenate str (not \"int\") to str (app.py:2)", "job": "unit-test",
            "repository": super::github::REPOSITORY, "run_id": run_id, "branch": branch, "commit": commit,
            "risk_tier": "low", "approval": "maintainer", "patch_sha256": hex(diff.as_bytes()), "patch_lines": 2,
            "patch_files": 1, "rung": "model", "rationale": "The sum is a number, so it is made a string first.",
            "rounds": 1, "model_calls": 2, "tokens": 900, "cost_usd": 0.01, "dry_run": false,
            "policy": { "file": "built-in defaults", "commit": null }, "files": {},
        });
        let risk = json!({ "schema": "self-heal/risk/v1", "tier": "low", "approval": "maintainer", "reasons": [] });
        Self { bundle, receipt, risk, failure, diff }
    }

    /// One that asks for something other than a patch.
    pub fn ended(outcome: &str, reason: &str, run_id: u64) -> Self {
        let bundle = json!({
            "schema": "self-heal/bundle/v1", "self_heal": env!("CARGO_PKG_VERSION"), "outcome": outcome,
            "reason": reason, "sentence": "the registry @octo-org/ops did not answer; Closes #1", "class": "environment_policy",
            "kind": "infrastructure", "confidence": 0.9, "fingerprint": FINGERPRINT, "root_cause": "401 from the registry",
            "job": "unit-test", "repository": super::github::REPOSITORY, "run_id": run_id, "branch": "main",
            "commit": "0".repeat(40), "risk_tier": null, "approval": null, "patch_sha256": null, "patch_lines": null,
            "patch_files": null, "rung": null, "rationale": null, "rounds": 0, "model_calls": 0, "tokens": 0,
            "cost_usd": 0.0, "dry_run": false, "policy": { "file": "built-in defaults", "commit": null }, "files": {},
        });
        Self { bundle, receipt: Value::Null, risk: Value::Null, failure: Value::Null, diff: String::new() }
    }

    /// The patch as somebody else would write it; receipt and bundle go along with it.
    pub fn swap_patch(&mut self, diff: &str) {
        self.diff = diff.to_owned();
        self.receipt["patch_sha256"] = json!(hex(diff.as_bytes()));
        self.bundle["patch_sha256"] = json!(hex(diff.as_bytes()));
    }

    pub fn write(mut self, folder: &Path) -> Written {
        // What an earlier bundle left there would not be named in this one.
        fs::remove_dir_all(folder).ok();
        fs::create_dir_all(folder).expect("make the bundle's folder");
        let pretty = |value: &Value| serde_json::to_vec_pretty(value).expect("JSON");
        let mut files = Vec::new();
        if !self.diff.is_empty() {
            files.push(("patch.diff", self.diff.clone().into_bytes()));
        }
        for (name, value) in
            [("receipt.json", &self.receipt), ("risk.json", &self.risk), ("failure.json", &self.failure)]
        {
            if !value.is_null() {
                files.push((name, pretty(value)));
            }
        }
        for (name, bytes) in files {
            self.bundle["files"][name] = json!(hex(&bytes));
            fs::write(folder.join(name), bytes).expect("write the bundle");
        }
        let bundle = pretty(&self.bundle);
        fs::write(folder.join("bundle.json"), &bundle).expect("write the bundle");
        Written { folder: folder.to_owned(), sha256: hex(&bundle) }
    }
}

fn receipt(commit: &str, diff: &str) -> Value {
    let test = "tests/test_app.py::test_add";
    let run = |green: bool| {
        json!({
            "command": "pytest -q", "exit": { "code": if green { 0 } else { 1 } }, "duration_ms": 400,
            "tests": { "passed": i32::from(green), "failed": i32::from(!green), "skipped": 0 },
            "fingerprint": if green { Value::Null } else { json!(FINGERPRINT) },
            "failures": if green { json!([]) } else { json!([test]) },
            "passed": if green { json!([test]) } else { json!([]) },
            "failed": if green { json!([]) } else { json!([test]) }, "skipped": [],
        })
    };
    let leg = |name: &str, green: bool, repeats: usize| json!({ "name": name, "as_expected": true, "commands": vec![run(green); repeats] });
    json!({
        "schema": "self-heal/receipt/v1", "patch_sha256": hex(diff.as_bytes()), "commit": commit,
        "fingerprint": FINGERPRINT,
        "legs": [leg("red", false, 2), leg("green", true, 1), leg("red_again", false, 1), leg("green_again", true, 1)],
        "tests": { "vanished": [], "new": [], "still_red": [] },
        "isolation": {
            "file_system": "none", "network": "none", "namespaces": [], "limits": ["wall-clock", "output"],
            "path": "in-place", "environment": "allow-list",
        },
        "zones": "split", "runs": 5,
    })
}
