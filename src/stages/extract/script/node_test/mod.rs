//! Node's own test runner: its spec reporter, and the TAP that it prints where it has no terminal.

mod block;

use std::collections::VecDeque;

use self::block::{Block, Form};
use crate::domain::failure::{Failure, Kind, TestCounts, TestEnd};
use crate::domain::log::{Line, Span};
use crate::stages::extract::pattern::{Pattern, group, number};
use crate::stages::extract::reader::{Attention, Findings, Reader};

/// Failing tests of the tree that wait for their explanation at the end.
const WAITING_MAX: usize = 1_000;

/// Deeper suites than this are not told apart.
const DEPTH_MAX: usize = 20;

#[derive(Default)]
pub struct NodeTest {
    /// The suites around the next test.
    around: Vec<String>,
    /// Of each, whether a test of its own was seen: then it is no test itself.
    has_tests: Vec<bool>,
    block: Option<Block>,
    /// Full names of tests that failed in the spec tree, with their leaf's name and line.
    waiting: VecDeque<(String, String, u64)>,
    explaining: bool,
    /// Where the test that is explained next was written.
    location: Option<(String, u32, u32)>,
    /// The last uncaught error: what a file that could not run says of itself.
    uncaught: Option<Uncaught>,
    counts: TestCounts,
}

#[derive(Clone, Debug, Default)]
struct Uncaught {
    place: Option<(String, u32)>,
    code: Option<String>,
    message: Option<String>,
}

/// `  ✖ deep equal (1.733973ms)`; the fraction tells it from the ticks of other tools.
static RESULT: Pattern = Pattern::new(r"^( *)([✖✔﹣⚠]) (.*?) \(\d+\.\d+ms\)(?: # (.*))?$");
static SUITE: Pattern = Pattern::new(r"^( *)▶ (.*?)(?: \(\d+\.\d+ms\))?$");
static TEST_AT: Pattern = Pattern::new(r"^test at (.+?):(\d+):(\d+)$");

static SUBTEST: Pattern = Pattern::new(r"^( *)# Subtest: (.*)$");
static TAP_RESULT: Pattern = Pattern::new(r"^( *)(not )?ok \d+(?: - (.*?))?(?: # (SKIP|TODO)\b.*)?$");

static UNCAUGHT_PLACE: Pattern = Pattern::new(r"^(?:# )?file://(/.+?):(\d+)$");
static UNCAUGHT: Pattern = Pattern::new(r"^(?:# )?(\w*Error)(?: \[\w+\])?: (.+)$");

static COUNT: Pattern = Pattern::new(r"^(?:#|ℹ) (pass|fail|cancelled|skipped|todo) (\d+)$");

impl Reader for NodeTest {
    fn tool(&self) -> &'static str {
        "node-test"
    }

    fn wakes(&self) -> &'static [&'static str] {
        &["✖ ", "✔ ", "▶ ", "﹣ ", "⚠ ", "# Subtest: ", "test at ", "file:///", "Error: ", "Error [", "ℹ ", "# pass "]
    }

    fn passes(&self) -> &'static [&'static str] {
        &["✔ "]
    }

    fn line(&mut self, line: &Line<'_>, found: &mut Findings) -> Attention {
        if let Some(attention) = self.go_on(line, found) {
            return attention;
        }
        let text = line.text;
        if let Some(subtest) = SUBTEST.captures(text) {
            self.enter(group(&subtest, 1).len() / 4, &unescaped(group(&subtest, 2)));
            return Attention::Stay;
        }
        if let Some(result) = TAP_RESULT.captures(text).filter(|_| !self.around.is_empty()) {
            let failed = result.get(2).is_some();
            let (depth, directive) = (group(&result, 1).len() / 4, group(&result, 4));
            self.tap_result(depth, failed, directive, line.number, found);
            return Attention::Stay;
        }
        if let Some(suite) = SUITE.captures(text) {
            self.enter(group(&suite, 1).len() / 2, group(&suite, 2));
            return Attention::Stay;
        }
        if let Some(result) = RESULT.captures(text) {
            let depth = (group(&result, 1).len() / 2).min(DEPTH_MAX);
            return self.spec(depth, group(&result, 2), group(&result, 3), group(&result, 4), line.number, found);
        }
        if text == "✖ failing tests:" {
            self.explaining = true;
            return Attention::Stay;
        }
        if let Some(at) = TEST_AT.captures(text) {
            self.explaining = true;
            self.location = Some((group(&at, 1).to_owned(), number(&at, 2).unwrap_or(0), number(&at, 3).unwrap_or(0)));
            return Attention::Stay;
        }
        if let Some(count) = COUNT.captures(text) {
            self.count(group(&count, 1), number(&count, 2).unwrap_or(0), found);
            return Attention::Stay;
        }
        if let Some(place) = UNCAUGHT_PLACE.captures(text) {
            let place = Some((group(&place, 1).to_owned(), number(&place, 2).unwrap_or(0)));
            self.uncaught = Some(Uncaught { place, ..Uncaught::default() });
        } else if let Some(error) = UNCAUGHT.captures(text) {
            let uncaught = self.uncaught.get_or_insert_default();
            uncaught.code = Some(group(&error, 1).to_owned());
            uncaught.message = Some(group(&error, 2).to_owned());
        }
        // TAP is one block as long as its lines look like it; what tests print stands behind `#`.
        let tap = !self.around.is_empty() && (text.starts_with([' ', '#']) || text.starts_with("1.."));
        if tap { Attention::Stay } else { Attention::Sleep }
    }

    /// A log that was cut has a tree and no explanations.
    fn end(&mut self, found: &mut Findings) {
        self.finish(found);
        for (name, _, line) in self.waiting.drain(..) {
            let mut failure = Failure::new(Kind::TestFailure, "node-test", "the test failed", Span::at(line));
            failure.test = Some(name);
            found.failure(failure);
        }
    }
}

