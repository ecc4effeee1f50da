//! Clean lines become failures: one small state machine a tool, woken by literals.
//!
//! A reader is asleep until one of its literals is in a line; what it keeps is bounded; nobody holds a whole log. To
//! teach self-heal another tool, write one file beside this one and name it in `READERS`.

pub mod reader;
pub mod green;
pub mod paths;
mod place;
mod replacement;
mod python;
mod pytest;
mod unittest;
mod mypy;
mod ruff;
mod cargo_test;
mod rustc;
mod rustfmt;
mod traceback;
mod pattern;
mod frames;
mod tsc;
mod eslint;
mod prettier;
mod vitest;
mod jest;
mod node_test;
mod go_lines;
mod go_vet;
mod go_build;
mod go_test;
mod gofmt;
mod java;
mod javac;
mod surefire;
mod spotless;
mod silent;
mod located;
mod words;
mod steps;
mod excerpts;
mod settle;

use std::collections::HashSet;

use aho_corasick::AhoCorasick;

use self::excerpts::Taken;
use self::green::GreenLines;
use self::paths::Paths;
pub use self::reader::{Attention, Findings, Reader};
use self::silent::Silent;
use self::steps::{StepLine, Steps};
use super::clean::cursor::{Before, LogEnd};
use crate::domain::failure::{Failure, Reading};
use crate::domain::log::{Line, Mark};

/// Every reader there is: one line a tool. A line that two of them could read goes to the earlier one.
const READERS: &[fn() -> Box<dyn Reader>] = &[
    || Box::new(pytest::Pytest::default()),
    || Box::new(unittest::Unittest::default()),
    || Box::new(mypy::Mypy::default()),
    || Box::new(ruff::Ruff::default()),
    || Box::new(cargo_test::CargoTest::default()),
    || Box::new(rustc::Rustc::default()),
    || Box::new(rustfmt::Rustfmt::default()),
    || Box::new(tsc::Tsc::default()),
    || Box::new(eslint::Eslint::default()),
    || Box::new(prettier::Prettier::default()),
    || Box::new(vitest::Vitest::default()),
    || Box::new(jest::Jest::default()),
    || Box::new(node_test::NodeTest::default()),
    || Box::new(go_vet::GoVet::default()),
    || Box::new(go_build::GoBuild::default()),
    || Box::new(go_test::GoTest::default()),
    || Box::new(gofmt::Gofmt::default()),
    || Box::new(surefire::Surefire::default()),
    || Box::new(javac::Javac::default()),
    || Box::new(spotless::Spotless::default()),
    // Those that guess come last.
    || Box::new(traceback::Traceback::default()),
    || Box::new(located::Located),
    || Box::new(words::Words::default()),
];

/// The end of the failing step that is kept: about a screen.
pub const STEP_END_LINES: usize = 40;

/// A block of more lines in which nothing new is found is no block: its reader is put to sleep.
const BLOCK_LINES_MAX: u32 = 5_000;

/// Numbers of lines that ended a failure and that the green log has too.
const KNOWN_LINES_MAX: usize = 100_000;

/// What is known of a job beside its log.
#[derive(Clone, Copy, Debug, Default)]
pub struct Place<'a> {
    /// As GitHub shows it.
    pub job: Option<&'a str>,
    /// The folder that the repository's absolute paths in the log start with.
    pub root: Option<&'a str>,
    /// The commit's files, from the repository's root.
    pub files: Option<&'a [String]>,
}

/// Reads one log, line by line.
pub struct Extraction {
    readers: Vec<Box<dyn Reader>>,
    wakes: AhoCorasick,
    /// Of each literal in `wakes`, the index of its reader.
    sleepers: Vec<usize>,
    owner: Option<Owner>,
    found: Findings,
    green: Option<GreenLines>,
    known: HashSet<u64>,
    steps: Steps,
    silent: Silent,
    taken: Taken,
    step_end: Vec<(u64, String)>,
}

/// The reader that asked for the next line.
struct Owner {
    reader: usize,
    /// Since how many lines it found nothing.
    idle_lines: u32,
    /// The line that woke it, until it has taken another: if that is none of its tool's, others may have it.
    first: Option<(u64, String, Mark)>,
}

