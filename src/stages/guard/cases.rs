//! Where a file's tests are: the names and lines of what a test runner would run.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::language::Language;
use super::source::Line;
use super::tokens::{Token, tokens};

/// One test.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// With the class or the suites it is in, where they have names.
    pub name: String,
    /// Of its declaration.
    pub line: u32,
    /// Its lines in the file, 0-based, with what stands above it and belongs to it.
    pub lines: Range<usize>,
    /// What it does: the same test under another name has the same.
    pub body: Vec<Token>,
}

static PYTHON: LazyLock<Regex> = LazyLock::new(|| pattern(r"^\s*(?:async\s+)?def\s+(test\w*)\s*\("));
static PYTHON_CLASS: LazyLock<Regex> = LazyLock::new(|| pattern(r"^\s*class\s+(\w+)\s*(?:\((.*)\))?"));
static RUST_ATTRIBUTE: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^\s*#\[\s*(?:\w+::)*(?:test|rstest|test_case|wasm_bindgen_test|quickcheck|bench)\b"));
static RUST_FUNCTION: LazyLock<Regex> = LazyLock::new(|| pattern(r"\bfn\s+(\w+)"));
static JAVASCRIPT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r#"^\s*(?:await\s+)?(?:[xf]?it|[xf]?test|t\.test|Deno\.test)(?:\.\w+)*(?:\(.*\))?\s*\(\s*["'`](.*?)["'`]"#)
});
static GO: LazyLock<Regex> = LazyLock::new(|| pattern(r"^func\s+((?:Test|Fuzz|Example)\w*)\s*\("));
static GO_SUBTEST: LazyLock<Regex> = LazyLock::new(|| pattern(r#"\bt\.Run\(\s*"(.*?)""#));
static JAVA_ANNOTATION: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"^\s*@(?:\w+\.)*(?:Test|ParameterizedTest|RepeatedTest|TestFactory|TestTemplate|Property)\b")
});
static JAVA_METHOD: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?:\bfun\s+|[\w>\]]\s+)(\w+|`[^`]+`)\s*\("));

fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("a constant pattern")
}

/// The tests of a file, in order.
pub fn cases(lines: &[Line], language: Language) -> Vec<Case> {
    match language {
        Language::Python => python(lines),
        Language::Rust => by_attribute(lines, &RUST_ATTRIBUTE, &RUST_FUNCTION),
        Language::Java => by_attribute(lines, &JAVA_ANNOTATION, &JAVA_METHOD),
        Language::Go => by_declaration(lines, &[&GO, &GO_SUBTEST]),
        Language::JavaScript => by_declaration(lines, &[&JAVASCRIPT]),
        Language::Other => Vec::new(),
    }
}

/// The lines of a file that are there for tests: all of a test file, Rust's `#[cfg(test)]` modules elsewhere.
pub fn regions(lines: &[Line], language: Language, is_test_file: bool) -> Vec<Range<usize>> {
    if is_test_file {
        return std::iter::once(0..lines.len()).collect();
    }
    if language != Language::Rust {
        return Vec::new();
    }
    let mut regions: Vec<Range<usize>> = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        if is_cfg_test(&line.bare) && regions.last().is_none_or(|region| region.end <= index) {
            regions.push(index..block_end(lines, index));
        }
    }
    regions
}

/// `#[cfg(test)]` and `#[cfg(all(test, …))]`.
pub fn is_cfg_test(code: &str) -> bool {
    let plain: String = code.split_whitespace().collect();
    plain.contains("#[cfg(test)]") || plain.contains("#[cfg(all(test,")
}

fn python(lines: &[Line]) -> Vec<Case> {
    let mut cases = Vec::new();
    // The classes that are open, with how far they are moved in and whether a runner looks into them.
    let mut classes: Vec<(usize, String, bool)> = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        if line.is_blank() {
            continue;
        }
        while classes.last().is_some_and(|(indent, ..)| line.indent() <= *indent) {
            classes.pop();
        }
        if let Some(found) = PYTHON_CLASS.captures(&line.bare) {
            let name = found.get(1).map_or("", |name| name.as_str());
            let bases = found.get(2).map_or("", |bases| bases.as_str());
            let looked_into = name.starts_with("Test") || bases.contains("Test");
            classes.push((line.indent(), name.to_owned(), looked_into));
            continue;
        }
        let Some(name) = PYTHON.captures(&line.bare).and_then(|found| found.get(1)) else { continue };
        let in_class = classes.last();
        let collected = in_class.map_or(line.indent() == 0, |(_, _, looked_into)| *looked_into);
        if !collected {
            continue;
        }
        let name = match in_class {
            Some((_, class, _)) => format!("{class}.{}", name.as_str()),
            None => name.as_str().to_owned(),
        };
        let end = end_of_indented(lines, index);
        cases.push(case(lines, name, index, above(lines, index, |line| line.bare.trim_start().starts_with('@')), end));
    }
    cases
}

