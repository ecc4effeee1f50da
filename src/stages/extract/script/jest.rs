//! Jest: the blocks that tell why a test failed, and the tree of results where it prints one.

use super::frames::own_frame;
use crate::domain::failure::{Failure, Kind, TestCounts, TestEnd};
use crate::domain::log::{Line, Span};
use crate::stages::extract::pattern::{Pattern, group, number};
use crate::stages::extract::reader::{Attention, Findings, Reader};

/// What a failing test says before its source and its stack; a longer message is a large diff.
const MESSAGE_LINES_MAX: usize = 20;

/// Jest nests describe blocks by two spaces; deeper ones than this are not told apart.
const DEPTH_MAX: usize = 20;

#[derive(Default)]
pub struct Jest {
    suite: Option<String>,
    /// Describe blocks around the next test, with their indentation.
    around: Vec<(usize, String)>,
    /// The tree has named the tests of this suite: the blocks below only explain.
    tree_seen: bool,
    /// Failures are told a second time at the end of a long run.
    summing_up: bool,
    block: Option<Block>,
}

/// One `●` block.
struct Block {
    failure: Failure,
    message: Vec<String>,
    message_ended: bool,
    located: bool,
}

static SUITE: Pattern = Pattern::new(r"^ ?(FAIL|PASS) {1,2}(?:\S+ )?(\S+\.\w+)(?: \(\d+(?:\.\d+)? m?s\))?$");

static RESULT: Pattern = Pattern::new(r"^(\s+)([✓✕○✎√×])\s(?:skipped |todo )?(.*?)(?: \(\d+(?:\.\d+)? m?s\))?$");

static BLOCK: Pattern = Pattern::new(r"^ {0,4}● (.+?)\s*$");

/// `SyntaxError: /srv/a.test.js: Unexpected token (1:6)`
static UNPARSED: Pattern = Pattern::new(r"^\s+(SyntaxError): (\S.*?): (.*?)\s*\((\d+):(\d+)\)$");

static THROWN: Pattern = Pattern::new(r"^(\w*(?:Error|Exception)): (.*)$");

static SOURCE: Pattern = Pattern::new(r"^\s+(?:>\s*)?(?:\d+)?\s*\|");

static COUNTS: Pattern = Pattern::new(r"^Tests:\s+(?:\d+ \w+, )*\d+ total");

static COUNT: Pattern = Pattern::new(r"^(\d+) (failed|passed|skipped|todo)$");

impl Reader for Jest {
    fn tool(&self) -> &'static str {
        "jest"
    }

    fn wakes(&self) -> &'static [&'static str] {
        &["FAIL ", "PASS ", "● ", "Tests:  ", "Summary of all failing tests"]
    }

    /// A suite that could not run is named in the line before its block.
    fn looks_back(&self) -> bool {
        true
    }

    fn line(&mut self, line: &Line<'_>, found: &mut Findings) -> Attention {
        let text = line.text;
        if let Some(suite) = SUITE.captures(text) {
            self.end(found);
            self.suite = Some(group(&suite, 2).to_owned());
            self.around.clear();
            self.tree_seen = false;
            return Attention::Stay;
        }
        if let Some(block) = BLOCK.captures(text) {
            self.end(found);
            return self.begin(group(&block, 1), line.number);
        }
        if text.starts_with("Summary of all failing tests") {
            self.end(found);
            self.summing_up = true;
            return Attention::Sleep;
        }
        if COUNTS.is_match(text) {
            self.end(found);
            found.count(counts(text));
            return Attention::Sleep;
        }
        if !text.is_empty() && !text.starts_with(' ') {
            self.end(found);
            self.suite = None;
            return Attention::Sleep;
        }
        match &mut self.block {
            Some(block) => block.read(line),
            None if self.suite.is_some() => self.tree(text, found),
            None => return Attention::Sleep,
        }
        Attention::Stay
    }

    fn end(&mut self, found: &mut Findings) {
        let Some(mut block) = self.block.take() else { return };
        block.finish();
        if let (Some(test), false, false) = (&block.failure.test, self.tree_seen, self.summing_up) {
            found.test(test, TestEnd::Failed);
        }
        found.failure(block.failure);
    }
}

impl Jest {
    fn begin(&mut self, name: &str, line: u64) -> Attention {
        if name == "Console" {
            // What the code under test printed.
            self.suite = None;
            return Attention::Sleep;
        }
        let mut failure = Failure::new(Kind::TestFailure, "jest", "", Span::at(line));
        failure.test = Some(name.to_owned());
        if name == "Test suite failed to run" {
            failure.kind = Kind::BuildError;
            failure.test = self.suite.clone();
        }
        failure.path = self.suite.clone();
        self.block = Some(Block { failure, message: Vec::new(), message_ended: false, located: false });
        Attention::Stay
    }

