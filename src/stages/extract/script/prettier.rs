//! Prettier's check: the files that are not formatted, and those that it cannot read.

use crate::domain::failure::{Failure, Kind};
use crate::domain::log::{Line, Span};
use crate::stages::extract::pattern::{Pattern, group, number};
use crate::stages::extract::reader::{Attention, Findings, Reader};

/// Files are kept until prettier says that it was prettier who named them.
const FILES_MAX: usize = 1_000;

#[derive(Default)]
pub struct Prettier {
    checking: bool,
    unformatted: Vec<(String, u64)>,
}

/// Other tools warn in the same form: only the name of a file is read.
static UNFORMATTED: Pattern = Pattern::new(r"^\[warn\] (\S(?:.*[^.\s])?)$");

/// `[error] bad.js: SyntaxError: Unexpected token (1:7)`
static UNREADABLE: Pattern = Pattern::new(r"^\[error\] (\S.*?): (\w*Error): (.*?)(?: \((\d+):(\d+)\))?$");

static ABOVE: Pattern = Pattern::new(r"^\[warn\] (Code style issues (?:found|fixed)[^.]*)");

impl Reader for Prettier {
    fn tool(&self) -> &'static str {
        "prettier"
    }

    fn wakes(&self) -> &'static [&'static str] {
        &["[warn] ", "[error] ", "Checking formatting...", "Error occurred when checking code style"]
    }

    fn line(&mut self, line: &Line<'_>, found: &mut Findings) -> Attention {
        if line.text == "Checking formatting..." || line.text.starts_with("Error occurred when checking code style") {
            self.checking = true;
        } else if let Some(summary) = ABOVE.captures(line.text) {
            self.tell(group(&summary, 1), found);
        } else if let Some(file) = UNFORMATTED.captures(line.text) {
            let file = group(&file, 1);
            if is_file(file) && self.unformatted.len() < FILES_MAX {
                self.unformatted.push((file.to_owned(), line.number));
            }
        } else if let Some(unreadable) = UNREADABLE.captures(line.text) {
            let message = group(&unreadable, 3);
            let mut failure = Failure::new(Kind::BuildError, "prettier", message, Span::at(line.number));
            failure.path = Some(group(&unreadable, 1).to_owned());
            failure.code = Some(group(&unreadable, 2).to_owned());
            failure.line = number(&unreadable, 4);
            failure.column = number(&unreadable, 5);
            found.failure(failure);
        }
        Attention::Sleep
    }

    /// Where a file could not be read there is no sentence about the others.
    fn end(&mut self, found: &mut Findings) {
        if self.checking {
            self.tell("Code style issues found", found);
        }
    }
}

impl Prettier {
    fn tell(&mut self, message: &str, found: &mut Findings) {
        for (file, line) in self.unformatted.drain(..) {
            let mut failure = Failure::new(Kind::FormatError, "prettier", message, Span::at(line));
            failure.path = Some(file);
            found.failure(failure);
        }
    }
}

/// A path, not a sentence.
fn is_file(text: &str) -> bool {
    let name = text.rsplit(['/', '\\']).next().unwrap_or(text);
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    (1..=12).contains(&ending.len()) && ending.chars().all(char::is_alphanumeric) && !text.contains(": ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stages::extract::tests::read;

    #[test]
    fn files_that_are_not_formatted_are_named() {
        let log = "\
Checking formatting...
[warn] src/a.ts
[warn] x y.js
[warn] .prettierrc
[warn] Code style issues found in 3 files. Run Prettier with --write to fix.
";
        let reading = read(log);
        let shown: Vec<_> = reading
            .failures
            .iter()
            .map(|failure| {
                (failure.path.as_deref().unwrap_or(""), failure.kind, failure.message.as_str(), failure.log.first)
            })
            .collect();
        let message = "Code style issues found in 3 files";
        assert_eq!(
            shown,
            [
                ("src/a.ts", Kind::FormatError, message, 2),
                ("x y.js", Kind::FormatError, message, 3),
                (".prettierrc", Kind::FormatError, message, 4)
            ]
        );
    }

    #[test]
    fn a_file_that_cannot_be_read_is_named_with_its_place() {
        let log = "\
Checking formatting...
[\u{1b}[31merror\u{1b}[39m] bad.js: SyntaxError: Unexpected token (1:7)
[\u{1b}[31merror\u{1b}[39m] \u{1b}[0m\u{1b}[31m\u{1b}[1m>\u{1b}[22m\u{1b}[39m\u{1b}[90m 1 |\u{1b}[39m \u{1b}[36mconst\u{1b}[39m = 1;
[\u{1b}[33mwarn\u{1b}[39m] src/a.ts
Error occurred when checking code style in the above file.
";
        let reading = read(log);
        assert_eq!(reading.failures.len(), 2);
        let bad = &reading.failures[0];
        assert_eq!((bad.path.as_deref(), bad.line, bad.column), (Some("bad.js"), Some(1), Some(7)));
        assert_eq!((bad.code.as_deref(), bad.message.as_str()), (Some("SyntaxError"), "Unexpected token"));
        assert_eq!(reading.failures[1].path.as_deref(), Some("src/a.ts"));
    }

    #[test]
    fn warnings_of_other_tools_are_not_prettiers() {
        let log = "[warn] deprecated: use b.ts\n[warn] module.js\n[error] it failed\n";
        assert_eq!(read(log).failures.iter().filter(|failure| failure.tool == "prettier").count(), 0);
    }

    #[test]
    fn files_beyond_the_limit_are_dropped() {
        let log = format!("Checking formatting...\n{}", "[warn] a.ts\n[warn] b.ts\n".repeat(FILES_MAX));
        let mut reader = Prettier::default();
        let mut found = Findings::default();
        for (text, number) in log.lines().zip(1..) {
            reader.line(&Line { number, text, mark: crate::domain::log::Mark::Plain }, &mut found);
        }
        assert_eq!(reader.unformatted.len(), FILES_MAX);
    }
}
