//! The Test Anything Protocol, of whatever language: prove, Bats, node-tap, `--reporter tap`.
//!
//! testanything.org, version 13 and 14: `not ok {n} - {description}`, not where `# TODO` or `# SKIP` follows; below it
//! an indented block of YAML from `---` to `...`, or lines after `#`. Perl's Test::Builder writes `#   Failed test
//! '{name}'`, `#   at {file} line {line}.`, `#          got: '1'` there, which is all that `prove` passes on. Bats writes
//! `# (in test file {file}, line {line})`. Mocha's reporter indents the message and the stack.

use crate::domain::failure::{Failure, Kind, TestEnd};
use crate::domain::log::{Line, Span};
use crate::stages::extract::pattern::{Pattern, group, number};
use crate::stages::extract::reader::{Attention, Findings, Reader};
use crate::stages::extract::script::frames::own_frame;

/// What is said of one test; more is a listing.
const BLOCK_LINES_MAX: u64 = 60;

/// Lines of the message that are kept.
const MESSAGE_LINES_MAX: usize = 12;

#[derive(Default)]
pub struct Tap {
    block: Option<Block>,
    /// How far the last failing test was indented: one further out is the suite around it.
    indent: usize,
}

struct Block {
    failure: Failure,
    message: Vec<String>,
    /// Below `---`, and how far that is indented.
    yaml: Option<usize>,
}

static NOT_OK: Pattern = Pattern::new(r"^\s*not ok\b(?: \d+)?(?: -)?(?: (.*?))?\s*$");
static EXCUSED: Pattern = Pattern::new(r"(?i)(?:^|\s)# *(?:todo|skip)");
static FAILED_TEST: Pattern = Pattern::new(r"^\s*#\s+Failed (?:\(TODO\) )?test(?: '(.*)')?(?: at (.+) line (\d+)\.)?$");
static AT_LINE: Pattern = Pattern::new(r"^\s*#\s+at (.+) line (\d+)\.$");
static BATS_AT: Pattern = Pattern::new(r"^# ?\(?(?:.*)?in test file (.+?), line (\d+)\)?");
static YAML_MESSAGE: Pattern =
    Pattern::new(r"^\s+(?:message|error):\s*(?:['\x22](.*?)['\x22]|([^|>\s].*?)|[|>][-+]?\d?)\s*$");
static YAML_PLACE: Pattern = Pattern::new(
    r"^\s+(?:at|location|file|fileName):\s*['\x22]?(?:file://)?([^'\x22\s>][^'\x22]*?)(?::(\d+)(?::(\d+))?)?['\x22]?$",
);
static YAML_LINE: Pattern = Pattern::new(r"^\s+(?:line|lineNumber):\s*(\d+)$");
static YAML_VALUE: Pattern = Pattern::new(r"^\s+(?:expected|actual|got|wanted|found|operator):\s*(.*)$");
static YAML_NAME: Pattern = Pattern::new(r"^\s+(?:name|code|type):\s*['\x22]?(\w*(?:Error|Exception))['\x22]?$");
static PLAN: Pattern = Pattern::new(r"^(?:ok\b|\d+\.\.\d+)");
static BAIL_OUT: Pattern = Pattern::new(r"^\s*Bail out!\s*(.*)$");

