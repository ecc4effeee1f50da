//! A test is still there, and is not run, or may fail, or ends before it checks anything.

use super::change::{Changed, Changes, Side};
use super::language::Language;
use super::marks::{Mark, more};
use super::source::Source;
use super::suite::rust::attribute;
use super::suite::{in_tests, java::annotation_name};
use super::token::Kind;
use crate::domain::verdict::{GuardCode, GuardHit};

pub fn hits(changes: &Changes<'_>) -> Vec<GuardHit> {
    let mut hits = Vec::new();
    for pair in &changes.same {
        let (Some((old_side, old)), Some((side, new))) =
            (changes.test_before(pair.before), changes.test_after(pair.after))
        else {
            continue;
        };
        let within = |side: &Side<'_>, range: &std::ops::Range<usize>| -> Vec<Mark> {
            let own = signs(&side.source).into_iter().filter(|sign| range.contains(&sign.at));
            own.map(|sign| Mark::new(sign.label, side.source.line(sign.at))).collect()
        };
        let added = more(&within(old_side, &old.tokens), within(side, &new.tokens));
        hits.extend(added.into_iter().map(|mark| hit(side, &mark, &new.name)));
    }
    for file in changes.files.iter().filter(|file| file.before.exists && file.after.exists) {
        let added = more(&outside(file, &file.before), outside(file, &file.after));
        hits.extend(added.into_iter().map(|mark| hit(&file.after, &mark, "")));
    }
    hits
}

fn hit(side: &Side<'_>, mark: &Mark, test: &str) -> GuardHit {
    let sign = mark.label.split(OF).next().unwrap_or(&mark.label);
    let of = if test.is_empty() { String::new() } else { format!(" of `{test}`") };
    side.source.hit(
        GuardCode::TestSkipped,
        mark.line,
        format!("`{sign}`{of} keeps tests from being run or from failing"),
    )
}

/// Between a sign and whom it belongs to.
const OF: char = '\u{1f}';

/// Signs on groups and on the file, each with whom it belongs to; and those that reach beyond their own test.
fn outside(file: &Changed<'_>, side: &Side<'_>) -> Vec<Mark> {
    let whole = file.is_test_file();
    signs(&side.source)
        .into_iter()
        .filter(|sign| whole || in_tests(&side.source, &side.suite, sign.at) || side.suite.heads_tests(sign.at))
        .filter(|sign| sign.label == ONLY || side.suite.test_at(sign.at).is_none())
        .map(|sign| {
            let owner = if sign.label == ONLY { "" } else { side.suite.owner(sign.at).unwrap_or("") };
            Mark::new(format!("{}{OF}{owner}", sign.label), side.source.line(sign.at))
        })
        .chain(build_lines(&side.source))
        .collect()
}

struct Sign {
    label: String,
    /// The token it begins with.
    at: usize,
}

/// What makes a runner of JavaScript leave every other test out.
const ONLY: &str = "only";

fn signs(source: &Source<'_>) -> Vec<Sign> {
    let sign = |label: &str, at: usize| Some(Sign { label: label.to_owned(), at });
    (0..source.code.len())
        .filter_map(|at| {
            if is_bare_return(source, at) {
                return sign("return", at);
            }
            match source.language {
                Language::Python => python(source, at).and_then(|label| sign(label, at)),
                Language::Rust => rust(source, at).and_then(|label| sign(&label, at)),
                Language::Script => script(source, at).and_then(|label| sign(label, at)),
                Language::Go => go(source, at).and_then(|label| sign(label, at)),
                Language::Java => java(source, at).and_then(|label| sign(label, at)),
                _ => None,
            }
        })
        .collect()
}

/// A `return` of nothing: what a test checks below it is not checked any more.
fn is_bare_return(source: &Source<'_>, at: usize) -> bool {
    let nothing_follows =
        || source.get(at + 1).is_none_or(|next| next.indent.is_some() || matches!(next.text, ";" | "}"));
    source.is(at, "return") && nothing_follows()
}

const PYTHON_WORDS: [&str; 9] = [
    "skipif",
    "xfail",
    "importorskip",
    "skipIf",
    "skipUnless",
    "expectedFailure",
    "skipTest",
    "SkipTest",
    "__unittest_skip__",
];

fn python<'a>(source: &Source<'a>, at: usize) -> Option<&'a str> {
    let word = source.word(at);
    let after = |texts: &[&str]| at > 0 && source.is_any(at - 1, texts);
    let is_sign = source.is_any(at, &PYTHON_WORDS)
        || source.is(at, "skip") && (after(&[".", "@"]) || source.is(at + 1, "(") && !after(&["def"]))
        || source.is(at, "__test__") && source.is(at + 2, "False")
        || source.is(at, "exit") && after(&["."]) && at > 1 && source.is(at - 2, "pytest");
    is_sign.then_some(word)
}

fn rust(source: &Source<'_>, at: usize) -> Option<String> {
    let (inside, _) = attribute(source, at)?;
    let words: Vec<&str> = inside.filter(|at| source.is_word(*at)).map(|at| source.word(at)).collect();
    match words.first().copied()? {
        "ignore" => Some("#[ignore]".to_owned()),
        "should_panic" => Some("#[should_panic]".to_owned()),
        "cfg_attr" if words.contains(&"ignore") => Some("#[cfg_attr(…, ignore)]".to_owned()),
        "cfg" if words != ["cfg", "test"] => Some(format!("#[cfg({})]", words.get(1..).unwrap_or(&[]).join(" "))),
        _ => None,
    }
}

const SCRIPT_SKIPS: [&str; 5] = ["xit", "xtest", "xdescribe", "xcontext", "xspecify"];
const SCRIPT_METHODS: [&str; 7] = ["skip", "skipIf", "runIf", "todo", "fails", "failing", "pending"];

