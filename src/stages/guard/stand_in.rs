//! A test is given a stand-in for what it tests: then it passes whatever the product does.

use std::ops::Range;

use super::change::{Changed, Changes, Hunk, Side};
use super::language::{Language, base_name};
use super::marks::{Mark, Moved, added};
use super::source::Source;
use super::suite::in_tests;
use crate::domain::verdict::{GuardCode, GuardHit};

/// Calls that put another thing in the place of a module, a function or a class; with what stands before the dot.
const REPLACING: [(&str, &[&str]); 16] = [
    ("mock", &["jest", "vi", "Mockito", "mock"]),
    ("doMock", &["jest", "vi"]),
    ("unstable_mockModule", &["jest"]),
    ("setMock", &["jest"]),
    ("spyOn", &["jest", "vi"]),
    ("stubGlobal", &["vi"]),
    ("method", &["mock"]),
    ("module", &["mock"]),
    ("stub", &["sinon"]),
    ("replace", &["sinon"]),
    ("mockStatic", &["Mockito"]),
    ("spy", &["Mockito"]),
    ("patch", &["mock", "unittest", "mocker"]),
    ("object", &["patch"]),
    ("setattr", &["monkeypatch"]),
    ("setitem", &["monkeypatch"]),
];

/// The same, called by their own name.
const REPLACING_ALONE: [&str; 6] = ["patch", "setattr", "mockStatic", "proxyquire", "rewiremock", "create_autospec"];

pub fn hits(changes: &Changes<'_>) -> Vec<GuardHit> {
    let mut moved = Moved::of(&changes.files);
    let mut hits = Vec::new();
    for file in &changes.files {
        let of = |side: &Side<'_>, lines: fn(&Hunk) -> Range<u32>| -> Vec<Mark> {
            file.hunks.iter().flat_map(|hunk| marks(file, side, &lines(hunk))).collect()
        };
        let (before, after) =
            (of(&file.before, |hunk| hunk.before.clone()), of(&file.after, |hunk| hunk.after.clone()));
        hits.extend(added(file, &before, after, &mut moved).into_iter().map(|mark| {
            let text = format!("tests get a stand-in for what they test: `{}`", mark.label);
            file.after.source.hit(GuardCode::ExpectationChanged, mark.line, text)
        }));
    }
    hits
}

fn marks(file: &Changed<'_>, side: &Side<'_>, lines: &Range<u32>) -> Vec<Mark> {
    let source = &side.source;
    let for_tests = is_for_tests(file);
    let here = |at: &usize| lines.contains(&source.line(*at)) && (for_tests || in_tests(source, &side.suite, *at));
    let label = |at: usize| Some(Mark::new(stand_in(source, at)?, source.line(at)));
    (0..source.code.len()).filter(here).filter_map(label).collect()
}

/// Tests, and what is run before them or put in the place of a module by its folder's name alone.
fn is_for_tests(file: &Changed<'_>) -> bool {
    let path = file.path();
    file.is_test_file() || matches!(base_name(path), "conftest.py" | "sitecustomize.py") || path.contains("__mocks__/")
}

fn stand_in(source: &Source<'_>, at: usize) -> Option<String> {
    if !source.is_word(at) {
        return None;
    }
    let word = source.word(at);
    let member = at > 0 && source.is(at - 1, ".");
    let object = if member { at.checked_sub(2).map_or("", |object| source.word(object)) } else { "" };
    if source.is(at + 1, "(") {
        let of_object = REPLACING.iter().any(|(name, objects)| *name == word && objects.contains(&object));
        if of_object {
            return Some(format!("{object}.{word}"));
        }
        let declared = at > 0 && source.is_any(at - 1, &["def", "function", "fn", "func"]);
        if !member && !declared && REPLACING_ALONE.contains(&word) {
            return Some(word.to_owned());
        }
    }
    match source.language {
        Language::Python => imported_attribute(source, at),
        Language::Go => (word == "init" && at > 0 && source.is(at - 1, "func") && source.is(at + 2, ")"))
            .then(|| "func init()".to_owned()),
        _ => None,
    }
}

/// `module.name = …`, where the module was imported.
fn imported_attribute(source: &Source<'_>, at: usize) -> Option<String> {
    let begins = source.get(at).is_some_and(|token| token.indent.is_some());
    if !begins {
        return None;
    }
    let mut end = at + 1;
    while source.is(end, ".") && source.is_word(end + 1) {
        end += 2;
    }
    if end == at + 1 || !source.is(end, "=") {
        return None;
    }
    let name = source.word(at);
    let imports = |statement: &usize| source.is_any(*statement, &["import", "from"]);
    let is_imported = source.statements().into_iter().filter(imports).any(|statement| {
        let mut words = statement + 1;
        while source.get(words).is_some_and(|token| token.indent.is_none() || source.around(words).is_some()) {
            if source.is(words, name) {
                return true;
            }
            words += 1;
        }
        false
    });
    is_imported.then(|| (at..end).map(|at| source.word(at)).collect())
}

#[cfg(test)]
mod tests {
    use super::hits;
    use crate::stages::guard::trial::{found, silent};

    const CONFTEST: &str = "import pytest\n\nfrom shop import calc\n";

    #[test]
    fn what_is_put_in_the_place_of_the_product_is_found() {
        found(hits, "tests/conftest.py", CONFTEST, &format!("{CONFTEST}\ncalc.add = lambda a, b: a + b\n"));
        found(hits, "tests/conftest.py", CONFTEST, &format!("{CONFTEST}\nsetattr(calc, 'add', sum)\n"));
        let test = "import { add } from './add';\n\ntest('adds', () => {\n  expect(add(1, 2)).toBe(3);\n});\n";
        for call in ["jest.mock('./add');", "vi.mock('./add', () => ({ add: () => 3 }));", "jest.spyOn(m, 'add');"] {
            found(hits, "src/add.test.ts", test, &test.replacen('\n', &format!("\n{call}\n"), 1));
        }
        let go = "package a\n\nfunc TestA(t *testing.T) {\n\tt.Fatal()\n}\n";
        found(hits, "a_test.go", go, &format!("{go}\nfunc init() {{ add = sum }}\n"));
        let python = "def test_a():\n    assert a() == 1\n";
        found(
            hits,
            "test_a.py",
            python,
            &python.replace("    assert", "    monkeypatch.setattr(m, 'a', b)\n    assert"),
        );
    }

    #[test]
    fn what_was_there_and_what_is_no_stand_in_is_let_through() {
        let mocked = "jest.mock('./mail');\n\ntest('a', () => {\n  expect(a(1)).toBe(3);\n});\n";
        silent(hits, "a.test.js", mocked, &mocked.replace("'./mail'", "'./post'"));
        silent(hits, "tests/conftest.py", CONFTEST, &format!("{CONFTEST}\nrates = calc.rates\nself.x = 1\n"));
        silent(hits, "src/app.py", "import calc\n", "import calc\n\ncalc.debug = True\n");
        silent(hits, "src/a.go", "package a\n", "package a\n\nfunc init() { b() }\n");
    }
}
