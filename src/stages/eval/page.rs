//! The scores as a person reads them on a terminal, and as JSON, `self-heal/eval/v1`.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Serialize;

use super::baseline::Changes;
use super::case::Expected;
use super::score::{Judged, Score, Slice, share};
use crate::domain::class::Class;
use crate::domain::failure::{Failure, Kind};
use crate::text::{counted, one_line, truncate};

/// A failure is shown on one line.
const FAILURE_BYTES_MAX: usize = 160;

/// The page, for people.
pub fn text(judged: &[Judged], unchecked: &[String], score: &Score, changes: Option<&Changes>) -> String {
    let mut page = String::new();
    let failures = score.failures;
    let _ = write!(
        page,
        "{}\n\n\
         class         macro-F1 {:.1}, {} of {} right, {}\n\
         kind          {} of {} right\n\
         failures      {} of {} found, {} made up, {} of {} exact\n\
         fingerprint   {} kept, {} lost, {} shared by two\n\
         calibration   expected error {:.1} points\n",
        counted(score.cases as u64, "case"),
        score.macro_f1,
        score.class_right,
        score.cases,
        counted(score.false_transient as u64, "false transient"),
        score.kind_right,
        score.cases,
        failures.found,
        failures.told,
        failures.extra,
        failures.exact,
        counted(failures.cases as u64, "case"),
        score.fingerprints.same,
        score.fingerprints.lost.len(),
        score.fingerprints.shared.len(),
        score.calibration_error,
    );
    confusion(&mut page, score);
    reliability(&mut page, score);
    slices(&mut page, &score.slices);
    wrong(&mut page, judged, score);
    if !unchecked.is_empty() {
        let _ = writeln!(page, "\nnot scored, for no person has checked them yet (`checked = false`)");
        page.extend(unchecked.iter().map(|name| format!("  {name}\n")));
    }
    match changes {
        None => page.push_str("\nthere is no baseline to compare with: `--bless` writes one\n"),
        Some(Changes { fallen, new }) => {
            if !new.is_empty() {
                let _ = writeln!(page, "\nnew since the baseline: {}", new.join(", "));
            }
            if fallen.is_empty() {
                page.push_str("\nnothing fell against the baseline\n");
            } else {
                page.push_str("\nworse than the baseline (`--bless` agrees to it)\n");
                page.extend(fallen.iter().map(|fell| format!("  {fell}\n")));
            }
        }
    }
    page
}

fn confusion(page: &mut String, score: &Score) {
    let short = |class: Class| class.as_str().split('_').next().unwrap_or_default();
    let _ = write!(page, "\n{:<22}", "told, and said:");
    page.extend(Class::ALL.iter().map(|class| format!("{:>15}", short(*class))));
    page.push('\n');
    for (class, row) in Class::ALL.iter().zip(score.confusion) {
        let _ = write!(page, "{:<22}", class.as_str());
        page.extend(row.iter().map(|cases| format!("{cases:>15}")));
        page.push('\n');
    }
}

fn reliability(page: &mut String, score: &Score) {
    let _ = writeln!(page, "\n{:<12}{:>8}{:>10}{:>10}", "confidence", "cases", "sure", "right");
    for (tenth, bin) in score.bins.iter().enumerate().filter(|(_, bin)| bin.cases > 0) {
        let from = f64::from(u32::try_from(tenth).unwrap_or_default()) / 10.0;
        let _ = writeln!(
            page,
            "{from:.1} to {:.1}  {:>8}{:>10.1}{:>10.1}",
            from + 0.1,
            bin.cases,
            bin.confidence,
            bin.right
        );
    }
}

fn slices(page: &mut String, slices: &BTreeMap<String, Slice>) {
    let width = slices.keys().map(|name| name.chars().count()).max().unwrap_or_default().max(5);
    let _ = writeln!(page, "\n{:<width$}{:>8}{:>10}{:>10}{:>10}", "slice", "cases", "class", "kind", "failures");
    for (name, Slice { cases, class, kind, failures }) in slices {
        let failures = failures.map_or("-".to_owned(), |failures| format!("{failures:.1}"));
        let _ = writeln!(page, "{name:<width$}{cases:>8}{class:>10.1}{kind:>10.1}{failures:>10}");
    }
}

/// What was read wrong, case by case.
fn wrong(page: &mut String, judged: &[Judged], score: &Score) {
    let mut wrong = String::new();
    for one in judged {
        let mut lines = Vec::new();
        if !one.class_is_right() {
            lines.push(format!("class is {}, not {}", one.said.class.as_str(), one.case.class.as_str()));
        }
        if !one.kind_is_right() {
            let name = |kind: Option<Kind>| kind.map_or("none", Kind::as_str);
            lines.push(format!("kind is {}, not {}", name(one.said.kind), name(one.case.kind)));
        }
        lines.extend(one.missing.iter().map(|failure| format!("missing  {}", shown(&failure.told()))));
        lines.extend(one.extra.iter().map(|failure| format!("made up  {}", shown(&as_told(failure).told()))));
        let names = |pairs: &[(String, String)], what: &str| {
            let of_this = pairs.iter().filter(|(name, _)| *name == one.case.name);
            of_this.map(|(_, other)| format!("{what} {other}")).collect::<Vec<_>>()
        };
        lines.extend(names(&score.fingerprints.lost, "fingerprint is not that of"));
        lines.extend(names(&score.fingerprints.shared, "fingerprint is also that of"));
        if !lines.is_empty() {
            let _ = writeln!(wrong, "  {}", one.case.name);
            wrong.extend(lines.iter().map(|line| format!("      {line}\n")));
        }
    }
    if !wrong.is_empty() {
        let _ = write!(page, "\nread wrong\n{wrong}");
    }
}

