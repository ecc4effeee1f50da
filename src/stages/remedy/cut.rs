//! Byte ranges of a file that become something else, and the edits that say the same in whole lines.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::domain::candidate::Edit;

/// A range of a source text, and what stands there afterwards.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cut {
    pub range: Range<usize>,
    pub replace: String,
}

/// The cuts as edits whose search text is the smallest run of whole lines that stands in the file exactly once.
///
/// `None` when cuts overlap, or change nothing.
pub fn edits(file: &str, source: &str, mut cuts: Vec<Cut>) -> Option<Vec<Edit>> {
    cuts.sort_by_key(|cut| (cut.range.start, cut.range.end));
    cuts.dedup();
    if cuts.windows(2).any(|pair| pair[0].range.end > pair[1].range.start) {
        return None;
    }
    let lines = Lines::new(source);
    let mut hunks: Vec<Range<usize>> = Vec::new();
    for cut in &cuts {
        let touched = lines.touched(&cut.range);
        match hunks.last_mut() {
            Some(last) if touched.start <= last.end => last.end = last.end.max(touched.end),
            _ => hunks.push(touched),
        }
    }
    grow(&lines, &cuts, &mut hunks)?;
    let edits: Vec<Edit> = hunks
        .iter()
        .map(|hunk| Edit::Replace {
            file: file.to_owned(),
            search: lines.text(hunk).to_owned(),
            replace: lines.rewritten(hunk, &cuts),
        })
        .filter(|edit| !matches!(edit, Edit::Replace { search, replace, .. } if search == replace))
        .collect();
    (!edits.is_empty()).then_some(edits)
}

/// Cuts for whole lines, counted from 0; a blank line that would be left beside another goes too.
pub fn delete_lines(source: &str, wanted: &BTreeSet<usize>) -> Vec<Cut> {
    let lines = Lines::new(source);
    let line = |at: usize| lines.text(&(at..at + 1)).trim();
    let mut gone = wanted.clone();
    for at in wanted {
        if wanted.contains(&(at + 1)) {
            continue;
        }
        let before = (0..*at).rev().find(|at| !gone.contains(at));
        let opens = before.is_none_or(|at| line(at).is_empty() || line(at).ends_with(['(', '{', '[']));
        let mut next = at + 1;
        while opens && next < lines.count() && line(next).is_empty() {
            gone.insert(next);
            next += 1;
        }
        if next < lines.count() && line(next).starts_with([')', '}', ']']) {
            gone.extend(before.filter(|at| line(*at).is_empty()));
        }
    }
    gone.into_iter().map(|at| Cut { range: lines.bytes(&(at..at + 1)), replace: String::new() }).collect()
}

/// Grows every hunk until its lines stand in the file once, also after the hunks before it were replaced.
fn grow(lines: &Lines<'_>, cuts: &[Cut], hunks: &mut Vec<Range<usize>>) -> Option<()> {
    let mut at = 0;
    while let Some(hunk) = hunks.get(at).cloned() {
        let written = lines.with_hunks(&hunks[..at], cuts);
        let once = |run: &Range<usize>| {
            let text = lines.text(run);
            !text.trim().is_empty() && occurs_once(lines.source, text) && occurs_once(&written, text)
        };
        let grown = (0..=lines.count())
            .flat_map(|more| (0..=more).rev().map(move |up| (up, more - up)))
            .filter_map(|(up, down)| {
                let run = hunk.start.checked_sub(up)?..hunk.end + down;
                (run.end <= lines.count()).then_some(run)
            })
            .find(once)?;
        hunks[at] = grown.clone();
        // A hunk that grew into its neighbours is one with them, and everything is looked at again.
        let mut merged: Vec<Range<usize>> = Vec::with_capacity(hunks.len());
        for hunk in hunks.iter() {
            match merged.last_mut() {
                Some(last) if hunk.start < last.end => last.end = last.end.max(hunk.end),
                _ => merged.push(hunk.clone()),
            }
        }
        at = if merged.len() == hunks.len() { at + 1 } else { 0 };
        *hunks = merged;
    }
    Some(())
}

fn occurs_once(text: &str, part: &str) -> bool {
    match text.find(part) {
        Some(first) => {
            let step = part.chars().next().map_or(1, char::len_utf8);
            !text[first + step..].contains(part)
        }
        None => false,
    }
}

/// Where the lines of a text begin.
pub struct Lines<'a> {
    source: &'a str,
    /// The start of every line, and the text's end.
    starts: Vec<usize>,
}

impl<'a> Lines<'a> {
    pub fn new(source: &'a str) -> Self {
        let mut starts = vec![0];
        starts.extend(source.match_indices('\n').map(|(at, _)| at + 1));
        if starts.last() != Some(&source.len()) {
            starts.push(source.len());
        }
        Self { source, starts }
    }

    pub fn count(&self) -> usize {
        self.starts.len() - 1
    }

    pub fn bytes(&self, lines: &Range<usize>) -> Range<usize> {
        let at = |line: usize| self.starts.get(line).copied().unwrap_or(self.source.len());
        at(lines.start)..at(lines.end)
    }

