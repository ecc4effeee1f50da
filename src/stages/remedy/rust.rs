//! What rustc, clippy and rustfmt would do: the similar name, `cargo fix`, `cargo clippy --fix`, `cargo fmt`.

use std::sync::LazyLock;

use regex::Regex;

use super::case::{Case, of_import, rename};
use super::script::Call;
use super::shell::Word;
use crate::domain::candidate::{Change, Remedy};
use crate::domain::failure::Failure;

/// Without these cargo refuses to touch a tree that is no clean checkout, as a scratch copy is.
const IN_A_SCRATCH_COPY: [&str; 3] = ["--allow-dirty", "--allow-staged", "--allow-no-vcs"];

pub fn rustc_remedies(case: &Case<'_>) -> Vec<Remedy> {
    let mut remedies = case.places("rustc: the name it suggests", &similar_name);
    remedies.extend(cargo_fix(case));
    remedies
}

pub fn clippy_remedies(case: &Case<'_>) -> Vec<Remedy> {
    let mut remedies = case.places("rustc: the name it suggests", &similar_name);
    let call = cargo_calls(case, &["clippy"]).into_iter().next().unwrap_or_else(|| Cargo::bare(case, "clippy"));
    let (own, lints) = split_at_dashes(&call.after);
    let mut args = call.before.clone();
    args.extend(["clippy", "--fix"].map(str::to_owned));
    args.extend(IN_A_SCRATCH_COPY.map(str::to_owned));
    args.extend(own.iter().filter(|word| word.text != "--fix").map(|word| word.raw.clone()));
    let mut flags: Vec<String> = lints.iter().map(|word| word.raw.clone()).collect();
    if !denies_every_warning(case) {
        flags.extend(only_these_lints(case));
    }
    if !flags.is_empty() {
        args.push("--".to_owned());
        args.extend(flags);
    }
    remedies.push(case.fixer("cargo clippy --fix", call.call.with(&args)));
    remedies
}

pub fn rustfmt_remedies(case: &Case<'_>) -> Vec<Remedy> {
    if let Some(call) = case.calls("rustfmt").first() {
        let args: Vec<String> =
            call.args.iter().filter(|word| word.text != "--check").map(|word| word.raw.clone()).collect();
        return vec![case.fixer("rustfmt", call.with(&args))];
    }
    let call = cargo_calls(case, &["fmt"]).into_iter().next().unwrap_or_else(|| Cargo::bare(case, "fmt"));
    let (own, options) = split_at_dashes(&call.after);
    let stays = |word: &&Word| !matches!(word.text.as_str(), "--check" | "-l" | "--files-with-diff");
    let mut args = call.before.clone();
    args.push("fmt".to_owned());
    args.extend(own.iter().filter(stays).map(|word| word.raw.clone()));
    let options: Vec<String> = options.iter().filter(stays).map(|word| word.raw.clone()).collect();
    if !options.is_empty() {
        args.push("--".to_owned());
        args.extend(options);
    }
    vec![case.fixer("cargo fmt", call.call.with(&args))]
}

/// Subcommands that compile, so that `cargo fix` can compile the same.
const COMPILES: &[&str] =
    &["build", "b", "check", "c", "test", "t", "nextest", "run", "r", "bench", "clippy", "doc", "rustc", "llvm-cov"];

/// Options of those that say what is compiled, and how; `true` where a value follows.
const SAYS_WHAT: &[(&str, bool)] = &[
    ("-p", true),
    ("--package", true),
    ("--workspace", false),
    ("--all", false),
    ("--exclude", true),
    ("--lib", false),
    ("--bin", true),
    ("--bins", false),
    ("--test", true),
    ("--tests", false),
    ("--example", true),
    ("--examples", false),
    ("--bench", true),
    ("--benches", false),
    ("--all-targets", false),
    ("-F", true),
    ("--features", true),
    ("--all-features", false),
    ("--no-default-features", false),
    ("--target", true),
    ("--release", false),
    ("-r", false),
    ("--profile", true),
    ("--manifest-path", true),
    ("--locked", false),
    ("--offline", false),
    ("--frozen", false),
    ("--target-dir", true),
    ("--config", true),
];

