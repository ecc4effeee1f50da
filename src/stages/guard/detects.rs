//! `code.detects-test`: the product asks whether it is under test, to behave while somebody looks.

use std::sync::LazyLock;

use regex::Regex;

use super::cases::{is_cfg_test, regions};
use super::change::Change;
use super::language::Language;
use super::source::Line;
use crate::domain::verdict::{GuardCode, GuardHit};

/// Variables that a test runner or a runner of workflows sets.
const VARIABLES: &str = r"\b(?:PYTEST_CURRENT_TEST|PYTEST_VERSION|PYTEST_XDIST_WORKER|JEST_WORKER_ID|VITEST(?:_\w+)?|NODE_TEST_CONTEXT|GITHUB_ACTIONS?|GITHUB_\w+|GITLAB_CI|RUNNER_\w+|RUST_TEST_THREADS|NEXTEST\w*|SELF_HEAL\w*)\b";

/// A variable's name alone says little; together with the asking it does.
const ENVIRONMENT: &str = r#"(?:environ|getenv|env::var\w*|option_env!|\benv\b|Getenv|LookupEnv|import\.meta)[^\n]{0,40}\bCI\b|\bNODE_ENV\b[^\n]{0,20}["'`]test["'`]|["'`]test["'`][^\n]{0,20}\bNODE_ENV\b"#;

static ANY: LazyLock<Regex> = LazyLock::new(|| pattern(&format!("{VARIABLES}|{ENVIRONMENT}")));
static PYTHON: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r#"["'](?:_?pytest|py\.test|unittest|nose2?|doctest|hypothesis)["'][^\n]{0,60}\bmodules\b|\bmodules\b[^\n]{0,60}["'](?:_?pytest|unittest|nose2?|hypothesis)["']|\b(?:argv|orig_argv|_called_from_test)\b[^\n]{0,60}test|["'][^"']*test[^"']*["'][^\n]{0,40}\bargv\b|\b(?:inspect\.stack|sys\._getframe|traceback\.extract_stack|currentframe)\b|^\s*(?:import|from)\s+(?:_?pytest|unittest)\b"#,
    )
});
static RUST: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"cfg!\s*\([^)]*\btest\b|#!?\[\s*cfg(?:_attr)?\s*\(\s*(?:any\s*\(|all\s*\()?\s*not\s*\(\s*test\b|\bcurrent_exe\s*\(|\bthread::current\s*\(\)\s*\.name\b",
    )
});
static JAVASCRIPT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\btypeof\s+(?:jest|vi|vitest|describe|it|test|expect|mocha)\b|\b(?:globalThis|global|window)\.(?:jest|vi|vitest|describe|it|expect|__vitest\w*)\b|\bimport\.meta\.vitest\b|\bprocess\.(?:argv|execArgv)\b[^\n]{0,60}(?:test|jest|mocha)|\bnpm_lifecycle_event\b|\bnew Error\(\)\.stack\b",
    )
});
static GO: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r#"\btesting\.Testing\s*\(|flag\.Lookup\(\s*"test\.|os\.Args\[0\][^\n]*test|"[^"]*\.test"[^\n]*os\.Args|\bruntime\.Callers?\s*\(|^\s*(?:import\s+)?(?:\w+\s+)?"testing"\s*$"#,
    )
});
static JAVA: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r#"(?i)\bgetStackTrace\s*\(|\bStackWalker\b|\bStackTraceElement\b|forName\(\s*"org\.(?:junit|testng)|"[^"]*(?:org\.junit|surefire|testng|junit)[^"]*"|^\s*import\s+(?:static\s+)?org\.(?:junit|testng)\b"#,
    )
});

fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("a constant pattern")
}

pub fn hits(changes: &[Change<'_>]) -> Vec<GuardHit> {
    changes
        .iter()
        .filter(|change| !change.is_test_file && change.language != Language::Other)
        .flat_map(of_change)
        .collect()
}

fn of_change(change: &Change<'_>) -> Vec<GuardHit> {
    let own = match change.language {
        Language::Python => Some(&*PYTHON),
        Language::Rust => Some(&*RUST),
        Language::JavaScript => Some(&*JAVASCRIPT),
        Language::Go => Some(&*GO),
        Language::Java => Some(&*JAVA),
        Language::Other => None,
    };
    // Names of variables and modules stand in strings, so the code is read with its strings.
    let asks = |code: &str| ANY.is_match(code) || own.is_some_and(|own| own.is_match(code));
    let tests = regions(&change.after, change.language, false);
    let in_product =
        |line: &&Line| !tests.iter().any(|region| region.contains(&(line.number as usize).saturating_sub(1)));
    let lines = change.new_signs(|line| &line.code, asks);
    let mut hits: Vec<_> = lines.into_iter().filter(in_product).map(|line| hit(change, line)).collect();
    if change.language == Language::Rust {
        hits.extend(product_for_tests(change).into_iter().map(|line| hit(change, line)));
    }
    hits
}

fn hit(change: &Change<'_>, line: &Line) -> GuardHit {
    GuardHit {
        code: GuardCode::CodeDetectsTest,
        file: change.path.to_owned(),
        line: line.number,
        text: format!("the code asks whether it is under test: `{}`", line.code.trim()),
    }
}

/// A new `#[cfg(test)]` over something else than a module or an import: the product differs while it is tested.
fn product_for_tests<'c>(change: &'c Change<'_>) -> Vec<&'c Line> {
    let new = change.new_signs(|line| &line.code, is_cfg_test);
    new.into_iter()
        .filter(|line| {
            let below = change.after.iter().skip(line.number as usize);
            let named = below.map(|line| line.bare.trim()).find(|code| !code.is_empty() && !code.starts_with("#["));
            let same_line = line.bare.rsplit(']').next().unwrap_or("").trim();
            let item = if same_line.is_empty() { named.unwrap_or("") } else { same_line };
            let words: Vec<_> = item.split_whitespace().filter(|word| !word.starts_with("pub")).collect();
            !matches!(words.first(), Some(&("mod" | "use")))
        })
        .collect()
}
