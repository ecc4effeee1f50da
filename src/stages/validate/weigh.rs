//! Runs become a proof or the exact reason why there is none: legs are compared test by test, not by exit status alone.

use std::collections::BTreeSet;

use crate::domain::failure::TestEnd;
use crate::domain::fingerprint::Fingerprint;
use crate::domain::jail::Exit;
use crate::domain::receipt::{CommandRun, Disproof, LegName};
use crate::text::truncate;

/// So many names stand in a sentence; the rest are counted.
const NAMES_SHOWN_MAX: usize = 5;

/// A name longer than this says nothing more to a person.
const NAME_BYTES_MAX: usize = 160;

/// What failed, and must be shown to fail without the patch and to pass with it.
#[derive(Clone, Copy, Debug)]
pub struct Incident<'a> {
    pub fingerprint: &'a Fingerprint,
    /// The identities of its root failures.
    pub failures: &'a BTreeSet<String>,
}

/// What the unpatched tree showed, `repeats` times.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Red {
    /// Every run failed as the incident did.
    AsExpected,
    NotReproduced {
        code: &'static str,
        text: String,
    },
    Flaky {
        text: String,
    },
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Seen {
    Green,
    Incident,
    Other,
}

pub fn red(runs: &[CommandRun], incident: Incident<'_>) -> Red {
    let seen: Vec<_> = runs.iter().map(|run| look(run, incident)).collect();
    let all = |wanted: Seen| seen.iter().all(|seen| *seen == wanted);
    if seen.is_empty() || all(Seen::Green) {
        let text =
            format!("the command is green here, {} of {} times: {}", runs.len(), runs.len(), incident.fingerprint);
        return Red::NotReproduced { code: "green", text };
    }
    if all(Seen::Incident) {
        return Red::AsExpected;
    }
    if all(Seen::Other) {
        let found = runs.first().and_then(|run| run.fingerprint.as_ref());
        let found = found.map_or("a failure that no reader knows".to_owned(), |found| format!("`{found}`"));
        let exit = runs.first().map_or(String::new(), |run| in_words(run.exit));
        let text = format!(
            "the incident is `{}`, but here the command ends with {exit} and shows {found}",
            incident.fingerprint
        );
        return Red::NotReproduced { code: "other-failure", text };
    }
    let count = |wanted: Seen| seen.iter().filter(|seen| **seen == wanted).count();
    let text = format!(
        "of {} runs of the same tree {} failed as the incident did, {} failed otherwise and {} were green",
        runs.len(),
        count(Seen::Incident),
        count(Seen::Other),
        count(Seen::Green)
    );
    Red::Flaky { text }
}

/// Whether the tamper guard has already told that tests go: then a person is asked anyway, and the receipt names them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Vanishing {
    Disproves,
    IsTold,
}

/// Holds a leg with the patch against the runs without it. `lines` are the failing lines of its log.
pub fn green(
    leg: LegName,
    red: &[CommandRun],
    run: &CommandRun,
    incident: Incident<'_>,
    vanishing: Vanishing,
    lines: &str,
) -> Result<(), Disproof> {
    let Some((code, text)) = against_green(red, run, incident, vanishing) else { return Ok(()) };
    // The patch was seen to work once: that it does not always is another thing than that it does not.
    let code = if leg == LegName::GreenAgain { "not-green-again" } else { code };
    Err(Disproof { code, leg, text: with_lines(&text, lines) })
}

/// Holds the leg with the patch taken out against the incident.
pub fn red_again(run: &CommandRun, incident: Incident<'_>, lines: &str) -> Result<(), Disproof> {
    let text = match look(run, incident) {
        Seen::Incident => return Ok(()),
        Seen::Green => "with the patch taken out the command is green as well: something else has mended it".to_owned(),
        Seen::Other => format!("with the patch taken out the command ends with {} in another way", in_words(run.exit)),
    };
    Err(Disproof { code: "not-red-again", leg: LegName::RedAgain, text: with_lines(&text, lines) })
}

/// Tests that are gone, tests that are new, and failures that were there for another reason and still are.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Changes {
    pub vanished: Vec<String>,
    pub new: Vec<String>,
    pub still_red: Vec<String>,
}

pub fn changes(red: &[CommandRun], green: &CommandRun) -> Changes {
    let before: BTreeSet<_> = red.iter().flat_map(|run| run.census.named.keys()).collect();
    let now: BTreeSet<_> = green.census.named.keys().collect();
    let gone = before.difference(&now).filter(|name| !has_become_others(name, green));
    Changes {
        vanished: gone.map(|name| (**name).clone()).collect(),
        new: now.difference(&before).map(|name| (**name).clone()).collect(),
        still_red: if green.exit.success() { Vec::new() } else { green.failures.iter().cloned().collect() },
    }
}

fn look(run: &CommandRun, incident: Incident<'_>) -> Seen {
    if run.exit.success() {
        Seen::Green
    } else if !incident.failures.is_empty() && incident.failures.is_subset(&run.failures) {
        Seen::Incident
    } else {
        Seen::Other
    }
}

