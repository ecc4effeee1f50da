//! Vitest: the blocks that tell why a test failed, and the lines of its reporters that name tests.

use std::collections::HashSet;

use super::frames::own_frame;
use crate::domain::failure::{Failure, Kind, TestCounts, TestEnd};
use crate::domain::log::{Line, Span};
use crate::stages::extract::pattern::{Pattern, group, number};
use crate::stages::extract::reader::{Attention, Findings, Reader};

/// What a failing test says before its source and its stack; a longer message is a large diff.
const MESSAGE_LINES_MAX: usize = 20;

/// Names under which one error is told; vitest puts tests that failed alike together.
const NAMES_MAX: usize = 100;

/// Failing tests that a reporter has named already, so that each is counted once.
const NAMED_MAX: usize = 1_000;

#[derive(Default)]
pub struct Vitest {
    /// The file whose tests are being listed.
    file: Option<String>,
    named: HashSet<String>,
    block: Option<Block>,
}

/// What follows `FAIL` lines.
struct Block {
    names: Vec<(String, bool)>,
    failure: Failure,
    message: Vec<String>,
    message_ended: bool,
    located: bool,
}

/// ` FAIL  tests/a.test.ts > nights > counts`, ` FAIL  |web| tests/a.test.ts [ tests/a.test.ts ]`
static FAIL: Pattern = Pattern::new(r"^\s*FAIL {1,2}(?:\|[^|]*\| )?(\S.*?)(?: \[ (.+) \])?$");

static THROWN: Pattern = Pattern::new(r"^(\w*(?:Error|Exception)): (.*)$");

/// esbuild's place of a syntax error.
static UNPARSED: Pattern = Pattern::new(r"^(/\S.*?):(\d+):(\d+): ERROR: (.*)$");

/// oxc's and rolldown's.
static PARSE_ERROR: Pattern = Pattern::new(r"^\[PARSE_ERROR\] (.*)$");
static PARSE_PLACE: Pattern = Pattern::new(r"^\s*╭─\[ (\S.*?):(\d+):(\d+) \]");

static BLOCK_END: Pattern = Pattern::new(r"^⎯+(?:\[\d+/\d+\]⎯*)?$");

/// ` ❯ tests/a.test.ts (12 tests | 8 failed) 93ms`
static FILE: Pattern = Pattern::new(r"^ ?[❯✓×] (?:\|[^|]*\| )?(\S.*?) \(\d+ tests?\b");

static RESULT: Pattern = Pattern::new(r"^( +)([✓×↓□]) (\S.*?)(?: \d+m?s)?$");

static COUNTS: Pattern = Pattern::new(r"^\s+Tests  (?:\d+ \w+(?: \| )?)+ \(\d+\)$");
static COUNT: Pattern = Pattern::new(r"(\d+) (failed|passed|skipped|todo)");

impl Reader for Vitest {
    fn tool(&self) -> &'static str {
        "vitest"
    }

    fn wakes(&self) -> &'static [&'static str] {
        &["FAIL  ", "❯ ", "✓ ", "× ", "↓ ", "   Tests  "]
    }

    fn passes(&self) -> &'static [&'static str] {
        &["✓ "]
    }

    fn line(&mut self, line: &Line<'_>, found: &mut Findings) -> Attention {
        let text = line.text;
        if let Some(name) = FAIL.captures(text).and_then(|fail| failed_name(group(&fail, 1), group(&fail, 2))) {
            return self.begin(name, line.number, found);
        }
        if let Some(block) = &mut self.block {
            if BLOCK_END.is_match(text) {
                self.end(found);
            } else {
                block.read(line);
            }
            return Attention::Stay;
        }
        if COUNTS.is_match(text) {
            found.count(counts(text));
            return Attention::Sleep;
        }
        if let Some(file) = FILE.captures(text) {
            self.file = Some(group(&file, 1).to_owned());
            return Attention::Stay;
        }
        if let Some(result) = RESULT.captures(text) {
            self.result(group(&result, 1).len(), group(&result, 2), group(&result, 3), found);
            return Attention::Stay;
        }
        // Under a failing test stands its message.
        if self.file.is_some() && text.trim_start().starts_with('→') {
            return Attention::Stay;
        }
        self.file = None;
        Attention::Sleep
    }

    fn end(&mut self, found: &mut Findings) {
        let Some(mut block) = self.block.take() else { return };
        block.finish();
        for (name, suite) in block.names {
            if !suite && self.is_new(&name) {
                found.test(&name, TestEnd::Failed);
            }
            let mut failure = block.failure.clone();
            failure.kind = if suite { Kind::BuildError } else { Kind::TestFailure };
            failure.test = Some(name);
            found.failure(failure);
        }
    }
}

