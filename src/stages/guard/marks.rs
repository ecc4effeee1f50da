//! Signs in a source, counted on both sides: what is there more often than before was added.

use std::collections::HashMap;

use super::change::Changed;

/// A sign that a rule looks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// What counts as the same sign.
    pub label: String,
    pub line: u32,
}

impl Mark {
    pub fn new(label: impl Into<String>, line: u32) -> Self {
        Self { label: label.into(), line }
    }
}

/// Marks of the side after that the side before has fewer of, whatever their place.
pub fn more(before: &[Mark], after: Vec<Mark>) -> Vec<Mark> {
    let mut there: HashMap<&str, u32> = HashMap::new();
    for mark in before {
        *there.entry(&mark.label).or_default() += 1;
    }
    let is_more = |mark: &Mark| match there.get_mut(mark.label.as_str()).filter(|left| **left > 0) {
        Some(left) => {
            *left -= 1;
            false
        }
        None => true,
    };
    after.into_iter().filter(is_more).collect()
}

/// Lines that the patch takes away, and does not put back in the same file: code that moves takes its marks along.
pub struct Moved {
    lines: HashMap<String, u32>,
}

impl Moved {
    pub fn of(files: &[Changed<'_>]) -> Self {
        let mut lines: HashMap<String, u32> = HashMap::new();
        for file in files {
            for line in file.hunks.iter().flat_map(|hunk| hunk.before.clone()) {
                *lines.entry(with_next(&file.before.lines, line)).or_default() += 1;
            }
        }
        Self { lines }
    }

    /// Whether this line came from elsewhere; each that went away is found once.
    fn takes(&mut self, lines: &[&str], line: u32) -> bool {
        match self.lines.get_mut(&with_next(lines, line)).filter(|left| **left > 0) {
            Some(left) => {
                *left -= 1;
                true
            }
            None => false,
        }
    }
}

/// A line, with the next one when it stands alone: a comment or an attribute is about what follows it.
fn with_next(lines: &[&str], line: u32) -> String {
    let at = (line as usize).saturating_sub(1);
    let this = lines.get(at).copied().unwrap_or("");
    if !this.starts_with(['#', '/', '*', '@']) {
        return this.to_owned();
    }
    let next = lines.iter().skip(at + 1).find(|next| !next.is_empty()).copied().unwrap_or("");
    format!("{this}\n{next}")
}

/// Marks that a changed part of the file has more of than before, and that did not come from elsewhere.
pub fn added(file: &Changed<'_>, before: &[Mark], after: Vec<Mark>, moved: &mut Moved) -> Vec<Mark> {
    let mut added = Vec::new();
    for hunk in &file.hunks {
        let old: Vec<Mark> = before.iter().filter(|mark| hunk.before.contains(&mark.line)).cloned().collect();
        let new: Vec<Mark> = after.iter().filter(|mark| hunk.after.contains(&mark.line)).cloned().collect();
        added.extend(more(&old, new));
    }
    added.retain(|mark| !moved.takes(&file.after.lines, mark.line));
    added
}