    pub fn text(&self, lines: &Range<usize>) -> &'a str {
        &self.source[self.bytes(lines)]
    }

    /// The line, counted from 0, in which a byte stands.
    pub fn at(&self, byte: usize) -> usize {
        self.starts.partition_point(|start| *start <= byte).saturating_sub(1).min(self.count().saturating_sub(1))
    }

    fn touched(&self, bytes: &Range<usize>) -> Range<usize> {
        let last = bytes.end.saturating_sub(1).max(bytes.start);
        self.at(bytes.start)..self.at(last) + 1
    }

    fn rewritten(&self, lines: &Range<usize>, cuts: &[Cut]) -> String {
        let bytes = self.bytes(lines);
        let mut text = String::with_capacity(bytes.len());
        let mut from = bytes.start;
        for cut in cuts.iter().filter(|cut| bytes.start <= cut.range.start && cut.range.end <= bytes.end) {
            text.push_str(&self.source[from..cut.range.start]);
            text.push_str(&cut.replace);
            from = cut.range.end;
        }
        text.push_str(&self.source[from..bytes.end]);
        text
    }

    /// The whole text once some hunks are replaced.
    fn with_hunks(&self, hunks: &[Range<usize>], cuts: &[Cut]) -> String {
        let mut text = String::with_capacity(self.source.len());
        let mut from = 0;
        for hunk in hunks {
            let bytes = self.bytes(hunk);
            text.push_str(&self.source[from..bytes.start]);
            text.push_str(&self.rewritten(hunk, cuts));
            from = bytes.end;
        }
        text.push_str(&self.source[from..]);
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rename(source: &str, nth: usize, from: &str, to: &str) -> Cut {
        let (at, _) = source.match_indices(from).nth(nth).expect("it is there");
        Cut { range: at..at + from.len(), replace: to.to_owned() }
    }

    fn shown(edits: Option<Vec<Edit>>) -> Vec<(String, String)> {
        edits
            .unwrap_or_default()
            .into_iter()
            .map(|edit| match edit {
                Edit::Replace { search, replace, .. } => (search, replace),
                other => panic!("{other:?}"),
            })
            .collect()
    }

    /// What the file says once the edits are applied one after the other.
    fn applied(source: &str, cuts: Vec<Cut>) -> String {
        let mut text = source.to_owned();
        for (search, replace) in shown(edits("f", source, cuts)) {
            assert!(occurs_once(&text, &search), "{search:?} in {text:?}");
            text = text.replacen(&search, &replace, 1);
        }
        text
    }

    #[test]
    fn one_line_is_enough_where_it_stands_once() {
        let source = "a\nfoo(x);\nb\n";
        let edits = shown(edits("f", source, vec![rename(source, 0, "foo", "bar")]));
        assert_eq!(edits, [("foo(x);\n".to_owned(), "bar(x);\n".to_owned())]);
    }

    #[test]
    fn a_search_grows_to_the_smallest_run_of_lines_that_stands_once() {
        let source = "if a {\n  foo();\n}\nif b {\n  foo();\n}\n";
        let edits = shown(edits("f", source, vec![rename(source, 1, "foo", "bar")]));
        assert_eq!(edits, [("if b {\n  foo();\n".to_owned(), "if b {\n  bar();\n".to_owned())]);
    }

    #[test]
    fn neighbours_that_grow_together_become_one_edit() {
        let source = "foo();\nfoo();\nfoo();\nfoo();\n";
        let cuts = vec![rename(source, 1, "foo", "bar"), rename(source, 2, "foo", "bar")];
        assert_eq!(applied(source, cuts), "foo();\nbar();\nbar();\nfoo();\n");
    }

    #[test]
    fn an_edit_stands_once_also_after_the_ones_before_it() {
        let source = "a(one);\nx\na(two);\n";
        let cuts = vec![rename(source, 0, "one", "two"), rename(source, 0, "two", "three")];
        assert_eq!(applied(source, cuts), "a(two);\nx\na(three);\n");
    }

    #[test]
    fn cuts_that_overlap_are_no_edit() {
        let source = "abcdef\n";
        let cut = |range: Range<usize>| Cut { range, replace: String::new() };
        assert_eq!(edits("f", source, vec![cut(0..3), cut(2..4)]), None);
        assert_eq!(edits("f", source, vec![]), None);
        assert!(edits("f", source, vec![cut(0..3), cut(0..3)]).is_some(), "the same cut twice is one");
    }

    #[test]
    fn a_deleted_line_leaves_no_second_blank_one() {
        let gone =
            |source: &str, lines: &[usize]| applied(source, delete_lines(source, &lines.iter().copied().collect()));
        assert_eq!(gone("package a\n\nimport \"os\"\n\nfunc A() {}\n", &[2]), "package a\n\nfunc A() {}\n");
        assert_eq!(gone("(\n\ta\n\n\tb\n)\n", &[1]), "(\n\tb\n)\n");
        assert_eq!(gone("(\n\ta\n\n\tb\n)\n", &[3]), "(\n\ta\n)\n");
        assert_eq!(gone("import a\nimport b\n\nx\n", &[0, 1]), "x\n");
        assert_eq!(gone("import a\nimport b\n\nx\n", &[1]), "import a\n\nx\n");
    }

    #[test]
    fn a_file_without_a_last_line_end_and_one_with_carriage_returns_keep_theirs() {
        assert_eq!(applied("a\nfoo", vec![rename("a\nfoo", 0, "foo", "bar")]), "a\nbar");
        let crlf = "a\r\nfoo\r\nb\r\n";
        assert_eq!(applied(crlf, vec![rename(crlf, 0, "foo", "bar")]), "a\r\nbar\r\nb\r\n");
    }
}