/// The full name of what failed, and whether it is a file that could not run; `None` for another tool's `FAIL`.
fn failed_name(name: &str, file: &str) -> Option<(String, bool)> {
    if !file.is_empty() {
        return Some((name.to_owned(), true));
    }
    name.contains(" > ").then(|| (name.to_owned(), false))
}

impl Vitest {
    fn begin(&mut self, name: (String, bool), line: u64, found: &mut Findings) -> Attention {
        match &mut self.block {
            // Several names in a row share what follows.
            Some(block) if block.message.is_empty() && block.names.len() < NAMES_MAX => {
                block.names.push(name);
                block.failure.log.last = line;
            }
            _ => {
                self.end(found);
                let mut failure = Failure::new(Kind::TestFailure, "vitest", "", Span::at(line));
                failure.path = name.0.split(" > ").next().map(str::to_owned);
                let names = vec![name];
                self.block = Some(Block { names, failure, message: Vec::new(), message_ended: false, located: false });
            }
        }
        Attention::Stay
    }

    /// One test, where its full name can be told: deeper lines leave out the blocks around it.
    fn result(&mut self, indent: usize, mark: &str, name: &str, found: &mut Findings) {
        let name = match (&self.file, indent) {
            (_, 1) if name.contains(" > ") => name.to_owned(),
            (Some(file), 3) => format!("{file} > {name}"),
            _ => return,
        };
        let end = match mark {
            "✓" => TestEnd::Passed,
            "×" => TestEnd::Failed,
            _ => TestEnd::Skipped,
        };
        if end != TestEnd::Failed || self.is_new(&name) {
            found.test(&name, end);
        }
    }

    fn is_new(&mut self, name: &str) -> bool {
        !self.named.contains(name) && (self.named.len() >= NAMED_MAX || self.named.insert(name.to_owned()))
    }
}

impl Block {
    fn read(&mut self, line: &Line<'_>) {
        let text = line.text;
        if let Some(unparsed) = UNPARSED.captures(text) {
            self.place(group(&unparsed, 1), number(&unparsed, 2), number(&unparsed, 3), line.number);
            self.message = vec![group(&unparsed, 4).to_owned()];
            self.syntax();
        } else if let Some(unparsed) = PARSE_ERROR.captures(text) {
            self.message = vec![group(&unparsed, 1).to_owned()];
            self.syntax();
        } else if let Some(place) = PARSE_PLACE.captures(text) {
            self.place(group(&place, 1), number(&place, 2), number(&place, 3), line.number);
        } else if text.trim_start().starts_with('❯') {
            self.message_ended = true;
            if let (false, Some(frame)) = (self.located, own_frame(text)) {
                self.place(&frame.path, Some(frame.line), Some(frame.column), line.number);
            }
        } else if !self.message_ended && self.message.len() < MESSAGE_LINES_MAX {
            let ends = text.is_empty() && !self.message.is_empty();
            if ends {
                self.message_ended = true;
            } else if !text.is_empty() {
                self.message.push(text.trim_end().to_owned());
                self.failure.log.last = line.number;
            }
        }
    }

    fn syntax(&mut self) {
        self.failure.code = Some("SyntaxError".to_owned());
        self.message_ended = true;
    }

    fn place(&mut self, path: &str, line: Option<u32>, column: Option<u32>, at: u64) {
        self.failure.path = Some(path.to_owned());
        self.failure.line = line;
        self.failure.column = column;
        self.failure.log.last = at;
        self.located = true;
    }

    fn finish(&mut self) {
        let message = self.message.join("\n");
        let first = message.lines().next().unwrap_or("");
        match THROWN.captures(first).filter(|_| self.failure.code.is_none()) {
            Some(thrown) => {
                let class = group(&thrown, 1);
                self.failure.code = Some(class.to_owned());
                self.failure.message = message.get(class.len() + 2..).unwrap_or_default().to_owned();
            }
            None => self.failure.message = message,
        }
    }
}

