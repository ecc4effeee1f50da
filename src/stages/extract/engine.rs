//! Offers each line to the readers that it concerns, and settles at the end what they found.

use super::excerpts::Taken;
use super::green::GreenLines;
use super::join::Told;
use super::matched::Matched;
use super::news::News;
use super::paths::Paths;
use super::reader::{Attention, Findings, Reader};
use super::set::{READERS_MAX, Set};
use super::settle;
use super::silent::Silent;
use super::steps::{self, StepLine, Steps};
use super::tasks::{self, Tasks};
use super::words;
use crate::domain::failure::{Failure, Reading};
use crate::domain::log::{Line, Mark, Span};
use crate::stages::clean::cursor::{Around, LogEnd};
use crate::stages::matchers::Matchers;

/// The end of the failing step that is kept: about a screen.
pub const STEP_END_LINES: usize = 40;

/// A block of more lines in which nothing new is found is no block: its reader is put to sleep.
const BLOCK_LINES_MAX: u32 = 5_000;

/// A task that has said nothing for so many lines is not waited for: it has ended, or another one was meant.
const LANE_LINES_MAX: u64 = 2_000;

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
    /// Of each literal in `wakes`, the index of its reader.
    sleepers: Vec<u32>,
    guessers: Set,
    owner: Option<Owner>,
    found: Findings,
    matched: Matched,
    /// The place of the first of the matchers' literals in `wakes`.
    matched_from: usize,
    green: Option<GreenLines>,
    news: News,
    /// Whether the green log has the line that is being read.
    line_is_known: bool,
    steps: Steps,
    silent: Silent,
    taken: Taken,
    step_end: Vec<(u64, String)>,
    tasks: Tasks,
    /// Makes readers as new, in the same order: each task has its own.
    make: Option<MakeAll>,
    lanes: Vec<Lane>,
    /// The one whose readers are at work; `None` is the job itself.
    lane: Option<usize>,
}

/// Makes all readers as new.
pub type MakeAll = Box<dyn Fn() -> Vec<Box<dyn Reader>> + Send>;

/// One task's own readers, while the others' are at work.
struct Lane {
    readers: Vec<Box<dyn Reader>>,
    owner: Option<Owner>,
    found: Findings,
    last_line: u64,
}

/// The reader that asked for the next line.
struct Owner {
    reader: u32,
    /// Since how many lines it found nothing.
    idle_lines: u32,
    /// The line that woke it, until it has taken another: if that is none of its tool's, others may have it.
    first: Option<First>,
}

struct First {
    number: u64,
    text: String,
    mark: Mark,
    woken: Set,
}

impl Extraction {
    /// The order of the readers is their rank.
    pub fn new(readers: Vec<Box<dyn Reader>>, green: Option<GreenLines>) -> Self {
        debug_assert!(readers.len() <= READERS_MAX, "a set holds so many readers");
        let sleepers = readers.iter().zip(0..).flat_map(|(reader, index)| reader.wakes().iter().map(move |_| index));
        Self {
            sleepers: sleepers.collect(),
            guessers: readers.iter().zip(0..).filter(|(reader, _)| reader.guesses()).map(|(_, index)| index).collect(),
            readers,
            owner: None,
            found: Findings::default(),
            matched: Matched::default(),
            matched_from: 0,
            green: green.filter(|green| !green.is_empty()),
            news: News::default(),
            line_is_known: false,
            steps: Steps::default(),
            silent: Silent::default(),
            taken: Taken::default(),
            step_end: Vec::new(),
            tasks: Tasks::default(),
            make: None,
            lanes: Vec::new(),
            lane: None,
        }
    }

    /// Lets every task have readers of its own, that `make` makes in the same order.
    pub fn with_lanes(self, make: MakeAll) -> Self {
        Self { make: Some(make), ..self }
    }

    /// Whether it must be handed every line, and not only those that somebody waits for.
    pub fn hears_everything(&self) -> bool {
        self.green.is_some() || self.matched.sees_everything()
    }

    /// With users' own problem matchers, which see what they want of the log whoever reads it.
    pub fn with_matchers(mut self, matchers: Matchers) -> Self {
        self.matched_from = self.wakes().count();
        self.matched = Matched::of(matchers);
        self
    }

