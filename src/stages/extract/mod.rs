//! Clean lines become failures: one small state machine a tool, woken by literals.
//!
//! A reader is asleep until one of its literals is in a line; what it keeps is bounded; nobody holds a whole log. To
//! teach self-heal another tool, write one file beside this one and name it in `READERS`.

pub mod reader;
pub mod green;

use super::clean::cursor::{Before, LogEnd};
use crate::domain::failure::Reading;
use crate::domain::log::Line;
use green::GreenLines;
pub use reader::{Attention, Findings, Reader};

/// Every reader there is: one line a tool. Of two that read the same lines the earlier one is believed.
const READERS: &[fn() -> Box<dyn Reader>] = &[];

/// Reads one log, line by line.
pub struct Extraction {
    readers: Vec<Box<dyn Reader>>,
    found: Findings,
    green: Option<GreenLines>,
}

impl Extraction {
    /// `forced_tools` are the policy's `logs.tools`: only these readers read; empty finds out.
    pub fn new(forced_tools: &[String], green: Option<GreenLines>) -> Self {
        let readers = READERS
            .iter()
            .map(|make| make())
            .filter(|reader| forced_tools.is_empty() || forced_tools.iter().any(|tool| tool == reader.tool()))
            .collect();
        Self { readers, found: Findings::default(), green }
    }

    pub fn line(&mut self, line: &Line<'_>, _before: &Before<'_>) -> Attention {
        let mut attention = Attention::Sleep;
        for reader in &mut self.readers {
            if reader.line(line, &mut self.found) == Attention::Stay {
                attention = Attention::Stay;
            }
        }
        attention
    }

    pub fn finish(mut self, end: LogEnd) -> Reading {
        for reader in &mut self.readers {
            reader.end(&mut self.found);
        }
        let _ = self.green;
        Reading {
            failures: self.found.failures,
            omitted_failures: self.found.omitted,
            tests: self.found.tests,
            counts: self.found.counts,
            size: end.size,
            ..Reading::default()
        }
    }
}
