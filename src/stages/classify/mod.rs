//! Failures and rule sightings become a class with evidence and confidence. `unknown` beats a guess.
//!
//! Two cases are made. One for the code: what the tools themselves report, by how exactly they say it. One for each
//! class that rules speak of: the weightiest line that meets one, by the part it plays (`roles`). A line that explains
//! a tool's failure takes that failure out of the case for the code: a build that says FAILED because a download broke
//! off is no bug.

mod rule;
mod rules;
mod roles;
mod confidence;
pub mod sightings;

pub use sightings::Sightings;

use regex::Regex;
use std::sync::LazyLock;

use roles::{Company, Place, Voice};
use rule::Reach;
use sightings::{Known, Sighting};

use crate::config::policy::LogRule;
use crate::domain::class::{Class, Classification, Evidence};
use crate::domain::failure::{Failure, Kind, Reading, Warning};
use crate::domain::log::Span;
use crate::text::{one_line, truncate};

/// Below this nothing is called anything.
const WEIGHT_MIN: f64 = 0.5;

/// A rerun of a real bug costs money and hides it: nothing is called transient on less than this.
const TRANSIENT_MIN: f64 = 0.58;

/// A tool that names file and line, or a test, of its own failure leaves little doubt.
const TOOL_EXACT: f64 = 0.95;
const TOOL_VAGUE: f64 = 0.8;

/// A reader that goes by words alone: a program said `error`, and nobody knows which.
const GUESS: f64 = 0.55;

/// Words that only say that something failed, not what.
const WRAPPER: f64 = 0.2;

/// What is left of a tool's failure that a sighting explains.
const EXPLAINED: f64 = 0.15;

/// A sighting that explains a failure must be worth so much by itself.
const EXPLAINS_MIN: f64 = 0.5;

/// A rule's word about the code counts as a tool's where it is worth so much.
const CODE_SPOKE_MIN: f64 = 0.6;

/// How much the strongest contradiction takes off.
const CONTRADICTION: f64 = 0.3;

/// A dependency that cannot be found after a download broke off was not fetched; so far apart the two may stand.
const CAUSE_LINES_MAX: u64 = 40;

/// `Caused by:` and what follows it.
const CAUSED_BY_LINES_MAX: u64 = 15;

/// The end of a step: what a program says when it gives up, and the help and stack traces after it.
const LAST_LINES: u64 = 60;

const EVIDENCE_MAX: usize = 5;
const ROOT_CAUSE_BYTES_MAX: usize = 300;

/// Readers that go by words alone and name no place, by what they call their failures' tool.
const GUESSING: [&str; 1] = ["words"];

/// What make, npm, ninja, Gradle and runners say after the one who knows has spoken.
static WRAPPERS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?i)^\W*(error:? )?(process completed with|the process '.*' failed|.{0,60}\b(failed|exited|completed) with (an? )?(non-?zero )?(exit )?(code|status)\b|make(\[\d+\])?: \*\*\* |npm (err!|error) (code ELIFECYCLE|errno|lifecycle|a complete log|exit|command failed)",
        r"|command failed|ninja: build stopped|executing the custom container implementation|a task was canceled|build failed|build failure|failure: build failed|exit(ed)? (with )?(code|status)|\d+ (errors?|failures?)\.?$|\[.{1,200}\] error \d+|(build|cmake) step for \S+ failed|message: (build|cmake) step for|(something|it) went wrong|an? (unknown |unexpected |internal )?error (has )?occurr?ed|see (the )?logs?\b)"
    ))
    .ok()
});

/// A compiler or checker that fetches what it needs, as Go's do: `main.go:3:8: x@v1: Get "https://…": dial tcp …`.
static FETCHES: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)\b(get|head|reading|fetch(ing)?|download(ing)?|clon(e|ing)|request to)[ :]{1,2}['`\x22]?https?://")
        .ok()
});

/// The case for one class.
struct Case {
    class: Class,
    kind: Option<Kind>,
    weight: f64,
    evidence: Vec<Evidence>,
    root_cause: String,
}

/// A sighting, and what it is worth.
struct Weighed<'a> {
    sighting: &'a Sighting,
    rule: &'a Known,
    weight: f64,
}

