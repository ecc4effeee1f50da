//! Raw bytes become clean lines: timestamps, U+FEFF, colour, groups, steps and secrets are taken out by one cursor.

pub mod strip;
pub mod watch;
pub mod redact;
pub mod cursor;