/// Options that pick targets: without one a command has its own choice.
const PICKS_TARGETS: &[&str] = &[
    "--lib",
    "--bin",
    "--bins",
    "--test",
    "--tests",
    "--example",
    "--examples",
    "--bench",
    "--benches",
    "--all-targets",
];

/// The suggestions that rustc itself calls machine-applicable, for the same targets.
fn cargo_fix(case: &Case<'_>) -> Vec<Remedy> {
    let call = match cargo_calls(case, COMPILES).into_iter().next() {
        Some(call) => call,
        None if case.has("Cargo.toml") => Cargo::bare(case, "build"),
        None => return Vec::new(),
    };
    let mut args = call.before.clone();
    args.extend(["fix", "--broken-code"].map(str::to_owned));
    args.extend(IN_A_SCRATCH_COPY.map(str::to_owned));
    let (own, _) = split_at_dashes(&call.after);
    let picked = says_what(own);
    let picks = own.iter().any(|word| PICKS_TARGETS.contains(&word.text.split('=').next().unwrap_or_default()));
    args.extend(picked);
    if matches!(call.subcommand.as_str(), "test" | "t" | "nextest" | "llvm-cov") && !picks {
        args.extend(["--bins", "--tests"].map(str::to_owned));
    }
    let mut fix = call.call.clone();
    let all_errors = case.failures.iter().all(|failure| failure.code.as_deref().is_some_and(is_error_code));
    // The variable takes the place of flags in cargo's configuration, which the build may need.
    let configured = case.has(".cargo/config.toml") || case.has(".cargo/config");
    if all_errors && !configured {
        // Warnings are not what failed: they are not mended along the way.
        fix.launcher.insert(0, r#"RUSTFLAGS="${RUSTFLAGS:+$RUSTFLAGS }--cap-lints=allow""#.to_owned());
    }
    vec![case.fixer("cargo fix", fix.with(&args))]
}

/// `E0425`, which is no lint.
fn is_error_code(code: &str) -> bool {
    code.strip_prefix('E').is_some_and(|digits| digits.len() == 4 && digits.bytes().all(|b| b.is_ascii_digit()))
}

fn denies_every_warning(case: &Case<'_>) -> bool {
    let denies = |text: &str| {
        ["-D warnings", "-Dwarnings", "--deny warnings", "--deny=warnings"].iter().any(|flag| text.contains(flag))
    };
    denies(&case.reproduce.command) || case.reproduce.env.iter().any(|(_, value)| denies(value))
}

/// Where only some lints fail, the others stay as they are.
fn only_these_lints(case: &Case<'_>) -> Vec<String> {
    let is_lint = |code: &str| code.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"_:".contains(&b));
    let mut codes: Vec<String> =
        case.failures.iter().filter_map(|failure| failure.code.as_ref()).map(|code| code.replace('-', "_")).collect();
    codes.retain(|code| is_lint(code));
    codes.sort_unstable();
    codes.dedup();
    if codes.is_empty() {
        return codes;
    }
    let others = ["-A", "clippy::all", "-A", "unused"].map(str::to_owned);
    others.into_iter().chain(codes.into_iter().flat_map(|code| ["-W".to_owned(), code])).collect()
}

/// One run of cargo, its arguments cut at the subcommand.
struct Cargo {
    call: Call,
    /// `+nightly`, `--locked`: as written.
    before: Vec<String>,
    subcommand: String,
    after: Vec<Word>,
}

impl Cargo {
    /// As it would run where the failing script ends up.
    fn bare(case: &Case<'_>, subcommand: &str) -> Self {
        let call = case.bare_call("", "cargo");
        Self { call, before: Vec::new(), subcommand: subcommand.to_owned(), after: Vec::new() }
    }
}