    /// The literals without which a line can be left out, unless the last call asked for it. In a watch's list they
    /// come first: `line` knows them by their place.
    pub fn wakes(&self) -> impl Iterator<Item = &str> {
        let runners = steps::WAKES.iter().chain(tasks::WAKES).copied();
        let readers = self.readers.iter().flat_map(|reader| reader.wakes().iter().copied());
        readers.chain(runners).chain(self.matched.wakes())
    }

    /// Of the literals in `wakes`, by their place, those that only tell of tests that have passed.
    pub fn passes(&self) -> impl Iterator<Item = usize> {
        let wakes = self.readers.iter().flat_map(|reader| reader.wakes().iter().map(move |wake| (reader, wake)));
        wakes.enumerate().filter(|(_, (reader, wake))| reader.passes().contains(wake)).map(|(place, _)| place)
    }

    /// A script is about to run whose output comes next; logs that hold no `Run` block do not tell it.
    pub fn runs(&mut self, script: &str) {
        for line in script.lines() {
            self.readers.iter_mut().for_each(|reader| reader.runs(line));
            self.silent.runs(line);
        }
    }

    /// Reads one line. Beside a green log every line counts, for it may be one that the green log does not have.
    pub fn line(&mut self, line: &Line<'_>, around: &Around<'_>) -> Attention {
        if let Some(green) = &self.green {
            self.line_is_known = green.has(line.text);
            if !self.line_is_known && !line.text.trim().is_empty() {
                self.news.line(line.number);
            }
        }
        let attention = self.step_line(line, around);
        if self.hears_everything() { Attention::Stay } else { attention }
    }

    fn step_line(&mut self, line: &Line<'_>, around: &Around<'_>) -> Attention {
        let step = self.steps.line(line);
        if step != StepLine::Output {
            if step == StepLine::Ends && self.step_end.is_empty() {
                self.step_end = around.before(STEP_END_LINES);
            }
            if step == StepLine::Block {
                self.runs(line.text);
            } else {
                self.end_step(line.number);
            }
            return if step == StepLine::Ends { Attention::Sleep } else { Attention::Stay };
        }
        let first = self.sleepers.len() + steps::WAKES.len();
        let woke = around.hits().iter().any(|hit| (first..first + tasks::WAKES.len()).contains(hit));
        let above = || around.before(1).pop().map(|(_, text)| text);
        let whose = self.tasks.line(line.number, line.text, woke, above);
        if whose.is_border {
            self.end_readers();
        }
        self.lane = whose.lane.filter(|lane| self.enter(*lane, line.number));
        let owned = self.owner.is_some();
        let finds = self.found.finds();
        let own = Line { text: whose.text, ..*line };
        self.offer(&own, around);
        let matched = self.match_line(&own, around);
        if matched || owned || self.owner.is_some() || self.found.finds() > finds {
            self.taken.keep(line.number, line.text);
        }
        if let Some(lane) = self.lane {
            self.swap(lane);
        }
        let is_waited_for = |lane: &Lane| lane.owner.is_some() && line.number - lane.last_line < LANE_LINES_MAX;
        if self.owner.is_some()
            || self.matched.wants_next()
            || self.tasks.learns(line.number)
            || self.lanes.iter().any(is_waited_for)
        {
            Attention::Stay
        } else {
            Attention::Sleep
        }
    }

    /// A task's own readers take the place of the job's, until they are swapped again; whether there are such.
    fn enter(&mut self, lane: usize, line: u64) -> bool {
        let Some(make) = &self.make else { return false };
        while self.lanes.len() <= lane {
            self.lanes.push(Lane { readers: make(), owner: None, found: Findings::default(), last_line: line });
        }
        if let Some(lane) = self.lanes.get_mut(lane) {
            lane.last_line = line;
        }
        self.swap(lane);
        true
    }

    fn swap(&mut self, lane: usize) {
        if let Some(lane) = self.lanes.get_mut(lane) {
            std::mem::swap(&mut self.readers, &mut lane.readers);
            std::mem::swap(&mut self.owner, &mut lane.owner);
            std::mem::swap(&mut self.found, &mut lane.found);
        }
    }

