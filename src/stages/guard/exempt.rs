//! Values in test code that are no expectation: where something is imported from, what a test is called, what it prints.

use std::collections::HashSet;
use std::ops::Range;

use super::language::Language;
use super::source::Source;

/// Calls whose first value names something of the code under test.
const NAMING: [&str; 17] = [
    "patch",
    "setattr",
    "delattr",
    "import_module",
    "importorskip",
    "require",
    "import",
    "mock",
    "unmock",
    "doMock",
    "requireActual",
    "importActual",
    "parametrize",
    "DisplayName",
    "describe",
    "Run",
    "getLogger",
];

/// Calls whose values are only ever read by people.
const TELLING: [&str; 24] = [
    "print",
    "println",
    "eprintln",
    "eprint",
    "printf",
    "log",
    "debug",
    "info",
    "warn",
    "Log",
    "Logf",
    "Error",
    "Errorf",
    "Fatal",
    "Fatalf",
    "Skip",
    "Skipf",
    "panic",
    "unreachable",
    "Tag",
    "skip",
    "skipif",
    "xfail",
    "expect_err",
];

/// Named arguments that people read.
const TOLD_ARGUMENTS: [&str; 6] = ["reason", "id", "ids", "msg", "message", "name"];

/// Says of each token whether its value may change.
pub fn exempt(source: &Source<'_>) -> impl Fn(usize) -> bool {
    let mut tokens: HashSet<usize> = HashSet::new();
    let mut all = |range: Range<usize>| tokens.extend(range);
    for at in 0..source.code.len() {
        let open = if source.is(at + 1, "!") { at + 2 } else { at + 1 };
        if source.is_word(at) && source.is(open, "(") {
            let arguments = source.elements(open);
            if TELLING.contains(&source.word(at)) && tells(source, at) {
                arguments.iter().for_each(|argument| all(argument.clone()));
            } else if NAMING.contains(&source.word(at)) || is_title(source, at) {
                arguments.iter().take(1).for_each(|argument| all(argument.clone()));
            }
            messages(source, at, &arguments).into_iter().for_each(&mut all);
        }
        if source.is_any(at, &TOLD_ARGUMENTS) && source.is(at + 1, "=") && source.language == Language::Python {
            all(at + 2..end_of_value(source, at + 2));
        }
        // `import … from "…"`, `export * from "…"`, `import "…"`.
        if source.language == Language::Script && source.is_any(at, &["from", "import"]) && source.is_text(at + 1) {
            all(at + 1..at + 2);
        }
        if source.language == Language::Go && source.is(at, "import") {
            all(at + 1..source.after_group(at + 1).unwrap_or(at + 3));
        }
        if source.is(at, "assert") && source.language == Language::Python {
            message_of_assert(source, at).into_iter().for_each(&mut all);
        }
    }
    if source.language == Language::Python {
        docstrings(source).into_iter().for_each(|at| all(at..at + 1));
    }
    move |at| tokens.contains(&at)
}

/// `t.Errorf` and `console.log` tell; an `Error` or a `warn` of the code under test is asked for.
fn tells(source: &Source<'_>, at: usize) -> bool {
    let object = at.checked_sub(2).filter(|_| source.is(at - 1, ".")).map(|object| source.word(object));
    match source.word(at) {
        "Error" | "Errorf" | "Fatal" | "Fatalf" | "Log" | "Logf" | "Skip" | "Skipf" => source.language == Language::Go,
        "log" | "debug" | "info" | "warn" => matches!(object, Some("console" | "logger" | "logging" | "log")),
        "skip" | "skipif" | "xfail" => source.language == Language::Python,
        "panic" | "unreachable" => source.language == Language::Rust,
        _ => true,
    }
}

/// The title of a test of JavaScript.
fn is_title(source: &Source<'_>, at: usize) -> bool {
    let titled = ["test", "it", "describe", "suite", "context", "specify", "only", "skip", "concurrent", "step"];
    source.language == Language::Script && source.is_any(at, &titled)
}

/// What an assertion says when it fails.
fn messages(source: &Source<'_>, at: usize, arguments: &[Range<usize>]) -> Vec<Range<usize>> {
    let from = match (source.language, source.word(at)) {
        (Language::Rust, "assert_eq" | "assert_ne" | "debug_assert_eq" | "assert_matches") => 2,
        (Language::Rust, "assert" | "debug_assert") => 1,
        (Language::Rust, "expect") => 0,
        (Language::Java, "assertTrue" | "assertFalse" | "assertNotNull" | "assertNull") => 1,
        (Language::Java, "assertEquals" | "assertSame" | "assertNotEquals" | "assertThrows") => 2,
        (Language::Java, "fail") => 0,
        (Language::Script, "ok" | "assert") => 1,
        (Language::Script, "equal" | "strictEqual" | "deepEqual" | "deepStrictEqual") => 2,
        (Language::Python, word) if word.starts_with("assertEqual") => 2,
        _ => return Vec::new(),
    };
    // A number there is a distance, and no message.
    let is_text = |argument: &&Range<usize>| source.is_text(argument.start);
    arguments.iter().skip(from).filter(is_text).cloned().collect()
}

/// Behind the last comma of its own that an `assert` has.
fn message_of_assert(source: &Source<'_>, at: usize) -> Option<Range<usize>> {
    let mut end = at + 1;
    let mut comma = None;
    while let Some(token) = source.get(end) {
        if token.indent.is_some() && !source.is(end - 1, "\\") {
            break;
        }
        if token.is(",") {
            comma = Some(end);
        }
        end = source.after_group(end).unwrap_or(end + 1);
    }
    comma.map(|comma| comma + 1..end)
}

fn end_of_value(source: &Source<'_>, at: usize) -> usize {
    let mut end = at;
    while end < source.code.len() && !source.is_any(end, &[",", ")", "]", "}"]) {
        end = source.after_group(end).unwrap_or(end + 1);
    }
    end
}

/// Statements that are nothing but a text.
fn docstrings(source: &Source<'_>) -> Vec<usize> {
    let statements = source.statements();
    let alone = |at: &usize| source.is_text(*at) && source.get(at + 1).is_none_or(|next| next.indent.is_some());
    statements.into_iter().filter(alone).collect()
}
