//! Failures and rule sightings become a class with evidence and confidence. `unknown` beats a guess.
//!
//! Words lie: most logs that hold "timed out" are of ordinary bugs. So a sighting counts by where it stands: in the
//! step that failed or elsewhere, inside what a test printed or outside of it, beside a failure that a tool reported
//! or alone.

pub mod rules;
pub mod sightings;

pub use sightings::Sightings;

use sightings::Sighting;

use crate::domain::class::{Class, Classification, Evidence};
use crate::domain::failure::{Failure, Kind, Reading};
use crate::domain::log::Span;
use crate::text::{one_line, truncate};

/// Below this nothing is called anything.
const CONFIDENCE_MIN: f64 = 0.5;

/// A tool that names file and line, or a test, of its own failure leaves little doubt.
const TOOL_EXACT: f64 = 0.95;
const TOOL_VAGUE: f64 = 0.8;

/// A reader that goes by words alone: a program said `error`, and nobody knows which.
const GUESS: f64 = 0.55;

/// What a sighting is worth inside what a failing test or tool printed: the code under test may say anything.
const INSIDE_A_FAILURE: f64 = 0.3;

/// Outside the step that failed: most of those were tried again and went well.
const OUTSIDE_THE_STEP: f64 = 0.3;

/// Beside a failure that a tool reported.
const BESIDE_A_FAILURE: f64 = 0.6;

/// A line that says that it will be tried again is not yet a failure.
const TO_BE_RETRIED: f64 = 0.6;

/// What is left of the tools' own failures where something stands above them: with a full disk everything fails.
const OVERRULED: f64 = 0.5;

/// How much the strongest contradiction takes off.
const CONTRADICTION: f64 = 0.4;

const EVIDENCE_MAX: usize = 5;
const ROOT_CAUSE_BYTES_MAX: usize = 300;

/// Readers that go by words alone and name no place, by what they call their failures' tool.
const GUESSING: [&str; 1] = ["words"];

/// The case for one class.
struct Case {
    class: Class,
    kind: Option<Kind>,
    weight: f64,
    evidence: Vec<Evidence>,
    root_cause: String,
}

pub fn classify(reading: &Reading, sightings: &Sightings) -> Classification {
    let roots: Vec<&Failure> = reading.roots().collect();
    let tool_spoke = roots.iter().any(|failure| !guessed(failure));
    let mut cases = Vec::new();
    let overruled = sightings
        .all()
        .any(|sighting| sighting.rule.overrules && weigh(sighting, reading, sightings, tool_spoke) > CONFIDENCE_MIN);
    cases.extend(code_case(&roots, if overruled { OVERRULED } else { 1.0 }));
    for class in [Class::TransientRetryable, Class::EnvironmentPolicy] {
        cases.extend(sighted_case(class, reading, sightings, tool_spoke));
    }
    cases.sort_by(|a, b| b.weight.total_cmp(&a.weight));
    let mut cases = cases.into_iter();
    let Some(strongest) = cases.next() else { return unknown(reading, Vec::new()) };
    let others: Vec<Case> = cases.filter(|case| case.weight > 0.1).collect();
    let contradiction = others.first().map_or(0.0, |case| case.weight);
    let confidence = (strongest.weight * (1.0 - CONTRADICTION * contradiction)).clamp(0.0, 1.0);
    let mut also: Vec<Class> = others.iter().map(|case| case.class).collect();
    if confidence < CONFIDENCE_MIN {
        also.insert(0, strongest.class);
        return unknown(reading, also);
    }
    Classification {
        class: strongest.class,
        kind: strongest.kind,
        confidence: (confidence * 100.0).round() / 100.0,
        root_cause: truncate(&one_line(&strongest.root_cause), ROOT_CAUSE_BYTES_MAX),
        evidence: strongest.evidence,
        also,
    }
}

fn unknown(reading: &Reading, also: Vec<Class>) -> Classification {
    let root_cause = match reading.roots().next() {
        Some(failure) => cause(failure),
        None => "nothing in the log says what failed".to_owned(),
    };
    Classification {
        class: Class::Unknown,
        kind: reading.roots().next().map(|failure| failure.kind),
        confidence: 0.0,
        root_cause: truncate(&one_line(&root_cause), ROOT_CAUSE_BYTES_MAX),
        evidence: Vec::new(),
        also,
    }
}

fn guessed(failure: &Failure) -> bool {
    GUESSING.contains(&failure.tool.as_str())
}