impl NodeTest {
    /// Reads a line of the open block; `None` when it is none of its own.
    fn go_on(&mut self, line: &Line<'_>, found: &mut Findings) -> Option<Attention> {
        let block = self.block.as_mut()?;
        match block.form {
            Form::Spec if line.text.is_empty() || line.text.starts_with("  ") => block.spec_line(line),
            Form::Spec => {
                self.finish(found);
                return None;
            }
            _ if line.text.trim() == "..." => self.finish(found),
            _ if line.text.starts_with(' ') || line.text.is_empty() => block.tap_line(line),
            _ => {
                self.finish(found);
                return None;
            }
        }
        Some(Attention::Stay)
    }

    fn enter(&mut self, depth: usize, name: &str) {
        let depth = depth.min(DEPTH_MAX);
        self.around.truncate(depth);
        self.has_tests.truncate(depth);
        if let Some(outer) = self.has_tests.last_mut() {
            *outer = true;
        }
        self.around.push(name.to_owned());
        self.has_tests.push(false);
    }

    fn tap_result(&mut self, depth: usize, failed: bool, directive: &str, line: u64, found: &mut Findings) {
        self.around.truncate(depth + 1);
        self.has_tests.truncate(depth + 1);
        let name = self.around.join(" > ");
        let suite = self.has_tests.last().copied().unwrap_or(false);
        let end = match (failed, directive.is_empty()) {
            (_, false) => TestEnd::Skipped,
            (true, true) => TestEnd::Failed,
            (false, true) => TestEnd::Passed,
        };
        if !suite {
            found.test(&name, end);
        }
        if end == TestEnd::Failed {
            self.begin(name, Form::Tap, depth * 4, line);
        }
    }

    fn spec(&mut self, depth: usize, mark: &str, name: &str, note: &str, line: u64, found: &mut Findings) -> Attention {
        if self.explaining {
            if mark == "✖" && note.is_empty() {
                let waiting = self.waiting.iter().position(|(_, leaf, _)| leaf == name);
                let full = waiting.and_then(|at| self.waiting.remove(at)).map_or(name.to_owned(), |(full, _, _)| full);
                self.begin(full, Form::Spec, 2, line);
            }
            return Attention::Stay;
        }
        if self.around.len() == depth + 1 && self.around.last().is_some_and(|suite| suite == name) {
            // The end of a suite: `✖ group` below its tests.
            self.around.truncate(depth);
            self.has_tests.truncate(depth);
            return Attention::Stay;
        }
        self.around.truncate(depth);
        self.has_tests.truncate(depth);
        let full = self.around.iter().map(String::as_str).chain([name]).collect::<Vec<_>>().join(" > ");
        let end = match mark {
            _ if !note.is_empty() => TestEnd::Skipped,
            "✖" => TestEnd::Failed,
            "✔" => TestEnd::Passed,
            _ => TestEnd::Skipped,
        };
        found.test(&full, end);
        if end == TestEnd::Failed && self.waiting.len() < WAITING_MAX {
            self.waiting.push_back((full, name.to_owned(), line));
        }
        Attention::Sleep
    }

    fn begin(&mut self, name: String, form: Form, indent: usize, line: u64) {
        let mut failure = Failure::new(Kind::TestFailure, "node-test", "", Span::at(line));
        if let Some((path, row, column)) = self.location.take() {
            failure.path = Some(path);
            (failure.line, failure.column) = (Some(row), Some(column));
        }
        failure.test = Some(name);
        let (message, message_ended, located, cascade) = (Vec::new(), false, false, false);
        self.block = Some(Block { failure, form, indent, message, message_ended, located, cascade });
    }

    fn finish(&mut self, found: &mut Findings) {
        let Some(block) = self.block.take() else { return };
        if block.cascade {
            return;
        }
        let mut failure = block.failure;
        failure.message = block.message.join("\n").trim_end().to_owned();
        if failure.message == "test failed" {
            // A file that could not run: what it said stands above.
            failure.kind = Kind::BuildError;
            if let Some(uncaught) = self.uncaught.take() {
                failure.code = uncaught.code.or(failure.code);
                failure.message = uncaught.message.unwrap_or(failure.message);
                if let Some((path, row)) = uncaught.place {
                    failure.path = Some(path);
                    (failure.line, failure.column) = (Some(row), None);
                }
            }
        }
        found.failure(failure);
    }

