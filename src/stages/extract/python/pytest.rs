//! pytest: every `--tb` style, `-v`, `-rA`, `-q`, xdist, subtests, collection errors.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::Regex;

use super::frames::{Exception, Frame, Frames, exception, frame, loading_kind, tell};
use crate::domain::failure::{Failure, Kind, TestCounts, TestEnd};
use crate::domain::log::{Line, Span};
use crate::stages::extract::form::Form;
use crate::stages::extract::reader::{Attention, Findings, Reader, TESTS_MAX};

/// Failing tests of one session whose block is remembered until the summary names them.
const PENDING_MAX: usize = 1_000;

/// It was called in a way that it does not understand: `UsageError` of `_pytest/config/exceptions.py`, which it prints
/// behind `ERROR: ` (`_pytest/main.py`), or behind its name where an option is unknown (`_pytest/config/argparsing.py`).
pub const USAGE: Form = Form {
    tool: "pytest",
    kind: Kind::WorkflowError,
    wakes: &[
        "pytest: error: ",
        "ERROR: file or directory not found: ",
        "ERROR: not found: ",
        "ERROR: found no collectors for ",
        "ERROR: Wrong expression passed to ",
        "ERROR: Error importing plugin ",
    ],
    lines: &[concat!(
        r"^(?:pytest: error: (?P<message>.+)|ERROR: (?P<message2>(?:file or directory not found: |not found: \S+::",
        r"|found no collectors for |Wrong expression passed to '-|Error importing plugin ).+))$",
    )],
    ..Form::DEFAULT
};

/// Reads a session of pytest.
#[derive(Default)]
pub struct Pytest {
    part: Part,
    block: Option<Block>,
    pending: Vec<Block>,
    /// What `--tb=line` prints of each failing test: its place and its error.
    places: Vec<(Frame, String)>,
    tests: BTreeMap<String, TestEnd>,
    /// Some tests were named as they ran, so all are.
    named_as_they_ran: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Part {
    #[default]
    Nothing,
    /// Below `= FAILURES =` or `= ERRORS =`.
    Blocks,
    /// Below `Captured stdout call`: what the code under test printed.
    Captured,
    /// Below `short test summary info`.
    Summary,
}

/// What one failing test printed.
#[derive(Debug, Default)]
struct Block {
    title: String,
    collecting: bool,
    frames: Frames,
    /// The class that stands after the last place: `app.py:7: TypeError`.
    code: Option<String>,
    error: Option<String>,
    first: u64,
    last: u64,
    in_error: bool,
}

macro_rules! pattern {
    ($name:ident, $pattern:expr) => {
        static $name: LazyLock<Regex> = LazyLock::new(|| Regex::new($pattern).expect("the pattern compiles"));
    };
}

pattern!(SECTION, r"^=+ (?<title>.+?) =+$");
pattern!(TITLE, r"^_{3,} (?<title>.+?) _{3,}$");
pattern!(CAPTURED, r"^-{3,} Captured (?:stdout|stderr|log) \w+ -{3,}$");
pattern!(PLACE, r"^(?<path>[^\s:](?:[^:]|:\\)*\.\w+):(?<line>\d+): (?<rest>.*)$");
pattern!(
    COUNTS,
    r"^(?:=+ )?(?<counts>no tests ran|\d+ (?:failed|passed|skipped|deselected|xfailed|xpassed|warnings?|errors?|subtests passed)\b.*) in [\d.]+s(?: \([\d:, a-z]+\))?(?: =+)?$"
);
pattern!(COUNT, r"(?<count>\d+) (?<what>failed|passed|skipped|xfailed|xpassed|error)");
pattern!(CONTAINS, r"^contains \d+ failed subtests?$");
pattern!(RAN_APART, r"^\[gw\d+\] \[ *\d+%\] (?<end>PASSED|FAILED|ERROR|SKIPPED|XFAIL|XPASS) (?<name>\S.*?)\s*$");
pattern!(
    SUMMARY,
    r"^(?<end>PASSED|FAILED|ERROR|SUBFAILED(?<sub>(?:\[.*?\])?(?: ?\(.*?\))?)|SUBFAIL|XFAIL|XPASS) (?<name>\S.*?)(?: - (?<message>.*))?$"
);

impl Reader for Pytest {
    fn tool(&self) -> &'static str {
        "pytest"
    }