/// A declaration that an attribute or annotation above it makes a test.
fn by_attribute(lines: &[Line], attribute: &Regex, declaration: &Regex) -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        if !attribute.is_match(&line.bare) || cases.last().is_some_and(|case| case.lines.contains(&index)) {
            continue;
        }
        let declared = lines.iter().enumerate().skip(index).find_map(|(at, line)| {
            let bare = line.bare.trim_start();
            // Further attributes may stand between, and one may share the line.
            let after_attributes = if bare.starts_with("#[") { bare.rsplit(']').next()? } else { bare };
            let annotation_only = bare.starts_with('@') && !bare.contains('{') && !bare.contains(" void ");
            if annotation_only {
                return None;
            }
            declaration.captures(after_attributes)?.get(1).map(|name| (at, name.as_str().to_owned()))
        });
        let Some((at, name)) = declared else { continue };
        let first = above(lines, index, |line| matches!(line.bare.trim_start().chars().next(), Some('#' | '@')));
        cases.push(case(lines, name, at, first, block_end(lines, at)));
    }
    cases
}

/// A declaration whose own words make it a test.
fn by_declaration(lines: &[Line], declarations: &[&Regex]) -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        for declaration in declarations {
            // The name may stand in a string, so the code is read; but a declaration in a string has no bare words.
            let Some(name) = declaration.captures(&line.code).and_then(|found| found.get(1)) else { continue };
            if line.bare.trim().is_empty() {
                continue;
            }
            let around = cases.iter().rev().find(|case| case.lines.contains(&index));
            let name = match around {
                Some(around) => format!("{} > {}", around.name, name.as_str()),
                None => name.as_str().to_owned(),
            };
            cases.push(case(lines, name, index, index, block_end(lines, index)));
        }
    }
    cases
}

fn case(lines: &[Line], name: String, declared: usize, first: usize, end: usize) -> Case {
    let body: Vec<_> = lines.get(declared + 1..end).unwrap_or_default().iter().map(|line| line.code.as_str()).collect();
    Case {
        name,
        line: lines.get(declared).map_or(0, |line| line.number),
        lines: first..end,
        body: tokens(&body.join("\n")),
    }
}

/// The first of the lines right above `index` that belong to it.
fn above(lines: &[Line], index: usize, belongs: impl Fn(&Line) -> bool) -> usize {
    let mut first = index;
    let mut open = 0_i32;
    for at in (0..index).rev() {
        let Some(line) = lines.get(at) else { break };
        // A decorator over several lines is read from its end.
        open += depth(&line.bare);
        if line.is_blank() || !(belongs(line) || open < 0) {
            break;
        }
        first = at;
    }
    first
}

/// Behind the last line that is moved in further than the one at `index`.
fn end_of_indented(lines: &[Line], index: usize) -> usize {
    let own = lines.get(index).map_or(0, Line::indent);
    let mut end = index + 1;
    let mut open = 0_i32;
    for (at, line) in lines.iter().enumerate().skip(index) {
        // Inside brackets a line may stand anywhere.
        if at > index && open <= 0 && !line.is_blank() && line.indent() <= own {
            break;
        }
        open += depth(&line.bare);
        if !line.is_blank() {
            end = at + 1;
        }
    }
    end
}

/// Behind the line that closes what is opened at or after `index`.
pub fn block_end(lines: &[Line], index: usize) -> usize {
    let mut open = 0_i32;
    let mut opened = false;
    for (at, line) in lines.iter().enumerate().skip(index) {
        for character in line.bare.chars() {
            match character {
                '{' | '(' => {
                    opened |= character == '{';
                    open += 1;
                }
                '}' | ')' => open -= 1,
                _ => {}
            }
        }
        let ended = open <= 0 && (opened || line.bare.trim_end().ends_with(';'));
        if ended {
            return at + 1;
        }
    }
    lines.len()
}

/// How many brackets a line opens more than it closes.
pub fn depth(bare: &str) -> i32 {
    bare.chars().fold(0, |depth, character| match character {
        '(' | '[' | '{' => depth + 1,
        ')' | ']' | '}' => depth - 1,
        _ => depth,
    })
}
