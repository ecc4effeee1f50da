//! A run becomes the census of its tests: each name with its end, and how many ended how.

use std::collections::BTreeMap;

use crate::domain::failure::{Failure, Reading, TestEnd};
use crate::domain::receipt::Census;

/// Readers of tools that, run as the plan runs them, name every test and count none.
const NAME_ALL: &[&str] = &["go-test"];

/// `reported` are the tests of the run's reports. Where there are some, what was merely printed is not asked.
///
/// Names are kept only where all tests are named: a tool that names its failures alone would let a test that was
/// mended look like one that has vanished.
pub fn census(reading: &Reading, reported: &[(String, TestEnd)]) -> Census {
    if !reported.is_empty() {
        return of_names(reported);
    }
    let by_name = of_names(&reading.tests);
    match reading.counts {
        Some(counts) => {
            let total = counts.passed.saturating_add(counts.failed).saturating_add(counts.skipped);
            let all_named = u32::try_from(reading.tests.len()).is_ok_and(|named| named >= total);
            let named = if all_named { by_name.named } else { BTreeMap::new() };
            Census { named, passed: counts.passed, failed: counts.failed, skipped: counts.skipped }
        }
        None if names_all(reading) => by_name,
        None => Census::default(),
    }
}

/// Who names a test that passed names all of them.
fn names_all(reading: &Reading) -> bool {
    let by_its_ways = |failure: &Failure| NAME_ALL.contains(&failure.known_tool());
    reading.tests.iter().any(|(_, end)| *end == TestEnd::Passed) || reading.failures.iter().any(by_its_ways)
}

fn of_names(tests: &[(String, TestEnd)]) -> Census {
    let mut census = Census::default();
    for (name, end) in tests {
        // One name with two ends (a repeated test, parameters that print alike) counts by its worse one.
        let kept = census.named.entry(name.clone()).or_insert(*end);
        if rank(*end) > rank(*kept) {
            *kept = *end;
        }
    }
    for end in census.named.values() {
        let count = match end {
            TestEnd::Passed => &mut census.passed,
            TestEnd::Failed => &mut census.failed,
            TestEnd::Skipped => &mut census.skipped,
        };
        *count = count.saturating_add(1);
    }
    census
}

fn rank(end: TestEnd) -> u8 {
    match end {
        TestEnd::Passed => 0,
        TestEnd::Skipped => 1,
        TestEnd::Failed => 2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::failure::{Kind, TestCounts};
    use crate::domain::log::Span;

    fn reading(tests: &[(&str, TestEnd)], counts: Option<(u32, u32, u32)>) -> Reading {
        Reading {
            tests: tests.iter().map(|(name, end)| ((*name).to_owned(), *end)).collect(),
            counts: counts.map(|(passed, failed, skipped)| TestCounts { passed, failed, skipped }),
            ..Reading::default()
        }
    }

    #[test]
    fn names_are_kept_where_all_tests_are_named() {
        let all = [("a", TestEnd::Failed), ("b", TestEnd::Passed)];
        assert_eq!(census(&reading(&all, Some((1, 1, 0))), &[]).named.len(), 2);
        assert_eq!(census(&reading(&all, None), &[]).named.len(), 2);
    }

    #[test]
    fn a_tool_that_names_its_failures_alone_is_only_counted() {
        let census = census(&reading(&[("a", TestEnd::Failed)], Some((4, 1, 2))), &[]);
        assert_eq!((census.named.len(), census.passed, census.failed, census.skipped), (0, 4, 1, 2));
        assert_eq!(super::census(&reading(&[("a", TestEnd::Failed)], None), &[]), Census::default());
    }

    #[test]
    fn a_tool_that_counts_nothing_but_names_all_is_believed() {
        let mut go = reading(&[("TestA", TestEnd::Failed)], None);
        go.failures = vec![Failure::new(Kind::TestFailure, "go-test", "no", Span::at(1))];
        assert_eq!(census(&go, &[]).named.len(), 1);
    }

    #[test]
    fn a_report_is_believed_before_what_was_printed() {
        let printed = reading(&[("forged", TestEnd::Passed)], Some((1, 0, 0)));
        let reported = [("a".to_owned(), TestEnd::Failed), ("b".to_owned(), TestEnd::Skipped)];
        let census = census(&printed, &reported);
        assert_eq!((census.passed, census.failed, census.skipped), (0, 1, 1));
        assert!(!census.named.contains_key("forged"));
    }

    #[test]
    fn of_two_ends_of_one_name_the_worse_counts() {
        let ends = [("a", TestEnd::Passed), ("a", TestEnd::Failed), ("b", TestEnd::Skipped), ("b", TestEnd::Passed)];
        let census = census(&reading(&ends, None), &[]);
        assert_eq!(census.named, [("a".to_owned(), TestEnd::Failed), ("b".to_owned(), TestEnd::Skipped)].into());
    }
}
