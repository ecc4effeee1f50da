//! Tools whose complaints always look alike: what they print is data, not code.
//!
//! A form is what GitHub calls a problem matcher: the lines of one complaint, each by one pattern. Its named groups are
//! what the line tells: `path`, `line`, `column`, `level`, `code`, `message`, `test`, `suggestion`.

use regex::Captures;

use super::pattern::Pattern;
use super::reader::{Attention, Findings, Reader};
use crate::domain::failure::{Failure, Kind};
use crate::domain::log::{Line, Span};

/// More lines that say nothing between two that belong together are the end of what was begun.
const SKIPPED_LINES_MAX: u32 = 8;

/// How one tool writes a complaint.
pub struct Form {
    /// The tool's name in `failures[].tool` and in the policy's `logs.tools`.
    pub tool: &'static str,
    pub kind: Kind,
    /// As of `Reader::wakes`; one of them stands in every first line.
    pub wakes: &'static [&'static str],
    /// The lines of one complaint, in their order.
    pub lines: &'static [&'static str],
    /// The last line may come again, each time a complaint of its own: a file's name, then what is wrong in it.
    pub repeats: bool,
    /// Lines that may stand between: blank ones, source code, carets.
    pub between: Option<&'static str>,
    /// Levels, in lower case, that stop nothing: what has one of them is not told.
    pub mild: &'static [&'static str],
}

impl Form {
    /// For `..Form::DEFAULT`: one line, and every level counts.
    pub const DEFAULT: Self =
        Self { tool: "", kind: Kind::LintError, wakes: &[], lines: &[], repeats: false, between: None, mild: &[] };
}

/// Reads what is written in one form.
pub struct FormReader {
    form: &'static Form,
    lines: Vec<Pattern>,
    between: Option<Pattern>,
    /// What the lines so far tell, and which is expected next.
    begun: Option<Begun>,
    /// Lines between since the last that fitted.
    skipped: u32,
}

struct Begun {
    told: Told,
    next: usize,
    span: Span,
}

impl FormReader {
    pub fn of(form: &'static Form) -> Self {
        let lines = form.lines.iter().map(|line| Pattern::new(line)).collect();
        Self { form, lines, between: form.between.map(Pattern::new), begun: None, skipped: 0 }
    }

    /// Reads the line as the one at `at` of the form's; whether it fits.
    fn fits(&mut self, line: &Line<'_>, at: usize, before: Option<Begun>, found: &mut Findings) -> bool {
        let Some(captures) = self.lines.get(at).and_then(|pattern| pattern.captures(line.text)) else {
            self.begun = before;
            return false;
        };
        self.skipped = 0;
        let mut begun = before.unwrap_or_else(|| Begun { told: Told::default(), next: 0, span: Span::at(line.number) });
        let is_last = at + 1 == self.lines.len();
        if is_last && self.form.repeats {
            let mut told = begun.told.clone();
            told.take(&captures);
            told.tell(self.form, Span::at(line.number), found);
            self.begun = Some(Begun { next: at, ..begun });
            return true;
        }
        begun.told.take(&captures);
        begun.span.last = line.number;
        if is_last {
            begun.told.tell(self.form, begun.span, found);
        } else {
            self.begun = Some(Begun { next: at + 1, ..begun });
        }
        true
    }

    fn attention(&self) -> Attention {
        if self.begun.is_some() { Attention::Stay } else { Attention::Sleep }
    }
}

impl Reader for FormReader {
    fn tool(&self) -> &str {
        self.form.tool
    }

    fn wakes(&self) -> &'static [&'static str] {
        self.form.wakes
    }

    fn line(&mut self, line: &Line<'_>, found: &mut Findings) -> Attention {
        if let Some(begun) = self.begun.take() {
            let next = begun.next;
            if self.fits(line, next, Some(begun), found) {
                return self.attention();
            }
        }
        // Another file's name ends the list of the one before.
        let begun = self.begun.take();
        if self.fits(line, 0, None, found) {
            return self.attention();
        }
        self.skipped += 1;
        let between = self.between.as_ref().is_some_and(|between| between.is_match(line.text));
        self.begun = begun.filter(|_| between && self.skipped <= SKIPPED_LINES_MAX);
        self.attention()
    }

    fn end(&mut self, _found: &mut Findings) {
        self.begun = None;
    }
}

