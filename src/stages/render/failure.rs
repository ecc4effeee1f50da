//! `failure.json`, `self-heal/failure/v1`: what was seen, for people's own programs.

use serde::Serialize;

use crate::domain::class::{Class, Classification, Evidence};
use crate::domain::failure::{Failure, Reading, Reproduce, Warning};
use crate::domain::fingerprint::Fingerprint;
use crate::domain::log::Span;

/// What the file is made of.
pub struct FailureParts<'a> {
    pub job: Option<&'a str>,
    pub reading: &'a Reading,
    pub classification: &'a Classification,
    pub fingerprint: Option<&'a Fingerprint>,
    pub reproduce: Option<&'a Reproduce>,
    /// Other jobs that fail the same way, each with what its own log shows of it.
    pub legs: &'a [(&'a str, Option<&'a Evidence>)],
}

/// The file's text. Every key is always there; what is not known is `null`.
pub fn failure_json(parts: &FailureParts<'_>) -> String {
    let FailureParts { job, reading, classification, fingerprint, reproduce, legs } = *parts;
    let of_legs = legs.iter().filter_map(|(job, evidence)| Some((Some(*job), (*evidence)?)));
    let file = FailureFile {
        schema: "self-heal/failure/v1",
        class: classification.class.as_str(),
        kind: classification.kind.map(|kind| kind.as_str()),
        confidence: classification.confidence,
        job,
        root_cause: &classification.root_cause,
        fingerprint: fingerprint.map(Fingerprint::as_str),
        evidence: classification
            .evidence
            .iter()
            .map(|evidence| (job, evidence))
            .chain(of_legs)
            .map(|(job, line)| EvidencePart { job, line: line_of(line.span), text: &line.text, rule: &line.rule })
            .collect(),
        failures: reading.failures.iter().map(failure_part).collect(),
        reproduce: reproduce.map(|reproduce| ReproducePart {
            command: &reproduce.command,
            shell: &reproduce.shell,
            directory: &reproduce.directory,
            from: reproduce.from.as_str(),
        }),
        warnings: reading.warnings.iter().map(warning_part).collect(),
        also: classification.also.iter().copied().map(Class::as_str).collect(),
        jobs: job.iter().copied().chain(legs.iter().map(|(job, _)| *job)).filter(|_| !legs.is_empty()).collect(),
        log: LogPart {
            bytes: reading.size.bytes,
            lines: reading.size.lines,
            omitted_lines: reading.size.omitted_lines,
            omitted_failures: reading.omitted_failures,
        },
    };
    // Strings, numbers and lists of them always serialise.
    serde_json::to_string_pretty(&file).unwrap_or_default()
}

fn failure_part(failure: &Failure) -> FailurePart<'_> {
    FailurePart {
        kind: failure.kind.as_str(),
        tool: &failure.tool,
        task: failure.task.as_deref(),
        file: failure.file.as_deref(),
        path: failure.path.as_deref(),
        line: failure.line,
        column: failure.column,
        test: failure.test.as_deref(),
        code: failure.code.as_deref(),
        message: &failure.message,
        suggestion: failure.suggestion.as_deref(),
        primary: failure.primary,
        log: span_part(failure.log),
    }
}

/// What only a test report tells has no line in the log.
fn line_of(span: Span) -> Option<u64> {
    (span != Span::NONE).then_some(span.first)
}

fn span_part(span: Span) -> Option<SpanPart> {
    line_of(span).map(|first| SpanPart { first, last: span.last })
}

fn warning_part(warning: &Warning) -> WarningPart<'_> {
    WarningPart { code: warning.code, file: warning.file.as_deref(), message: &warning.message }
}

#[derive(Serialize)]
struct FailureFile<'a> {
    schema: &'static str,
    class: &'static str,
    kind: Option<&'static str>,
    confidence: f64,
    job: Option<&'a str>,
    root_cause: &'a str,
    fingerprint: Option<&'a str>,
    evidence: Vec<EvidencePart<'a>>,
    failures: Vec<FailurePart<'a>>,
    reproduce: Option<ReproducePart<'a>>,
    warnings: Vec<WarningPart<'a>>,
    also: Vec<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    jobs: Vec<&'a str>,
    log: LogPart,
}

#[derive(Serialize)]
struct EvidencePart<'a> {
    job: Option<&'a str>,
    line: Option<u64>,
    text: &'a str,
    rule: &'a str,
}

#[derive(Serialize)]
struct FailurePart<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    tool: &'a str,
    task: Option<&'a str>,
    file: Option<&'a str>,
    path: Option<&'a str>,
    line: Option<u32>,
    column: Option<u32>,
    test: Option<&'a str>,
    code: Option<&'a str>,
    message: &'a str,
    suggestion: Option<&'a str>,
    primary: bool,
    log: Option<SpanPart>,
}

#[derive(Serialize)]
struct SpanPart {
    first: u64,
    last: u64,
}

#[derive(Serialize)]
struct ReproducePart<'a> {
    command: &'a str,
    shell: &'a str,
    directory: &'a str,
    from: &'static str,
}

#[derive(Serialize)]
struct WarningPart<'a> {
    code: &'static str,
    file: Option<&'a str>,
    message: &'a str,
}

#[derive(Serialize)]
struct LogPart {
    bytes: u64,
    lines: u64,
    omitted_lines: u64,
    omitted_failures: u64,
}
