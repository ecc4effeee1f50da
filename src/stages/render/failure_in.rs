//! `failure.json` read back: ours from another job, or a team's own program's.

use serde::Deserialize;

use crate::domain::class::{Class, Classification, Evidence};
use crate::domain::failure::{Failure, Kind, Reading, Reproduce, ReproduceFrom};
use crate::domain::fingerprint::Fingerprint;
use crate::domain::log::{Excerpt, LogSize, Span};
use crate::stages::extract::reader::FAILURES_MAX;
use crate::text::truncate;

const SCHEMA: &str = "self-heal/failure/v1";

/// Of a reader's complaint about a broken file, this much is told.
const REASON_BYTES_MAX: usize = 300;

/// Lines of evidence that are read; ours has few.
pub const EVIDENCE_MAX: usize = 1_000;

/// What the file says.
#[derive(Clone, Debug, PartialEq)]
pub struct FailureIn {
    pub job: Option<String>,
    /// Its excerpts are the lines of evidence: the log itself is not in the file.
    pub reading: Reading,
    pub classification: Classification,
    pub fingerprint: Option<Fingerprint>,
    pub reproduce: Option<Reproduce>,
}

/// Reads the file; the error is one sentence that says what is wrong with it.
pub fn read_failure(text: &str) -> Result<FailureIn, String> {
    let file: FailureFile = serde_json::from_str(text)
        .map_err(|error| format!("it is not {SCHEMA}: {}", truncate(&error.to_string(), REASON_BYTES_MAX)))?;
    if file.schema != SCHEMA {
        return Err(format!("its schema is `{}`, not {SCHEMA}", truncate(&file.schema, REASON_BYTES_MAX)));
    }
    let class = Class::parse(&file.class).ok_or("its class is not one")?;
    let fingerprint = match &file.fingerprint {
        Some(text) => Some(Fingerprint::parse(text).ok_or("its fingerprint is not one")?),
        None => None,
    };
    if !(0.0..=1.0).contains(&file.confidence) {
        return Err("its confidence is not between 0 and 1".to_owned());
    }
    let evidence: Vec<Evidence> = file.evidence.into_iter().take(EVIDENCE_MAX).map(EvidencePart::read).collect();
    let in_log = evidence.iter().filter(|line| line.span != Span::NONE);
    let excerpts = in_log.map(|line| Excerpt { span: line.span, lines: vec![line.text.clone()] }).collect();
    let omitted = file.failures.len().saturating_sub(FAILURES_MAX) as u64;
    let failures =
        file.failures.into_iter().take(FAILURES_MAX).map(FailurePart::read).collect::<Result<Vec<_>, _>>()?;
    let log = file.log.unwrap_or_default();
    Ok(FailureIn {
        job: file.job,
        reading: Reading {
            failures,
            omitted_failures: log.omitted_failures.saturating_add(omitted),
            excerpts,
            size: LogSize { bytes: log.bytes, lines: log.lines, omitted_lines: log.omitted_lines },
            ..Reading::default()
        },
        classification: Classification {
            class,
            kind: file.kind.as_deref().and_then(Kind::parse),
            confidence: file.confidence,
            root_cause: file.root_cause,
            evidence,
            also: file.also.iter().filter_map(|class| Class::parse(class)).collect(),
        },
        fingerprint,
        reproduce: file.reproduce.map(ReproducePart::read).transpose()?,
    })
}

#[derive(Deserialize)]
struct FailureFile {
    schema: String,
    class: String,
    kind: Option<String>,
    confidence: f64,
    job: Option<String>,
    root_cause: String,
    fingerprint: Option<String>,
    #[serde(default)]
    evidence: Vec<EvidencePart>,
    failures: Vec<FailurePart>,
    reproduce: Option<ReproducePart>,
    #[serde(default)]
    also: Vec<String>,
    log: Option<LogPart>,
}

#[derive(Deserialize)]
struct EvidencePart {
    line: Option<u64>,
    text: String,
    rule: String,
}

impl EvidencePart {
    fn read(self) -> Evidence {
        Evidence { span: self.line.map_or(Span::NONE, Span::at), text: self.text, rule: self.rule }
    }
}

#[derive(Deserialize)]
struct FailurePart {
    #[serde(rename = "type")]
    kind: String,
    tool: String,
    task: Option<String>,
    file: Option<String>,
    path: Option<String>,
    line: Option<u32>,
    column: Option<u32>,
    test: Option<String>,
    code: Option<String>,
    message: String,
    suggestion: Option<String>,
    primary: bool,
    log: Option<SpanPart>,
}

