//! `assertion.removed` and `test.expectation-changed`: a test stays, but asks for less, or for something else.

use super::cases::cases;
use super::change::Change;
use super::language::{Language, basename, extension};
use super::statements::{Purpose, Statement, statements};
use super::tokens::{Token, skeleton, values};
use crate::domain::verdict::{GuardCode, GuardHit};

/// What a recorded expectation is kept in, when it lies among the tests.
const RECORDED: &[&str] = &[
    "snap", "golden", "approved", "expected", "json", "txt", "html", "xml", "yaml", "yml", "csv", "out", "stdout",
    "stderr", "ambr", "svg", "md",
];

/// A table of cases is a list in one of these.
const TABLES: &[&str] =
    &["parametrize", "each", "ValueSource", "CsvSource", "test_case", "case", "values", "EnumSource"];

pub fn hits(changes: &[Change<'_>]) -> Vec<GuardHit> {
    changes.iter().filter(|change| !change.is_new).flat_map(of_change).collect()
}

fn of_change(change: &Change<'_>) -> Vec<GuardHit> {
    if change.language == Language::Other {
        return recorded(change).into_iter().collect();
    }
    if !change.stays || change.is_layout_only() {
        return Vec::new();
    }
    let before = statements(&change.before, change.language, change.is_test_file);
    let mut after = statements(&change.after, change.language, change.is_test_file);
    let still: Vec<_> = cases(&change.after, change.language).into_iter().map(|case| case.name).collect();
    let mut gone: Vec<_> = before
        .into_iter()
        .filter(|statement| !take(&mut after, |other| other.tokens == statement.tokens && other.test == statement.test))
        // Of a test that is gone altogether only that is told.
        .filter(|statement| statement.test.is_empty() || still.contains(&statement.test))
        .collect();
    // Moved from one test into another, or out into a helper.
    gone.retain(|statement| !take(&mut after, |other| other.tokens == statement.tokens));
    let (assertions, others): (Vec<_>, Vec<_>) =
        gone.into_iter().partition(|statement| statement.purpose == Purpose::Assertion);
    let mut hits = Vec::new();
    for statement in assertions {
        hits.extend(of_assertion(change, &statement, &mut after));
    }
    let mut left = Vec::new();
    for statement in others.into_iter().filter(|statement| statement.purpose == Purpose::Other) {
        match of_other(change, &statement, &mut after) {
            Some(hit) => hits.push(hit),
            None => left.push(statement),
        }
    }
    hits.extend(of_cases(change, &left, &after));
    hits.sort_by_key(|hit| hit.line);
    hits
}

/// A file that tests compare with.
fn recorded(change: &Change<'_>) -> Option<GuardHit> {
    let is_recorded = change.is_test_file && RECORDED.contains(&extension(change.path));
    is_recorded.then(|| {
        let line = change.added(|line| &line.code).first().map_or(1, |line| line.number);
        let text = format!("what tests compare with is changed: {}", basename(change.path));
        hit(change, GuardCode::ExpectationChanged, line, text)
    })
}

fn of_assertion(change: &Change<'_>, gone: &Statement, after: &mut Vec<Statement>) -> Option<GuardHit> {
    let changed = |now: &Statement| {
        let text = format!("`{}` is now `{}`", gone.text, now.text);
        Some(hit(change, GuardCode::ExpectationChanged, now.line, text))
    };
    let same_place = |other: &Statement| other.test == gone.test && other.purpose == Purpose::Assertion;
    if let Some(now) = taken(after, |other| same_place(other) && skeleton(&other.tokens) == skeleton(&gone.tokens)) {
        return changed(&now);
    }
    // Only names differ: what is asked of them is the same. A named error is what is asked for.
    let names_are_asked_for =
        gone.tokens.iter().any(|token| matches!(token, Token::Word(word) if names_an_error(word)));
    if !names_are_asked_for
        && taken(after, |other| same_place(other) && without_names(&other.tokens) == without_names(&gone.tokens))
            .is_some()
    {
        return None;
    }
    match taken(after, same_place) {
        Some(now) if checks(&now.tokens) == checks(&gone.tokens) => changed(&now),
        Some(now) => {
            let text = format!("`{}` is loosened to `{}`", gone.text, now.text);
            Some(hit(change, GuardCode::AssertionRemoved, now.line, text))
        }
        None => {
            let text = format!("`{}` is no longer asserted", gone.text);
            Some(hit(change, GuardCode::AssertionRemoved, gone.line, text))
        }
    }
}

/// A value among a test's data: the row of a table, a `want`.
fn of_other(change: &Change<'_>, gone: &Statement, after: &mut Vec<Statement>) -> Option<GuardHit> {
    if values(&gone.tokens) == 0 {
        return None;
    }
    let now = taken(after, |other| {
        other.purpose == Purpose::Other && other.test == gone.test && skeleton(&other.tokens) == skeleton(&gone.tokens)
    })?;
    let text = format!("`{}` is now `{}`", gone.text, now.text);
    Some(hit(change, GuardCode::ExpectationChanged, now.line, text))
}

/// A case that has left its table: the test is run less often.
fn of_cases(change: &Change<'_>, gone: &[Statement], after: &[Statement]) -> Vec<GuardHit> {
    let is_table = |statement: &Statement| {
        statement.tokens.iter().any(|token| matches!(token, Token::Word(word) if TABLES.contains(&word.as_str())))
    };
    let words = |statement: &Statement| -> Vec<Token> {
        statement.tokens.iter().filter(|token| matches!(token, Token::Word(_))).take(4).cloned().collect()
    };
    let removed =
        |line: u32, text: &str| hit(change, GuardCode::TestRemoved, line, format!("a case is removed: `{text}`"));
    let mut hits = Vec::new();
    let mut rows = after.iter().filter(|other| is_row(other)).count();
    for statement in gone {
        if is_table(statement) {
            let shorter = after
                .iter()
                .find(|other| words(other) == words(statement) && values(&other.tokens) < values(&statement.tokens));
            hits.extend(shorter.map(|now| removed(now.line, &statement.text)));
        } else if is_row(statement) {
            // Another row in its place is a changed expectation, which is told already.
            if rows == 0 {
                hits.push(removed(statement.line, &statement.text));
            }
            rows = rows.saturating_sub(1);
        }
    }
    hits
}

/// A line of nothing but values, as tables have.
fn is_row(statement: &Statement) -> bool {
    let begins = matches!(statement.tokens.first(), Some(Token::Value(_) | Token::Sign('{' | '[')));
    begins && statement.purpose == Purpose::Other && values(&statement.tokens) > 0
}

fn take(from: &mut Vec<Statement>, is_it: impl Fn(&Statement) -> bool) -> bool {
    taken(from, is_it).is_some()
}

fn taken(from: &mut Vec<Statement>, is_it: impl Fn(&Statement) -> bool) -> Option<Statement> {
    from.iter().position(is_it).map(|at| from.remove(at))
}

fn without_names(tokens: &[Token]) -> Vec<Token> {
    let blank = |token: &Token| match token {
        Token::Word(word) if !is_check(word) => Token::Word(String::new()),
        other => other.clone(),
    };
    tokens.iter().map(blank).collect()
}

/// How it is compared: the words and signs of the comparison, in order.
fn checks(tokens: &[Token]) -> Vec<&Token> {
    tokens
        .iter()
        .filter(|token| match token {
            Token::Word(word) => is_check(word),
            Token::Sign(sign) => matches!(sign, '=' | '!' | '<' | '>' | '|' | '&' | '~'),
            Token::Value(_) => false,
        })
        .collect()
}

const CHECKS: &[&str] = &[
    "in",
    "is",
    "not",
    "and",
    "or",
    "any",
    "all",
    "if",
    "approx",
    "isclose",
    "equal",
    "equals",
    "deepEqual",
    "strictEqual",
    "deepStrictEqual",
    "notEqual",
    "ok",
    "match",
    "rejects",
    "resolves",
    "matches",
    "len",
    "isinstance",
    "abs",
    "round",
];

fn is_check(word: &str) -> bool {
    let begins = |prefix: &str| {
        word.strip_prefix(prefix).is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_uppercase() || c == '_'))
    };
    CHECKS.contains(&word)
        || word.starts_with("assert")
        || word.starts_with("expect")
        || word.starts_with("Error")
        || word.starts_with("Fatal")
        || begins("to")
        || begins("is")
        || begins("has")
        || names_an_error(word)
}

fn names_an_error(word: &str) -> bool {
    let word = word.to_ascii_lowercase();
    word.contains("raises") || word.contains("throw") || word == "warns" || word == "should_panic"
}

fn hit(change: &Change<'_>, code: GuardCode, line: u32, text: String) -> GuardHit {
    GuardHit { code, file: change.path.to_owned(), line, text }
}
