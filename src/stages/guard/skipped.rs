//! `test.skipped`: a test is still there, but a runner is told to pass it by, or to expect that it fails.

use std::sync::LazyLock;

use regex::Regex;

use super::cases::{Case, cases, regions};
use super::change::Change;
use super::language::Language;
use super::source::Line;
use crate::domain::verdict::{GuardCode, GuardHit};

static PYTHON: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\bmark\.(?:skip|skipif|xfail)\b|\bpytest\.(?:skip|xfail|importorskip|exit)\b|\bimportorskip\s*\(|\bunittest\.(?:skip\w*|expectedFailure)\b|@\s*(?:skip\w*|xfail|expectedFailure)\b|\bskipTest\s*\(|\bSkipTest\b|__test__\s*=\s*False|\bcollect_ignore\w*\b|\bos\._exit\s*\(",
    )
});
static RUST: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"#\[\s*ignore\b|\bignore\s*=|cfg_attr\s*\([^\]]*\bignore\b|#\[\s*should_panic\b|#\[\s*cfg\s*\(\s*(?:any\s*\(\s*\)|FALSE|false|not\s*\(|never)",
    )
});
static JAVASCRIPT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\b(?:it|test|describe|suite|context|t|this|ctx)\.(?:concurrent\.|sequential\.|each\.)?(?:skip|only|todo|fails|failing|skipIf|runIf)\b|\b(?:xit|xtest|xdescribe|xcontext|fit|ftest|fdescribe)\s*(?:\.\w+)?\s*\(|\{[^}]*\b(?:skip|only|todo)\s*:|\bprocess\.exit\s*\(",
    )
});
static GO: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"\b[tbf]\.Skip(?:f|Now)?\s*\(|\btesting\.Short\s*\(|\bos\.Exit\s*\(\s*0"));
static JAVA: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"@(?:\w+\.)*(?:Disabled\w*|Ignore|EnabledIf\w*|EnabledOn\w*)\b|\b(?:Assumptions?|Assume)\.|\b(?:assumeTrue|assumeFalse|assumingThat|assumeThat)\s*\(|@Test\s*\([^)]*\b(?:enabled\s*=\s*false|expected\s*=)|\bSystem\.exit\s*\(",
    )
});
static GO_BUILD: LazyLock<Regex> = LazyLock::new(|| pattern(r"^//\s*(?:go:build|\+build)\b"));

fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("a constant pattern")
}

pub fn hits(changes: &[Change<'_>]) -> Vec<GuardHit> {
    changes.iter().filter(|change| !change.after.is_empty()).flat_map(of_change).collect()
}

fn of_change(change: &Change<'_>) -> Vec<GuardHit> {
    let hit =
        |line: u32, text: String| GuardHit { code: GuardCode::TestSkipped, file: change.path.to_owned(), line, text };
    let in_tests = |line: &&Line| {
        let index = (line.number as usize).saturating_sub(1);
        regions(&change.after, change.language, change.is_test_file).iter().any(|region| region.contains(&index))
    };
    let mut hits: Vec<_> = match sign(change.language) {
        Some(sign) => {
            let lines = change.new_signs(|line| &line.bare, |code| sign.is_match(code));
            let lines = lines.into_iter().filter(in_tests);
            lines.map(|line| hit(line.number, format!("a test is skipped: `{}`", line.code.trim()))).collect()
        }
        None => Vec::new(),
    };
    if change.language == Language::Go && change.is_test_file && !change.is_new {
        let constraints = change.new_signs(|line| &line.comment, |comment| GO_BUILD.is_match(comment));
        hits.extend(
            constraints
                .iter()
                .map(|line| hit(line.number, format!("the file is left out of a build: `{}`", line.comment))),
        );
    }
    if !change.is_new {
        hits.extend(
            ends_early(change).into_iter().map(|line| hit(line, "a test returns before it checks anything".to_owned())),
        );
    }
    hits
}

fn sign(language: Language) -> Option<&'static Regex> {
    match language {
        Language::Python => Some(&PYTHON),
        Language::Rust => Some(&RUST),
        Language::JavaScript => Some(&JAVASCRIPT),
        Language::Go => Some(&GO),
        Language::Java => Some(&JAVA),
        Language::Other => None,
    }
}

/// Lines where a test that was there before now returns at its own level, with more of it to come.
fn ends_early(change: &Change<'_>) -> Vec<u32> {
    let before = cases(&change.before, change.language);
    let known = |case: &Case| before.iter().any(|known| known.name == case.name);
    let returns = |lines: &[Line], case: &Case| -> Vec<u32> {
        let body = lines.get(case.lines.clone()).unwrap_or_default();
        let mut body = body.iter().filter(|line| line.number > case.line && !line.is_blank()).peekable();
        let level = body.peek().map_or(0, |line| line.indent());
        let last = body.clone().last().map_or(0, |line| line.number);
        let is_return = |line: &&Line| {
            let code = line.bare.trim().trim_end_matches(';').trim_end();
            line.indent() == level && matches!(code, "return" | "return None" | "return nil" | "return undefined")
        };
        // What follows the last return of a test is its closing brace, or nothing.
        body.filter(is_return)
            .map(|line| line.number)
            .filter(|number| number + 1 < last || (change.language == Language::Python && *number < last))
            .collect()
    };
    let count = |case: &Case| {
        let was = before.iter().find(|known| known.name == case.name);
        was.map_or(0, |was| returns(&change.before, was).len())
    };
    cases(&change.after, change.language)
        .iter()
        .filter(|case| known(case))
        .flat_map(|case| returns(&change.after, case).into_iter().skip(count(case)))
        .collect()
}
