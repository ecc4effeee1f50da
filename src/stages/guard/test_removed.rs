//! A test, a case of one, or a whole file of them is gone.

use std::ops::Range;

use super::change::{Changes, Part, Stretch};
use super::language::Language;
use super::source::Source;
use crate::domain::verdict::{GuardCode, GuardHit};

/// A sentence names so many of a file's tests.
const NAMED_MAX: usize = 3;

pub fn hits(changes: &Changes<'_>) -> Vec<GuardHit> {
    let mut hits = Vec::new();
    for (index, file) in changes.files.iter().enumerate() {
        let lost: Vec<_> = changes
            .lost
            .iter()
            .filter(|place| place.0 == index)
            .filter_map(|place| file.before.suite.tests.get(place.1))
            .collect();
        if file.after.exists {
            hits.extend(lost.iter().map(|test| {
                file.before.source.hit(GuardCode::TestRemoved, test.line, format!("the test `{}` is gone", test.name))
            }));
        } else if !lost.is_empty() {
            let names: Vec<&str> = lost.iter().take(NAMED_MAX).map(|test| test.name.as_str()).collect();
            let more = if lost.len() > NAMED_MAX { ", …" } else { "" };
            let text = format!("the file is gone, and its {} tests with it: {}{more}", lost.len(), names.join(", "));
            hits.push(file.before.source.hit(GuardCode::TestRemoved, 1, text));
        } else if file.before.source.language.is_code(file.path()) && file.is_test_file() && file.before.has_code() {
            let text = "a file of the tests is gone".to_owned();
            hits.push(file.before.source.hit(GuardCode::TestRemoved, 1, text));
        }
    }
    hits.extend(changes.stretches().iter().flat_map(fewer_rows));
    hits
}

/// Tables of cases that are shorter than before.
fn fewer_rows(stretch: &Stretch<'_, '_>) -> Vec<GuardHit> {
    let (before, after) = (tables(&stretch.before), tables(&stretch.after));
    // Where tables came or went nobody can say which is which; their values are compared all the same.
    if before.len() != after.len() {
        return Vec::new();
    }
    let source = stretch.before.source;
    before
        .into_iter()
        .zip(after)
        .filter(|(old, new)| new.len() < old.len())
        .map(|(old, new)| {
            let kept: Vec<Vec<String>> = new.iter().map(|row| meanings(stretch.after.source, row)).collect();
            let gone = old.iter().find(|row| !kept.contains(&meanings(source, row)));
            let line = source.line(gone.map_or(0, |row| row.start));
            let text = format!("of {} cases in a table {} are left", old.len(), new.len());
            source.hit(GuardCode::TestRemoved, line, text)
        })
        .collect()
}

fn meanings(source: &Source<'_>, row: &Range<usize>) -> Vec<String> {
    row.clone().filter(|at| !source.is_idle(*at)).map(|at| source.meaning(at)).collect()
}

/// Every table of cases, as its rows.
fn tables(part: &Part<'_, '_>) -> Vec<Vec<Range<usize>>> {
    let source = part.source;
    let mut tables: Vec<Vec<Range<usize>>> = Vec::new();
    // The attributes of one function are one table.
    let mut cases: Vec<Range<usize>> = Vec::new();
    for &at in &part.tokens {
        if source.language == Language::Rust && source.is(at, "#") && source.is_any(at + 2, &["case", "test_case"]) {
            let close = source.partner(at + 1).unwrap_or(at + 3);
            cases.push(at..close + 1);
        } else if source.is_any(at, &["[", "(", "{"]) {
            let rows = source.elements(at);
            if is_table(source, at, &rows) {
                tables.push(rows);
            }
        } else if source.language == Language::Script && source.is_text(at) && source.word(at).starts_with('`') {
            tables.extend(template_rows(source, at));
        }
    }
    if !cases.is_empty() {
        tables.push(cases);
    }
    tables
}

