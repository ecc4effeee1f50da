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
mod reported;
mod engine;

pub use self::engine::{Extraction, Place, STEP_END_LINES};
use self::green::GreenLines;
use self::reader::Reader;
pub use self::reported::Reported;

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

/// `forced_tools` are the policy's `logs.tools`: only these readers read; empty finds out.
pub fn extraction(forced_tools: &[String], green: Option<GreenLines>) -> Extraction {
    let forced = |reader: &dyn Reader| forced_tools.is_empty() || forced_tools.iter().any(|tool| tool == reader.tool());
    Extraction::new(READERS.iter().map(|make| make()).filter(|reader| forced(reader.as_ref())).collect(), green)
}

#[cfg(test)]
pub mod tests {
    //! How readers are tried: text in, what was read out.

    use super::*;
    use crate::domain::failure::{Failure, Reading};
    use crate::stages::clean::cursor::Cursor;
    use crate::stages::clean::watch::{LITERAL_BYTES_MIN, Watch};

    /// Reads a whole log with every reader there is. What failed must not depend on whether tests are counted.
    pub fn read(log: &str) -> Reading {
        let counted = read_as(log, true);
        let mut uncounted = read_as(log, false);
        uncounted.tests.clone_from(&counted.tests);
        assert_eq!((&uncounted.failures, uncounted.counts), (&counted.failures, counted.counts));
        counted
    }

    fn read_as(log: &str, census: bool) -> Reading {
        let mut extraction = extraction(&[], None);
        let watch = Watch::new(extraction.wakes());
        let mut cursor = Cursor::watching(if census { watch } else { watch.quieten(extraction.passes()) });
        cursor.push(log.as_bytes(), &mut |line, around| extraction.line(line, around));
        let end = cursor.finish(STEP_END_LINES, &mut |line, around| extraction.line(line, around));
        extraction.finish(end, &Place { job: Some("unit-test"), ..Place::default() }, Reported::default())
    }

    /// What a log says failed, one line each: where, which test, which code, what, what would mend it, which lines.
    /// Cascades are in brackets.
    pub fn told(log: &str) -> Vec<String> {
        read(log).failures.iter().map(tell).collect()
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
    fn every_literal_can_be_watched_for() {
        for reader in READERS.iter().map(|make| make()) {
            for wake in reader.wakes() {
                assert!(wake.len() >= LITERAL_BYTES_MIN, "`{wake}` of {} is too short to be found", reader.tool());
            }
        }
    }
}
