//! What started us, and the run that failed.

use super::id::{CommitId, Repository};

/// Why we were started, read from the event payload or the command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trigger {
    /// A `workflow_run` event: another workflow of this repository has ended.
    WorkflowRun(Box<FailedRun>),
    /// `run-id` was given: the run is read from the API.
    RunId { repository: Repository, run_id: u64 },
    /// A log file was given: there is no run to ask about.
    Log { path: String },
    /// A log file was given by a step inside of the failing job: the run is the step's own (P16).
    Inside { path: String, run: Box<FailedRun>, job_id: Option<String> },
}

/// What the runner tells a step of its own run, as it stands in the environment; empty is `None`.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct OwnRun {
    pub run_id: Option<u64>,
    pub attempt: Option<u32>,
    pub repository: Option<String>,
    /// `OWNER/NAME/.github/workflows/ci.yml@refs/heads/main`: of the workflow that was started, not of one it calls.
    pub workflow_ref: Option<String>,
    pub workflow_name: Option<String>,
    pub event: Option<String>,
    /// The id of the job in its workflow file; its shown name is not told.
    pub job_id: Option<String>,
    pub actor: Option<String>,
    pub triggering_actor: Option<String>,
    pub ref_name: Option<String>,
    /// `branch` or `tag`.
    pub ref_type: Option<String>,
    pub sha: Option<String>,
    pub server_url: Option<String>,
}

impl OwnRun {
    /// The path of the workflow that was started, from `OWNER/NAME/PATH@REF`.
    pub fn workflow_path(&self) -> Option<String> {
        let (path, _) = self.workflow_ref.as_deref()?.split_once('@')?;
        path.splitn(3, '/').nth(2).map(str::to_owned)
    }
}

/// A failed run of a workflow, as we mean it (the wire shape lives in the edge that read it).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FailedRun {
    pub repository: Repository,
    pub run_id: u64,
    pub attempt: u32,
    /// The workflow's display name; anybody may choose it, so nothing is decided by it (T20).
    pub workflow_name: String,
    /// `.github/workflows/ci.yml`: what the gate decides by.
    pub workflow_path: String,
    /// The event that started the failed run: `push`, `pull_request`, `schedule`, …
    pub event: String,
    pub conclusion: String,
    pub head_branch: Option<String>,
    pub head_commit: CommitId,
    /// `None` when the fork was deleted (P5).
    pub head_repository: Option<Repository>,
    pub default_branch: String,
    /// Who the run is counted for, whoever runs it again.
    pub actor: String,
    /// Who started this very attempt.
    pub triggering_actor: String,
    pub html_url: String,
    pub pull_requests: Vec<u64>,
}

impl FailedRun {
    /// A run of which nothing is known but where it was and which commit failed.
    pub fn of(repository: Repository, run_id: u64, head_commit: CommitId) -> Self {
        Self {
            run_id,
            attempt: 1,
            workflow_name: String::new(),
            workflow_path: String::new(),
            event: String::new(),
            conclusion: "failure".to_owned(),
            head_branch: None,
            head_commit,
            head_repository: Some(repository.clone()),
            default_branch: String::new(),
            actor: String::new(),
            triggering_actor: String::new(),
            html_url: String::new(),
            pull_requests: Vec::new(),
            repository,
        }
    }

    /// Whether the run tested a merge that GitHub made for a pull request, and not the commit itself (P3).
    pub fn tested_a_merge(&self) -> bool {
        self.event == "pull_request"
    }
}

/// What is noted at a check of a run: text that anybody may have written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Annotation {
    pub failure: bool,
    pub path: String,
    pub line: Option<u32>,
    pub title: String,
    pub message: String,
}

/// One job of a run, with the steps the API tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    pub id: u64,
    /// As GitHub shows it: `caller / job (leg)` (P14).
    pub name: String,
    pub conclusion: String,
    pub steps: Vec<Step>,
    pub labels: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    pub number: u32,
    pub name: String,
    pub conclusion: String,
}

impl Job {
    pub fn failed(&self) -> bool {
        matches!(self.conclusion.as_str(), "failure" | "timed_out" | "startup_failure")
    }
}

/// A job's shown name without its matrix legs: `build / unit-test (3.12, linux)` is `build / unit-test` (P14).
///
/// A leg is in brackets at the end of a part; the parts of a reusable workflow's job stand around ` / `.
pub fn job_without_leg(shown: &str) -> String {
    let mut name = String::with_capacity(shown.len());
    let mut depth = 0_u32;
    let mut leg_begins = None;
    for (at, c) in shown.char_indices() {
        match c {
            '(' => {
                if depth == 0 {
                    leg_begins = name.ends_with(' ').then_some(name.len());
                }
                depth += 1;
            }
            ')' if depth > 0 => depth -= 1,
            _ => {}
        }
        name.push(c);
        let rest = &shown[at + c.len_utf8()..];
        if c == ')'
            && depth == 0
            && (rest.is_empty() || rest.starts_with(" / "))
            && let Some(begins) = leg_begins.take()
        {
            name.truncate(begins.saturating_sub(1));
        }
    }
    name
}

#[cfg(test)]
mod tests {
    use super::job_without_leg;

    #[test]
    fn p14_a_job_has_a_name_without_its_leg() {
        for (shown, plain) in [
            ("unit-test", "unit-test"),
            ("unit-test (3.12)", "unit-test"),
            ("unit-test (3.12, ubuntu (22.04), a / b)", "unit-test"),
            ("call / unit-test (3.12)", "call / unit-test"),
            ("call (a) / unit-test (b)", "call / unit-test"),
            ("test (a) now", "test (a) now"),
            ("f(x)", "f(x)"),
            ("(a)", "(a)"),
            ("a (b", "a (b"),
            ("a) b", "a) b"),
            ("größe (ä)", "größe"),
            ("", ""),
        ] {
            assert_eq!(job_without_leg(shown), plain, "{shown}");
        }
    }
}
