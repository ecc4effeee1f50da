//! What Python and mypy name: the attribute, name or argument that was meant.

use std::sync::LazyLock;

use regex::Regex;

use super::case::{Case, rename};
use crate::domain::candidate::{Change, Remedy};
use crate::domain::failure::Failure;

/// The interpreter's own words, whichever test tool printed them; the place is the innermost frame of the repository.
pub fn remedies(case: &Case<'_>) -> Vec<Remedy> {
    case.places("python: the name it suggests", &interpreter)
}

pub fn mypy_remedies(case: &Case<'_>) -> Vec<Remedy> {
    case.places("mypy: the name it suggests", &mypy)
}

static INTERPRETER: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?:^name|has no attribute|cannot import name|unexpected keyword argument) '([^']+)'.*?(?:\. )?Did you mean:? '([^']+)'\?",
    )
    .expect("the pattern compiles")
});

fn interpreter(failure: &Failure) -> Vec<Change> {
    let named = INTERPRETER.captures(&failure.message);
    named.and_then(|found| rename(found.get(1)?.as_str(), found.get(2)?.as_str())).into_iter().collect()
}

static MYPY: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r#"(?:has no attribute|^Name|Unexpected keyword argument|has no key) "([^"]+)".*?(?:; maybe|; did you mean) (.+)\?$"#,
    )
    .expect("the pattern compiles")
});

/// `maybe "a", "b", or "c"?` gives one change for each.
fn mypy(failure: &Failure) -> Vec<Change> {
    let Some(named) = MYPY.captures(&failure.message) else { return Vec::new() };
    let from = named.get(1).map_or("", |name| name.as_str());
    let offered = named.get(2).map_or("", |names| names.as_str());
    offered.split('"').skip(1).step_by(2).filter_map(|to| rename(from, to)).collect()
}