    fn wakes(&self) -> &'static [&'static str] {
        &[
            "test session starts",
            "= failures =",
            "= errors =",
            "short test summary info",
            "importerror while loading conftest",
            // As they run: `name PASSED  [  7%]`, `[gw0] [  7%] PASSED name`.
            " passed  ",
            " passed [",
            "] passed ",
            " failed  ",
            " failed [",
            "] failed ",
            " error  ",
            " error [",
            "] error ",
            " skipped  ",
            " skipped [",
            " skipped (",
            "] skipped ",
            " xfail ",
            " xpass ",
            // At the end: `1 failed, 2 passed in 0.18s`.
            " passed in ",
            " passed, ",
            " failed in ",
            " failed, ",
            " skipped in ",
            " skipped, ",
            " error in ",
            " errors in ",
            " deselected in ",
            "no tests ran in ",
        ]
    }

    fn passes(&self) -> &'static [&'static str] {
        &[" passed  ", " passed [", "] passed "]
    }

    fn line(&mut self, line: &Line<'_>, found: &mut Findings) -> Attention {
        if line.text.starts_with('=')
            && let Some(section) = SECTION.captures(line.text).and_then(|section| section.name("title"))
            && let Some(attention) = self.section(section.as_str(), line, found)
        {
            return attention;
        }
        match self.part {
            Part::Nothing => self.outside(line, found),
            Part::Blocks | Part::Captured => {
                if self.counts(line.text, found) {
                    return Attention::Sleep;
                }
                self.block_line(line);
                Attention::Stay
            }
            Part::Summary => self.summary_line(line, found),
        }
    }

    fn end(&mut self, found: &mut Findings) {
        self.finish(None, found);
    }
}

impl Pytest {
    /// A line between `=`: a section's title or the session's last words.
    fn section(&mut self, title: &str, line: &Line<'_>, found: &mut Findings) -> Option<Attention> {
        match title {
            "test session starts" => {
                self.finish(None, found);
                Some(Attention::Sleep)
            }
            "FAILURES" | "ERRORS" => {
                self.part = Part::Blocks;
                self.close_block();
                Some(Attention::Stay)
            }
            "short test summary info" => {
                self.part = Part::Summary;
                self.close_block();
                Some(Attention::Stay)
            }
            "warnings summary" | "PASSES" => {
                self.close_block();
                self.part = Part::Nothing;
                Some(Attention::Sleep)
            }
            _ if self.counts(line.text, found) => Some(Attention::Sleep),
            // Another section, of a plugin; below `Captured` it is what the code under test printed.
            _ if self.part == Part::Blocks => {
                self.close_block();
                self.part = Part::Nothing;
                Some(Attention::Sleep)
            }
            _ => None,
        }
    }

    /// Tests that are named as they run, and a `conftest.py` that cannot be loaded.
    fn outside(&mut self, line: &Line<'_>, found: &mut Findings) -> Attention {
        if line.text.starts_with("ImportError while loading conftest") {
            self.part = Part::Blocks;
            self.block = Some(Block { collecting: true, first: line.number, last: line.number, ..Block::default() });
            return Attention::Stay;
        }
        if line.text.contains("::")
            && let Some((name, end)) = ran(line.text)
        {
            self.named_as_they_ran = true;
            self.test(name, end);
            return Attention::Sleep;
        }
        self.counts(line.text, found);
        Attention::Sleep
    }

    fn block_line(&mut self, line: &Line<'_>) {
        if let Some(title) = TITLE.captures(line.text).and_then(|title| title.name("title")) {
            self.close_block();
            self.part = Part::Blocks;
            let title = title.as_str();
            let collecting = title.strip_prefix("ERROR collecting ");
            let at = title.split_once(" of ").filter(|(what, _)| what.starts_with("ERROR at "));
            self.block = Some(Block {
                title: collecting.or(at.map(|(_, test)| test)).unwrap_or(title).to_owned(),
                collecting: collecting.is_some(),
                first: line.number,
                last: line.number,
                ..Block::default()
            });
            return;
        }
        if CAPTURED.is_match(line.text) {
            self.part = Part::Captured;
        }
        if self.part == Part::Captured {
            return;
        }
        match &mut self.block {
            Some(block) => block.line(line),
            None if self.places.len() < PENDING_MAX => self.places.extend(place(line.text)),
            None => {}
        }
    }

