//! Where assertions begin and end, in each language.

use std::ops::Range;

use super::weigh::is_exact;
use crate::stages::guard::change::Part;
use crate::stages::guard::language::Language;
use crate::stages::guard::source::Source;

pub fn spans(part: &Part<'_, '_>, helpers: &[Helper]) -> Vec<Range<usize>> {
    let source = part.source;
    let mut spans: Vec<Range<usize>> = Vec::new();
    for &at in &part.tokens {
        // What stands in an assertion is part of it: `expect.any(…)`, the `t.Error` of an `if` that is known already.
        if spans.last().is_some_and(|last| last.contains(&at)) {
            continue;
        }
        let span = span_at(source, at).or_else(|| helper_call(source, at, helpers));
        let Some(span) = span else { continue };
        // An `if` of Go is seen when its `t.Error` comes; what was found inside of it before goes with it.
        spans.retain(|known| !(span.start <= known.start && known.end <= span.end));
        spans.push(span);
    }
    spans
}

/// A function of a test file that asserts for its callers.
pub struct Helper {
    pub name: String,
    /// One of its assertions says what a value is.
    pub is_exact: bool,
}

pub fn helpers(source: &Source<'_>) -> Vec<Helper> {
    let helper = |(name, body): (usize, Range<usize>)| {
        let mut spans = body.filter_map(|at| span_at(source, at)).peekable();
        spans.peek()?;
        let is_exact = spans.any(|span| is_exact(source, &span));
        Some(Helper { name: source.word(name).to_owned(), is_exact })
    };
    bodies(source).into_iter().filter_map(helper).collect()
}

/// The name and the body of every function that is declared here.
fn bodies(source: &Source<'_>) -> Vec<(usize, Range<usize>)> {
    let mut bodies = Vec::new();
    let statements = if source.language == Language::Python { source.statements() } else { Vec::new() };
    for at in 0..source.code.len() {
        if !source.is_word(at) {
            continue;
        }
        if source.language == Language::Python {
            if at > 0 && source.is(at - 1, "def") {
                bodies.push((at, at + 1..indented_end(source, &statements, at)));
            }
        } else if let Some(open) = declared_body(source, at) {
            bodies.push((at, open..source.partner(open).unwrap_or(open)));
        }
    }
    bodies
}

/// The first statement behind the block whose head a token is in.
fn indented_end(source: &Source<'_>, statements: &[usize], at: usize) -> usize {
    let indent = |at: usize| source.get(at).and_then(|token| token.indent).unwrap_or(0);
    let index = statements.partition_point(|begins| *begins <= at);
    let own = index.checked_sub(1).and_then(|index| statements.get(index)).map_or(0, |begins| indent(*begins));
    let ends = statements.iter().skip(index).find(|begins| indent(**begins) <= own);
    ends.copied().unwrap_or(source.code.len())
}

/// Words before brackets and braces that declare nothing.
const CONTROL: [&str; 9] = ["if", "for", "while", "switch", "catch", "match", "with", "return", "function"];

/// The brace that opens the body of `name(…) {`, `name = (…) => {` or `name(…) -> T {`.
fn declared_body(source: &Source<'_>, name: usize) -> Option<usize> {
    if source.is_any(name, &CONTROL) {
        return None;
    }
    let declares = name > 0 && (source.is_word(name - 1) || source.is_any(name - 1, &[">", "]", ")"]));
    let mut at = match source.word(name + 1) {
        "(" if declares => source.after_group(name + 1)?,
        "=" if declares => {
            let open = if source.is(name + 2, "async") { name + 3 } else { name + 2 };
            let arrow = if source.is(open, "(") { source.after_group(open)? } else { open + 1 };
            if !source.is(arrow, "=>") {
                return None;
            }
            arrow + 1
        }
        _ => return None,
    };
    // What it gives back stands between.
    let last = at + RESULT_TOKENS_MAX;
    while at < last && !source.is_any(at, &["{", ";", ")", ","]) {
        at = source.after_group(at).unwrap_or(at + 1);
    }
    source.is(at, "{").then_some(at)
}

