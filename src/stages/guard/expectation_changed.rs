//! A test expects, or is given, something else than before; or the data that it compares with is another.

use std::ops::Range;

use similar::DiffOp;

use super::assertion::{Assertion, assertions, helpers};
use super::assertion_removed::unmatched;
use super::change::{Changed, Changes, Part, Stretch};
use super::exempt::exempt;
use super::language::{Language, is_json, is_test_data};
use super::source::Source;
use crate::domain::verdict::{GuardCode, GuardHit};
use crate::text::changes;

/// A run of so many tokens that stands elsewhere after the patch was moved; a shorter one stands anywhere by chance.
const MOVED_TOKENS_MIN: usize = 4;

/// Beyond this many tokens on one side values are not compared one by one: no file of tests that people read is so long.
const DIFF_TOKENS_MAX: usize = 200_000;

pub fn hits(changes: &Changes<'_>) -> Vec<GuardHit> {
    let mut hits: Vec<GuardHit> = changes.files.iter().filter_map(other_data).collect();
    hits.extend(changes.files.iter().filter_map(other_output));
    let all = AllCode::of(changes);
    for stretch in changes.stretches() {
        hits.extend(other_values(&stretch, &all));
        hits.extend(other_meaning(&stretch));
    }
    hits
}

/// A snapshot, a golden file or a fixture that is another, or gone. A new one takes nothing from a test.
fn other_data(file: &Changed<'_>) -> Option<GuardHit> {
    let (before, after) = (&file.before, &file.after);
    if !before.exists || !is_test_data(before.path(), before.source.language) {
        return None;
    }
    let same = if is_json(before.path()) {
        meanings(&before.source) == meanings(&after.source)
    } else {
        before.source.text.lines().eq(after.source.text.lines())
    };
    let line = file.hunks.first().map_or(1, |hunk| hunk.after.start);
    let what = if after.exists { "what tests compare with is another" } else { "what tests compare with is gone" };
    (!same || !after.exists).then(|| before.source.hit(GuardCode::ExpectationChanged, line, what.to_owned()))
}

fn meanings(source: &Source<'_>) -> Vec<String> {
    (0..source.code.len()).filter(|at| !source.is_idle(*at)).map(|at| source.meaning(at)).collect()
}

/// The output that an example of Go must print stands in a comment.
fn other_output(file: &Changed<'_>) -> Option<GuardHit> {
    let outputs = |source: &Source<'_>| -> Vec<(String, u32)> {
        let mut lines = Vec::new();
        let mut last: Option<u32> = None;
        for comment in
            source.comments.iter().filter(|_| source.language == Language::Go && source.path.ends_with("_test.go"))
        {
            let text = comment.text.trim_start_matches('/').trim();
            let begins = text.to_ascii_lowercase().starts_with("output:")
                || text.to_ascii_lowercase().starts_with("unordered output:");
            let goes_on = last.is_some_and(|line| line + 1 == comment.line);
            if begins || goes_on {
                lines.push((text.to_owned(), comment.line));
                last = Some(comment.line);
            }
        }
        lines
    };
    let after = outputs(&file.after.source);
    let gone =
        outputs(&file.before.source).into_iter().find(|(text, _)| !after.iter().any(|(other, _)| other == text))?;
    let text = format!("an example printed `{}` before", gone.0);
    (file.after.exists).then(|| file.before.source.hit(GuardCode::ExpectationChanged, gone.1, text))
}

/// Values that stood in test code and do not any more.
fn other_values(stretch: &Stretch<'_, '_>, all: &AllCode) -> Vec<GuardHit> {
    let (before, after) = (&stretch.before, &stretch.after);
    let source = before.source;
    let (old, new) = (before.meanings(), after.meanings());
    if old.len().max(new.len()) > DIFF_TOKENS_MAX {
        return Vec::new();
    }
    let is_exempt = exempt(source);
    let moved_assertions: Vec<Assertion> = assertions(before, &helpers(source))
        .into_iter()
        .filter(|assertion| all.still_has(&assertion.meanings))
        .collect();
    let mut hits = Vec::new();
    for op in changes(&old, &new) {
        let run = old.get(op.old_range()).unwrap_or(&[]);
        if matches!(op, DiffOp::Equal { .. } | DiffOp::Insert { .. }) || all.still_has(run) {
            continue;
        }
        let come: Vec<&String> = new.get(op.new_range()).unwrap_or(&[]).iter().collect();
        // A text whose end was missing was read as something else: what stood in it is looked for in what came.
        let still_there = |at: usize| match source.has_open_text() {
            true => come.iter().any(|text| text.contains(source.word(at))),
            false => come.contains(&&source.meaning(at)),
        };
        let is_lost = |at: usize| {
            source.is_literal(at)
                && !is_exempt(at)
                && !still_there(at)
                && !moved_assertions.iter().any(|assertion| assertion.tokens.contains(&at))
        };
        if let Some(&at) = before.slice(op.old_range()).iter().find(|at| is_lost(**at)) {
            let text = format!("`{}` is {}", source.word(at), shown(after, op.new_range()));
            let line = after.slice(op.new_range()).first().map_or(source.line(at), |at| after.source.line(*at));
            hits.push(after.source.hit(GuardCode::ExpectationChanged, line, text));
        }
    }
    hits
}