    /// The step has ended, and with it every task in it.
    fn end_step(&mut self, line: u64) {
        self.matched.end_step();
        self.end_readers();
        for lane in 0..self.lanes.len() {
            self.swap(lane);
            self.end_readers();
            self.swap(lane);
        }
        for (number, lane) in self.lanes.drain(..).enumerate() {
            self.found.absorb(lane.found, self.tasks.name(number));
        }
        self.tasks.end_step(line);
    }

    /// The log has ended; `told` is what reports say beside it.
    pub fn finish(mut self, end: LogEnd, place: &Place<'_>, told: Told) -> Reading {
        self.end_step(end.size.lines + 1);
        let guessing: Vec<&str> =
            self.readers.iter().filter(|reader| reader.guesses()).map(|reader| reader.tool()).collect();
        let wrapping: Vec<&str> =
            self.readers.iter().filter(|reader| reader.wraps()).map(|reader| reader.tool()).collect();
        let mut failures = self.found.take_failures();
        let (mut warnings, unmatched) = self.matched.join(&mut failures, &guessing);
        let (of_reports, left_out) = told.join(&mut failures, &guessing);
        warnings.extend(of_reports);
        let spoke = |failure: &&Failure| failure.primary && !guessing.contains(&failure.tool.as_str());
        let said: Vec<u64> = failures.iter().filter(spoke).map(|failure| failure.log.first).collect();
        // The first of them that a tool says something of; a step before it may have been let go on.
        let tells = |step: &Span| said.iter().any(|line| (step.first..=step.last).contains(line));
        let failing_step = self.steps.failing().find(tells).or_else(|| self.steps.failing().next());
        let tool_spoke = !said.is_empty();
        if !tool_spoke {
            let in_step = |line: u64| failing_step.is_some_and(|step| (step.first..=step.last).contains(&line));
            let block = self.steps.blocks.iter().rfind(|block| in_step(block.first_line));
            let silent =
                block.map(|block| Silent::of(&block.command)).or(failing_step.is_none().then_some(self.silent));
            let last = failing_step.map_or(end.size.lines, |step| step.last);
            failures.extend(silent.iter().flat_map(|silent| silent.failures(last)));
        }
        // A log whose steps are known and that names no failing one is a green log: it may hold warnings.
        if failures.is_empty() && (failing_step.is_some() || self.steps.blocks.is_empty()) {
            failures = self.found.mild;
        }
        let known =
            |failure: &Failure| self.green.is_some() && failure.log != Span::NONE && !self.news.touch(failure.log);
        if failures.iter().all(known) {
            failures.iter_mut().for_each(|failure| failure.primary = false);
        } else {
            failures.retain(|failure| !known(failure));
        }
        for guess in failures.iter_mut().filter(|failure| failure.tool == words::TOOL) {
            guess.log = self.news.around(guess.log);
        }
        let job = place.job.or(self.steps.job.as_deref());
        let root = place.root.or(self.steps.root.as_deref());
        let paths = Paths::new(root, place.files);
        for failure in &mut failures {
            failure.file = failure.file.take().or_else(|| failure.path.as_deref().and_then(|path| paths.file(path)));
            failure.task = failure.task.take().or_else(|| self.tasks.above(failure.log.first).map(str::to_owned));
            let step = self.steps.title(failure.log.first);
            let task = [job.map(str::to_owned), step].into_iter().flatten().collect::<Vec<_>>().join(" / ");
            failure.task = failure.task.take().or_else(|| (!task.is_empty()).then_some(task));
        }
        let failures = settle::settle(failures, &guessing, &wrapping, failing_step);
        let step_end = if self.step_end.is_empty() { end.tail } else { self.step_end };
        let green = self.green;
        let news = |(_, text): &(u64, String)| !text.is_empty() && !green.as_ref().is_some_and(|green| green.has(text));
        Reading {
            job: job.map(str::to_owned),
            root: root.map(str::to_owned),
            excerpts: self.taken.excerpts(&failures, step_end.into_iter().filter(news).collect()),
            failures,
            omitted_failures: self.found.omitted + unmatched + left_out,
            tests: self.found.tests,
            counts: self.found.counts,
            warnings,
            run_blocks: self.steps.blocks,
            failing_step,
            exit_code: self.steps.exit_code,
            size: end.size,
        }
    }

