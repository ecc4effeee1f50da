//! What all readers found becomes one list: equal failures once, roots before cascades.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

use super::runners::workflow_command;
use super::words;
use crate::domain::failure::{Failure, Kind};
use crate::domain::log::Span;

/// Readers that know no tool.
const VAGUE: &[&str] = &[words::TOOL, "located"];

/// Settles what is a root and what is not.
///
/// `guessing` are the tools that go by words alone, `wrapping` those that only run others, `failing` the lines of the
/// step that failed: what went wrong in another step did not stop the job.
pub fn settle(failures: Vec<Failure>, guessing: &[&str], wrapping: &[&str], failing: Option<Span>) -> Vec<Failure> {
    let mut failures = failures;
    // What only a report tells comes last.
    failures.sort_by_key(|failure| (failure.log == Span::NONE, failure.log));
    let guesses = |failure: &Failure| guessing.contains(&failure.tool.as_str());
    let mut failures = merge(failures, &guesses);
    let inside = |failure: &Failure| {
        failure.log == Span::NONE || failing.is_none_or(|step| (step.first..=step.last).contains(&failure.log.first))
    };
    // The best ground there is decides which failures are roots.
    // A line of its own script, or a dependency, is its own matter.
    let wraps = |failure: &Failure| {
        wrapping.contains(&failure.tool.as_str()) && failure.line.is_none() && failure.kind != Kind::DependencyIssue
    };
    // A tool that gives way to others, but is known: git, curl, docker.
    let vague = |failure: &Failure| guesses(failure) && VAGUE.contains(&failure.tool.as_str());
    let grounds: [&dyn Fn(&Failure) -> bool; 6] = [
        &|failure| !guesses(failure) && !wraps(failure) && inside(failure),
        &|failure| !guesses(failure) && inside(failure),
        &|failure| !vague(failure) && failure.line.is_some() && inside(failure),
        &|failure| !vague(failure) && inside(failure),
        &|failure| !guesses(failure),
        &inside,
    ];
    if let Some(ground) =
        grounds.iter().find(|ground| failures.iter().any(|failure| failure.primary && ground(failure)))
    {
        for failure in &mut failures {
            failure.primary &= ground(failure);
        }
    }
    // What was guessed of one block is told once.
    let mut guessed = HashSet::new();
    failures.retain(|failure| failure.line.is_some() || !guesses(failure) || guessed.insert(failure.log));
    // Beside a root, a guess that names no place is worth telling only of the failing step, and not of a tool's own lines.
    let told: Vec<Span> = failures
        .iter()
        .filter(|failure| !guesses(failure) && failure.log != Span::NONE)
        .map(|failure| failure.log)
        .collect();
    let within = |log: Span| told.iter().any(|span| span.first <= log.first && log.last <= span.last);
    if failures.iter().any(|failure| failure.primary) {
        failures.retain(|failure| {
            failure.primary || failure.line.is_some() || !guesses(failure) || (inside(failure) && !within(failure.log))
        });
    }
    failures
}

/// What makes two failures one: everything but the place in the log and the wording of help.
#[derive(PartialEq, Eq, Hash)]
struct Same {
    kind: Kind,
    place: Option<String>,
    line: Option<u32>,
    column: Option<u32>,
    test: Option<String>,
    message: String,
}

fn merge(failures: Vec<Failure>, guesses: &dyn Fn(&Failure) -> bool) -> Vec<Failure> {
    let mut merged: Vec<Failure> = Vec::with_capacity(failures.len());
    let mut seen: HashMap<Same, usize> = HashMap::new();
    // An annotation may only repeat what its tool has printed.
    let repeats = |failure: &Failure| guesses(failure) || failure.tool == workflow_command::TOOL;
    let told: Vec<(Option<String>, Option<u32>)> =
        failures.iter().filter(|failure| !repeats(failure)).map(place).filter(|place| place.1.is_some()).collect();
    for failure in failures {
        if repeats(&failure) && told.contains(&place(&failure)) {
            continue;
        }
        let same = Same {
            kind: failure.kind,
            place: place(&failure).0,
            line: failure.line,
            column: failure.column,
            test: failure.test.clone(),
            message: failure.message.clone(),
        };
        match seen.entry(same) {
            Entry::Vacant(entry) => {
                entry.insert(merged.len());
                merged.push(failure);
            }
            Entry::Occupied(entry) => {
                if let Some(first) = merged.get_mut(*entry.get()) {
                    first.code = first.code.take().or(failure.code);
                    first.suggestion = first.suggestion.take().or(failure.suggestion);
                    first.primary |= failure.primary;
                }
            }
        }
    }
    merged
}

