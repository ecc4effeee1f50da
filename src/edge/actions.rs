//! What the Actions runner gives a step and takes from it: event, outputs, summary.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::PathBuf;

use anyhow::Context as _;

use crate::domain::run::OwnRun;

/// A payload is read whole; GitHub caps webhooks at 25 MB.
const EVENT_BYTES_MAX: u64 = 32 << 20;

/// A variable the runner sets; empty is not set.
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// The event's payload, where there is one.
pub fn event() -> anyhow::Result<Option<String>> {
    let Some(path) = variable("GITHUB_EVENT_PATH") else { return Ok(None) };
    let read = || -> std::io::Result<String> {
        use std::io::Read as _;
        let mut bytes = Vec::new();
        std::fs::File::open(&path)?.take(EVENT_BYTES_MAX).read_to_end(&mut bytes)?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    };
    match read() {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("read the event {path} (GITHUB_EVENT_PATH)")),
    }
}

/// The repository this step runs in, `owner/name`.
pub fn repository() -> Option<String> {
    variable("GITHUB_REPOSITORY")
}

/// GitHub's API as the runner names it.
pub fn api_url() -> Option<String> {
    variable("GITHUB_API_URL")
}

/// GitHub's pages as the runner names them, `https://github.com`.
pub fn server_url() -> Option<String> {
    variable("GITHUB_SERVER_URL")
}

/// `refs/heads/main` of this step's own run.
pub fn own_ref() -> Option<String> {
    variable("GITHUB_REF")
}

/// The commit of this step's own run.
pub fn own_commit() -> Option<String> {
    variable("GITHUB_SHA")
}

/// The id of this step's own run: whoever approved it approved what it does.
pub fn own_run() -> Option<u64> {
    variable("GITHUB_RUN_ID")?.parse().ok()
}

/// The path of the workflow that this step is in.
pub fn own_workflow() -> Option<String> {
    own().workflow_path()
}

/// The run that this very step is in; `None` where no runner has started us.
pub fn own_step() -> Option<OwnRun> {
    variable("GITHUB_ACTIONS").is_some_and(|value| value == "true").then(own)
}

fn own() -> OwnRun {
    OwnRun {
        run_id: own_run(),
        attempt: variable("GITHUB_RUN_ATTEMPT").and_then(|text| text.parse().ok()),
        repository: repository(),
        workflow_ref: variable("GITHUB_WORKFLOW_REF"),
        workflow_name: variable("GITHUB_WORKFLOW"),
        event: variable("GITHUB_EVENT_NAME"),
        job_id: variable("GITHUB_JOB"),
        actor: variable("GITHUB_ACTOR"),
        triggering_actor: variable("GITHUB_TRIGGERING_ACTOR"),
        ref_name: variable("GITHUB_REF_NAME"),
        ref_type: variable("GITHUB_REF_TYPE"),
        sha: own_commit(),
        server_url: variable("GITHUB_SERVER_URL"),
    }
}

/// The folder for what belongs to this job.
pub fn temporary() -> Option<PathBuf> {
    variable("RUNNER_TEMP").map(PathBuf::from)
}

/// Adds to the step's outputs; nothing where there is no runner.
pub fn add_outputs(text: &str) -> anyhow::Result<()> {
    append("GITHUB_OUTPUT", text)
}

/// The runner drops a step's summary that is larger, the whole of it.
const SUMMARY_BYTES_MAX: u64 = 1 << 20;

/// Adds to the job's summary; nothing where there is no runner, or no room for all of it.
pub fn add_summary(text: &str) -> anyhow::Result<()> {
    let there = variable("GITHUB_STEP_SUMMARY").and_then(|path| std::fs::metadata(path).ok()).map_or(0, |it| it.len());
    if there + text.len() as u64 > SUMMARY_BYTES_MAX {
        return Ok(());
    }
    append("GITHUB_STEP_SUMMARY", text)
}

fn append(name: &str, text: &str) -> anyhow::Result<()> {
    let Some(path) = variable(name) else { return Ok(()) };
    let mut file =
        OpenOptions::new().append(true).create(true).open(&path).with_context(|| format!("open {path} ({name})"))?;
    file.write_all(text.as_bytes()).with_context(|| format!("write {path} ({name})"))
}
