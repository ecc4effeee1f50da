//! Failures and rule sightings become a class with evidence and confidence.

use crate::domain::class::{Class, Classification};
use crate::domain::failure::Reading;
use crate::domain::log::{Attention, Line};

/// Lines in which a rule's words stand, bounded.
#[derive(Default)]
pub struct Sightings {}

impl Sightings {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn line(&mut self, line: &Line<'_>) -> Attention {
        let _ = line;
        Attention::Sleep
    }
}

/// What class of failure this is, by rules, with the lines that say so. `unknown` beats a guess.
pub fn classify(reading: &Reading, sightings: &Sightings) -> Classification {
    let _ = sightings;
    Classification {
        class: Class::Unknown,
        kind: reading.roots().next().map(|failure| failure.kind),
        confidence: 0.0,
        root_cause: String::new(),
        evidence: Vec::new(),
        also: Vec::new(),
    }
}
