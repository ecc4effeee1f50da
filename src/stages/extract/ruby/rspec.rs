//! RSpec: the blocks under `Failures:`, errors outside of examples, and the examples it names at its end.
//!
//! rspec-core `lib/rspec/core/formatters/exception_presenter.rb` (a block: number and name, `Failure/Error:` with the
//! source, the exception, the trace behind `# `), `base_text_formatter.rb` and `notifications.rb` (`Pending:`, `Failures:`,
//! the counts, `Failed examples:`), `reporter.rb` (`An error occurred while loading …`).

use std::collections::HashSet;

use super::frames::frame;
use crate::domain::failure::{Kind, TestCounts};
use crate::domain::log::Line;
use crate::stages::extract::block::Block;
use crate::stages::extract::pattern::{Pattern, group, number};
use crate::stages::extract::reader::{Attention, FAILURES_MAX, Findings, Reader};

#[derive(Default)]
pub struct Rspec {
    part: Part,
    block: Option<Block>,
    /// Where the block's lines belong.
    side: Side,
    /// A name that may belong to the line that comes next: formatters that tell failures while they run have no heading.
    named: Option<(String, u64)>,
    /// Examples that were told, by name: the list at the end names them once more.
    told: HashSet<String>,
}

#[derive(Default, PartialEq)]
enum Part {
    #[default]
    Elsewhere,
    /// What is expected to fail.
    Pending,
    Failures,
    /// An error outside of examples: nothing is indented.
    Outside,
}

#[derive(Default, PartialEq)]
enum Side {
    /// The line of the test's source.
    #[default]
    Source,
    Message,
    /// Diffs, traces and whatever comes after.
    Rest,
}

static HEADER: Pattern = Pattern::new(r"^ {1,6}(\d+)\) (\S.*)$");
static WHERE: Pattern = Pattern::new(r"^\s*(?:\d+\.(\d+)\) )?Failure/Error: ?(.*)$");
static CLASS: Pattern = Pattern::new(r"^\s*([A-Z]\w*(?:::\w+)*):$");
static COUNTS: Pattern = Pattern::new(
    r"^(\d+) examples?, (\d+) failures?(?:, (\d+) pending)?(?:, \d+ errors? occurred outside of examples)?$",
);
static RERUN: Pattern = Pattern::new(r"^rspec '?(\S+?)(?::(\d+)|\[[\d:]+\])?'? # (.+)$");
static OUTSIDE: Pattern = Pattern::new(r"^An error occurred (?:while loading (\S+\.rb)|(?:in|with) .+)");

impl Reader for Rspec {
    fn tool(&self) -> &'static str {
        "rspec"
    }

    fn wakes(&self) -> &'static [&'static str] {
        &[
            "Failures:\u{4}",
            "Failure/Error:",
            "Pending: (",
            "An error occurred ",
            "rspec ./",
            "rspec './",
            " examples, ",
            " example, ",
        ]
    }

    fn looks_back(&self) -> bool {
        true
    }

    fn line(&mut self, line: &Line<'_>, found: &mut Findings) -> Attention {
        let text = line.text;
        if let Some(outside) = OUTSIDE.captures(text) {
            self.tell(found);
            let mut block = Block::new("rspec", "", line.number);
            block.failure.kind = Kind::BuildError;
            block.failure.path = outside.get(1).map(|path| path.as_str().to_owned());
            self.open(Part::Outside, Some(block));
        } else if text == "Failures:" {
            self.tell(found);
            self.open(Part::Failures, None);
        } else if text.starts_with("Pending: (") || text == "Pending:" {
            self.tell(found);
            self.open(Part::Pending, None);
        } else if let Some(counts) = COUNTS.captures(text) {
            self.tell(found);
            self.open(Part::Elsewhere, None);
            found.count(counted(|index| number(&counts, index).unwrap_or_default()));
        } else if let Some(rerun) = RERUN.captures(text) {
            self.rerun(group(&rerun, 1), number(&rerun, 2), group(&rerun, 3), line.number, found);
        } else if let Some(header) = HEADER.captures(text).filter(|_| self.part != Part::Outside) {
            self.tell(found);
            match self.part {
                Part::Failures => self.begin(group(&header, 2), line.number),
                _ => self.named = Some((group(&header, 2).to_owned(), line.number)),
            }
        } else {
            self.inside(line, found);
        }
        if self.part == Part::Elsewhere { Attention::Sleep } else { Attention::Stay }
    }

    fn end(&mut self, found: &mut Findings) {
        self.tell(found);
        *self = Self::default();
    }
}

