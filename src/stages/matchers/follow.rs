//! One matcher goes from line to line as GitHub's runner does.
//!
//! actions/runner, `IssueMatcher.Match`: of several patterns each must fit the line after the one before; what a line has
//! said is kept for those after it; the last pattern may `loop` until a line does not fit.
use watch::LITERAL_BYTES_MIN;

use super::dialect::{Pattern, TooSlow};
use super::literals::literals;

/// What a pattern's groups say, in the order of `FIELDS`.
pub const FIELDS: [&str; 7] = ["file", "line", "column", "severity", "code", "message", "fromPath"];

/// One field each, as far as the lines have said it.
pub type Told = [Option<String>; FIELDS.len()];

/// One pattern, and which of its groups says what.
#[derive(Clone, Debug)]
pub struct LinePattern {
    pub pattern: Pattern,
    pub groups: [Option<usize>; FIELDS.len()],
}

/// One matcher, and how far it has come.
#[derive(Clone, Debug)]
pub struct Matcher {
    pub owner: String,
    /// Where no pattern says it.
    pub severity: String,
    patterns: Vec<LinePattern>,
    loops: bool,
    /// Of each pattern but the last, what the lines up to it have said, and the first of them.
    running: Vec<Option<(u64, Told)>>,
    /// The last line that was seen.
    seen: u64,
    looped: bool,
    wakes: Vec<String>,
    /// Which pattern the literals are of.
    woken_at: usize,
}

/// What a matcher has found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Match {
    /// The first of its lines; of a loop, the line itself.
    pub first: u64,
    pub told: Told,
}

impl Matcher {
    /// `written` are the patterns as the file has them, there must be one.
    pub fn new(owner: String, severity: String, patterns: Vec<LinePattern>, written: &[&str], loops: bool) -> Self {
        // The first pattern wakes best, because then nothing has to be read again; many begin with just any line.
        let of = |bytes_min: usize| {
            let found = written.iter().enumerate().map(|(at, written)| (at, literals(written, bytes_min)));
            found.into_iter().find(|(_, literals)| !literals.is_empty())
        };
        let (woken_at, wakes) = of(LITERAL_BYTES_MIN + 1).or_else(|| of(LITERAL_BYTES_MIN)).unwrap_or_default();
        let running = vec![None; patterns.len().saturating_sub(1)];
        Self { owner, severity, patterns, loops, running, seen: 0, looped: false, wakes, woken_at }
    }

    /// One of these stands in every match; where there is none, it has to see every line.
    pub fn wakes(&self) -> &[String] {
        &self.wakes
    }

    /// Lines before the one that wakes it which it has to see too, where it has not.
    pub fn looks_back(&self, number: u64) -> usize {
        if self.seen + 1 == number { 0 } else { self.woken_at }
    }

    /// Whether it must see the next line, whatever stands in it.
    pub fn wants_next(&self) -> bool {
        self.looped || self.running.iter().skip(self.woken_at).any(Option::is_some)
    }

    pub fn reset(&mut self) {
        self.running.fill(None);
        self.looped = false;
    }

    /// Reads one line.
    pub fn line(&mut self, number: u64, text: &str) -> Result<Option<Match>, TooSlow> {
        if self.seen + 1 != number {
            self.reset();
        }
        self.seen = number;
        self.looped = false;
        for at in (0..self.patterns.len()).rev() {
            let before = match at.checked_sub(1).map(|before| self.running.get(before).cloned().flatten()) {
                Some(None) => continue,
                Some(before) => before,
                None => None,
            };
            let Some(pattern) = self.patterns.get(at) else { continue };
            let told = pattern.read(text, before.as_ref().map(|(_, told)| told))?;
            let first = before.as_ref().map_or(number, |(first, _)| *first);
            let is_last = at + 1 == self.patterns.len();
            match told {
                Some(told) if is_last => {
                    self.reset();
                    let loops = self.loops && before.is_some();
                    if let Some(running) = at.checked_sub(1).and_then(|before| self.running.get_mut(before))
                        && loops
                    {
                        *running = before;
                        self.looped = true;
                    }
                    return Ok(Some(Match { first: if loops { number } else { first }, told }));
                }
                // The last one ends what runs; any other begins anew.
                told => {
                    let slot = if is_last { at.checked_sub(1) } else { Some(at) };
                    if let Some(running) = slot.and_then(|slot| self.running.get_mut(slot)) {
                        *running = told.map(|told| (first, told));
                    }
                }
            }
        }
        Ok(None)
    }
}

impl LinePattern {
    /// What was said before stays.
    fn read(&self, text: &str, before: Option<&Told>) -> Result<Option<Told>, TooSlow> {
        let Some(found) = self.pattern.captures(text)? else { return Ok(None) };
        let mut told = before.cloned().unwrap_or_default();
        for (field, group) in told.iter_mut().zip(self.groups) {
            if let (None, Some(group)) = (&field, group) {
                // A group that took no part is empty to .NET.
                *field = Some(self.pattern.group(&found, group).unwrap_or_default().to_owned());
            }
        }
        Ok(Some(told))
    }
}