pub fn classify(reading: &Reading, sightings: &Sightings) -> Classification {
    // A step after the failing one that failed too was let run: what its tests or tools say is not bad luck.
    let later = |failure: &&Failure| {
        own_words(failure) && reading.failing_step.is_some_and(|step| failure.log.first > step.last)
    };
    let roots: Vec<&Failure> = reading.failures.iter().filter(|failure| failure.primary || later(failure)).collect();
    let mut scene = Scene { reading, roots: &roots, error_step: sightings.error_step(), code_spoke: None };
    let of_code = |(sighting, rule): &(&Sighting, &Known)| {
        rule.class == Class::DeterministicCode && scene.weigh(sighting, rule) >= CODE_SPOKE_MIN
    };
    // That tests failed is said at their end; of all else only what follows may be a consequence.
    let since = |(sighting, rule): (&Sighting, &Known)| match rule.kind {
        Kind::TestFailure => scene.reading.failing_step.map_or(1, |step| step.first).min(sighting.line),
        _ => sighting.line,
    };
    scene.code_spoke = sightings.all().filter(of_code).map(since).min();
    let weighed: Vec<Weighed<'_>> = sightings
        .all()
        .map(|(sighting, rule)| Weighed { sighting, rule, weight: scene.weigh(sighting, rule) })
        .collect();
    let weighed = without_explained(weighed);
    let mut cases: Vec<Case> = code_case(&scene, &weighed).into_iter().collect();
    for class in Class::ALL {
        cases.extend(sighted_case(class, &weighed));
    }
    // Of equal ones the first: the tools' own word comes before a rule's.
    cases.sort_by(|a, b| b.weight.total_cmp(&a.weight));
    let mut cases = cases.into_iter();
    let Some(strongest) = cases.next() else { return unknown(reading, Vec::new()) };
    let others: Vec<Case> = cases.filter(|case| case.weight > 0.1 && case.class != strongest.class).collect();
    let contradiction = others.first().map_or(0.0, |case| case.weight);
    let weight = (strongest.weight * (1.0 - CONTRADICTION * contradiction)).clamp(0.0, 1.0);
    let mut also: Vec<Class> = Vec::new();
    let enough = if strongest.class == Class::TransientRetryable { TRANSIENT_MIN } else { WEIGHT_MIN };
    if weight < enough {
        also.push(strongest.class);
    }
    for case in &others {
        if !also.contains(&case.class) {
            also.push(case.class);
        }
    }
    if weight < enough {
        return unknown(reading, also);
    }
    Classification {
        class: strongest.class,
        kind: strongest.kind,
        confidence: (confidence::of_weight(weight) * 100.0).round() / 100.0,
        root_cause: truncate(&one_line(&strongest.root_cause), ROOT_CAUSE_BYTES_MAX),
        evidence: strongest.evidence,
        also,
    }
}

/// What a policy switches off though there is no such rule: a name that was mistyped, or a rule that is gone.
pub fn switched_off_in_vain(rules: &[LogRule]) -> impl Iterator<Item = Warning> {
    let known = |name: &str| rules::built_in().any(|rule| rule.name == name);
    let vain = rules.iter().filter(move |rule| rule.class.is_none() && !known(&rule.name));
    vain.map(|rule| Warning {
        code: "rule.unknown",
        file: None,
        message: format!("`logs.rules` switches off `{}`, and there is no rule of that name", rule.name),
    })
}