/// Calls and annotations that take a list of cases, whatever the cases look like.
const TAKES_CASES: [&str; 12] = [
    "parametrize",
    "expand",
    "data",
    "each",
    "ValueSource",
    "CsvSource",
    "EnumSource",
    "of",
    "for",
    "with_inputs",
    "subTest",
    "values",
];

fn is_table(source: &Source<'_>, open: usize, rows: &[Range<usize>]) -> bool {
    if rows.is_empty() {
        return false;
    }
    let is_row = |row: &Range<usize>| {
        let last = row.end.saturating_sub(1);
        source.is_any(last, &[")", "]", "}"]) && source.partner(last).is_some_and(|open| open >= row.start)
    };
    let all_rows = rows.iter().all(is_row);
    match source.language {
        Language::Python => source.is(open, "[") && (all_rows || takes_cases(source, open)),
        Language::Script => source.is(open, "[") && (all_rows || takes_cases(source, open)),
        Language::Rust => {
            source.is(open, "[")
                && !(open > 0 && source.is(open - 1, "#"))
                && (all_rows || open > 0 && source.is(open - 1, "in"))
        }
        // `[]struct{…}{{…}, {…}}` and `map[string]int{"a": 1}`: a literal, and no block.
        Language::Go => source.is(open, "{") && (all_rows || rows.iter().all(|row| is_pair(source, row))),
        Language::Java => {
            source.is(open, "{") && takes_cases(source, open)
                || source.is(open, "(") && open > 0 && source.is(open - 1, "of") && all_rows && rows.len() > 1
        }
        _ => false,
    }
}

fn is_pair(source: &Source<'_>, row: &Range<usize>) -> bool {
    source.is(row.start + 1, ":") && row.len() > 2
}

/// Whether the list is handed to something that runs a test for each of its elements.
fn takes_cases(source: &Source<'_>, open: usize) -> bool {
    let Some(around) = source.around(open) else { return open > 0 && source.is(open - 1, "in") };
    let caller = around.checked_sub(1);
    caller.is_some_and(|caller| source.is_any(caller, &TAKES_CASES)) || open > 0 && source.is(open - 1, "in")
}

/// The lines of values of a `` each`…` ``, whose first line names the columns.
fn template_rows(source: &Source<'_>, at: usize) -> Option<Vec<Range<usize>>> {
    if at == 0 || !source.is(at - 1, "each") {
        return None;
    }
    let end = (at..source.code.len())
        .find(|piece| source.is_text(*piece) && source.word(*piece).ends_with('`') && *piece > at)?;
    let mut rows: Vec<Range<usize>> = Vec::new();
    for value in at + 1..end {
        if source.is_text(value) {
            continue;
        }
        match rows.last_mut() {
            Some(row) if source.line(row.start) == source.line(value) => row.end = value + 1,
            _ => rows.push(value..value + 1),
        }
    }
    Some(rows)
}

#[cfg(test)]
mod tests {
    use super::hits;
    use crate::stages::guard::trial::{found, silent};

