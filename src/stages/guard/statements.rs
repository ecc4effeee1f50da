//! The statements of a test file, each with the test it is in and what it is for.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::cases::{cases, depth, regions};
use super::language::Language;
use super::source::Line;
use super::tokens::{Token, tokens};

/// What a statement is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// It fails the test when something is not as expected.
    Assertion,
    /// It names what is used, or the test itself: no expectation.
    Declaration,
    Other,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// 1-based, of its first line.
    pub line: u32,
    /// The name of the innermost test that it is in; empty outside of all.
    pub test: String,
    pub purpose: Purpose,
    pub tokens: Vec<Token>,
    pub text: String,
}

static PYTHON: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^\s*assert\b|\.assert\w*\s*\(|\b(?:pytest\.)?(?:raises|warns|deprecated_call)\s*\(|\bassert_\w+\s*\(|\bself\.fail\s*\(|\bpytest\.fail\s*\(",
    )
});
static RUST: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"\b(?:debug_)?assert\w*!\s*[(\[{]|\bpanic!\s*\(|\b(?:unwrap_err|expect_err)\s*\("));
static JAVASCRIPT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\bexpect\w*\s*[.(]|\bassert\w*(?:\.\w+)*\s*\(|\.should\b|^\s*\.(?:not\.)?to\w*\s*\(|\bt\.(?:is|deepEqual|truthy|throws|assert)\w*\s*\(",
    )
});
static GO: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\b[tbf]\.(?:Error|Errorf|Fatal|Fatalf|Fail|FailNow)\s*\(|\b(?:require|assert|must)\.\w+\s*\(|^\s*(?:\}\s*else\s+)?if\b|^\s*//\s*(?:Unordered o|O)utput:",
    )
});
static JAVA: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\b(?:assert\w*|verify\w*|fail|expect\w*|check\w*|should\w*)\s*[({]|^\s*assert\b|^\s*\.(?:is|has|contains|matches|starts|ends|extracting)\w*\s*\(|\.shouldBe\b",
    )
});

static DECLARATION: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^\s*(?:import|from|use|pub use|extern crate|package|mod|pub mod|module|export\s+(?:\*|\{))\b|\brequire\s*\(|\bimport\s*\(|\b(?:jest|vi)\.(?:mock|doMock|unmock|requireActual)\s*\(|^\s*(?:async\s+)?def\s|^\s*class\s|^\s*(?:pub\s+)?(?:async\s+)?fn\s|^\s*func\s|^\s*(?:describe|it|test|suite|context)(?:\.\w+)*\s*\(|^\s*[@#]\[?\s*(?:Test|DisplayName|test)\b|\bt\.Run\s*\(",
    )
});

static TABLE: LazyLock<Regex> = LazyLock::new(|| pattern(r"\b(?:parametrize|case|test_case|values|\w*Source)\b"));

fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("a constant pattern")
}

/// The statements in what is there for tests.
pub fn statements(lines: &[Line], language: Language, is_test_file: bool) -> Vec<Statement> {
    let tests = cases(lines, language);
    let mut found = Vec::new();
    for region in regions(lines, language, is_test_file) {
        for range in ranges(lines, &region) {
            let part = lines.get(range.clone()).unwrap_or_default();
            let join = |look: fn(&Line) -> &str| part.iter().map(look).collect::<Vec<_>>().join("\n");
            let (code, bare) = (join(|line| &line.code), join(|line| &line.bare));
            let tokens = tokens(&code);
            if tokens.is_empty() {
                continue;
            }
            let innermost =
                tests.iter().filter(|test| test.lines.contains(&range.start)).min_by_key(|test| test.lines.len());
            found.push(Statement {
                line: part.first().map_or(0, |line| line.number),
                test: innermost.map(|test| test.name.clone()).unwrap_or_default(),
                purpose: purpose(&bare, language),
                tokens,
                text: code.split_whitespace().collect::<Vec<_>>().join(" "),
            });
        }
    }
    found
}

fn purpose(bare: &str, language: Language) -> Purpose {
    let asserts = match language {
        Language::Python => PYTHON.is_match(bare),
        Language::Rust => RUST.is_match(bare),
        Language::JavaScript => JAVASCRIPT.is_match(bare),
        Language::Go => GO.is_match(bare),
        Language::Java => JAVA.is_match(bare) && !DECLARATION.is_match(bare),
        Language::Other => false,
    };
    if asserts && !bare.trim_start().starts_with("import") && !bare.trim_start().starts_with("from ") {
        Purpose::Assertion
    } else if DECLARATION.is_match(bare) || (is_marker(bare) && !TABLE.is_match(bare)) {
        Purpose::Declaration
    } else {
        Purpose::Other
    }
}

/// A decorator, attribute or annotation says how a test is run. Only a table of cases says what is expected.
fn is_marker(bare: &str) -> bool {
    bare.trim_start().starts_with(['@', '#'])
}

/// Lines that belong together, because brackets are open or the next line goes on with a dot.
fn ranges(lines: &[Line], region: &Range<usize>) -> Vec<Range<usize>> {
    let mut ranges = Vec::new();
    let mut start = region.start;
    let mut open = 0_i32;
    for at in region.clone() {
        let Some(line) = lines.get(at) else { break };
        let bare = line.bare.trim();
        open = (open + depth(bare)).max(0);
        // A block begins: what follows stands for itself.
        if bare.ends_with(['{', ':']) || bare.ends_with("=> (") {
            open = 0;
        }
        let goes_on =
            lines.get(at + 1).is_some_and(|next| at + 1 < region.end && next.bare.trim_start().starts_with('.'));
        if open == 0 && !goes_on && !bare.ends_with('\\') {
            ranges.push(start..at + 1);
            start = at + 1;
        }
    }
    if start < region.end {
        ranges.push(start..region.end);
    }
    ranges
}
