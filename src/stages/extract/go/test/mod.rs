//! `go test`: what its tests said before they failed, panics with their traces, and packages that ended otherwise.

mod panic;

use std::collections::HashSet;

use self::panic::Panic;
use crate::domain::failure::{Failure, Kind, TestEnd};
use crate::domain::log::{Line, Span};
use crate::stages::extract::paths::SOMEWHERE;
use crate::stages::extract::pattern::{Pattern, group, number};
use crate::stages::extract::reader::{Attention, Findings, Reader};

/// Tests of one package whose end is known; a package with more failing ones fails for one reason.
const FAILED_MAX: usize = 1_000;

/// Tests that may run at once, or inside each other, and be heard.
const BEGUN_MAX: usize = 1_000;

/// Lines that a test printed with its place; the first ones say what went wrong.
const SAID_MAX: usize = 50;

/// A sentence of a test may go on over lines; a longer one is a large diff.
const MESSAGE_LINES_MAX: usize = 20;

#[derive(Default)]
pub struct GoTest {
    /// With `-v`, the tests that have begun, and what they have said so far: it is told before their end.
    begun: Vec<(String, Vec<Said>)>,
    /// The one of them that speaks.
    running: Option<String>,
    /// Tests of this package that failed, in order.
    failed: Vec<Failed>,
    panic: Option<Panic>,
    /// `exit status 2`: what is left to say of a package that names no test.
    exit: Option<(String, u64)>,
    /// The last data race, which is told before the test that it fails.
    race: Option<Race>,
    /// Ginkgo runs the specifications inside of the next test, and has told of them.
    specs: bool,
    /// The package of the tests that gotestsum tells again at its end.
    again: Option<String>,
    /// Tests that were told, by name.
    told: HashSet<String>,
}

/// `WARNING: DATA RACE`, up to the row of signs that ends it.
#[derive(Default)]
struct Race {
    frame: Option<(String, u32)>,
    log: Option<Span>,
    /// Both accesses were told.
    told: bool,
    ended: bool,
}

/// A sentence with its place: `    tree_test.go:7: Add(1, 2) = -1, want 3`.
struct Said {
    file: String,
    line: u32,
    indent: usize,
    message: Vec<String>,
    log: Span,
}

struct Failed {
    name: String,
    at: u64,
    said: Vec<Said>,
    panic: Option<Panic>,
}

static RUN: Pattern = Pattern::new(r"^=== (?:RUN|CONT|NAME) +(\S+)$");
/// gotestsum's `=== FAIL: cart TestAdds (0.00s)`, after all packages (`testjson/summary.go`).
static AGAIN: Pattern = Pattern::new(r"^=== FAIL: (\S+) (\S+) \(\d");
static AGAIN_ENDS: Pattern = Pattern::new(r"^DONE \d+ tests?");
static RACE_FRAME: Pattern = Pattern::new(r"^ {6}(\S.*\.go):(\d+) \+0x");
static END: Pattern = Pattern::new(r"^ *--- (PASS|FAIL|SKIP): (\S+) \(\d");
static SAID: Pattern = Pattern::new(r"^( +)(\w[\w.-]*\.go):(\d+): ?(.*)$");
static PACKAGE: Pattern = Pattern::new(r"^(FAIL|ok  )\t(\S+)(?:\t| )(.*)$");

/// Words with which people say what went wrong; a test may log other things before.
static VERDICT: Pattern = Pattern::new(
    r"(?i)\b(?:want(?:ed)?|expect(?:ed|ing)?|got|unexpected|should|must|fail(?:ed|ure)?|error|mismatch|not equal|invalid|missing)\b|!=",
);