impl Reader for Tap {
    fn tool(&self) -> &'static str {
        "tap"
    }

    fn wakes(&self) -> &'static [&'static str] {
        &["not ok ", "Failed test", "Bail out!"]
    }

    fn line(&mut self, line: &Line<'_>, found: &mut Findings) -> Attention {
        let text = line.text;
        if let Some(not_ok) = NOT_OK.captures(text) {
            let description = group(&not_ok, 1);
            if EXCUSED.is_match(description) {
                self.end(found);
                return Attention::Sleep;
            }
            return self.begin(description, line, found);
        }
        if let Some(failed) = FAILED_TEST.captures(text) {
            // Below its `not ok` it says the same; prove shows it alone.
            let name = group(&failed, 1);
            let same = |block: &Block| block.message.is_empty() && block.failure.line.is_none();
            if !self.block.as_ref().is_some_and(same) {
                self.begin(name, line, found);
            }
            if let (Some(block), Some(at)) = (&mut self.block, failed.get(2)) {
                block.place(at.as_str(), number(&failed, 3), None, line.number);
            }
            return Attention::Stay;
        }
        if let Some(bail) = BAIL_OUT.captures(text) {
            self.end(found);
            let reason = Some(group(&bail, 1)).filter(|reason| !reason.is_empty()).unwrap_or("Bail out!");
            found.failure(Failure::new(Kind::TestFailure, "tap", reason, Span::at(line.number)));
            return Attention::Sleep;
        }
        let Some(block) = &mut self.block else { return Attention::Sleep };
        if block.line(line) {
            return Attention::Stay;
        }
        self.end(found);
        Attention::Sleep
    }

    fn end(&mut self, found: &mut Findings) {
        let Some(mut block) = self.block.take() else { return };
        if let Some(test) = &block.failure.test {
            found.test(test, TestEnd::Failed);
        }
        if !block.message.is_empty() {
            block.failure.message = block.message.join("\n");
        }
        block.failure.tool = match block.failure.path.as_deref().and_then(|path| path.rsplit('.').next()) {
            Some("bats") => "bats",
            Some("t" | "pl" | "pm") => "prove",
            _ => "tap",
        }
        .to_owned();
        found.failure(block.failure);
    }
}

impl Tap {
    fn begin(&mut self, description: &str, line: &Line<'_>, found: &mut Findings) -> Attention {
        self.end(found);
        let message = if description.is_empty() { "the test failed" } else { description };
        let mut failure = Failure::new(Kind::TestFailure, "tap", message, Span::at(line.number));
        failure.test = (!description.is_empty()).then(|| description.to_owned());
        let indent = indent(line.text);
        failure.primary = indent >= self.indent;
        self.indent = indent;
        self.block = Some(Block { failure, message: Vec::new(), yaml: None });
        Attention::Stay
    }
}

fn indent(text: &str) -> usize {
    text.len() - text.trim_start().len()
}

impl Block {
    /// Reads a line below `not ok`; whether it still explains it.
    fn line(&mut self, line: &Line<'_>) -> bool {
        let text = line.text;
        if line.number - self.failure.log.first > BLOCK_LINES_MAX {
            return false;
        }
        let trimmed = text.trim();
        match trimmed {
            "---" => self.yaml = Some(indent(text)),
            "..." if self.yaml.is_some() => {
                self.failure.log.last = line.number;
                return false;
            }
            _ if self.yaml.is_some() => self.yaml(text),
            "" => return true,
            _ if trimmed.starts_with('#') => {
                if !self.comment(text, line.number) {
                    return false;
                }
            }
            _ if text.starts_with("  ") && trimmed.starts_with("at ") => {
                if let Some(frame) = own_frame(trimmed) {
                    self.place(&frame.path, Some(frame.line), Some(frame.column), line.number);
                }
                return true;
            }
            _ if text.starts_with("  ") && !PLAN.is_match(trimmed) => self.say(trimmed),
            _ => return false,
        }
        self.failure.log.last = line.number;
        true
    }

    fn comment(&mut self, text: &str, number_of_line: u64) -> bool {
        if let Some(at) = AT_LINE.captures(text).or_else(|| BATS_AT.captures(text)) {
            self.place(group(&at, 1), number(&at, 2), None, number_of_line);
            return true;
        }
        let said = text.trim().trim_start_matches('#').trim();
        // Bats' helpers, on the way to the test.
        if said.starts_with("(from function `") || said.starts_with("from function `") {
            return true;
        }
        // What sums a run up: `# tests 4`, `# Looks like you failed 1 test of 2.`, `# Subtest: x`.
        let sums_up = ["tests ", "pass ", "fail ", "Looks like you ", "Subtest: ", "time=", "failed "];
        if sums_up.iter().any(|start| said.starts_with(start)) {
            return false;
        }
        self.say(said);
        true
    }

