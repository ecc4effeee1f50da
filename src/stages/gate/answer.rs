//! Go or stop, and the words of a stop.

use crate::domain::outcome::{Ending, Outcome};
use crate::text::{inline_code, truncate};

/// Names in a sentence are chosen by anybody; this much tells them apart.
const NAME_BYTES_MAX: usize = 100;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Gate {
    Go,
    Stop(Ending),
}

impl Gate {
    pub fn stopped_by(objection: Option<Ending>) -> Self {
        objection.map_or(Self::Go, Self::Stop)
    }
}

pub fn skipped(reason: &str, sentence: String) -> Option<Ending> {
    Some(Ending::new(Outcome::Skipped, reason, sentence))
}

pub fn reported(reason: &str, sentence: String) -> Option<Ending> {
    Some(Ending::new(Outcome::Reported, reason, sentence))
}

pub fn quoted(name: &str) -> String {
    inline_code(&truncate(name, NAME_BYTES_MAX))
}
