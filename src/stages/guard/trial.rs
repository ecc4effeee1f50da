//! One rule of the guard, tried on a small patch.

use super::change::{Changes, Texts};
use crate::domain::verdict::GuardHit;
use crate::stages::policy::sample::patch;

type Rule = fn(&Changes<'_>) -> Vec<GuardHit>;

pub fn told(rule: Rule, files: &[(&str, Option<&str>, Option<&str>)]) -> Vec<GuardHit> {
    rule(&Changes::of(&Texts::of(&patch(files))))
}

/// The rule must see the change.
#[track_caller]
pub fn found(rule: Rule, path: &str, before: &str, after: &str) {
    assert_ne!(before, after, "the example changes nothing");
    assert!(!told(rule, &[(path, Some(before), Some(after))]).is_empty(), "nothing is said of {path}\n{after}");
}

/// The rule must let the change through.
#[track_caller]
pub fn silent(rule: Rule, path: &str, before: &str, after: &str) {
    assert_ne!(before, after, "the example changes nothing");
    let hits = told(rule, &[(path, Some(before), Some(after))]);
    assert!(hits.is_empty(), "{hits:#?} for {path}\n{after}");
}
