//! Tests of Python: functions that pytest or unittest would collect.

use super::found::{Group, Suite, Test, cut_at_next};
use crate::stages::guard::language::is_test_path;
use crate::stages::guard::source::Source;

/// A `def`, a `class`, or an `if` that is never true.
struct Block {
    /// Not a function, in which no test is looked for.
    is_class: bool,
    indent: usize,
    /// A class that a runner looks into.
    collected: bool,
}

pub fn suite(source: &Source<'_>) -> Suite {
    let statements = source.statements();
    let mut suite = Suite::default();
    // Somebody's `def test_connection` in product code is no test: a runner is named there, or the path says so.
    let is_test_file = is_test_path(source.path) || names_a_runner(source, &statements);
    let mut open: Vec<Block> = Vec::new();
    let mut decorated_from: Option<usize> = None;
    for (index, &at) in statements.iter().enumerate() {
        let indent = source.get(at).and_then(|token| token.indent).unwrap_or(0);
        open.retain(|block| block.indent < indent);
        if source.is(at, "@") {
            decorated_from.get_or_insert(at);
            continue;
        }
        let begins = decorated_from.take().unwrap_or(at);
        if source.is(at, "if") && source.is_any(at + 1, &["False", "0", "None"]) && source.is(at + 2, ":") {
            open.push(Block { is_class: true, indent, collected: false });
            continue;
        }
        let head = if source.is(at, "async") { at + 1 } else { at };
        let is_class = source.is(head, "class");
        if !is_class && !source.is(head, "def") {
            continue;
        }
        let name = source.word(head + 1).to_owned();
        let ends = block_end(source, &statements, index, indent);
        let in_function = open.iter().any(|block| !block.is_class);
        let reachable = is_test_file && !in_function && open.iter().all(|block| block.collected);
        let collected = is_class && (name.starts_with("Test") || source.is(head + 2, "(") && !source.is(head + 3, ")"));
        if is_class && reachable && collected {
            let head_ends = statements.get(index + 1).copied().unwrap_or(ends).min(ends);
            suite.groups.push(Group {
                name: name.clone(),
                head: begins..head_ends,
                tokens: begins..ends,
                only_for_tests: false,
            });
        } else if !is_class && reachable && (name.starts_with("test") || name == "runTest") {
            suite.tests.push(Test { name: name.clone(), line: source.line(at), tokens: begins..ends });
        }
        open.push(Block { is_class, indent, collected });
    }
    keep_the_last(source, &mut suite);
    cut_at_next(&mut suite.tests);
    suite.named()
}

/// A function that is defined again below, in the same class, is not there any more.
fn keep_the_last(source: &Source<'_>, suite: &mut Suite) {
    let place = |test: &Test| {
        let group = suite
            .groups
            .iter()
            .filter(|group| group.tokens.contains(&test.tokens.start))
            .map(|group| group.tokens.start);
        (group.max(), test.name.clone())
    };
    let places: Vec<_> = suite.tests.iter().map(place).collect();
    let mut index = 0;
    suite.tests.retain(|_| {
        let again = places.get(index + 1..).is_some_and(|rest| rest.contains(&places[index]));
        index += 1;
        // In a broken file an indent may lie: nothing is left out there.
        !again || !source.balanced
    });
}

/// The end of an indented block: the next statement that stands no deeper than its head.
fn block_end(source: &Source<'_>, statements: &[usize], head: usize, indent: usize) -> usize {
    statements
        .iter()
        .skip(head + 1)
        .find(|at| source.get(**at).and_then(|token| token.indent).unwrap_or(0) <= indent)
        .copied()
        .unwrap_or(source.code.len())
}

fn names_a_runner(source: &Source<'_>, statements: &[usize]) -> bool {
    statements.iter().any(|at| {
        source.is_any(*at, &["import", "from"]) && source.is_any(at + 1, &["pytest", "unittest", "hypothesis", "nose"])
    })
}

#[cfg(test)]
mod tests {
    use super::suite;
    use crate::stages::guard::source::Source;

    fn names(path: &str, text: &str) -> Vec<String> {
        suite(&Source::new(path, text)).tests.into_iter().map(|test| test.name).collect()
    }

    #[test]
    fn functions_and_methods_that_would_be_collected_are_tests() {
        let text = "import pytest\n\n@pytest.fixture\ndef cart(): ...\n\n\
                    @pytest.mark.parametrize('a', [\n  1,\n])\ndef test_a(a):\n    def test_inner(): ...\n    assert a\n\n\
                    class TestB(object):\n    async def test_b(self): pass\n    def helper(self): pass\n\n\
                    class Helper:\n    def test_no(self): pass\n";
        assert_eq!(names("tests/test_x.py", text), ["test_a", "TestB > test_b"]);
    }

    #[test]
    fn a_function_of_the_product_is_no_test_for_its_name() {
        let text = "def test_connection():\n    return 1\n";
        assert!(names("db.py", text).is_empty());
        assert_eq!(names("test_db.py", text), ["test_connection"]);
        assert_eq!(names("db.py", &format!("import unittest\n{text}")), ["test_connection"]);
    }

    #[test]
    fn of_two_with_one_name_the_last_is_there() {
        let suite = suite(&Source::new("test_a.py", "def test_a():\n    assert 1\ndef test_a():\n    pass\n"));
        assert_eq!(suite.tests.iter().map(|test| test.line).collect::<Vec<_>>(), [3]);
    }
}
