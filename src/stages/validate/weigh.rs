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
            format!("the command is green here, each of {} times, without `{}`", runs.len(), incident.fingerprint);
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
    let gone = before.difference(&now).filter(|name| !only_counts(green) && !has_become_others(name, green));
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
                (TestEnd::Passed | TestEnd::Failed, None) if !only_counts(run) && !has_become_others(name, run) => {
                    &mut compared.gone
                }
                _ => continue,
            };
            set.insert(name);
        }
        compared
    }
}

/// Vitest names the tests of a file with a failure, and of a file without one only how many there are: names that are
/// missing from such a run say nothing, its counts do.
fn only_counts(run: &CommandRun) -> bool {
    let census = &run.census;
    census.named.is_empty() && census.passed.saturating_add(census.failed).saturating_add(census.skipped) > 0
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

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::domain::receipt::Census;

    /// One run: its exit status, the failures it shows, and its tests as `name+`, `name-` or `name~`.
    fn run(code: i32, failures: &[&str], tests: &[&str]) -> CommandRun {
        let named = tests.iter().map(|test| {
            let (name, end) = test.split_at(test.len() - 1);
            let end = match end {
                "+" => TestEnd::Passed,
                "-" => TestEnd::Failed,
                _ => TestEnd::Skipped,
            };
            (name.to_owned(), end)
        });
        let named: std::collections::BTreeMap<_, _> = named.collect();
        let count = |wanted| named.values().filter(|end| **end == wanted).count() as u32;
        CommandRun {
            command: "test".to_owned(),
            exit: Exit::Code(code),
            duration: Duration::from_secs(1),
            fingerprint: failures.first().and_then(|failure| Fingerprint::parse(failure)),
            failures: failures.iter().map(|failure| (*failure).to_owned()).collect(),
            census: Census {
                passed: count(TestEnd::Passed),
                failed: count(TestEnd::Failed),
                skipped: count(TestEnd::Skipped),
                named,
            },
        }
    }

    fn counted(code: i32, passed: u32, failed: u32, skipped: u32) -> CommandRun {
        let failures: &[&str] = if failed > 0 { &["one"] } else { &[] };
        CommandRun { census: Census { passed, failed, skipped, ..Census::default() }, ..run(code, failures, &[]) }
    }

    fn with<T>(check: impl FnOnce(Incident<'_>) -> T) -> T {
        let fingerprint = Fingerprint::parse("one").expect("a fingerprint");
        check(Incident { fingerprint: &fingerprint, failures: &["one".to_owned()].into() })
    }

    #[track_caller]
    fn weighed(before: &CommandRun, after: &CommandRun, code: Option<&str>) {
        let ended = with(|incident| {
            green(LegName::Green, std::slice::from_ref(before), after, incident, Vanishing::Disproves, "")
        });
        assert_eq!(ended.as_ref().err().map(|disproof| disproof.code), code, "{ended:?}");
    }

    #[test]
    fn red_is_the_same_failure_every_time() {
        let (same, other, good) = (run(1, &["one"], &[]), run(1, &["two"], &[]), run(0, &[], &[]));
        let more = run(2, &["one", "two"], &[]);
        let seen = |runs: &[&CommandRun]| {
            let runs: Vec<_> = runs.iter().map(|run| (*run).clone()).collect();
            with(|incident| red(&runs, incident))
        };
        assert_eq!(seen(&[&same, &same]), Red::AsExpected);
        assert_eq!(seen(&[&same, &more]), Red::AsExpected);
        assert!(matches!(seen(&[&good, &good]), Red::NotReproduced { code: "green", .. }));
        assert!(matches!(seen(&[]), Red::NotReproduced { .. }));
        let Red::NotReproduced { code, text } = seen(&[&other, &other]) else {
            panic!("another failure is not the incident")
        };
        assert_eq!(
            (code, text.as_str()),
            ("other-failure", "the incident is `one`, but here the command ends with exit status 1 and shows `two`")
        );
        for mixed in [[&same, &good], [&same, &other], [&good, &other]] {
            assert!(matches!(seen(&mixed), Red::Flaky { .. }));
        }
    }

    #[test]
    fn an_incident_without_failures_is_never_reproduced() {
        let fingerprint = Fingerprint::parse("one").expect("a fingerprint");
        let incident = Incident { fingerprint: &fingerprint, failures: &BTreeSet::new() };
        assert!(matches!(red(&[run(1, &[], &[])], incident), Red::NotReproduced { code: "other-failure", .. }));
    }

    #[test]
    fn a_failure_that_is_announced_by_a_green_command_is_no_failure() {
        assert!(matches!(
            with(|incident| red(&[run(0, &["one"], &[])], incident)),
            Red::NotReproduced { code: "green", .. }
        ));
    }

    #[test]
    fn every_test_that_failed_passes_and_none_that_passed_fails() {
        let before = run(1, &["one"], &["a-", "b+"]);
        weighed(&before, &run(0, &[], &["a+", "b+"]), None);
        weighed(&before, &run(0, &[], &["a+", "b+", "new+"]), None);
        weighed(&before, &run(1, &["one"], &["a-", "b+"]), Some("still-red"));
        weighed(&before, &run(1, &["two"], &["a+", "b-"]), Some("test.broken"));
        weighed(&before, &run(0, &[], &["a+", "b-"]), Some("test.broken"));
        weighed(&before, &run(0, &[], &["a-", "b+"]), Some("still-red"));
        weighed(&before, &run(1, &["two"], &["a+", "b+"]), Some("other-failure"));
        weighed(&before, &run(1, &[], &["a+", "b+"]), Some("other-failure"));
    }

    #[test]
    fn a_test_that_is_skipped_or_no_longer_run_disproves() {
        let before = run(1, &["one"], &["a-", "b+", "c~"]);
        weighed(&before, &run(0, &[], &["a+", "b~", "c~"]), Some("test.vanished"));
        weighed(&before, &run(0, &[], &["a~", "b+", "c~"]), Some("test.vanished"));
        weighed(&before, &run(0, &[], &["a+", "c~"]), Some("test.vanished"));
        weighed(&before, &run(0, &[], &[]), Some("test.vanished"));
        weighed(&before, &run(0, &[], &["a+", "b+"]), Some("test.vanished"));
    }

    #[test]
    fn a_run_that_only_counts_is_held_against_the_counts() {
        let before = run(1, &["one"], &["a-", "b+", "c~"]);
        let counted = |passed, skipped| {
            let mut after = run(0, &[], &[]);
            after.census = Census { passed, skipped, ..Census::default() };
            after
        };
        weighed(&before, &counted(2, 1), None);
        weighed(&before, &counted(3, 1), None);
        weighed(&before, &counted(1, 1), Some("test.vanished"));
        weighed(&before, &counted(1, 2), Some("test.vanished"));
        assert_eq!(changes(std::slice::from_ref(&before), &counted(2, 1)).vanished, Vec::<String>::new());
    }

    #[test]
    fn what_the_guard_has_told_is_for_a_person_to_see() {
        let before = run(1, &["one"], &["a-", "b+"]);
        let told = |after: &CommandRun| {
            with(|incident| {
                green(LegName::Green, std::slice::from_ref(&before), after, incident, Vanishing::IsTold, "")
                    .map_err(|disproof| disproof.code)
            })
        };
        assert_eq!(told(&run(0, &[], &["b+"])), Ok(()));
        assert_eq!(told(&run(0, &[], &["a~", "b+"])), Ok(()));
        assert_eq!(told(&run(0, &[], &["a-"])), Err("still-red"));
        assert_eq!(told(&run(1, &[], &["b+"])), Err("other-failure"));
    }

    #[test]
    fn a_tool_that_only_counts_may_count_no_fewer() {
        let before = counted(1, 4, 1, 0);
        weighed(&before, &counted(0, 5, 0, 0), None);
        weighed(&before, &counted(0, 6, 0, 0), None);
        weighed(&before, &counted(0, 4, 0, 0), Some("test.vanished"));
        weighed(&before, &counted(0, 4, 0, 1), Some("test.vanished"));
    }

    #[test]
    fn failures_of_another_reason_may_stay_and_are_named() {
        let before = run(1, &["one", "two"], &["a-", "b-", "c+"]);
        let after = run(1, &["two"], &["a+", "b-", "c+"]);
        weighed(&before, &after, None);
        assert_eq!(changes(&[before], &after).still_red, ["two"]);
        weighed(&run(1, &["one", "two"], &[]), &run(1, &["two", "three"], &[]), Some("other-failure"));
    }

    #[test]
    fn tests_that_could_not_be_collected_are_named_by_their_file_before() {
        let before = run(2, &["one"], &["tests/test_a.py-"]);
        let after = run(0, &[], &["tests/test_a.py::test_a+", "tests/test_a.py::test_b+"]);
        weighed(&before, &after, None);
        assert_eq!(changes(std::slice::from_ref(&before), &after).vanished, Vec::<String>::new());
        weighed(&before, &run(0, &[], &["tests/other.py::test_b+"]), Some("test.vanished"));
    }

    #[test]
    fn a_test_that_ends_now_so_and_now_so_without_the_patch_is_not_held_against_it() {
        let before = [run(1, &["one"], &["a-", "b+"]), run(1, &["one"], &["a-", "b-"])];
        let after = run(1, &["two"], &["a+", "b-"]);
        let code = with(|incident| green(LegName::Green, &before, &after, incident, Vanishing::Disproves, ""))
            .map_err(|disproof| disproof.code);
        assert_eq!(code, Err("still-red"), "b failed once before for a reason of its own, which no reader named");
    }

    #[test]
    fn red_again_is_the_incident_again() {
        let code = |run: &CommandRun| with(|incident| red_again(run, incident, "")).map_err(|disproof| disproof.code);
        assert_eq!(code(&run(1, &["one"], &[])), Ok(()));
        assert_eq!(code(&run(0, &[], &[])), Err("not-red-again"));
        assert_eq!(code(&run(1, &["two"], &[])), Err("not-red-again"));
    }

    #[test]
    fn what_goes_wrong_only_the_second_time_has_a_code_of_its_own() {
        let (before, after) = (run(1, &["one"], &["a-"]), run(1, &["one"], &["a-"]));
        let ended = with(|incident| {
            green(LegName::GreenAgain, &[before], &after, incident, Vanishing::Disproves, "assert 1 == 2")
        });
        let disproof = ended.expect_err("it is red");
        assert_eq!((disproof.code, disproof.leg), ("not-green-again", LegName::GreenAgain));
        assert_eq!(disproof.text, "with the patch it still fails: one\nassert 1 == 2");
    }

    #[test]
    fn many_names_are_counted() {
        let all: Vec<String> = (1..=NAMES_SHOWN_MAX).map(|number| format!("t{number}")).collect();
        assert_eq!(names(&all), "t1, t2, t3, t4, t5");
        let more = [all, vec!["t6".to_owned(), "t7".to_owned()]].concat();
        assert_eq!(names(&more), "t1, t2, t3, t4, t5 and 2 more");
    }
}