    fn match_line(&mut self, line: &Line<'_>, around: &Around<'_>) -> bool {
        let from = self.matched_from;
        let hits = around.hits().iter().filter_map(move |hit| hit.checked_sub(from));
        self.matched.line(line, around, hits)
    }

    fn end_readers(&mut self) {
        let waiting = self.owner.take().and_then(|owner| Some((owner.reader, owner.first?)));
        let finds = self.found.finds();
        if let Some((reader, first)) = waiting {
            self.end_reader(reader);
            if self.found.finds() == finds {
                let others = first.woken.without(Set::default().with(reader));
                self.wake(&Line { number: first.number, text: &first.text, mark: first.mark }, others, None);
                self.owner = None;
            }
        }
        for (reader, _) in (0..).zip(0..self.readers.len()) {
            self.end_reader(reader);
        }
    }

    fn end_reader(&mut self, reader: u32) {
        if let Some(reader) = self.readers.get_mut(reader as usize) {
            self.found.guessing = reader.guesses();
            reader.end(&mut self.found);
        }
    }

    /// Offers a line to its owner, then to those it wakes, until one takes it.
    fn offer(&mut self, line: &Line<'_>, around: &Around<'_>) {
        let woken = self.woken(line, around.hits());
        let Some(owner) = self.owner.take() else {
            self.wake(line, woken, Some(around));
            return;
        };
        let own = Set::default().with(owner.reader);
        let mut tried = own;
        if self.goes_before(&owner, line, woken, around, &mut tried) {
            return;
        }
        if self.line_is_known && self.guessers.has(owner.reader) {
            self.owner = Some(owner);
            return;
        }
        let finds = self.found.finds();
        if self.read(owner.reader, line, owner.idle_lines) {
            return;
        }
        if let Some(first) = owner.first.filter(|_| self.found.finds() == finds) {
            self.wake(
                &Line { number: first.number, text: &first.text, mark: first.mark },
                first.woken.without(own),
                None,
            );
            if let Some(next) = self.owner.take()
                && (self.goes_before(&next, line, woken, around, &mut tried)
                    || self.read(next.reader, line, next.idle_lines))
            {
                return;
            }
        }
        self.wake(line, woken.without(tried), Some(around));
    }

    /// Who guesses gives way to a tool that knows its own line; whether one took it.
    fn goes_before(
        &mut self,
        owner: &Owner,
        line: &Line<'_>,
        woken: Set,
        around: &Around<'_>,
        tried: &mut Set,
    ) -> bool {
        if !self.guessers.has(owner.reader) {
            return false;
        }
        let knowing = woken.without(self.guessers).without(*tried);
        *tried = tried.and(knowing);
        self.wake(line, knowing, Some(around))
    }

    /// Offers a line to these readers in turn; whether one took it.
    fn wake(&mut self, line: &Line<'_>, readers: Set, around: Option<&Around<'_>>) -> bool {
        for index in readers.readers() {
            self.look_back(index, around);
            if self.read(index, line, 0) {
                if let Some(owner) = &mut self.owner
                    && owner.idle_lines > 0
                {
                    let first =
                        First { number: line.number, text: line.text.to_owned(), mark: line.mark, woken: readers };
                    owner.first = Some(first);
                }
                return true;
            }
        }
        false
    }

    /// Shows a reader that asks for it what stood before the line that wakes it.
    fn look_back(&mut self, index: u32, around: Option<&Around<'_>>) {
        if let Some(around) = around
            && let Some(reader) = self.readers.get_mut(index as usize)
            && reader.looks_back()
        {
            // Every other task may have written a line since.
            let lines = around.before(1 + self.tasks.count());
            let own = |(number, text): &'_ (u64, String)| Some((*number, self.tasks.own(text, self.lane)?.to_owned()));
            if let Some((number, text)) = lines.iter().rev().find_map(own) {
                self.found.guessing = reader.guesses();
                reader.line(&Line { number, text: &text, mark: Mark::Plain }, &mut self.found);
            }
        }
    }

