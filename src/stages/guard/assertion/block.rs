//! Whether code is run whenever its test is: what the blocks around it, and the words before it, ask for.

use crate::stages::guard::language::Language;
use crate::stages::guard::source::Source;

/// Heads of blocks that may not be entered.
const CONDITIONS: [&str; 10] = ["if", "else", "elif", "while", "switch", "match", "case", "catch", "except", "when"];

/// Heads of Python that swallow what is raised below them.
const SWALLOWERS: [&str; 5] = ["suppress", "raises", "warns", "assertRaises", "subTest_skip"];

pub fn is_guarded(source: &Source<'_>, at: usize) -> bool {
    match source.language {
        Language::Python => python(source, at),
        _ => braces(source, at) || on_its_line(source, at),
    }
}

fn python(source: &Source<'_>, at: usize) -> bool {
    let statements = source.statements();
    let index = statements.partition_point(|begins| *begins <= at);
    let indent = |begins: usize| source.get(begins).and_then(|token| token.indent).unwrap_or(0);
    let Some(own) = index.checked_sub(1).and_then(|index| statements.get(index)).copied() else { return false };
    // `if x: assert y` on one line.
    if own != at && source.is_any(own, &CONDITIONS) {
        return true;
    }
    let mut outer = indent(own);
    for &begins in statements.iter().take(index.saturating_sub(1)).rev() {
        if indent(begins) >= outer {
            continue;
        }
        outer = indent(begins);
        if source.is_any(begins, &["def", "class", "async"]) {
            return false;
        }
        let head_ends = statements.iter().find(|next| **next > begins).copied().unwrap_or(source.code.len());
        let swallows = source.is(begins, "with") && (begins..head_ends).any(|at| source.is_any(at, &SWALLOWERS));
        let never =
            source.is(begins, "for") && (begins..head_ends).any(|at| source.is(at, "[") && source.is(at + 1, "]"));
        if swallows || never || source.is_any(begins, &CONDITIONS) {
            return true;
        }
    }
    false
}

/// Whether one of the braces around belongs to a condition.
fn braces(source: &Source<'_>, at: usize) -> bool {
    let mut here = at;
    while let Some(open) = source.around(here) {
        if source.is(open, "{") && head_is_condition(source, open) {
            return true;
        }
        here = open;
    }
    false
}

/// Looks back from a brace to the beginning of its statement.
fn head_is_condition(source: &Source<'_>, open: usize) -> bool {
    let mut at = open;
    while let Some(before) = at.checked_sub(1) {
        if source.is_any(before, &CONDITIONS) {
            return true;
        }
        let ends = source.is_any(before, &["{", "}", ";", "=>", "(", ","]);
        let closes_group = source.partner(before).filter(|partner| *partner < before);
        if ends && closes_group.is_none() || source.is(before, "}") {
            return false;
        }
        at = closes_group.unwrap_or(before);
        // Where lines end statements, the head begins with its line.
        let line_begins = source.get(at).is_some_and(|token| token.indent.is_some());
        if line_begins && matches!(source.language, Language::Go | Language::Script) {
            return source.is_any(at, &CONDITIONS) || source.is(at, "}") && source.is(at + 1, "else");
        }
    }
    false
}

/// `if (x) expect(…)`, `x && expect(…)`.
fn on_its_line(source: &Source<'_>, at: usize) -> bool {
    let Some(before) = at.checked_sub(1) else { return false };
    if source.is_any(before, &["&&", "||", "?", "else"]) {
        return true;
    }
    let open = source.partner(before).filter(|open| source.is(before, ")") && *open < before);
    let keyword = open.and_then(|open| open.checked_sub(1));
    keyword.is_some_and(|keyword| source.is_any(keyword, &["if", "while"]))
}