impl Extraction {
    /// `forced_tools` are the policy's `logs.tools`: only these readers read; empty finds out.
    pub fn new(forced_tools: &[String], green: Option<GreenLines>) -> Self {
        let forced =
            |reader: &dyn Reader| forced_tools.is_empty() || forced_tools.iter().any(|tool| tool == reader.tool());
        let readers = READERS.iter().map(|make| make()).filter(|reader| forced(reader.as_ref())).collect();
        Self::with(readers, green)
    }

    fn with(readers: Vec<Box<dyn Reader>>, green: Option<GreenLines>) -> Self {
        let literals: Vec<(usize, &str)> = readers
            .iter()
            .enumerate()
            .flat_map(|(index, reader)| reader.wakes().iter().map(move |literal| (index, *literal)))
            .collect();
        let wakes = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .build(literals.iter().map(|(_, literal)| literal))
            .expect("a few thousand literals fit an automaton");
        Self {
            sleepers: literals.iter().map(|(index, _)| *index).collect(),
            readers,
            wakes,
            owner: None,
            found: Findings::default(),
            green: green.filter(|green| !green.is_empty()),
            known: HashSet::new(),
            steps: Steps::default(),
            silent: Silent::default(),
            taken: Taken::default(),
            step_end: Vec::new(),
        }
    }

