//! Mocha, and Cypress, which reports by it: the numbered blocks below `N failing`.
//!
//! `mocha/lib/reporters/base.js`, `list`: `  {n}) {suite}`, the suites and the test indented below each other, the last
//! with a colon; then the message, the difference, and the stack. Before Mocha 5 the full name stood in one line. All
//! reporters but `tap`, `json` and `xunit` end with this (`Base.prototype.epilogue`). Cypress prints `(Run Starting)`
//! and `Running:  {spec}  ({n} of {m})` around it (`packages/server/lib/util/print-run.ts`).

use super::frames::own_frame;
use crate::domain::failure::{Failure, Kind, TestCounts, TestEnd};
use crate::domain::log::{Line, Span};
use crate::stages::extract::pattern::{Pattern, group};
use crate::stages::extract::reader::{Attention, Findings, Reader};

/// What a failing test says before its stack; a longer message is a large diff.
const MESSAGE_LINES_MAX: usize = 20;

/// Suites are indented by two blanks each; a title of more lines is none.
const TITLE_LINES_MAX: usize = 20;

#[derive(Default)]
pub struct Mocha {
    part: Part,
    counts: TestCounts,
    block: Option<Block>,
    /// Cypress runs it, and this specification.
    cypress: bool,
    spec: Option<String>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Part {
    #[default]
    Nothing,
    /// Below `N passing`.
    Counts,
    /// Below `N failing`.
    Blocks,
}

struct Block {
    failure: Failure,
    title: Vec<String>,
    titled: bool,
    message: Vec<String>,
    stack: bool,
}

static COUNT: Pattern = Pattern::new(r"^\s{0,6}(\d+) (passing|pending|failing)(?: \(\d+\w+\))?\s*$");
static HEAD: Pattern = Pattern::new(r"^ {1,4}\d+\) (\S.*)$");
static RUNNING: Pattern = Pattern::new(r"^\s+Running:\s+(\S.*?)\s+\(\d+ of \d+\)");
static THROWN: Pattern = Pattern::new(r"^(?:Uncaught )?(\w*(?:Error|Exception))(?: \[\w+\])?: (.*)$");

impl Reader for Mocha {
    fn tool(&self) -> &'static str {
        "mocha"
    }

    fn wakes(&self) -> &'static [&'static str] {
        &[" passing", " failing", "(Run Starting)", "  Running:  "]
    }

    fn line(&mut self, line: &Line<'_>, found: &mut Findings) -> Attention {
        let text = line.text;
        if let Some(count) = COUNT.captures(text) {
            return self.count(group(&count, 1).parse().unwrap_or_default(), group(&count, 2));
        }
        match self.part {
            Part::Nothing => {}
            Part::Counts if text.trim().is_empty() => return Attention::Stay,
            Part::Blocks => {
                if self.go_on(line, found) {
                    return Attention::Stay;
                }
                self.end_block(found);
                self.end_run(found);
            }
            Part::Counts => self.end_run(found),
        }
        if text.contains("(Run Starting)") {
            self.cypress = true;
        } else if let Some(running) = RUNNING.captures(text) {
            self.spec = Some(group(&running, 1).to_owned());
        }
        Attention::Sleep
    }

    fn end(&mut self, found: &mut Findings) {
        self.end_block(found);
        self.end_run(found);
        *self = Self::default();
    }
}

impl Mocha {
    fn count(&mut self, count: u32, word: &str) -> Attention {
        let (slot, part) = match word {
            "passing" => (&mut self.counts.passed, Part::Counts),
            "pending" => (&mut self.counts.skipped, Part::Counts),
            _ => (&mut self.counts.failed, Part::Blocks),
        };
        *slot = count;
        self.part = part;
        Attention::Stay
    }

    /// A line below `N failing`; whether it is one of a block.
    fn go_on(&mut self, line: &Line<'_>, found: &mut Findings) -> bool {
        if let Some(head) = HEAD.captures(line.text).filter(|_| self.block.as_ref().is_none_or(|block| block.titled)) {
            self.end_block(found);
            let tool = if self.cypress { "cypress" } else { "mocha" };
            let mut failure = Failure::new(Kind::TestFailure, tool, "", Span::at(line.number));
            failure.path.clone_from(&self.spec);
            let mut block = Block { failure, title: Vec::new(), titled: false, message: Vec::new(), stack: false };
            block.title(group(&head, 1));
            self.block = Some(block);
            return true;
        }
        match &mut self.block {
            Some(block) => block.line(line),
            None => line.text.trim().is_empty(),
        }
    }

    fn end_block(&mut self, found: &mut Findings) {
        let Some(block) = self.block.take() else { return };
        let failure = block.finish();
        if let Some(test) = &failure.test {
            found.test(test, TestEnd::Failed);
        }
        found.failure(failure);
    }

    fn end_run(&mut self, found: &mut Findings) {
        if self.counts != TestCounts::default() {
            found.count(self.counts);
        }
        self.counts = TestCounts::default();
        self.part = Part::Nothing;
    }
}

impl Block {
    fn title(&mut self, text: &str) {
        let text = text.trim();
        self.titled = text.ends_with(':');
        self.title.push(text.trim_end_matches(':').to_owned());
    }

