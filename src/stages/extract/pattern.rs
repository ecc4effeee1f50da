//! A regular expression of ours, compiled when it is first needed.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, OnceLock, PoisonError};

use regex::{Captures, Regex};

/// What was compiled before: a reader is made anew for each log and each task, its patterns are not.
static COMPILED: LazyLock<Mutex<HashMap<&'static str, Regex>>> = LazyLock::new(Mutex::default);

pub struct Pattern {
    text: &'static str,
    regex: OnceLock<Regex>,
}

impl Pattern {
    pub const fn new(text: &'static str) -> Self {
        Self { text, regex: OnceLock::new() }
    }

    pub fn captures<'a>(&self, line: &'a str) -> Option<Captures<'a>> {
        self.regex().captures(line)
    }

    pub fn is_match(&self, line: &str) -> bool {
        self.regex().is_match(line)
    }

    fn regex(&self) -> &Regex {
        let compile = || Regex::new(&lean(self.text)).expect("our own patterns compile");
        self.regex.get_or_init(|| {
            let mut compiled = COMPILED.lock().unwrap_or_else(PoisonError::into_inner);
            compiled.entry(self.text).or_insert_with(compile).clone()
        })
    }
}

/// Letters, digits and marks of all scripts, in ranges that are wider than Unicode's hundreds; punctuation, signs, arrows,
/// frames and pictures are none. What stands between the brackets of a class.
const WORD: &str = concat!(
    r"0-9A-Za-z_\x{AA}\x{B5}\x{BA}\x{C0}-\x{D6}\x{D8}-\x{F6}\x{F8}-\x{1FFF}\x{2C00}-\x{2DFF}\x{3005}-\x{D7FF}",
    r"\x{F900}-\x{FDFF}\x{FE70}-\x{FEFE}\x{FF10}-\x{FFDC}\x{10000}-\x{1EFFF}\x{20000}-\x{3FFFF}",
);

/// The pattern with `\d` and `\w` as classes of a few ranges: most of a small log's time is compiling. They stand in
/// brackets of their own, which may stand in another class.
fn lean(pattern: &str) -> String {
    let mut lean = String::with_capacity(pattern.len());
    let mut characters = pattern.chars();
    while let Some(character) = characters.next() {
        match (character, (character == '\\').then(|| characters.next()).flatten()) {
            (_, Some('d')) => lean.push_str("[0-9]"),
            (_, Some('w')) => lean.extend(["[", WORD, "]"]),
            (escape, Some(escaped)) => lean.extend([escape, escaped]),
            (character, None) => lean.push(character),
        }
    }
    lean
}

/// The text of a group; empty where it took no part.
pub fn group<'a>(found: &Captures<'a>, index: usize) -> &'a str {
    found.get(index).map_or("", |group| group.as_str())
}

/// The number in a group; `None` where it took no part or is too large for a line.
pub fn number(found: &Captures<'_>, index: usize) -> Option<u32> {
    group(found, index).parse().ok()
}

/// The text of a named group; `None` where it took no part, is empty or is not of the pattern.
pub fn named<'a>(found: &Captures<'a>, name: &str) -> Option<&'a str> {
    found.name(name).map(|group| group.as_str()).filter(|text| !text.is_empty())
}

/// The number in a named group.
pub fn named_number(found: &Captures<'_>, name: &str) -> Option<u32> {
    named(found, name)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lean_classes_mean_the_same_wherever_they_stand() {
        for (pattern, text, meets) in [
            (r"^\w+$", "größe_1", true),
            (r"^\w+$", "変数", true),
            (r"^\w+$", "имя", true),
            (r"^\w+$", "a›b", false),
            (r"^\w+$", "…", false),
            (r"^\w+$", "✓", false),
            (r"^[\w./-]+$", "src/größe.py", true),
            (r"^[^\w]+$", "› ─", true),
            (r"^[^\d:]+$", "ab", true),
            (r"^[^\d:]+$", "a1", false),
            (r"^\\d\d$", "\\d7", true),
            (r"^\(\d\)\.$", "(7).", true),
            (r"^\D\W$", "a ", true),
        ] {
            assert_eq!(Pattern::new(pattern).is_match(text), meets, "`{pattern}` on `{text}`");
        }
    }
}
