//! Lines that meet a rule, and where the failing step is: all that classification keeps of a log, bounded.

use std::borrow::Cow;
use std::cell::OnceCell;

use regex::Regex;

use super::roles::{Voice, voice};
use super::rule::Reach;
use super::rules;
use crate::config::policy::LogRule;
use crate::domain::class::Class;
use crate::domain::failure::Kind;
use crate::domain::log::{Line, Mark, Span};
use crate::text::truncate;

/// Of each rule the first line and the last ones are kept: the first says where it began, the last what it led to.
const LATEST_MAX: usize = 4;

/// A line is evidence for people; this much of it says what it is.
const TEXT_BYTES_MAX: usize = 400;

/// A longer line is a listing or a file: its beginning is enough to find a rule in.
const LINE_BYTES_MAX: usize = 16 * 1024;

/// A rule in force: a built-in one, or one of the policy's.
pub struct Known {
    pub name: Cow<'static, str>,
    pub class: Class,
    pub kind: Kind,
    pub weight: f64,
    pub reach: Reach,
    pub last_word: bool,
    pub reason: Cow<'static, str>,
    wakes: Vec<Cow<'static, str>>,
    beside: &'static [&'static str],
    pattern: Cow<'static, str>,
    regex: OnceCell<Option<Regex>>,
}

impl Known {
    pub fn is_met_by(&self, text: &str) -> bool {
        let compile = || Regex::new(&format!("(?i){}", self.pattern)).ok();
        self.regex.get_or_init(compile).as_ref().is_some_and(|regex| regex.is_match(text))
    }
}

/// A line that meets a rule.
#[derive(Clone, Debug)]
pub struct Sighting {
    /// Its place in the rules in force.
    rule: usize,
    pub line: u64,
    pub text: String,
    pub voice: Voice,
}

/// Collects sightings while a log is read.
pub struct Sightings {
    rules: Vec<Known>,
    /// For each literal, the rule that it wakes.
    rule_of: Vec<Option<usize>>,
    kept: Vec<Vec<Sighting>>,
    /// The line of the last `##[group]Run …`.
    step: Option<u64>,
    /// Whether the lines are those of a `Run` block: a script that is shown, not what it prints.
    in_block: bool,
    /// First and last line of the first step in which the runner spoke of an error.
    error_step: Option<Span>,
}

impl Sightings {
    /// The built-in rules and then the policy's: one with the name of an earlier one takes its place.
    pub fn new(own: &[LogRule]) -> Self {
        let mut known: Vec<Known> = rules::built_in()
            .map(|rule| Known {
                name: Cow::Borrowed(rule.name),
                class: rule.class,
                kind: rule.kind,
                weight: rule.weight,
                reach: rule.reach,
                last_word: rule.last_word,
                reason: Cow::Borrowed(rule.reason),
                wakes: rule.wakes.iter().map(|wake| Cow::Borrowed(*wake)).collect(),
                beside: rule.beside,
                pattern: Cow::Borrowed(rule.pattern),
                regex: OnceCell::new(),
            })
            .collect();
        for rule in own {
            let at = known.iter().position(|known| known.name == rule.name);
            let new = own_rule(rule, at.map(|at| known.remove(at)));
            known.extend(new);
        }
        let rule_of = known.iter().enumerate().flat_map(|(index, rule)| {
            rule.wakes.iter().map(move |_| Some(index)).chain(rule.beside.iter().map(|_| None))
        });
        Self {
            rule_of: rule_of.collect(),
            kept: vec![Vec::new(); known.len()],
            rules: known,
            step: None,
            in_block: false,
            error_step: None,
        }
    }

    /// What this waits for: lines without any of these need not be shown.
    pub fn wakes(&self) -> impl Iterator<Item = &str> {
        self.rules.iter().flat_map(|rule| rule.wakes.iter().map(AsRef::as_ref).chain(rule.beside.iter().copied()))
    }

    /// Of the literals in `wakes`, by their place, those that are not worth a line's time alone.
    pub fn quiet(&self) -> impl Iterator<Item = usize> {
        let is_common = |rule: &usize| self.rules.get(*rule).is_some_and(|rule| !rule.beside.is_empty());
        let places = self.rule_of.iter().enumerate();
        places.filter(move |(_, rule)| rule.as_ref().is_some_and(is_common)).map(|(place, _)| place)
    }

    /// `hits` are the literals in the line, by their place in `wakes`.
    pub fn line(&mut self, line: &Line<'_>, hits: impl Iterator<Item = usize>) {
        self.follow(line);
        if self.in_block {
            return;
        }
        let text = truncated(line.text);
        let mut tried = usize::MAX;
        for index in hits.filter_map(|hit| self.rule_of.get(hit).copied().flatten()) {
            let met = index != tried && self.rules.get(index).is_some_and(|rule| rule.is_met_by(text));
            tried = index;
            if let (true, Some(kept)) = (met, self.kept.get_mut(index)) {
                keep(kept, index, line);
            }
        }
    }

