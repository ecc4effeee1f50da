//! Tools whose complaints always look alike: what they print is data, not code.
//!
//! A form is what GitHub calls a problem matcher: the lines of one complaint, each by one pattern. Its named groups are
//! what the line tells: `path`, `line`, `column`, `level`, `code`, `message`, `test`, `suggestion`; where a pattern has two
//! ways to say it, the other's groups end with a 2.

use regex::Captures;

use super::pattern::Pattern;
use super::reader::{Attention, Findings, Reader};
use crate::domain::failure::{Failure, Kind};
use crate::domain::log::{Line, Span};

/// More lines that say nothing between two that belong together are the end of what was begun.
const SKIPPED_LINES_MAX: u32 = 8;

/// What explains a complaint further below only repeats types or source.
const MORE_LINES_MAX: u32 = 24;

/// Milder complaints that are kept until the tool says that they stop it: as many as failures are kept.
const HELD_MAX: usize = 1_000;

/// How one tool writes a complaint.
pub struct Form {
    /// The tool's name in `failures[].tool` and in the policy's `logs.tools`.
    pub tool: &'static str,
    pub kind: Kind,
    /// Codes, by how they begin, of complaints of another kind.
    pub kinds: &'static [(&'static str, Kind)],
    /// As of `Reader::wakes`; one of them stands in every first line, or, with `looks_back`, in every second.
    pub wakes: &'static [&'static str],
    /// As of `Reader::looks_back`: the first line has no literal of its own, like a bare file name.
    pub looks_back: bool,
    /// The lines of one complaint, in their order.
    pub lines: &'static [&'static str],
    /// The last line may come again, each time a complaint of its own: a file's name, then what is wrong in it.
    pub repeats: bool,
    /// Lines that may stand between: blank ones, source code, carets.
    pub between: Option<&'static str>,
    /// Lines right below the last that belong to the complaint: its lines grow by them, a `message` of theirs is put
    /// below the one there is, other groups fill in what is not told yet. From one with a group `aside` on, they are
    /// read and no longer counted among its lines: advice, a stack of others' code.
    pub more: Option<&'static str>,
    /// The message of a complaint that only names a file.
    pub says: &'static str,
    /// Levels, in lower case, that stop nothing: see `Findings::mild`.
    pub mild: &'static [&'static str],
    /// The milder ones are told beside the others, as no roots: whether they count is a setting.
    pub tells_mild: bool,
    /// The line with which the tool says that the milder ones stopped it all the same; it needs a literal in `wakes`.
    pub verdict: Option<&'static str>,
    /// As of `Reader::guesses`: it only says that something failed, which another tool may have told.
    pub guesses: bool,
    /// As of `Reader::wraps`.
    pub wraps: bool,
}

impl Form {
    /// For `..Form::DEFAULT`: one line, and every level counts.
    pub const DEFAULT: Self = Self {
        tool: "",
        kind: Kind::LintError,
        kinds: &[],
        wakes: &[],
        looks_back: false,
        lines: &[],
        repeats: false,
        between: None,
        more: None,
        says: "",
        mild: &[],
        tells_mild: false,
        verdict: None,
        guesses: false,
        wraps: false,
    };
}

/// The kind that a table of codes, by how they begin, has for this one.
pub fn kind_of(code: &str, kinds: &[(&str, Kind)]) -> Option<Kind> {
    kinds.iter().find(|(start, _)| code.starts_with(start)).map(|(_, kind)| *kind)
}

/// Reads what is written in one form.
pub struct FormReader {
    form: &'static Form,
    lines: Vec<Pattern>,
    between: Option<Pattern>,
    more: Option<Pattern>,
    verdict: Option<Pattern>,
    /// A whole complaint that may go on.
    open: Option<Open>,
    /// Milder complaints, until the verdict.
    held: Vec<Failure>,
    /// What the lines so far tell, and which is expected next.
    begun: Option<Begun>,
    /// Lines between since the last that fitted.
    skipped: u32,
}

struct Open {
    told: Told,
    span: Span,
    more_lines: u32,
    aside: bool,
}

struct Begun {
    told: Told,
    next: usize,
    span: Span,
}

