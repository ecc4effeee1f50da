//! A comment, an attribute or a type tells a tool not to look, so that it no longer says what is wrong.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::Regex;

use super::change::{Changes, Side};
use super::language::Language;
use super::marks::{Mark, Moved, added};
use super::source::Source;
use super::suite::in_tests;
use super::suite::rust::attribute;
use crate::domain::verdict::{GuardCode, GuardHit};

/// What comments say to tools, whichever the language: people keep several tools in one repository.
static COMMENTS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r#"(?ix)
        \bnoqa\b | \b(?:type|pyright|basedpyright|ty):\s*ignore\b | \bpyright:\s*(?:basic|off) |
        \bmypy:\s*(?:ignore|disable|allow) | \bpyre-(?:ignore|fixme) | \bpytype:\s*disable | \bpylint:\s*(?:disable|skip) |
        \bnosec\b | \bfmt:\s*(?:off|skip) | \byapf:\s*disable | \bisort:\s*(?:skip|off) | \bautopep8:\s*off |
        \bruff:\s*(?:noqa|ignore|disable) | \bpragma:\s*no\s*(?:cover|branch) |
        \beslint-disable | ^/\*\s*eslint\s+[\w@/-]+\s*: | ^/\*\s*globals?\s | @ts-(?:ignore|expect-error|nocheck) |
        \bbiome-ignore | \bprettier-ignore | \boxlint-disable | \bdeno-(?:lint|fmt)-ignore | \btslint:disable |
        \b(?:istanbul|c8|v8)\s+ignore | \bstylelint-disable | \bjs[hc]int\s+ignore | \$Flow(?:FixMe|Ignore) |
        \bNOSONAR\b | \bnolint\b | \blint:(?:file-)?ignore | \bCHECKSTYLE[.:]?\s*(?:OFF|SUPPRESS|STOP) | \bNOPMD\b |
        \bspotless:off | @formatter:off | \bnoinspection\b | \bktlint-disable | \bdetekt:disable | \brustfmt::skip |
        \bshellcheck\s+disable | \bhadolint\s+ignore | \bclang-format\s+off | \bNOLINT | \bskipcq\b | \bgofmt:\s*off
        "#,
    )
});

/// A rule's name, as it stands behind such a word: without one it is every rule.
static RULES: LazyLock<Regex> = LazyLock::new(|| pattern(r"\b(?:[A-Z]+\d+|@?[a-z][\w@/]*(?:-[\w@/]+)+)\b"));

fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("a constant pattern")
}

pub fn hits(changes: &Changes<'_>) -> Vec<GuardHit> {
    let mut moved = Moved::of(&changes.files);
    let mut hits = Vec::new();
    for file in &changes.files {
        let new = added(file, &marks(&file.before), marks(&file.after), &mut moved);
        hits.extend(new.into_iter().map(|mark| {
            let said = file.after.lines.get((mark.line as usize).saturating_sub(1)).copied().unwrap_or("");
            file.after.source.hit(
                GuardCode::SuppressionAdded,
                mark.line,
                format!("a tool is told not to look: `{said}`"),
            )
        }));
    }
    hits
}

fn marks(side: &Side<'_>) -> Vec<Mark> {
    let source = &side.source;
    let mut marks: Vec<Mark> = if source.language == Language::Other {
        // Where we do not know how comments are written, every line may be one.
        side.lines.iter().zip(1_u32..).flat_map(|(line, number)| in_comment(line, number)).collect()
    } else {
        source.comments.iter().flat_map(|comment| in_comment(comment.text, comment.line)).collect()
    };
    for at in 0..source.code.len() {
        let label = match source.language {
            Language::Rust => rust(source, at),
            Language::Java => java(source, at),
            // Tests may be as loose with types as they like: nobody builds on them.
            Language::Script if !in_tests(source, &side.suite, at) => script(source, at),
            Language::Python if !in_tests(source, &side.suite, at) => python(source, at),
            _ => None,
        };
        marks.extend(label.map(|label| Mark::new(label, source.line(at))));
    }
    marks
}

/// One mark for each rule that is named; one for all of them where none is.
fn in_comment(text: &str, line: u32) -> Vec<Mark> {
    let Some(found) = COMMENTS.find(text) else { return Vec::new() };
    // A block of comment may say it on a later line than its first.
    let before = text.get(..found.start()).unwrap_or("").matches('\n').count();
    let line = line.saturating_add(u32::try_from(before).unwrap_or(0));
    let word = found.as_str().to_lowercase();
    let rest = text.get(found.end()..).unwrap_or("").lines().next().unwrap_or("");
    let rules: BTreeSet<&str> = RULES.find_iter(rest).map(|rule| rule.as_str()).collect();
    if rules.is_empty() {
        return vec![Mark::new(word, line)];
    }
    rules.into_iter().map(|rule| Mark::new(format!("{word} {rule}"), line)).collect()
}

