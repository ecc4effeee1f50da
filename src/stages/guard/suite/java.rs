//! Tests of Java and its like: methods with a test annotation, or the old `public void testX` of a `TestCase`.

use super::found::{Group, Suite, Test, cut_at_next};
use crate::stages::guard::source::Source;

const TEST_ANNOTATIONS: [&str; 7] =
    ["Test", "ParameterizedTest", "RepeatedTest", "TestFactory", "TestTemplate", "Property", "Theory"];

const TYPE_WORDS: [&str; 5] = ["class", "interface", "record", "enum", "object"];

pub fn suite(source: &Source<'_>) -> Suite {
    let mut suite = Suite::default();
    let old_style = (0..source.code.len()).any(|at| source.is(at, "extends") && source.is(at + 1, "TestCase"));
    let mut at = 0;
    while at < source.code.len() {
        let begins = at;
        let mut is_test = false;
        while source.is(at, "@") && source.is_word(at + 1) && !source.is(at + 1, "interface") {
            let name = annotation_name(source, at);
            is_test |= source.is_any(name, &TEST_ANNOTATIONS);
            at = source.after_group(name + 1).filter(|_| source.is(name + 1, "(")).unwrap_or(name + 1);
        }
        match declared(source, at) {
            Some(Declared::Type { name, open }) => {
                let ends = source.after_group(open).unwrap_or(open + 1);
                let name = source.word(name).to_owned();
                suite.groups.push(Group { name, head: begins..open, tokens: begins..ends, only_for_tests: false });
                at = open;
            }
            Some(Declared::Method { name, open }) => {
                let own_name = source.get(name).map_or("", |token| token.text.trim_matches('`'));
                if is_test || old_style && own_name.starts_with("test") {
                    let ends = source.after_group(open).unwrap_or(open + 1);
                    suite.tests.push(Test { name: own_name.to_owned(), line: source.line(name), tokens: begins..ends });
                }
                at = open;
            }
            None => {}
        }
        at = at.max(begins + 1);
    }
    cut_at_next(&mut suite.tests);
    suite.named()
}

/// The last part of `@a.b.Name`.
pub fn annotation_name(source: &Source<'_>, at: usize) -> usize {
    let mut name = at + 1;
    while source.is(name + 1, ".") && source.is_word(name + 2) {
        name += 2;
    }
    name
}

enum Declared {
    Type { name: usize, open: usize },
    Method { name: usize, open: usize },
}

/// What is declared from here on, if it is a type or a method with a body: modifiers, types, a name, brackets.
fn declared(source: &Source<'_>, begins: usize) -> Option<Declared> {
    let before = begins.checked_sub(1);
    // A declaration stands behind an annotation or at the beginning of a statement.
    let may_begin =
        before.is_none_or(|before| source.is_any(before, &["{", "}", ";", ")", "*/"]) || source.is_word(before));
    if !may_begin {
        return None;
    }
    let mut at = begins;
    while at < source.code.len() {
        if source.is_any(at, &TYPE_WORDS) && source.is_word(at + 1) {
            let name = at + 1;
            let open = (name..source.code.len()).find(|at| source.is_any(*at, &["{", ";"]))?;
            return source.is(open, "{").then_some(Declared::Type { name, open });
        }
        let is_name = source.is_word(at) || source.is_text(at);
        if is_name && source.is(at + 1, "(") {
            let mut open = source.after_group(at + 1)?;
            // `throws A, B` or Kotlin's `: Unit =`.
            while source.is_word(open) || source.is_any(open, &[",", ".", ":", "="]) {
                open += 1;
            }
            let is_declared = at > begins && source.is(open, "{");
            return is_declared.then_some(Declared::Method { name: at, open });
        }
        if !is_name && !source.is_any(at, &["<", ">", ",", ".", "[", "]", "?", "&"]) {
            return None;
        }
        at += 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::suite;
    use crate::stages::guard::source::Source;

    fn names(text: &str) -> Vec<String> {
        suite(&Source::new("src/test/java/ATest.java", text)).tests.into_iter().map(|test| test.name).collect()
    }

    #[test]
    fn methods_with_a_test_annotation_are_tests() {
        let text = "package a;\nimport org.junit.jupiter.api.Test;\n\n@Tag(\"x\")\nclass ATest {\n\
                    @Test\n  void one() throws Exception, B { if (a) { b(); } }\n  private int helper(int a) { return a; }\n\
                    @ParameterizedTest\n @ValueSource(ints = {1, 2})\n  public void two(int a) {}\n\
                    @Nested class Inner { @org.junit.jupiter.api.Test void three() {} }\n}\n";
        assert_eq!(names(text), ["ATest > one", "ATest > two", "ATest > Inner > three"]);
    }

    #[test]
    fn methods_of_an_old_test_case_are_tests_by_their_name() {
        assert_eq!(names("class A extends TestCase { public void testA() {} void b() {} }"), ["A > testA"]);
    }

    #[test]
    fn kotlin_writes_names_in_backticks() {
        let text = "class A {\n @Test\n fun `adds two`() {\n }\n @Test fun b() = runTest { }\n}";
        assert_eq!(names(text), ["A > adds two", "A > b"]);
    }
}