    /// The counts stand one a line; `todo` is the last.
    fn count(&mut self, what: &str, count: u32, found: &mut Findings) {
        match what {
            "pass" => self.counts.passed = count,
            "fail" => self.counts.failed = count,
            "cancelled" => self.counts.failed = self.counts.failed.saturating_add(count),
            "skipped" => self.counts.skipped = count,
            _ => {
                self.counts.skipped = self.counts.skipped.saturating_add(count);
                found.count(std::mem::take(&mut self.counts));
            }
        }
    }
}

/// TAP writes `\#` for a `#` of a name.
fn unescaped(name: &str) -> String {
    name.replace("\\#", "#").replace("\\\\", "\\")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stages::extract::tests::{read, shown};

    /// As Node 24 prints it.
    const SPEC: &str = include_str!("../../../../../fixtures/logs/node-24-spec.txt");

    /// As Node 20 prints it where it has no terminal.
    const TAP: &str = include_str!("../../../../../fixtures/logs/node-20-tap.txt");

    #[test]
    fn the_spec_reporter_explains_at_the_end_what_its_tree_names() {
        let reading = read(SPEC);
        let no_export = "The requested module '../src/w.js' does not provide an export named 'nope'";
        let not_equal = "Expected values to be strictly equal:\n\n1 !== 2";
        let no_property = "Cannot read properties of undefined (reading 'z')";
        let test_file = "/srv/nt/test/w.test.js";
        let found = shown(reading.failures.iter());
        // Of what is not explained only the name is known.
        assert_eq!(found[0], ("throws string", "", 0, "", "the test failed"));
        assert_eq!(found[1], ("test/bad.test.js", "/srv/nt/test/bad.test.js", 1, "SyntaxError", no_export));
        assert_eq!(found[2], ("half a cent is rounded up", test_file, 4, "ERR_ASSERTION", not_equal));
        assert_eq!((found[3].0, found[3].2), ("group > deep equal", 9));
        assert_eq!(found[4], ("group > inner # hash > boom", "/srv/nt/src/w.js", 2, "TypeError", no_property));
        assert_eq!(found[5], ("outer > sub", test_file, 13, "TypeError", "sub failed\nline two"));
        assert_eq!(found.len(), 6);
        assert_eq!(reading.failures[1].kind, Kind::BuildError);
        assert_eq!(reading.counts, Some(TestCounts { passed: 3, failed: 10, skipped: 2 }));
    }

    #[test]
    fn tap_says_the_same() {
        let (spec, tap) = (read(SPEC), read(TAP));
        let (spec, tap) = (shown(spec.failures.iter()), shown(tap.failures.iter()));
        assert_eq!((tap[0].1, tap[0].3, tap[0].4), (spec[1].1, spec[1].3, spec[1].4));
        assert_eq!(tap[1..], spec[2..5]);
        assert_eq!(read(TAP).counts, Some(TestCounts { passed: 3, failed: 10, skipped: 2 }));
    }

    #[test]
    fn every_test_is_named_with_the_suites_around_it() {
        let expected = [
            ("fine", TestEnd::Passed),
            ("half a cent is rounded up", TestEnd::Failed),
            ("passes", TestEnd::Passed),
            ("skipped", TestEnd::Skipped),
            ("todo one", TestEnd::Skipped),
            ("group > deep equal", TestEnd::Failed),
            ("group > ok inner", TestEnd::Passed),
            ("group > inner # hash > boom", TestEnd::Failed),
        ];
        for log in [SPEC, TAP] {
            assert_eq!(read(log).tests[1..9], expected.map(|(name, end)| (name.to_owned(), end)));
        }
    }

    #[test]
    fn ticks_of_other_tools_are_no_tests() {
        let log = "✔ Compiled in 3s\n✖ 7 problems (5 errors, 2 warnings)\n▶ Building\n✔ built (5ms)\nok 1 - x\n";
        let reading = read(log);
        assert!(reading.failures.iter().all(|failure| failure.tool != "node-test"));
        assert_eq!(reading.tests, []);
    }

    #[test]
    fn what_is_kept_is_bounded() {
        let tree: String = (0..=WAITING_MAX).map(|nth| format!("✖ t{nth} (1.5ms)\n")).collect();
        assert_eq!(read(&tree).failures.len(), WAITING_MAX);
        let mut reader = NodeTest::default();
        let mut found = Findings::default();
        for depth in 0..=DEPTH_MAX + 5 {
            let text = format!("{}▶ s", "  ".repeat(depth));
            reader.line(&Line { number: 1, text: &text, mark: crate::domain::log::Mark::Plain }, &mut found);
        }
        assert_eq!(reader.around.len(), DEPTH_MAX + 1);
        let more = "  more\n".repeat(block::MESSAGE_LINES_MAX);
        let long = format!("test at a.js:1:1\n✖ t (1.5ms)\n  Error: one\n{more}");
        assert_eq!(read(&long).failures[0].message.lines().count(), block::MESSAGE_LINES_MAX);
    }
}
