//! Root failures become one name per incident, the same for the same failure wherever and whenever it was read.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::Regex;

use crate::domain::failure::{Failure, Reading};
use crate::domain::fingerprint::Fingerprint;
use crate::domain::id::Sha256;
use crate::text::truncate;

/// Where a message goes on for pages, its beginning tells it from others.
const MESSAGE_BYTES_MAX: usize = 400;

/// Of the SHA-256 of the identities; 48 bits, so that two incidents of one repository never meet by chance.
const HASH_DIGITS: usize = 12;

/// The readable part of the name: language and code, each this long at the most.
const WORD_BYTES_MAX: usize = 24;

/// What changes from run to run though the failure is the same, in the order in which it is taken out.
static PASSING: LazyLock<Vec<(Regex, &str)>> = LazyLock::new(|| {
    [
        // A path's folders: runner, container, scratch copy, temporary folder.
        (r#"(?:[A-Za-z]:)?(?:[/\\][\w.@+~ -]*[\w.@+~-])*[/\\]([\w.@+~-]+)"#, "$1"),
        (r"(?i)\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b", "#"),
        (r"(?i)\b0x[0-9a-f]+\b", "#"),
        (r"\b\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?)?(?:Z|[+-]\d\d:?\d\d)?", "#"),
        (r"\b\d{1,2}:\d\d:\d\d(?:\.\d+)?\b", "#"),
        (r"\b\d+(?:\.\d+)?\s?(?:ns|µs|us|ms|s|secs?|seconds?|minutes?|mins?)\b", "#"),
        // Hashes and generated names: long, and of letters and digits mixed.
        (r"\b(?:tmp|temp|pytest-)[\w-]*\d[\w-]*\b", "#"),
        (r"(?i)\b[0-9a-f]*(?:\d[0-9a-f]*[a-f]|[a-f][0-9a-f]*\d)[0-9a-f]{6,}\b", "#"),
        (r"(\blocalhost|\d\.\d{1,3}|\]):\d{2,5}\b", "$1:#"),
        // Process ids, ports, object ids; smaller numbers are values that somebody asserted.
        (r"\b\d{5,}\b", "#"),
        (r"\s+", " "),
    ]
    .into_iter()
    .filter_map(|(pattern, replacement)| Regex::new(pattern).ok().map(|regex| (regex, replacement)))
    .collect()
});

/// What makes each root failure this failure and no other: what the proof compares. No line numbers: they shift.
pub fn identities(reading: &Reading) -> BTreeSet<String> {
    reading.roots().map(identity).collect()
}

/// The incident's name; `None` where nothing failed that could be named.
pub fn fingerprint(reading: &Reading) -> Option<Fingerprint> {
    // Not the first: the order of failures changes from run to run.
    let root = reading.roots().min_by_key(|failure| identity(failure))?;
    let identities: Vec<String> = identities(reading).into_iter().collect();
    let hash = Sha256::of(identities.join("\n").as_bytes());
    let hash = hash.as_str().get(..HASH_DIGITS)?;
    let words = [language(root), word(root.code.as_deref().unwrap_or(root.kind.as_str()))];
    let words: Vec<String> = words.into_iter().filter(|word| !word.is_empty()).collect();
    Fingerprint::parse(&format!("{}-{hash}", words.join("-"))).or_else(|| Fingerprint::parse(hash))
}

fn identity(failure: &Failure) -> String {
    // A failing test's file may be printed or not; its name is always there. A path in the repository lasts as it is.
    let place = match (&failure.test, &failure.file) {
        (Some(name), _) | (None, Some(name)) => name.clone(),
        (None, None) => lasting(failure.path.as_deref().unwrap_or_default()),
    };
    let code = failure.code.as_deref().unwrap_or_default();
    [failure.kind.as_str(), &failure.tool, code, &place, &lasting(&failure.message)].join(" | ")
}

/// Text without what passes.
fn lasting(text: &str) -> String {
    let text = truncate(text, MESSAGE_BYTES_MAX);
    let mut lasting: Cow<'_, str> = Cow::Borrowed(text.trim());
    for (pattern, replacement) in PASSING.iter() {
        let replaced = pattern.replace_all(&lasting, *replacement).into_owned();
        lasting = Cow::Owned(replaced);
    }
    lasting.into_owned()
}

/// `py` for `app.py`: the extension where the failure names a file, else its tool.
fn language(failure: &Failure) -> String {
    let path = failure.file.as_deref().or(failure.path.as_deref()).or(failure.test.as_deref()).unwrap_or_default();
    let file = path.split("::").next().unwrap_or_default().rsplit(['/', '\\']).next().unwrap_or_default();
    match file.rsplit_once('.') {
        Some((_, extension)) if (1..=4).contains(&extension.len()) => word(extension),
        _ => word(&failure.tool),
    }
}

/// Lower-case letters and digits only: nothing else may stand in a ref (T19).
fn word(text: &str) -> String {
    let plain = text.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase());
    plain.take(WORD_BYTES_MAX).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{ProptestConfig, any, prop_assert, prop_assert_eq, prop_assert_ne, proptest};

    use super::{PASSING, fingerprint, identities};
    use crate::domain::failure::{Failure, Kind, Reading};
    use crate::domain::fingerprint::Fingerprint;
    use crate::domain::log::Span;

    fn failure(message: &str) -> Failure {
        Failure {
            file: Some("app.py".to_owned()),
            line: Some(7),
            code: Some("TypeError".to_owned()),
            test: Some("tests/test_app.py::test_add".to_owned()),
            ..Failure::new(Kind::TestFailure, "pytest", message, Span::at(3))
        }
    }

    fn name(failures: Vec<Failure>) -> String {
        let reading = Reading { failures, ..Reading::default() };
        fingerprint(&reading).map(|fingerprint| fingerprint.to_string()).unwrap_or_default()
    }

    #[test]
    fn every_pattern_can_be_built() {
        assert_eq!(PASSING.len(), 11);
    }

    #[test]
    fn a_name_begins_with_language_and_code() {
        assert!(name(vec![failure("no")]).starts_with("py-typeerror-"), "{}", name(vec![failure("no")]));
    }

    #[test]
    fn a_log_without_a_root_has_no_name() {
        assert_eq!(name(vec![Failure { primary: false, ..failure("no") }]), "");
    }

    #[test]
    fn what_passes_is_not_part_of_the_name() {
        for (here, there) in [
            ("cannot import 'x' (/home/runner/work/a/a/b.py)", "cannot import 'x' (/tmp/self-heal-3x/copy/a/b.py)"),
            ("Diff in /tmp/a/src/x.rs:6", "Diff in /__w/a/a/src/x.rs:6"),
            ("<Order object at 0x7f01c2>", "<Order object at 0x55aa90>"),
            ("took 12.3ms", "took 9 ms"),
            ("connect 127.0.0.1:43211", "connect 127.0.0.1:39999"),
            ("at 2026-11-20T10:00:00Z", "at 2026-11-21T23:59:59Z"),
            ("id 550e8400-e29b-41d4-a716-446655440000", "id 123e4567-e89b-12d3-a456-426614174000"),
            (r"D:\a\x\x\src\App.cs not found", r"C:\build\src\App.cs not found"),
        ] {
            assert_eq!(name(vec![failure(here)]), name(vec![failure(there)]), "{here} / {there}");
        }
    }

    #[test]
    fn another_failure_has_another_name() {
        let one = failure("assert 5 == 4");
        let test = Failure { test: Some("tests/test_app.py::test_sub".to_owned()), ..one.clone() };
        let code = Failure { code: Some("ValueError".to_owned()), ..one.clone() };
        let file = |file: &str| Failure { file: Some(file.to_owned()), test: None, ..one.clone() };
        assert_ne!(name(vec![file("a/mod.rs")]), name(vec![file("b/mod.rs")]));
        for other in [failure("assert 5 == 6"), test, code] {
            assert_ne!(name(vec![one.clone()]), name(vec![other]));
        }
    }

    #[test]
    fn line_and_order_change_nothing() {
        let (one, two) = (failure("one"), failure("two"));
        let moved = Failure { line: Some(99), log: Span::at(1_000), ..one.clone() };
        assert_eq!(name(vec![one, two.clone()]), name(vec![two, moved]));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn t19_a_hostile_error_code_makes_a_plain_name(code in any::<String>(), tool in any::<String>(), path in any::<String>()) {
            let hostile = Failure { code: Some(code), file: None, path: Some(path), tool, ..failure("no") };
            let name = name(vec![hostile]);
            prop_assert!(Fingerprint::parse(&name).is_some(), "{name}");
        }

        #[test]
        fn the_same_failure_in_another_folder_keeps_its_name(folder in "/[a-z]{1,8}(/[a-z0-9_]{1,8}){0,4}", port in 10_000u32..65_535) {
            let here = failure(&format!("read {folder}/data/file.txt: refused by 127.0.0.1:{port}"));
            let there = failure("read /home/runner/work/app/app/data/file.txt: refused by 127.0.0.1:50000");
            prop_assert_eq!(name(vec![here]), name(vec![there]));
        }

        #[test]
        fn another_message_has_another_identity(one in "[a-z]{3,12}", two in "[a-z]{3,12}") {
            let of = |word: &str| identities(&Reading { failures: vec![failure(word)], ..Reading::default() });
            if one != two {
                prop_assert_ne!(of(&one), of(&two));
            }
        }
    }
}