fn script<'a>(source: &Source<'a>, at: usize) -> Option<&'a str> {
    let word = source.word(at);
    if !source.is_word(at) {
        return None;
    }
    let is_method = at > 0 && source.is(at - 1, ".");
    let is_key = source.is(at + 1, ":") && !source.is(at + 2, "false") && at > 0 && source.is_any(at - 1, &["{", ","]);
    if is_method {
        return match word {
            ONLY => Some(ONLY),
            // `rows.skip(1)` of the code under test is none: the runner, a test's context or `this` is asked.
            _ if SCRIPT_METHODS.contains(&word)
                && root(source, at).is_some_and(|root| SCRIPT_ROOTS.contains(&root)) =>
            {
                Some(word)
            }
            _ => None,
        };
    }
    match word {
        "fit" | "fdescribe" | "fcontext" if source.is_any(at + 1, &["(", "."]) => Some(ONLY),
        _ if SCRIPT_SKIPS.contains(&word) && source.is_any(at + 1, &["(", "."]) => Some(word),
        "only" if is_key => Some(ONLY),
        "skip" | "todo" if is_key => Some(word),
        "pending" if source.is(at + 1, "(") => Some(word),
        _ => None,
    }
}

const SCRIPT_ROOTS: [&str; 12] =
    ["test", "it", "describe", "suite", "context", "specify", "bench", "t", "ctx", "this", "task", "Deno"];

/// The word at the beginning of a chain like `it.each([…]).skip`.
fn root<'a>(source: &Source<'a>, mut at: usize) -> Option<&'a str> {
    while at >= 2 && source.is(at - 1, ".") {
        at = source.partner(at - 2).filter(|open| *open < at).map_or(at - 2, |open| open.saturating_sub(1));
    }
    source.is_word(at).then(|| source.word(at))
}

fn go<'a>(source: &Source<'a>, at: usize) -> Option<&'a str> {
    let is_method = at > 0 && source.is(at - 1, ".");
    let is_sign = is_method && source.is_any(at, &["Skip", "Skipf", "SkipNow"]) && source.is(at + 1, "(")
        || is_method && source.is(at, "Short") && at > 1 && source.is(at - 2, "testing");
    is_sign.then(|| source.word(at))
}

const JAVA_WORDS: [&str; 9] = [
    "assumeTrue",
    "assumeFalse",
    "assumeThat",
    "assumingThat",
    "assumeNotNull",
    "assumeNoException",
    "SkipException",
    "TestAbortedException",
    "AssumptionViolatedException",
];

fn java<'a>(source: &Source<'a>, at: usize) -> Option<&'a str> {
    if source.is(at, "@") {
        let name = source.word(annotation_name(source, at));
        let is_sign =
            name.starts_with("Disabled") || name.starts_with("Enabled") || name == "Ignore" || name == "Ignored";
        return is_sign.then_some(name);
    }
    let is_import = at > 0 && source.is(at - 1, ".") && source.is(at + 1, ";");
    let is_sign = source.is_any(at, &JAVA_WORDS) && !is_import
        || source.is(at, "enabled") && source.is(at + 1, "=") && source.is(at + 2, "false");
    is_sign.then(|| source.word(at))
}

/// Go leaves a file out for a line above its package.
fn build_lines(source: &Source<'_>) -> Vec<Mark> {
    let is_build = |text: &str| text.starts_with("//go:build") || text.starts_with("// +build");
    let lines = source.comments.iter().filter(|token| source.language == Language::Go && token.kind == Kind::Comment);
    lines.filter(|token| is_build(token.text)).map(|token| Mark::new(token.text.trim(), token.line)).collect()
}

#[cfg(test)]
mod tests {
    use super::hits;
    use crate::stages::guard::trial::{found, silent};

    #[test]
    fn a_mark_that_was_there_before_is_nothing_new() {
        let python = "import pytest\n\n\n@pytest.mark.skip(reason='a')\ndef test_a():\n    assert f(1) == 2\n";
        silent(hits, "test_a.py", python, &python.replace("'a'", "'see the tracker'"));
        silent(hits, "test_a.py", python, &python.replace("@pytest.mark.skip(reason='a')\n", ""));
        found(hits, "test_a.py", &python.replace("@pytest.mark.skip(reason='a')\n", ""), python);
    }

    #[test]
    fn a_mark_that_goes_over_to_another_test_is_new_there() {
        let rust = "#[test]\n#[ignore]\nfn a() {\n    assert_eq!(f(1), 2);\n}\n\n#[test]\nfn b() {\n    assert_eq!(g(3), 4);\n}\n";
        let over = rust.replace("#[ignore]\n", "").replace("fn b()", "#[ignore]\nfn b()");
        found(hits, "tests/a.rs", rust, &over);
    }

    #[test]
    fn a_new_test_that_is_skipped_keeps_no_other_from_being_run() {
        let script = "test('a', () => {\n  expect(a()).toBe(1);\n});\n";
        silent(hits, "a.test.js", script, &format!("{script}test.skip('b', () => {{\n  expect(b()).toBe(2);\n}});\n"));
        found(hits, "a.test.js", script, &format!("{script}test.only('b', () => {{\n  expect(b()).toBe(2);\n}});\n"));
    }

    #[test]
    fn words_of_the_product_are_no_marks() {
        silent(hits, "src/list.ts", "let a;\n", "const a = rows.skip(1).only(2);\n");
        silent(
            hits,
            "tests/list.test.ts",
            "test('a', () => {\n  let a;\n});\n",
            "test('a', () => {\n  let a = rows.skip(1);\n});\n",
        );
        silent(hits, "src/lib.rs", "fn a() {}\n", "#[cfg(unix)]\nfn a() {\n    return;\n}\n");
    }
}
