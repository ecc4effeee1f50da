//! The TypeScript compiler: one line an error, or its pretty form with the source below.

use crate::domain::failure::{Failure, Kind};
use crate::domain::log::{Line, Span};
use crate::stages::extract::pattern::{Pattern, group, number};
use crate::stages::extract::reader::{Attention, Findings, Reader};

/// A message explains itself in indented lines; a longer one only repeats types.
const MESSAGE_LINES_MAX: usize = 8;

#[derive(Default)]
pub struct Tsc {
    begun: Option<Failure>,
    lines: usize,
}

/// `src/a.ts(3,10): error TS2305: …`
static PLAIN: Pattern = Pattern::new(r"^(\S(?:.*?\S)?)\((\d+),(\d+)\): error (TS\d+): (.*)$");

/// `src/a.ts:3:10 - error TS2305: …`
static PRETTY: Pattern = Pattern::new(r"^(\S.*?):(\d+):(\d+) - error (TS\d+): (.*)$");

/// `error TS5058: …`: no file is to blame.
static GLOBAL: Pattern = Pattern::new(r"^error (TS\d+): (.*)$");

static DID_YOU_MEAN: Pattern = Pattern::new(r"Did you mean(?: to write| the (?:instance|static) member)? '([^']+)'\?");

/// A module that is installed, not written here: `chalk`, `@scope/name`, `node:fs`; aliases begin with `@/`, `~` or `#`.
static MISSING_PACKAGE: Pattern =
    Pattern::new(r"^Cannot find module '(?:[A-Za-z]|@[A-Za-z])[^']*' or its corresponding type declarations");

impl Reader for Tsc {
    fn tool(&self) -> &'static str {
        "tsc"
    }

    fn wakes(&self) -> &'static [&'static str] {
        &["error TS"]
    }

    fn line(&mut self, line: &Line<'_>, found: &mut Findings) -> Attention {
        if let Some(failure) = &mut self.begun
            && line.text.starts_with("  ")
            && !line.text.trim().is_empty()
            && self.lines < MESSAGE_LINES_MAX
        {
            failure.message = format!("{}\n{}", failure.message, line.text.trim_end());
            failure.log.last = line.number;
            self.lines += 1;
            return Attention::Stay;
        }
        self.end(found);
        self.begun = error(line);
        self.lines = 1;
        if self.begun.is_some() { Attention::Stay } else { Attention::Sleep }
    }

    fn end(&mut self, found: &mut Findings) {
        if let Some(mut failure) = self.begun.take() {
            failure.suggestion = DID_YOU_MEAN.captures(&failure.message).map(|found| group(&found, 1).to_owned());
            found.failure(failure);
        }
    }
}

fn error(line: &Line<'_>) -> Option<Failure> {
    if let Some(found) = GLOBAL.captures(line.text) {
        let mut failure = Failure::new(Kind::BuildError, "tsc", group(&found, 2), Span::at(line.number));
        failure.code = Some(group(&found, 1).to_owned());
        return Some(failure);
    }
    let found = PLAIN.captures(line.text).or_else(|| PRETTY.captures(line.text))?;
    let (code, message) = (group(&found, 4), group(&found, 5));
    let mut failure = Failure::new(kind(code, message), "tsc", message, Span::at(line.number));
    // Monorepo runners write the package before the line: `web:build: src/a.ts(3,10)`.
    let path = group(&found, 1);
    failure.path = Some(path.rsplit_once(": ").map_or(path, |(_, path)| path).to_owned());
    failure.line = number(&found, 2);
    failure.column = number(&found, 3);
    failure.code = Some(code.to_owned());
    Some(failure)
}