    fn summary_line(&mut self, line: &Line<'_>, found: &mut Findings) -> Attention {
        if self.counts(line.text, found) {
            return Attention::Sleep;
        }
        let Some(told) = SUMMARY.captures(line.text) else {
            // The rest of a message that has several lines.
            return Attention::Stay;
        };
        let (Some(end), Some(name)) = (told.name("end"), told.name("name")) else { return Attention::Stay };
        let end = end.as_str();
        self.test(name.as_str(), end);
        // A subtest is named as its block is: `test_a.py::test_b [message] (i=1)`.
        let sub = told.name("sub").map_or("", |sub| sub.as_str().trim());
        let named = format!("{} {sub}", name.as_str());
        let named = named.trim_end();
        if end.starts_with("FAILED") || end.starts_with("ERROR") || end.starts_with("SUBFAIL") {
            let block = self.take_pending(named);
            let message = told.name("message").map(|message| message.as_str());
            let mut failure = failure(block, Some(named), message, line.number);
            // `_pytest/subtests.py`: the test around them fails by them.
            failure.primary &= !message.is_some_and(|message| CONTAINS.is_match(message));
            if failure.line.is_none()
                && let Some(place) = message.and_then(|message| self.take_place(message))
            {
                failure.path = Some(place.path);
                failure.line = Some(place.line);
            }
            found.failure(failure);
        }
        Attention::Stay
    }

    fn test(&mut self, name: &str, end: &str) {
        let end = match end {
            "PASSED" | "XPASS" => TestEnd::Passed,
            "SKIPPED" | "XFAIL" => TestEnd::Skipped,
            _ => TestEnd::Failed,
        };
        if self.tests.len() < TESTS_MAX {
            // A test with subtests, or one that the summary names again, has failed if it failed once.
            let known = self.tests.entry(name.to_owned()).or_insert(end);
            if end == TestEnd::Failed {
                *known = end;
            }
        }
    }

    /// The session's last line; what is not named in a summary is told now.
    fn counts(&mut self, text: &str, found: &mut Findings) -> bool {
        if !text.contains(" in ") {
            return false;
        }
        let Some(counts) = COUNTS.captures(text).and_then(|counts| counts.name("counts")) else { return false };
        let mut sum = TestCounts::default();
        for count in COUNT.captures_iter(counts.as_str()) {
            let (Some(number), Some(what)) = (count.name("count"), count.name("what")) else { continue };
            let number = number.as_str().parse::<u32>().unwrap_or(u32::MAX);
            let counter = match what.as_str() {
                "passed" | "xpassed" => &mut sum.passed,
                "skipped" | "xfailed" => &mut sum.skipped,
                _ => &mut sum.failed,
            };
            *counter = counter.saturating_add(number);
        }
        self.finish(Some(sum), found);
        true
    }

    /// The session is over. Tests are named only where all of them are: half a census would look like vanished tests.
    fn finish(&mut self, counts: Option<TestCounts>, found: &mut Findings) {
        self.close_block();
        self.part = Part::Nothing;
        for block in self.pending.drain(..) {
            let line = block.last;
            found.failure(failure(Some(block), None, None, line));
        }
        self.places.clear();
        let tests = std::mem::take(&mut self.tests);
        let passed = tests.values().filter(|end| **end == TestEnd::Passed).count();
        let complete = counts.is_some_and(|counts| counts.passed as usize == passed);
        if std::mem::take(&mut self.named_as_they_ran) || complete {
            for (name, end) in tests {
                found.test(&name, end);
            }
        }
        if let Some(counts) = counts {
            found.count(counts);
        }
    }

    fn close_block(&mut self) {
        if let Some(block) = self.block.take()
            && block.error.is_some()
            && self.pending.len() < PENDING_MAX
        {
            self.pending.push(block);
        }
    }

    fn take_place(&mut self, message: &str) -> Option<Frame> {
        let message = message.trim_end_matches("...");
        let at = self.places.iter().position(|(_, error)| error.starts_with(message))?;
        Some(self.places.remove(at).0)
    }

    /// The block of a test that the summary names.
    fn take_pending(&mut self, name: &str) -> Option<Block> {
        let tail = name.split_once("::").map(|(_, tail)| tail.replace("::", "."));
        let same = |block: &Block| match &tail {
            Some(tail) => {
                block.title == *tail
                    || block.title.strip_prefix(tail.as_str()).is_some_and(|rest| rest.starts_with(" ("))
            }
            None => block.title == name,
        };
        let at = self.pending.iter().position(same)?;
        Some(self.pending.remove(at))
    }
}