/// The case that the code is to blame: what the tools themselves report.
fn code_case(roots: &[&Failure], left: f64) -> Option<Case> {
    let weight = |failure: &Failure| {
        let placed = failure.path.is_some() || failure.file.is_some() || failure.test.is_some();
        match failure.kind {
            Kind::Infrastructure | Kind::WorkflowError => 0.0,
            _ if guessed(failure) => GUESS,
            _ if placed => TOOL_EXACT,
            _ => TOOL_VAGUE,
        }
    };
    // The first of the most telling: later ones are often consequences.
    let mut strongest = *roots.first()?;
    for failure in roots {
        if weight(failure) > weight(strongest) {
            strongest = failure;
        }
    }
    if weight(strongest) == 0.0 {
        return None;
    }
    let evidence = |failure: &&&Failure| Evidence {
        span: failure.log,
        text: truncate(&one_line(&failure.message), ROOT_CAUSE_BYTES_MAX),
        rule: format!("{}.{}", failure.tool, failure.kind.as_str().replace('_', "-")),
    };
    Some(Case {
        class: Class::DeterministicCode,
        kind: Some(strongest.kind),
        weight: weight(strongest) * left,
        evidence: roots
            .iter()
            .filter(|failure| weight(failure) > 0.0)
            .take(EVIDENCE_MAX)
            .map(|f| evidence(&f))
            .collect(),
        root_cause: cause(strongest),
    })
}

/// `TypeError: can only concatenate str (not "int") to str (app.py:7)`.
fn cause(failure: &Failure) -> String {
    let message = failure.message.lines().find(|line| !line.trim().is_empty()).unwrap_or_default().trim();
    let mut text = match &failure.code {
        Some(code) if !message.contains(code.as_str()) => format!("{code}: {message}"),
        _ => message.to_owned(),
    };
    let place = failure.file.as_ref().or(failure.path.as_ref());
    match (place, failure.line) {
        (Some(file), Some(line)) => text.push_str(&format!(" ({file}:{line})")),
        (Some(file), None) => text.push_str(&format!(" ({file})")),
        (None, _) => {
            if let Some(test) = &failure.test {
                text.push_str(&format!(" ({test})"));
            }
        }
    }
    text
}

/// The case that the world is to blame: the weightiest lines that meet a rule of `class`.
fn sighted_case(class: Class, reading: &Reading, sightings: &Sightings, tool_spoke: bool) -> Option<Case> {
    let mut weighed: Vec<(f64, &Sighting)> = sightings
        .all()
        .filter(|sighting| sighting.rule.class == class)
        .map(|sighting| (weigh(sighting, reading, sightings, tool_spoke), sighting))
        .collect();
    // Of equal ones the last: it is what the step ended with.
    weighed.sort_by(|a, b| b.0.total_cmp(&a.0).then(b.1.line.cmp(&a.1.line)));
    let (weight, strongest) = weighed.first().map(|(weight, sighting)| (*weight, *sighting))?;
    let same_weight = weighed.iter().filter(|(other, _)| *other > weight * 0.8).take(EVIDENCE_MAX);
    let mut evidence: Vec<Evidence> = same_weight
        .map(|(_, sighting)| Evidence {
            span: Span::at(sighting.line),
            text: sighting.text.clone(),
            rule: sighting.rule.name.to_owned(),
        })
        .collect();
    evidence.sort_by_key(|evidence| evidence.span);
    Some(Case {
        class,
        kind: Some(strongest.rule.kind),
        weight,
        evidence,
        root_cause: format!("{}: {}", strongest.rule.meaning, strongest.text),
    })
}

fn weigh(sighting: &Sighting, reading: &Reading, sightings: &Sightings, tool_spoke: bool) -> f64 {
    let mut weight = sighting.rule.weight;
    let inside =
        |failure: &Failure| !guessed(failure) && (failure.log.first..=failure.log.last).contains(&sighting.line);
    if reading.failures.iter().any(inside) {
        weight *= INSIDE_A_FAILURE;
    } else if tool_spoke && !sighting.rule.overrules {
        weight *= BESIDE_A_FAILURE;
    }
    if let Some((first, last)) = sightings.failed_step()
        && !sighting.error
        && !(first..=last).contains(&sighting.line)
    {
        weight *= OUTSIDE_THE_STEP;
    }
    let lower = sighting.text.to_ascii_lowercase();
    if ["retrying", "will retry", "retry in", "trying again"].iter().any(|word| lower.contains(word)) {
        weight *= TO_BE_RETRIED;
    }
    weight
}

#[cfg(test)]
mod tests {
    use super::{Sightings, classify};
    use crate::domain::class::Class;
    use crate::domain::failure::{Failure, Kind, Reading};
    use crate::domain::log::{Line, Mark, Span};
    use crate::stages::clean::watch::Watch;

    /// A log's lines; `##[error]` and `##[group]` say their marks.
    fn sighted(log: &str) -> Sightings {
        let mut sightings = Sightings::new();
        let watch = Watch::new(Sightings::wakes());
        let mut hits = Vec::new();
        for (index, raw) in log.lines().enumerate() {
            let (mark, text) = match (raw.strip_prefix("##[error]"), raw.strip_prefix("##[group]")) {
                (Some(rest), _) => (Mark::Error, rest),
                (_, Some(rest)) => (Mark::Group, rest),
                _ => (Mark::Plain, raw),
            };
            watch.hits(text, &mut hits);
            sightings.line(&Line { number: index as u64 + 1, text, mark }, hits.iter().copied());
        }
        sightings
    }

    fn class_of(log: &str, failures: Vec<Failure>) -> Class {
        classify(&Reading { failures, ..Reading::default() }, &sighted(log)).class
    }

