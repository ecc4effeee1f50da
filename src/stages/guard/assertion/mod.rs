//! The assertions of a stretch of test code: where each stands, how exactly it compares, whether it is run at all.

mod weigh;
mod block;
mod find;

use std::ops::Range;

use super::change::Part;
use super::source::Source;
pub use find::{Helper, helpers};

/// One place that fails a test when something is not as expected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assertion {
    pub line: u32,
    /// Its tokens in the source, from the word that makes it an assertion (of Go, from the `if`) to its end.
    pub tokens: Range<usize>,
    /// What it says, without its layout.
    pub meanings: Vec<String>,
    /// It says what the value is, and not just something about it.
    pub is_exact: bool,
    /// It holds whatever the code under test does.
    pub is_empty: bool,
    /// It stands under an `if`, in a `catch`, behind a `&&`: it may not be run.
    pub is_guarded: bool,
    pub is_awaited: bool,
    /// How many alternatives it is content with.
    pub alternatives: usize,
    /// How many words in it allow for a distance: `approx`, `toBeCloseTo`.
    pub tolerances: usize,
    /// How often it turns the meaning round: `not`, `!`, `assertFalse`.
    pub negations: usize,
    /// Its comparisons of more and less, in order.
    pub bounds: Vec<String>,
}

/// The assertions of a part, in order; `helpers` are the file's own functions that assert for their callers.
pub fn assertions(part: &Part<'_, '_>, helpers: &[Helper]) -> Vec<Assertion> {
    let source = part.source;
    find::spans(part, helpers).into_iter().map(|tokens| weighed(source, tokens, helpers)).collect()
}

fn weighed(source: &Source<'_>, tokens: Range<usize>, helpers: &[Helper]) -> Assertion {
    let calls_exact = |helper: &Helper| helper.is_exact && helper.name == source.word(tokens.start);
    Assertion {
        line: source.line(tokens.start),
        meanings: tokens.clone().filter(|at| !source.is_idle(*at)).map(|at| source.meaning(at)).collect(),
        is_exact: weigh::is_exact(source, &tokens) || helpers.iter().any(calls_exact),
        is_empty: weigh::is_empty(source, &tokens),
        is_guarded: block::is_guarded(source, tokens.start),
        is_awaited: tokens.start > 0 && source.is_any(tokens.start - 1, &["await", "return"]),
        alternatives: weigh::alternatives(source, &tokens),
        tolerances: weigh::tolerances(source, &tokens),
        negations: weigh::negations(source, &tokens),
        bounds: weigh::bounds(source, &tokens),
        tokens,
    }
}