    /// The literals without which a line can be left out, unless the last call asked for it.
    pub fn wakes(&self) -> impl Iterator<Item = &'static str> {
        self.readers.iter().flat_map(|reader| reader.wakes().iter().copied()).chain(steps::WAKES.iter().copied())
    }

    /// The tool that is in the middle of saying something.
    #[cfg(test)]
    pub fn inside(&self) -> Option<&'static str> {
        let owner = self.owner.as_ref()?;
        self.readers.get(owner.reader).map(|reader| reader.tool())
    }

    /// A script is about to run whose output comes next; logs that hold no `Run` block do not tell it.
    pub fn runs(&mut self, script: &str) {
        for line in script.lines() {
            self.readers.iter_mut().for_each(|reader| reader.runs(line));
            self.silent.runs(line);
        }
    }

    /// Reads one line; `before` is asked for the end of the failing step.
    pub fn line(&mut self, line: &Line<'_>, before: &Before<'_>) -> Attention {
        let step = self.steps.line(line);
        if step != StepLine::Output {
            if step == StepLine::Ends && self.step_end.is_empty() {
                self.step_end = before.lines(STEP_END_LINES);
            }
            if step == StepLine::Block {
                self.runs(line.text);
            } else {
                self.end_step();
            }
            return if step == StepLine::Ends { Attention::Sleep } else { Attention::Stay };
        }
        let owned = self.owner.is_some();
        let finds = self.found.finds();
        self.offer(line, before);
        if owned || self.owner.is_some() || self.found.finds() > finds {
            self.taken.keep(line.number, line.text);
        }
        if self.owner.is_some() { Attention::Stay } else { Attention::Sleep }
    }

    /// The log has ended.
    pub fn finish(mut self, end: LogEnd, place: &Place<'_>) -> Reading {
        self.end_step();
        let guessing: Vec<&str> =
            self.readers.iter().filter(|reader| reader.guesses()).map(|reader| reader.tool()).collect();
        let mut failures = self.found.failures;
        let failing_step = self.steps.failing();
        let tool_spoke = failures.iter().any(|failure| failure.primary && !guessing.contains(&failure.tool.as_str()));
        if !tool_spoke {
            let in_step = |line: u64| failing_step.is_some_and(|step| (step.first..=step.last).contains(&line));
            let block = self.steps.blocks.iter().rfind(|block| in_step(block.first_line));
            let silent =
                block.map(|block| Silent::of(&block.command)).or(failing_step.is_none().then_some(self.silent));
            let last = failing_step.map_or(end.size.lines, |step| step.last);
            failures.extend(silent.iter().flat_map(|silent| silent.failures(last)));
        }
        let known = |failure: &Failure| self.known.contains(&failure.log.last);
        if failures.iter().all(known) {
            failures.iter_mut().for_each(|failure| failure.primary = false);
        } else {
            failures.retain(|failure| !known(failure));
        }
        let job = place.job.or(self.steps.job.as_deref());
        let paths = Paths::new(place.root.or(self.steps.root.as_deref()), place.files);
        for failure in &mut failures {
            failure.file = failure.file.take().or_else(|| failure.path.as_deref().and_then(|path| paths.file(path)));
            let step = self.steps.title(failure.log.first);
            let task = [job.map(str::to_owned), step].into_iter().flatten().collect::<Vec<_>>().join(" / ");
            failure.task = failure.task.take().or_else(|| (!task.is_empty()).then_some(task));
        }
        let failures = settle::settle(failures, &guessing, failing_step);
        let step_end = if self.step_end.is_empty() { end.tail } else { self.step_end };
        let green = self.green;
        let news = |(_, text): &(u64, String)| !text.is_empty() && !green.as_ref().is_some_and(|green| green.has(text));
        Reading {
            job: job.map(str::to_owned),
            excerpts: self.taken.excerpts(&failures, step_end.into_iter().filter(news).collect()),
            failures,
            omitted_failures: self.found.omitted,
            tests: self.found.tests,
            counts: self.found.counts,
            warnings: Vec::new(),
            run_blocks: self.steps.blocks,
            failing_step,
            exit_code: self.steps.exit_code,
            size: end.size,
        }
    }

    fn end_step(&mut self) {
        self.owner = None;
        for reader in &mut self.readers {
            reader.end(&mut self.found);
        }
    }

    /// Offers a line to its owner, then to those it wakes, until one takes it.
    fn offer(&mut self, line: &Line<'_>, before: &Before<'_>) {
        let mut asked = Vec::new();
        if let Some(owner) = self.owner.take() {
            // Who guesses gives way to a tool that knows its own line.
            if self.guesses(owner.reader) && self.wake(line, Some(before), false, &mut asked) {
                return;
            }
            asked.push(owner.reader);
            let finds = self.found.finds();
            if self.read(owner.reader, line, owner.idle_lines) {
                return;
            }
            if let Some((number, text, mark)) = owner.first.filter(|_| self.found.finds() == finds) {
                self.wake(&Line { number, text: &text, mark }, None, true, &mut vec![owner.reader]);
                if let Some(next) = self.owner.take()
                    && self.read(next.reader, line, next.idle_lines)
                {
                    return;
                }
            }
        }
        self.wake(line, Some(before), true, &mut asked);
    }

    /// Offers a line to those it wakes and who were not asked yet; whether one took it.
    fn wake(&mut self, line: &Line<'_>, before: Option<&Before<'_>>, guessers: bool, asked: &mut Vec<usize>) -> bool {
        for index in self.woken(line) {
            if asked.contains(&index) || (!guessers && self.guesses(index)) {
                continue;
            }
            asked.push(index);
            self.look_back(index, before);
            if self.read(index, line, 0) {
                if let Some(owner) = &mut self.owner
                    && owner.idle_lines > 0
                {
                    owner.first = Some((line.number, line.text.to_owned(), line.mark));
                }
                return true;
            }
        }
        false
    }

    /// Shows a reader that asks for it what stood before the line that wakes it.
    fn look_back(&mut self, index: usize, before: Option<&Before<'_>>) {
        if let Some(before) = before
            && let Some(reader) = self.readers.get_mut(index)
            && reader.looks_back()
        {
            for (number, text) in before.lines(1) {
                reader.line(&Line { number, text: &text, mark: Mark::Plain }, &mut self.found);
            }
        }
    }

    /// Lets one reader read the line; whether it took it.
    fn read(&mut self, index: usize, line: &Line<'_>, idle_lines: u32) -> bool {
        let Some(reader) = self.readers.get_mut(index) else { return false };
        let (finds, failures) = (self.found.finds(), self.found.failures_found());
        let attention = reader.line(line, &mut self.found);
        let found = self.found.finds() > finds;
        let known = found && self.green.as_ref().is_some_and(|green| green.has(line.text));
        if known && reader.guesses() {
            self.found.forget_since(failures);
        } else if known && self.known.len() < KNOWN_LINES_MAX {
            self.known.insert(line.number);
        }
        if attention == Attention::Stay && (found || idle_lines < BLOCK_LINES_MAX) {
            let idle_lines = if found { 0 } else { idle_lines + 1 };
            self.owner = Some(Owner { reader: index, idle_lines, first: None });
        }
        attention == Attention::Stay || self.found.took(finds, failures, line.number)
    }

    /// The readers that a line wakes, in their order.
    fn woken(&mut self, line: &Line<'_>) -> Vec<usize> {
        let mut woken: Vec<usize> = self
            .wakes
            .find_overlapping_iter(line.text)
            .filter_map(|literal| self.sleepers.get(literal.pattern().as_usize()).copied())
            .collect();
        if line.mark == Mark::Error {
            woken.extend((0..self.readers.len()).filter(|index| self.guesses(*index)));
        }
        if woken.is_empty() {
            return woken;
        }
        woken.sort_unstable();
        woken.dedup();
        woken
    }

    fn guesses(&self, index: usize) -> bool {
        self.readers.get(index).is_some_and(|reader| reader.guesses())
    }
}

