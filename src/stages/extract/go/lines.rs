//! What go's tools say of a place in a file, and the `# package` lines above it.

use crate::domain::failure::{Failure, Kind};
use crate::domain::log::{Line, Span};
use crate::stages::extract::pattern::{Pattern, group, number};

/// A message explains itself in indented lines (`have …`, `want …`); a longer one only repeats types.
const MESSAGE_LINES_MAX: usize = 8;

/// One sentence about one place, and whether `vet` says it.
static PLACE: Pattern = Pattern::new(r#"^(vet: )?([^\s{"]+\.go):(\d+)(?::(\d+))?: (.*)$"#);

/// staticcheck passes the compiler's sentences on after `-: `, and ends them with `(compile)`.
static PACKAGE: Pattern = Pattern::new(r"^(?:-: )?# (\[?)([\w.~/-]+)\]?(?: \[[\w.~/-]+\])?$");

/// Follows the sentences of one tool, package by package.
pub struct GoLines {
    tool: &'static str,
    /// What kind of failure a sentence is; `None` where another tool said it.
    own: fn(&str, By, bool) -> Option<Kind>,
    /// The last line that was about the package named above.
    last: u64,
    /// The package is named in brackets too: what follows is vet's.
    vetted: bool,
    begun: Option<Failure>,
    lines: usize,
}

/// Who can have said a sentence, by what stands around it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// It stands below a package's name.
    Package,
    /// It stands below a package's name in brackets: vet.
    Vetted,
    /// It begins with `vet: `.
    Marked,
    /// It stands on its own.
    Nobody,
}

impl GoLines {
    /// Whoever waits for these looks back, too: the package's name stands above the first error.
    pub const WAKES: &'static [&'static str] = &[".go:\u{1}"];

    /// `own` is asked with the message, who can have said it, and whether it names a column.
    pub fn new(tool: &'static str, own: fn(&str, By, bool) -> Option<Kind>) -> Self {
        Self { tool, own, last: 0, vetted: false, begun: None, lines: 0 }
    }

    /// Reads one line; gives the failure that it ends, and whether more of the one it begins or goes on with may come.
    pub fn line(&mut self, line: &Line<'_>) -> (Option<Failure>, bool) {
        if let Some(failure) = &mut self.begun
            && line.text.starts_with(['\t', ' '])
            && self.lines < MESSAGE_LINES_MAX
        {
            failure.message = format!("{}\n{}", failure.message, line.text.trim());
            failure.log.last = line.number;
            self.lines += 1;
            self.last = line.number;
            return (None, true);
        }
        let ended = self.begun.take();
        let in_package = self.last != 0 && line.number == self.last + 1;
        if let Some(package) = PACKAGE.captures(line.text) {
            self.vetted = group(&package, 1) == "[";
            self.last = line.number;
        } else if let Some(place) = PLACE.captures(line.text) {
            let by = match (place.get(1).is_some(), in_package) {
                (true, _) => By::Marked,
                (false, true) if self.vetted => By::Vetted,
                (false, true) => By::Package,
                (false, false) => By::Nobody,
            };
            if in_package {
                self.last = line.number;
            }
            let (message, column) = (group(&place, 5).trim_end_matches(" (compile)"), number(&place, 4));
            self.lines = 1;
            self.begun = (self.own)(message, by, column.is_some()).map(|kind| {
                let mut failure = Failure::new(kind, self.tool, message, Span::at(line.number));
                failure.path = Some(group(&place, 2).to_owned());
                (failure.line, failure.column) = (number(&place, 3), column);
                failure.suggestion = SUGGESTED.captures(message).map(|found| group(&found, 1).to_owned());
                failure
            });
        }
        let more = self.begun.is_some();
        (ended, more)
    }

    /// The log has ended.
    pub fn end(&mut self) -> Option<Failure> {
        self.begun.take()
    }
}

/// Linters of others print in the same form and end with their name: `… (errcheck)`.
static ANOTHERS: Pattern = Pattern::new(r" \([\w-]+\)$");

pub fn is_anothers(message: &str) -> bool {
    ANOTHERS.is_match(message)
}

static SUGGESTED: Pattern = Pattern::new(r"but (?:does )?have (?:(?:method|field) )?(\w+)\)?$");

/// What says that a package could not be found: a matter of `go.mod` or of the network.
static MISSING_MODULE: Pattern = Pattern::new(
    r"^(?:no required module provides package|package \S+ is not in (?:std|GOROOT)|cannot find (?:module|package)|missing go\.sum entry|module \S+ (?:found|provides))",
);

/// The words with which go complains of a file before any compiler or vet has seen it.
static LOADING: Pattern = Pattern::new(
    r"^(?:expected |found |missing |illegal |string literal not terminated|comment not terminated|import cycle|use of internal package|no required module|package \S+ is not in|cannot find |malformed )",
);

pub fn is_missing_module(message: &str) -> bool {
    MISSING_MODULE.is_match(message)
}

pub fn is_loading(message: &str) -> bool {
    LOADING.is_match(message)
}

/// What `go test` has vet say before it runs anything: below the package's name, as the compiler's own errors.
static VET_IN_TEST: Pattern = Pattern::new(
    r"(?: format %| call has (?:arguments|possible)| call needs \d+ arg|possible (?:formatting|Printf formatting) directive|arg list ends with redundant newline|self-assignment|suspect or:|suspect and:|conversion from \w+ to string yields|\w+ has malformed name|has wrong signature|redundant (?:or|and):|//go:build|impossible type assertion|second argument to errors\.As|comparison of function)",
);

pub fn is_vets_in_test(message: &str) -> bool {
    VET_IN_TEST.is_match(message)
}
