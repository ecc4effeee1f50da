//! Rust's tests, and panics: `cargo test` in every form, nextest, a program that panics.

use std::collections::HashSet;
use std::sync::LazyLock;

use regex::Regex;

use crate::domain::failure::{Failure, Kind, TestCounts, TestEnd};
use crate::domain::log::{Line, Span};
use crate::stages::extract::paths::is_foreign;
use crate::stages::extract::place::place;
use crate::stages::extract::reader::{Attention, Findings, Reader, TESTS_MAX};

/// Panics outside a test's block that wait to learn whose they are.
const PANICS_MAX: usize = 200;

/// A message of more lines is a dump.
const QUOTED_LINES_MAX: u64 = 40;

/// Reads test runs and panics.
#[derive(Default)]
pub struct CargoTest {
    block: Option<Block>,
    /// A panic whose message is on the next line.
    panic: Option<Panic>,
    /// One whose message goes on before its place comes.
    quoted: Option<Quoted>,
    panics: Vec<Panic>,
    failed: Vec<String>,
    /// Which tests ran, and where: another target may have one of the same name.
    target: String,
    seen: HashSet<String>,
    seen_before: HashSet<String>,
}

/// Before 1.73 the message stood in quotes before the place, however many lines it had.
#[derive(Debug)]
struct Quoted {
    thread: String,
    message: String,
    span: Span,
}

/// What one failing test printed.
#[derive(Debug)]
struct Block {
    test: String,
    line: u64,
    panic: Option<Panic>,
    /// Other words on why: `Error: …` of a test that returns, a doctest that does not compile.
    message: Option<(String, u64)>,
    /// Where a doctest does not compile.
    place: Option<(String, u32, Option<u32>)>,
}

#[derive(Debug)]
struct Panic {
    thread: String,
    path: String,
    line: u32,
    column: Option<u32>,
    message: Option<String>,
    span: Span,
    /// The deepest frame of our own, where the panic's own place is not ours.
    frame: Option<(String, u32, Option<u32>)>,
}

macro_rules! pattern {
    ($name:ident, $pattern:expr) => {
        static $name: LazyLock<Regex> = LazyLock::new(|| Regex::new($pattern).expect("the pattern compiles"));
    };
}

pattern!(ENDED, r"^test (?<name>\S.*?)(?: - should panic)? \.\.\. (?<end>ok|FAILED|ignored)(?:, .*)?$");
pattern!(
    NEXTEST,
    r"^ +(?:TRY \d+ )?(?<end>PASS|FAIL|SIG[A-Z]+|TIMEOUT|LEAK|SKIP) \[[ \d.]*s?\](?: \([ \d]+/[ \d]+\))? +(?<crate>\S+) (?<name>\S.*)$"
);
pattern!(BLOCK, r"^---- (?<name>.+?) (?:stdout|stderr) ----$");
pattern!(
    PANIC,
    r"^ *thread '(?<thread>.*?)'(?: \(\d+\))? (?:panicked at|has overflowed)(?: '(?<message>.*)',)? ?(?<place>\S.*)?$"
);
pattern!(OLD_HEAD, r"^ *thread '(?<thread>.*?)' panicked at '(?<message>.*)$");
pattern!(OLD_END, r"', (?<place>\S+:\d+(?::\d+)?)$");
pattern!(
    RESULT,
    r"^test result: (?:ok|FAILED)\. (?<passed>\d+) passed; (?<failed>\d+) failed; (?<ignored>\d+) ignored"
);
pattern!(RUNNING, r"^ +(?:Running (?:unittests )?(?<file>\S+)(?: \(.*\))?|Doc-tests (?<doc>\S+))$");
pattern!(KILLED, r"process didn't exit successfully: `[^`]*` \((?<how>signal: \d+.*)\)$");