fn kind(code: &str, message: &str) -> Kind {
    match code {
        "TS2307" | "TS2591" | "TS7016" if MISSING_PACKAGE.is_match(message) => Kind::DependencyIssue,
        // Below 2000 stand the errors of the grammar, from 5000 those of options and files.
        code if code.len() == 6 && (code.starts_with("TS1") || code.starts_with("TS5")) => Kind::BuildError,
        _ => Kind::TypeError,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stages::extract::tests::read;

    fn shown(failure: &Failure) -> (&str, u32, u32, &str, &str) {
        let path = failure.path.as_deref().unwrap_or_default();
        let code = failure.code.as_deref().unwrap_or_default();
        (path, failure.line.unwrap_or(0), failure.column.unwrap_or(0), code, failure.message.as_str())
    }

    #[test]
    fn the_plain_form_is_one_line_an_error() {
        let log = "\
src/a.ts(8,13): error TS2552: Cannot find name 'lognName'. Did you mean 'longName'?
src/a.ts(9,18): error TS2561: Object literal may only specify known properties, but 'fooBar' does not exist in type 'Bar'. Did you mean to write 'foobar'?
src/a.ts(13,9): error TS2304: Cannot find name 'fooo'.
src/app/(group)/page.tsx(1,31): error TS2322: Type '{ a: number; }' is not assignable to type 'B'.
  Property 'b' is missing in type '{ a: number; }' but required in type 'B'.
src/syn.ts(3,3): error TS1005: ',' expected.
web:build: src/c.ts(1,1): error TS2307: Cannot find module 'chalk' or its corresponding type declarations.
src/c.ts(2,1): error TS2307: Cannot find module './x' or its corresponding type declarations.
done
";
        let reading = read(log);
        let shown: Vec<_> = reading.failures.iter().map(shown).collect();
        assert_eq!(shown[0], ("src/a.ts", 8, 13, "TS2552", "Cannot find name 'lognName'. Did you mean 'longName'?"));
        let suggested: Vec<_> = reading.failures.iter().map(|failure| failure.suggestion.as_deref()).collect();
        assert_eq!(suggested, [Some("longName"), Some("foobar"), None, None, None, None, None]);
        assert_eq!(shown[3].0, "src/app/(group)/page.tsx");
        assert!(shown[3].4.ends_with("but required in type 'B'."), "{}", shown[3].4);
        assert_eq!(reading.failures[3].log, Span { first: 4, last: 5 });
        let kinds: Vec<_> = reading.failures[4..].iter().map(|failure| failure.kind).collect();
        assert_eq!(kinds, [Kind::BuildError, Kind::DependencyIssue, Kind::TypeError]);
        assert_eq!(shown[5].0, "src/c.ts");
    }

    #[test]
    fn the_pretty_form_says_the_same_in_colour() {
        let log = "\u{1b}[96msrc/bar.ts\u{1b}[0m:\u{1b}[93m6\u{1b}[0m:\u{1b}[93m14\u{1b}[0m - \u{1b}[91merror\u{1b}[0m\u{1b}[90m TS2551: \u{1b}[0mProperty 'fooBar' does not exist on type 'Bar'. Did you mean 'foobar'?

\u{1b}[7m6\u{1b}[0m   return bar.fooBar + bar.size;
\u{1b}[7m \u{1b}[0m \u{1b}[91m             ~~~~~~\u{1b}[0m

  \u{1b}[96msrc/bar.ts\u{1b}[0m:\u{1b}[93m2\u{1b}[0m:\u{1b}[93m3\u{1b}[0m
    \u{1b}[7m2\u{1b}[0m   foobar: string;
    \u{1b}[7m \u{1b}[0m \u{1b}[96m  ~~~~~~\u{1b}[0m
    'foobar' is declared here.


Found 1 error in src/bar.ts\u{1b}[90m:6\u{1b}[0m
";
        let reading = read(log);
        assert_eq!(reading.failures.len(), 1);
        let message = "Property 'fooBar' does not exist on type 'Bar'. Did you mean 'foobar'?";
        assert_eq!(shown(&reading.failures[0]), ("src/bar.ts", 6, 14, "TS2551", message));
        assert_eq!(reading.failures[0].suggestion.as_deref(), Some("foobar"));
        assert_eq!(reading.failures[0].log, Span::at(1));
    }

    #[test]
    fn an_error_without_a_file_has_none() {
        let reading = read("error TS5058: The specified path does not exist: 'nope'.\n");
        assert_eq!(shown(&reading.failures[0]), ("", 0, 0, "TS5058", "The specified path does not exist: 'nope'."));
        assert_eq!(reading.failures[0].kind, Kind::BuildError);
    }

    #[test]
    fn a_message_at_the_limit_is_whole_and_a_longer_one_is_cut() {
        let log = format!("a.ts(1,1): error TS2322: one\n{}", "  more\n".repeat(MESSAGE_LINES_MAX));
        assert_eq!(read(&log).failures[0].message.lines().count(), MESSAGE_LINES_MAX);
    }
}
