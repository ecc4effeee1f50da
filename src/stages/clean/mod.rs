//! Raw bytes become clean lines: UTF-16, timestamps, U+FEFF, colour, groups, steps and secrets are taken out by one cursor.

mod wide;
pub mod strip;
pub mod redact;
pub mod cursor;