/// `      Tests  8 failed | 3 passed | 2 skipped | 1 todo (14)`
fn counts(text: &str) -> TestCounts {
    let mut counts = TestCounts::default();
    for part in text.split('|') {
        let Some(found) = COUNT.captures(part) else { continue };
        let count = number(&found, 1).unwrap_or(0);
        match group(&found, 2) {
            "failed" => counts.failed = count,
            "passed" => counts.passed = count,
            _ => counts.skipped = counts.skipped.saturating_add(count),
        }
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stages::extract::tests::read;

    /// As vitest 3 prints it in CI.
    const LOG: &str = "
 RUN  v3.2.7 /srv/vt

 ❯ tests/stay.test.ts (12 tests | 8 failed | 2 skipped) 93ms
   × nights > counts the night before the last day 16ms
     → expected 1 to be 2 // Object.is equality
   ↓ nights > skipped one
   ✓ nights > passes 0ms
   × nights > inner > timeout 57ms
     → Test timed out in 50ms.
If this is a long-running test, pass a timeout value as the last argument.
   × top level 1ms
     → out of range
second line
 ✓ tests/good.test.ts (1 test) 2ms

⎯⎯⎯⎯⎯⎯ Failed Suites 2 ⎯⎯⎯⎯⎯⎯⎯

 FAIL  tests/bad.test.ts [ tests/bad.test.ts ]
Error: Cannot find module '../src/nope' imported from '/srv/vt/tests/bad.test.ts'
 ❯ tests/bad.test.ts:1:1
      1| import { nope } from \"../src/nope\";
       | ^

⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯[1/12]⎯

 FAIL  tests/syntax.test.ts [ tests/syntax.test.ts ]
Error: Transform failed with 1 error:
/srv/vt/tests/syntax.test.ts:2:24: ERROR: Expected identifier but found \"=\"
  Plugin: vite:esbuild
 ❯ failureErrorWithLog ../../lang-ts5/node_modules/esbuild/lib/main.js:1752:15

⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯[4/12]⎯


⎯⎯⎯⎯⎯⎯⎯ Failed Tests 8 ⎯⎯⎯⎯⎯⎯⎯

 FAIL  tests/stay.test.ts > nights > counts the night before the last day
AssertionError: expected 1 to be 2 // Object.is equality

- Expected
+ Received

- 2
+ 1

 ❯ tests/stay.test.ts:5:26
      3| describe(\"nights\", () => {

⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯[5/12]⎯

 FAIL  tests/stay.test.ts > nights > boom > x
TypeError: Cannot read properties of undefined (reading 'z')
 ❯ boom src/stay.ts:2:43
      2| export function boom(x: any) { return x.y.z; }
 ❯ tests/stay.test.ts:7:26

⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯[6/12]⎯

 FAIL  tests/stay.test.ts > top level
RangeError: out of range
second line
 ❯ tests/stay.test.ts:19:33

⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯[12/12]⎯


 Test Files  5 failed | 1 passed (6)
      Tests  8 failed | 3 passed | 2 skipped | 1 todo (14)
   Start at  09:16:37
";

    #[test]
    fn every_block_is_a_failure_at_the_innermost_own_frame() {
        let reading = read(LOG);
        let shown: Vec<_> = reading
            .failures
            .iter()
            .map(|failure| {
                let test = failure.test.as_deref().unwrap_or("");
                let path = failure.path.as_deref().unwrap_or("");
                (test, path, failure.line, failure.code.as_deref().unwrap_or(""), failure.message.as_str())
            })
            .collect();
        let no_module = "Cannot find module '../src/nope' imported from '/srv/vt/tests/bad.test.ts'";
        let no_identifier = "Expected identifier but found \"=\"";
        let no_property = "Cannot read properties of undefined (reading 'z')";
        assert_eq!(
            shown,
            [
                ("tests/bad.test.ts", "tests/bad.test.ts", Some(1), "Error", no_module),
                ("tests/syntax.test.ts", "/srv/vt/tests/syntax.test.ts", Some(2), "SyntaxError", no_identifier),
                (
                    "tests/stay.test.ts > nights > counts the night before the last day",
                    "tests/stay.test.ts",
                    Some(5),
                    "AssertionError",
                    "expected 1 to be 2 // Object.is equality"
                ),
                ("tests/stay.test.ts > nights > boom > x", "src/stay.ts", Some(2), "TypeError", no_property),
                (
                    "tests/stay.test.ts > top level",
                    "tests/stay.test.ts",
                    Some(19),
                    "RangeError",
                    "out of range\nsecond line"
                ),
            ]
        );
        assert_eq!(reading.failures[0].kind, Kind::BuildError);
        assert_eq!(reading.counts, Some(TestCounts { passed: 3, failed: 8, skipped: 3 }));
    }

    #[test]
    fn tests_are_named_once_where_their_full_name_is_told() {
        let tests: Vec<_> = read(LOG).tests;
        let expected = [
            ("tests/stay.test.ts > nights > counts the night before the last day", TestEnd::Failed),
            ("tests/stay.test.ts > nights > skipped one", TestEnd::Skipped),
            ("tests/stay.test.ts > nights > passes", TestEnd::Passed),
            ("tests/stay.test.ts > nights > inner > timeout", TestEnd::Failed),
            ("tests/stay.test.ts > nights > boom > x", TestEnd::Failed),
            ("tests/stay.test.ts > top level", TestEnd::Failed),
        ];
        assert_eq!(tests, expected.map(|(name, end)| (name.to_owned(), end)));
    }

    #[test]
    fn the_verbose_reporter_names_every_test() {
        let log = "
 × tests/stay.test.ts > nights > counts 22ms
   → expected 1 to be 2 // Object.is equality
 ↓ tests/stay.test.ts > nights > skipped one
 ✓ tests/good.test.ts > fine 1ms
";
        let expected = [
            ("tests/stay.test.ts > nights > counts", TestEnd::Failed),
            ("tests/stay.test.ts > nights > skipped one", TestEnd::Skipped),
            ("tests/good.test.ts > fine", TestEnd::Passed),
        ];
        assert_eq!(read(log).tests, expected.map(|(name, end)| (name.to_owned(), end)));
    }

    #[test]
    fn vitest_4_lists_without_the_blocks_around_and_tells_where_it_cannot_parse() {
        let log = "
 ❯ tests/stay.test.ts (12 tests | 8 failed | 1 skipped | 1 todo) 126ms
     × counts the night before the last day 24ms
       ✓ each 1 0ms
   × top level 17ms

 FAIL  tests/syntax.test.ts [ tests/syntax.test.ts ]
Error: Transform failed with 1 error:

\u{1b}[31m[PARSE_ERROR] \u{1b}[0mUnexpected token
   \u{1b}[38;5;246m╭\u{1b}[0m\u{1b}[38;5;246m─\u{1b}[0m\u{1b}[38;5;246m[\u{1b}[0m tests/syntax.test.ts:2:25 \u{1b}[38;5;246m]\u{1b}[0m
   \u{1b}[38;5;246m│\u{1b}[0m
  Plugin: vite:oxc
 ❯ transformWithOxc ../../lang-vt4/node_modules/vite/dist/node/chunks/node.js:7673:19

⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯[4/12]⎯
";
        let reading = read(log);
        assert_eq!(reading.tests, [("tests/stay.test.ts > top level".to_owned(), TestEnd::Failed)]);
        let failure = &reading.failures[0];
        assert_eq!((failure.path.as_deref(), failure.line), (Some("tests/syntax.test.ts"), Some(2)));
        assert_eq!((failure.code.as_deref(), failure.message.as_str()), (Some("SyntaxError"), "Unexpected token"));
    }

    #[test]
    fn tests_that_failed_alike_share_one_block() {
        let log = "
 FAIL  a.test.ts > one
 FAIL  a.test.ts > two
Error: no
 ❯ a.test.ts:5:26

⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯[1/2]⎯
";
        let reading = read(log);
        let tests: Vec<_> = reading.failures.iter().filter_map(|failure| failure.test.as_deref()).collect();
        assert_eq!(tests, ["a.test.ts > one", "a.test.ts > two"]);
    }

    #[test]
    fn names_and_messages_beyond_the_limits_are_cut() {
        let names = " FAIL  a.test.ts > one\n".repeat(NAMES_MAX + 1);
        let log = format!("{names}Error: no\n{}", "more\n".repeat(MESSAGE_LINES_MAX));
        let mut reader = Vitest::default();
        let mut found = Findings::default();
        for (text, number) in log.lines().zip(1..) {
            reader.line(&Line { number, text, mark: crate::domain::log::Mark::Plain }, &mut found);
        }
        let block = reader.block.as_ref().expect("a block is open");
        assert!(block.names.len() <= NAMES_MAX);
        assert_eq!(block.message.len(), MESSAGE_LINES_MAX);
        for nth in 0..=NAMED_MAX {
            assert!(reader.is_new(&nth.to_string()));
        }
        assert_eq!(reader.named.len(), NAMED_MAX);
    }
}
