//! Tests of JavaScript and TypeScript: calls of `test`, `it` and their like, in `describe` and its like.

use super::found::{Group, Suite, Test};
use crate::stages::guard::source::Source;

const TESTS: [&str; 7] = ["test", "it", "specify", "xit", "xtest", "fit", "xspecify"];
const GROUPS: [&str; 7] = ["describe", "suite", "context", "xdescribe", "fdescribe", "xcontext", "module"];

/// Objects whose method `test` declares a test too.
const RUNNERS: [&str; 5] = ["Deno", "QUnit", "t", "ctx", "context"];

pub fn suite(source: &Source<'_>) -> Suite {
    let mut suite = Suite::default();
    for at in 0..source.code.len() {
        let is_group = source.is_any(at, &GROUPS);
        if !is_group && !source.is_any(at, &TESTS) {
            continue;
        }
        let begins = match at.checked_sub(1).filter(|before| source.is(*before, ".")) {
            Some(dot) => match dot.checked_sub(1).filter(|object| source.is_any(*object, &RUNNERS)) {
                Some(object) => object,
                None => continue,
            },
            None => at,
        };
        let Some((open, close)) = declaring_call(source, at) else { continue };
        let name = title(source, open + 1);
        if is_group {
            suite.groups.push(Group { name, head: begins..open, tokens: begins..close + 1, only_for_tests: false });
        } else {
            suite.tests.push(Test { name, line: source.line(at), tokens: begins..close + 1 });
        }
    }
    suite.named()
}

/// The brackets of the call that declares: after `.only`, `.each([…])` and `` .each`…` ``, with a title and a function.
fn declaring_call(source: &Source<'_>, name: usize) -> Option<(usize, usize)> {
    let mut at = name + 1;
    let mut modifiers = Vec::new();
    loop {
        if source.is(at, ".") && source.is_word(at + 1) {
            modifiers.push(source.word(at + 1));
            at += 2;
        } else if source.is(at, "<") {
            // `test.each<Row>(…)`: types are passed over up to the call.
            at = (at + 1..source.code.len().min(at + TYPE_TOKENS_MAX)).find(|next| source.is(*next, ">"))? + 1;
        } else if source.word(at).starts_with('`') && !modifiers.is_empty() {
            // A template of rows: its last piece ends with the other backtick.
            at = (at..source.code.len()).find(|piece| ends_template(source, *piece))? + 1;
        } else if source.is(at, "(") {
            let close = source.partner(at)?;
            if source.is(close + 1, "(") && !modifiers.is_empty() {
                at = close + 1;
                continue;
            }
            let declares = (at..close).any(|inside| source.is_any(inside, &["=>", "function"]))
                || source.is_text(at + 1) && (source.is(at + 2, ",") || modifiers.contains(&"todo"));
            return declares.then_some((at, close));
        } else {
            return None;
        }
    }
}

fn ends_template(source: &Source<'_>, at: usize) -> bool {
    source.is_text(at) && source.word(at).len() > 1 && source.word(at).ends_with('`')
}

/// Type arguments of a call are no longer than this in any code that people read.
const TYPE_TOKENS_MAX: usize = 40;

fn title(source: &Source<'_>, at: usize) -> String {
    source
        .get(at)
        .map_or(String::new(), |token| if source.is_text(at) { token.content() } else { token.text }.to_owned())
}

#[cfg(test)]
mod tests {
    use super::suite;
    use crate::stages::guard::source::Source;

    #[test]
    fn calls_with_a_title_and_a_function_are_tests() {
        let text = "import { test } from 'node:test';\ndescribe('cart', () => {\n  it.only('adds', async () => {});\n\
                    test.each([[1, 2]])('row %i', (a, b) => {});\n  test.each`a | b\n${1} | ${2}`('tag', ({ a }) => {});\n});\n\
                    test('top', async (t) => { await t.test('sub', () => {}); });\nxit('not now', function () {});\n\
                    if (/a/.test('b')) { it(x); }\ntest.todo('later');\n";
        let suite = suite(&Source::new("a.test.ts", text));
        assert_eq!(
            suite.tests.iter().map(|test| test.name.as_str()).collect::<Vec<_>>(),
            ["cart > adds", "cart > row %i", "cart > tag", "top", "top > sub", "not now", "later"]
        );
    }
}