impl FailurePart {
    fn read(self) -> Result<Failure, String> {
        let kind = Kind::parse(&self.kind).ok_or("it holds a failure whose type is not one")?;
        let log = self.log.map_or(Span::NONE, |log| Span { first: log.first, last: log.last });
        Ok(Failure {
            task: self.task,
            file: self.file,
            path: self.path,
            line: self.line,
            column: self.column,
            test: self.test,
            code: self.code,
            suggestion: self.suggestion,
            primary: self.primary,
            ..Failure::new(kind, &self.tool, self.message, log)
        })
    }
}

#[derive(Deserialize)]
struct SpanPart {
    first: u64,
    last: u64,
}

#[derive(Deserialize)]
struct ReproducePart {
    command: String,
    shell: String,
    directory: String,
    from: String,
}

impl ReproducePart {
    fn read(self) -> Result<Reproduce, String> {
        let from = ReproduceFrom::parse(&self.from).ok_or("its reproduce.from is not one")?;
        Ok(Reproduce {
            command: self.command,
            shell: self.shell,
            directory: self.directory,
            // The file has no place for them: whoever runs the command takes them from the workflow again.
            env: Vec::new(),
            from,
        })
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct LogPart {
    bytes: u64,
    lines: u64,
    omitted_lines: u64,
    omitted_failures: u64,
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop")]

    use super::*;
    use crate::stages::render::failure::{FailureParts, failure_json};

    fn failure_in() -> FailureIn {
        let mut failure = Failure::new(Kind::TestFailure, "pytest", "assert 3 == 4", Span { first: 7, last: 9 });
        failure.file = Some("app.py".to_owned());
        failure.line = Some(2);
        failure.test = Some("tests/test_app.py::test_add".to_owned());
        let evidence = Evidence { span: Span::at(7), text: "E assert 3 == 4".into(), rule: "pytest.assert".into() };
        FailureIn {
            job: Some("unit-test".to_owned()),
            reading: Reading {
                failures: vec![failure],
                omitted_failures: 3,
                excerpts: vec![Excerpt { span: evidence.span, lines: vec![evidence.text.clone()] }],
                size: LogSize { bytes: 100, lines: 10, omitted_lines: 1 },
                ..Reading::default()
            },
            classification: Classification {
                class: Class::DeterministicCode,
                kind: Some(Kind::TestFailure),
                confidence: 0.75,
                root_cause: "assert 3 == 4 (app.py:2)".to_owned(),
                evidence: vec![evidence],
                also: vec![Class::EnvironmentPolicy],
            },
            fingerprint: Fingerprint::parse("py-assert-1"),
            reproduce: Some(Reproduce::at_root("pytest -q", ReproduceFrom::Workflow)),
        }
    }

    fn written(failure: &FailureIn) -> String {
        failure_json(&FailureParts {
            job: failure.job.as_deref(),
            reading: &failure.reading,
            classification: &failure.classification,
            fingerprint: failure.fingerprint.as_ref(),
            reproduce: failure.reproduce.as_ref(),
            legs: &[],
        })
    }

    #[test]
    fn what_classify_wrote_is_read_back() {
        assert_eq!(read_failure(&written(&failure_in())).unwrap(), failure_in());
    }

    #[test]
    fn a_broken_file_is_told_in_one_sentence() {
        let good = written(&failure_in());
        for (from, to) in [
            (SCHEMA, "self-heal/failure/v9"),
            ("deterministic_code", "broken"),
            ("py-assert-1", "Py Assert"),
            ("\"confidence\": 0.75", "\"confidence\": 75"),
            ("\"type\": \"test_failure\"", "\"type\": \"sadness\""),
            ("\"from\": \"workflow\"", "\"from\": \"above\""),
            ("\"failures\"", "\"failings\""),
        ] {
            assert!(good.contains(from), "{from}");
            let read = read_failure(&good.replace(from, to));
            assert!(read.as_ref().is_err_and(|text| text.starts_with("it")), "{to}: {read:?}");
        }
    }

    #[test]
    fn failures_beyond_the_limit_are_counted() {
        let mut many = failure_in();
        many.reading.failures = vec![many.reading.failures[0].clone(); FAILURES_MAX + 2];
        let read = read_failure(&written(&many)).unwrap().reading;
        assert_eq!((read.failures.len(), read.omitted_failures), (FAILURES_MAX, 5));
    }
}