impl Reader for GoTest {
    fn tool(&self) -> &'static str {
        "go-test"
    }

    fn wakes(&self) -> &'static [&'static str] {
        &[
            "--- FAIL: ",
            "--- PASS: ",
            "--- SKIP: ",
            "=== RUN",
            "=== CONT",
            "=== NAME",
            "FAIL\t",
            "ok  \t",
            "panic: ",
            "fatal error: ",
            "exit status ",
            "=== FAIL: ",
            "WARNING: DATA RACE",
            "FAIL! -- ",
        ]
    }

    fn passes(&self) -> &'static [&'static str] {
        &["--- PASS: ", "ok  \t"]
    }

    fn line(&mut self, line: &Line<'_>, found: &mut Findings) -> Attention {
        let text = line.text;
        if let Some(run) = RUN.captures(text) {
            self.begin(group(&run, 1));
            return Attention::Stay;
        }
        if let Some(end) = END.captures(text) {
            return self.test_end(group(&end, 1), group(&end, 2), line.number, found);
        }
        if let Some(race) = self.race.as_mut().filter(|race| !race.ended) {
            race.line(line);
            return Attention::Stay;
        }
        if text == "WARNING: DATA RACE" {
            self.race = Some(Race { log: Some(Span::at(line.number)), ..Race::default() });
            return Attention::Stay;
        }
        if text.starts_with("FAIL! -- ") {
            self.specs = true;
            return Attention::Sleep;
        }
        if let Some(again) = AGAIN.captures(text) {
            self.tell_again(found);
            self.again = Some(group(&again, 1).to_owned());
            return self.test_end("FAIL", group(&again, 2), line.number, found);
        }
        if self.again.is_some() && AGAIN_ENDS.is_match(text) {
            self.tell_again(found);
            return Attention::Sleep;
        }
        if let Some(package) = PACKAGE.captures(text) {
            let said = (group(&package, 1) == "FAIL").then(|| group(&package, 3));
            self.package_end(group(&package, 2), said, line.number, found);
            return Attention::Sleep;
        }
        if text == "FAIL" || text == "PASS" {
            self.running = None;
            return Attention::Stay;
        }
        if text.starts_with("exit status ") {
            self.exit = Some((text.to_owned(), line.number));
            return Attention::Sleep;
        }
        // What is below this line belongs to go only where a trace or a package's end follows.
        if self.panic.is_none()
            && let Some(panic) = Panic::begin(line)
        {
            self.panic = Some(panic);
            return Attention::Stay;
        }
        if let Some(panic) = &mut self.panic {
            if panic.read(line) {
                return Attention::Stay;
            }
            if !panic.traced {
                // Something else that was only called a panic.
                self.panic = None;
            }
            return Attention::Sleep;
        }
        self.say(line)
    }

    /// A log that was cut, or go that was killed: the package's end is not told.
    fn end(&mut self, found: &mut Findings) {
        if self.failed.is_empty() && self.begun.is_empty() {
            // No test was running: a program that `go run` started.
            if let Some(panic) = self.panic.take_if(|panic| panic.traced && panic.test.is_none()) {
                let mut failure = panic.failure();
                (failure.kind, failure.tool) = (Kind::RuntimeError, "go".to_owned());
                found.failure(failure);
            }
        }
        if self.again.is_some() {
            self.tell_again(found);
        } else {
            self.tell("", found);
        }
        self.told.clear();
        (self.race, self.specs) = (None, false);
    }
}

/// `src/testing/testing.go`: what a test is failed with after a race.
const RACE_DETECTED: &str = "race detected during execution of test";

impl Race {
    /// Says where it raced, instead of where `testing` noticed.
    fn explain(self, failure: &mut Failure) {
        failure.code = Some("data race".to_owned());
        if let Some((path, line)) = self.frame {
            (failure.path, failure.line) = (Some(path), Some(line));
        }
        failure.log = self.log.unwrap_or(failure.log);
    }

    fn line(&mut self, line: &Line<'_>) {
        if line.text.starts_with("======") {
            self.ended = true;
            return;
        }
        if let Some(frame) = RACE_FRAME.captures(line.text).filter(|frame| panic::is_own(group(frame, 1))) {
            if self.frame.is_none() {
                self.frame = Some((group(&frame, 1).to_owned(), number(&frame, 2).unwrap_or(0)));
            }
            self.extend(line.number);
        } else if line.text.starts_with("Goroutine ") {
            // Who started them is not what raced.
            self.told = true;
        }
    }