fn cargo_calls(case: &Case<'_>, subcommands: &[&str]) -> Vec<Cargo> {
    let mut found = Vec::new();
    for call in case.calls("cargo") {
        let mut at = 0;
        while let Some(word) = call.args.get(at) {
            match word.text.as_str() {
                "--config" | "--color" | "-C" | "-Z" => at += 2,
                text if text.starts_with(['-', '+']) => at += 1,
                _ => break,
            }
        }
        let Some(word) = call.args.get(at) else { continue };
        if subcommands.contains(&word.text.as_str()) {
            let before = call.args[..at].iter().map(|word| word.raw.clone()).collect();
            let after = call.args[at + 1..].to_vec();
            found.push(Cargo { before, subcommand: word.text.clone(), after, call });
        }
    }
    found
}

fn split_at_dashes(words: &[Word]) -> (&[Word], &[Word]) {
    match words.iter().position(|word| word.text == "--") {
        Some(at) => (&words[..at], &words[at + 1..]),
        None => (words, &[]),
    }
}

fn says_what(words: &[Word]) -> Vec<String> {
    let mut kept = Vec::new();
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let (name, joined) = match word.text.split_once('=') {
            Some((name, _)) => (name, true),
            None => (word.text.as_str(), false),
        };
        if let Some((_, valued)) = SAYS_WHAT.iter().find(|(option, _)| *option == name) {
            kept.push(word.raw.clone());
            if *valued && !joined {
                kept.extend(words.next().map(|value| value.raw.clone()));
            }
        }
    }
    kept
}

static MISSPELT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"^(?:cannot find [a-z, ]+?|no (?:method|field|function|associated item|associated function|variant|variant or associated item|function or associated item)(?: named)?|failed to resolve: (?:use of undeclared type|could not find)|unresolved import|variant|struct `[^`]+` has no field named) `([^`]+)`",
    )
    .expect("the pattern compiles")
});