fn against_green(
    red: &[CommandRun],
    run: &CommandRun,
    incident: Incident<'_>,
    vanishing: Vanishing,
) -> Option<(&'static str, String)> {
    // Failures of the unpatched tree that are not the incident's: they may stay.
    let others: BTreeSet<_> = red.iter().flat_map(|run| run.failures.difference(incident.failures)).collect();
    let tests = Compared::of(red, run);
    if !run.exit.success() {
        let left: BTreeSet<_> = run.failures.intersection(incident.failures).collect();
        if !left.is_empty() {
            return Some(("still-red", format!("with the patch it still fails: {}", names(left))));
        }
    }
    if others.is_empty() && !tests.left.is_empty() {
        return Some(("still-red", format!("with the patch these tests still fail: {}", names(tests.left))));
    }
    if !tests.broken.is_empty() {
        let text = format!("these tests passed before the patch and fail with it: {}", names(tests.broken));
        return Some(("test.broken", text));
    }
    if !run.exit.success() {
        let new: BTreeSet<_> = run.failures.iter().filter(|failure| !others.contains(failure)).collect();
        if !new.is_empty() {
            return Some(("other-failure", format!("with the patch it fails otherwise: {}", names(new))));
        }
        if run.failures.is_empty() {
            let text = format!("with the patch the command ends with {} and names no failure", in_words(run.exit));
            return Some(("other-failure", text));
        }
    }
    if vanishing == Vanishing::IsTold {
        return None;
    }
    if !tests.gone.is_empty() {
        return Some(("test.vanished", format!("with the patch these tests are no longer run: {}", names(tests.gone))));
    }
    against_counts(red, run).map(|text| ("test.vanished", text))
}

/// Every test that failed must pass, and none that passed may fail, be skipped or be gone.
#[derive(Default)]
struct Compared<'r> {
    broken: BTreeSet<&'r String>,
    gone: BTreeSet<&'r String>,
    left: BTreeSet<&'r String>,
}

impl<'r> Compared<'r> {
    fn of(red: &'r [CommandRun], run: &CommandRun) -> Self {
        let mut compared = Self::default();
        for (name, end) in red.iter().flat_map(|run| &run.census.named) {
            // A test that ends now so and now so without the patch says nothing about it.
            let steady = red.iter().all(|run| run.census.named.get(name) == Some(end));
            let set = match (end, run.census.named.get(name)) {
                (TestEnd::Passed, Some(TestEnd::Failed)) if steady => &mut compared.broken,
                (TestEnd::Failed, Some(TestEnd::Failed)) => &mut compared.left,
                (TestEnd::Passed | TestEnd::Failed, Some(TestEnd::Skipped)) => &mut compared.gone,
                (TestEnd::Passed | TestEnd::Failed, None) if !has_become_others(name, run) => &mut compared.gone,
                _ => continue,
            };
            set.insert(name);
        }
        compared
    }
}

/// For tools that only count: no fewer tests, and no more of them skipped.
fn against_counts(red: &[CommandRun], run: &CommandRun) -> Option<String> {
    let total =
        |run: &CommandRun| run.census.passed.saturating_add(run.census.failed).saturating_add(run.census.skipped);
    let before = red.iter().map(total).min()?;
    let skipped = red.iter().map(|run| run.census.skipped).max()?;
    if total(run) < before {
        return Some(format!("the command ran {before} tests before the patch and {} with it", total(run)));
    }
    let now = run.census.skipped;
    (now > skipped).then(|| format!("{skipped} tests were skipped before the patch and {now} with it"))
}

/// A file that could not be collected is named in place of its tests; afterwards it is its tests that are named.
fn has_become_others(name: &str, run: &CommandRun) -> bool {
    let after = run.census.named.range(name.to_owned()..).map(|(other, _)| other);
    after.take_while(|other| other.starts_with(name)).any(|other| other.len() > name.len())
}

fn names<'n>(of: impl IntoIterator<Item = &'n String>) -> String {
    let all: Vec<_> = of.into_iter().collect();
    let shown: Vec<_> = all.iter().take(NAMES_SHOWN_MAX).map(|name| truncate(name, NAME_BYTES_MAX)).collect();
    let rest = all.len().saturating_sub(shown.len());
    let more = if rest == 0 { String::new() } else { format!(" and {rest} more") };
    format!("{}{more}", shown.join(", "))
}

fn in_words(exit: Exit) -> String {
    match exit {
        Exit::Code(code) => format!("exit status {code}"),
        Exit::Signal(signal) => format!("signal {signal}"),
        Exit::TimedOut => "the end of its time".to_owned(),
        Exit::TooMuchOutput => "more output than is kept".to_owned(),
    }
}

fn with_lines(text: &str, lines: &str) -> String {
    if lines.is_empty() { text.to_owned() } else { format!("{text}\n{lines}") }
}
