//! The match ladder: where a search text stands in a file, and what the file says once it is replaced.
//!
//! Three steps, each tried only when the one before found nothing: the exact text; the same lines whatever their
//! trailing blanks and line endings; the same lines shifted by one indentation. A step that finds two places stops the
//! search: guessing between them is not ours to do.

use std::ops::Range;

use crate::text::truncate;

/// Beyond this many lines the nearest place is not looked for; the sentence is then shorter.
pub const NEAREST_LINES_MAX: usize = 20_000;

/// As many lines as help a reader to see what differs.
const NEAREST_SHOWN_LINES_MAX: usize = 8;

/// Lines longer than this are compared and shown by their beginning.
const NEAREST_LINE_BYTES_MAX: usize = 200;

/// Two lines less alike than this are not called near.
const NEAREST_LIKENESS_MIN: f64 = 0.5;

/// Why there is no one place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoPlace {
    /// The search text holds nothing but blanks.
    Blank,
    /// The nearest lines, with their numbers, where some are near.
    Nowhere { nearest: Option<String> },
    /// 1-based lines at which the text was found.
    Ambiguous { lines: Vec<usize> },
}

/// `text` with the one place where `search` stands rewritten to `replace`.
pub fn replace_once(text: &str, search: &str, replace: &str) -> Result<String, NoPlace> {
    if search.trim().is_empty() {
        return Err(NoPlace::Blank);
    }
    let ending = ending_of(text);
    if let Some(at) = exact(text, search)? {
        return Ok(splice(text, at, &with_ending(replace, ending, text)));
    }
    let file = lines_of(text);
    let wanted = Wanted::new(search, replace);
    for step in [same_but_trailing, same_but_indentation] {
        let places: Vec<_> = (0..file.len())
            .filter_map(|start| {
                let window = file.get(start..start.checked_add(wanted.search.len())?)?;
                step(window, &wanted).map(|lines| (start, lines))
            })
            .collect();
        match places.as_slice() {
            [] => {}
            [(start, lines)] => return Ok(rewrite(&file, *start, wanted.search.len(), lines, ending)),
            many => return Err(NoPlace::Ambiguous { lines: many.iter().map(|(start, _)| start + 1).collect() }),
        }
    }
    Err(NoPlace::Nowhere { nearest: nearest(&file, &wanted) })
}

/// The exact text, also with the file's own line endings.
fn exact(text: &str, search: &str) -> Result<Option<Range<usize>>, NoPlace> {
    let in_file_endings = with_ending(search, ending_of(text), text);
    for needle in [search, in_file_endings.as_str()] {
        let found = occurrences(text, needle);
        match found.as_slice() {
            [] => {}
            [start] => return Ok(Some(*start..start + needle.len())),
            many => {
                let lines = many.iter().map(|start| line_number(text, *start)).collect();
                return Err(NoPlace::Ambiguous { lines });
            }
        }
    }
    Ok(None)
}

/// Every position of `needle`, overlapping ones included: `aa` stands in `aaa` twice.
fn occurrences(text: &str, needle: &str) -> Vec<usize> {
    let mut found = Vec::new();
    let mut from = 0;
    let step = needle.chars().next().map_or(1, char::len_utf8);
    while let Some(at) = text.get(from..).and_then(|rest| rest.find(needle)) {
        found.push(from + at);
        from += at + step;
    }
    found
}

fn line_number(text: &str, at: usize) -> usize {
    text.as_bytes().iter().take(at).filter(|byte| **byte == b'\n').count() + 1
}

fn splice(text: &str, at: Range<usize>, replace: &str) -> String {
    let mut out = String::with_capacity(text.len() + replace.len());
    out.push_str(text.get(..at.start).unwrap_or_default());
    out.push_str(replace);
    out.push_str(text.get(at.end..).unwrap_or_default());
    out
}

/// The line ending most lines of the file have.
fn ending_of(text: &str) -> &'static str {
    let all = text.bytes().filter(|byte| *byte == b'\n').count();
    let carriage = text.matches("\r\n").count();
    if carriage * 2 > all { "\r\n" } else { "\n" }
}