impl FormReader {
    pub fn of(form: &'static Form) -> Self {
        let lines = form.lines.iter().map(|line| Pattern::new(line)).collect();
        Self {
            form,
            lines,
            between: form.between.map(Pattern::new),
            more: form.more.map(Pattern::new),
            verdict: form.verdict.map(Pattern::new),
            open: None,
            held: Vec::new(),
            begun: None,
            skipped: 0,
        }
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
            self.complain(told, Span::at(line.number), found);
            self.begun = Some(Begun { next: at, ..begun });
            return true;
        }
        begun.told.take(&captures);
        begun.span.last = line.number;
        if is_last {
            self.complain(begun.told, begun.span, found);
        } else {
            self.begun = Some(Begun { next: at + 1, ..begun });
        }
        true
    }

    /// Tells a whole complaint, at once if nothing more can come.
    fn complain(&mut self, told: Told, span: Span, found: &mut Findings) {
        if self.more.is_some() {
            self.open = Some(Open { told, span, more_lines: 0, aside: false });
        } else {
            self.tell(told, span, found);
        }
    }

    fn tell(&mut self, told: Told, span: Span, found: &mut Findings) {
        let level = told.level.as_deref().unwrap_or_default().to_ascii_lowercase();
        let is_mild = self.form.mild.contains(&level.as_str());
        let failure = told.failure(self.form, span);
        if !is_mild {
            found.failure(failure);
        } else if self.form.tells_mild {
            found.failure(Failure { primary: false, ..failure });
        } else if self.verdict.is_some() && self.held.len() < HELD_MAX {
            self.held.push(failure);
            found.understood();
        } else {
            found.mild(failure);
        }
    }

    /// Goes on with a complaint that is still open; whether the line is one of its own.
    fn goes_on(&mut self, line: &Line<'_>, found: &mut Findings) -> bool {
        let Some(mut open) = self.open.take() else { return false };
        let more = self.more.as_ref().and_then(|more| more.captures(line.text));
        let Some(captures) = more.filter(|_| open.more_lines < MORE_LINES_MAX) else {
            self.tell(open.told, open.span, found);
            return false;
        };
        open.aside |= captures.name("aside").is_some();
        open.told.add(&captures);
        if !open.aside && !line.text.trim().is_empty() {
            open.span.last = line.number;
        }
        open.more_lines += 1;
        self.open = Some(open);
        true
    }

    fn attention(&self) -> Attention {
        if self.begun.is_some() || self.open.is_some() { Attention::Stay } else { Attention::Sleep }
    }
}

impl Reader for FormReader {
    fn tool(&self) -> &str {
        self.form.tool
    }

