//! One name per incident: it keys dedupe, attempts, branch, pull request and recurrence.

use std::fmt;

/// `[a-z0-9-]{1,64}`, so that it can stand in a ref, a file name and an artifact's name (T19).
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Fingerprint(String);

/// From the published format; a ref of this length stays far below git's own limits.
pub const FINGERPRINT_BYTES_MAX: usize = 64;

impl Fingerprint {
    pub fn parse(text: &str) -> Option<Self> {
        let plain = text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        (plain && (1..=FINGERPRINT_BYTES_MAX).contains(&text.len())).then(|| Self(text.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
