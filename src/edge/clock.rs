//! The wall clock and durations.

use std::time::Instant;

/// Now, as RFC 3339 in UTC, to the millisecond.
pub fn now() -> String {
    chrono::Utc::now().to_rfc3339_opts(chrono::SecondsFormat::Millis, true)
}

/// The start of something whose length will be told.
pub fn start() -> Instant {
    Instant::now()
}
