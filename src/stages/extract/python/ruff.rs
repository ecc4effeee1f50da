//! ruff, check and format, in the forms `full`, `concise`, `github`, `grouped`, `pylint`, `json` and `json-lines`, and as older
//! ones print it.

use std::sync::LazyLock;

use regex::Regex;

use crate::domain::failure::{Failure, Kind};
use crate::domain::log::{Line, Span};
use crate::stages::extract::form::kind_of;
use crate::stages::extract::json_form::JsonForm;
use crate::stages::extract::place::place;
use crate::stages::extract::reader::{Attention, Findings, Reader};

/// What ruff itself says of failures that it can mend.
const FIXABLE: &str = "fixable with `--fix`";

/// Reads what ruff prints.
#[derive(Default)]
pub struct Ruff {
    /// The line before the place: `F401 [*] …`.
    head: Option<Head>,
    /// A failure whose `help:` may still come.
    open: Option<Failure>,
    /// The file above the lines of the `grouped` form.
    group: Option<String>,
}

#[derive(Clone, Debug)]
struct Head {
    code: String,
    fixable: bool,
    message: String,
    line: u64,
}

macro_rules! pattern {
    ($name:ident, $pattern:expr) => {
        static $name: LazyLock<Regex> = LazyLock::new(|| Regex::new($pattern).expect("the pattern compiles"));
    };
}

pattern!(
    HEAD,
    r"^(?:\[(?<bracketed>[A-Z]{1,6}\d{1,4})\]|(?<code>[A-Z]{1,6}\d{1,4}|invalid-syntax|unformatted)):?(?<fixable> \[\*\])? (?<message>\S.*)$"
);
pattern!(GROUPED, r"^ +(?<line>\d+):(?<column>\d+) +(?<head>[A-Zi].*)$");

/// `crates/ruff_linter/src/message/json.rs`, a line a field; `json_lines.rs`, an object a line.
pub const JSON: JsonForm = JsonForm {
    tool: "ruff",
    kinds: KINDS,
    wakes: &["\"cell\":"],
    first: "cell",
    needs: &["location.row"],
    path: "filename",
    line: "location.row",
    column: "location.column",
    code: "code",
    suggestion: "fix.message",
    ..JsonForm::DEFAULT
};

const KINDS: &[(&str, Kind)] = &[("unformatted", Kind::FormatError), ("invalid-syntax", Kind::BuildError)];

impl Reader for Ruff {
    fn tool(&self) -> &'static str {
        "ruff"
    }

    fn wakes(&self) -> &'static [&'static str] {
        &["--> ", "[*] ", ".py:\u{1}", ".pyi:\u{1}", ".ipynb:", "would reformat: ", "title=ruff"]
    }

    /// The place stands below the code, and the code's line has nothing to wait for.
    fn looks_back(&self) -> bool {
        true
    }

    fn line(&mut self, line: &Line<'_>, found: &mut Findings) -> Attention {
        if let Some(failure) = self.open.take() {
            return self.snippet(failure, line, found);
        }
        let head = self.head.take();
        if let Some(at) = line.text.trim_start().strip_prefix("--> ") {
            return head.map_or(Attention::Sleep, |head| self.below(head, at));
        }
        if let Some(path) = line.text.strip_prefix("Would reformat: ") {
            let mut failure =
                Failure::new(Kind::FormatError, "ruff", "File would be reformatted", Span::at(line.number));
            failure.path = Some(path.trim().to_owned());
            found.failure(failure);
            return Attention::Sleep;
        }
        if let Some(read) = read_head(line.text, line.number) {
            self.head = Some(read);
            return Attention::Sleep;
        }
        self.one_line(line, found)
    }

    fn end(&mut self, found: &mut Findings) {
        if let Some(failure) = self.open.take() {
            found.failure(failure);
        }
        *self = Self::default();
    }
}

impl Ruff {
    /// `--> a.py:1:8` below a head; rustc prints the same below heads of its own.
    fn below(&mut self, head: Head, at: &str) -> Attention {
        let Some(place) = place(at.trim_end()) else { return Attention::Sleep };
        self.open = Some(failure(head, place.path, place.line, place.column));
        Attention::Stay
    }

    /// The source below a place, and the help below that.
    fn snippet(&mut self, mut failure: Failure, line: &Line<'_>, found: &mut Findings) -> Attention {
        let text = line.text.trim_start();
        if let Some(help) = text.strip_prefix("help: ") {
            if failure.suggestion.is_some() {
                failure.suggestion = Some(help.to_owned());
            }
        } else if !(text.starts_with(['|', '-', '+', '=', '.']) || text.starts_with(|c: char| c.is_ascii_digit())) {
            found.failure(failure);
            // The next head may follow without an empty line.
            self.head = read_head(line.text, line.number);
            return Attention::Sleep;
        }
        self.open = Some(failure);
        Attention::Stay
    }

    /// `a.py:1:8: F401 …`, `a.py:1: [F401] …`, and the lines below `a.py:`.
    fn one_line(&mut self, line: &Line<'_>, found: &mut Findings) -> Attention {
        let text = message(line.text);
        if let Some(place) = place(text) {
            let python = [".py", ".pyi", ".ipynb"].iter().any(|end| place.path.ends_with(end));
            let Some(head) = read_head(place.rest, line.number).filter(|head| python && is_ruffs(head, line.text))
            else {
                return Attention::Sleep;
            };
            found.failure(failure(head, place.path, place.line, place.column));
            return Attention::Sleep;
        }
        if let Some(path) = text.strip_suffix(':').filter(|path| path.ends_with(".py") && !path.contains(' ')) {
            self.group = Some(path.to_owned());
            return Attention::Stay;
        }
        let Some(path) = self.group.clone() else { return Attention::Sleep };
        let Some(found_line) = GROUPED.captures(line.text) else {
            self.group = None;
            return Attention::Sleep;
        };
        let part = |name| found_line.name(name).map_or("", |part| part.as_str());
        if let (Some(head), Ok(number)) = (read_head(part("head"), line.number), part("line").parse()) {
            found.failure(failure(head, &path, number, part("column").parse().ok()));
        }
        Attention::Stay
    }
}