impl Block {
    fn line(&mut self, line: &Line<'_>) {
        let was_in_error = std::mem::take(&mut self.in_error);
        if let Some(error) = line.text.strip_prefix('E').filter(|error| error.is_empty() || error.starts_with("  ")) {
            let error = error.trim();
            if !was_in_error {
                // A later error of the same test is the one that ended it.
                self.error = Some(error.to_owned());
                self.first = line.number;
            } else if let Some(syntax) = exception(error).filter(|read| loading_kind(&read.code).is_some()) {
                self.error = Some(format!("{}: {}", syntax.code, syntax.message));
            }
            if let Some(place) = frame(error) {
                self.frames.push(place);
            }
            self.last = line.number;
            self.in_error = true;
        } else if let Some(place) = frame(line.text) {
            self.frames.push(place);
        } else if let Some((place, rest)) = place(line.text) {
            self.frames.push(place);
            if let Some(read) = exception(&rest).filter(|_| self.error.is_some()) {
                self.code = Some(read.code);
                self.last = line.number;
            }
        } else if let Some(read) = exception(line.text).filter(|_| self.frames.place().is_some()) {
            // `--tb=native`: the exception stands at the line's start, as Python prints it.
            self.error = Some(format!("{}: {}", read.code, read.message));
            self.first = line.number;
            self.last = line.number;
        }
    }
}

/// Reads `app.py:7: TypeError` and `app.py:7: in add`.
fn place(text: &str) -> Option<(Frame, String)> {
    let found = PLACE.captures(text)?;
    let line = found.name("line")?.as_str().parse().ok()?;
    Some((Frame { path: found.name("path")?.as_str().to_owned(), line }, found.name("rest")?.as_str().to_owned()))
}

/// One failing test, told from its block, its line in the summary, or both.
fn failure(block: Option<Block>, name: Option<&str>, message: Option<&str>, line: u64) -> Failure {
    let block = block.unwrap_or_else(|| Block { first: line, last: line, ..Block::default() });
    let error = block.error.as_deref().or(message).unwrap_or("failed");
    let read = exception(error).unwrap_or_else(|| Exception {
        code: block.code.clone().unwrap_or_else(|| "AssertionError".to_owned()),
        message: error.to_owned(),
    });
    let collecting = block.collecting || name.is_some_and(|name| !name.contains("::"));
    let kind = if collecting { loading_kind(&read.code).unwrap_or(Kind::BuildError) } else { Kind::TestFailure };
    let mut failure = Failure::new(kind, "pytest", "", Span { first: block.first, last: block.last });
    tell(&mut failure, read, block.frames.place());
    failure.test = name.map(str::to_owned).or_else(|| {
        let entry = block.frames.entry().filter(|_| !block.collecting && !block.title.is_empty())?;
        Some(format!("{}::{}", entry.path, block.title.replace('.', "::")))
    });
    if failure.path.is_none() {
        failure.path = failure.test.as_deref().and_then(|test| test.split("::").next()).map(str::to_owned);
    }
    failure
}

/// `tests/test_a.py::test_b PASSED  [ 12%]`, `… SKIPPED (why)`, and `[gw0] [ 12%] PASSED tests/test_a.py::test_b` of a
/// run in parallel: the name, and how it ended. By hand, for a green log is made of such lines.
fn ran(text: &str) -> Option<(&str, &str)> {
    if text.starts_with("[gw") {
        let apart = RAN_APART.captures(text)?;
        return Some((apart.name("name")?.as_str(), apart.name("end")?.as_str()));
    }
    let is_share = |inside: &str| inside.bytes().all(|byte| byte.is_ascii_digit() || byte == b' ');
    let body = match text.strip_suffix("%]").and_then(|head| head.rsplit_once('[')) {
        Some((head, share)) if is_share(share) => head.trim_end_matches(' '),
        _ => text,
    };
    let named = |head| ended(head).filter(|(name, _)| is_named_in_a_file(name));
    named(body).or_else(|| body.strip_suffix(')')?.match_indices(" (").find_map(|(at, _)| named(body.get(..at)?)))
}

