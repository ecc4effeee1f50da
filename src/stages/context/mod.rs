//! Failures become the redacted excerpts a model may see: trace → file → lines, and what those files import.
//!
//! Only blobs of the commit are read, never the work tree, and only those of regular files (T7). The flow fetches what
//! `wanted` names, then what `imported` names, and hands all of it to `context`.

pub mod index;
pub mod places;
pub mod imports;
pub mod excerpt;

use index::Index;
use places::{Place, places};

use crate::domain::context::{Context, SourceExcerpt};
use crate::domain::failure::{Failure, Reading};
use crate::domain::patch::{Blob, Mode};
use crate::stages::clean::redact::redact;
use crate::text::truncate;

/// Files that failures and traces name; beyond these a model reads names, not text.
pub const WANTED_FILES_MAX: usize = 16;

/// Files that those import.
pub const IMPORTED_FILES_MAX: usize = 24;

/// A larger file is generated or data; it is named and not shown.
pub const FILE_BYTES_MAX: usize = 512 * 1024;

/// Failures told in words; a thousand of one cause say no more than the first ones.
pub const FAILURES_MAX: usize = 20;

/// A failure's message is told up to here; its whole text stands in the log's excerpt.
const MESSAGE_BYTES_MAX: usize = 1_000;

/// Names of other files that are told.
pub const NAMES_MAX: usize = 60;

/// Of the bytes there are, the log and the failures get at most this share each.
const LOG_SHARE: usize = 3;
const FAILURES_SHARE: usize = 6;

/// A file and what the commit holds at its path, where it holds something.
pub type Source = (String, Option<Blob>);

/// The files to read first: where failures are, what traces name, the failing tests' own files.
pub fn wanted(reading: &Reading, files: &[String]) -> Vec<String> {
    let mut wanted = Vec::new();
    for place in places(reading, &Index::new(files)) {
        if wanted.len() < WANTED_FILES_MAX && !wanted.contains(&place.file) {
            wanted.push(place.file);
        }
    }
    wanted
}

/// The files that those import, as far as their text says.
pub fn imported(sources: &[Source], files: &[String]) -> Vec<String> {
    let index = Index::new(files);
    let mut imported = Vec::new();
    for (path, text) in sources.iter().filter_map(readable) {
        for file in imports::imports(path, text, &index) {
            let known = imported.contains(&file) || sources.iter().any(|(path, _)| *path == file);
            if imported.len() < IMPORTED_FILES_MAX && !known {
                imported.push(file);
            }
        }
    }
    imported
}

/// What a model is shown, within `bytes_max` bytes; `sources` stand in the order of their worth.
pub fn context(reading: &Reading, sources: &[Source], files: &[String], bytes_max: usize) -> Context {
    let failures = told(reading, bytes_max / FAILURES_SHARE);
    let log = log(reading, bytes_max / LOG_SHARE);
    let mut left = bytes_max.saturating_sub(failures.len() + log.len());
    let index = Index::new(files);
    let places = places(reading, &index);
    let words = excerpt::telling_words(reading);
    let mut shown = Vec::new();
    for (path, text) in sources.iter().filter_map(readable) {
        let lines: Vec<u32> =
            places.iter().filter(|place| place.file == *path).filter_map(|Place { line, .. }| *line).collect();
        for piece in excerpt::pieces(text, &lines, &words, left) {
            left = left.saturating_sub(piece.text.len());
            shown.push(SourceExcerpt {
                file: path.to_owned(),
                first_line: piece.first_line,
                whole: piece.whole,
                text: redact(&piece.text),
            });
        }
    }
    let names = index.near(sources.iter().map(|(path, _)| path.as_str()), NAMES_MAX);
    Context { failures: redact(&failures), log: redact(&log), sources: shown, names }
}

/// The text of a regular file (T7): a symbolic link's blob is a path into the runner, a submodule has none.
fn readable(source: &Source) -> Option<(&str, &str)> {
    let (path, Some(blob)) = source else { return None };
    let regular = matches!(blob.mode, Mode::File | Mode::Executable);
    (regular && blob.bytes.len() <= FILE_BYTES_MAX).then(|| blob.text().map(|text| (path.as_str(), text)))?
}

/// The root failures in words, one a paragraph.
fn told(reading: &Reading, bytes_max: usize) -> String {
    let roots: Vec<&Failure> = reading.roots().collect();
    let mut text = String::new();
    for failure in roots.iter().take(FAILURES_MAX) {
        text.push_str(&paragraph(failure));
    }
    let more = (roots.len().saturating_sub(FAILURES_MAX) as u64).saturating_add(reading.omitted_failures);
    if more > 0 {
        text.push_str(&format!("and {more} more\n"));
    }
    truncate(&text, bytes_max)
}

fn paragraph(failure: &Failure) -> String {
    let mut head = vec![format!("{} ({})", failure.kind.as_str(), failure.tool)];
    if let Some(file) = failure.file.as_ref().or(failure.path.as_ref()) {
        let numbers = [failure.line, failure.column].into_iter().flatten().map(|number| format!(":{number}"));
        head.push(format!("at {file}{}", numbers.collect::<String>()));
    }
    head.extend(failure.test.as_ref().map(|test| format!("test {test}")));
    head.extend(failure.code.as_ref().map(|code| format!("code {code}")));
    let mut text = format!("{}: {}\n", head.join(", "), truncate(&failure.message, MESSAGE_BYTES_MAX));
    if let Some(suggestion) = &failure.suggestion {
        text.push_str(&format!("  the tool suggests: {}\n", truncate(suggestion, MESSAGE_BYTES_MAX)));
    }
    text
}

