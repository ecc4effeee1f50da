//! A run becomes the census of its tests: each name with its end, and how many ended how.

use std::collections::BTreeMap;

use crate::domain::failure::{Reading, TestEnd};
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
        None if by_name.passed > 0
            || reading.failures.iter().any(|failure| NAME_ALL.contains(&failure.tool.as_str())) =>
        {
            by_name
        }
        None => Census::default(),
    }
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