    /// Lets one reader read the line; whether it took it.
    fn read(&mut self, index: u32, line: &Line<'_>, idle_lines: u32) -> bool {
        let Some(reader) = self.readers.get_mut(index as usize) else { return false };
        let (finds, failures) = (self.found.finds(), self.found.failures_found());
        self.found.guessing = reader.guesses();
        let attention = reader.line(line, &mut self.found);
        let found = self.found.finds() > finds;
        if attention == Attention::Stay && (found || idle_lines < BLOCK_LINES_MAX) {
            let idle_lines = if found { 0 } else { idle_lines + 1 };
            self.owner = Some(Owner { reader: index, idle_lines, first: None });
        }
        attention == Attention::Stay || self.found.took(finds, failures, line.number)
    }

    /// The readers that a line wakes.
    fn woken(&self, line: &Line<'_>, hits: &[usize]) -> Set {
        let woken: Set = hits.iter().filter_map(|hit| self.sleepers.get(*hit).copied()).collect();
        match line.mark {
            // What the green log says too is nothing to guess about.
            _ if self.line_is_known => woken.without(self.guessers),
            Mark::Error => woken.and(self.guessers),
            _ => woken,
        }
    }
}

#[cfg(test)]
mod tests {
    use watch::Watch;

    use super::*;
    use crate::domain::failure::Kind;
    use crate::domain::log::Span;
    use crate::stages::clean::cursor::Cursor;
    use crate::stages::extract::tests::read_with;

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
        let reading = read_with(Extraction::new(readers, green), log);
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
            read_with(Extraction::new(readers, None), log).failures.len()
        };
        assert_eq!(read("begin a\nmine\nend\n"), 0);
        assert_eq!(read("begin a\none\nend\n"), 1);
    }

    #[test]
    fn a_block_of_one_who_guesses_gives_way_to_a_tool() {
        let log = "begin b\none\nbegin a\ntwo\nend\n";
        let found = try_blocks(vec![Blocks("a", false), Blocks("b", true)], None, log);
        assert_eq!(found, pairs(&[("b", "one"), ("a", "two")]));
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
        assert_eq!(read_with(Extraction::new(readers, None), &log).failures.len(), 0);
        let mut extraction = Extraction::new(vec![Box::new(Greedy)], None);
        let mut cursor = Cursor::watching(Watch::new(extraction.wakes()));
        let mut inside = Vec::new();
        cursor.push(log.as_bytes(), &mut |line, around| {
            extraction.line(line, around);
            inside.push(extraction.owner.is_some());
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
    fn what_stops_nothing_is_told_only_where_nothing_else_is_and_the_log_is_not_green() {
        struct Mild;
        impl Reader for Mild {
            fn tool(&self) -> &'static str {
                "mild"
            }
            fn wakes(&self) -> &'static [&'static str] {
                &["warned", "failed"]
            }
            fn line(&mut self, line: &Line<'_>, found: &mut Findings) -> Attention {
                let failure = Failure::new(Kind::LintError, "mild", line.text, Span::at(line.number));
                if line.text == "warned" {
                    found.mild(failure)
                } else {
                    found.failure(failure)
                }
                Attention::Sleep
            }
        }
        let told = |log: &str| {
            let reading = read_with(Extraction::new(vec![Box::new(Mild)], None), log);
            reading.failures.into_iter().map(|failure| (failure.message, failure.primary)).collect::<Vec<_>>()
        };
        assert_eq!(told("warned\n"), [("warned".to_owned(), false)]);
        assert_eq!(told("warned\nfailed\n"), [("failed".to_owned(), true)]);
        assert_eq!(told("##[group]Run make\nmake\n##[endgroup]\nwarned\n"), []);
    }

    #[test]
    fn tasks_that_write_in_turn_are_read_apart() {
        let make = || vec![Box::new(Blocks("a", false)) as Box<dyn Reader>];
        let log = "\
• Running build in 2 packages
web:build: cache miss, executing 1
ui:build: cache miss, executing 2
web:build: begin a
ui:build: begin a
web:build: one
ui:build: two
ui:build: end
ui:build: not mine
web:build: three
";
        let reading = read_with(Extraction::new(make(), None).with_lanes(Box::new(make)), log);
        let told: Vec<_> = reading
            .failures
            .iter()
            .map(|failure| (failure.task.as_deref().unwrap_or_default(), failure.message.as_str()))
            .collect();
        assert_eq!(told, [("web:build", "one"), ("ui:build", "two"), ("web:build", "three")]);
    }

    #[test]
    fn what_stands_before_a_line_is_of_the_same_task() {
        struct Looks(String);

        impl Reader for Looks {
            fn tool(&self) -> &'static str {
                "looks"
            }

            fn wakes(&self) -> &'static [&'static str] {
                &["wrong"]
            }

            fn looks_back(&self) -> bool {
                true
            }

            fn line(&mut self, line: &Line<'_>, found: &mut Findings) -> Attention {
                if line.text == "wrong" {
                    found.failure(Failure::new(Kind::LintError, "looks", &*self.0, Span::at(line.number)));
                }
                line.text.clone_into(&mut self.0);
                Attention::Sleep
            }
        }

        let make = || vec![Box::new(Looks(String::new())) as Box<dyn Reader>];
        let told = |log: &str| {
            let reading = read_with(Extraction::new(make(), None).with_lanes(Box::new(make)), log);
            reading.failures.into_iter().map(|failure| failure.message).collect::<Vec<_>>()
        };
        let jenkins = "[Pipeline] [a] { (Branch: a)\n[Pipeline] [b] { (Branch: b)\n";
        assert_eq!(told(&format!("{jenkins}[a] one\n[b] two\n[a] wrong\n[b] wrong\n")), ["one", "two"]);
        assert_eq!(told(&format!("{jenkins}mine\n[a] one\nwrong\n")), ["mine"]);
        let build = "#7 [2/3] RUN lint a\n#8 [3/3] RUN lint b\n#7 0.1 one\n#8 0.2 two\n#7 0.3 wrong\n#8 0.4 wrong\n";
        assert_eq!(told(build), ["one", "two"]);
    }

    #[test]
    fn a_task_that_has_ended_without_a_word_is_not_waited_for() {
        let make = || vec![Box::new(Blocks("a", false)) as Box<dyn Reader>];
        let mut extraction = Extraction::new(make(), None).with_lanes(Box::new(make));
        let log = format!(
            "web:build: cache miss, executing 1\nweb:build: begin a\n{}",
            "x\n".repeat(2 * LANE_LINES_MAX as usize)
        );
        let mut cursor = Cursor::watching(Watch::new(extraction.wakes()));
        let mut handed_over = 0;
        cursor.push(log.as_bytes(), &mut |line, around| {
            handed_over += 1;
            extraction.line(line, around)
        });
        assert_eq!(handed_over, 2 + LANE_LINES_MAX);
    }

    #[test]
    fn the_failing_step_is_the_one_that_a_tool_says_something_of_though_one_before_it_was_let_go_on() {
        let step = |script: &str, says: &str| {
            format!(
                "##[group]Run {script}\n{script}\n##[endgroup]\n{says}\n##[error]Process completed with exit code 1.\n"
            )
        };
        let (curl, mypy) = ("curl: (6) Could not resolve host: x.example", "a.py:3: error: no  [misc]");
        let reading = crate::stages::extract::tests::read(&(step("curl x", curl) + &step("mypy .", mypy)));
        assert_eq!(reading.failing_step, Some(Span { first: 6, last: 10 }));
        let roots: Vec<_> = reading.roots().map(|failure| failure.tool.as_str()).collect();
        assert_eq!(roots, ["mypy"]);
    }

    #[test]
    fn a_failure_gets_its_task_from_the_job_and_the_step() {
        let readers: Vec<Box<dyn Reader>> = vec![Box::new(Blocks("a", false))];
        let log =
            "##[group]Run make\nmake\n##[endgroup]\nbegin a\none\nend\n##[error]Process completed with exit code 2.\n";
        let reading = read_with(Extraction::new(readers, None), log);
        assert_eq!(reading.failures[0].task.as_deref(), Some("unit-test / Run make"));
        assert_eq!(reading.exit_code, Some(2));
        assert_eq!(reading.failing_step, Some(Span { first: 1, last: 7 }));
        assert_eq!(reading.excerpts.iter().map(|excerpt| excerpt.span.first).collect::<Vec<_>>(), [1, 4]);
    }
}