/// A line about the code, too, may be only what a line before it led to: `No matching distribution found`, after the
/// index could not be reached.
fn without_explained(mut weighed: Vec<Weighed<'_>>) -> Vec<Weighed<'_>> {
    let causes: Vec<u64> = weighed
        .iter()
        .filter(|one| one.rule.class != Class::DeterministicCode && one.weight >= EXPLAINS_MIN)
        .map(|one| one.sighting.line)
        .collect();
    for one in weighed.iter_mut().filter(|one| one.rule.class == Class::DeterministicCode) {
        let lines = if one.rule.kind == Kind::DependencyIssue { CAUSE_LINES_MAX } else { 0 };
        let line = one.sighting.line;
        if causes.iter().any(|cause| (line.saturating_sub(lines)..=line).contains(cause)) {
            one.weight *= EXPLAINED;
        }
    }
    weighed
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

/// Whether what such a failure says are the words of the code under test, or of the code itself.
fn own_words(failure: &Failure) -> bool {
    matches!(failure.kind, Kind::TestFailure | Kind::LintError | Kind::TypeError | Kind::FormatError)
        && !guessed(failure)
}

/// Whether it only says that something failed: a guess, or the word of one who ran what failed.
fn vague(failure: &Failure) -> bool {
    guessed(failure) || (!own_words(failure) && wraps(failure))
}

fn wraps(failure: &Failure) -> bool {
    WRAPPERS.as_ref().is_some_and(|wrappers| wrappers.is_match(&failure.message))
}

fn placed(failure: &Failure) -> bool {
    failure.path.is_some() || failure.file.is_some() || failure.test.is_some()
}

fn holds(failure: &Failure, line: u64) -> bool {
    failure.log != Span::NONE && (failure.log.first..=failure.log.last).contains(&line)
}

/// All that a line's part depends on.
struct Scene<'a> {
    reading: &'a Reading,
    roots: &'a [&'a Failure],
    error_step: Option<Span>,
    /// The first line that meets a rule about the code itself: what follows may be its consequence.
    code_spoke: Option<u64>,
}

impl Scene<'_> {
    fn weigh(&self, sighting: &Sighting, rule: &Known) -> f64 {
        let voice = match sighting.voice {
            Voice::Hopeful if rule.last_word => Voice::Program,
            // A test that failed is the code's own word.
            Voice::Test | Voice::Wanted if rule.class == Class::DeterministicCode => Voice::Program,
            voice => voice,
        };
        let mut weight = rule.weight * roles::factor(voice, self.place(sighting), self.company(sighting, rule));
        if rule.class == Class::TransientRetryable && roles::own_machine(&sighting.text) {
            weight *= roles::OWN_MACHINE;
        }
        weight
    }

    fn place(&self, sighting: &Sighting) -> Place {
        let steps = [self.reading.failing_step, self.error_step];
        if steps.iter().all(Option::is_none) {
            let end = self.reading.size.lines.max(sighting.line);
            return if sighting.line + LAST_LINES > end { Place::LastWords } else { Place::InStep };
        }
        let inside = |step: &&Span| (step.first..=step.last).contains(&sighting.line);
        match steps.iter().flatten().find(inside) {
            Some(step) if sighting.line + LAST_LINES > step.last => Place::LastWords,
            Some(_) => Place::InStep,
            None => Place::Elsewhere,
        }
    }

    fn company(&self, sighting: &Sighting, rule: &Known) -> Company {
        if self.roots.iter().any(|root| self.explains(sighting, rule, root)) {
            return Company::Alone;
        }
        let inside = |failure: &Failure| !guessed(failure) && holds(failure, sighting.line);
        if rule.class == Class::DeterministicCode {
            Company::Alone
        } else if self.reading.failures.iter().any(inside) {
            Company::InsideFailure
        } else if self.code_spoke.is_some_and(|line| line < sighting.line) || self.roots.iter().any(|root| !vague(root))
        {
            Company::BesideFailure
        } else {
            Company::Alone
        }
    }

    /// Whether what a line says is why this failed.
    fn explains(&self, sighting: &Sighting, rule: &Known, failure: &Failure) -> bool {
        if rule.class == Class::DeterministicCode || matches!(sighting.voice, Voice::Test | Voice::Quoted) {
            return false;
        }
        let inside = holds(failure, sighting.line);
        let said = rule.is_met_by(&failure.message);
        let fetches = || FETCHES.as_ref().is_some_and(|fetches| fetches.is_match(&failure.message));
        if own_words(failure) {
            let all_say_so = || self.roots.iter().all(|root| rule.is_met_by(&root.message));
            return match rule.reach {
                Reach::Command => failure.kind != Kind::TestFailure && said && fetches(),
                Reach::Message => said && all_say_so(),
                Reach::Everything => said && self.roots.len() > 1 && all_say_so(),
            };
        }
        if vague(failure) {
            let near = failure.log.first.abs_diff(sighting.line) <= LAST_LINES;
            return inside || said || (rule.reach == Reach::Everything && near);
        }
        match (failure.kind, rule.reach) {
            (_, Reach::Everything) if sighting.line <= failure.log.last + CAUSED_BY_LINES_MAX => true,
            (Kind::BuildError, Reach::Command) if placed(failure) => said && fetches(),
            (Kind::BuildError, _) if placed(failure) => said,
            (Kind::DependencyIssue, _) => {
                let before = (failure.log.first..=failure.log.last + CAUSED_BY_LINES_MAX).contains(&sighting.line);
                let after = failure.log.first.checked_sub(sighting.line);
                said || before || after.is_some_and(|lines| lines <= CAUSE_LINES_MAX)
            }
            _ => {
                let near = failure.log.first.abs_diff(sighting.line) <= CAUSED_BY_LINES_MAX;
                inside || said || (near && !placed(failure))
            }
        }
    }
}

