//! The scores of many golden cases: by class, by slice, and how far a confidence can be believed.

use std::collections::{BTreeMap, BTreeSet};

use super::case::{Case, Expected};
use crate::domain::class::Class;
use crate::domain::failure::{Failure, Kind};

/// Ten bins are what calibration is shown with everywhere (Guo and others, "On Calibration of Modern Neural Networks", 2017).
pub const BINS: usize = 10;

/// What the program says of one log.
#[derive(Clone, Debug)]
pub struct Said {
    pub class: Class,
    pub kind: Option<Kind>,
    pub confidence: f64,
    pub fingerprint: Option<String>,
    /// The root failures.
    pub roots: Vec<Failure>,
}

/// One case and what was said of it.
#[derive(Clone, Debug)]
pub struct Judged {
    pub case: Case,
    pub said: Said,
    /// Of the case's failures, those that nothing said has all fields of.
    pub missing: Vec<Expected>,
    /// Root failures that the case does not tell.
    pub extra: Vec<Failure>,
}

impl Judged {
    pub fn new(case: Case, said: Said) -> Self {
        let (mut missing, mut extra) = (Vec::new(), said.roots.clone());
        for expected in &case.failures {
            match extra.iter().position(|failure| expected.is(failure)) {
                Some(at) => drop(extra.remove(at)),
                None => missing.push(expected.clone()),
            }
        }
        if case.failures.is_empty() {
            extra.clear();
        }
        Self { case, said, missing, extra }
    }

    pub fn class_is_right(&self) -> bool {
        self.case.class == self.said.class
    }

    pub fn kind_is_right(&self) -> bool {
        self.case.kind.is_none() || self.case.kind == self.said.kind
    }

    /// To call transient what is not costs a rerun and hides a bug: it must never happen.
    pub fn is_false_transient(&self) -> bool {
        self.said.class == Class::TransientRetryable && !self.class_is_right()
    }

    /// Failures found, of those that are told or were made up; `None` where none are told.
    fn failures(&self) -> Option<f64> {
        let told = self.case.failures.len();
        (told > 0).then(|| share(told - self.missing.len(), told + self.extra.len()))
    }
}

/// The cases that have something in common.
#[derive(Clone, Debug, PartialEq)]
pub struct Slice {
    pub cases: usize,
    /// In percent, as everything here.
    pub class: f64,
    pub kind: f64,
    pub failures: Option<f64>,
}

/// Cases whose confidence lies in one tenth.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Bin {
    pub cases: usize,
    pub confidence: f64,
    pub right: f64,
}

/// All there is to say of a golden set.
#[derive(Clone, Debug)]
pub struct Score {
    pub cases: usize,
    /// Mean over the classes that were told or said.
    pub macro_f1: f64,
    pub class_right: usize,
    pub kind_right: usize,
    pub false_transient: usize,
    /// By the class that is told, then by the one that was said, in the order of `Class::ALL`.
    pub confusion: [[usize; 4]; 4],
    /// Failures told, found, and made up; cases that tell any, and those of them that are exact.
    pub failures: Failures,
    /// Between how sure it is and how often it is right, in points, weighed by cases.
    pub calibration_error: f64,
    pub bins: [Bin; BINS],
    pub fingerprints: Fingerprints,
    pub slices: BTreeMap<String, Slice>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Failures {
    pub told: usize,
    pub found: usize,
    pub extra: usize,
    pub cases: usize,
    pub exact: usize,
}

/// Whether one failure has one name, and no other has it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fingerprints {
    pub same: usize,
    /// Cases that are another's failure seen elsewhere, and have another name.
    pub lost: Vec<(String, String)>,
    /// Cases of different failures with one name.
    pub shared: Vec<(String, String)>,
}

impl Score {
    pub fn of(judged: &[Judged]) -> Self {
        let mut confusion = [[0; 4]; 4];
        for one in judged {
            if let Some(cell) =
                confusion.get_mut(place(one.case.class)).and_then(|row| row.get_mut(place(one.said.class)))
            {
                *cell += 1;
            }
        }
        let bins = bins(judged);
        Self {
            cases: judged.len(),
            macro_f1: macro_f1(&confusion),
            class_right: count(judged, Judged::class_is_right),
            kind_right: count(judged, Judged::kind_is_right),
            false_transient: count(judged, Judged::is_false_transient),
            confusion,
            failures: failures(judged),
            calibration_error: mean(bins.iter().map(|bin| (bin.cases, (bin.confidence - bin.right).abs()))),
            bins,
            fingerprints: fingerprints(judged),
            slices: slices(judged),
        }
    }
}

fn place(class: Class) -> usize {
    Class::ALL.iter().position(|one| *one == class).unwrap_or_default()
}

fn count(judged: &[Judged], so: impl Fn(&Judged) -> bool) -> usize {
    judged.iter().filter(|one| so(one)).count()
}

