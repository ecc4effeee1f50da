//! One changed file as the guard looks at it: both sides read, and the lines that came and went.

use std::collections::BTreeMap;

use super::language::{Language, is_test_file};
use super::source::{Line, lines};
use super::tokens::tokens;
use crate::domain::patch::{FileChange, Patch};

pub struct Change<'p> {
    pub path: &'p str,
    pub language: Language,
    pub is_test_file: bool,
    /// The file is there after the patch.
    pub stays: bool,
    pub is_new: bool,
    pub before: Vec<Line>,
    pub after: Vec<Line>,
}

/// A binary has no lines; the policy refuses it anyway.
pub fn changes(patch: &Patch) -> Vec<Change<'_>> {
    patch.files.iter().map(Change::of).collect()
}

impl<'p> Change<'p> {
    fn of(file: &'p FileChange) -> Self {
        let language = Language::of(&file.path);
        let side = |blob: &'p Option<crate::domain::patch::Blob>| {
            blob.as_ref().and_then(|blob| blob.text()).map(|text| lines(text, language)).unwrap_or_default()
        };
        Self {
            path: &file.path,
            language,
            is_test_file: is_test_file(&file.path),
            stays: file.after.is_some(),
            is_new: file.before.is_none(),
            before: side(&file.before),
            after: side(&file.after),
        }
    }

    /// Whether the code is the same but for its layout. Comments are not looked at.
    pub fn is_layout_only(&self) -> bool {
        let whole =
            |lines: &[Line]| tokens(&lines.iter().map(|line| line.code.as_str()).collect::<Vec<_>>().join("\n"));
        whole(&self.before) == whole(&self.after)
    }

    /// Lines that are in the one side more often than in the other, by what `look` sees of them.
    pub fn added(&self, look: impl Fn(&Line) -> &str) -> Vec<&Line> {
        more(&self.after, &self.before, look)
    }

    pub fn removed(&self, look: impl Fn(&Line) -> &str) -> Vec<&Line> {
        more(&self.before, &self.after, look)
    }

    /// Added lines that `sign` is seen in, as many as there are more of them than before.
    pub fn new_signs(&self, look: impl Fn(&Line) -> &str, sign: impl Fn(&str) -> bool) -> Vec<&Line> {
        let mut added = self.added(&look);
        added.retain(|line| sign(look(line)));
        let known = self.removed(&look).into_iter().filter(|line| sign(look(line))).count();
        added.split_off(known.min(added.len()))
    }
}

fn more<'l>(these: &'l [Line], those: &[Line], look: impl Fn(&Line) -> &str) -> Vec<&'l Line> {
    let key = |line: &Line| look(line).split_whitespace().collect::<Vec<_>>().join(" ");
    let mut there: BTreeMap<String, u32> = BTreeMap::new();
    for line in those {
        *there.entry(key(line)).or_default() += 1;
    }
    let is_more = |line: &&Line| match there.get_mut(&key(line)) {
        Some(left) if *left > 0 => {
            *left -= 1;
            false
        }
        _ => !look(line).trim().is_empty(),
    };
    these.iter().filter(is_more).collect()
}
