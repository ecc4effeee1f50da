//! The runner itself: lost, cancelled, out of time. Words of GitHub, GitLab, Azure, Jenkins, CircleCI, Travis.

use super::super::rule::Rule;

pub const RULES: &[Rule] = &[
    // actions/runner `JobRunner.cs`; GitHub's annotation of a job whose runner is gone; Azure Pipelines "We stopped
    // hearing from agent"; Jenkins remoting; GitLab Runner `system failure`.
    Rule::transient(
        "runner.lost",
        &[
            "lost communication with the server",
            "received a shutdown signal",
            "hosted runner",
            "runner has been terminated",
            "stopped hearing from agent",
            "agent went offline",
            "channelclosedexception",
            "not acquired by runner",
            "encountered an internal error when running your job",
            "(system failure)",
            "agent lost",
            "runner_system_failure",
        ],
        r"lost communication with the server|runner has received a shutdown signal|the hosted runner (encountered an error|lost)|runner has been terminated|we stopped hearing from agent|agent went offline during the build|ChannelClosedException|was not acquired by runner|has encountered an internal error when running your job|job failed \(system failure\)|\bagent lost\b|runner_system_failure",
        0.95,
        "the runner went away",
    )
    .above_all(),
    // actions/runner `StepsRunner.cs`, `JobRunner.cs`; runner-container-hooks' signal handler: somebody or something
    // ended the run (a newer push, fail-fast, a person), and nothing says that the code is wrong.
    Rule::transient(
        "runner.cancelled",
        &["the operation was canceled", "a task was canceled", "received sigint", "received sigterm", "the run was canceled", "higher priority waiting request", "the job was canceled", "operation was cancelled"],
        r"the operation was cancel?led\.|a task was canceled\.|\breceived SIG(INT|TERM)\b|the (run|job) was canceled|higher priority waiting request",
        0.7,
        "the run was cancelled from outside",
    )
    .last_word(),
    // CPython: SIGINT. In a job nobody presses a key: the run was cancelled, or something ran out of time.
    Rule::transient(
        "runner.interrupted",
        &["keyboardinterrupt"],
        r"^\W*KeyboardInterrupt\b",
        0.6,
        "the program was interrupted from outside",
    ),
    // actions/runner `StepsRunner.cs` ("has timed out after"), GitHub's job limit; GitLab `execution took longer`;
    // CircleCI and Travis without output. Whether the code hangs or the limit is low, a person must say.
    Rule::environment(
        "runner.time-limit",
        &["has timed out after", "exceeded the maximum execution time", "execution took longer than", "too long with no output", "no output has been received", "exceeded the maximum time limit", "canceling job, timeout"],
        r"\b(action|step) .{1,200}has timed out after \d+ minutes|exceeded the maximum execution time|execution took longer than|too long with no output|no output has been received in the last|exceeded the maximum time limit",
        0.75,
        "a time limit ended the job",
    )
    .last_word(),
    // GitHub "Self-hosted runners": labels nobody serves, versions that are too old.
    Rule::environment(
        "runner.none",
        &["no runner matching", "no enabled runners online", "is deprecated and cannot receive messages", "no runners that match", "has no runners", "could not find any self-hosted runner", "requested labels"],
        r"no (hosted |self-hosted )?runners? (matching|that match)|no enabled runners online|deprecated and cannot receive messages|could not find any self-hosted runner|no runner .{0,40}requested labels|stuck because .{0,60}runners",
        0.92,
        "there is no runner for this job",
    ),
    // actions/runner `ActionManager.cs`: `DownloadRepositoryArchive`, `GetActionDownloadInfo`.
    Rule::transient(
        "runner.action-download",
        &["failed to download archive", "failed to download action", "failed to resolve action download info", "download has timed out", "un-zip archive", "extract archive file"],
        r"failed to download (archive|action) |failed to resolve action download info|action '.{1,300}' download has timed out|can't (un-zip|use 'tar).{0,40}archive",
        0.88,
        "an action could not be downloaded",
    )
    .last_word(),
    // actions/toolkit `packages/artifact` and `packages/cache`: the services behind them.
    Rule::transient(
        "runner.artifact-service",
        &["failed to createartifact", "failed to finalizeartifact", "failed to listartifacts", "failed to make request after", "cache service responded with", "getcacheentry failed", "reserve cache failed", "artifact upload failed", "unable to make request"],
        r"failed to (Create|Finalize|List|GetSigned)\w*: (unable to make request|failed to make request|unexpected)|failed to make request after \d+ attempts|(cache service responded with|getCacheEntry failed.{0,40}) (5\d\d|429)|unable to make request: (ECONN|ETIMEDOUT|EAI)",
        0.8,
        "the service that keeps artifacts or caches did not answer",
    ),
];
