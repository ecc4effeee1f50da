//! The product asks whether it is under test, so that it can behave while somebody looks.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::change::{Changed, Changes, Hunk, Side};
use super::language::{Language, base_name};
use super::marks::{Mark, Moved, added};
use super::source::Source;
use super::suite::in_tests;
use super::suite::rust::attribute;
use crate::domain::verdict::{GuardCode, GuardHit};

/// Variables that test runners and runners of workflows set, and what people call their own.
static VARIABLES: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?x)^(?: PYTEST_\w* | JEST_WORKER_ID | VITEST\w* | NODE_TEST_CONTEXT | NEXTEST\w* | RUST_TEST_\w+ |
        GITHUB_(?:ACTIONS?|WORKFLOW|JOB|RUN_\w+) | GITLAB_CI | RUNNER_(?:OS|TEMP|NAME|ARCH|TOOL_CACHE) | SELF_HEAL\w* |
        CONTINUOUS_INTEGRATION | npm_lifecycle_\w+ | MOCHA\w* | BAZEL_TEST | TEST_TMPDIR | UNIT_TEST\w* | UNITTEST\w* )$",
    )
});

/// Names that say little alone, and enough where the environment or a configuration is asked for them.
const ASKED: [&str; 12] = [
    "PROD",
    "PRODUCTION",
    "IS_PROD",
    "CI",
    "TESTING",
    "IN_TEST",
    "IN_TESTS",
    "IS_TEST",
    "UNDER_TEST",
    "TEST_MODE",
    "TEST_ENV",
    "BUILD_NUMBER",
];

/// Words that ask for such a name.
const ASKING: [&str; 14] = [
    "environ",
    "getenv",
    "getenvb",
    "env",
    "Getenv",
    "LookupEnv",
    "Environ",
    "var",
    "var_os",
    "option_env",
    "config",
    "settings",
    "getProperty",
    "meta",
];

/// Names of what runs tests, in a text of the product.
static RUNNERS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?xi)\b_?pytest | \bpy\.test\b | \bunittest | (?:\b|_)vitest | (?:\b|_)jest\b | \bmocha\b | junit | surefire | failsafe |
        \btestng\b | \bnextest\b | \bnose2?\b | testing\.tRunner | ^basedir$",
    )
});

/// What file names, functions and arguments of tests look like.
static TEST_NAMES: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)(?:^|[^a-z])tests?(?:$|[^a-z])|^deps$|[a-z]Test$|^go-build|__main__\.py$"));

/// Words with which a program looks at who runs it: its arguments, its callers, its own name.
const SELVES: [&str; 24] = [
    "Lookup",
    "argv",
    "orig_argv",
    "Args",
    "args",
    "args_os",
    "current_exe",
    "execArgv",
    "stack",
    "extract_stack",
    "format_stack",
    "_getframe",
    "currentframe",
    "co_name",
    "co_filename",
    "getStackTrace",
    "StackWalker",
    "Caller",
    "Callers",
    "Stack",
    "modules",
    "executable",
    "getClassName",
    "Executable",
];

/// Words that are asked of nothing but who called.
const CALLERS: [&str; 13] = [
    "_getframe",
    "currentframe",
    "extract_stack",
    "getStackTrace",
    "StackWalker",
    "StackTraceElement",
    "Caller",
    "Callers",
    "current_exe",
    "_called_from_test",
    "_MEIPASS_TEST",
    "__vitest_worker__",
    "currentTestName",
];

fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("a constant pattern")
}

pub fn hits(changes: &Changes<'_>) -> Vec<GuardHit> {
    let mut moved = Moved::of(&changes.files);
    let mut hits = Vec::new();
    for file in changes.files.iter().filter(|file| is_product(file)) {
        let new = added(
            file,
            &marks(file, &file.before, |hunk| hunk.before.clone()),
            marks(file, &file.after, |hunk| hunk.after.clone()),
            &mut moved,
        );
        hits.extend(new.into_iter().map(|mark| {
            let text = format!("the code asks whether it is under test: `{}`", mark.label);
            file.after.source.hit(GuardCode::CodeDetectsTest, mark.line, text)
        }));
    }
    hits
}

/// Code that is neither tests nor a list of what is needed for them.
fn is_product(file: &Changed<'_>) -> bool {
    let name = base_name(file.path());
    let is_list =
        matches!(name, "setup.py" | "noxfile.py" | "conf.py") || name.ends_with(".gradle") || name.ends_with(".kts");
    file.after.source.language.is_code(file.path()) && !file.is_test_file() && !is_list
}