/// What the named groups of the lines so far say.
#[derive(Clone, Default)]
struct Told {
    path: Option<String>,
    line: Option<u32>,
    column: Option<u32>,
    level: Option<String>,
    code: Option<String>,
    message: Option<String>,
    test: Option<String>,
    suggestion: Option<String>,
}

impl Told {
    fn take(&mut self, captures: &Captures<'_>) {
        let text = |name| captures.name(name).map(|group| group.as_str().trim()).filter(|text| !text.is_empty());
        let number = |name| text(name).and_then(|text| text.parse().ok());
        for (name, field) in [
            ("path", &mut self.path),
            ("level", &mut self.level),
            ("code", &mut self.code),
            ("message", &mut self.message),
            ("test", &mut self.test),
            ("suggestion", &mut self.suggestion),
        ] {
            if let Some(text) = text(name) {
                *field = Some(text.to_owned());
            }
        }
        self.line = number("line").or(self.line);
        self.column = number("column").or(self.column);
    }

    fn tell(self, form: &Form, span: Span, found: &mut Findings) {
        let level = self.level.as_deref().unwrap_or_default().to_ascii_lowercase();
        if form.mild.contains(&level.as_str()) {
            return;
        }
        let message = self.message.or_else(|| self.code.clone()).unwrap_or_default();
        let mut failure = Failure::new(form.kind, form.tool, message, span);
        failure.path = self.path;
        failure.line = self.line;
        failure.column = self.column;
        failure.code = self.code;
        failure.test = self.test;
        failure.suggestion = self.suggestion;
        found.failure(failure);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    static ONE_LINE: Form = Form {
        tool: "one-line",
        wakes: &[".x:"],
        lines: &[r"^(?P<path>\S+\.x):(?P<line>\d+): (?P<level>[a-z]+): (?P<message>.+)$"],
        mild: &["note"],
        ..Form::DEFAULT
    };

    static LISTED: Form = Form {
        tool: "listed",
        wakes: &["== "],
        lines: &[r"^== (?P<path>\S+)$", r"^ +(?P<line>\d+) +(?P<message>.+) \[(?P<code>\w+)\]$"],
        repeats: true,
        between: Some(r"^$"),
        ..Form::DEFAULT
    };

    static TWO_LINES: Form = Form {
        tool: "two-lines",
        wakes: &["bad: "],
        lines: &[r"^bad: (?P<message>.+)$", r"^ at (?P<path>\S+):(?P<line>\d+)$"],
        ..Form::DEFAULT
    };

    fn told(form: &'static Form, log: &str) -> Vec<String> {
        let (mut reader, mut found) = (FormReader::of(form), Findings::default());
        for (text, number) in log.lines().zip(1..) {
            reader.line(&Line { number, text, mark: Default::default() }, &mut found);
        }
        let tell = |failure: &Failure| {
            let (path, line) = (failure.path.as_deref().unwrap_or_default(), failure.line.unwrap_or_default());
            format!("{path}:{line} {} @{}-{}", failure.message, failure.log.first, failure.log.last)
        };
        found.failures.iter().map(tell).collect()
    }

    #[test]
    fn a_complaint_of_one_line_is_read_and_a_mild_one_is_not_told() {
        assert_eq!(told(&ONE_LINE, "a.x:3: error: no\na.x:4: note: declared here\n"), ["a.x:3 no @1-1"]);
    }

    #[test]
    fn a_list_under_a_files_name_goes_on_over_blank_lines_until_something_else_comes() {
        let log = "== a.x\n 1 one [A]\n\n 2 two [B]\n== b.x\n 3 three [C]\nelse\n 4 four [D]\n";
        assert_eq!(told(&LISTED, log), ["a.x:1 one @2-2", "a.x:2 two @4-4", "b.x:3 three @6-6"]);
    }

    #[test]
    fn more_lines_between_than_the_limit_end_a_list() {
        let list = |blanks: u32| format!("== a.x\n{} 1 one [A]\n", "\n".repeat(blanks as usize));
        assert_eq!(told(&LISTED, &list(SKIPPED_LINES_MAX)).len(), 1);
        assert_eq!(told(&LISTED, &list(SKIPPED_LINES_MAX + 1)).len(), 0);
    }

    #[test]
    fn lines_that_belong_together_are_one_complaint_and_half_of_one_is_none() {
        assert_eq!(told(&TWO_LINES, "bad: x\n at a.y:7\nbad: z\nelse\n at b.y:1\n"), ["a.y:7 x @1-2"]);
    }
}
