//! Root failures become one name per incident, the same for the same failure wherever and whenever it was read.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::Regex;

use crate::domain::failure::{Failure, Reading};
use crate::domain::fingerprint::Fingerprint;
use crate::domain::id::Sha256;
use crate::stages::extract::paths::CHECKOUT;
use crate::text::truncate;

/// Where a message goes on for pages, its beginning tells it from others.
const MESSAGE_BYTES_MAX: usize = 400;

/// Of the SHA-256 of the identities; 48 bits, so that two incidents of one repository never meet by chance.
const HASH_DIGITS: usize = 12;

/// The readable part of the name: language and code, each this long at the most.
const WORD_BYTES_MAX: usize = 24;

/// Git's default length of a short name in a small repository (`core.abbrev`).
const HASH_DIGITS_MIN: usize = 7;

/// Of a message this much is looked at before what passes is taken out: a long folder must not move its end.
const MESSAGE_BYTES_READ: usize = 10 * MESSAGE_BYTES_MAX;

/// What changes from run to run though the failure is the same, in the order in which it is taken out. A value that
/// somebody may have asserted stays: short numbers, decimal fractions, small hexadecimal ones, service ports.
static PASSING: LazyLock<Vec<(Regex, &str)>> = LazyLock::new(|| {
    // One folder of a path in running text; quotes and brackets end it.
    const NAME: &str = r#"[^/\\\s'"`()<>:]+"#;
    const REPO: &str = r#"[^/\\\s'"`()<>:_][^/\\\s'"`()<>:]*"#;
    let checkout = CHECKOUT.replace('/', r"[/\\]{1,2}").replace("NAME", NAME).replace("REPO", REPO);
    // The checkout's folder itself: the same without the slash that ends each.
    let itself = CHECKOUT.replace("/|", "|").replace('/', r"[/\\]{1,2}").replace("NAME", NAME).replace("REPO", REPO);
    // Hexadecimal, of letters and digits mixed, and at least as long as git's own short names.
    let mixed = |before: usize| {
        format!(r"[0-9a-f]{{{before},}}(?:\d[a-f]|[a-f]\d)[0-9a-f]{{{},}}", HASH_DIGITS_MIN - 2 - before)
    };
    let mixed = (0..=HASH_DIGITS_MIN - 2).map(mixed).collect::<Vec<_>>().join("|");
    let hashes = format!(r"(?i)(^|[^0-9a-z])(?:{mixed})\b");
    [
        (r"\bfile:(?://(?:localhost)?)?/(?:([A-Za-z]:)|([^/\s]))", "$1/$2"),
        (r"\b([A-Za-z]:)//", "$1/"),
        // A checkout's own folder, then temporary folders with the generated name below them.
        (&format!(r"(^|[^\w.~/\\…-])(?:{checkout})"), "$1"),
        (&format!(r#"(^|[^\w.~/\\…-])(?:{itself})([\s'"`)\],;:]|$)"#), "$1.$2"),
        (&format!(r"(^|[^\w.~/\\…-])(?:/private)?/(?:(?:var/)?tmp|var/folders/{NAME}/{NAME}/T)/{NAME}"), "$1/#"),
        (&format!(r"(?i)\b[a-z]:[/\\]+users[/\\]+{NAME}[/\\]+appdata[/\\]+local[/\\]+temp[/\\]+{NAME}"), "/#"),
        // Any other folder that no repository is the root of: tool caches, homes, mounts.
        (r"Program Files(?: \(x86\))?", "ProgramFiles"),
        (r#"\b[A-Za-z]:(?:[/\\]+[^/\\\s'"`()<>:]+)*[/\\]+([^/\\\s'"`()<>:]+)"#, "$1"),
        (r"(^|[^\w.~/\\:…#-])(?:/[\w.@+~#-]+)+/([\w@+~#-]+(?:\.[\w+-]+)+)", "$1$2"),
        (
            r"(^|[^\w.~/\\:…#-])/(?:home|root|usr|opt|var|tmp|etc|mnt|srv|Users|Volumes|private|nix|proc|dev|run|#)(?:/[\w.@+~#-]+)*/([\w.@+~#-]+)",
            "$1$2",
        ),
        (r"(\w)\\{1,2}", "$1/"),
        (r#"(^|[\s'"`(])\./"#, "$1"),
        // Lines shift.
        (r"(\.[A-Za-z]\w{0,4}):\d+(?::\d+)?\b", "$1:#"),
        (r"(?i)\b(lines?|rows?|col(?:umn)?s?|at position) \d+(?:-\d+)?\b", "$1 #"),
        (r"\(\d+:\d+\)(\s|$)", "(#)$1"),
        // Names that are made up for one run.
        (r"(?i)\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b", "#"),
        (r"(?i)\b0x[0-9a-f]{6,}\b", "#"),
        (r"\btmp(?:[a-z0-9_]{8}|\.[A-Za-z0-9]{6,10})\b", "#"),
        (r"\b(?:tmp|temp|pytest)-[\w-]*\d[\w-]*\b", "#"),
        (&hashes, "$1#"),
        // When, and how long.
        (
            r"\b\d{4}[-/.]\d\d[-/.]\d\d(?:[T ,]+\d\d:?\d\d(?::?\d\d(?:[.,]\d+)?)?)?(?: ?(?:Z|UTC|GMT|[+-]\d\d:?\d\d))?\b",
            "#",
        ),
        (r"\b\d{8}T\d{6}(?:\.\d+)?Z?\b", "#"),
        (r"\b\d{1,2}[/.]\d{1,2}[/.](?:19|20)\d\d\b", "#"),
        (
            r"(?i)\b(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?,? )?(?:\d{1,2} (?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*\.?,?|(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*\.? \d{1,2},?)(?: \d{4}\b)?",
            "#",
        ),
        (r"\b\d{1,2}:\d\d:\d\d(?:[.,]\d+)?(?: ?[AP]M)?(?: (?:UTC|GMT|CET|[A-Z][DS]T)\b)?(?: \d{4}\b)?", "#"),
        (r"\b\d{1,2}:\d\d ?[AP]M\b", "#"),
        (
            r"\b\d+(?:[.,]\d+)? ?(?:ns|µs|μs|us|ms|milliseconds?|msecs?|m?s|secs?|seconds?|minutes?|mins?|hours?)\b",
            "#",
        ),
        // Seconds, and smaller, since 1970: from 2017 to 2033.
        (r"\b1[5-9]\d{8}(?:\d{3}|\d{6}|\d{9}|\.\d+)?\b", "#"),
        // Who did it.
        (r"(\blocalhost|\d\.\d{1,3}|\]):\d{5}\b", "$1:#"),
        (
            r"(?i)\b(pid|tid|process(?: id)?|thread(?:id)?|goroutine|worker|port|seed|attempt|retry|retries|try)([-_ #=:(]{1,3})\d+\b(?:(?:/| of )\d+\b)?",
            "$1$2#",
        ),
        (r"(^|\s)[\[(]\d+/\d+[\])](\s|$)", "$1#$2"),
        (r"\b\d{12,}\b", "#"),
        // A locale's own quotes.
        ("[‘’‚`´]", "'"),
        ("[“”„«»]", "\""),
        (r"\s+", " "),
    ]
    .into_iter()
    .filter_map(|(pattern, replacement)| Regex::new(pattern).ok().map(|regex| (regex, replacement)))
    .collect()
});

/// What makes each root failure this failure and no other: what the proof compares. No line numbers: they shift.
pub fn identities(reading: &Reading) -> BTreeSet<String> {
    let root = root(reading);
    reading.roots().map(|failure| identity(failure, root)).collect()
}

/// The incident's name; `None` where nothing failed that could be named.
pub fn fingerprint(reading: &Reading) -> Option<Fingerprint> {
    // Not the first: the order of failures changes from run to run.
    let folder = root(reading);
    let root = reading.roots().min_by_key(|failure| identity(failure, folder))?;
    let identities: Vec<String> = identities(reading).into_iter().collect();
    let hash = Sha256::of(identities.join("\n").as_bytes());
    let hash = hash.as_str().get(..HASH_DIGITS)?;
    let words = [language(root), word(root.code.as_deref().unwrap_or(root.kind.as_str()))];
    let words: Vec<String> = words.into_iter().filter(|word| !word.is_empty()).collect();
    Fingerprint::parse(&format!("{}-{hash}", words.join("-"))).or_else(|| Fingerprint::parse(hash))
}

/// The checkout's folder: as it was read, or as the path of one failure tells.
fn root(reading: &Reading) -> Option<&str> {
    reading.root.as_deref().or_else(|| reading.failures.iter().find_map(root_told))
}

fn root_told(failure: &Failure) -> Option<&str> {
    let root = failure.path.as_deref()?.strip_suffix(failure.file.as_deref()?)?.strip_suffix('/')?;
    root.starts_with('/').then_some(root)
}

fn identity(failure: &Failure, root: Option<&str>) -> String {
    // A failing test's file may be printed or not; its name is always there. A path in the repository lasts as it is.
    let place = match (&failure.test, &failure.file) {
        (Some(test), _) => without_root(test, root).replace('\\', "/"),
        (None, Some(file)) => file.clone(),
        (None, None) => lasting(failure.path.as_deref().unwrap_or_default(), root),
    };
    let code = failure.code.as_deref().unwrap_or_default();
    [failure.kind.as_str(), &failure.tool, code, &place, &lasting(&failure.message, root)].join(" | ")
}

/// Text without what passes.
fn lasting(text: &str, root: Option<&str>) -> String {
    let text = without_root(&truncate(text.trim(), MESSAGE_BYTES_READ), root);
    let mut lasting: Cow<'_, str> = Cow::Borrowed(&text);
    for (pattern, replacement) in PASSING.iter() {
        let replaced = pattern.replace_all(&lasting, *replacement).into_owned();
        lasting = Cow::Owned(replaced);
    }
    truncate(lasting.trim(), MESSAGE_BYTES_MAX)
}

/// Text in which the paths of the checkout are relative to it.
fn without_root(text: &str, root: Option<&str>) -> String {
    let Some(root) = root.map(|root| root.trim_end_matches(['/', '\\'])).filter(|root| !root.is_empty()) else {
        return text.to_owned();
    };
    let mut left = text;
    let mut without = String::with_capacity(text.len());
    while let Some((before, after)) = left.split_once(root) {
        without.push_str(before);
        let goes_on = |c: char| c.is_alphanumeric() || "_-.~".contains(c);
        left = match after.strip_prefix(['/', '\\']) {
            _ if without.ends_with(goes_on) => {
                without.push_str(root);
                after
            }
            Some(inside) => inside,
            None => {
                // The folder itself, or another that is called so and on.
                without.push_str(if after.starts_with(|c| goes_on(c) && c != '.') { root } else { "." });
                after
            }
        };
    }
    without + left
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
    use proptest::prelude::{ProptestConfig, Strategy, any, prop_assert, prop_assert_eq, prop_assert_ne, proptest};
    use proptest::sample::select;

    use super::{PASSING, fingerprint};
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
        assert_eq!(PASSING.len(), 35);
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
            ("in /home/runner/work/a/a: no such target", "in /builds/octo/shop: no such target"),
            ("package `x (/home/runner/work/a/a)`", "package `x (/github/workspace)`"),
            ("Diff in /tmp/a/src/x.rs:6", "Diff in /tmp/b/src/x.rs:60"),
            ("Diff in /home/runner/work/a/a/src/x.rs:6", "Diff in /__w/a/a/src/x.rs:6"),
            ("<Order object at 0x7f01c2>", "<Order object at 0x55aa90>"),
            ("took 12.3ms", "took 9 ms"),
            ("gave up after 2 minutes", "gave up after 3 minutes"),
            ("connect 127.0.0.1:43211", "connect 127.0.0.1:39999"),
            ("connect [::1]:43211", "connect [::1]:39999"),
            ("at 2026-11-20T10:00:00Z", "at 2026-11-21T23:59:59Z"),
            ("at 2026-11-20 10:00:00,123", "at 2026-11-21 23:59:59,999"),
            ("at 2026/11/20 10:00:00", "at 2026/11/21 23:59:59"),
            ("at Fri Nov 20 10:00:00 UTC 2026", "at Sat Nov 21 23:59:59 UTC 2026"),
            ("at Fri, 20 Nov 2026 10:00:00 GMT", "at Sat, 21 Nov 2026 23:59:59 GMT"),
            ("on 20.11.2026", "on 21.11.2026"),
            ("at 20261120T100000Z", "at 20261121T235959Z"),
            ("at 10:00 AM", "at 11:30 PM"),
            ("at 1795168800", "at 1795169999"),
            ("at 1795168800123", "at 1795169999456"),
            ("id 550e8400-e29b-41d4-a716-446655440000", "id 123e4567-e89b-12d3-a456-426614174000"),
            ("container 4c01db0b339c exited", "container 9f86d081884c exited"),
            ("commit 4be2f0c2 is not there", "commit 9d5b7e16 is not there"),
            ("process 4711 exited with 3", "process 815 exited with 3"),
            ("(pid: 4711) died", "(pid: 99999) died"),
            ("Thread-12 died", "Thread-3 died"),
            ("goroutine 34 [running]", "goroutine 7 [running]"),
            ("listen on port 41234", "listen on port 8080"),
            ("--seed=12345", "--seed=777"),
            ("[1/3] it broke", "[2/3] it broke"),
            ("it broke (attempt 1 of 3)", "it broke (attempt 3 of 3)"),
            ("it broke, retry #1", "it broke, retry #2"),
            ("no such file: /tmp/tmpab12cd_x/out.txt", "no such file: /tmp/tmpzz99yy_q/out.txt"),
            ("no such file: /tmp/shop-Ab12/out.txt", "no such file: /var/folders/a1/b2c3/T/shop-Zz/out.txt"),
            ("made tmp.Ab12Cd34", "made tmp.Zz98Yy76"),
            (r"D:\a\x\x\src\App.cs not found", r"C:\projects\x\src\App.cs not found"),
            (r"D:\a\x\x\src\App.cs not found", "/home/runner/work/x/x/src/App.cs not found"),
            (r"src\App.cs not found", "src/App.cs not found"),
            (r"C:\Program Files (x86)\dotnet\sdk\a.dll", r"C:\dotnet\a.dll"),
            ("file:///home/runner/work/x/x/src/a.js failed", "file:///D:/a/x/x/src/a.js failed"),
            ("Unexpected token (12:5)", "Unexpected token (13:5)"),
            ("invalid syntax (app.py, line 7)", "invalid syntax (app.py, line 9)"),
            ("at ./src/a.ts:3:7", "at src/a.ts:4:7"),
            ("‘total’ was not declared", "'total' was not declared"),
            ("`total` was not declared", "“total” was not declared".replace(['“', '”'], "'").as_str()),
            ("one\n  two", "one two"),
        ] {
            assert_eq!(name(vec![failure(here)]), name(vec![failure(there)]), "{here} / {there}");
        }
    }

    #[test]
    fn what_somebody_asserted_stays() {
        for (here, there) in [
            ("assert 5 == 4", "assert 5 == 6"),
            ("assert 12345 == 4", "assert 12346 == 4"),
            ("expected: <100000> but was: <200000>", "expected: <100000> but was: <300000>"),
            ("assert 0.1 == 0.2", "assert 0.1 == 0.3"),
            ("assert 0xff == 1", "assert 0xfe == 1"),
            ("assert 1/2 of x and 3/4", "assert 1/9 of x and 3/4"),
            ("connect ECONNREFUSED 127.0.0.1:5432", "connect ECONNREFUSED 127.0.0.1:6379"),
            ("GET /api/v1/users gave 500", "GET /api/v2/users gave 500"),
            ("cannot open src/a/mod.rs", "cannot open src/b/mod.rs"),
            ("cannot open /home/runner/work/x/x/src/a/mod.rs", "cannot open /home/runner/work/x/x/src/b/mod.rs"),
            ("https://a.example/x/y.json gave 404", "https://b.example/x/y.json gave 404"),
            ("name 'temp1' is not defined", "name 'temp2' is not defined"),
            ("exited with 3", "exited with 4"),
            ("12 passed", "13 passed"),
            ("version 1.2.3", "version 1.2.4"),
        ] {
            assert_ne!(name(vec![failure(here)]), name(vec![failure(there)]), "{here} / {there}");
        }
    }

    #[test]
    fn a_checkout_anywhere_is_taken_off_where_it_is_known() {
        let in_folder = |root: &str| {
            let failures = vec![failure(&format!("Cannot find module '{root}/src/a/index.js'"))];
            fingerprint(&Reading { failures, root: Some(root.to_owned()), ..Reading::default() })
        };
        assert_eq!(in_folder("/home/ada/shop"), in_folder("/home/runner/work/shop/shop"));
        assert_eq!(in_folder("/srv/x"), in_folder(r"E:\checkouts\shop"));
        let itself = |root: &str| {
            let failures = vec![failure(&format!("dubious ownership in '{root}', not in {root}-old. See {root}."))];
            fingerprint(&Reading { failures, root: Some(root.to_owned()), ..Reading::default() })
        };
        assert_eq!(itself("/srv/checkouts/x"), itself("/srv/elsewhere/x"));
        // Nobody told it, but a failure was mapped.
        let mapped = |root: &str, folder: &str| {
            let module = failure(&format!("Cannot find module '{root}/src/{folder}/index.js'"));
            name(vec![Failure { path: Some(format!("{root}/app.py")), ..module }])
        };
        assert_eq!(mapped("/home/ada/shop", "a"), mapped("/srv/x", "a"));
        assert_ne!(mapped("/home/ada/shop", "a"), mapped("/home/ada/shop", "b"));
    }

    #[test]
    fn a_long_folder_does_not_move_the_messages_end() {
        let in_folder = |folder: &str| name(vec![failure(&format!("/{folder}/a.py: {}", "words ".repeat(200)))]);
        assert_eq!(in_folder("home/u"), in_folder(&"home/u/x".repeat(30)));
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
        fn the_same_failure_elsewhere_and_later_keeps_its_name(
            words in "[a-z]{3,8}( [a-z]{3,8}){0,4}", asserted in 0_u32..100_000, here in passing(), there in passing(),
        ) {
            let told = |passing: &Passing| failure(&passing.told(&words, asserted));
            let moved = Failure { line: Some(there.line), log: Span::at(u64::from(there.line)), ..told(&there) };
            prop_assert_eq!(name(vec![told(&here)]), name(vec![moved]), "{}\n{}", here.told(&words, asserted), there.told(&words, asserted));
        }

        #[test]
        fn another_number_or_word_has_another_name(
            words in "[a-z]{3,8}( [a-z]{3,8}){0,4}", other in "[a-z]{3,8}( [a-z]{3,8}){0,4}",
            asserted in 0_u32..100_000, more in 1_u32..1_000, here in passing(), there in passing(),
        ) {
            let one = name(vec![failure(&here.told(&words, asserted))]);
            prop_assert_ne!(&one, &name(vec![failure(&there.told(&words, asserted + more))]));
            if words != other {
                prop_assert_ne!(&one, &name(vec![failure(&there.told(&other, asserted))]));
            }
        }

        #[test]
        fn another_test_file_code_or_tool_has_another_name(one in "[a-z]{3,12}", two in "[a-z]{3,12}") {
            let by: [fn(&str) -> Failure; 4] = [
                |word| Failure { test: Some(format!("tests/test_app.py::test_{word}")), ..failure("no") },
                |word| Failure { file: Some(format!("src/{word}.py")), test: None, ..failure("no") },
                |word| Failure { code: Some(word.to_owned()), ..failure("no") },
                |word| Failure { tool: word.to_owned(), ..failure("no") },
            ];
            for make in by {
                prop_assert_eq!(name(vec![make(&one)]) == name(vec![make(&two)]), one == two);
            }
        }

        #[test]
        fn order_and_repetition_change_nothing(words in proptest::collection::vec("[a-z]{3,8}", 1..8), turn in 0_usize..8) {
            let mut failures: Vec<Failure> = words.iter().map(|word| failure(word)).collect();
            let before = name(failures.clone());
            failures.rotate_left(turn % words.len());
            failures.push(failures[0].clone());
            prop_assert_eq!(before, name(failures));
        }
    }

    /// What is another one in every run.
    #[derive(Clone, Debug)]
    struct Passing {
        root: &'static str,
        line: u32,
        address: u64,
        port: u16,
        seconds: u32,
        id: [u32; 3],
        quotes: (char, char),
    }

    impl Passing {
        fn told(&self, words: &str, asserted: u32) -> String {
            let Self { root, line, address, port, seconds, id: [a, b, c], quotes: (open, close) } = self;
            let path = format!("{root}data/{open}x{close}/file.txt");
            let path = if root.contains('\\') { path.replace('/', "\\") } else { path };
            let (path, quoted) = (path.replace([*open, *close], ""), format!("{open}{words}{close}"));
            format!(
                "{quoted} is {asserted}: <Order at 0x{address:012x}> from {path}:{line} by 127.0.0.1:{port} after \
                 {}.{:03}s at 2026-{:02}-{:02}T{:02}:{:02}:{:02}Z in thread {a} of \
                 {a:08x}-{:04x}-4{:03x}-a{:03x}-{b:08x}{:04x}, container {c:08x}ab1{:01x}, made /tmp/tmp{a:08x}/out",
                seconds % 100,
                seconds % 1000,
                seconds % 12 + 1,
                seconds % 28 + 1,
                seconds % 24,
                seconds % 60,
                seconds % 59,
                a % 0xffff,
                b % 0xfff,
                c % 0xfff,
                c % 0xffff,
                b % 16,
            )
        }
    }

    const ROOTS: [&str; 8] = [
        "/home/runner/work/shop/shop/",
        "/__w/shop/shop/",
        "/builds/octo/shop/",
        "D:\\a\\shop\\shop\\",
        "/Users/runner/work/shop/shop/",
        "/home/circleci/project/",
        "file:///github/workspace/",
        "/var/lib/jenkins/workspace/shop/",
    ];

    fn passing() -> impl Strategy<Value = Passing> {
        let quotes = select(vec![('\'', '\''), ('`', '`'), ('‘', '’')]);
        (
            select(&ROOTS[..]),
            1_u32..9_999,
            0x10_0000_u64..0x7fff_ffff_ffff,
            10_000_u16..65_535,
            any::<u32>(),
            any::<[u32; 3]>(),
            quotes,
        )
            .prop_map(|(root, line, address, port, seconds, id, quotes)| Passing {
                root,
                line,
                address,
                port,
                seconds,
                id,
                quotes,
            })
    }
}