    /// One line of the tree that stands below `PASS` or `FAIL`.
    fn tree(&mut self, text: &str, found: &mut Findings) {
        let indent = text.len() - text.trim_start().len();
        self.around.retain(|(outer, _)| *outer < indent);
        let Some(result) = RESULT.captures(text) else {
            if indent > 0 && self.around.len() < DEPTH_MAX {
                self.around.push((indent, text.trim().to_owned()));
            }
            return;
        };
        let end = match group(&result, 2) {
            "✓" | "√" => TestEnd::Passed,
            "✕" | "×" => TestEnd::Failed,
            _ => TestEnd::Skipped,
        };
        let around = self.around.iter().map(|(_, name)| name.as_str());
        let name = around.chain([group(&result, 3)]).collect::<Vec<_>>().join(" › ");
        self.tree_seen = true;
        found.test(&name, end);
    }
}

impl Block {
    fn read(&mut self, line: &Line<'_>) {
        let text = line.text;
        if let Some(unparsed) = UNPARSED.captures(text) {
            self.failure.code = Some(group(&unparsed, 1).to_owned());
            self.failure.path = Some(group(&unparsed, 2).to_owned());
            self.failure.line = number(&unparsed, 4);
            self.failure.column = number(&unparsed, 5);
            self.failure.log.last = line.number;
            self.message = vec![group(&unparsed, 3).to_owned()];
            (self.message_ended, self.located) = (true, true);
        } else if text.trim_start().starts_with("at ") {
            self.message_ended = true;
            if let (false, Some(frame)) = (self.located, own_frame(text)) {
                self.failure.path = Some(frame.path);
                self.failure.line = Some(frame.line);
                self.failure.column = Some(frame.column);
                self.failure.log.last = line.number;
                self.located = true;
            }
        } else if SOURCE.is_match(text) {
            self.message_ended = true;
        } else if !self.message_ended && self.message.len() < MESSAGE_LINES_MAX {
            self.message.push(text.trim().to_owned());
            if !text.is_empty() {
                self.failure.log.last = line.number;
            }
        }
    }

    fn finish(&mut self) {
        let message = self.message.join("\n");
        let message = message.trim();
        if self.failure.code.is_none()
            && let Some(thrown) = THROWN.captures(message.lines().next().unwrap_or(""))
        {
            self.failure.code = Some(group(&thrown, 1).to_owned());
            let after = message.get(group(&thrown, 1).len() + 2..).unwrap_or_default();
            self.failure.message = after.to_owned();
        } else {
            self.failure.message = message.to_owned();
        }
    }
}