/// The marks in the changed lines of one side.
fn marks(file: &Changed<'_>, side: &Side<'_>, lines: fn(&Hunk) -> Range<u32>) -> Vec<Mark> {
    let source = &side.source;
    let mut marks = Vec::new();
    for hunk in &file.hunks {
        let lines = lines(hunk);
        let near = lines.start.saturating_sub(NEAR_LINES)..lines.end.saturating_add(1);
        let tokens = |within: &Range<u32>| -> Vec<usize> {
            (0..source.code.len()).filter(|at| within.contains(&source.line(*at))).collect()
        };
        let asked = Asked::of(source, &tokens(&near));
        for at in tokens(&lines) {
            let label = if source.is_text(at) { asked.in_text(source, at) } else { asked.in_code(source, at) };
            if !in_tests(source, &side.suite, at) {
                marks.extend(label.map(|label| Mark::new(label, source.line(at))));
            }
        }
    }
    marks
}

/// What is asked may stand a few lines above what is made of it.
const NEAR_LINES: u32 = 3;

/// Variables whose value says in which mode a program runs.
const MODES: [&str; 9] =
    ["NODE_ENV", "MODE", "APP_ENV", "FLASK_ENV", "DJANGO_ENV", "RAILS_ENV", "RUST_ENV", "GO_ENV", "ENVIRONMENT"];

/// What changed code looks at: a word says little without.
struct Asked {
    /// Who runs it: arguments, callers, its own name.
    itself: bool,
    /// The environment, or a configuration.
    world: bool,
    /// What everybody can see, in JavaScript.
    globals: bool,
    mode: bool,
    /// A variable, in Rust, while the program runs: what `env!` asks is known when it is built.
    variable: bool,
}

impl Asked {
    fn of(source: &Source<'_>, tokens: &[usize]) -> Self {
        let any = |words: &[&str]| tokens.iter().any(|at| source.is_any(*at, words));
        Self {
            itself: any(&SELVES),
            world: any(&ASKING),
            globals: any(&["globalThis", "global", "window"]),
            variable: any(&["var", "var_os"]),
            mode: tokens.iter().any(|at| MODES.contains(&name_of(source, *at))),
        }
    }

    fn in_text(&self, source: &Source<'_>, at: usize) -> Option<String> {
        let content = name_of(source, at);
        let told = VARIABLES.is_match(content)
            || RUNNERS.is_match(content)
            || source.language == Language::Go && content == "testing"
            || self.world && ASKED.contains(&content)
            || self.itself && TEST_NAMES.is_match(content)
            || self.variable && content.starts_with("CARGO")
            || self.globals && SCRIPT_GLOBALS.contains(&content)
            || self.mode && matches!(content, "test" | "testing" | "production" | "development");
        told.then(|| content.to_owned())
    }

    fn in_code(&self, source: &Source<'_>, at: usize) -> Option<String> {
        let word = source.word(at);
        let is_declared = at > 0 && source.is_any(at - 1, &["const", "static", "let", "var", "class", "enum"]);
        let is_asked = source.is_word(at)
            && !is_declared
            && (VARIABLES.is_match(word) || CALLERS.contains(&word) || self.world && ASKED.contains(&word));
        if is_asked { Some(word.to_owned()) } else { in_code(source, at) }
    }
}

/// The word, or what stands in the text: `env.CI` and `env["CI"]` ask for one thing.
fn name_of<'a>(source: &Source<'a>, at: usize) -> &'a str {
    source.get(at).map_or("", |token| if source.is_text(at) { token.content() } else { token.text })
}

