//! Clean lines become failures: one small state machine a tool, woken by literals.
//!
//! A reader is asleep until one of its literals is in a line; what it keeps is bounded; nobody holds a whole log. To
//! teach self-heal another tool, write one file beside this one and name it in its folder's `READERS`, or, where
//! patterns say all there is to say of it, in `FORMS`.

pub mod reader;
mod set;
pub mod green;
mod news;
pub mod paths;
mod place;
mod pattern;
mod form;
mod json_form;
mod block;
mod python;
mod rust;
mod script;
mod go;
mod jvm;
mod native;
mod ruby;
mod php;
mod dotnet;
mod apple;
mod dart;
mod elixir;
mod langs;
mod infra;
mod prose;
mod packages;
mod runners;
mod silent;
mod traces;
mod located;
mod words;
mod steps;
mod tasks;
mod excerpts;
mod settle;
mod join;
mod matched;
mod engine;
mod reported;

pub use self::engine::{Extraction, Place, STEP_END_LINES};
use self::form::{Form, FormReader};
use self::green::GreenLines;
use self::reader::{Make, Reader};
pub use self::reported::Reported;

/// Every tool there is, by what it is for. A line that two of them could read goes to the earlier one.
const TOOLS: &[(&[Make], &[&Form])] = &[
    (&[], prose::DRAWN_LIKE_RUSTC),
    (&[], packages::SAID_LIKE_PUB),
    (python::READERS, python::FORMS),
    (rust::READERS, rust::FORMS),
    (script::READERS, script::FORMS),
    (go::READERS, go::FORMS),
    (jvm::READERS, jvm::FORMS),
    (native::READERS, native::FORMS),
    (ruby::READERS, ruby::FORMS),
    (php::READERS, php::FORMS),
    (dotnet::READERS, dotnet::FORMS),
    (apple::READERS, apple::FORMS),
    (dart::READERS, dart::FORMS),
    (elixir::READERS, elixir::FORMS),
    (langs::READERS, langs::FORMS),
    (infra::READERS, infra::FORMS),
    (prose::READERS, prose::FORMS),
    (packages::READERS, packages::FORMS),
    (runners::READERS, runners::FORMS),
];

/// Those that guess come last.
const GUESSERS: &[Make] = &[
    || Box::new(python::traceback::Traceback::default()),
    || Box::new(script::node::Node::default()),
    || Box::new(located::Located),
    || Box::new(words::Words::default()),
];

fn readers() -> impl Iterator<Item = Box<dyn Reader>> {
    let tools = TOOLS.iter().flat_map(|(readers, forms)| {
        let forms = forms.iter().map(|form| Box::new(FormReader::of(form)) as Box<dyn Reader>);
        readers.iter().map(|make| make()).chain(forms)
    });
    let guessers = traces::GUESSERS.iter().chain(GUESSERS);
    tools.chain(guessers.map(|make| make()))
}

/// `forced_tools` are the policy's `logs.tools`: only these readers read; empty finds out.
pub fn extraction(forced_tools: &[String], green: Option<GreenLines>) -> Extraction {
    let forced_tools = forced_tools.to_vec();
    let make = move || {
        let forced =
            |reader: &dyn Reader| forced_tools.is_empty() || forced_tools.iter().any(|tool| tool == reader.tool());
        readers().filter(|reader| forced(reader.as_ref())).collect()
    };
    Extraction::new(make(), green).with_lanes(Box::new(make))
}

#[cfg(test)]
pub mod tests {
    //! How readers are tried: text in, what was read out.

    use watch::{DIGIT, LINE_END, NONZERO, NUMBER, Watch};

    use super::join::Told;
    use super::*;
    use crate::domain::failure::{Failure, Reading};
    use crate::stages::clean::cursor::Cursor;

    /// Reads a whole log with every reader there is, without what is only guessed beside what a tool says. What failed
    /// must not depend on whether tests are counted.
    pub fn read(log: &str) -> Reading {
        let mut reading = read_whole(log);
        reading.failures.retain(|failure| failure.primary || failure.tool != words::TOOL);
        reading
    }