fn shown(part: &Part<'_, '_>, range: Range<usize>) -> String {
    let words: Vec<&str> = part.slice(range).iter().map(|at| part.source.word(*at)).collect();
    if words.is_empty() { "gone".to_owned() } else { format!("now `{}`", words.join(" ")) }
}

/// The code of every file, on both sides.
struct AllCode {
    before: Vec<Vec<String>>,
    after: Vec<Vec<String>>,
}

impl AllCode {
    fn of(changes: &Changes<'_>) -> Self {
        Self {
            before: changes.files.iter().map(|file| meanings(&file.before.source)).collect(),
            after: changes.files.iter().map(|file| meanings(&file.after.source)).collect(),
        }
    }

    /// Whether a run of tokens stands in the files at least as often as before, only in another place.
    fn still_has(&self, run: &[String]) -> bool {
        let times = |files: &[Vec<String>]| -> usize {
            files.iter().map(|code| code.windows(run.len()).filter(|window| *window == run).count()).sum()
        };
        run.len() >= MOVED_TOKENS_MIN && times(&self.after) >= times(&self.before)
    }
}

/// Assertions that are there and say something else: the other way round, with another bound, of a wider error.
fn other_meaning(stretch: &Stretch<'_, '_>) -> Vec<GuardHit> {
    let (old_source, source) = (stretch.before.source, stretch.after.source);
    let before = assertions(&stretch.before, &helpers(old_source));
    let after = assertions(&stretch.after, &helpers(source));
    let (old, new) = (unmatched(&before, &after), unmatched(&after, &before));
    if old.len() != new.len() {
        return Vec::new();
    }
    let other = |(old, new): &(&&Assertion, &&Assertion)| {
        old.negations % 2 != new.negations % 2
            || old.bounds != new.bounds
            || wider_error(source, old, new)
            || calculates_more(source, old_source, old, new)
    };
    let told = old.iter().zip(&new).filter(other);
    told.map(|(_, new)| {
        source.hit(GuardCode::ExpectationChanged, new.line, "the assertion says something else than before".to_owned())
    })
    .collect()
}

/// Errors that nearly everything is.
const ANY_ERROR: [&str; 6] = ["Exception", "BaseException", "Throwable", "Error", "RuntimeException", "StandardError"];

fn wider_error(source: &Source<'_>, old: &Assertion, new: &Assertion) -> bool {
    let any =
        |assertion: &Assertion| assertion.meanings.iter().filter(|word| ANY_ERROR.contains(&word.as_str())).count();
    let expects_error = |word: &str| word.contains("aises") || word.to_ascii_lowercase().contains("throw");
    let argument_gone = old.meanings.len() > new.meanings.len();
    let is_about_errors = new.tokens.clone().any(|at| expects_error(source.word(at)));
    is_about_errors
        && (any(new) > any(old) || argument_gone && new.meanings.iter().all(|word| old.meanings.contains(word)))
}

/// A bound or a value that is not another but has something added to it.
fn calculates_more(source: &Source<'_>, old_source: &Source<'_>, old: &Assertion, new: &Assertion) -> bool {
    let sums = |source: &Source<'_>, assertion: &Assertion| {
        let is_sum = |at: usize| source.is_any(at, &["+", "*", "/", "-", "%"]) && source.is_literal(at + 1);
        assertion.tokens.clone().filter(|at| is_sum(*at)).count()
    };
    sums(source, new) > sums(old_source, old)
}