impl Reader for CargoTest {
    fn tool(&self) -> &'static str {
        "cargo-test"
    }

    fn wakes(&self) -> &'static [&'static str] {
        &[
            " ... ok",
            " ... failed",
            " ... ignored",
            "---- ",
            "panicked at ",
            "test result: ",
            "     running ",
            "doc-tests ",
            " pass [",
            " fail [",
            " timeout [",
            " sig",
            "didn't exit successfully: `",
        ]
    }

    fn passes(&self) -> &'static [&'static str] {
        &[" ... ok", " pass ["]
    }

    fn line(&mut self, line: &Line<'_>, found: &mut Findings) -> Attention {
        if let Some(quoted) = self.quoted.take() {
            return self.quoted_line(quoted, line);
        }
        if let Some(mut panic) = self.panic.take() {
            if panic.message.is_none() && !line.text.trim().is_empty() {
                panic.message = Some(line.text.trim().to_owned());
                panic.span.last = line.number;
            }
            self.keep(panic);
            return self.attention();
        }
        if let Some(panic) = read_panic(line) {
            if panic.message.is_some() {
                self.keep(panic);
                return self.attention();
            }
            self.panic = Some(panic);
            return Attention::Stay;
        }
        if let Some(begun) = OLD_HEAD.captures(line.text) {
            let text = |name| begun.name(name).map_or(String::new(), |text| text.as_str().to_owned());
            self.quoted =
                Some(Quoted { thread: text("thread"), message: text("message"), span: Span::at(line.number) });
            return Attention::Stay;
        }
        if self.block.is_some() {
            return self.block_line(line, found);
        }
        self.outside(line, found)
    }

    fn end(&mut self, found: &mut Findings) {
        self.close_block(found);
        self.close_run(found);
        *self = Self::default();
    }
}

impl CargoTest {
    fn attention(&self) -> Attention {
        if self.block.is_some() { Attention::Stay } else { Attention::Sleep }
    }

    /// The lines of a message in quotes, until its place: the first line says what failed.
    fn quoted_line(&mut self, mut quoted: Quoted, line: &Line<'_>) -> Attention {
        quoted.span.last = line.number;
        if let Some(place) = OLD_END.captures(line.text).and_then(|end| place(end.name("place")?.as_str())) {
            self.keep(Panic {
                thread: quoted.thread,
                path: place.path.to_owned(),
                line: place.line,
                column: place.column,
                message: Some(quoted.message),
                span: quoted.span,
                frame: None,
            });
        } else if quoted.span.last - quoted.span.first < QUOTED_LINES_MAX {
            self.quoted = Some(quoted);
            return Attention::Stay;
        }
        self.attention()
    }

    /// A panic belongs to the test whose block it is in, or waits to learn whose it is.
    fn keep(&mut self, panic: Panic) {
        match &mut self.block {
            Some(block) if block.panic.as_ref().is_none_or(|known| known.thread != block.test) => {
                block.panic = Some(panic);
            }
            Some(_) => {}
            None if self.panics.len() < PANICS_MAX => self.panics.push(panic),
            None => {}
        }
    }

    fn outside(&mut self, line: &Line<'_>, found: &mut Findings) -> Attention {
        let text = line.text;
        if let Some(name) = BLOCK.captures(text).and_then(|block| block.name("name")) {
            self.block = Some(Block {
                test: name.as_str().to_owned(),
                line: line.number,
                panic: None,
                message: None,
                place: None,
            });
            return Attention::Stay;
        }
        if let Some(ended) = ENDED.captures(text).or_else(|| NEXTEST.captures(text)) {
            self.ended(&ended, found);
        } else if let Some(result) = RESULT.captures(text) {
            found.count(counts(&result));
            self.close_run(found);
        } else if let Some(running) = RUNNING.captures(text) {
            let target = running.name("file").or(running.name("doc")).map_or("", |target| target.as_str());
            self.target = target.to_owned();
            self.seen_before.extend(self.seen.drain());
        } else if let Some(how) = KILLED.captures(text).and_then(|killed| killed.name("how")) {
            let message = format!("the test program ended by {}", how.as_str());
            found.failure(Failure::new(Kind::TestFailure, "cargo-test", message, Span::at(line.number)));
        }
        Attention::Sleep
    }

