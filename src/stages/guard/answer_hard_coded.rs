//! The product answers one value of its input with one constant, beside what it works out for all others: it knows what
//! the test asks. Where a file had such answers before, another one is an entry of its table, and is let through.

use std::ops::Range;

use super::change::{Changed, Changes, Hunk, Side};
use super::language::Language;
use super::marks::{Mark, Moved, added};
use super::source::Source;
use super::suite::in_tests;
use crate::domain::verdict::{GuardCode, GuardHit};

/// How many tokens may stand between what is asked and what is answered.
const NEAR_TOKENS: usize = 14;

/// Inputs at which every calculation has its edges.
const EDGES: [&str; 6] = ["0", "1", "2", "0.0", "1.0", "2.0"];

pub fn hits(changes: &Changes<'_>) -> Vec<GuardHit> {
    let mut moved = Moved::of(&changes.files);
    let mut hits = Vec::new();
    for file in changes.files.iter().filter(|file| is_product(file)) {
        if !answers(&file.before, 0..u32::MAX).is_empty() {
            continue;
        }
        let after = file.hunks.iter().flat_map(|hunk: &Hunk| answers(&file.after, hunk.after.clone())).collect();
        hits.extend(added(file, &[], after, &mut moved).into_iter().map(|mark| {
            let text = format!("the code answers a certain input with a constant: {}", mark.label);
            file.after.source.hit(GuardCode::CodeDetectsTest, mark.line, text)
        }));
    }
    hits
}

fn is_product(file: &Changed<'_>) -> bool {
    file.after.source.language.is_code(file.path()) && !file.is_test_file()
}

/// Every constant for a constant in these lines.
fn answers(side: &Side<'_>, lines: Range<u32>) -> Vec<Mark> {
    let source = &side.source;
    let here = |at: &usize| lines.contains(&source.line(*at)) && !in_tests(source, &side.suite, *at);
    let tells =
        |at: usize| answer(source, at).filter(|answer| is_telling(source, at, *answer)).map(|answer| (at, answer));
    let found = (0..source.code.len()).filter(|at| is_value(source, *at)).filter(here).filter_map(tells);
    found
        .map(|(at, answer)| {
            Mark::new(format!("`{}` gives `{}`", source.word(at), source.word(answer)), source.line(at))
        })
        .collect()
}

/// Whether the answer for a value tells more than how a calculation ends at its edges: there a number may be an edge
/// too, and a text may say anything.
fn is_telling(source: &Source<'_>, at: usize, answer: usize) -> bool {
    let is_edge = |at: usize| match source.get(at) {
        Some(token) if source.is_text(at) => token.content().chars().count() < 2,
        Some(token) => EDGES.contains(&token.text),
        None => true,
    };
    !is_edge(at) || !source.is_text(answer) && !is_edge(answer)
}

/// A number or a text; `true` and `null` say little.
fn is_value(source: &Source<'_>, at: usize) -> bool {
    source.is_literal(at) && !source.is_word(at)
}

/// The constant that is given for the value at `at`.
fn answer(source: &Source<'_>, at: usize) -> Option<usize> {
    let equals = |at: usize| source.is_any(at, &["==", "==="]);
    let before = |count: usize| at.checked_sub(count);
    let called = before(2).is_some_and(|method| source.is(method, "equals") && source.is(method + 1, "("));
    if before(1).is_some_and(equals) || equals(at + 1) || called || is_called_on(source, at) {
        return behind(source, at).or_else(|| in_front(source, at));
    }
    if before(1).is_some_and(|case| source.is_any(case, &["case", ","])) {
        let arm = in_case(source, at).and_then(|colon| behind_case(source, colon));
        if arm.is_some() {
            return arm;
        }
    }
    in_arm(source, at).or_else(|| in_map(source, at))
}

/// `"a".equals(x)`
fn is_called_on(source: &Source<'_>, at: usize) -> bool {
    source.is(at + 1, ".") && source.is(at + 2, "equals")
}

/// Whether nothing is done with the value before this token.
fn ends(source: &Source<'_>, at: usize) -> bool {
    source.get(at).is_none_or(|token| token.indent.is_some()) || source.is_any(at, &[";", "}", ")", ",", ":", "else"])
}

/// `== 3 { return 9 }`, `== 3 ? 9 : …`, and Rust's `== 3 { 9 }`.
fn behind(source: &Source<'_>, at: usize) -> Option<usize> {
    for here in at + 1..at + NEAR_TOKENS {
        if source.is_any(here, &[";", "else"]) {
            return None;
        }
        let value = source.is_any(here, &["return", "?"])
            || source.is(here, "{") && source.language == Language::Rust && source.is(here + 2, "}");
        if value && is_value(source, here + 1) && ends(source, here + 2) {
            return Some(here + 1);
        }
        if source.is(here, "return") {
            return None;
        }
    }
    None
}

