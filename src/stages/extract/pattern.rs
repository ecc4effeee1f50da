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
        let compile = || Regex::new(self.text).expect("our own patterns compile");
        self.regex.get_or_init(|| {
            let mut compiled = COMPILED.lock().unwrap_or_else(PoisonError::into_inner);
            compiled.entry(self.text).or_insert_with(compile).clone()
        })
    }
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