    fn yaml(&mut self, text: &str) {
        // Deeper keys are those of what was compared.
        if self.yaml.is_some_and(|outer| indent(text) > outer + 2) {
            return;
        }
        if let Some(message) = YAML_MESSAGE.captures(text) {
            let said = [group(&message, 1), group(&message, 2)].concat();
            if !said.is_empty() {
                self.message.insert(0, said);
            }
        } else if let Some(place) = YAML_PLACE.captures(text) {
            self.place(group(&place, 1), number(&place, 2), number(&place, 3), self.failure.log.last);
        } else if let Some(line) = YAML_LINE.captures(text) {
            self.failure.line = self.failure.line.or(number(&line, 1));
        } else if let Some(name) = YAML_NAME.captures(text) {
            self.failure.code.get_or_insert_with(|| group(&name, 1).to_owned());
        } else if YAML_VALUE.is_match(text) {
            self.say(text.trim());
        }
    }

    fn place(&mut self, path: &str, line: Option<u32>, column: Option<u32>, at: u64) {
        if self.failure.path.is_none() && path.contains('.') {
            self.failure.path = Some(path.to_owned());
            (self.failure.line, self.failure.column) = (line, column);
        }
        self.failure.log.last = at;
    }

    fn say(&mut self, said: &str) {
        if self.message.len() < MESSAGE_LINES_MAX && !said.is_empty() {
            self.message.push(said.to_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stages::extract::tests::{read, told};

    #[test]
    fn a_block_of_yaml_holds_the_message_and_the_place() {
        let log = "\
TAP version 13
ok 1 - fine
not ok 2 - throws
  ---
    name: AssertionError
    message: 'Error thrown in test'
    at: 'file:///home/runner/work/x/x/test/cart.js:4:29'
  ...
not ok 3 - later # TODO not yet
not ok 4 - skipped # SKIP
1..4
# tests 4
# fail 1
";
        assert_eq!(
            told(log),
            ["tap test_failure | test/cart.js:4:29 | throws | AssertionError | Error thrown in test | @3-8"]
        );
    }

    // Printed by Test::More 1.3 under prove.
    #[test]
    fn prove_passes_on_what_perl_says_after_a_hash() {
        let log = "\
#   Failed test 'adds up'
#   at t/cart.t line 5.
#          got: '1'
#     expected: '2'
# Looks like you failed 1 test of 2.
t/cart.t .. 
Dubious, test returned 1 (wstat 256, 0x100)
Failed 1/2 subtests 
";
        assert_eq!(told(log)[0], "prove test_failure | t/cart.t:5 | adds up | got: '1'\nexpected: '2' | @1-4");
    }

    // Printed by Bats 1.8.
    #[test]
    fn bats_says_which_line_of_which_file() {
        let log = "\
1..2
not ok 1 adds up
# (in test file test/cart.bats, line 3)
#   `[ 1 -eq 2 ]' failed
ok 2 fine
";
        assert_eq!(told(log), ["bats test_failure | test/cart.bats:3 | adds up | `[ 1 -eq 2 ]' failed | @2-4"]);
        let helped = "\
not ok 2 divides
# (from function `divide' in file test/help.bash, line 5,
#  in test file test/math.bats, line 9)
#   `divide 1 0' failed with status 2
";
        assert_eq!(
            told(helped),
            ["bats test_failure | test/math.bats:9 | divides | `divide 1 0' failed with status 2 | @1-4"]
        );
    }

    #[test]
    fn a_block_and_its_message_are_bounded() {
        let reading = read(&format!("not ok 1 - a\n{}", "  x\n".repeat(BLOCK_LINES_MAX as usize + 10)));
        assert_eq!(reading.failures[0].message.lines().count(), MESSAGE_LINES_MAX);
        assert_eq!(reading.failures[0].log.last, BLOCK_LINES_MAX + 1);
    }

    #[test]
    fn the_suite_around_a_failing_test_is_a_cascade_and_a_stack_has_a_place() {
        let log =
            "    not ok 1 - adds\n      Error: no\n          at f (src/cart.js:3:4)\n    1..1\nnot ok 1 - cart\n1..1\n";
        assert_eq!(
            told(log),
            ["tap test_failure | src/cart.js:3:4 | adds | Error: no | @1-3", "[tap test_failure | cart | cart | @5-5]",]
        );
    }

    #[test]
    fn a_run_that_gives_up_says_why() {
        assert_eq!(told("Bail out! no database\n"), ["tap test_failure | no database | @1-1"]);
    }
}