    fn extend(&mut self, line: u64) {
        if let Some(log) = self.log.as_mut().filter(|_| !self.told) {
            log.last = line;
        }
    }
}

impl GoTest {
    /// Tells what gotestsum tells at its end, where it is not known yet.
    fn tell_again(&mut self, found: &mut Findings) {
        let package = self.again.take();
        let told = std::mem::take(&mut self.told);
        self.failed.retain(|failed| !told.contains(&failed.name));
        if self.failed.is_empty() && package.is_some() {
            self.panic = None;
        }
        self.told = told;
        self.tell(package.as_deref().unwrap_or_default(), found);
    }

    fn begin(&mut self, name: &str) {
        if !self.begun.iter().any(|(begun, _)| begun == name) && self.begun.len() < BEGUN_MAX {
            self.begun.push((name.to_owned(), Vec::new()));
        }
        self.running = Some(name.to_owned());
    }

    fn test_end(&mut self, end: &str, name: &str, line: u64, found: &mut Findings) -> Attention {
        let end = match end {
            "PASS" => TestEnd::Passed,
            "FAIL" => TestEnd::Failed,
            _ => TestEnd::Skipped,
        };
        found.test(name, end);
        let begun = self.begun.iter().position(|(begun, _)| begun == name);
        let said = begun.map(|at| self.begun.remove(at).1).unwrap_or_default();
        self.running = None;
        if end == TestEnd::Failed && self.failed.len() < FAILED_MAX {
            self.failed.push(Failed { name: name.to_owned(), at: line, said, panic: None });
        }
        Attention::Stay
    }

    /// A sentence of the running test, or below the end of one that failed.
    fn say(&mut self, line: &Line<'_>) -> Attention {
        let running = self.running.as_ref();
        let begun = running.and_then(|name| self.begun.iter_mut().find(|(begun, _)| begun == name));
        let saying = match (begun, self.failed.last_mut()) {
            (Some((_, said)), _) => said,
            (None, Some(failed)) if running.is_none() => &mut failed.said,
            (None, _) => return Attention::Sleep,
        };
        if let Some(said) = SAID.captures(line.text) {
            if saying.len() < SAID_MAX {
                saying.push(Said {
                    file: group(&said, 2).to_owned(),
                    line: number(&said, 3).unwrap_or(0),
                    indent: group(&said, 1).len(),
                    message: vec![group(&said, 4).to_owned()],
                    log: Span::at(line.number),
                });
            }
            return Attention::Stay;
        }
        if let Some(said) = saying.last_mut()
            && line.text.len() - line.text.trim_start().len() > said.indent
            && said.log.last + 1 == line.number
            && said.message.len() < MESSAGE_LINES_MAX
        {
            said.message.push(line.text.trim().to_owned());
            said.log.last = line.number;
        }
        Attention::Stay
    }

    /// `said` is what go says of a package that failed.
    fn package_end(&mut self, package: &str, said: Option<&str>, line: u64, found: &mut Findings) {
        let exit = self.exit.take().filter(|(_, at)| at + 1 == line);
        let running = self.running.clone();
        let told = self.tell(package, found);
        // What could not be built is told by the compiler.
        let built = !said.is_some_and(|said| said.contains("failed]"));
        if said.is_some() && !told && built {
            let (message, first) = exit.unwrap_or_else(|| ("the test program ended early".to_owned(), line));
            let log = Span { first, last: line };
            let mut failure = Failure::new(Kind::TestFailure, "go-test", format!("{package}: {message}"), log);
            failure.test = running;
            found.failure(failure);
        }
    }

