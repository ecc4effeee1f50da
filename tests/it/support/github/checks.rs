//! Checks and what is noted at them: where GitHub says why a run has no jobs.

use serde_json::{Value, json};

use super::{REPOSITORY, State};

const WHEN: &str = "2026-11-20T10:30:00Z";

/// The check of every suite, and whatever the test has noted at it.
pub fn read(state: &State, path: &[&str]) -> Option<Value> {
    let here = |route: &str| format!("https://api.github.com/repos/{REPOSITORY}{route}");
    match path {
        ["check-suites", suite, "check-runs"] => {
            let suite: u64 = suite.parse().ok()?;
            let check = json!({
                "id": suite + 1, "node_id": "CR_1", "head_sha": "0".repeat(40), "name": ".github/workflows/ci.yml",
                "url": here("/check-runs/1"), "html_url": null, "details_url": null, "external_id": "", "app": null,
                "status": "completed", "conclusion": "failure", "started_at": WHEN, "completed_at": WHEN,
                "check_suite": { "id": suite }, "pull_requests": [],
                "output": {
                    "title": null, "summary": null, "text": null, "annotations_count": state.annotations.len(),
                    "annotations_url": here("/check-runs/1/annotations"),
                },
            });
            Some(json!({ "total_count": 1, "check_runs": [check] }))
        }
        ["check-runs", _, "annotations"] => Some(state.annotations.iter().map(|note| annotation(note)).collect()),
        _ => None,
    }
}

fn annotation(message: &str) -> Value {
    json!({
        "path": ".github/workflows/ci.yml", "start_line": 7, "end_line": 7, "start_column": null, "end_column": null,
        "annotation_level": "failure", "title": "Invalid workflow file", "message": message, "raw_details": null,
        "blob_href": "https://github.com/octo-org/adder/blob/main/.github/workflows/ci.yml",
    })
}