/// In percent; of nothing everything.
#[expect(clippy::cast_precision_loss, reason = "cases are far fewer than the 2^53 where whole numbers get lost")]
pub fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 { 100.0 } else { 100.0 * part as f64 / whole as f64 }
}

#[expect(clippy::cast_precision_loss, reason = "cases are far fewer than the 2^53 where whole numbers get lost")]
fn mean(weighed: impl Iterator<Item = (usize, f64)>) -> f64 {
    let (weight, sum) =
        weighed.fold((0, 0.0), |(all, sum), (weight, value)| (all + weight, sum + weight as f64 * value));
    if weight == 0 { 0.0 } else { sum / weight as f64 }
}

fn macro_f1(confusion: &[[usize; 4]; 4]) -> f64 {
    let of_class = |class: usize| {
        let right = confusion.get(class)?.get(class)?;
        let told: usize = confusion.get(class)?.iter().sum();
        let said: usize = confusion.iter().filter_map(|row| row.get(class)).sum();
        (told + said > 0).then(|| (1, share(2 * right, told + said)))
    };
    mean((0..Class::ALL.len()).filter_map(of_class))
}

fn failures(judged: &[Judged]) -> Failures {
    let telling = judged.iter().filter(|one| !one.case.failures.is_empty());
    telling.fold(Failures::default(), |sum, one| Failures {
        told: sum.told + one.case.failures.len(),
        found: sum.found + one.case.failures.len() - one.missing.len(),
        extra: sum.extra + one.extra.len(),
        cases: sum.cases + 1,
        exact: sum.exact + usize::from(one.missing.is_empty() && one.extra.is_empty()),
    })
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a confidence is 0 to 1, and a cast stops there"
)]
fn bins(judged: &[Judged]) -> [Bin; BINS] {
    let mut groups: [Vec<&Judged>; BINS] = Default::default();
    // `unknown` promises nothing.
    for one in judged.iter().filter(|one| one.said.class != Class::Unknown) {
        let tenth = (one.said.confidence * 10.0).floor() as usize;
        groups[tenth.min(BINS - 1)].push(one);
    }
    groups.map(|group| Bin {
        cases: group.len(),
        confidence: mean(group.iter().map(|one| (1, 100.0 * one.said.confidence))),
        right: mean(group.iter().map(|one| (1, if one.class_is_right() { 100.0 } else { 0.0 }))),
    })
}

fn fingerprints(judged: &[Judged]) -> Fingerprints {
    let by_name: BTreeMap<&str, &Judged> = judged.iter().map(|one| (one.case.name.as_str(), one)).collect();
    let mut found = Fingerprints::default();
    let mut of_root: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for one in judged {
        let root = one.case.same_as.as_deref().unwrap_or(&one.case.name);
        let Some(fingerprint) = one.said.fingerprint.as_deref() else {
            if root != one.case.name {
                found.lost.push((one.case.name.clone(), root.to_owned()));
            }
            continue;
        };
        of_root.entry(fingerprint).or_default().insert(root);
        if root != one.case.name {
            let other = by_name.get(root).and_then(|other| other.said.fingerprint.as_deref());
            if other == Some(fingerprint) {
                found.same += 1;
            } else {
                found.lost.push((one.case.name.clone(), root.to_owned()));
            }
        }
    }
    for roots in of_root.values() {
        let mut roots = roots.iter().map(|root| (*root).to_owned());
        if let Some(first) = roots.next() {
            found.shared.extend(roots.map(|other| (first.clone(), other)));
        }
    }
    found
}

/// The slices' names: `tool pytest`, `class unknown`, `trap`.
fn slices(judged: &[Judged]) -> BTreeMap<String, Slice> {
    let mut groups: BTreeMap<String, Vec<&Judged>> = BTreeMap::new();
    for one in judged {
        let Case { tool, language, class, kind, made, trap, .. } = &one.case;
        let names = [
            Some("all".to_owned()),
            Some(format!("tool {tool}")),
            Some(format!("language {language}")),
            Some(format!("class {}", class.as_str())),
            kind.map(|kind| format!("kind {}", kind.as_str())),
            Some(format!("made {}", made.as_str())),
            trap.then(|| "trap".to_owned()),
        ];
        for name in names.into_iter().flatten() {
            groups.entry(name).or_default().push(one);
        }
    }
    let right = |so: bool| (1, if so { 100.0 } else { 0.0 });
    let slice = |group: &[&Judged]| {
        let failures: Vec<f64> = group.iter().filter_map(|one| one.failures()).collect();
        Slice {
            cases: group.len(),
            class: mean(group.iter().map(|one| right(one.class_is_right()))),
            kind: mean(group.iter().map(|one| right(one.kind_is_right()))),
            failures: (!failures.is_empty()).then(|| mean(failures.into_iter().map(|share| (1, share)))),
        }
    };
    groups.into_iter().map(|(name, group)| (name, slice(&group))).collect()
}