fn shown(text: &str) -> String {
    truncate(&one_line(text), FAILURE_BYTES_MAX)
}

fn as_told(failure: &Failure) -> Expected {
    Expected {
        tool: Some(failure.tool.clone()),
        path: failure.file.clone().or_else(|| failure.path.clone()),
        line: failure.line,
        column: failure.column,
        test: failure.test.clone(),
        code: failure.code.clone(),
        message: Some(failure.message.clone()),
        suggestion: failure.suggestion.clone(),
    }
}

/// The same, for programs.
pub fn json(judged: &[Judged], unchecked: &[String], score: &Score, changes: Option<&Changes>) -> String {
    let file = EvalFile {
        schema: "self-heal/eval/v1",
        cases: score.cases,
        macro_f1: score.macro_f1,
        class: share(score.class_right, score.cases),
        kind: share(score.kind_right, score.cases),
        false_transient: score.false_transient,
        failures: FailuresPart {
            told: score.failures.told,
            found: score.failures.found,
            extra: score.failures.extra,
            cases: score.failures.cases,
            exact: score.failures.exact,
        },
        fingerprints: FingerprintsPart {
            kept: score.fingerprints.same,
            lost: &score.fingerprints.lost,
            shared: &score.fingerprints.shared,
        },
        calibration_error: score.calibration_error,
        reliability: score
            .bins
            .iter()
            .map(|bin| BinPart { cases: bin.cases, confidence: bin.confidence, right: bin.right })
            .collect(),
        classes: Class::ALL.map(Class::as_str),
        confusion: score.confusion,
        slices: score
            .slices
            .iter()
            .map(|(name, slice)| {
                let Slice { cases, class, kind, failures } = *slice;
                (name.as_str(), SlicePart { cases, class, kind, failures })
            })
            .collect(),
        wrong: judged
            .iter()
            .filter(|one| {
                !one.class_is_right() || !one.kind_is_right() || !one.missing.is_empty() || !one.extra.is_empty()
            })
            .map(|one| one.case.name.as_str())
            .collect(),
        unchecked,
        fallen: changes.map(|changes| changes.fallen.as_slice()),
        new: changes.map(|changes| changes.new.as_slice()),
    };
    // Strings, finite numbers and lists of them always serialise.
    serde_json::to_string_pretty(&file).unwrap_or_default() + "\n"
}

#[derive(Serialize)]
struct EvalFile<'a> {
    schema: &'static str,
    cases: usize,
    macro_f1: f64,
    class: f64,
    kind: f64,
    false_transient: usize,
    failures: FailuresPart,
    fingerprints: FingerprintsPart<'a>,
    calibration_error: f64,
    reliability: Vec<BinPart>,
    classes: [&'static str; 4],
    /// A row for each class that is told, in it what was said.
    confusion: [[usize; 4]; 4],
    slices: BTreeMap<&'a str, SlicePart>,
    wrong: Vec<&'a str>,
    unchecked: &'a [String],
    /// `null` where there is no baseline.
    fallen: Option<&'a [String]>,
    new: Option<&'a [String]>,
}

#[derive(Serialize)]
struct FailuresPart {
    told: usize,
    found: usize,
    extra: usize,
    cases: usize,
    exact: usize,
}

#[derive(Serialize)]
struct FingerprintsPart<'a> {
    kept: usize,
    lost: &'a [(String, String)],
    shared: &'a [(String, String)],
}

#[derive(Serialize)]
struct BinPart {
    cases: usize,
    confidence: f64,
    right: f64,
}

#[derive(Serialize)]
struct SlicePart {
    cases: usize,
    class: f64,
    kind: f64,
    failures: Option<f64>,
}

#[cfg(test)]
mod tests {
    use super::super::baseline::Baseline;
    use super::super::score::tests::{case, said};
    use super::*;

    fn judged() -> Vec<Judged> {
        let told = Expected { path: Some("a.py".to_owned()), line: Some(3), ..Expected::default() };
        let mut wrong = case("pytest/wrong", Class::DeterministicCode);
        wrong.failures = vec![told];
        vec![
            Judged::new(wrong, said(Class::Unknown, 0.4)),
            Judged::new(case("mypy/right", Class::DeterministicCode), said(Class::DeterministicCode, 0.95)),
        ]
    }

    #[test]
    fn the_page_says_what_was_read_wrong_and_what_fell() {
        let judged = judged();
        let score = Score::of(&judged);
        let baseline = Baseline::of(&Score::of(&judged[1..]));
        let page = text(&judged, &["nose/new".to_owned()], &score, Some(&baseline.against(&score)));
        for line in [
            "class         macro-F1 33.3, 1 of 2 right, 0 false transients",
            "  pytest/wrong\n      class is unknown, not deterministic_code\n      missing  a.py:3",
            "  nose/new",
            "new since the baseline: tool pytest",
            "  all: class fell from 100.0 to 50.0",
        ] {
            assert!(page.contains(line), "`{line}` is not in\n{page}");
        }
    }

    #[test]
    fn json_has_the_same_figures() {
        let judged = judged();
        let score = Score::of(&judged);
        let file: serde_json::Value = serde_json::from_str(&json(&judged, &[], &score, None)).expect("JSON");
        assert_eq!(file["schema"], "self-heal/eval/v1");
        assert_eq!(file["slices"]["tool pytest"]["class"], 0.0);
        assert_eq!((&file["wrong"][0], &file["fallen"]), (&"pytest/wrong".into(), &serde_json::Value::Null));
    }
}