/// `written` with the file's line endings; a file of one line, or an empty one, has none to keep.
fn with_ending(written: &str, ending: &str, file: &str) -> String {
    if ending == "\n" && !file.contains("\r\n") {
        // A model that answers in CRLF to a file in LF would change every line it touches.
        return if file.contains('\n') { written.replace("\r\n", "\n") } else { written.to_owned() };
    }
    if ending == "\n" { written.to_owned() } else { written.replace("\r\n", "\n").replace('\n', "\r\n") }
}

/// One line of the file: its text, and how it ends.
#[derive(Clone, Copy, Debug)]
struct FileLine<'a> {
    text: &'a str,
    ending: &'a str,
}

fn lines_of(text: &str) -> Vec<FileLine<'_>> {
    text.split_inclusive('\n')
        .map(|line| {
            let body = line.strip_suffix('\n').map_or(line, |body| body.strip_suffix('\r').unwrap_or(body));
            FileLine { text: body, ending: line.get(body.len()..).unwrap_or_default() }
        })
        .collect()
}

/// Search and replacement as lines, with what both have in common at either end.
struct Wanted<'a> {
    search: Vec<&'a str>,
    replace: Vec<&'a str>,
    /// Lines at the start, and at the end, that the replacement leaves as they are.
    kept_before: usize,
    kept_after: usize,
}

impl<'a> Wanted<'a> {
    fn new(search: &'a str, replace: &'a str) -> Self {
        let (search, replace): (Vec<_>, Vec<_>) = (written_lines(search), written_lines(replace));
        let shorter = search.len().min(replace.len());
        let kept_before = search.iter().zip(&replace).take_while(|(a, b)| a == b).count();
        let kept_after = search
            .iter()
            .rev()
            .zip(replace.iter().rev())
            .take_while(|(a, b)| a == b)
            .count()
            .min(shorter - kept_before);
        Self { search, replace, kept_before, kept_after }
    }