fn ended(text: &str) -> Option<(&str, &str)> {
    text.rsplit_once(' ')
        .filter(|(_, end)| matches!(*end, "PASSED" | "FAILED" | "ERROR" | "SKIPPED" | "XFAIL" | "XPASS"))
}

/// `tests/test_a.py::…`: the first colon ends a file's name.
fn is_named_in_a_file(name: &str) -> bool {
    let Some((file, test)) = name.split_once(':') else { return false };
    let extension = file.rsplit_once('.').map_or("", |(_, extension)| extension);
    let is_word = !extension.is_empty() && extension.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    is_word && !file.starts_with(char::is_whitespace) && test.strip_prefix(':').is_some_and(|test| !test.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stages::extract::tests::{check_only, read, told};

    // Printed by pytest 9.2.
    const QUIET: &str = r#"F..                                                                      [100%]
=================================== FAILURES ===================================
___________________________________ test_add ___________________________________

client = <FlaskClient <Flask 'app'>>

    def test_add(client):
>       response = client.get("/add/2/3")
                   ^^^^^^^^^^^^^^^^^^^^^^

tests/test_app.py:13: 
_ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ 
/opt/venv/lib/python3.11/site-packages/werkzeug/test.py:1166: in get
    return self.open(*args, **kw)
           ^^^^^^^^^^^^^^^^^^^^^^
_ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ 

a = 2, b = 3

    @app.get("/add/<int:a>/<int:b>")
    def add(a, b):
        result = a + b
>       return "The result is: " + result
               ^^^^^^^^^^^^^^^^^^^^^^^^^^
E       TypeError: can only concatenate str (not "int") to str

app.py:7: TypeError
----------------------------- Captured stdout call -----------------------------
E   KeyError: printed by the code under test
=========================== short test summary info ============================
FAILED tests/test_app.py::test_add - TypeError: can only concatenate str (not "int") to str
1 failed, 2 passed in 0.18s
"#;

    const TOLD: &str = "pytest test_failure | app.py:7 | tests/test_app.py::test_add | TypeError | \
                        can only concatenate str (not \"int\") to str | @25-27";

    // Printed by pytest 9.2.
    #[test]
    fn a_call_that_it_does_not_understand_is_the_workflows_fault() {
        for (log, expected) in [
            (
                "ERROR: usage: pytest [options] [file_or_dir] [file_or_dir] [...]\npytest: error: unrecognized arguments: --nosuch\n  inifile: None\n",
                "pytest workflow_error | unrecognized arguments: --nosuch | @2-2",
            ),
            (
                "ERROR: not found: /tmp/pu/test_a.py::nope\n(no match in any of [<Module test_a.py>])\n",
                "pytest workflow_error | not found: /tmp/pu/test_a.py::nope | @1-1",
            ),
            (
                "ERROR: file or directory not found: nosuch.py\n",
                "pytest workflow_error | file or directory not found: nosuch.py | @1-1",
            ),
            (
                "ERROR: Error importing plugin \"nosuch\": No module named 'nosuch'\n",
                "pytest workflow_error | Error importing plugin \"nosuch\": No module named 'nosuch' | @1-1",
            ),
        ] {
            check_only(log.trim_end(), expected);
        }
        let another = told("ERROR: not found: libfoo\n");
        assert!(another.iter().all(|told| !told.starts_with("pytest ")), "{another:?}");
    }

    #[test]
    fn a_test_is_named_as_it_runs() {
        for (line, read) in [
            ("t/test_a.py::test_b PASSED  [  7%]", Some(("t/test_a.py::test_b", "PASSED"))),
            ("t/test_a.py::test_b[a b] FAILED", Some(("t/test_a.py::test_b[a b]", "FAILED"))),
            ("t/test_a.py::test_b SKIPPED (no (network) here) [100%]", Some(("t/test_a.py::test_b", "SKIPPED"))),
            ("[gw0] [  7%] PASSED t/test_a.py::test_b ", Some(("t/test_a.py::test_b", "PASSED"))),
            ("FAILED t/test_a.py::test_b - assert 1", None),
            ("note: t/test_a.py::test_b PASSED", None),
            ("std::string PASSED", None),
            ("t/test_a.py::test_b passed", None),
            (" (", None),
        ] {
            assert_eq!(super::ran(line), read, "{line}");
        }
    }

    #[test]
    fn a_failing_test_is_told_at_the_deepest_place_of_our_own() {
        assert_eq!(told(QUIET), [TOLD]);
    }

    #[test]
    fn colour_changes_nothing() {
        let coloured = QUIET
            .replace("FAILED tests", "\u{1b}[31mFAILED\u{1b}[0m tests")
            .replace("app.py:7:", "\u{1b}[1m\u{1b}[31mapp.py\u{1b}[0m:7:")
            .replace("E       TypeError", "\u{1b}[1m\u{1b}[31mE       TypeError")
            .replace("___ test_add ___", "___ test_add ___\u{1b}[0m");
        assert_eq!(told(&coloured), [TOLD]);
    }

    #[test]
    fn a_session_that_only_counts_names_no_tests() {
        let reading = read(QUIET);
        assert_eq!(reading.tests, []);
        assert_eq!(reading.counts, Some(TestCounts { passed: 2, failed: 1, skipped: 0 }));
    }

    #[test]
    fn a_log_that_is_cut_before_the_summary_still_tells_the_test() {
        let cut = QUIET.split("---- Captured").next().expect("a head");
        assert_eq!(
            told(cut),
            ["pytest test_failure | app.py:7 | tests/test_app.py::test_add | TypeError | \
              can only concatenate str (not \"int\") to str | @25-27"]
        );
    }

    #[test]
    fn a_plain_assertion_has_its_code_too_in_every_style() {
        for log in [
            "\
=================================== FAILURES ===================================
__________________________________ test_multi __________________________________

    def test_multi():
>       assert [1, 2, 3] == [1, 2, 4]
E       assert [1, 2, 3] == [1, 2, 4]
E         
E         At index 2 diff: 3 != 4

test_calc.py:41: AssertionError
=========================== short test summary info ============================
FAILED test_calc.py::test_multi - assert [1, 2, 3] == [1, 2, 4]
========================= 1 failed, 3 passed in 0.03s ==========================
",
            "\
=================================== FAILURES ===================================
__________________________________ test_multi __________________________________
test_calc.py:41: in test_multi
    assert [1, 2, 3] == [1, 2, 4]
E   assert [1, 2, 3] == [1, 2, 4]
E     
E     At index 2 diff: 3 != 4
=========================== short test summary info ============================
FAILED test_calc.py::test_multi - assert [1, 2, 3] == [1, 2, 4]
1 failed, 3 passed in 0.03s
",
            "\
=================================== FAILURES ===================================
E   assert [1, 2, 3] == [1, 2, 4]
      
      At index 2 diff: 3 != 4
/home/runner/work/x/x/test_calc.py:41: assert [1, 2, 3] == [1, 2, 4]
=========================== short test summary info ============================
FAILED test_calc.py::test_multi - assert [1, 2, 3] == [1, 2, 4]
1 failed, 3 passed in 0.03s
",
        ] {
            let told = told(log).join("");
            let expected = "pytest test_failure | test_calc.py:41 | test_calc.py::test_multi | AssertionError | \
                            assert [1, 2, 3] == [1, 2, 4] | @";
            assert!(told.starts_with(expected), "{told}");
        }
    }

    #[test]
    fn native_tracebacks_are_read_too() {
        let log = "\
=================================== FAILURES ===================================
__________________________________ test_chain __________________________________
Traceback (most recent call last):
  File \"/home/runner/work/x/x/test_calc.py\", line 65, in test_chain
    {}[\"a\"]
    ~~^^^^^
KeyError: 'a'

The above exception was the direct cause of the following exception:

Traceback (most recent call last):
  File \"/opt/venv/lib/python3.11/site-packages/_pytest/runner.py\", line 361, in from_call
    result: TResult | None = func()
                             ^^^^^^
  File \"/home/runner/work/x/x/test_calc.py\", line 67, in test_chain
    raise ValueError(\"bad key\") from e
ValueError: bad key
=========================== short test summary info ============================
FAILED test_calc.py::test_chain - ValueError: bad key
1 failed in 0.10s
";
        assert_eq!(
            told(log),
            ["pytest test_failure | test_calc.py:67 | test_calc.py::test_chain | ValueError | bad key | @17-17"]
        );
    }

    #[test]
    fn a_module_that_cannot_be_loaded_is_no_failing_test() {
        let log = r#"
==================================== ERRORS ====================================
____________________ ERROR collecting tests/test_loader.py _____________________
ImportError while importing test module '/home/runner/work/x/x/tests/test_loader.py'.
Hint: make sure your test modules/packages have valid Python names.
Traceback:
/opt/python/3.11.7/lib/python3.11/importlib/__init__.py:126: in import_module
    return _bootstrap._gcd_import(name[level:], package, level)
           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
tests/test_loader.py:1: in <module>
    from catalog.loader import load_prices
catalog/loader.py:3: in <module>
    from catalog.csv_reader import read_rows
E   ModuleNotFoundError: No module named 'catalog.csv_reader'
_____________________ ERROR collecting tests/test_slots.py _____________________
<frozen importlib._bootstrap>:690: in _load_unlocked
    ???
tests/test_slots.py:1: in <module>
    from schedule.slots import is_free, slots
E     File "/home/runner/work/x/x/schedule/slots.py", line 6
E       return list(
E                  ^
E   SyntaxError: '(' was never closed
=========================== short test summary info ============================
ERROR tests/test_loader.py
ERROR tests/test_slots.py
!!!!!!!!!!!!!!!!!!! Interrupted: 2 errors during collection !!!!!!!!!!!!!!!!!!!!
2 errors in 0.12s
"#;
        assert_eq!(
            told(log),
            [
                "pytest dependency_issue | catalog/loader.py:3 | tests/test_loader.py | ModuleNotFoundError | \
                 No module named 'catalog.csv_reader' | @14-14",
                "pytest build_error | schedule/slots.py:6 | tests/test_slots.py | SyntaxError | \
                 '(' was never closed | @20-23",
            ]
        );
    }

    #[test]
    fn a_conftest_that_cannot_be_loaded_is_told_without_a_test() {
        let log = "\
ImportError while loading conftest '/home/runner/work/x/x/conftest.py'.
conftest.py:1: in <module>
    import nosuchmodule
E   ModuleNotFoundError: No module named 'nosuchmodule'
";
        assert_eq!(
            told(log),
            ["pytest dependency_issue | conftest.py:1 | ModuleNotFoundError | No module named 'nosuchmodule' | @4-4"]
        );
    }

    #[test]
    fn tests_that_are_named_as_they_run_make_a_census() {
        let log = "\
============================= test session starts ==============================
collecting ... collected 13 items

test_calc.py::test_add[1-2-3] FAILED                                     [  7%]
test_calc.py::test_add[0-0-0] PASSED                                     [ 15%]
test_calc.py::test_fixture ERROR                                         [ 30%]
test_calc.py::test_skip SKIPPED (later)                                  [ 38%]
test_calc.py::test_xfail XFAIL                                           [ 46%]
[gw1] [ 69%] FAILED test_calc.py::test_fail 
=========================== short test summary info ============================
FAILED test_calc.py::test_add[1-2-3] - AssertionError: sum is wrong
ERROR test_calc.py::test_fixture - RuntimeError: no database
========= 2 failed, 1 passed, 1 skipped, 1 xfailed, 1 error in 0.13s ==========
";
        let tests = read(log).tests;
        let named: Vec<_> = tests.iter().map(|(name, end)| (name.trim_start_matches("test_calc.py::"), *end)).collect();
        assert_eq!(
            named,
            [
                ("test_add[0-0-0]", TestEnd::Passed),
                ("test_add[1-2-3]", TestEnd::Failed),
                ("test_fail", TestEnd::Failed),
                ("test_fixture", TestEnd::Failed),
                ("test_skip", TestEnd::Skipped),
                ("test_xfail", TestEnd::Skipped),
            ]
        );
        assert_eq!(read(log).counts, Some(TestCounts { passed: 1, failed: 3, skipped: 2 }));
    }

    #[test]
    fn a_summary_of_all_tests_makes_a_census_and_one_of_failing_tests_does_not() {
        let all = "\
=========================== short test summary info ============================
PASSED test_calc.py::test_add[0-0-0]
FAILED test_calc.py::test_div - ZeroDivisionError: division by zero
1 failed, 1 passed in 0.06s
";
        assert_eq!(read(all).tests.len(), 2);
        let failing = all.replace("PASSED test_calc.py::test_add[0-0-0]\n", "");
        assert_eq!(read(&failing).tests, []);
        assert_eq!(told(&failing).len(), 1);
    }
}