fn place(failure: &Failure) -> (Option<String>, Option<u32>) {
    (failure.file.clone().or_else(|| failure.path.clone()), failure.line)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failure(tool: &str, file: &str, line: u32, at: u64) -> Failure {
        Failure {
            file: Some(file.to_owned()),
            line: Some(line),
            ..Failure::new(Kind::BuildError, tool, "no", Span::at(at))
        }
    }

    fn roots(failures: &[Failure]) -> Vec<(&str, u64)> {
        failures.iter().filter(|failure| failure.primary).map(|f| (f.tool.as_str(), f.log.first)).collect()
    }

    #[test]
    fn the_same_failure_twice_is_one_at_its_first_place() {
        let again = Failure { suggestion: Some("x".to_owned()), ..failure("rustc", "a.rs", 1, 9) };
        let settled = settle(vec![again, failure("rustc", "a.rs", 1, 3)], &[], &[], None);
        assert_eq!(roots(&settled), [("rustc", 3)]);
        assert_eq!(settled[0].suggestion.as_deref(), Some("x"));
    }

    #[test]
    fn a_guess_about_a_place_that_a_tool_names_is_nothing_new() {
        let settled =
            settle(vec![failure("words", "a.rs", 1, 9), failure("rustc", "a.rs", 1, 3)], &["words"], &[], None);
        assert_eq!(settled.len(), 1);
    }

    #[test]
    fn a_guess_beside_what_a_tool_says_is_a_cascade_and_one_without_a_place_is_told_of_the_failing_step_alone() {
        let vague =
            |line| Failure::new(Kind::RuntimeError, "words", format!("make: *** [t{line}] Error 2"), Span::at(line));
        let told = vec![failure("words", "b.rs", 1, 1), failure("rustc", "a.rs", 1, 3), vague(4), vague(9)];
        let settled = |failing| settle(told.clone(), &["words"], &[], failing);
        assert_eq!(roots(&settled(None)), [("rustc", 3)]);
        let lines = |failing| settled(failing).iter().map(|failure| failure.log.first).collect::<Vec<_>>();
        assert_eq!(lines(None), [1, 3, 4, 9]);
        assert_eq!(lines(Some(Span { first: 2, last: 5 })), [1, 3, 4]);
    }

    #[test]
    fn who_only_runs_others_tells_the_root_where_none_of_them_does() {
        let make = Failure::new(Kind::BuildError, "make", "all: Error 1", Span::at(9));
        let settled = settle(vec![failure("rustc", "a.rs", 1, 3), make.clone()], &[], &["make"], None);
        assert_eq!(roots(&settled), [("rustc", 3)]);
        assert_eq!(
            roots(&settle(vec![failure("words", "a.rs", 1, 3), make], &["words"], &["make"], None)),
            [("make", 9)]
        );
        let own = failure("make", "Makefile", 7, 9);
        assert_eq!(
            roots(&settle(vec![failure("rustc", "a.rs", 1, 3), own], &[], &["make"], None)),
            [("rustc", 3), ("make", 9)]
        );
    }

    #[test]
    fn a_tool_that_gives_way_to_others_does_not_give_way_to_words() {
        let said = |tool: &str, at| Failure::new(Kind::RuntimeError, tool, tool, Span::at(at));
        let guessing = ["words", "git"];
        let settled = settle(vec![said("words", 3), said("git", 4)], &guessing, &[], None);
        assert_eq!(roots(&settled), [("git", 4)]);
        let settled = settle(vec![failure("rustc", "a.rs", 1, 3), said("git", 4)], &guessing, &[], None);
        assert_eq!(roots(&settled), [("rustc", 3)]);
        let guessing = ["python", "git"];
        let settled = settle(vec![failure("python", "a.py", 1, 3), said("git", 4)], &guessing, &[], None);
        assert_eq!(roots(&settled), [("python", 3)]);
    }

    #[test]
    fn what_failed_in_another_step_is_a_cascade_if_the_failing_step_says_why() {
        let found = vec![failure("rustc", "a.rs", 1, 3), failure("rustc", "b.rs", 1, 13)];
        let step = Some(Span { first: 10, last: 20 });
        assert_eq!(roots(&settle(found.clone(), &[], &[], step)), [("rustc", 13)]);
        let elsewhere = Some(Span { first: 30, last: 40 });
        assert_eq!(roots(&settle(found, &[], &[], elsewhere)), [("rustc", 3), ("rustc", 13)]);
    }
}
