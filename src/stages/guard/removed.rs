//! `test.removed`: a test that a runner would have run is no longer there, in this file or in another of the patch.

use super::cases::{Case, cases};
use super::change::Change;
use super::language::basename;
use crate::domain::verdict::{GuardCode, GuardHit};

pub fn hits(changes: &[Change<'_>]) -> Vec<GuardHit> {
    let now: Vec<_> = changes
        .iter()
        .flat_map(|change| cases(&change.after, change.language).into_iter().map(move |case| (change, case)))
        .collect();
    let mut hits = Vec::new();
    for change in changes {
        let before = cases(&change.before, change.language);
        let gone: Vec<_> = before.iter().filter(|case| !is_still_run(change, case, &before, &now)).collect();
        hits.extend(gone.iter().map(|case| GuardHit {
            code: GuardCode::TestRemoved,
            file: change.path.to_owned(),
            line: case.line,
            text: format!("the test `{}` is removed", case.name),
        }));
        // A file of tests in a form that is not read here.
        if !change.stays && change.is_test_file && before.is_empty() && !change.before.is_empty() {
            let text = format!("the test file {} is removed", basename(change.path));
            hits.push(GuardHit { code: GuardCode::TestRemoved, file: change.path.to_owned(), line: 1, text });
        }
    }
    hits
}

/// It may have moved to another file or got another name, as long as a runner still finds it and it does the same.
fn is_still_run(from: &Change<'_>, case: &Case, before: &[Case], now: &[(&Change<'_>, Case)]) -> bool {
    now.iter().any(|(change, other)| {
        let found_there = change.is_test_file || !from.is_test_file;
        let same_name = other.name == case.name && other.lines.len() > 1;
        let is_new_name = change.path != from.path || before.iter().all(|known| known.name != other.name);
        found_there && (same_name || (is_new_name && !case.body.is_empty() && other.body == case.body))
    })
}