    fn wakes(&self) -> &'static [&'static str] {
        self.form.wakes
    }

    fn looks_back(&self) -> bool {
        self.form.looks_back
    }

    fn guesses(&self) -> bool {
        self.form.guesses
    }

    fn wraps(&self) -> bool {
        self.form.wraps
    }

    fn line(&mut self, line: &Line<'_>, found: &mut Findings) -> Attention {
        if self.goes_on(line, found) {
            return Attention::Stay;
        }
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
        if self.verdict.as_ref().is_some_and(|verdict| verdict.is_match(line.text)) {
            self.held.drain(..).for_each(|failure| found.failure(failure));
            return Attention::Sleep;
        }
        self.skipped += 1;
        let between = self.between.as_ref().is_some_and(|between| between.is_match(line.text));
        self.begun = begun.filter(|_| between && self.skipped <= SKIPPED_LINES_MAX);
        self.attention()
    }

    fn end(&mut self, found: &mut Findings) {
        if let Some(open) = self.open.take() {
            self.tell(open.told, open.span, found);
        }
        self.begun = None;
        self.held.drain(..).for_each(|failure| found.mild(failure));
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
        let text = |names: [&str; 2]| {
            let group = names.into_iter().find_map(|name| captures.name(name))?;
            Some(group.as_str().trim()).filter(|text| !text.is_empty())
        };
        let number = |names| text(names).and_then(|text| text.parse().ok());
        for (names, field) in [
            (["path", "path2"], &mut self.path),
            (["level", "level2"], &mut self.level),
            (["code", "code2"], &mut self.code),
            (["message", "message2"], &mut self.message),
            (["test", "test2"], &mut self.test),
            (["suggestion", "suggestion2"], &mut self.suggestion),
        ] {
            if let Some(text) = text(names) {
                *field = Some(text.to_owned());
            }
        }
        self.line = number(["line", "line2"]).or(self.line);
        self.column = number(["column", "column2"]).or(self.column);
    }

    /// Takes what a line further below says: a message goes on in it, of the rest only what is new.
    fn add(&mut self, captures: &Captures<'_>) {
        let mut more = Self::default();
        more.take(captures);
        self.message = match (self.message.take(), more.message) {
            (Some(before), Some(more)) => Some(format!("{before}\n{more}")),
            (before, more) => before.or(more),
        };
        if self.path.is_none() {
            (self.path, self.line, self.column) = (more.path, self.line.or(more.line), self.column.or(more.column));
        }
        self.code = self.code.take().or(more.code);
        self.suggestion = self.suggestion.take().or(more.suggestion);
    }

    fn failure(self, form: &Form, span: Span) -> Failure {
        let message = self.message.or_else(|| self.code.clone()).unwrap_or_else(|| form.says.to_owned());
        let code = self.code.as_deref().unwrap_or_default();
        let kind = kind_of(code, form.kinds).unwrap_or(form.kind);
        let mut failure = Failure::new(kind, form.tool, message, span);
        failure.path = self.path;
        failure.line = self.line;
        failure.column = self.column;
        failure.code = self.code;
        failure.test = self.test;
        failure.suggestion = self.suggestion;
        failure
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

    static EXPLAINED: Form = Form {
        tool: "explained",
        wakes: &[".x:"],
        lines: &[r"^(?P<path>\S+\.x):(?P<line>\d+): (?P<level>[a-z]+): (?P<message>.+)$"],
        more: Some(r"^  (?P<message>[^(]+)(?: \((?P<code>\w+)\))?$"),
        mild: &["warning"],
        verdict: Some("^warnings stop it$"),
        ..Form::DEFAULT
    };

    fn told(form: &'static Form, log: &str) -> Vec<String> {
        let (mut reader, mut found) = (FormReader::of(form), Findings::default());
        for (text, number) in log.lines().zip(1..) {
            reader.line(&Line { number, text, mark: Default::default() }, &mut found);
        }
        reader.end(&mut found);
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
    fn a_first_line_without_a_literal_is_looked_back_at() {
        use crate::stages::extract::tests::read_by;
        static BARE: Form = Form {
            tool: "bare",
            wakes: &[" bad "],
            looks_back: true,
            lines: &[r"^(?P<path>\S+\.x)$", r"^ (?P<line>\d+) bad (?P<message>.+)$"],
            repeats: true,
            ..Form::DEFAULT
        };
        let failures = read_by(Box::new(FormReader::of(&BARE)), "a.x\n 3 bad y\n").failures;
        assert_eq!(failures[0].path.as_deref(), Some("a.x"));
    }

    #[test]
    fn lines_that_belong_together_are_one_complaint_and_half_of_one_is_none() {
        assert_eq!(told(&TWO_LINES, "bad: x\n at a.y:7\nbad: z\nelse\n at b.y:1\n"), ["a.y:7 x @1-2"]);
    }

    #[test]
    fn a_message_goes_on_below_and_ends_with_the_first_line_that_is_none_of_it() {
        let log = "a.x:3: error: no\n  because (E1)\nelse\n  not this\na.x:4: error: nor this\n";
        assert_eq!(told(&EXPLAINED, log), ["a.x:3 no\nbecause @1-2", "a.x:4 nor this @5-5"]);
    }

    #[test]
    fn from_an_aside_on_lines_are_read_and_not_counted() {
        static ADVISED: Form = Form { more: Some(r"^  (?P<message>\S+)$|^(?P<aside>help): .+$"), ..EXPLAINED };
        assert_eq!(told(&ADVISED, "a.x:3: error: no\n  one\nhelp: try\n  two\n"), ["a.x:3 no\none\ntwo @1-2"]);
    }

    #[test]
    fn a_message_is_cut_at_the_limit() {
        let told = told(&EXPLAINED, &format!("a.x:3: error: no\n{}", "  more\n".repeat(MORE_LINES_MAX as usize + 1)));
        assert_eq!(told.len(), 1);
        assert_eq!(told[0].lines().count(), MORE_LINES_MAX as usize + 1, "the first line and those below");
    }

    #[test]
    fn milder_complaints_are_told_when_the_tool_says_that_they_stop_it() {
        let log = "a.x:3: warning: no\nelse\n";
        assert_eq!(told(&EXPLAINED, log), [""; 0]);
        assert_eq!(told(&EXPLAINED, &format!("{log}warnings stop it\n")), ["a.x:3 no @1-1"]);
    }

    #[test]
    fn milder_complaints_may_be_told_beside_the_others() {
        static TELLS: Form = Form { mild: &["note"], tells_mild: true, ..ONE_LINE };
        let (mut reader, mut found) = (FormReader::of(&TELLS), Findings::default());
        for (text, number) in ["a.x:3: error: no", "a.x:4: note: old"].into_iter().zip(1..) {
            reader.line(&Line { number, text, mark: Default::default() }, &mut found);
        }
        assert_eq!(found.failures.iter().map(|failure| failure.primary).collect::<Vec<_>>(), [true, false]);
    }

    #[test]
    fn milder_complaints_beyond_the_limit_are_dropped() {
        let log = format!("{}warnings stop it\n", "a.x:3: warning: no\n".repeat(HELD_MAX + 1));
        assert_eq!(told(&EXPLAINED, &log).len(), HELD_MAX);
    }
}
