//! shellcheck, in its formats `tty` and `gcc`.
//!
//! `src/ShellCheck/Formatter/TTY.hs`: an empty line, `In FILE line N:`, the source, below it `^--^ SC2086 (info): MESSAGE` a complaint with the
//! caret under the column, then `Did you mean:` and the source as it could be. `Formatter/GCC.hs`:
//! `FILE:LINE:COLUMN: LEVEL: MESSAGE [SC2086]`. Every level fails.

use crate::domain::failure::{Failure, Kind};
use crate::domain::log::{Line, Span};
use crate::stages::extract::form::Form;
use crate::stages::extract::pattern::{Pattern, group, number};
use crate::stages::extract::reader::{Attention, Findings, Reader};

pub const GCC: Form = Form {
    tool: "shellcheck",
    wakes: &[" [SC1\u{1}", " [SC2\u{1}", " [SC3\u{1}"],
    lines: &[
        r"^(?P<path>.+?):(?P<line>\d+):(?P<column>\d+): (?:error|warning|note|info|style): (?P<message>.+) \[(?P<code>SC\d{4})\]$",
    ],
    ..Form::DEFAULT
};

/// Complaints about one line of a script.
const HELD_MAX: usize = 50;

/// A statement that goes over more lines than this is shown with its suggestion all the same, but not read.
const BLOCK_LINES_MAX: u64 = 100;

#[derive(Default)]
pub struct Shellcheck {
    /// The file, the line, and where this is said in the log.
    head: Option<(String, u32, u64)>,
    held: Vec<Failure>,
    /// The line after `Did you mean:` comes next.
    meant: bool,
}

static HEAD: Pattern = Pattern::new(r"^In (.+) line (\d+):$");
static COMPLAINT: Pattern = Pattern::new(r"^(\s*)\^-*\^?-* *(SC\d{4})(?: \((?:error|warning|info|style)\))?: (.+)$");

impl Reader for Shellcheck {
    fn tool(&self) -> &'static str {
        "shellcheck"
    }

    fn wakes(&self) -> &'static [&'static str] {
        &[
            ".sh line \u{1}",
            ".bash line \u{1}",
            ".bats line \u{1}",
            ".ksh line \u{1}",
            ".dash line \u{1}",
            "--^ SC",
            "^-- SC",
        ]
    }

    fn line(&mut self, line: &Line<'_>, found: &mut Findings) -> Attention {
        if let Some(head) = HEAD.captures(line.text) {
            self.end(found);
            self.head = number(&head, 2).map(|at| (group(&head, 1).to_owned(), at, line.number));
            return Attention::Stay;
        }
        let Some((path, at, first)) = &self.head else { return Attention::Sleep };
        if let Some(complaint) = COMPLAINT.captures(line.text) {
            let mut failure = Failure::new(Kind::LintError, "shellcheck", group(&complaint, 3), Span::at(line.number));
            failure.path = Some(path.clone());
            failure.line = Some(*at);
            failure.column = u32::try_from(group(&complaint, 1).chars().count() + 1).ok();
            failure.code = Some(group(&complaint, 2).to_owned());
            if self.held.is_empty() {
                failure.log.first = *first;
            }
            if self.held.len() < HELD_MAX {
                self.held.push(failure);
            }
        } else if std::mem::take(&mut self.meant) {
            self.held.iter_mut().for_each(|failure| failure.suggestion = Some(line.text.trim().to_owned()));
        } else if line.text.trim_end() == "Did you mean:" {
            self.meant = true;
        } else if line.text.starts_with("For more information:") || line.number - first > BLOCK_LINES_MAX {
            self.end(found);
            return Attention::Sleep;
        }
        Attention::Stay
    }

    fn end(&mut self, found: &mut Findings) {
        self.held.drain(..).for_each(|failure| found.failure(failure));
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::told;

    #[test]
    fn complaints_stand_under_the_source_with_what_is_meant() {
        let log = "\
In ci/clean.sh line 3:
rm -rf $foo/*
       ^----^ SC2115 (warning): Use \"${var:?}\" to ensure this never expands to /* .
       ^--^ SC2086 (info): Double quote to prevent globbing and word splitting.

Did you mean:
rm -rf \"$foo\"/*


In ci/clean.sh line 12:
foo=1
^-- SC2034: foo appears unused. Verify use (or export if used externally).

For more information:
  https://www.shellcheck.net/wiki/SC2034 -- foo appears unused.
";
        assert_eq!(
            told(log),
            [
                "shellcheck lint_error | ci/clean.sh:3:8 | SC2115 | Use \"${var:?}\" to ensure this never expands to /* . | -> rm -rf \"$foo\"/* | @1-3",
                "shellcheck lint_error | ci/clean.sh:3:8 | SC2086 | Double quote to prevent globbing and word splitting. | -> rm -rf \"$foo\"/* | @4-4",
                "shellcheck lint_error | ci/clean.sh:12:1 | SC2034 | foo appears unused. Verify use (or export if used externally). | @10-12",
            ]
        );
    }

    #[test]
    fn the_gcc_form_is_read() {
        assert_eq!(
            told("ci/clean.sh:3:8: note: Double quote to prevent globbing. [SC2086]\n"),
            ["shellcheck lint_error | ci/clean.sh:3:8 | SC2086 | Double quote to prevent globbing. | @1-1"]
        );
    }
}
