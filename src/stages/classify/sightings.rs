//! Lines that meet a rule, and where the failing step is: all that classification keeps of a log, bounded.

use regex::Regex;

use super::rules::{RULES, Rule};
use crate::domain::log::{Line, Mark};
use crate::text::truncate;

/// Of each rule the first line and the last ones are kept: the first says where it began, the last what it led to.
const LATEST_MAX: usize = 4;

/// A line is evidence for people; this much of it says what it is.
const TEXT_BYTES_MAX: usize = 400;

/// A line that meets a rule.
#[derive(Clone, Debug)]
pub struct Sighting {
    pub rule: &'static Rule,
    pub line: u64,
    pub text: String,
    /// The runner marked it `##[error]`.
    pub error: bool,
}

/// Collects sightings while a log is read.
pub struct Sightings {
    /// For each literal, its rule.
    rule_of: Vec<usize>,
    patterns: Vec<Option<Regex>>,
    kept: Vec<Vec<Sighting>>,
    /// The line of the last `##[group]Run …`.
    step: Option<u64>,
    /// First and last line of the step that failed, once the runner said so.
    failed_step: Option<(u64, u64)>,
}

impl Default for Sightings {
    fn default() -> Self {
        Self::new()
    }
}

impl Sightings {
    pub fn new() -> Self {
        let rule_of = RULES.iter().enumerate().flat_map(|(index, rule)| rule.wakes.iter().map(move |_| index));
        let pattern = |rule: &Rule| Regex::new(&format!("(?i){}", rule.pattern)).ok();
        Self {
            rule_of: rule_of.collect(),
            patterns: RULES.iter().map(pattern).collect(),
            kept: vec![Vec::new(); RULES.len()],
            step: None,
            failed_step: None,
        }
    }

    /// What this waits for: lines without any of these need not be shown.
    pub fn wakes() -> impl Iterator<Item = &'static str> {
        RULES.iter().flat_map(|rule| rule.wakes.iter().copied())
    }

    /// `hits` are the literals in the line, by their place in `wakes`.
    pub fn line(&mut self, line: &Line<'_>, hits: impl Iterator<Item = usize>) {
        match line.mark {
            Mark::Group if line.text.starts_with("Run ") && self.failed_step.is_none() => self.step = Some(line.number),
            Mark::Error if self.failed_step.is_none() => {
                self.failed_step = Some((self.step.unwrap_or(1), line.number));
            }
            _ => {}
        }
        let mut tried = usize::MAX;
        for index in hits.filter_map(|hit| self.rule_of.get(hit).copied()) {
            let pattern = self.patterns.get(index).filter(|_| index != tried).and_then(Option::as_ref);
            let met = pattern.is_some_and(|pattern| pattern.is_match(line.text));
            tried = index;
            if let (true, Some(rule), Some(kept)) = (met, RULES.get(index), self.kept.get_mut(index)) {
                keep(kept, rule, line);
            }
        }
    }

    pub fn all(&self) -> impl Iterator<Item = &Sighting> {
        self.kept.iter().flatten()
    }

    pub fn failed_step(&self) -> Option<(u64, u64)> {
        self.failed_step
    }
}

fn keep(kept: &mut Vec<Sighting>, rule: &'static Rule, line: &Line<'_>) {
    if kept.last().is_some_and(|last| last.line == line.number) {
        return;
    }
    if kept.len() > LATEST_MAX {
        kept.remove(1);
    }
    let text = truncate(line.text.trim(), TEXT_BYTES_MAX);
    kept.push(Sighting { rule, line: line.number, text, error: line.mark == Mark::Error });
}

#[cfg(test)]
mod tests {
    use super::{LATEST_MAX, RULES, Sightings};
    use crate::domain::log::{Line, Mark};
    use crate::stages::clean::watch::{LITERAL_BYTES_MIN, Watch};

    #[test]
    fn every_rule_can_be_built_and_has_a_name_of_its_own() {
        let sightings = Sightings::new();
        let literals: Vec<_> = Sightings::wakes().collect();
        assert_eq!(sightings.rule_of.len(), literals.len());
        assert!(literals.iter().all(|literal| literal.len() >= LITERAL_BYTES_MIN));
        assert!(sightings.patterns.iter().all(Option::is_some));
        let names: std::collections::BTreeSet<_> = RULES.iter().map(|rule| rule.name).collect();
        assert_eq!(names.len(), RULES.len());
        assert!(RULES.iter().all(|rule| (0.0..=1.0).contains(&rule.weight)));
        assert!(RULES.iter().flat_map(|rule| rule.wakes).all(|wake| *wake == wake.to_lowercase()));
    }

    #[test]
    fn a_flood_of_one_line_is_kept_as_its_first_and_its_last() {
        let mut sightings = Sightings::new();
        let text = "curl: (6) Could not resolve host: registry.example";
        let mut hits = Vec::new();
        Watch::new(Sightings::wakes()).hits(text, &mut hits);
        for number in 1..=1_000 {
            sightings.line(&Line { number, text, mark: Mark::Plain }, hits.iter().copied());
        }
        let lines: Vec<_> = sightings.all().map(|sighting| sighting.line).collect();
        assert_eq!(lines.len(), LATEST_MAX + 1);
        assert_eq!((lines.first(), lines.last()), (Some(&1), Some(&1_000)));
    }
}