/// Python's `return 9 if x == 3 else …`
fn in_front(source: &Source<'_>, at: usize) -> Option<usize> {
    let condition = (at.saturating_sub(NEAR_TOKENS)..at).rev().find(|here| source.is(*here, "if"))?;
    let value = condition.checked_sub(1).filter(|value| is_value(source, *value))?;
    value.checked_sub(1).filter(|opens| source.is_any(*opens, &["return", "=", "(", ":"])).map(|_| value)
}

/// The colon of `case 3, 4:`.
fn in_case(source: &Source<'_>, at: usize) -> Option<usize> {
    let mut here = at;
    while source.is_literal(here) || source.is(here, ",") {
        here = here.checked_sub(1)?;
    }
    source.is(here, "case").then_some(())?;
    (at + 1..at + NEAR_TOKENS).find(|here| source.is(*here, ":"))
}

fn behind_case(source: &Source<'_>, colon: usize) -> Option<usize> {
    let returns = source.is(colon + 1, "return") && is_value(source, colon + 2) && ends(source, colon + 3);
    returns.then_some(colon + 2)
}

/// `3 => 9` and `(3, "a") => 9` of Rust, `case 3 -> 9` of Java.
fn in_arm(source: &Source<'_>, at: usize) -> Option<usize> {
    let arrow = match source.language {
        Language::Rust => "=>",
        Language::Java => "->",
        _ => return None,
    };
    let end = match source.around(at).filter(|open| source.is(*open, "(")) {
        Some(open) if source.after_group(open).is_some_and(|end| source.is(end, arrow)) => {
            // A pattern of nothing but values, or it is no single input.
            let all = source.elements(open).iter().all(|element| element.len() == 1 && is_value(source, element.start));
            all.then(|| source.after_group(open)).flatten()?
        }
        _ => at + 1,
    };
    (source.is(end, arrow) && is_value(source, end + 1) && ends(source, end + 2)).then_some(end + 1)
}

/// `{3: 9}.get(x)`: a table that is made where it is asked.
fn in_map(source: &Source<'_>, at: usize) -> Option<usize> {
    let open = source.around(at).filter(|open| source.is(*open, "{"))?;
    let mut end = source.after_group(open)?;
    if source.is(end, ")") {
        end += 1;
    }
    let asked = source.is(end, ".") && source.is_any(end + 1, &["get", "getOrDefault"])
        || source.is(end, "[") && source.get(end).is_some_and(|token| token.indent.is_none());
    (asked && source.is(at + 1, ":") && is_value(source, at + 2)).then_some(at + 2)
}

#[cfg(test)]
mod tests {
    use super::hits;
    use crate::stages::guard::trial::{found, silent, told};

    #[test]
    fn one_more_entry_of_a_table_is_no_answer_to_a_test() {
        let table = "def gram(unit):\n    if unit == 'kg':\n        return 1000\n    return read(unit)\n";
        let more = table.replace("    return read", "    if unit == 'ton':\n        return 1000000\n    return read");
        silent(hits, "units.py", table, &more);
        let map = "KINDS = {\n    'png': 'image/png',\n}\n";
        silent(hits, "kinds.py", map, &map.replace("}", "    'jpeg': 'image/jpeg',\n}"));
    }

    #[test]
    fn an_edge_is_no_answer_to_a_test() {
        let before = "def mean(of):\n    return sum(of) / len(of)\n";
        for edge in [
            "if len(of) == 0:\n        return 0",
            "if of == \"\":\n        return 0",
            "if of == 'ab':\n        return None",
        ] {
            silent(hits, "a.py", before, &before.replace("    return", &format!("    {edge}\n    return")));
        }
        let wider = before.replace("    return", "    if of == 'all':\n        return 3 * len(of)\n    return");
        silent(hits, "a.py", before, &wider);
    }

    #[test]
    fn an_answer_that_moves_is_no_new_one_and_tests_may_hold_any() {
        let answer = "    if x == 12:\n        return 9\n";
        let (from, to) = (format!("def a(x):\n{answer}"), format!("def b(x):\n{answer}"));
        assert!(told(hits, &[("a.py", Some(&from), None), ("b.py", None, Some(&to))]).is_empty());
        silent(
            hits,
            "tests/test_a.py",
            "def test_a():\n    assert a()\n",
            &format!("def fake(x):\n{answer}\n\ndef test_a():\n    assert a()\n"),
        );
        found(hits, "a.py", "def a(x):\n    return x\n", &format!("def a(x):\n{answer}    return x\n"));
    }
}