    /// Tells what failed in a package; whether anything did.
    fn tell(&mut self, package: &str, found: &mut Findings) -> bool {
        let mut failed = std::mem::take(&mut self.failed);
        if let Some(panic) = self.panic.take() {
            let running = self.running.take().map(|name| {
                let begun = self.begun.iter().position(|(begun, _)| *begun == name);
                (begun.map(|at| self.begun.remove(at).1).unwrap_or_default(), name)
            });
            attach(panic, &mut failed, running);
        }
        self.running = None;
        self.begun.clear();
        let told = !failed.is_empty();
        let names: Vec<String> = failed.iter().map(|failed| failed.name.clone()).collect();
        for failed in failed {
            let silent = failed.said.is_empty() && failed.panic.is_none();
            let around = format!("{}/", failed.name);
            if silent && names.iter().any(|name| name.starts_with(&around)) {
                // It failed because a test inside it did.
                continue;
            }
            if self.told.len() < FAILED_MAX {
                self.told.insert(failed.name.clone());
            }
            let raced = failed.said.iter().any(|said| said.message.iter().any(|line| line.contains(RACE_DETECTED)));
            let race = self.race.take_if(|_| raced);
            let mut failure = failed.failure(package);
            if let Some(race) = race {
                race.explain(&mut failure);
            }
            failure.primary = !(silent && self.specs);
            found.failure(failure);
        }
        told
    }
}

/// A panic belongs to the test it names, to the last one that failed, or to the one that was running.
fn attach(panic: Panic, failed: &mut Vec<Failed>, running: Option<(Vec<Said>, String)>) {
    let named = panic.test.clone().or_else(|| running.as_ref().map(|(_, name)| name.clone()));
    let deepest =
        failed.last_mut().filter(|last| named.as_ref().is_none_or(|name| last.name.starts_with(name.as_str())));
    if let Some(last) = deepest {
        last.panic = Some(panic);
    } else if let (Some(name), Some(log)) = (named, panic.log) {
        let said = running.map(|(said, _)| said).unwrap_or_default();
        failed.push(Failed { name, at: log.first, said, panic: Some(panic) });
    }
}

impl Failed {
    fn failure(self, package: &str) -> Failure {
        let mut failure = Failure::new(Kind::TestFailure, "go-test", "the test failed", Span::at(self.at));
        if let Some(panic) = self.panic {
            failure = panic.failure();
        } else if let Some(said) = verdict(&self.said) {
            failure.message = said.text();
            failure.log = said.log;
            failure.line = Some(said.line);
            failure.path = Some(match package {
                "" => said.file.clone(),
                package => format!("{SOMEWHERE}{package}/{}", said.file),
            });
        }
        failure.test = Some(self.name);
        failure
    }
}

/// The sentence that says why: the first that sounds like it, else the last.
fn verdict(said: &[Said]) -> Option<&Said> {
    said.iter().find(|said| said.message.iter().any(|line| VERDICT.is_match(line))).or_else(|| said.last())
}

