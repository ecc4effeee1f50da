//! Checks and their annotations: where GitHub says why a run has no jobs (P23).

use serde::Deserialize;

use super::error::{Call, Result};
use super::{Github, PAGE_ITEMS_MAX};
use crate::domain::run::{Annotation, FailedRun};

/// A run that did not start has one check, which says why; these are enough to find it among others of its suite.
const CHECKS_READ_MAX: usize = 5;

#[derive(Deserialize)]
struct SuiteWire {
    check_suite_id: Option<u64>,
}

#[derive(Deserialize)]
struct ChecksWire {
    #[serde(default)]
    check_runs: Vec<CheckWire>,
}

#[derive(Deserialize)]
struct CheckWire {
    id: u64,
}

#[derive(Deserialize)]
struct AnnotationWire {
    path: Option<String>,
    start_line: Option<u32>,
    annotation_level: Option<String>,
    title: Option<String>,
    message: Option<String>,
}

impl Github {
    /// What is noted at the checks of a run, failures first. Every text is whatever somebody wrote.
    pub async fn annotations(&self, run: &FailedRun) -> Result<Vec<Annotation>> {
        let repository = &run.repository;
        let call = Call::new("actions: read", format!("read run {} of {repository}", run.run_id));
        let suite: SuiteWire =
            self.get(&call, &format!("/repos/{repository}/actions/runs/{}", run.run_id), &[]).await?;
        let Some(suite) = suite.check_suite_id else { return Ok(Vec::new()) };
        let per_page = PAGE_ITEMS_MAX.to_string();
        let query = [("per_page", per_page.as_str())];
        let call = Call::new("checks: read", format!("read the checks of run {} of {repository}", run.run_id));
        let route = format!("/repos/{repository}/check-suites/{suite}/check-runs");
        let checks: ChecksWire = self.get(&call, &route, &query).await?;
        let mut annotations = Vec::new();
        for check in checks.check_runs.iter().take(CHECKS_READ_MAX) {
            let call = Call::new("checks: read", format!("read the annotations of run {}", run.run_id));
            let route = format!("/repos/{repository}/check-runs/{}/annotations", check.id);
            let page: Vec<AnnotationWire> = self.get(&call, &route, &query).await?;
            annotations.extend(page.into_iter().map(annotation));
        }
        annotations.sort_by_key(|annotation| !annotation.failure);
        Ok(annotations)
    }
}

fn annotation(wire: AnnotationWire) -> Annotation {
    Annotation {
        failure: wire.annotation_level.as_deref() == Some("failure"),
        path: wire.path.unwrap_or_default(),
        line: wire.start_line,
        title: wire.title.unwrap_or_default(),
        message: wire.message.unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::http::StatusCode;
    use axum::routing::get;
    use serde_json::{Value, json};

    use super::super::served;
    use crate::domain::id::{CommitId, Repository};
    use crate::domain::run::FailedRun;

    fn run() -> FailedRun {
        let repository = Repository::parse("o/r").expect("a name");
        FailedRun::of(repository, 5, CommitId::parse(&"a".repeat(40)).expect("a commit"))
    }

    fn answers(run: Value, checks: Value, notes: Value) -> Router {
        let answer = |value: Value| get(move || async move { value.to_string() });
        Router::new()
            .route("/repos/o/r/actions/runs/5", answer(run))
            .route("/repos/o/r/check-suites/7/check-runs", answer(checks))
            .route("/repos/o/r/check-runs/8/annotations", answer(notes))
    }

    #[tokio::test]
    async fn p23_the_annotations_of_a_run_are_read_failures_first() {
        let notes = json!([
            { "path": "a.yml", "start_line": 1, "annotation_level": "warning", "title": null, "message": "old" },
            { "path": "a.yml", "start_line": 9, "annotation_level": "failure", "title": "Invalid", "message": "why" },
            { "path": null, "start_line": null, "annotation_level": null, "title": null, "message": null },
        ]);
        let router = answers(json!({ "check_suite_id": 7 }), json!({ "check_runs": [{ "id": 8 }] }), notes);
        let (github, _) = served(router).await;
        let read = github.annotations(&run()).await.expect("annotations");
        let first = read.first().expect("the failure");
        assert_eq!(
            (read.len(), first.line, first.title.as_str(), first.message.as_str()),
            (3, Some(9), "Invalid", "why")
        );
    }

    #[tokio::test]
    async fn p23_a_token_that_may_not_read_checks_is_told_the_permission() {
        let refused = || async { (StatusCode::FORBIDDEN, json!({ "message": "Resource not accessible" }).to_string()) };
        let router = Router::new()
            .route("/repos/o/r/actions/runs/5", get(|| async { json!({ "check_suite_id": 7 }).to_string() }))
            .route("/repos/o/r/check-suites/7/check-runs", get(refused));
        let (github, _) = served(router).await;
        let error = github.annotations(&run()).await.expect_err("it may not");
        assert!(error.to_string().contains("`checks: read`"), "{error}");
        let (github, _) = served(answers(json!({}), json!({}), json!([]))).await;
        assert!(github.annotations(&run()).await.expect("no suite").is_empty());
    }
}