/// The case that the code is to blame: what the tools themselves report.
fn code_case(scene: &Scene<'_>, weighed: &[Weighed<'_>]) -> Option<Case> {
    let explained = |failure: &Failure| {
        weighed.iter().any(|one| one.weight >= EXPLAINS_MIN && scene.explains(one.sighting, one.rule, failure))
    };
    let weight = |failure: &Failure| {
        let exact = match failure.kind {
            Kind::Infrastructure => return 0.0,
            _ if vague(failure) && wraps(failure) => WRAPPER,
            _ if guessed(failure) => GUESS,
            _ if placed(failure) => TOOL_EXACT,
            _ => TOOL_VAGUE,
        };
        if explained(failure) { exact * EXPLAINED } else { exact }
    };
    let weights: Vec<(f64, &Failure)> = scene.roots.iter().map(|failure| (weight(failure), *failure)).collect();
    // The first of the most telling: later ones are often consequences.
    let mut strongest = *weights.first()?;
    for (weight, failure) in &weights {
        if *weight > strongest.0 {
            strongest = (*weight, failure);
        }
    }
    if strongest.0 == 0.0 {
        return None;
    }
    let evidence = |failure: &Failure| Evidence {
        span: failure.log,
        text: truncate(&one_line(&failure.message), ROOT_CAUSE_BYTES_MAX),
        rule: format!("{}.{}", failure.tool, failure.kind.as_str().replace('_', "-")),
    };
    let telling = weights.iter().filter(|(weight, _)| *weight > strongest.0 * 0.5);
    Some(Case {
        class: Class::DeterministicCode,
        kind: Some(strongest.1.kind),
        weight: strongest.0,
        evidence: telling.take(EVIDENCE_MAX).map(|(_, failure)| evidence(failure)).collect(),
        root_cause: cause(strongest.1),
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

/// The case that lines make which meet a rule of `class`.
fn sighted_case(class: Class, weighed: &[Weighed<'_>]) -> Option<Case> {
    let mut of_class: Vec<&Weighed<'_>> = weighed.iter().filter(|one| one.rule.class == class).collect();
    // Of equal ones the last: it is what the step ended with. About the code the first: the others follow from it.
    of_class.sort_by(|a, b| {
        let later = b.sighting.line.cmp(&a.sighting.line);
        b.weight.total_cmp(&a.weight).then(if class == Class::DeterministicCode { later.reverse() } else { later })
    });
    let strongest = *of_class.first()?;
    let same_weight = of_class.iter().filter(|other| other.weight > strongest.weight * 0.8).take(EVIDENCE_MAX);
    let mut evidence: Vec<Evidence> = same_weight
        .map(|one| Evidence {
            span: Span::at(one.sighting.line),
            text: one.sighting.text.clone(),
            rule: one.rule.name.to_string(),
        })
        .collect();
    evidence.sort_by_key(|evidence| evidence.span);
    Some(Case {
        class,
        kind: Some(strongest.rule.kind),
        weight: strongest.weight,
        evidence,
        root_cause: format!("{}: {}", strongest.rule.reason, strongest.sighting.text),
    })
}

#[cfg(test)]
mod tests {
    use watch::Watch;

    use super::{Sightings, classify, switched_off_in_vain};
    use crate::config::policy::LogRule;
    use crate::domain::class::Class;
    use crate::domain::failure::{Failure, Kind, Reading};
    use crate::domain::log::{Line, Mark, Span};

    fn own_rule(name: &str, class: Option<Class>, pattern: &str) -> LogRule {
        LogRule {
            name: name.to_owned(),
            class,
            kind: Kind::Infrastructure,
            pattern: pattern.to_owned(),
            literals: vec![pattern.to_owned()],
            reason: "a board of the lab is switched off".to_owned(),
            confidence: 0.9,
        }
    }

    /// A log's lines; `##[error]` and `##[group]` say their marks.
    fn sighted(log: &str) -> Sightings {
        sighted_with(log, &[])
    }

    fn sighted_with(log: &str, rules: &[LogRule]) -> Sightings {
        let mut sightings = Sightings::new(rules);
        let watch = Watch::new(sightings.wakes());
        let mut hits = Vec::new();
        for (index, raw) in log.lines().enumerate() {
            let (mark, text) = match (raw.strip_prefix("##[error]"), raw.strip_prefix("##[group]")) {
                (Some(rest), _) => (Mark::Error, rest),
                (_, Some(rest)) => (Mark::Group, rest),
                _ if raw == "##[endgroup]" => (Mark::EndGroup, ""),
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
    fn switching_off_what_is_no_rule_is_told() {
        let off = |name: &str| own_rule(name, None, "");
        let told: Vec<_> = switched_off_in_vain(&[off("net.timeout"), off("net.timeouts")]).collect();
        assert_eq!(told.len(), 1);
        assert!(told[0].message.contains("`net.timeouts`"), "{told:?}");
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
    fn a_policys_rule_overrides_or_switches_off_a_built_in_one_and_adds_another() {
        let rule = own_rule;
        let classify_with = |log: &str, rules: &[LogRule]| classify(&Reading::default(), &sighted_with(log, rules));
        let (line, board) = ("curl: (6) Could not resolve host: lab.example\n", "board 7 is offline\n");
        assert_eq!(classify_with(line, &[]).class, Class::TransientRetryable);
        assert_eq!(classify_with(line, &[rule("net.dns", None, "")]).class, Class::Unknown);
        let own = [rule("net.dns", Some(Class::EnvironmentPolicy), "resolve host: lab")];
        assert_eq!(classify_with(line, &own).class, Class::EnvironmentPolicy);
        assert_eq!(classify_with(board, &own).class, Class::Unknown);
        let lost = classify_with(board, &[rule("lab.board", Some(Class::TransientRetryable), "is offline")]);
        assert_eq!((lost.class, lost.evidence[0].rule.as_str()), (Class::TransientRetryable, "lab.board"));
        assert_eq!(lost.root_cause, "a board of the lab is switched off: board 7 is offline");
    }

    #[test]
    fn a_policys_rule_does_not_make_a_failing_test_transient() {
        let sure = own_rule("lab.board", Some(Class::TransientRetryable), "assert");
        let rule = LogRule { confidence: 1.0, ..sure };
        let reading = Reading { failures: vec![test_failure(1, 2)], ..Reading::default() };
        let sightings = sighted_with("assert 1 == 2\nassert 1 == 2\n", &[rule]);
        assert_eq!(classify(&reading, &sightings).class, Class::DeterministicCode);
    }

    #[test]
    fn a_broken_download_explains_the_build_that_failed_for_it() {
        let log = "error: could not fetch\ncurl: (56) Recv failure: Connection reset by peer\n##[error]Process completed with exit code 1.\n";
        let vague = |span| Failure::new(Kind::BuildError, "gradle", "Execution failed for task ':compileJava'", span);
        assert_eq!(class_of(log, vec![vague(Span { first: 1, last: 2 })]), Class::TransientRetryable);
        let missing = Failure::new(Kind::DependencyIssue, "pip", "No matching distribution found for x", Span::at(3));
        assert_eq!(class_of(log, vec![missing]), Class::TransientRetryable);
        let placed = Failure { path: Some("a.c".to_owned()), line: Some(1), ..vague(Span { first: 1, last: 2 }) };
        assert_eq!(class_of(log, vec![placed]), Class::DeterministicCode);
    }

    #[test]
    fn a_script_that_is_only_shown_says_nothing() {
        let log = "##[group]Run curl --fail x || echo Connection refused: connection reset by peer\ncurl: (56) Connection reset by peer\n##[endgroup]\ndone\n##[error]Process completed with exit code 1.\n";
        assert_eq!(class_of(log, vec![]), Class::Unknown);
    }

    #[test]
    fn a_service_of_the_own_machine_that_does_not_answer_is_no_bad_luck() {
        let log = "curl: (7) Failed to connect to localhost port 8080 after 0 ms: Couldn't connect to server\n##[error]Process completed with exit code 7.\n";
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