impl Rspec {
    fn open(&mut self, part: Part, block: Option<Block>) {
        (self.part, self.block, self.side) = (part, block, Side::Source);
    }

    fn begin(&mut self, name: &str, line: u64) {
        let name = name.strip_suffix(" (FAILED - 1)").unwrap_or(name);
        self.open(Part::Failures, Some(Block::new("rspec", name, line)));
    }

    fn inside(&mut self, line: &Line<'_>, found: &mut Findings) {
        let text = line.text;
        let named = self.named.take().filter(|(_, at)| at + 1 == line.number && self.part == Part::Elsewhere);
        let is_where = WHERE.captures(text);
        if let (Some((name, at)), Some(_)) = (named, &is_where) {
            self.begin(&name, at);
        }
        // What is not indented is no part of a block, but of an error outside of examples.
        if !text.is_empty() && !text.starts_with(' ') && self.part != Part::Outside {
            self.tell(found);
            self.open(Part::Elsewhere, None);
            return;
        }
        let Some(block) = &mut self.block else {
            // Other runners head their lists alike.
            if self.part == Part::Failures && !text.trim().is_empty() {
                self.open(Part::Elsewhere, None);
            }
            return;
        };
        if let Some(place) = is_where {
            // Of failures that were gathered the first is told.
            self.side = if number(&place, 1).is_none_or(|part| part == 1) { Side::Source } else { Side::Rest };
            if self.side == Side::Source {
                block.say_anew();
                block.failure.path = block.failure.path.take().filter(|_| self.part == Part::Outside);
                block.failure.log.last = line.number;
            }
            return;
        }
        let trimmed = text.trim_start();
        if trimmed.starts_with("# ") {
            self.side = Side::Rest;
            if let Some(frame) = frame(text).filter(|frame| frame.own) {
                block.failure.path = block.failure.path.take().filter(|_| block.failure.line.is_some());
                block.stands(frame.path, frame.line, line.number);
            }
        } else if self.part == Part::Outside && block.failure.line.is_some() && trimmed.is_empty() {
            self.tell(found);
            self.open(Part::Elsewhere, None);
        } else if trimmed.starts_with("Shared Example Group: ")
            || trimmed.starts_with("Diff:")
            || trimmed.starts_with("(compared using")
        {
            self.side = Side::Rest;
        } else if self.side == Side::Source && trimmed.is_empty() {
            self.side = Side::Message;
        } else if let (Side::Source | Side::Message, Some(class)) = (&self.side, CLASS.captures(text)) {
            block.failure.code.get_or_insert_with(|| group(&class, 1).to_owned());
            block.failure.log.last = line.number;
            self.side = Side::Message;
        } else if self.side != Side::Rest {
            // Without a blank line between, the message begins below a source of one line.
            self.side = Side::Message;
            block.say(text, line.number);
        }
    }

    /// The list at the end names what was told, unless a formatter left it out.
    fn rerun(&mut self, path: &str, at: Option<u32>, name: &str, line: u64, found: &mut Findings) {
        self.tell(found);
        self.open(Part::Elsewhere, None);
        if name.starts_with("An error occurred ") || self.told.contains(name) {
            return;
        }
        let mut block = Block::new("rspec", name, line);
        block.stands(path, at, line);
        block.tell(found);
    }

    fn tell(&mut self, found: &mut Findings) {
        let Some(block) = self.block.take() else { return };
        if let Some(name) = &block.failure.test
            && self.told.len() < FAILURES_MAX
        {
            self.told.insert(name.clone());
        }
        block.tell(found);
    }
}