impl Said {
    /// The message; of testify's table only what it calls the error.
    fn text(&self) -> String {
        let is_field =
            |line: &str, name: &str| line.strip_prefix(name).is_some_and(|rest| rest.starts_with(['\t', ' ']));
        if let Some(at) = self.message.iter().position(|line| is_field(line, "Error:")) {
            let error = self.message.iter().skip(at);
            let lines = error.take_while(|line| !is_field(line, "Test:") && !is_field(line, "Messages:"));
            return lines.map(|line| line.trim_start_matches("Error:").trim()).collect::<Vec<_>>().join("\n");
        }
        self.message.join("\n").trim().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stages::extract::tests::read;

    /// `go test ./...` and `go test -v ./...` of the same packages, as go 1.26 prints them.
    const SHORT: &str = include_str!("../../../../../fixtures/logs/go-1.26-test.txt");
    const VERBOSE: &str = include_str!("../../../../../fixtures/logs/go-1.26-test-v.txt");

    type Row = (Option<String>, Option<String>, Option<u32>, Option<String>, String, Span);

    fn shown(log: &str) -> Vec<Row> {
        let failures = read(log).failures.into_iter().filter(|failure| failure.tool == "go-test");
        failures
            .map(|failure| (failure.test, failure.path, failure.line, failure.code, failure.message, failure.log))
            .collect()
    }

    fn row(test: &str, path: &str, line: u32, code: &str, message: &str, log: (u64, u64)) -> Row {
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let log = Span { first: log.0, last: log.1 };
        (some(test), some(path), (line > 0).then_some(line), some(code), message.to_owned(), log)
    }

    #[test]
    fn tests_fail_with_what_they_said_and_where_they_panicked() {
        let tree = "…/example.com/shop/tree/tree_test.go";
        assert_eq!(
            shown(SHORT),
            [
                row("TestDl/sub", "/srv/go/dl/f_test.go", 5, "panic", "test timed out after 2s", (6, 6)),
                row("", "", 0, "", "example.com/shop/fatal: exit status 3", (51, 52)),
                row(
                    "TestIndex",
                    "/srv/go/stock/stock.go",
                    3,
                    "panic",
                    "runtime error: index out of range [5] with length 1",
                    (57, 67)
                ),
                row("TestAdd", tree, 7, "", "Add(1, 2) = -1, want 3", (76, 76)),
                row("TestTable/one_too_many", tree, 16, "", "got -1\nwant 3", (80, 81)),
                row("TestFailNow", "", 0, "", "the test failed", (82, 82)),
                row("TestHelper", tree, 26, "", "from helper", (84, 84)),
            ]
        );
    }

    #[test]
    fn with_v_the_same_is_told_before_the_tests_end() {
        let without_place =
            |rows: Vec<Row>| rows.into_iter().map(|row| (row.0, row.1, row.2, row.4)).collect::<Vec<_>>();
        let (mut short, verbose) = (without_place(shown(SHORT)), without_place(shown(VERBOSE)));
        // With `-v` it is known which test was running when the program ended.
        short[1] =
            (Some("TestF".to_owned()), None, None, "example.com/shop/fatal: the test program ended early".to_owned());
        assert_eq!(verbose, short);
    }

    #[test]
    fn with_v_every_test_is_named() {
        let expected = [
            ("TestFine", TestEnd::Passed),
            ("TestIndex", TestEnd::Failed),
            ("TestAdd", TestEnd::Failed),
            ("TestTable", TestEnd::Failed),
            ("TestTable/one_too_many", TestEnd::Failed),
            ("TestTable/ok", TestEnd::Passed),
            ("TestSkip", TestEnd::Skipped),
            ("TestOk", TestEnd::Passed),
            ("TestFailNow", TestEnd::Failed),
            ("TestHelper", TestEnd::Failed),
        ];
        assert_eq!(read(VERBOSE).tests, expected.map(|(name, end)| (name.to_owned(), end)));
    }

    #[test]
    fn a_package_that_was_not_built_is_the_compilers_matter() {
        assert_eq!(shown("FAIL\texample.com/shop/brk [build failed]\nFAIL\texample.com/a [setup failed]\nFAIL\n"), []);
    }

    #[test]
    fn of_testifys_table_only_the_error_is_kept() {
        let log = "--- FAIL: TestAdd (0.00s)
    tree_test.go:12: a log line
    tree_test.go:13: 
        \tError Trace:\t/srv/go/tree/tree_test.go:13
        \tError:      \tNot equal: 
        \t            \texpected: 3
        \t            \tactual  : -1
        \tTest:       \tTestAdd
FAIL
FAIL\texample.com/shop/tree\t0.004s
";
        let message = "Not equal:\nexpected: 3\nactual  : -1";
        let tree = "…/example.com/shop/tree/tree_test.go";
        assert_eq!(shown(log), [row("TestAdd", tree, 13, "", message, (3, 8))]);
    }

    #[test]
    fn a_panic_of_another_goroutine_belongs_to_the_test_in_its_trace() {
        let log = "panic: boom

goroutine 18 [running]:
example.com/shop/stock.TestGo.func1()
\t/srv/go/stock/stock_test.go:9 +0x25
created by example.com/shop/stock.TestGo in goroutine 7
\t/srv/go/stock/stock_test.go:8 +0x1d
FAIL\texample.com/shop/stock\t0.006s
";
        assert_eq!(shown(log), [row("TestGo", "/srv/go/stock/stock_test.go", 9, "panic", "boom", (1, 1))]);
    }

    #[test]
    fn a_panic_outside_tests_is_the_programs() {
        let log = "panic: boom\n\ngoroutine 1 [running]:\nmain.main()\n\t/srv/go/main.go:4 +0x25\nexit status 2\n";
        let reading = read(log);
        assert_eq!(reading.failures[0].tool, "go");
        assert_eq!(reading.failures[0].line, Some(4));
        assert!(read("panic: at the disco\nfine\n").failures.iter().all(|failure| failure.tool != "go"));
    }

    #[test]
    fn what_is_kept_is_bounded() {
        let said = "    a_test.go:1: no\n".repeat(SAID_MAX + 1);
        let more = "        more\n".repeat(MESSAGE_LINES_MAX + 1);
        let log = format!("--- FAIL: TestA (0.00s)\n{said}{more}");
        let mut reader = GoTest::default();
        let mut found = Findings::default();
        let mut tell = |reader: &mut GoTest, log: &str| {
            for (text, number) in log.lines().zip(1..) {
                reader.line(&Line { number, text, mark: crate::domain::log::Mark::Plain }, &mut found);
            }
        };
        tell(&mut reader, &log);
        assert_eq!(reader.failed[0].said.len(), SAID_MAX);
        assert!(reader.failed[0].said.iter().all(|said| said.message.len() <= MESSAGE_LINES_MAX));
        tell(&mut reader, &"--- FAIL: TestA (0.00s)\n".repeat(FAILED_MAX + 1));
        assert_eq!(reader.failed.len(), FAILED_MAX);
        let begun: String = (0..=BEGUN_MAX).map(|nth| format!("=== RUN   Test{nth}\n")).collect();
        tell(&mut reader, &begun);
        assert_eq!(reader.begun.len(), BEGUN_MAX);
    }

    // Printed by go 1.26.
    #[test]
    fn a_data_race_is_told_where_it_raced() {
        let log = "\
==================
WARNING: DATA RACE
Read at 0x00c000096188 by goroutine 8:
  example.com/shop/race.TestRace.func1()
      /home/runner/work/x/x/race/race_test.go:8 +0x33

Previous write at 0x00c000096188 by goroutine 7:
  example.com/shop/race.TestRace()
      /home/runner/work/x/x/race/race_test.go:9 +0x116
  testing.tRunner()
      /usr/local/go/src/testing/testing.go:2036 +0x21c

Goroutine 8 (running) created at:
  example.com/shop/race.TestRace()
      /home/runner/work/x/x/race/race_test.go:8 +0xf9
==================
--- FAIL: TestRace (0.01s)
    testing.go:1712: race detected during execution of test
FAIL
FAIL\texample.com/shop/race\t0.151s
";
        let path = "/home/runner/work/x/x/race/race_test.go";
        assert_eq!(
            shown(log),
            [row("TestRace", path, 8, "data race", "race detected during execution of test", (2, 9))]
        );
    }

    // Printed by gotestsum 1.13, which tells after all packages what failed in them.
    #[test]
    fn gotestsum_tells_again_what_failed_and_it_is_told_once() {
        let summary = "\
=== Failed
=== FAIL: slow TestFails (0.00s)
    slow_test.go:8: got 1, want 2

DONE 4 tests, 1 failure in 10.227s
";
        let expected = |at| row("TestFails", "…/slow/slow_test.go", 8, "", "got 1, want 2", (at, at));
        assert_eq!(shown(summary), [expected(3)]);
        let verbose = "--- FAIL: TestFails (0.00s)\n    slow_test.go:8: got 1, want 2\nFAIL\tslow\t0.1s\n";
        assert_eq!(shown(&format!("{verbose}{summary}")), [expected(2)]);
    }
}
