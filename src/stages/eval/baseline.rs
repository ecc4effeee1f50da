//! What was scored when somebody last agreed to it, and what has become worse since.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::score::{Score, Slice};
use crate::config::raw;
use crate::config::written::{Notes, Problem, Table};

/// A slice may fall by this much before somebody has to agree to it (issue of the golden set: 2 points).
pub const POINTS_MAX: f64 = 2.0;

/// Scores are written to a tenth of a point.
const ROUNDING: f64 = 0.05;

/// The scores that hold.
#[derive(Clone, Debug, PartialEq)]
pub struct Baseline {
    macro_f1: f64,
    calibration_error: f64,
    false_transient: usize,
    slices: BTreeMap<String, Slice>,
}

/// What a comparison says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// One sentence each.
    pub fallen: Vec<String>,
    /// Slices that the baseline does not know.
    pub new: Vec<String>,
}

impl Baseline {
    pub fn of(score: &Score) -> Self {
        Self {
            macro_f1: score.macro_f1,
            calibration_error: score.calibration_error,
            false_transient: score.false_transient,
            slices: score.slices.clone(),
        }
    }

    pub fn parse(text: &str) -> Result<Self, Problem> {
        let notes = Notes::default();
        let mut file = Table::whole_file(raw::entries_of(text)?, &notes);
        let mut unknown = Vec::new();
        let slices = file.tables("slices").into_iter().map(|(name, mut table)| {
            let failures = table.has("failures").then(|| table.number("failures", Some(100.0), 0.0));
            let slice = Slice {
                cases: table.whole("cases", 0, 0),
                class: table.number("class", Some(100.0), 0.0),
                kind: table.number("kind", Some(100.0), 0.0),
                failures,
            };
            table.knows("failures");
            unknown.extend(table.end());
            (name, slice)
        });
        let baseline = Self {
            slices: slices.collect(),
            macro_f1: file.number("macro-f1", Some(100.0), 0.0),
            calibration_error: file.number("calibration-error", Some(100.0), 100.0),
            false_transient: file.whole("false-transient", 0, 0),
        };
        unknown.extend(file.end());
        notes.unknown(unknown);
        notes.first().map_or(Ok(baseline), Err)
    }

    /// As a file.
    pub fn written(&self) -> String {
        let mut text = format!(
            "# What `self-heal eval` scored, in percent, when somebody last agreed to it: `self-heal eval --bless`.\n\
             macro-f1 = {:.1}\ncalibration-error = {:.1}\nfalse-transient = {}\n\n[slices]\n",
            self.macro_f1, self.calibration_error, self.false_transient
        );
        for (name, Slice { cases, class, kind, failures }) in &self.slices {
            let failures = failures.map(|failures| format!(", failures = {failures:.1}")).unwrap_or_default();
            let name = serde_json::Value::from(name.as_str());
            let _ = writeln!(text, "{name} = {{ cases = {cases}, class = {class:.1}, kind = {kind:.1}{failures} }}");
        }
        text
    }

    /// What has become worse by more than `POINTS_MAX`, and what is new.
    pub fn against(&self, score: &Score) -> Changes {
        let mut changes = Changes::default();
        let mut fell = |name: &str, was: f64, is: f64| {
            if was - is > POINTS_MAX + ROUNDING {
                changes.fallen.push(format!("{name} fell from {was:.1} to {is:.1}"));
            }
        };
        fell("macro-F1 of class", self.macro_f1, score.macro_f1);
        fell("calibration", 100.0 - self.calibration_error, 100.0 - score.calibration_error);
        for (name, was) in &self.slices {
            let Some(is) = score.slices.get(name) else { continue };
            fell(&format!("{name}: class"), was.class, is.class);
            fell(&format!("{name}: kind"), was.kind, is.kind);
            if let (Some(was), Some(is)) = (was.failures, is.failures) {
                fell(&format!("{name}: failures"), was, is);
            }
        }
        if score.false_transient > self.false_transient {
            let (was, is) = (self.false_transient, score.false_transient);
            changes.fallen.push(format!("false transients rose from {was} to {is}"));
        }
        let gone = self.slices.keys().filter(|name| !score.slices.contains_key(*name));
        changes.fallen.extend(gone.map(|name| format!("{name}: no case of it is left")));
        changes.new = score.slices.keys().filter(|name| !self.slices.contains_key(*name)).cloned().collect();
        changes
    }
}

#[cfg(test)]
mod tests {
    use super::super::score::Judged;
    use super::super::score::tests::{case, said};
    use super::*;
    use crate::domain::class::Class;

    /// So many cases of pytest are right, the others are not.
    fn score(right: usize, wrong: usize) -> Score {
        let judged = (0..right + wrong).map(|number| {
            let class = if number < right { Class::DeterministicCode } else { Class::Unknown };
            Judged::new(case(&format!("pytest/{number}"), Class::DeterministicCode), said(class, 0.9))
        });
        Score::of(&judged.collect::<Vec<_>>())
    }

    #[test]
    fn a_baseline_is_read_as_it_was_written() {
        let score = score(1, 2);
        let baseline = Baseline::of(&score);
        let read = Baseline::parse(&baseline.written()).expect("a baseline");
        assert_eq!(read.written(), baseline.written());
        assert_eq!(read.against(&score), Changes::default());
    }

    #[test]
    fn a_slice_may_fall_by_two_points_and_no_more() {
        let of_hundred = Baseline::of(&score(100, 0));
        let fallen = |wrong| of_hundred.against(&score(100 - wrong, wrong)).fallen;
        let slices =
            |fallen: Vec<String>| fallen.into_iter().filter(|one| one.starts_with("tool ")).collect::<Vec<_>>();
        assert_eq!(slices(fallen(2)), Vec::<String>::new());
        assert_eq!(slices(fallen(3)), ["tool pytest: class fell from 100.0 to 97.0"]);
    }

    #[test]
    fn new_slices_are_named_and_lost_ones_are_a_fall() {
        let mut baseline = Baseline::of(&score(2, 0));
        let slice = baseline.slices.remove("tool pytest").expect("a slice");
        baseline.slices.insert("tool nose".to_owned(), slice);
        let changes = baseline.against(&score(2, 0));
        assert_eq!(changes.new, ["tool pytest"]);
        assert_eq!(changes.fallen, ["tool nose: no case of it is left"]);
    }

    #[test]
    fn a_bad_baseline_names_the_key() {
        let problem = Baseline::parse("macro-f1 = 120\n").expect_err("a problem");
        assert_eq!(problem.text, "`macro-f1` is 120: give a number from 0 to 100");
    }
}