fn similar_name(failure: &Failure) -> Vec<Change> {
    let from = MISSPELT.captures(&failure.message).and_then(|found| found.get(1));
    let (Some(from), Some(to)) = (from, failure.suggestion.as_deref()) else { return Vec::new() };
    // An import is named by its whole path, and its last part is what is not there.
    let from = from.as_str().rsplit("::").next().unwrap_or_default();
    let to = to.rsplit("::").next().unwrap_or_default();
    let change = rename(from.trim_end_matches('!'), to.trim_end_matches('!'));
    let imported = failure.message.starts_with("unresolved import");
    change.map(|change| if imported { of_import(change) } else { change }).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::failure::{Kind, Reproduce, ReproduceFrom};
    use crate::domain::log::Span;

    fn failure(code: &str, message: &str, suggestion: Option<&str>) -> Failure {
        let mut failure = Failure::new(Kind::BuildError, "rustc", message, Span::at(1));
        failure.code = Some(code.to_owned());
        failure.suggestion = suggestion.map(str::to_owned);
        (failure.file, failure.line) = (Some("src/main.rs".to_owned()), Some(8));
        failure
    }

    fn commands(
        remedies: fn(&Case<'_>) -> Vec<Remedy>,
        script: &str,
        env: &[(&str, &str)],
        codes: &[&str],
        tree: &[&str],
    ) -> Vec<String> {
        let failures: Vec<Failure> = codes.iter().map(|code| failure(code, "no", None)).collect();
        let reproduce = Reproduce {
            command: script.to_owned(),
            shell: "bash -e {0}".to_owned(),
            directory: ".".to_owned(),
            env: env.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
            from: ReproduceFrom::Workflow,
        };
        remedies(&Case::new(failures.iter().collect(), &|path| tree.contains(&path), &reproduce))
            .into_iter()
            .map(|remedy| match remedy {
                Remedy::Fixer(fixer) => fixer.command,
                other => panic!("{other:?}"),
            })
            .collect()
    }

    const FIX: &str = "--allow-dirty --allow-staged --allow-no-vcs";

    #[test]
    fn clippy_fixes_the_same_targets_under_the_same_lints() {
        for (script, fixed) in [
            ("cargo clippy -- -D warnings", format!("cargo clippy --fix {FIX} -- -D warnings")),
            (
                "cd core && cargo +1.95 clippy -p a --all-targets --features 'x y' -- -Dwarnings",
                format!("cd core\ncargo +1.95 clippy --fix {FIX} -p a --all-targets --features 'x y' -- -Dwarnings"),
            ),
            (
                "cargo clippy",
                format!("cargo clippy --fix {FIX} -- -A clippy::all -A unused -W clippy::len_zero -W unused_imports"),
            ),
        ] {
            let codes = ["unused-imports", "clippy::len_zero"];
            assert_eq!(commands(clippy_remedies, script, &[], &codes, &[]), [fixed]);
        }
        let by_variable =
            commands(clippy_remedies, "make lint", &[("RUSTFLAGS", "-D warnings")], &["unused_imports"], &[]);
        assert_eq!(by_variable, [format!("cargo clippy --fix {FIX}")]);
    }

    #[test]
    fn cargo_fix_compiles_what_failed_to_compile_and_mends_no_warnings() {
        let flags = r#"RUSTFLAGS="${RUSTFLAGS:+$RUSTFLAGS }--cap-lints=allow""#;
        for (script, fixed) in [
            ("cargo build", format!("{flags} cargo fix --broken-code {FIX}")),
            ("cargo test", format!("{flags} cargo fix --broken-code {FIX} --bins --tests")),
            (
                "cargo test --release -p core --test api -- --nocapture",
                format!("{flags} cargo fix --broken-code {FIX} --release -p core --test api"),
            ),
            (
                "cargo build --verbose --features=x --target wasm32",
                format!("{flags} cargo fix --broken-code {FIX} --features=x --target wasm32"),
            ),
        ] {
            assert_eq!(commands(rustc_remedies, script, &[], &["E0308"], &[]), [fixed]);
        }
        let lint = commands(rustc_remedies, "cargo build", &[], &["unused_imports"], &[]);
        assert_eq!(lint, [format!("cargo fix --broken-code {FIX}")]);
        let configured = commands(rustc_remedies, "cargo build", &[], &["E0308"], &[".cargo/config.toml"]);
        assert_eq!(configured, [format!("cargo fix --broken-code {FIX}")]);
        assert_eq!(commands(rustc_remedies, "make", &[], &["E0308"], &[]), [""; 0]);
    }

    #[test]
    fn rustfmt_writes_where_it_checked() {
        for (script, fixed) in [
            ("cargo fmt --check", "cargo fmt"),
            ("cargo fmt --all -- --check", "cargo fmt --all"),
            (
                "cargo +nightly fmt -p a -- --check --config max_width=120",
                "cargo +nightly fmt -p a -- --config max_width=120",
            ),
            ("rustfmt --check --edition 2024 src/main.rs", "rustfmt --edition 2024 src/main.rs"),
            ("just check", "cargo fmt"),
        ] {
            assert_eq!(commands(rustfmt_remedies, script, &[], &[], &[]), [fixed]);
        }
    }

    #[test]
    fn a_similar_name_becomes_a_rename() {
        for (message, suggestion, from) in [
            ("cannot find value `lognName` in this scope", "longName", "lognName"),
            ("cannot find function `langest` in this scope", "longest", "langest"),
            ("cannot find macro `printn` in this scope", "println", "printn"),
            ("no method named `lenn` found for struct `Vec<{integer}>` in the current scope", "len", "lenn"),
            ("no field `nam` on type `P`", "name", "nam"),
            ("unresolved import `crate::a::brr`", "bar", "brr"),
            ("no variant or associated item named `Rad` found for enum `Color` in the current scope", "Red", "Rad"),
            ("struct `P` has no field named `nme`", "name", "nme"),
            ("failed to resolve: use of undeclared type `HashMpa`", "HashMap", "HashMpa"),
        ] {
            let (from, to) = (from.to_owned(), suggestion.to_owned());
            let expected = match message.starts_with("unresolved import") {
                true => Change::RenameImport { from, to },
                false => Change::Rename { from, to },
            };
            assert_eq!(similar_name(&failure("E0425", message, Some(suggestion))), [expected], "{message}");
        }
        let in_words = failure("E0425", "cannot find value `x` in this scope", Some("consider importing this"));
        assert_eq!(similar_name(&in_words), []);
        assert_eq!(similar_name(&failure("E0308", "mismatched types", Some("name"))), []);
    }
}