    #[test]
    fn a_test_that_is_deleted_or_commented_out_is_removed() {
        let python =
            "import app\n\n\ndef test_a():\n    assert app.a() == 1\n\n\ndef test_b():\n    assert app.b(2) == 'x'\n";
        found(hits, "tests/test_app.py", python, &python.replace("def test_b():\n    assert app.b(2) == 'x'\n", ""));
        found(
            hits,
            "tests/test_app.py",
            python,
            &python.replace("def test_b():\n    assert app", "# def test_b():\n#    assert app"),
        );
        found(hits, "tests/test_app.py", python, &python.replace("test_b", "_test_b"));
        let rust =
            "pub fn a() {}\n#[cfg(test)]\nmod tests {\n    #[test]\n    fn a() { assert_eq!(super::a(), ()); }\n}\n";
        found(hits, "src/lib.rs", rust, "pub fn a() {}\n");
        found(hits, "src/lib.rs", rust, &rust.replace("    #[test]\n", ""));
        let go = "package a\n\nfunc TestA(t *testing.T) {\n\tif A() != 1 {\n\t\tt.Fatal(\"a\")\n\t}\n}\n";
        found(hits, "a_test.go", go, "package a\n");
        found(hits, "a_test.go", go, &go.replace("TestA", "testA"));
        let java = "class ATest {\n  @Test\n  void a() { assertEquals(1, A.a()); }\n  @Test\n  void b() { assertTrue(A.b()); }\n}\n";
        found(
            hits,
            "src/test/java/ATest.java",
            java,
            &java.replace("  @Test\n  void b() { assertTrue(A.b()); }\n", ""),
        );
        found(hits, "src/test/java/ATest.java", java, &java.replace("  @Test\n  void b()", "  void b()"));
        let script =
            "test('a', () => {\n  expect(a()).toBe(1);\n});\ntest('b', () => {\n  expect(b(2)).toBe('x');\n});\n";
        found(hits, "a.test.ts", script, "test('a', () => {\n  expect(a()).toBe(1);\n});\n");
    }

    #[test]
    fn a_case_taken_out_of_a_table_is_removed() {
        let python = "@pytest.mark.parametrize('a, b', [\n    (1, 2),\n    (3, 4),\n])\ndef test_a(a, b):\n    assert f(a) == b\n";
        found(hits, "test_a.py", python, &python.replace("    (3, 4),\n", ""));
        let go = "func TestA(t *testing.T) {\n\tfor name, want := range map[string]int{\n\t\t\"a\": 1,\n\t\t\"b\": 2,\n\t} {\n\t\tcheck(t, name, want)\n\t}\n}\n";
        found(hits, "a_test.go", go, &go.replace("\t\t\"b\": 2,\n", ""));
        let go = "func TestA(t *testing.T) {\n\tcases := []struct{ a, b int }{\n\t\t{1, 2},\n\t\t{3, 4},\n\t}\n\trun(t, cases)\n}\n";
        found(hits, "a_test.go", go, &go.replace("\t\t{1, 2},\n", ""));
        let script = "test.each([\n  [1, 2],\n  [3, 4],\n])('%i', (a, b) => {\n  expect(f(a)).toBe(b);\n});\n";
        found(hits, "a.test.js", script, &script.replace("  [3, 4],\n", ""));
        let java = "class ATest {\n  @ParameterizedTest\n  @ValueSource(ints = {1, 2, 3})\n  void a(int a) { assertTrue(A.a(a)); }\n}\n";
        found(hits, "src/test/java/ATest.java", java, &java.replace(", 3}", "}"));
        let rust =
            "#[rstest]\n#[case(1, 2)]\n#[case(3, 4)]\nfn a(#[case] a: u32, #[case] b: u32) { assert_eq!(f(a), b); }\n";
        found(hits, "tests/a.rs", rust, &rust.replace("#[case(3, 4)]\n", ""));
        let rust = "#[test]\nfn a() {\n    for (a, b) in [(1, 2), (3, 4)] {\n        assert_eq!(f(a), b);\n    }\n}\n";
        found(hits, "tests/a.rs", rust, &rust.replace(", (3, 4)", ""));
    }

    #[test]
    fn a_test_that_is_added_or_renamed_or_mended_is_none() {
        let python = "from ap import a\n\n\ndef test_a():\n    assert a(1) == 2\n";
        silent(hits, "tests/test_app.py", python, &python.replace("from ap ", "from app "));
        silent(hits, "tests/test_app.py", python, &python.replace("test_a", "test_one_is_two"));
        silent(hits, "tests/test_app.py", python, &format!("{python}\n\ndef test_b():\n    assert a(2) == 3\n"));
        silent(hits, "tests/test_app.py", python, &python.replace("a(1)", "b(1)").replace("import a", "import b"));
        silent(hits, "tests/test_app.py", &python.replace("def test_a():", "def test_a()"), python);
    }
}