    /// Reads one line; whether it is of this block.
    fn line(&mut self, line: &Line<'_>) -> bool {
        let text = line.text;
        if !self.titled {
            let is_title = text.starts_with("   ") && self.title.len() < TITLE_LINES_MAX;
            if is_title {
                self.title(text);
                self.failure.log.last = line.number;
            }
            return is_title;
        }
        let trimmed = text.trim();
        if trimmed.starts_with("at ") && text.starts_with([' ', '\t']) {
            self.frame(line);
            return true;
        }
        if self.stack {
            // Below the stack stand blank lines, then the next block, indented; Cypress puts its advice there.
            return trimmed.is_empty() || text.starts_with("   ");
        }
        if !trimmed.is_empty() {
            self.failure.log.last = line.number;
            if self.message.len() < MESSAGE_LINES_MAX {
                self.message.push(trimmed.to_owned());
            }
        }
        true
    }

    fn frame(&mut self, line: &Line<'_>) {
        self.stack = true;
        if self.failure.line.is_none()
            && let Some(frame) = own_frame(line.text)
        {
            // Cypress bundles what it runs: `webpack://shop/./cypress/e2e/cart.cy.js:5:8`.
            let bundled = frame.path.split_once("://").and_then(|(_, path)| Some(path.split_once('/')?.1));
            let path = bundled.map_or(frame.path.as_str(), |path| path.trim_start_matches("./"));
            self.failure.path = Some(path.to_owned());
            self.failure.line = Some(frame.line);
            self.failure.column = Some(frame.column);
            self.failure.log.last = line.number;
        }
    }

    fn finish(mut self) -> Failure {
        self.failure.test = Some(self.title.join(" "));
        if let Some(thrown) = self.message.first().and_then(|first| THROWN.captures(first)) {
            self.failure.code = Some(group(&thrown, 1).to_owned());
            let first = group(&thrown, 2).to_owned();
            if let Some(slot) = self.message.first_mut() {
                *slot = first;
            }
        }
        self.failure.message = self.message.join("\n");
        self.failure
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stages::extract::tests::{read, told};

    // Printed by Mocha 12.
    const LOG: &str = r#"

  cart
    1) adds
    ✔ passes
    - skips
    inner
      2) "before all" hook for "never"


  1 passing (36ms)
  1 pending
  2 failing

  1) cart
       adds:

      AssertionError [ERR_ASSERTION]: Expected values to be strictly equal:

1 !== 2

      + expected - actual

      -1
      +2
      
      at Context.<anonymous> (test/cart.cjs:3:29)
      at process.processImmediate (node:internal/timers:483:21)

  2) cart
       inner
         "before all" hook for "never":
     Error: no db
      at open (src/db.cjs:7:26)
      at Context.<anonymous> (test/cart.cjs:12:5)



npm error code ELIFECYCLE
"#;

    #[test]
    fn blocks_are_told_with_their_suites_and_the_deepest_own_frame() {
        assert_eq!(
            told(LOG),
            [
                "mocha test_failure | test/cart.cjs:3:29 | cart adds | AssertionError | Expected values to be strictly equal:\n1 !== 2\n+ expected - actual\n-1\n+2 | @15-27",
                "mocha test_failure | src/db.cjs:7:26 | cart inner \"before all\" hook for \"never\" | Error | no db | @30-34",
            ]
        );
        let reading = read(LOG);
        assert_eq!(reading.counts, Some(TestCounts { passed: 1, failed: 2, skipped: 1 }));
        assert_eq!(reading.tests[0], ("cart adds".to_owned(), TestEnd::Failed));
    }

    #[test]
    fn cypress_names_the_bundled_file() {
        let log = "
  (Run Starting)

  Running:  cart.cy.js                                                                      (1 of 1)

  0 passing (4s)
  1 failing

  1) cart
       shows a total:
     AssertionError: Timed out retrying after 4000ms: Expected to find element: `.total`, but never found it.
      at Context.eval (webpack://shop/./cypress/e2e/cart.cy.js:5:8)


  (Results)
";
        assert_eq!(
            told(log),
            [
                "cypress test_failure | cypress/e2e/cart.cy.js:5:8 | cart shows a total | AssertionError | Timed out retrying after 4000ms: Expected to find element: `.total`, but never found it. | @9-12"
            ]
        );
    }

    #[test]
    fn a_message_at_the_limit_is_whole_and_a_longer_one_is_cut() {
        let log = format!("  1 failing\n\n  1) a:\n{}      at a.js:1:1\n", "     x\n".repeat(MESSAGE_LINES_MAX + 1));
        assert_eq!(read(&log).failures[0].message.lines().count(), MESSAGE_LINES_MAX);
    }

    #[test]
    fn a_title_of_too_many_lines_is_none() {
        let log = format!("  1 failing\n\n  1) a\n{}", "       b\n".repeat(TITLE_LINES_MAX));
        assert!(read(&log).failures[0].test.as_deref().is_some_and(|test| test.len() < 2 * TITLE_LINES_MAX));
    }

    #[test]
    fn a_green_run_is_counted_and_nothing_else() {
        let reading = read("  cart\n    ✔ adds\n\n\n  1 passing (3ms)\n\n");
        assert_eq!((reading.failures.len(), reading.counts.map(|counts| counts.passed)), (0, Some(1)));
        assert_eq!(told("the build is passing and nothing is failing\n"), [""; 0]);
    }
}
