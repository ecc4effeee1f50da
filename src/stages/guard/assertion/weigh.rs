//! How much an assertion says: exactly what a value is, something about it, or nothing.

use std::ops::Range;

use crate::stages::guard::language::Language;
use crate::stages::guard::source::Source;

type Span = Range<usize>;

/// Words of assertions that say what a value is, in lower case and without underscores.
const EXACT: [&str; 34] = [
    "asserteq",
    "assertis",
    "assertisnone",
    "assertsame",
    "assertarrayequals",
    "assertcalledoncewith",
    "assertcalledwith",
    "asserthascalls",
    "assertcalledonce",
    "assertnotcalled",
    "assertawaitedwith",
    "assertawaitedoncewith",
    "tobe",
    "toequal",
    "tostrictequal",
    "tobenull",
    "tobeundefined",
    "tohavelength",
    "tohavebeencalledwith",
    "tohavebeencalledtimes",
    "tomatchsnapshot",
    "tomatchinlinesnapshot",
    "equal",
    "equals",
    "strictequal",
    "deepequal",
    "deepstrictequal",
    "isequalto",
    "issameas",
    "containsexactly",
    "equalvalues",
    "exactly",
    "equalerror",
    "jsoneq",
];

pub fn is_exact(source: &Source<'_>, span: &Span) -> bool {
    let is_comparison = |at: usize| match source.language {
        Language::Go => source.is(span.start, "if") && source.is_any(at, &["!=", "DeepEqual", "Diff"]),
        Language::Python => source.is_any(at, &["==", "is"]) && !source.is(at + 1, "not") && !is_type_call(source, at),
        _ => source.is_any(at, &["==", "==="]),
    };
    span.clone().any(|at| source.is_word(at) && names_exact(source.word(at)) || is_comparison(at))
}

fn names_exact(word: &str) -> bool {
    let plain = word.to_ascii_lowercase().replace('_', "");
    let is_variant = plain.starts_with("assert")
        && (plain.contains("equal") || plain.contains("raises") || plain.contains("throws"))
        && !plain.contains("not")
        && !plain.contains("almost");
    EXACT.contains(&plain.as_str())
        || is_variant
        || matches!(plain.as_str(), "raises" | "throws" | "tothrow" | "tothrowerror")
}

/// `type(x) == int` says no more than `isinstance`.
fn is_type_call(source: &Source<'_>, at: usize) -> bool {
    let group = at.checked_sub(1).and_then(|before| source.partner(before)).and_then(|open| open.checked_sub(1));
    group.is_some_and(|word| source.is(word, "type"))
}

/// Words that belong to asserting itself, and say nothing of what is asserted.
const PLUMBING: [&str; 22] = [
    "assert", "expect", "to", "be", "not", "should", "is", "it", "a", "an", "equal", "eql", "ok", "strict", "resolves",
    "rejects", "and", "or", "int", "bool", "t", "self",
];

pub fn is_empty(source: &Source<'_>, span: &Span) -> bool {
    says_nothing(source, span) || compares_with_itself(source, span) || is_decided(source, span)
}

/// Nothing in it comes from the code under test: `assert True`, `expect(1).toBe(1)`.
fn says_nothing(source: &Source<'_>, span: &Span) -> bool {
    let fails = span.clone().any(|at| {
        source.is_any(at, &["fail", "panic", "unreachable", "raises", "throws"])
            || source.language == Language::Go && source.is(at, "t")
    });
    let speaks = |at: usize| {
        let word = source.word(at);
        let is_method =
            at > span.start && source.is(at - 1, ".") || word.starts_with("assert") || word.starts_with("to");
        source.is_word(at) && !source.is_literal(at) && !PLUMBING.contains(&word) && !is_method
    };
    !fails && span.len() > 1 && !span.clone().any(speaks)
}

/// Both sides are the same.
fn compares_with_itself(source: &Source<'_>, span: &Span) -> bool {
    let meanings = |range: Span| -> Vec<String> { range.map(|at| source.meaning(at)).collect() };
    let around_operator = span.clone().any(|at| {
        let compares = source.is_any(at, &["==", "===", "!=", "!=="]);
        compares && {
            let (left, right) = (side_before(source, span, at), side_after(source, span, at));
            !left.is_empty() && meanings(left) == meanings(right)
        }
    });
    // `assertEquals(a, a)`, `assert_eq!(a, a)`, `expect(a).toBe(a)`.
    let mut groups = span.clone().filter(|at| source.is(*at, "("));
    let first = groups.next().map(|open| source.elements(open)).unwrap_or_default();
    let in_one_call = match first.as_slice() {
        [left, right, ..] if source.language != Language::Go => meanings(left.clone()) == meanings(right.clone()),
        [_, left, right, ..] => meanings(left.clone()) == meanings(right.clone()),
        _ => false,
    };
    let in_matcher = source.is(span.start, "expect")
        && {
            let close = source.partner(span.start + 1).unwrap_or(span.end);
            let matcher = (close..span.end).find(|at| source.is(*at, "("));
            let wanted = matcher.map(|open| source.elements(open)).unwrap_or_default();
            matches!((first.as_slice(), wanted.as_slice()), ([got], [want]) if meanings(got.clone()) == meanings(want.clone()))
        };
    around_operator || in_one_call || in_matcher
}