/// `Tests:       10 failed, 1 skipped, 1 todo, 2 passed, 14 total`
fn counts(text: &str) -> TestCounts {
    let mut counts = TestCounts::default();
    for part in text.trim_start_matches("Tests:").split(',') {
        let Some(found) = COUNT.captures(part.trim()) else { continue };
        let count = number(&found, 1).unwrap_or(0);
        match group(&found, 2) {
            "failed" => counts.failed += count,
            "passed" => counts.passed += count,
            _ => counts.skipped = counts.skipped.saturating_add(count),
        }
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stages::extract::tests::read;

    /// As Jest 30 prints it, without a terminal.
    const LOG: &str = "\
FAIL __tests__/letter.test.js
  ● letter › customer without an address

    TypeError: Cannot read properties of undefined (reading 'city')

    \u{1b}[0m\u{1b}[31m\u{1b}[1m>\u{1b}[22m\u{1b}[39m\u{1b}[90m 1 |\u{1b}[39m \u{1b}[36mfunction\u{1b}[39m greet(c) { }
     \u{1b}[90m   |\u{1b}[39m                                                \u{1b}[31m\u{1b}[1m^\u{1b}[22m\u{1b}[39m
     \u{1b}[90m 2 |\u{1b}[39m module.exports = { greet };
     \u{1b}[90m 3 |\u{1b}[39m\u{1b}[0m

      at city (src/letter.js:1:48)
      at Object.greet (__tests__/letter.test.js:4:12)

  ● letter › deep › objects

    expect(received).toEqual(expected) // deep equality

    - Expected  - 1
    + Received  + 1

      Object {
    -   \"a\": 2,
    +   \"a\": 1,
      }

    \u{1b}[0m \u{1b}[90m  8 |\u{1b}[39m   test.todo(\"todo\");

      at Object.toEqual (__tests__/letter.test.js:10:44)

  ● top

    thrown: \"plain\"

      at _getError (../../lang-node/node_modules/jest-circus/build/jestAdapterInit.js:1985:12)
          at Array.map (<anonymous>)

    Cause:
        thrown: \"plain\"

          at it (__tests__/letter.test.js:16:5)

 › 1 snapshot failed.
FAIL __tests__/bad.test.js
  ● Test suite failed to run

    Cannot find module '../src/nope' from '__tests__/bad.test.js'

    \u{1b}[0m> 1 | const x = require(\"../src/nope\");

      at Resolver._throwModNotFoundError (../../lang-node/node_modules/jest-resolve/build/index.js:1031:11)
      at Object.require (__tests__/bad.test.js:1:11)

PASS __tests__/good.test.js
  ● Console

    console.log
      FAIL hello

      at Object.log (__tests__/good.test.js:1:30)

FAIL __tests__/syntax.test.js
  ● Test suite failed to run

    Jest encountered an unexpected token

    Jest failed to parse a file. This happens e.g. when your code or its dependencies use non-standard syntax.

    Details:

    SyntaxError: /srv/je/__tests__/syntax.test.js: Unexpected token (1:6)

    > 1 | const = 1;
        |       ^
      at constructor (../../lang-node/node_modules/@babel/parser/src/parse-error.ts:96:45)

Test Suites: 5 failed, 1 passed, 6 total
Tests:       10 failed, 1 skipped, 1 todo, 2 passed, 14 total
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
                (test, path, failure.line, failure.code.as_deref().unwrap_or(""))
            })
            .collect();
        assert_eq!(
            shown,
            [
                ("letter › customer without an address", "src/letter.js", Some(1), "TypeError"),
                ("letter › deep › objects", "__tests__/letter.test.js", Some(10), ""),
                ("top", "__tests__/letter.test.js", Some(16), ""),
                ("__tests__/bad.test.js", "__tests__/bad.test.js", Some(1), ""),
                ("__tests__/syntax.test.js", "/srv/je/__tests__/syntax.test.js", Some(1), "SyntaxError"),
            ]
        );
        let messages: Vec<_> = reading.failures.iter().map(|failure| failure.message.as_str()).collect();
        assert_eq!(messages[0], "Cannot read properties of undefined (reading 'city')");
        assert!(messages[1].starts_with("expect(received).toEqual(expected) // deep equality\n\n- Expected  - 1"));
        assert!(messages[1].ends_with("+   \"a\": 1,\n}"), "{}", messages[1]);
        assert_eq!(messages[2], "thrown: \"plain\"");
        assert_eq!(messages[4], "Unexpected token");
        assert_eq!(reading.failures[3].kind, Kind::BuildError);
        assert_eq!(reading.failures[0].log, Span { first: 2, last: 11 });
        let counts = TestCounts { passed: 2, failed: 10, skipped: 2 };
        assert_eq!(reading.counts, Some(counts));
    }

    #[test]
    fn without_a_tree_only_failing_tests_are_named() {
        let names = read(LOG).tests;
        assert_eq!(names[0], ("letter › customer without an address".to_owned(), TestEnd::Failed));
        assert!(names.iter().all(|(_, end)| *end == TestEnd::Failed));
    }

    #[test]
    fn the_tree_names_every_test_with_the_blocks_around_it() {
        let log = "
 FAIL  __tests__/letter.test.js
  ✕ top (7 ms)
  letter
    ✕ customer without an address (2 ms)
    ✓ passes
    ○ skipped skipped
    ✎ todo todo
    deep
      ✓ objects (1.5 s)

  ● top

    Expected value: 3

      at Object.toContain (__tests__/letter.test.js:19:36)

PASS __tests__/good.test.js
  ✓ fine
";
        let tests: Vec<_> = read(log).tests;
        let expected = [
            ("top", TestEnd::Failed),
            ("letter › customer without an address", TestEnd::Failed),
            ("letter › passes", TestEnd::Passed),
            ("letter › skipped", TestEnd::Skipped),
            ("letter › todo", TestEnd::Skipped),
            ("letter › deep › objects", TestEnd::Passed),
            ("fine", TestEnd::Passed),
        ];
        assert_eq!(tests, expected.map(|(name, end)| (name.to_owned(), end)));
    }

    #[test]
    fn what_is_told_twice_is_one_failure() {
        let block = "FAIL a.test.js\n  ● top\n\n    Error: no\n\n      at f (a.test.js:1:2)\n\n";
        let log =
            format!("{block}PASS b.test.js\nSummary of all failing tests\n{block}Tests:       1 failed, 1 total\n");
        let reading = read(&log);
        assert_eq!(reading.failures.len(), 1);
        assert_eq!(reading.tests.len(), 1);
    }

    #[test]
    fn a_message_at_the_limit_is_whole_and_a_longer_one_is_cut() {
        let log = format!("FAIL a.test.js\n  ● top\n    first\n{}", "    more\n".repeat(MESSAGE_LINES_MAX));
        assert_eq!(read(&log).failures[0].message.lines().count(), MESSAGE_LINES_MAX);
    }
}