    fn test_failure(first: u64, last: u64) -> Failure {
        let test = Some("tests/test_app.py::test_add".to_owned());
        Failure { test, ..Failure::new(Kind::TestFailure, "pytest", "assert 1 == 2", Span { first, last }) }
    }

    #[test]
    fn a_log_without_evidence_is_unknown() {
        let classification = classify(&Reading::default(), &sighted("building\ndone\n"));
        assert_eq!(classification.class, Class::Unknown);
        assert!(classification.confidence == 0.0);
    }

    #[test]
    fn a_broken_connection_alone_is_transient() {
        for line in [
            "curl: (56) Recv failure: Connection reset by peer",
            "curl: (6) Could not resolve host: registry.example",
            "error: RPC failed; curl 92 HTTP/2 stream 0 was not closed cleanly: CANCEL (err 8)",
            "fatal: unable to access 'https://git.example/x/': The requested URL returned error: 503",
            "Error response from daemon: toomanyrequests: You have reached your unauthenticated pull rate limit.",
            "npm error network request to https://registry.example/x failed, reason: connect ETIMEDOUT 192.0.2.1:443",
            "E: Failed to fetch http://mirror.example/x.deb  Hash Sum mismatch",
        ] {
            assert_eq!(
                class_of(&format!("{line}\n##[error]Process completed with exit code 1.\n"), vec![]),
                Class::TransientRetryable,
                "{line}"
            );
        }
    }

    #[test]
    fn what_the_machine_or_account_lacks_is_for_a_person() {
        for line in [
            "npm error 404 Not Found - PUT https://registry.example/@team%2fpkg - Not found",
            "write /var/lib/docker/tmp/x: no space left on device",
            "/home/runner/work/_temp/x.sh: line 1: terraform: command not found",
            "FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory",
            "remote: Permission to team/app.git denied to github-actions[bot].",
            "Error: Input required and not supplied: token",
            "denied: requested access to the resource is denied",
            "Unable to resolve action `actions/chekout@v4`, repository not found",
        ] {
            assert_eq!(
                class_of(&format!("{line}\n##[error]Process completed with exit code 1.\n"), vec![]),
                Class::EnvironmentPolicy,
                "{line}"
            );
        }
    }

    #[test]
    fn a_guess_about_the_very_line_that_a_rule_knows_does_not_make_it_the_codes_fault() {
        for (line, class) in [
            ("sh: 1: terraform: not found", Class::EnvironmentPolicy),
            ("Error: Input required and not supplied: token", Class::EnvironmentPolicy),
            ("curl: (6) Could not resolve host: registry.example", Class::TransientRetryable),
            ("make: *** No rule to make target 'x'.  Stop.", Class::DeterministicCode),
        ] {
            let guess = Failure::new(Kind::RuntimeError, "words", line, Span::at(1));
            assert_eq!(class_of(&format!("{line}\n"), vec![guess]), class, "{line}");
        }
    }

    #[test]
    fn a_test_that_prints_a_network_error_is_an_ordinary_failure() {
        let log = "FAILED tests/test_app.py::test_add\nE  ConnectionError: Connection refused\n##[error]Process completed with exit code 1.\n";
        let classification =
            classify(&Reading { failures: vec![test_failure(1, 2)], ..Reading::default() }, &sighted(log));
        assert_eq!(classification.class, Class::DeterministicCode);
        assert!(classification.confidence > 0.7, "{}", classification.confidence);
    }

    #[test]
    fn a_full_disk_stands_above_the_errors_it_causes() {
        let log = "error: could not write x.o: No space left on device\nerror[E0463]: can't find crate for `core`\n##[error]Process completed with exit code 101.\n";
        let failure = Failure {
            path: Some("src/lib.rs".to_owned()),
            ..Failure::new(Kind::BuildError, "rustc", "can't find crate", Span::at(2))
        };
        let classification = classify(&Reading { failures: vec![failure], ..Reading::default() }, &sighted(log));
        assert_eq!(classification.class, Class::EnvironmentPolicy);
    }

    #[test]
    fn what_went_wrong_in_an_earlier_step_that_went_well_decides_nothing() {
        let log = "##[group]Run apt-get update\nConnection timed out\n##[group]Run make\nboom\n##[error]Process completed with exit code 2.\n";
        assert_eq!(class_of(log, vec![]), Class::Unknown);
    }

    #[test]
    fn a_tools_failure_names_its_place_in_the_root_cause() {
        let failure = Failure {
            file: Some("app.py".to_owned()),
            line: Some(7),
            code: Some("TypeError".to_owned()),
            ..Failure::new(Kind::TestFailure, "pytest", "can only concatenate str (not \"int\") to str", Span::at(3))
        };
        let classification = classify(&Reading { failures: vec![failure], ..Reading::default() }, &sighted(""));
        assert_eq!(classification.root_cause, "TypeError: can only concatenate str (not \"int\") to str (app.py:7)");
        assert_eq!(classification.evidence[0].rule, "pytest.test-failure");
    }
}
