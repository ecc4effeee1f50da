//! Tests of Rust: functions with an attribute that ends in `test`, in modules.

use super::found::{Group, Suite, Test, cut_at_next};
use crate::stages::guard::source::Source;

/// The last part of an attribute's path that makes a function a test.
const TEST_ATTRIBUTES: [&str; 7] = ["test", "rstest", "test_case", "case", "bench", "quickcheck", "wasm_bindgen_test"];

pub fn suite(source: &Source<'_>) -> Suite {
    let mut suite = Suite::default();
    let mut at = 0;
    while at < source.code.len() {
        let begins = at;
        let (mut is_test, mut for_tests) = (false, false);
        while let Some((range, after)) = attribute(source, at) {
            let (path_test, cfg_test) = (is_test_attribute(source, range.start), is_cfg_test(source, &range));
            is_test |= path_test;
            for_tests |= cfg_test;
            at = after;
        }
        let keyword = past_modifiers(source, at);
        let name = source.word(keyword + 1).to_owned();
        if source.is(keyword, "fn") && is_test {
            let ends = body_of(source, keyword).map_or(keyword + 2, |(_, close)| close + 1);
            suite.tests.push(Test { name, line: source.line(keyword), tokens: begins..ends });
        } else if source.is(keyword, "mod")
            && source.is_word(keyword + 1)
            && let Some((open, close)) = body_of(source, keyword)
        {
            let (head, tokens) = (begins..open, begins..close + 1);
            suite.groups.push(Group { name, head, tokens, only_for_tests: for_tests });
            at = open;
        }
        at = at.max(begins + 1);
    }
    cut_at_next(&mut suite.tests);
    suite.named()
}

/// The inside of `#[…]` that begins here, and where the code goes on.
pub fn attribute(source: &Source<'_>, at: usize) -> Option<(std::ops::Range<usize>, usize)> {
    if !source.is(at, "#") {
        return None;
    }
    let open = if source.is(at + 1, "!") { at + 2 } else { at + 1 };
    let close = source.partner(open).filter(|close| source.is(open, "[") && *close > open)?;
    Some((open + 1..close, close + 1))
}

fn is_test_attribute(source: &Source<'_>, begins: usize) -> bool {
    let mut last = begins;
    while source.is(last + 1, "::") {
        last += 2;
    }
    source.is_any(last, &TEST_ATTRIBUTES)
}

/// `cfg(test)`, `cfg(all(test, …))`: what is compiled for tests alone.
fn is_cfg_test(source: &Source<'_>, range: &std::ops::Range<usize>) -> bool {
    let has = |word: &str| range.clone().any(|at| source.is(at, word));
    source.is(range.start, "cfg") && has("test") && !has("not") && !has("any")
}

/// Over `pub(crate) async unsafe extern "C"` to the word that says what is declared.
fn past_modifiers(source: &Source<'_>, mut at: usize) -> usize {
    loop {
        if source.is(at, "pub") && source.is(at + 1, "(") {
            at = source.after_group(at + 1).unwrap_or(at + 1);
        } else if source.is_any(at, &["pub", "async", "unsafe", "const", "extern"]) || source.is_text(at) {
            at += 1;
        } else {
            return at;
        }
    }
}

/// The braces of what is declared here; none when a `;` comes first.
fn body_of(source: &Source<'_>, keyword: usize) -> Option<(usize, usize)> {
    let mut at = keyword;
    while at < source.code.len() && !source.is(at, ";") {
        if source.is(at, "{") {
            return source.partner(at).map(|close| (at, close));
        }
        at = source.after_group(at).unwrap_or(at + 1);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::suite;
    use crate::stages::guard::source::Source;

    #[test]
    fn functions_with_a_test_attribute_are_tests() {
        let text = "pub fn a() {}\n#[cfg(test)]\nmod tests {\n use super::*;\n fn helper() {}\n\n\
                    #[test]\n #[ignore = \"x\"]\n fn one() -> Result<(), ()> { assert!(true); Ok(()) }\n\
                    #[tokio::test(flavor = \"x\")]\n pub async fn two() {}\n #[derive(Debug)] struct X;\n}\n";
        let suite = suite(&Source::new("src/lib.rs", text));
        assert_eq!(
            suite.tests.iter().map(|test| test.name.as_str()).collect::<Vec<_>>(),
            ["tests > one", "tests > two"]
        );
        assert!(suite.groups.iter().all(|group| group.only_for_tests));
    }
}