    fn ended(&mut self, ended: &regex::Captures<'_>, found: &mut Findings) {
        let part = |name| ended.name(name).map_or("", |part| part.as_str());
        let end = match part("end") {
            "ok" | "PASS" | "LEAK" => TestEnd::Passed,
            "ignored" | "SKIP" => TestEnd::Skipped,
            _ => TestEnd::Failed,
        };
        let name = part("name");
        if end == TestEnd::Failed && self.failed.len() < PANICS_MAX {
            self.failed.push(name.to_owned());
        }
        if self.seen_before.contains(name) {
            found.test(&format!("{name} ({})", self.target), end);
        } else {
            found.test(name, end);
        }
        if self.seen.len() + self.seen_before.len() < TESTS_MAX {
            self.seen.insert(name.to_owned());
        }
    }

    fn block_line(&mut self, line: &Line<'_>, found: &mut Findings) -> Attention {
        let text = line.text;
        if BLOCK.is_match(text) || text == "failures:" || text.starts_with("test result: ") {
            self.close_block(found);
            return self.outside(line, found);
        }
        if let Some(block) = &mut self.block {
            block.line(line);
        }
        Attention::Stay
    }

    fn close_block(&mut self, found: &mut Findings) {
        let panic = self.panic.take();
        panic.into_iter().for_each(|panic| self.keep(panic));
        let Some(block) = self.block.take() else { return };
        self.failed.retain(|failed| *failed != block.test);
        let mut failure = match (block.panic, block.message) {
            (Some(panic), _) => panic.failure(Kind::TestFailure, "cargo-test"),
            (None, Some((message, line))) => Failure::new(Kind::TestFailure, "cargo-test", message, Span::at(line)),
            (None, None) => Failure::new(Kind::TestFailure, "cargo-test", "the test failed", Span::at(block.line)),
        };
        if let Some((path, line, column)) =
            block.place.or_else(|| doctest(&block.test)).filter(|_| failure.path.is_none())
        {
            (failure.path, failure.line, failure.column) = (Some(path), Some(line), column);
        }
        failure.test = Some(block.test);
        found.failure(failure);
    }

    /// What was printed as it happened (`--nocapture`, nextest, a program of its own) is told when the run is over.
    fn close_run(&mut self, found: &mut Findings) {
        for panic in std::mem::take(&mut self.panics) {
            if let Some(at) = self.failed.iter().position(|failed| *failed == panic.thread) {
                let test = self.failed.remove(at);
                let mut failure = panic.failure(Kind::TestFailure, "cargo-test");
                failure.test = Some(test);
                found.failure(failure);
            } else if panic.thread == "main" {
                found.failure(panic.failure(Kind::RuntimeError, "rust"));
            }
        }
    }
}

/// Where a doctest is written: `src/lib.rs - add (line 8)`.
fn doctest(name: &str) -> Option<(String, u32, Option<u32>)> {
    let (path, rest) = name.split_once(" - ")?;
    let line = rest.split_once("(line ")?.1.split(')').next()?.parse().ok()?;
    Some((path.to_owned(), line, None))
}

impl Block {
    fn line(&mut self, line: &Line<'_>) {
        let text = line.text;
        if let Some(panic) = &mut self.panic {
            // What was compared stands right below.
            let compared = text.starts_with("  left: ") || text.starts_with(" right: ");
            if compared && panic.span.last + 1 == line.number {
                panic.span.last = line.number;
            }
            panic.frame_line(text);
        }
        if let Some(place) = text.trim_start().strip_prefix("--> ").and_then(place) {
            self.place.get_or_insert_with(|| (place.path.to_owned(), place.line, place.column));
        }
        let words = text
            .strip_prefix("Error: ")
            .or_else(|| text.strip_prefix("note: ").filter(|note| note.starts_with("test did not panic")))
            .or_else(|| {
                text.strip_prefix("error: ")
                    .or_else(|| text.strip_prefix("error[").and_then(|error| Some(error.split_once("]: ")?.1)))
            });
        if let Some(words) = words {
            self.message.get_or_insert((words.to_owned(), line.number));
        }
    }
}