    /// Where steps begin and end.
    fn follow(&mut self, line: &Line<'_>) {
        let begins = line.mark == Mark::Group && line.text.starts_with("Run ");
        let ends = begins || (line.mark == Mark::Plain && line.text == "Post job cleanup.");
        if begins {
            self.in_block = true;
        } else if matches!(line.mark, Mark::EndGroup | Mark::Group) {
            self.in_block = false;
        }
        if ends {
            self.step = Some(line.number);
        }
        if line.mark == Mark::Error {
            let first = self.step.unwrap_or(1);
            match &mut self.error_step {
                Some(span) if span.first == first => span.last = line.number,
                Some(_) => {}
                None => self.error_step = Some(Span { first, last: line.number }),
            }
        }
    }

    pub fn all(&self) -> impl Iterator<Item = (&Sighting, &Known)> {
        self.kept.iter().flatten().filter_map(|sighting| Some((sighting, self.rules.get(sighting.rule)?)))
    }

    pub fn error_step(&self) -> Option<Span> {
        self.error_step
    }
}

/// A rule of the policy; it reaches as far as the one that it overrides.
fn own_rule(rule: &LogRule, old: Option<Known>) -> Option<Known> {
    Some(Known {
        name: Cow::Owned(rule.name.clone()),
        class: rule.class?,
        kind: rule.kind,
        weight: rule.confidence,
        reach: old.map_or(Reach::Command, |old| old.reach),
        last_word: true,
        reason: Cow::Owned(rule.reason.clone()),
        wakes: rule.literals.iter().map(|literal| Cow::Owned(literal.to_lowercase())).collect(),
        beside: &[],
        pattern: Cow::Owned(rule.pattern.clone()),
        regex: OnceCell::new(),
    })
}

fn truncated(text: &str) -> &str {
    let mut end = text.len().min(LINE_BYTES_MAX);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or(text)
}

fn keep(kept: &mut Vec<Sighting>, rule: usize, line: &Line<'_>) {
    if kept.last().is_some_and(|last| last.line == line.number) {
        return;
    }
    if kept.len() > LATEST_MAX {
        kept.remove(1);
    }
    let text = truncate(line.text.trim(), TEXT_BYTES_MAX);
    kept.push(Sighting { rule, line: line.number, text, voice: voice(line) });
}

#[cfg(test)]
mod tests {
    use watch::{LITERAL_BYTES_MIN, Watch};

    use super::*;

    #[test]
    fn every_rule_can_be_built_and_has_a_name_of_its_own() {
        let sightings = Sightings::new(&[]);
        assert_eq!(sightings.rule_of.len(), sightings.wakes().count());
        for rule in &sightings.rules {
            assert!(!rule.is_met_by(""), "{} is met by nothing at all", rule.name);
            assert!(rule.regex.get().is_some_and(Option::is_some), "{} does not compile", rule.name);
            assert!((0.0..=1.0).contains(&rule.weight), "{}", rule.name);
            assert!(rule.reason.len() > 12 && rule.name.contains('.'), "{}", rule.name);
            for wake in rule.wakes.iter().map(AsRef::as_ref).chain(rule.beside.iter().copied()) {
                assert!(wake.len() > LITERAL_BYTES_MIN, "`{wake}` of {} is too short", rule.name);
                assert_eq!(wake, wake.to_lowercase());
            }
        }
        let names: std::collections::BTreeSet<_> = sightings.rules.iter().map(|rule| &rule.name).collect();
        assert_eq!(names.len(), sightings.rules.len());
    }

    #[test]
    fn a_common_word_is_a_rules_only_beside_another() {
        let rules = Sightings::new(&[]);
        let watch = Watch::new(rules.wakes()).quieten(rules.quiet());
        let wanted = |text: &str| watch.next(None, text.as_bytes(), 0).is_some();
        assert!(!wanted("test refresh_token ... ok") && wanted("NPM_TOKEN is required"));
        let sighted = |text: &str| {
            let (mut sightings, mut hits) = (Sightings::new(&[]), Vec::new());
            watch.hits(text, &mut hits);
            sightings.line(&Line { number: 1, text, mark: Mark::Plain }, hits.iter().copied());
            sightings.all().count()
        };
        assert_eq!((sighted("NPM_TOKEN is required"), sighted("a name is required")), (1, 0));
    }

    #[test]
    fn a_flood_of_one_line_is_kept_as_its_first_and_its_last() {
        let mut sightings = Sightings::new(&[]);
        let text = "curl: (6) Could not resolve host: registry.example";
        let mut hits = Vec::new();
        Watch::new(sightings.wakes()).hits(text, &mut hits);
        for number in 1..=1_000 {
            sightings.line(&Line { number, text, mark: Mark::Plain }, hits.iter().copied());
        }
        let lines: Vec<_> = sightings.all().map(|(sighting, _)| sighting.line).collect();
        assert_eq!(lines.len(), LATEST_MAX + 1);
        assert_eq!((lines.first(), lines.last()), (Some(&1), Some(&1_000)));
    }

    #[test]
    fn only_the_beginning_of_a_very_long_line_is_looked_at() {
        let met = |before: usize| {
            let text = format!("{} curl: (6) Could not resolve host: x", "a".repeat(before));
            let mut sightings = Sightings::new(&[]);
            let mut hits = Vec::new();
            Watch::new(sightings.wakes()).hits(&text, &mut hits);
            sightings.line(&Line { number: 1, text: &text, mark: Mark::Plain }, hits.iter().copied());
            sightings.all().count()
        };
        assert_eq!((met(LINE_BYTES_MAX - 100), met(LINE_BYTES_MAX)), (1, 0));
    }
}