/// RSpec counts all examples, those that failed and those that are pending.
fn counted(number: impl Fn(usize) -> u32) -> TestCounts {
    let (all, failed, skipped) = (number(1), number(2), number(3));
    TestCounts { passed: all.saturating_sub(failed.saturating_add(skipped)), failed, skipped }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::failure::TestEnd;
    use crate::domain::log::Span;
    use crate::stages::extract::tests::{read, shown, told};

    /// As RSpec 3.12 prints it.
    const LOG: &str = "\
F*F.FF

Pending: (Failures listed here are expected and do not affect your suite's status)

  1) Till waits
     # later
     Failure/Error: it('waits') { pending 'later'; expect(1).to eq 2 }

       expected: 2
            got: 1

       (compared using ==)
     # ./spec/till_spec.rb:8:in `block (2 levels) in <top (required)>'

Failures:

  1) Till opens
     Failure/Error: expect(Till.new.open(1, 2)).to eq(3)

       expected: 3
            got: -1

       (compared using ==)
     # ./spec/till_spec.rb:4:in `block (2 levels) in <top (required)>'

  2) Till when broken shuts
     Failure/Error: def shut = nil.upcase

     NoMethodError:
       undefined method `upcase' for nil:NilClass

         def shut = nil.upcase
                       ^^^^^^^
     # ./lib/till.rb:3:in `shut'
     # ./spec/till_spec.rb:7:in `block (2 levels) in <top (required)>'

  3) Till is shared
     Failure/Error: it('is shared') { expect(subject).to be_a(String) }
       expected #<Till:0x00007f10a4539948> to be a kind of String
     Shared Example Group: \"shared\" called from ./spec/till_spec.rb:28
     # ./spec/till_spec.rb:26:in `block (3 levels) in <top (required)>'

  4) Till#list has items
     Got 2 failures from failure aggregation block.
     # ./spec/till_spec.rb:17:in `block (3 levels) in <top (required)>'

     4.1) Failure/Error: expect([1,2]).to include(3)
            expected [1, 2] to include 3
          # ./spec/till_spec.rb:18:in `block (4 levels) in <top (required)>'

     4.2) Failure/Error: expect(1).to eq(2)

            expected: 2
                 got: 1
          # ./spec/till_spec.rb:19:in `block (4 levels) in <top (required)>'

Finished in 0.03488 seconds (files took 0.16146 seconds to load)
6 examples, 4 failures, 1 pending

Failed examples:

rspec ./spec/till_spec.rb:3 # Till opens
rspec ./spec/till_spec.rb:7 # Till when broken shuts
rspec ./spec/till_spec.rb[1:7] # Till is shared
rspec ./spec/till_spec.rb:16 # Till#list has items
";

    #[test]
    fn each_example_is_told_once_with_what_it_expected() {
        let reading = read(LOG);
        assert_eq!(
            shown(reading.failures.iter()),
            [
                ("Till opens", "./spec/till_spec.rb", 4, "", "expected: 3\n     got: -1"),
                (
                    "Till when broken shuts",
                    "./lib/till.rb",
                    3,
                    "NoMethodError",
                    "undefined method `upcase' for nil:NilClass\n\n  def shut = nil.upcase\n                ^^^^^^^"
                ),
                (
                    "Till is shared",
                    "./spec/till_spec.rb",
                    26,
                    "",
                    "expected #<Till:0x00007f10a4539948> to be a kind of String"
                ),
                ("Till#list has items", "./spec/till_spec.rb", 18, "", "expected [1, 2] to include 3"),
            ]
        );
        assert_eq!(reading.failures[0].log, Span { first: 17, last: 24 });
        assert_eq!(reading.counts, Some(TestCounts { passed: 1, failed: 4, skipped: 1 }));
        assert_eq!(reading.tests.len(), 4);
        assert!(reading.tests.iter().all(|(_, end)| *end == TestEnd::Failed));
    }

    #[test]
    fn a_file_that_cannot_be_loaded_is_told() {
        let log = "\
An error occurred while loading ./spec/till_spec.rb. - Did you mean?
                    rspec ./spec/shop_spec.rb

Failure/Error: require 'nope'

LoadError:
  cannot load such file -- nope
# ./spec/till_spec.rb:1:in `<top (required)>'


Finished in 0.00005 seconds (files took 0.21932 seconds to load)
0 examples, 0 failures, 1 error occurred outside of examples
";
        assert_eq!(
            told(log),
            ["rspec build_error | spec/till_spec.rb:1 | LoadError | cannot load such file -- nope | @1-8"]
        );
    }

    #[test]
    fn formatters_without_a_heading_and_a_list_alone_are_read() {
        let inline = "\
F
  1) Till opens
     Failure/Error: expect(1).to eq(3)

       expected: 3
            got: 1
     # ./spec/till_spec.rb:4:in `block (2 levels) in <top (required)>'

  12/40 |====== 30 =====>                 |  ETA: 00:00:01
";
        assert_eq!(
            told(inline),
            ["rspec test_failure | spec/till_spec.rb:4 | Till opens | expected: 3\n     got: 1 | @2-7"]
        );
        assert_eq!(
            told("Failed examples:\n\nrspec './spec/till_spec.rb[1:2]' # Till shuts\n"),
            ["rspec test_failure | spec/till_spec.rb | Till shuts | the test failed | @3-3"]
        );
    }
}