#[cfg(test)]
pub mod tests {
    //! Judged cases in the making.

    use super::*;
    use crate::domain::log::Span;
    use crate::stages::eval::case::Made;

    pub fn case(name: &str, class: Class) -> Case {
        Case {
            name: name.to_owned(),
            tool: name.split('/').next().unwrap_or_default().to_owned(),
            language: "python".to_owned(),
            class,
            kind: Some(Kind::TestFailure),
            made: Made::Run,
            trap: false,
            same_as: None,
            checked: true,
            failures: Vec::new(),
        }
    }

    pub fn said(class: Class, confidence: f64) -> Said {
        Said { class, kind: Some(Kind::TestFailure), confidence, fingerprint: None, roots: Vec::new() }
    }

    fn root(message: &str) -> Failure {
        Failure::new(Kind::TestFailure, "pytest", message, Span::at(1))
    }

    fn close(one: f64, other: f64) {
        assert!((one - other).abs() < 0.01, "{one} is not {other}");
    }

    use Class::{
        DeterministicCode as Code, EnvironmentPolicy as Environment, TransientRetryable as Transient, Unknown,
    };

    fn of(pairs: &[(Class, Class)]) -> Score {
        let judged = pairs.iter().enumerate().map(|(number, (told, said_class))| {
            Judged::new(case(&format!("pytest/{number}"), *told), said(*said_class, 0.9))
        });
        Score::of(&judged.collect::<Vec<_>>())
    }

    #[test]
    fn macro_f1_is_the_mean_over_the_classes_told_or_said() {
        close(of(&[(Code, Code), (Unknown, Unknown)]).macro_f1, 100.0);
        // Code: precision 1/2, recall 1; environment: nothing.
        close(of(&[(Code, Code), (Environment, Code)]).macro_f1, (200.0 / 3.0 + 0.0) / 2.0);
    }

    #[test]
    fn a_false_transient_is_counted_and_a_missed_one_is_not() {
        let score = of(&[(Code, Transient), (Transient, Code), (Transient, Transient)]);
        assert_eq!((score.false_transient, score.class_right), (1, 1));
        assert_eq!(score.confusion[1], [1, 0, 0, 0]);
    }

    #[test]
    fn failures_are_found_once_each_and_the_rest_is_extra() {
        let told = |message: &str| Expected { message: Some(message.to_owned()), ..Expected::default() };
        let mut case = case("pytest/a", Code);
        case.failures = vec![told("one"), told("one"), told("two")];
        let said = Said { roots: vec![root("one"), root("three")], ..said(Code, 1.0) };
        let judged = [Judged::new(case, said)];
        let score = Score::of(&judged);
        assert_eq!(score.failures, Failures { told: 3, found: 1, extra: 1, cases: 1, exact: 0 });
        close(score.slices["tool pytest"].failures.expect("told"), 25.0);
    }

    #[test]
    fn a_case_that_tells_no_failures_is_not_held_to_any() {
        let said = Said { roots: vec![root("one")], ..said(Code, 1.0) };
        let score = Score::of(&[Judged::new(case("pytest/a", Code), said)]);
        assert_eq!(score.failures, Failures::default());
        assert_eq!(score.slices["all"].failures, None);
    }

    #[test]
    fn calibration_is_how_far_confidence_and_truth_are_apart() {
        // Nine tenths sure, and right in one of two: 40 points apart.
        close(of(&[(Code, Code), (Environment, Code)]).calibration_error, 40.0);
        let sure = Score::of(&[Judged::new(case("a/b", Code), said(Code, 1.0))]);
        assert_eq!(sure.bins[9].cases, 1);
        close(sure.calibration_error, 0.0);
    }

    #[test]
    fn a_name_is_kept_by_the_same_failure_and_shared_by_no_other() {
        let named = |name: &str, same_as: Option<&str>, fingerprint: Option<&str>| {
            let case = Case { same_as: same_as.map(str::to_owned), ..case(name, Code) };
            Judged::new(case, Said { fingerprint: fingerprint.map(str::to_owned), ..said(Code, 1.0) })
        };
        let found = fingerprints(&[
            named("a/a", None, Some("1")),
            named("a/b", Some("a/a"), Some("1")),
            named("a/c", Some("a/a"), Some("2")),
            named("a/d", Some("a/a"), None),
            named("a/e", None, Some("1")),
            named("a/f", None, None),
        ]);
        let pair = |one: &str, other: &str| (one.to_owned(), other.to_owned());
        let lost = vec![pair("a/c", "a/a"), pair("a/d", "a/a")];
        assert_eq!(found, Fingerprints { same: 1, lost, shared: vec![pair("a/a", "a/e")] });
    }
}
