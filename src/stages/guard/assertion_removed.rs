//! A test that is still run checks less than before: an assertion is gone, says less, or may not be reached.

use super::assertion::{Assertion, assertions, helpers};
use super::change::{Changes, Stretch, shared};
use super::shell;
use super::source::Source;
use crate::domain::verdict::{GuardCode, GuardHit};

pub fn hits(changes: &Changes<'_>) -> Vec<GuardHit> {
    let mut hits: Vec<GuardHit> = changes.stretches().iter().flat_map(of_stretch).collect();
    hits.extend(changes.files.iter().flat_map(shell::hits));
    hits
}

fn of_stretch(stretch: &Stretch<'_, '_>) -> Vec<GuardHit> {
    let (old_source, source) = (stretch.before.source, stretch.after.source);
    let before = assertions(&stretch.before, &helpers(old_source));
    let after = assertions(&stretch.after, &helpers(source));
    if before.is_empty() {
        return Vec::new();
    }
    let (old, new) = (unmatched(&before, &after), unmatched(&after, &before));
    let mut hits = Vec::new();
    let mut less = |line: u32, text: &str| hits.push(source.hit(GuardCode::AssertionRemoved, line, text.to_owned()));
    let fewer = before.len().saturating_sub(after.len());
    if fewer > 0 {
        for gone in least_alike(&old, &new, fewer) {
            hits.push(old_source.hit(GuardCode::AssertionRemoved, gone.line, "an assertion is gone".to_owned()));
        }
        return hits;
    }
    for assertion in new.iter().filter(|assertion| assertion.is_empty) {
        less(assertion.line, "the assertion holds whatever the code does");
    }
    let count = |of: &[Assertion], what: fn(&Assertion) -> bool| of.iter().filter(|assertion| what(assertion)).count();
    let first_line = |what: fn(&Assertion) -> bool| {
        let changed = new.iter().copied().find(|assertion| what(assertion));
        changed.or(new.first().copied()).or(after.iter().find(|assertion| what(assertion))).map_or(1, |it| it.line)
    };
    if count(&after, |it| it.is_exact) < count(&before, |it| it.is_exact) {
        less(first_line(|it| !it.is_exact), "the assertion no longer says what the value is");
    }
    if count(&after, |it| !it.is_guarded) < count(&before, |it| !it.is_guarded) {
        less(first_line(|it| it.is_guarded), "the assertion is made only under a condition");
    }
    if count(&after, |it| it.is_awaited) < count(&before, |it| it.is_awaited) {
        less(first_line(|it| !it.is_awaited), "nobody waits for the assertion any more");
    }
    let sum =
        |of: &[&Assertion], what: fn(&Assertion) -> usize| of.iter().map(|assertion| what(assertion)).sum::<usize>();
    if sum(&new, |it| it.alternatives) > sum(&old, |it| it.alternatives) {
        less(first_line(|it| it.alternatives > 0), "the assertion is content with more than before");
    }
    if sum(&new, |it| it.tolerances) > sum(&old, |it| it.tolerances) {
        less(first_line(|it| it.tolerances > 0), "the assertion allows for a distance");
    }
    let (caught, catches) = (handlers(old_source, &stretch.before.tokens), handlers(source, &stretch.after.tokens));
    if let Some(line) = catches.get(caught.len()).copied() {
        less(line, "what an assertion raises is caught");
    }
    hits
}

/// What one side has and the other has not, each as often.
pub fn unmatched<'a>(these: &'a [Assertion], those: &[Assertion]) -> Vec<&'a Assertion> {
    let mut there: Vec<&[String]> = those.iter().map(|assertion| assertion.meanings.as_slice()).collect();
    these
        .iter()
        .filter(|assertion| match there.iter().position(|meanings| *meanings == assertion.meanings) {
            Some(at) => {
                there.swap_remove(at);
                false
            }
            None => true,
        })
        .collect()
}

/// Those of the old ones that have least in common with any new one: the others were changed, and not taken out.
fn least_alike<'a>(old: &[&'a Assertion], new: &[&Assertion], count: usize) -> Vec<&'a Assertion> {
    let likeness = |assertion: &Assertion| {
        let with = |other: &&Assertion| shared(assertion.meanings.iter().cloned(), other.meanings.iter().cloned());
        new.iter().map(with).fold(0.0, f64::max)
    };
    let mut by_likeness: Vec<(f64, &Assertion)> =
        old.iter().map(|assertion| (likeness(assertion), *assertion)).collect();
    by_likeness.sort_by(|a, b| a.0.total_cmp(&b.0));
    by_likeness.into_iter().take(count).map(|(_, assertion)| assertion).collect()
}

/// Words that catch what would have failed the test.
const HANDLERS: [&str; 6] = ["except", "catch", "suppress", "recover", "catch_unwind", "rescue"];

/// The lines of everything that catches.
fn handlers(source: &Source<'_>, tokens: &[usize]) -> Vec<u32> {
    tokens.iter().filter(|at| source.is_any(**at, &HANDLERS)).map(|at| source.line(*at)).collect()
}
