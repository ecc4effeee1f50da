//! The wall clock and durations.
