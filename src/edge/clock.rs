//! The wall clock.

/// Now, in seconds since 1970.
pub fn seconds() -> i64 {
    chrono::Utc::now().timestamp()
}

/// Now, as RFC 3339 in UTC, to the millisecond.
pub fn now() -> String {
    chrono::Utc::now().to_rfc3339_opts(chrono::SecondsFormat::Millis, true)
}