/// A result type, a `throws`, a `where`: longer ones are written by nobody.
const RESULT_TOKENS_MAX: usize = 60;

fn helper_call(source: &Source<'_>, at: usize, helpers: &[Helper]) -> Option<Range<usize>> {
    let is_call = source.is_word(at) && source.is(at + 1, "(");
    let is_declared = at > 0 && source.is_any(at - 1, &["def", "fn", "function", "func", "void"]);
    // A method of something else may have the same name.
    let is_foreign = at > 1 && source.is(at - 1, ".") && !source.is_any(at - 2, &["self", "this", "cls"]);
    let is_helper = helpers.iter().any(|helper| helper.name == source.word(at));
    if !is_call || is_declared || is_foreign || !is_helper || declared_body(source, at).is_some() {
        return None;
    }
    Some(at..source.after_group(at + 1)?)
}

fn span_at(source: &Source<'_>, at: usize) -> Option<Range<usize>> {
    if !source.is_word(at) {
        return None;
    }
    match source.language {
        Language::Python => python(source, at),
        Language::Rust => rust(source, at),
        Language::Script => script(source, at),
        Language::Go => go(source, at),
        Language::Java => java(source, at),
        _ => None,
    }
}

fn python(source: &Source<'_>, at: usize) -> Option<Range<usize>> {
    let word = source.word(at);
    if word == "assert" {
        let mut end = at + 1;
        while end < source.code.len() && !source.is(end, ";") {
            if source.get(end).is_some_and(|token| token.indent.is_some()) && !source.is(end - 1, "\\") {
                break;
            }
            end = source.after_group(end).unwrap_or(end + 1);
        }
        return Some(at..end);
    }
    let is_declared = at > 0 && source.is_any(at - 1, &["def", "import", ","]) && !source.is(at + 1, "(");
    let asserts = word.starts_with("assert") && word.len() > "assert".len()
        || matches!(word, "raises" | "warns" | "deprecated_call")
        || word == "fail" && at > 0 && source.is(at - 1, ".");
    let is_definition = at > 0 && source.is(at - 1, "def");
    (asserts && !is_declared && !is_definition && source.is(at + 1, "(")).then(|| at..chain_end(source, at))
}

fn rust(source: &Source<'_>, at: usize) -> Option<Range<usize>> {
    let word = source.word(at);
    let bare = word.strip_prefix("debug_").or(word.strip_prefix("prop_")).unwrap_or(word);
    let asserts = bare.starts_with("assert") || matches!(word, "panic" | "unreachable");
    if asserts && source.is(at + 1, "!") {
        return Some(at..source.after_group(at + 2)?);
    }
    let is_helper = word.starts_with("assert_") && source.is(at + 1, "(") && !(at > 0 && source.is(at - 1, "fn"));
    let is_error = matches!(word, "unwrap_err" | "expect_err") && source.is(at + 1, "(");
    if is_helper || is_error { Some(at..source.after_group(at + 1)?) } else { None }
}

/// Assertions of `ava` and `tap` hang on the test's context.
const CONTEXT_METHODS: [&str; 16] = [
    "is",
    "not",
    "equal",
    "equals",
    "same",
    "strictSame",
    "deepEqual",
    "notDeepEqual",
    "ok",
    "notOk",
    "true",
    "false",
    "truthy",
    "falsy",
    "throws",
    "snapshot",
];