/// Marks that end one side of a comparison.
const ENDS_SIDE: [&str; 14] = [",", ";", "&&", "||", "and", "or", "assert", "if", "{", "==", "===", "!=", "!==", "not"];

fn side_before(source: &Source<'_>, span: &Span, operator: usize) -> Span {
    let mut begins = operator;
    while begins > span.start {
        let before = begins - 1;
        let opens = source.partner(before).is_some_and(|partner| partner > before);
        if opens || source.is_any(before, &ENDS_SIDE) {
            break;
        }
        begins = source.partner(before).filter(|partner| *partner >= span.start).unwrap_or(before);
    }
    begins..operator
}

fn side_after(source: &Source<'_>, span: &Span, operator: usize) -> Span {
    let mut ends = operator + 1;
    while ends < span.end {
        let closes = source.partner(ends).is_some_and(|partner| partner < ends);
        if closes || source.is_any(ends, &ENDS_SIDE) {
            break;
        }
        ends = source.after_group(ends).unwrap_or(ends + 1);
    }
    operator + 1..ends
}

/// `… or True`, `true || …`, and `false && …` before a failure: the rest is never asked.
fn is_decided(source: &Source<'_>, span: &Span) -> bool {
    let yes = ["True", "true", "1"];
    let no = ["False", "false", "0"];
    span.clone().any(|at| {
        let beside = |values: &[&str]| {
            let left = at > span.start
                && source.is_any(at - 1, values)
                && at.checked_sub(2).is_none_or(|before| !source.is_any(before, &["==", "===", "!=", "!==", "is"]));
            left || source.is_any(at + 1, values) && !source.is_any(at + 2, &["==", "===", "!=", "!==", "is"])
        };
        source.is_any(at, &["or", "||"]) && beside(&yes) || source.is_any(at, &["and", "&&"]) && beside(&no)
    })
}

pub fn alternatives(source: &Source<'_>, span: &Span) -> usize {
    let header = || (span.start..span.end).take_while(|at| !source.is(*at, "{"));
    // Go says when to fail, so that there an `&&` makes it fail less often.
    match source.language {
        Language::Go if source.is(span.start, "if") => header().filter(|at| source.is(*at, "&&")).count(),
        _ => span.clone().filter(|at| source.is_any(*at, &["or", "||"])).count(),
    }
}

/// Words that allow for a distance, in lower case and without underscores.
const TOLERANT: [&str; 15] = [
    "approx",
    "isclose",
    "allclose",
    "tobecloseto",
    "iscloseto",
    "assertalmostequal",
    "assertalmostequals",
    "closeto",
    "indelta",
    "inepsilon",
    "abs",
    "absdiff",
    "fabs",
    "round",
    "assertallclose",
];

pub fn tolerances(source: &Source<'_>, span: &Span) -> usize {
    let named = span.clone().filter(|at| {
        source.is_word(*at) && TOLERANT.contains(&source.word(*at).to_ascii_lowercase().replace('_', "").as_str())
    });
    // JUnit's third argument, where it is a number.
    let third = source.elements(span.start + 1).get(2).cloned().unwrap_or(0..0);
    let is_distance = source.language == Language::Java
        && source.is_any(span.start, &["assertEquals", "assertArrayEquals"])
        && third.len() == 1
        && source.is_literal(third.start)
        && !source.is_text(third.start);
    named.count() + usize::from(is_distance)
}

pub fn negations(source: &Source<'_>, span: &Span) -> usize {
    let negates = |at: usize| {
        let word = source.word(at);
        let is_macro = source.is(at, "!") && at > 0 && source.is_word(at - 1);
        let in_name = source.is_word(at)
            && (["Not", "False", "Null", "Empty", "NoError"]
                .iter()
                .any(|part| word.contains(part) && word != "NotNull")
                || ["assert_ne", "doesNotThrow", "not", "NoError", "Nil"].contains(&word));
        in_name || source.is_any(at, &["!", "!=", "!=="]) && !is_macro
    };
    span.clone().filter(|at| negates(*at)).count()
}

pub fn bounds(source: &Source<'_>, span: &Span) -> Vec<String> {
    let count = |mark: &str| span.clone().filter(|at| source.is(*at, mark)).count();
    // Types are written between `<` and `>`: where both are there as often, nothing is compared.
    let types = count("<") == count(">");
    let is_bound = |at: &usize| source.is_any(*at, &["<=", ">="]) || !types && source.is_any(*at, &["<", ">"]);
    span.clone().filter(is_bound).map(|at| source.word(at).to_owned()).collect()
}