/// What follows `::error …::`, where a step wrote a workflow command.
fn message(text: &str) -> &str {
    text.strip_prefix("::error ").and_then(|command| command.split_once("::")).map_or(text, |(_, message)| message)
}

fn read_head(text: &str, line: u64) -> Option<Head> {
    if !text.starts_with(|c: char| c.is_ascii_uppercase() || matches!(c, '[' | 'i' | 'u')) {
        return None;
    }
    let found = HEAD.captures(text)?;
    // pylint: `R0903: Too few public methods (1/2) (too-few-public-methods)`.
    if found.name("code").is_some_and(|code| code.len() == 5 && text.get(5..7) == Some(": ")) {
        return None;
    }
    // In the `github` form the help follows, its line end escaped.
    let message = found.name("message")?.as_str().split("%0A").next().unwrap_or_default();
    Some(Head {
        code: found.name("code").or(found.name("bracketed"))?.as_str().to_owned(),
        fixable: found.name("fixable").is_some(),
        message: message.to_owned(),
        line,
    })
}

/// flake8 prints codes alike; ruff quotes names with backticks, marks what it can mend, and names itself in commands.
fn is_ruffs(head: &Head, text: &str) -> bool {
    head.fixable
        || head.message.contains('`')
        || text.contains("title=ruff")
        || !head.code.starts_with(['E', 'W', 'F', 'C'])
}

fn failure(head: Head, path: &str, line: u32, column: Option<u32>) -> Failure {
    let kind = kind_of(&head.code, KINDS).unwrap_or(Kind::LintError);
    let mut failure = Failure::new(kind, "ruff", head.message, Span::at(head.line));
    failure.suggestion = head.fixable.then(|| FIXABLE.to_owned());
    failure.code = Some(head.code);
    failure.path = Some(path.to_owned());
    failure.line = Some(line);
    failure.column = column;
    failure
}

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::told;

    // Printed by ruff 0.17, `Would reformat` by those before.
    const UNUSED: &str = "ruff lint_error | bad.py:2:8 | F401 | `nosuch` imported but unused";

    #[test]
    fn the_full_form_has_its_place_below_and_its_help_at_the_end() {
        let log = "\
I001 [*] Import block is un-sorted or un-formatted
 --> bad.py:1:1
  |
1 | / import os, sys
  | |_____________^
  |
help: Organize imports
  |
  - import os, sys
1 + import os
  |

E501 Line too long (99 > 88)
 --> src/other.py:3:89
  |
3 |     return x
  |

Found 2 errors.
[*] 1 fixable with `--fix`.
";
        assert_eq!(
            told(log),
            [
                "ruff lint_error | bad.py:1:1 | I001 | Import block is un-sorted or un-formatted | -> Organize imports | @1-1",
                "ruff lint_error | src/other.py:3:89 | E501 | Line too long (99 > 88) | @13-13",
            ]
        );
    }

    #[test]
    fn the_forms_of_one_line_are_read() {
        let fixable = format!("{UNUSED} | -> fixable with `--fix` | @1-1");
        let plain = format!("{UNUSED} | @1-1");
        for (line, expected) in [
            ("bad.py:2:8: F401 [*] `nosuch` imported but unused", &fixable),
            ("##[error]bad.py:2:8: F401 `nosuch` imported but unused\n  help: Remove unused import: `nosuch`", &plain),
            (
                "::error title=ruff (F401),file=/home/runner/work/x/x/bad.py,line=2,col=8,endLine=2,endColumn=14::\
                 bad.py:2:8: F401 `nosuch` imported but unused%0A  help: Remove unused import: `nosuch`",
                &plain,
            ),
        ] {
            assert_eq!(told(&format!("{line}\n")), [expected.as_str()], "of {line}");
        }
        let pylint = "bad.py:2: [F401] `nosuch` imported but unused\n";
        assert_eq!(told(pylint), [plain.replace("bad.py:2:8", "bad.py:2")]);
        let grouped = "bad.py:\n  2:8  F401 [*] `nosuch` imported but unused\n\nFound 1 error.\n";
        assert_eq!(told(grouped), [fixable.replace("@1-1", "@2-2")]);
    }

    #[test]
    fn files_that_would_be_reformatted_are_told_in_the_new_form_and_the_old() {
        let new = "unformatted: File would be reformatted\n  --> thermostat/curve.py:5:1\n  |\n4 |\n5 +\n\n1 file would be reformatted\n";
        assert_eq!(
            told(new),
            ["ruff format_error | thermostat/curve.py:5:1 | unformatted | File would be reformatted | @1-1"]
        );
        let old = "Would reformat: thermostat/curve.py\n1 file would be reformatted\n";
        assert_eq!(told(old), ["ruff format_error | thermostat/curve.py | File would be reformatted | @1-1"]);
    }

    #[test]
    fn code_that_cannot_be_read_is_a_build_error() {
        let log =
            "invalid-syntax: Expected a parameter\n --> syn.py:1:7\n  |\n1 | def f(:\n  |       ^\n\nFound 1 error.\n";
        assert_eq!(told(log), ["ruff build_error | syn.py:1:7 | invalid-syntax | Expected a parameter | @1-1"]);
    }
}
