//! What the last green log of the same job says: a line that stands there too is not what broke.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hasher as _};

use crate::domain::log::Line;

/// A gibibyte of log has fewer distinct lines once numbers are taken out of them; so many hashes take 40 MiB.
const LINES_MAX: usize = 1 << 20;

/// A run of hexadecimal digits this long is an address or an id.
const HEX_DIGITS_MIN: usize = 7;

/// Hashes of the normalised lines of a green log; bounded.
#[derive(Clone, Debug, Default)]
pub struct GreenLines {
    hashes: HashSet<u64>,
}

impl GreenLines {
    pub fn add(&mut self, line: &Line<'_>) {
        if self.hashes.len() < LINES_MAX {
            self.hashes.insert(normal_hash(line.text));
        }
    }

    pub fn has(&self, text: &str) -> bool {
        self.hashes.contains(&normal_hash(text))
    }

    pub fn is_empty(&self) -> bool {
        self.hashes.is_empty()
    }
}

/// The hash of a line without what differs from run to run: numbers, ids, the space around it.
fn normal_hash(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    let mut rest = text.trim().as_bytes();
    while let Some(byte) = rest.first() {
        let word = if byte.is_ascii_alphanumeric() {
            rest.iter().take_while(|byte| byte.is_ascii_alphanumeric()).count()
        } else {
            rest.iter().take_while(|byte| !byte.is_ascii_alphanumeric()).count()
        };
        let (piece, after) = rest.split_at(word);
        rest = after;
        if !piece.iter().any(u8::is_ascii_digit) {
            hasher.write(piece);
        } else if piece.len() >= HEX_DIGITS_MIN && piece.iter().all(u8::is_ascii_hexdigit) {
            hasher.write_u8(b'0');
        } else {
            for run in piece.chunk_by(|a, b| a.is_ascii_digit() == b.is_ascii_digit()) {
                hasher.write(if run.first().is_some_and(u8::is_ascii_digit) { b"0" } else { run });
            }
        }
    }
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::log::Mark;

    fn green(lines: &[&str]) -> GreenLines {
        let mut green = GreenLines::default();
        for (text, number) in lines.iter().zip(1..) {
            green.add(&Line { number, text, mark: Mark::Plain });
        }
        green
    }

    #[test]
    fn numbers_times_and_ids_do_not_tell_lines_apart() {
        let green = green(&["  took 12.3 s at 3f9a1c20b7de", "node18 ok"]);
        assert!(green.has("took 4.56 s at 0011223344ff"));
        assert!(green.has("node20 ok"));
    }

    #[test]
    fn words_do() {
        assert!(!green(&["error: no such file"]).has("error: no such host"));
        assert!(!green(&["added"]).has("decade"));
    }

    #[test]
    fn lines_beyond_the_limit_are_forgotten() {
        let mut green = GreenLines::default();
        for number in 0..=LINES_MAX as u64 {
            // Letters only, so that no two are the same.
            let text: String = number.to_string().bytes().map(|digit| char::from(digit - b'0' + b'p')).collect();
            green.add(&Line { number, text: &text, mark: Mark::Plain });
        }
        assert_eq!(green.hashes.len(), LINES_MAX);
    }
}
