//! Which lines of a file are shown: all of it while it is small, else those around what the log points at.

use std::collections::BTreeSet;

use crate::domain::failure::Reading;

/// A file of this size is shown whole where it fits: half of one is harder to edit than to read.
pub const WHOLE_BYTES_MAX: usize = 12_000;

/// Lines shown on either side of a line that the log points at.
pub const AROUND_LINES: usize = 30;

/// Lines shown of a long file that nothing points into.
const HEAD_LINES: usize = 60;

/// Words that failures quote; each may lead to its definition.
pub const WORDS_MAX: usize = 40;

/// A shorter word stands everywhere.
const WORD_BYTES_MIN: usize = 3;

/// Places in one file that words may lead to.
const WORD_PLACES_MAX: usize = 6;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// 1-based.
    pub first_line: u32,
    pub whole: bool,
    pub text: String,
}

/// Names that the failures quote: what is undefined, misspelt, or differs.
pub fn telling_words(reading: &Reading) -> BTreeSet<String> {
    let mut words = BTreeSet::new();
    for failure in reading.roots() {
        let quoted = failure.message.split(['`', '\'', '"', '‘', '’', '“', '”']).skip(1).step_by(2);
        let test = failure.test.as_deref().and_then(|test| test.rsplit(['.', ':', ' ', '#']).next());
        for text in quoted.chain(test) {
            for word in text.split(|c: char| !c.is_alphanumeric() && c != '_') {
                if word.len() >= WORD_BYTES_MIN && words.len() < WORDS_MAX {
                    words.insert(word.to_owned());
                }
            }
        }
    }
    words
}

/// The pieces of `text` to show, together at most `bytes_max` long.
pub fn pieces(text: &str, lines: &[u32], words: &BTreeSet<String>, bytes_max: usize) -> Vec<Piece> {
    if text.len() <= WHOLE_BYTES_MAX.min(bytes_max) {
        let piece = Piece { first_line: 1, whole: true, text: text.to_owned() };
        return if text.is_empty() { Vec::new() } else { vec![piece] };
    }
    let all: Vec<&str> = text.split_inclusive('\n').collect();
    let mut points: Vec<usize> = lines.iter().filter_map(|line| usize::try_from(*line).ok()?.checked_sub(1)).collect();
    points.retain(|point| *point < all.len());
    points.extend(defining(&all, words));
    let windows = if points.is_empty() {
        vec![(0, HEAD_LINES.min(all.len()))]
    } else {
        let around = |point: &usize| (point.saturating_sub(AROUND_LINES), (point + AROUND_LINES + 1).min(all.len()));
        joined(points.iter().map(around).collect())
    };
    let mut left = bytes_max;
    let mut pieces = Vec::new();
    for (start, end) in windows {
        let mut piece = String::new();
        for line in all.get(start..end).unwrap_or_default() {
            if piece.len() + line.len() > left {
                break;
            }
            piece.push_str(line);
        }
        if !piece.is_empty() {
            left -= piece.len();
            let first_line = u32::try_from(start + 1).unwrap_or(u32::MAX);
            pieces.push(Piece { first_line, whole: false, text: piece });
        }
    }
    pieces
}

/// Lines where one of the words is defined, as most languages write it.
fn defining(lines: &[&str], words: &BTreeSet<String>) -> Vec<usize> {
    const KEYWORDS: [&str; 16] = [
        "def",
        "class",
        "fn",
        "struct",
        "enum",
        "trait",
        "type",
        "func",
        "function",
        "interface",
        "const",
        "let",
        "var",
        "val",
        "static",
        "mod",
    ];
    let defines = |line: &str| {
        let mut before = "";
        for word in line.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty()) {
            if KEYWORDS.contains(&before) && words.contains(word) {
                return true;
            }
            before = word;
        }
        false
    };
    let found = lines.iter().enumerate().filter(|(_, line)| defines(line));
    found.map(|(index, _)| index).take(WORD_PLACES_MAX).collect()
}

/// Windows in the order of the file, those that touch made one.
fn joined(mut windows: Vec<(usize, usize)>) -> Vec<(usize, usize)> {
    windows.sort_unstable();
    let mut joined: Vec<(usize, usize)> = Vec::new();
    for (start, end) in windows {
        match joined.last_mut() {
            Some((_, last)) if start <= *last => *last = end.max(*last),
            _ => joined.push((start, end)),
        }
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;

    fn long(lines: usize) -> String {
        (1..=lines).map(|line| format!("line number {line} of a long file\n")).collect()
    }

    #[test]
    fn a_small_file_is_shown_whole_and_a_long_one_around_its_lines() {
        let words = BTreeSet::new();
        let whole = "x".repeat(WHOLE_BYTES_MAX);
        assert!(pieces(&whole, &[], &words, usize::MAX)[0].whole);
        let text = long(1_000);
        assert!(text.len() > WHOLE_BYTES_MAX);
        let shown = pieces(&text, &[500, 510, 900], &words, usize::MAX);
        let spans: Vec<_> = shown.iter().map(|piece| (piece.first_line, piece.text.lines().count())).collect();
        assert_eq!(spans, [(470, 71), (870, 61)]);
        assert!(!shown[0].whole);
    }

    #[test]
    fn a_quoted_name_leads_to_its_definition() {
        let text = format!("{}def total(values):\n    pass\n{}", long(600), long(600));
        let shown = pieces(&text, &[], &BTreeSet::from(["total".to_owned()]), usize::MAX);
        assert_eq!(shown.len(), 1);
        assert!(shown[0].text.contains("def total(values)"));
    }

    #[test]
    fn a_long_file_that_nothing_points_into_is_shown_by_its_head() {
        let shown = pieces(&long(1_000), &[], &BTreeSet::new(), usize::MAX);
        assert_eq!(shown[0].text.lines().count(), HEAD_LINES);
    }

    #[test]
    fn lines_are_never_cut_in_two() {
        let shown = pieces(&long(1_000), &[500], &BTreeSet::new(), 100);
        assert!(shown[0].text.len() <= 100 && shown[0].text.ends_with("file\n"));
        assert_eq!(pieces(&long(1_000), &[5_000], &BTreeSet::new(), 5), []);
    }
}