impl Panic {
    /// `             at ./src/lib.rs:8:28` of a backtrace.
    fn frame_line(&mut self, text: &str) {
        if self.frame.is_none()
            && let Some(frame) = text.trim_start().strip_prefix("at ").and_then(place)
            && !is_foreign(frame.path.trim_start_matches('/'))
        {
            self.frame = Some((frame.path.to_owned(), frame.line, frame.column));
        }
    }

    fn failure(self, kind: Kind, tool: &str) -> Failure {
        let message = self.message.unwrap_or_else(|| "panicked".to_owned());
        let mut failure = Failure::new(kind, tool, message, self.span);
        let own = (self.path, self.line, self.column);
        let (path, line, column) = match self.frame {
            Some(frame) if is_foreign(own.0.trim_start_matches('/')) => frame,
            _ => own,
        };
        failure.path = Some(path);
        failure.line = Some(line);
        failure.column = column;
        failure
    }
}

/// `thread 'x' panicked at src/lib.rs:8:28:` with the message below, and before 1.73 `… at 'message', src/lib.rs:8:28`.
fn read_panic(line: &Line<'_>) -> Option<Panic> {
    if !line.text.contains("panicked at ") {
        return None;
    }
    let found = PANIC.captures(line.text)?;
    let place = place(found.name("place")?.as_str().trim_end_matches(':'))?;
    Some(Panic {
        thread: found.name("thread")?.as_str().to_owned(),
        path: place.path.to_owned(),
        line: place.line,
        column: place.column,
        message: found.name("message").map(|message| message.as_str().to_owned()),
        span: Span::at(line.number),
        frame: None,
    })
}