    /// The replacement's lines, by `shift` for the new ones; the kept ones stay as the file has them.
    fn rewritten(&self, window: &[FileLine<'_>], shift: impl Fn(&str) -> Option<String>) -> Option<Vec<String>> {
        let kept = |line: &FileLine<'_>| line.text.to_owned();
        let mut lines: Vec<String> = window.iter().take(self.kept_before).map(kept).collect();
        let new_until = self.replace.len() - self.kept_after;
        for line in self.replace.get(self.kept_before..new_until)? {
            lines.push(if line.trim().is_empty() { (*line).to_owned() } else { shift(line)? });
        }
        lines.extend(window.iter().skip(window.len() - self.kept_after).map(kept));
        Some(lines)
    }
}

/// Lines as a model writes them: a last line break ends the last line and begins none.
fn written_lines(text: &str) -> Vec<&str> {
    text.split_inclusive('\n').map(|line| line.trim_end_matches(['\n', '\r'])).collect()
}

fn same_but_trailing(window: &[FileLine<'_>], wanted: &Wanted<'_>) -> Option<Vec<String>> {
    let same = window.iter().zip(&wanted.search).all(|(line, search)| line.text.trim_end() == search.trim_end());
    if same { wanted.rewritten(window, |line| Some(line.to_owned())) } else { None }
}

/// How all lines of the search text are shifted against the file.
#[derive(Clone, PartialEq, Eq)]
enum Shift {
    /// The file has this much more.
    In(String),
    /// The search text has this much more.
    Out(String),
}

fn same_but_indentation(window: &[FileLine<'_>], wanted: &Wanted<'_>) -> Option<Vec<String>> {
    let mut shift: Option<Shift> = None;
    for (line, search) in window.iter().zip(&wanted.search) {
        let (line, search) = (line.text.trim_end(), search.trim_end());
        if line.is_empty() && search.is_empty() {
            continue;
        }
        let this = shift_between(line, search)?;
        if shift.get_or_insert_with(|| this.clone()) != &this {
            return None;
        }
    }
    match shift? {
        Shift::In(more) => wanted.rewritten(window, |line| Some(format!("{more}{line}"))),
        Shift::Out(more) => wanted.rewritten(window, |line| line.strip_prefix(more.as_str()).map(str::to_owned)),
    }
}

fn shift_between(line: &str, search: &str) -> Option<Shift> {
    let blank = |prefix: &str| prefix.chars().all(|c| c == ' ' || c == '\t');
    if let Some(more) = line.strip_suffix(search).filter(|more| blank(more)) {
        return Some(Shift::In(more.to_owned()));
    }
    search.strip_suffix(line).filter(|more| blank(more) && !line.is_empty()).map(|more| Shift::Out(more.to_owned()))
}

/// The file with `count` lines from `start` written anew; each new line ends as the file's lines do.
fn rewrite(file: &[FileLine<'_>], start: usize, count: usize, lines: &[String], ending: &str) -> String {
    let mut out = String::new();
    for line in file.iter().take(start) {
        out.push_str(line.text);
        out.push_str(line.ending);
    }
    let after = start + count;
    // Only the last line of a file may end in nothing, and it keeps doing so.
    let last_ending = file.get(after.saturating_sub(1)).map_or(ending, |line| line.ending);
    for (index, line) in lines.iter().enumerate() {
        let old = file.get(start + index).filter(|_| index < count).map(|line| line.ending);
        out.push_str(line);
        if index + 1 == lines.len() {
            out.push_str(last_ending);
        } else {
            out.push_str(old.filter(|old| !old.is_empty()).unwrap_or(ending));
        }
    }
    for line in file.iter().skip(after) {
        out.push_str(line.text);
        out.push_str(line.ending);
    }
    out
}

/// The lines most like the search text's first telling line, with their numbers.
fn nearest(file: &[FileLine<'_>], wanted: &Wanted<'_>) -> Option<String> {
    if file.len() > NEAREST_LINES_MAX {
        return None;
    }
    let (offset, telling) =
        wanted.search.iter().enumerate().max_by_key(|(index, line)| (line.trim().len(), usize::MAX - index))?;
    let telling = head(telling.trim());
    let (best, likeness) = file
        .iter()
        .enumerate()
        .map(|(index, line)| (index, strsim::normalized_levenshtein(head(line.text.trim()), telling)))
        .max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)))?;
    if likeness < NEAREST_LIKENESS_MIN {
        return None;
    }
    let first = best.saturating_sub(offset);
    let shown = wanted.search.len().clamp(1, NEAREST_SHOWN_LINES_MAX);
    let lines: Vec<_> = file
        .iter()
        .enumerate()
        .skip(first)
        .take(shown)
        .map(|(index, line)| format!("{:>5} | {}", index + 1, truncate(line.text, NEAREST_LINE_BYTES_MAX)))
        .collect();
    Some(lines.join("\n"))
}

fn head(line: &str) -> &str {
    let mut end = line.len().min(NEAREST_LINE_BYTES_MAX);
    while !line.is_char_boundary(end) {
        end -= 1;
    }
    line.get(..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop")]

    use super::*;

    #[test]
    fn the_exact_text_is_replaced_where_it_stands_once() {
        assert_eq!(replace_once("a = 1\nb = 2\n", "b = 2", "b = 3").unwrap(), "a = 1\nb = 3\n");
    }

    #[test]
    fn two_places_are_ambiguous_and_named_by_line() {
        assert_eq!(replace_once("x\ny\nx\n", "x", "z"), Err(NoPlace::Ambiguous { lines: vec![1, 3] }));
    }

    #[test]
    fn overlapping_places_are_two_places() {
        assert_eq!(replace_once("aaa", "aa", "b"), Err(NoPlace::Ambiguous { lines: vec![1, 1] }));
    }

    #[test]
    fn a_blank_search_fits_nowhere_rather_than_everywhere() {
        assert_eq!(replace_once("a\n\nb\n", " \n", "c"), Err(NoPlace::Blank));
    }

    #[test]
    fn crlf_files_stay_crlf_whatever_the_answer_uses() {
        assert_eq!(replace_once("a\r\nb\r\nc\r\n", "a\nb", "a\nx\ny").unwrap(), "a\r\nx\r\ny\r\nc\r\n");
        assert_eq!(replace_once("a\r\nb\r\n", "b", "x\ny").unwrap(), "a\r\nx\r\ny\r\n");
    }

    #[test]
    fn lf_files_stay_lf_when_the_answer_is_crlf() {
        assert_eq!(replace_once("a\nb\nc\n", "a\r\nb\r\n", "a\r\nx\r\n").unwrap(), "a\nx\nc\n");
    }

    #[test]
    fn trailing_blanks_do_not_hide_a_place_and_untouched_lines_keep_theirs() {
        assert_eq!(
            replace_once("def f():  \n    return 1\n", "def f():\n    return 1\n", "def f():\n    return 2\n").unwrap(),
            "def f():  \n    return 2\n"
        );
    }

    #[test]
    fn a_missing_final_newline_stays_missing() {
        assert_eq!(replace_once("a \nb", "a\nb\n", "a\nc\n").unwrap(), "a \nc");
        assert_eq!(replace_once("a\nb", "b", "c").unwrap(), "a\nc");
    }

    #[test]
    fn one_indentation_more_or_less_is_found_and_kept() {
        let file = "class A:\n    def f(self):\n        return 1\n";
        assert_eq!(
            replace_once(file, "def f(self):\n    return 1", "def f(self):\n    x = 2\n    return x").unwrap(),
            "class A:\n    def f(self):\n        x = 2\n        return x\n"
        );
        assert_eq!(replace_once("f()\ng()\n", "    f()\n    g()", "    f()\n    h()").unwrap(), "f()\nh()\n");
    }

    #[test]
    fn a_shift_that_is_not_the_same_on_every_line_is_no_place() {
        let found = replace_once("  a()\n    b()\n", "a()\nb()", "c()");
        assert!(matches!(found, Err(NoPlace::Nowhere { .. })), "{found:?}");
    }

    #[test]
    fn the_nearest_lines_are_shown_with_their_numbers() {
        let file = "import os\n\ndef total(values):\n    return sum(values)\n";
        let Err(NoPlace::Nowhere { nearest: Some(nearest) }) = replace_once(file, "def totals(value):", "x") else {
            panic!("a near line was there");
        };
        assert_eq!(nearest, "    3 | def total(values):");
    }

    #[test]
    fn the_nearest_place_is_not_looked_for_beyond_the_limit() {
        let line = "value = 1\n";
        let within = line.repeat(NEAREST_LINES_MAX);
        assert!(matches!(replace_once(&within, "valve = 1", ""), Err(NoPlace::Nowhere { nearest: Some(_) })));
        let beyond = line.repeat(NEAREST_LINES_MAX + 1);
        assert!(matches!(replace_once(&beyond, "valve = 1", ""), Err(NoPlace::Nowhere { nearest: None })));
    }

    #[test]
    fn lines_vanish_when_the_replacement_is_empty() {
        assert_eq!(replace_once("import os \nimport sys\n", "import os\n", "").unwrap(), "import sys\n");
    }

    proptest::proptest! {
        #[test]
        fn hostile_text_never_panics(file in "(?s).{0,80}", search in "(?s).{0,40}", replace in "(?s).{0,40}") {
            let _ = replace_once(&file, &search, &replace);
        }

        #[test]
        fn a_line_that_stands_once_is_always_found(
            lines in proptest::collection::vec("[a-z(){}= \t]{0,12}", 1..12),
            at in 0usize..12,
        ) {
            let at = at % lines.len();
            let mut lines = lines;
            lines[at] = format!("unique line {at}");
            let file = lines.join("\n");
            let mut expected = lines.clone();
            expected[at] = "other".to_owned();
            proptest::prop_assert_eq!(
                replace_once(&file, &format!("unique line {at}"), "other"),
                Ok(expected.join("\n"))
            );
        }
    }
}