fn script(source: &Source<'_>, at: usize) -> Option<Range<usize>> {
    let word = source.word(at);
    let calls = source.is_any(at + 1, &["(", ".", "<"]);
    let is_member = at > 0 && source.is(at - 1, ".");
    let object = at.checked_sub(2).map_or("", |object| source.word(object));
    let asserts = match word {
        "expect" | "assert" | "expectTypeOf" | "assertType" => !is_member || object == "t" || object == "chai",
        "should" => is_member,
        _ if is_member => matches!(object, "t" | "tap") && CONTEXT_METHODS.contains(&word) && source.is(at + 1, "("),
        _ => word.starts_with("assert") && source.is(at + 1, "("),
    };
    let is_import = source.is_any(at + 1, &[","]) || at > 0 && source.is_any(at - 1, &["import", "as"]);
    (asserts && calls && !is_import).then(|| at..chain_end(source, at))
}

/// Methods of a test that fail it.
const GO_FAILS: [&str; 6] = ["Error", "Errorf", "Fatal", "Fatalf", "Fail", "FailNow"];

fn go(source: &Source<'_>, at: usize) -> Option<Range<usize>> {
    let object = at.checked_sub(2).map_or("", |object| source.word(object));
    let is_member = at > 0 && source.is(at - 1, ".");
    if is_member
        && source.is_any(at, &GO_FAILS)
        && source.is(at + 1, "(")
        && matches!(object, "t" | "b" | "f" | "tb" | "T" | ")")
    {
        let call = at - 2..source.after_group(at + 1)?;
        // The condition belongs to it: `if got != want { t.Fatal(…) }`.
        return Some(condition_around(source, call.start).unwrap_or(call));
    }
    let is_library = matches!(source.word(at), "require" | "assert" | "must" | "should" | "is" | "qt");
    (!is_member && is_library && source.is(at + 1, ".") && source.is(at + 3, "(")).then(|| at..chain_end(source, at))
}

fn condition_around(source: &Source<'_>, at: usize) -> Option<Range<usize>> {
    let open = source.around(at).filter(|open| source.is(*open, "{"))?;
    let close = source.partner(open)?;
    let mut begins = open;
    while let Some(before) = begins.checked_sub(1) {
        if source.is(before, "if") {
            return Some(before..close + 1);
        }
        let ends_header = source.is_any(before, &["{", "}", "for", "func", "switch", "case", "else", ":"]);
        if ends_header && source.partner(before).is_none_or(|partner| partner > before) {
            return None;
        }
        begins = source.partner(before).filter(|partner| *partner < before).unwrap_or(before);
    }
    None
}

fn java(source: &Source<'_>, at: usize) -> Option<Range<usize>> {
    let word = source.word(at);
    if word == "assert" && !source.is_any(at + 1, &[".", "(", ";"]) {
        let end = (at..source.code.len()).find(|end| source.is(*end, ";"))?;
        return Some(at..end);
    }
    let begins =
        |prefix: &str| word.strip_prefix(prefix).is_some_and(|rest| rest.chars().next().is_none_or(char::is_uppercase));
    let asserts = begins("assert") || begins("verify") || begins("fail") || begins("should") || begins("expect");
    let is_declared = at > 0 && source.is_any(at - 1, &["void", "fun", "new"]);
    (asserts && !is_declared && source.is(at + 1, "(")).then(|| at..chain_end(source, at))
}

/// Over `.member`, `(…)`, `[…]` and `<…>` to where the expression ends.
fn chain_end(source: &Source<'_>, at: usize) -> usize {
    let mut end = at + 1;
    loop {
        if source.is_any(end, &["(", "["]) {
            match source.after_group(end) {
                Some(after) => end = after,
                None => return end + 1,
            }
        } else if source.is_any(end, &[".", "?."]) && source.is_word(end + 1) {
            end += 2;
        } else if source.is(end, "!") && source.is(end + 1, ".") {
            end += 1;
        } else if source.is(end, "<") {
            // Types of a call: `expectTypeOf<A>()`.
            match (end..source.code.len().min(end + RESULT_TOKENS_MAX)).find(|close| source.is(*close, ">")) {
                Some(close) if source.is(close + 1, "(") => end = close + 1,
                _ => return end,
            }
        } else {
            return end;
        }
    }
}