fn counts(result: &regex::Captures<'_>) -> TestCounts {
    let count = |name| result.name(name).and_then(|count| count.as_str().parse().ok()).unwrap_or(u32::MAX);
    TestCounts { passed: count("passed"), failed: count("failed"), skipped: count("ignored") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stages::extract::tests::{read, told};

    // Printed by cargo 1.95.
    const RUN: &str = r"     Running unittests src/lib.rs (target/debug/deps/demo-8348ca7a80742723)

running 6 tests
test tests::adds ... ok
test tests::calm - should panic ... FAILED
test tests::errs ... FAILED
test tests::message ... FAILED
test tests::slow ... ignored, slow

failures:

---- tests::calm stdout ----
note: test did not panic as expected at src/lib.rs:23:8
---- tests::errs stdout ----
Error: ParseIntError { kind: InvalidDigit }

---- tests::message stdout ----
hello
error: printed by the code under test

thread 'tests::message' (19424) panicked at src/lib.rs:25:20:
two
lines
note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace


failures:
    tests::calm
    tests::errs
    tests::message

test result: FAILED. 1 passed; 3 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s

error: test failed, to rerun pass `--lib`
";

    #[test]
    fn each_failing_test_is_told_with_its_panic_or_its_error() {
        assert_eq!(
            told(RUN),
            [
                "cargo-test test_failure | tests::calm | test did not panic as expected at src/lib.rs:23:8 | @13-13",
                "cargo-test test_failure | tests::errs | ParseIntError { kind: InvalidDigit } | @15-15",
                "cargo-test test_failure | src/lib.rs:25:20 | tests::message | two | @21-22",
            ]
        );
    }

    #[test]
    fn the_census_names_every_test_and_tells_targets_apart() {
        let twice = format!("{RUN}     Running tests/x.rs (target/debug/deps/x-1)\n\ntest tests::adds ... FAILED\n");
        let tests = read(&twice).tests;
        let adds: Vec<_> = tests.iter().filter(|(name, _)| name.contains("adds")).cloned().collect();
        assert_eq!(
            adds,
            [("tests::adds".to_owned(), TestEnd::Passed), ("tests::adds (tests/x.rs)".to_owned(), TestEnd::Failed)]
        );
        assert_eq!(tests.len(), 6);
        assert_eq!(read(RUN).counts, Some(TestCounts { passed: 1, failed: 3, skipped: 1 }));
    }

    #[test]
    fn a_panic_inside_the_library_is_told_where_our_own_code_is() {
        let log = "\
---- tests::x stdout ----

thread 'tests::x' (7) panicked at /rustc/59807616e1fa/library/core/src/ops/function.rs:250:5:
called `Option::unwrap()` on a `None` value
stack backtrace:
   0: __rustc::rust_begin_unwind
             at /rustc/59807616e1fa/library/std/src/panicking.rs:689:5
   6: sensor::smooth
             at ./src/lib.rs:8:28

failures:
    tests::x
";
        assert_eq!(
            told(log),
            [
                "cargo-test test_failure | src/lib.rs:8:28 | tests::x | called `Option::unwrap()` on a `None` value | @3-4"
            ]
        );
    }

    #[test]
    fn before_1_73_a_message_of_many_lines_stands_before_its_place() {
        let panic = "thread 'main' panicked at 'assertion failed: `(left == right)`\n  left: `None`,\n right: `Some(\"a\")`', src/main.rs:211:21\nnote: run with `RUST_BACKTRACE=1`\n";
        assert_eq!(
            told(panic),
            ["rust runtime_error | src/main.rs:211:21 | assertion failed: `(left == right)` | @1-3"]
        );
        let test = format!("running 1 test\n{}test tests::x ... FAILED\n", panic.replace("'main'", "'tests::x'"));
        assert_eq!(
            told(&test),
            ["cargo-test test_failure | src/main.rs:211:21 | tests::x | assertion failed: `(left == right)` | @2-4"]
        );
        let endless =
            format!("thread 'main' panicked at 'no\n{}x', src/main.rs:1:1\n", "x\n".repeat(QUOTED_LINES_MAX as usize));
        assert_eq!(told(&endless), [""; 0]);
    }

    #[test]
    fn quiet_runs_and_older_panics_are_read() {
        let log = "\
.. 2/3
tests::old --- FAILED

failures:

---- tests::old stdout ----
thread 'tests::old' panicked at 'index out of bounds: the len is 2', src/lib.rs:8:28

failures:
    tests::old

test result: FAILED. 2 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.08s
";
        assert_eq!(
            told(log),
            ["cargo-test test_failure | src/lib.rs:8:28 | tests::old | index out of bounds: the len is 2 | @7-7"]
        );
        assert_eq!(read(log).tests, []);
    }

    #[test]
    fn uncaptured_panics_find_their_test_and_a_programs_own_is_a_runtime_error() {
        let test = "thread 'tests::x' (1) panicked at src/lib.rs:25:20:\nno\ntest tests::x ... FAILED\n\
                    test result: FAILED. 0 passed; 1 failed; 0 ignored; 0 measured\n";
        assert_eq!(told(test), ["cargo-test test_failure | src/lib.rs:25:20 | tests::x | no | @1-2"]);
        let program = "\nthread 'main' (1) panicked at src/main.rs:1:57:\na value\nnote: run with `RUST_BACKTRACE=1`\n";
        assert_eq!(told(program), ["rust runtime_error | src/main.rs:1:57 | a value | @2-3"]);
    }

    #[test]
    fn a_test_program_that_was_killed_is_told() {
        let log = "error: test failed, to rerun pass `--lib`\n\nCaused by:\n  process didn't exit successfully: `/w/target/debug/deps/demo-1` (signal: 11, SIGSEGV: invalid memory reference)\n";
        assert_eq!(
            told(log),
            [
                "cargo-test test_failure | the test program ended by signal: 11, SIGSEGV: invalid memory reference | @4-4"
            ]
        );
    }

    // Printed by cargo 1.95.
    #[test]
    fn a_doctest_has_the_place_that_its_name_or_the_compiler_tells() {
        let log = "\
failures:

---- src/lib.rs - add (line 8) stdout ----
error[E0425]: cannot find function `none` in crate `shop`
  --> src/lib.rs:10:7
   |

---- src/lib.rs - add (line 4) stdout ----
Test executable failed (exit status: 101).

";
        assert_eq!(
            told(log),
            [
                "cargo-test test_failure | src/lib.rs:10:7 | src/lib.rs - add (line 8) | cannot find function `none` in crate `shop` | @4-4",
                "cargo-test test_failure | src/lib.rs:4 | src/lib.rs - add (line 4) | the test failed | @8-8",
            ]
        );
    }
}