/// The excerpts of the log, each with the number of its first line.
fn log(reading: &Reading, bytes_max: usize) -> String {
    let mut text = String::new();
    for excerpt in &reading.excerpts {
        text.push_str(&format!("[line {}]\n", excerpt.span.first));
        for line in &excerpt.lines {
            text.push_str(line);
            text.push('\n');
        }
        if text.len() > bytes_max {
            break;
        }
    }
    truncate(&text, bytes_max)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::failure::Kind;
    use crate::domain::log::{Excerpt, Span};

    fn reading() -> Reading {
        let mut failure = Failure::new(Kind::TestFailure, "pytest", "assert 3 == 4", Span::at(7));
        failure.file = Some("app.py".to_owned());
        failure.line = Some(2);
        failure.test = Some("tests/test_app.py::test_add".to_owned());
        Reading {
            failures: vec![failure],
            excerpts: vec![Excerpt {
                span: Span { first: 5, last: 7 },
                lines: vec!["tests/test_app.py:4: AssertionError".to_owned(), "pkg/util.py:9: in helper".to_owned()],
            }],
            ..Reading::default()
        }
    }

    fn files() -> Vec<String> {
        ["app.py", "tests/test_app.py", "pkg/util.py", "pkg/__init__.py", "README.md"].map(str::to_owned).to_vec()
    }

    fn file(text: &str) -> Option<Blob> {
        Some(Blob { mode: Mode::File, bytes: text.as_bytes().to_vec() })
    }

    #[test]
    fn failures_come_first_then_traces_then_the_test_s_file() {
        assert_eq!(wanted(&reading(), &files()), ["app.py", "tests/test_app.py", "pkg/util.py"]);
    }

    #[test]
    fn what_a_test_imports_is_read_too() {
        let sources = vec![("tests/test_app.py".to_owned(), file("from pkg import util\nimport os\n"))];
        assert_eq!(imported(&sources, &files()), ["pkg/util.py", "pkg/__init__.py"]);
    }

    #[test]
    fn t7_context_reads_blobs_of_regular_files_only() {
        let blob = |mode| Some(Blob { mode, bytes: b"/proc/self/environ".to_vec() });
        for (mode, read) in
            [(Mode::File, true), (Mode::Executable, true), (Mode::Symlink, false), (Mode::Submodule, false)]
        {
            let sources = vec![("app.py".to_owned(), blob(mode))];
            let context = context(&reading(), &sources, &files(), 10_000);
            assert_eq!(!context.sources.is_empty(), read, "{mode:?}");
        }
    }

    #[test]
    fn everything_shown_is_redacted() {
        let key = format!("ghp_{}", "0123456789abcdefghijklmnopqrstuvwxyz");
        let mut reading = reading();
        reading.failures[0].message = format!("bad token {key}");
        reading.excerpts[0].lines.push(format!("token {key}"));
        let sources = vec![("app.py".to_owned(), file(&format!("T = '{key}'\nx = 1\n")))];
        let shown = format!("{:?}", context(&reading, &sources, &files(), 10_000));
        assert!(shown.contains("***") && !shown.contains(&key), "{shown}");
    }

    #[test]
    fn a_context_stays_within_its_bytes() {
        let long: String = (0..5_000).map(|line| format!("line {line}\n")).collect();
        let mut reading = reading();
        reading.excerpts[0].lines = vec!["x".repeat(200); 500];
        let sources = vec![("app.py".to_owned(), file(&long)), ("pkg/util.py".to_owned(), file(&long))];
        for bytes_max in [0, 100, 3_000, 24_000] {
            let context = context(&reading, &sources, &files(), bytes_max);
            let bytes = context.failures.as_str().len()
                + context.log.as_str().len()
                + context.sources.iter().map(|source| source.text.as_str().len()).sum::<usize>();
            assert!(bytes <= bytes_max.max(8), "{bytes} of {bytes_max}");
        }
    }

    #[test]
    fn a_file_over_the_limit_and_a_binary_are_not_shown() {
        let shown = |bytes: Vec<u8>| {
            let sources = vec![("app.py".to_owned(), Some(Blob { mode: Mode::File, bytes }))];
            !context(&reading(), &sources, &files(), 10_000).sources.is_empty()
        };
        let line = b"x = 1\n".repeat(FILE_BYTES_MAX / 6 + 1);
        assert!(shown(line.get(..FILE_BYTES_MAX).expect("long enough").to_vec()));
        assert!(!shown(line.get(..=FILE_BYTES_MAX).expect("long enough").to_vec()));
        assert!(!shown(vec![0, 1, 2]));
    }

    #[test]
    fn many_failures_are_counted_beyond_the_limit() {
        let mut reading = reading();
        reading.failures = vec![reading.failures[0].clone(); FAILURES_MAX + 3];
        reading.omitted_failures = 2;
        let context = context(&reading, &[], &files(), 100_000);
        assert_eq!(context.failures.as_str().matches("assert 3 == 4").count(), FAILURES_MAX);
        assert!(context.failures.as_str().ends_with("and 5 more\n"));
    }
}