#[cfg(test)]
pub mod tests {
    //! How readers are tried: text in, what was read out.

    use super::*;
    use crate::domain::failure::Kind;
    use crate::domain::log::Span;
    use crate::stages::clean::cursor::Cursor;
    use crate::stages::clean::watch::Watch;

    /// Reads a whole log with every reader there is.
    pub fn read(log: &str) -> Reading {
        read_with(Extraction::new(&[], None), log)
    }

    /// What a log says failed, one line each: where, which test, which code, what, what would mend it, which lines.
    /// Cascades are in brackets.
    pub fn told(log: &str) -> Vec<String> {
        read(log).failures.iter().map(tell).collect()
    }

    fn tell(failure: &Failure) -> String {
        let number = |number: Option<u32>| number.map(|number| format!(":{number}")).unwrap_or_default();
        let path = failure.file.clone().or_else(|| failure.path.as_ref().map(|path| format!("?{path}")));
        let parts = [
            Some(format!("{} {}", failure.tool, failure.kind.as_str())),
            path.map(|path| path + &number(failure.line) + &number(failure.column)),
            failure.test.clone(),
            failure.code.clone(),
            Some(failure.message.clone()),
            failure.suggestion.as_ref().map(|suggestion| format!("-> {suggestion}")),
            Some(format!("@{}-{}", failure.log.first, failure.log.last)),
        ];
        let told = parts.into_iter().flatten().collect::<Vec<_>>().join(" | ");
        if failure.primary { told } else { format!("[{told}]") }
    }

    fn read_with(mut extraction: Extraction, log: &str) -> Reading {
        let mut cursor = Cursor::watching(Watch::new(extraction.wakes()).expect("a few literals"));
        cursor.push(log.as_bytes(), &mut |line, before| extraction.line(line, before));
        let end = cursor.finish(STEP_END_LINES, &mut |line, before| extraction.line(line, before));
        extraction.finish(end, &Place { job: Some("unit-test"), ..Place::default() })
    }

    /// Takes blocks `begin NAME` … `end NAME`, and finds what is between.
    struct Blocks(&'static str, bool);

    impl Reader for Blocks {
        fn tool(&self) -> &'static str {
            self.0
        }

        fn wakes(&self) -> &'static [&'static str] {
            &["begin"]
        }

        fn line(&mut self, line: &Line<'_>, found: &mut Findings) -> Attention {
            if line.text == format!("begin {}", self.0) {
                return Attention::Stay;
            }
            if line.text.starts_with("begin") || line.text.starts_with("end") {
                return Attention::Sleep;
            }
            found.failure(Failure::new(Kind::BuildError, self.0, line.text, Span::at(line.number)));
            Attention::Stay
        }