    /// The same with the guesses.
    pub fn read_whole(log: &str) -> Reading {
        let counted = read_as(log, true);
        let mut uncounted = read_as(log, false);
        uncounted.tests.clone_from(&counted.tests);
        assert_eq!((&uncounted.failures, uncounted.counts), (&counted.failures, counted.counts));
        counted
    }

    fn read_as(log: &str, census: bool) -> Reading {
        let extraction = extraction(&[], None);
        let watch = Watch::new(extraction.wakes());
        let watch = if census { watch } else { watch.quieten(extraction.passes()) };
        read_watching(extraction, watch, log)
    }

    /// Reads a whole log with one reader.
    pub fn read_by(reader: Box<dyn Reader>, log: &str) -> Reading {
        read_with(Extraction::new(vec![reader], None), log)
    }

    /// Reads a whole log with some readers.
    pub fn read_with(extraction: Extraction, log: &str) -> Reading {
        let watch = Watch::new(extraction.wakes());
        read_watching(extraction, watch, log)
    }

    fn read_watching(mut extraction: Extraction, watch: Watch, log: &str) -> Reading {
        let mut cursor = Cursor::watching(watch).asked_for(extraction.hears_everything());
        cursor.push(log.as_bytes(), &mut |line, around| extraction.line(line, around));
        let end = cursor.finish(STEP_END_LINES, &mut |line, around| extraction.line(line, around));
        extraction.finish(end, &Place { job: Some("unit-test"), ..Place::default() }, Told::default())
    }

    /// What a log says failed, one line each: where, which test, which code, what, what would mend it, which lines.
    /// Cascades are in brackets.
    pub fn told(log: &str) -> Vec<String> {
        read(log).failures.iter().map(tell).collect()
    }

    /// A log, without its last line's end, says that these failed.
    pub fn check(log: &str, expected: &[&str]) {
        assert_eq!(told(&format!("{log}\n")), expected, "of {log}");
    }

    /// A log, without its last line's end, says that this failed and nothing else.
    pub fn check_only(log: &str, expected: &str) {
        check(log, &[expected]);
    }

    /// Of each of these failures test, path, line, code and message.
    pub fn shown<'r>(failures: impl Iterator<Item = &'r Failure>) -> Vec<(&'r str, &'r str, u32, &'r str, &'r str)> {
        fn or_empty(text: &Option<String>) -> &str {
            text.as_deref().unwrap_or_default()
        }
        let told = |failure: &'r Failure| {
            let (test, path, code) = (or_empty(&failure.test), or_empty(&failure.path), or_empty(&failure.code));
            (test, path, failure.line.unwrap_or_default(), code, failure.message.as_str())
        };
        failures.map(told).collect()
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

    #[test]
    fn a_set_holds_all_the_readers_there_are() {
        assert!(readers().count() <= set::READERS_MAX);
    }

    #[test]
    fn every_literal_can_be_watched_for() {
        let mut hits = Vec::new();
        for reader in readers() {
            let watch = Watch::new(reader.wakes().iter().copied());
            for (place, wake) in reader.wakes().iter().enumerate() {
                let example = wake.replace([DIGIT, NUMBER, NONZERO], "7").replace(LINE_END, "");
                watch.hits(&example, &mut hits);
                assert!(hits.contains(&place), "`{wake}` of {} is not found in `{example}`", reader.tool());
            }
        }
    }

    #[test]
    fn every_form_has_a_first_line_and_patterns_that_can_be_built() {
        for form in TOOLS.iter().flat_map(|(_, forms)| *forms) {
            assert!(!form.lines.is_empty() && !form.wakes.is_empty(), "{}", form.tool);
            for pattern in form.lines.iter().chain(&form.between).chain(&form.more).chain(&form.verdict) {
                assert!(regex::Regex::new(pattern).is_ok(), "`{pattern}` of {}", form.tool);
            }
        }
    }
}