fn in_code(source: &Source<'_>, at: usize) -> Option<String> {
    if source.language == Language::Rust
        && let Some(label) = rust(source, at)
    {
        return Some(label);
    }
    if !source.is_word(at) {
        return None;
    }
    let word = source.word(at);
    let member = at > 0 && source.is_any(at - 1, &[".", "?."]);
    let object = if member { at.checked_sub(2).map_or("", |object| source.word(object)) } else { "" };
    let own = match source.language {
        Language::Python => {
            source.is_any(at, &["import", "from"]) && source.is_any(at + 1, &["pytest", "_pytest", "unittest", "nose"])
                || member && word == "stack" && object == "inspect"
                || member && word == "testing" && source.is_any(at - 2, &["app", "current_app"])
        }
        Language::Script => {
            word == "typeof" && source.is_any(at + 1, &SCRIPT_GLOBALS)
                || member
                    && matches!(object, "globalThis" | "global" | "window" | ")")
                    && SCRIPT_GLOBALS.contains(&word)
                    && !source.is(at + 1, "(")
                || member && word == "vitest" && object == "meta"
                || member && word == "stack" && object == ")" && source.is_any(at.saturating_sub(4), &["Error", "new"])
        }
        Language::Go => member && word == "Testing" && object == "testing",
        Language::Java => {
            source.is(at, "import") && (at..at + 8).any(|at| source.is_any(at, &["junit", "testng", "mockito"]))
        }
        _ => false,
    };
    own.then(|| word.to_owned())
}

/// Names that only a runner of tests puts into the world.
const SCRIPT_GLOBALS: [&str; 9] = ["jest", "vi", "vitest", "describe", "it", "test", "expect", "mocha", "beforeEach"];

/// `cfg!(test)`, and attributes that make the product another while it is tested.
fn rust(source: &Source<'_>, at: usize) -> Option<String> {
    let asks = |range: Range<usize>| range.clone().any(|at| source.is_any(at, &["test", "debug_assertions"]));
    if source.is(at, "cfg") && source.is(at + 1, "!") {
        let end = source.after_group(at + 2)?;
        return asks(at + 2..end).then(|| "cfg!(test)".to_owned());
    }
    let is_name_of_thread = source.is(at, "name") && at > 3 && source.is(at - 4, "current") && source.is(at - 1, ".");
    if is_name_of_thread {
        return Some("thread::current().name()".to_owned());
    }
    let (inside, mut after) = attribute(source, at)?;
    let is_condition = source.is_any(inside.start, &["cfg", "cfg_attr"]) && asks(inside.clone());
    if !is_condition {
        return None;
    }
    while let Some((_, next)) = attribute(source, after) {
        after = next;
    }
    while source.is(after, "pub") {
        after = if source.is(after + 1, "(") { source.after_group(after + 1).unwrap_or(after + 1) } else { after + 1 };
    }
    // A module of tests, and what only they import, leave the product as it is.
    let says_not = inside.clone().any(|at| source.is(at, "not"));
    let for_tests = source.is_any(after, &["mod", "use", "extern"]) && !says_not && source.is(inside.start, "cfg");
    (!for_tests).then(|| "#[cfg(test)]".to_owned())
}

#[cfg(test)]
mod tests {
    use super::hits;
    use crate::stages::guard::trial::{found, silent, told};

    #[test]
    fn tests_may_ask_what_they_like() {
        let python = "def test_a():\n    assert a() == 1\n";
        silent(
            hits,
            "tests/test_app.py",
            python,
            &format!("import pytest\nimport os\nCI = os.environ.get('CI')\n\n\n{python}"),
        );
        let module =
            "\n\n#[cfg(test)]\nmod tests {\n    #[test]\n    fn b() {\n        assert!(cfg!(test));\n    }\n}\n";
        silent(hits, "src/lib.rs", "pub fn a() {}\n", &format!("pub fn a() {{}}\n{module}"));
    }

    #[test]
    fn a_name_of_ones_own_and_a_comment_are_no_question() {
        silent(hits, "src/a.ts", "let a = 1;\n", "const CI = 3; // NODE_ENV test, process.env.CI\nlet a = 1;\n");
        silent(hits, "src/a.py", "a = 1\n", "a = 1  # pytest runs this\n");
        silent(hits, "src/a.go", "package a\n", "package a\n\nvar latest = \"latest\"\n");
    }

    #[test]
    fn code_that_asked_before_may_be_moved_and_mended() {
        let asks = "if \"pytest\" in sys.modules:\n    x = 1\n";
        silent(hits, "a.py", &format!("{asks}y = 2\nz = 3\n"), &format!("y = 2\nz = 3\n{asks}"));
        silent(hits, "a.py", asks, &asks.replace("if \"pytest\" in", "if \"pytest\" not in"));
        assert!(told(hits, &[("a.py", Some(asks), None), ("b.py", None, Some(asks))]).is_empty());
        found(hits, "b.py", "", asks);
    }
}