        fn guesses(&self) -> bool {
            self.1
        }
    }

    fn try_blocks(readers: Vec<Blocks>, green: Option<GreenLines>, log: &str) -> Vec<(String, String)> {
        let readers = readers.into_iter().map(|reader| Box::new(reader) as Box<dyn Reader>).collect();
        let reading = read_with(Extraction::with(readers, green), log);
        reading.failures.into_iter().map(|failure| (failure.tool, failure.message)).collect()
    }

    fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(tool, message)| ((*tool).to_owned(), (*message).to_owned())).collect()
    }

    #[test]
    fn a_block_belongs_to_the_reader_that_asked_for_it() {
        let log = "begin b\none\nbegin a\nend\ntwo\nbegin a\nthree\nend\n";
        let found = try_blocks(vec![Blocks("a", false), Blocks("b", false)], None, log);
        assert_eq!(found, pairs(&[("b", "one"), ("a", "three")]));
    }

    #[test]
    fn a_line_that_turns_out_to_be_none_of_ones_own_is_given_back() {
        /// Asks for the line after `begin`, and wants it to say `mine`.
        struct Picky;
        impl Reader for Picky {
            fn tool(&self) -> &'static str {
                "picky"
            }
            fn wakes(&self) -> &'static [&'static str] {
                &["begin"]
            }
            fn line(&mut self, line: &Line<'_>, _: &mut Findings) -> Attention {
                if line.text.starts_with("begin") || line.text == "mine" { Attention::Stay } else { Attention::Sleep }
            }
        }
        let read = |log| {
            let readers: Vec<Box<dyn Reader>> = vec![Box::new(Picky), Box::new(Blocks("a", false))];
            read_with(Extraction::with(readers, None), log).failures.len()
        };
        assert_eq!(read("begin a\nmine\nend\n"), 0);
        assert_eq!(read("begin a\none\nend\n"), 1);
    }

    #[test]
    fn a_block_of_one_who_guesses_gives_way_to_a_tool() {
        let log = "begin b\none\nbegin a\ntwo\nend\n";
        let found = try_blocks(vec![Blocks("a", false), Blocks("b", true)], None, log);
        assert_eq!(found, pairs(&[("a", "two")]));
    }

    #[test]
    fn a_block_that_never_ends_is_left_after_the_limit() {
        struct Greedy;
        impl Reader for Greedy {
            fn tool(&self) -> &'static str {
                "greedy"
            }
            fn wakes(&self) -> &'static [&'static str] {
                &["begin"]
            }
            fn line(&mut self, _: &Line<'_>, _: &mut Findings) -> Attention {
                Attention::Stay
            }
        }
        let log = format!("begin a\n{}begin b\ntwo\n", "x\n".repeat(BLOCK_LINES_MAX as usize + 1));
        let readers: Vec<Box<dyn Reader>> = vec![Box::new(Greedy), Box::new(Blocks("b", false))];
        assert_eq!(read_with(Extraction::with(readers, None), &log).failures.len(), 0);
        let mut extraction = Extraction::with(vec![Box::new(Greedy)], None);
        let mut cursor = Cursor::new();
        let mut inside = Vec::new();
        cursor.push(log.as_bytes(), &mut |line, before| {
            extraction.line(line, before);
            inside.push(extraction.inside().is_some());
            Attention::Stay
        });
        assert_eq!(inside.iter().filter(|inside| **inside).count(), BLOCK_LINES_MAX as usize + 2);
    }

    #[test]
    fn what_the_green_log_says_too_is_no_failure() {
        let mut green = GreenLines::default();
        green.add(&Line { number: 1, text: "one", mark: Mark::Plain });
        let log = "begin a\none\ntwo\nend\n";
        assert_eq!(try_blocks(vec![Blocks("a", true)], Some(green.clone()), log), pairs(&[("a", "two")]));
        assert_eq!(try_blocks(vec![Blocks("a", false)], Some(green), log), pairs(&[("a", "two")]));
    }

    #[test]
    fn a_failure_gets_its_task_from_the_job_and_the_step() {
        let readers: Vec<Box<dyn Reader>> = vec![Box::new(Blocks("a", false))];
        let log =
            "##[group]Run make\nmake\n##[endgroup]\nbegin a\none\nend\n##[error]Process completed with exit code 2.\n";
        let reading = read_with(Extraction::with(readers, None), log);
        assert_eq!(reading.failures[0].task.as_deref(), Some("unit-test / Run make"));
        assert_eq!(reading.exit_code, Some(2));
        assert_eq!(reading.failing_step, Some(Span { first: 1, last: 7 }));
        assert_eq!(reading.excerpts.iter().map(|excerpt| excerpt.span.first).collect::<Vec<_>>(), [1, 4]);
    }
}