/// `#[allow(…)]`, also behind a `cfg_attr`, and what keeps rustfmt away: one mark for each lint that is named.
fn rust(source: &Source<'_>, at: usize) -> Option<String> {
    let (inside, _) = attribute(source, at)?;
    let words: Vec<&str> = inside.filter(|at| source.is_word(*at)).map(|at| source.word(at)).collect();
    let first = words.first().copied().unwrap_or("");
    let behind_cfg = || words.iter().copied().find(|word| matches!(*word, "allow" | "expect"));
    let kind = match first {
        "allow" | "expect" => first,
        "cfg_attr" => behind_cfg()?,
        "rustfmt" | "rustfmt_skip" => "rustfmt::skip",
        "coverage" if words.contains(&"off") => "coverage(off)",
        _ => return None,
    };
    Some(format!("{kind} {}", words.join(" ")))
}

fn java(source: &Source<'_>, at: usize) -> Option<String> {
    let is_annotation = at > 0 && source.is_any(at - 1, &["@", ".", ":"]);
    let suppresses = source.word(at).starts_with("Suppress") && source.is_word(at) && !source.is(at + 1, ";");
    (is_annotation && suppresses).then(|| {
        let rules = source.after_group(at + 1).map_or(at + 1..at + 1, |end| at + 1..end);
        rules.map(|at| source.word(at)).fold(source.word(at).to_owned(), |label, word| label + word)
    })
}

/// A cast to anything, after which the compiler believes everything.
fn script(source: &Source<'_>, at: usize) -> Option<String> {
    let typed = source
        .path
        .rsplit('.')
        .next()
        .is_some_and(|extension| matches!(extension, "ts" | "tsx" | "mts" | "cts" | "vue"));
    if !typed || at == 0 {
        return None;
    }
    let before = |text: &str| source.is(at - 1, text);
    let to_any = source.is(at, "any") && (before("as") || before(":") || before("<") && source.is(at + 1, ">"));
    let through_unknown = source.is(at, "unknown") && before("as") && source.is(at + 1, "as");
    (to_any || through_unknown).then(|| "a cast to anything".to_owned())
}

fn python(source: &Source<'_>, at: usize) -> Option<String> {
    let to_any = source.is(at, "Any")
        && (at.checked_sub(1).is_some_and(|before| source.is_any(before, &[":", "->"]))
            || at.checked_sub(2).is_some_and(|before| source.is(before, "cast"))
            || at.checked_sub(4).is_some_and(|before| source.is(before, "cast") && source.is(before + 1, "(")));
    (to_any || source.is(at, "no_type_check")).then(|| "a type that is anything".to_owned())
}

#[cfg(test)]
mod tests {
    use super::hits;
    use crate::stages::guard::trial::{found, silent, told};

    #[test]
    fn a_word_for_a_tool_is_found_in_a_comment_and_not_in_a_text() {
        found(hits, "a.py", "import os\n", "import os  # noqa: F401\n");
        silent(hits, "a.py", "x = 1\n", "x = '# noqa'\n");
        silent(hits, "a.rs", "//! a\n", "//! a\nconst A: &str = \"#[allow(x)]\";\n");
        found(hits, "a.css", "a {}\n", "/* prettier-ignore */\na {}\n");
        found(hits, "a.md", "a\n", "<!-- prettier-ignore -->\na\n");
    }

    #[test]
    fn a_word_that_was_there_before_is_nothing_new_until_it_covers_more() {
        silent(hits, "a.py", "import os  # noqa: F401\n", "import os, re  # noqa: F401\n");
        silent(hits, "a.py", "import os  # noqa\n", "import os\n");
        found(hits, "a.py", "import os  # noqa: F401\n", "import os  # noqa\n");
        found(hits, "a.py", "import os  # noqa: F401\n", "import os  # noqa: F401, E402\n");
        found(hits, "a.rs", "#[allow(dead_code)]\nfn a() {}\n", "#[allow(dead_code, unused)]\nfn a() {}\n");
        found(hits, "A.java", "@SuppressWarnings(\"a\")\nclass A {}\n", "@SuppressWarnings(\"all\")\nclass A {}\n");
    }

    #[test]
    fn a_word_that_moves_with_its_code_is_none_and_one_that_goes_over_to_other_code_is() {
        let line = "import os  # noqa\n";
        silent(hits, "a.py", &format!("{line}import re\nimport io\n"), &format!("import re\nimport io\n{line}"));
        assert!(told(hits, &[("a.py", Some(line), Some("")), ("b.py", Some(""), Some(line))]).is_empty());
        let alone = "#[allow(x)]\nfn a() {}\n\nfn c() {}\n\nfn b() {}\n";
        found(hits, "a.rs", alone, "fn a() {}\n\nfn c() {}\n\n#[allow(x)]\nfn b() {}\n");
    }
}
