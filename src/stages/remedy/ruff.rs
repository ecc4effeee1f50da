//! What ruff would do: the fixes of the rules that failed, and the formatting of the files it named.

use super::case::Case;
use super::script::Call;
use super::shell::Word;
use crate::domain::candidate::Remedy;
use crate::domain::failure::Kind;

pub fn remedies(case: &Case<'_>) -> Vec<Remedy> {
    let format = case.failures.iter().any(|failure| failure.kind == Kind::FormatError);
    let lint = case.failures.iter().any(|failure| failure.kind != Kind::FormatError);
    let mut remedies = Vec::new();
    if lint {
        remedies.extend(check(case));
    }
    if format {
        remedies.extend(format_files(case));
    }
    remedies
}

/// Options of `ruff check` that would choose other rules, fix nothing or print elsewhere; `true` where a value follows.
const NOT_FOR_A_FIX: &[(&str, bool)] = &[
    ("--select", true),
    ("--extend-select", true),
    ("--output-format", true),
    ("--output-file", true),
    ("-o", true),
    ("--no-fix", false),
    ("--fix", false),
    ("--fix-only", false),
    ("--diff", false),
    ("--statistics", false),
    ("--watch", false),
    ("-w", false),
    ("--exit-non-zero-on-fix", false),
];

fn check(case: &Case<'_>) -> Option<Remedy> {
    let codes = codes(case)?;
    let select = ["--fix".to_owned(), "--select".to_owned(), codes];
    let own = case.calls("ruff").into_iter().find(|call| !matches!(call.first(), Some("format" | "clean" | "version")));
    let command = match own {
        Some(call) => {
            // Before it had subcommands, `ruff .` was `ruff check .`.
            let words = if call.first() == Some("check") { &call.args[1..] } else { &call.args[..] };
            let kept = without(words, NOT_FOR_A_FIX);
            let args: Vec<String> = ["check".to_owned()].into_iter().chain(select).chain(kept).collect();
            call.with(&args)
        }
        None => {
            let call = elsewhere(case);
            let files = case.files(&call)?;
            let args: Vec<String> = ["check".to_owned()].into_iter().chain(select).chain(files).collect();
            call.with(&args)
        }
    };
    Some(case.fixer("ruff check --fix", command))
}

/// Options of `ruff format` that write nothing.
const WRITES_NOTHING: &[(&str, bool)] = &[("--check", false), ("--diff", false)];

fn format_files(case: &Case<'_>) -> Option<Remedy> {
    let own = case.calls("ruff").into_iter().find(|call| call.first() == Some("format"));
    let (call, options) = match own {
        Some(call) => {
            let options: Vec<Word> = call.args[1..].iter().filter(|word| word.text.starts_with('-')).cloned().collect();
            let whole = without(&call.args[1..], WRITES_NOTHING);
            // An option whose value stands apart cannot be told from a path: then every path is kept.
            let apart = options.iter().any(|word| {
                matches!(word.text.as_str(), "--config" | "--exclude" | "--line-length" | "--target-version")
            });
            match case.files(&call).filter(|_| !apart) {
                Some(files) => (call, without(&options, WRITES_NOTHING).into_iter().chain(files).collect()),
                None => (call, whole),
            }
        }
        None => {
            let call = elsewhere(case);
            let files = case.files(&call)?;
            (call, files)
        }
    };
    let args: Vec<String> = ["format".to_owned()].into_iter().chain(options).collect();
    Some(case.fixer("ruff format", call.with(&args)))
}

/// The rules that failed, as `--select` wants them; `None` when the failures name none.
fn codes(case: &Case<'_>) -> Option<String> {
    let is_rule = |code: &&str| {
        let letters = code.bytes().take_while(u8::is_ascii_uppercase).count();
        (1..=6).contains(&letters) && code.len() > letters && code.bytes().skip(letters).all(|b| b.is_ascii_digit())
    };
    let mut codes: Vec<&str> =
        case.failures.iter().filter_map(|failure| failure.code.as_deref()).filter(is_rule).collect();
    codes.sort_unstable();
    codes.dedup();
    (!codes.is_empty()).then(|| codes.join(","))
}

/// Ruff as the project's own tool starts it, where the script runs it through something else.
fn elsewhere(case: &Case<'_>) -> Call {
    let launcher =
        [("uv.lock", "uv run"), ("poetry.lock", "poetry run"), ("pdm.lock", "pdm run"), ("Pipfile.lock", "pipenv run")]
            .into_iter()
            .find(|(file, _)| case.has(file))
            .map_or("", |(_, launcher)| launcher);
    case.bare_call(launcher, "ruff")
}

/// The words as written, without these options and their values.
fn without(words: &[Word], options: &[(&str, bool)]) -> Vec<String> {
    let mut kept = Vec::new();
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let (name, joined) = match word.text.split_once('=') {
            Some((name, _)) => (name, true),
            None => (word.text.as_str(), false),
        };
        match options.iter().find(|(option, _)| *option == name) {
            Some((_, true)) if !joined => {
                words.next();
            }
            Some(_) => {}
            None => kept.push(word.raw.clone()),
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::failure::{Failure, Reproduce, ReproduceFrom};
    use crate::domain::log::Span;
    use crate::stages::remedy::tests::fixer_commands;

    fn commands(script: &str, found: &[(&str, &str)], tree: &[&str]) -> Vec<String> {
        let failures: Vec<Failure> = found
            .iter()
            .map(|(file, code)| {
                let kind = if code.is_empty() { Kind::FormatError } else { Kind::LintError };
                let mut failure = Failure::new(kind, "ruff", "no", Span::at(1));
                failure.file = Some((*file).to_owned());
                failure.code = (!code.is_empty()).then(|| (*code).to_owned());
                failure
            })
            .collect();
        let reproduce = Reproduce::at_root(script, ReproduceFrom::Workflow);
        let exists = |path: &str| tree.contains(&path) || found.iter().any(|(file, _)| *file == path);
        fixer_commands(remedies(&Case::new(failures.iter().collect(), &exists, &reproduce)))
    }

    #[test]
    fn only_the_rules_that_failed_are_fixed_and_ruff_is_started_as_it_was() {
        for (script, fixed) in [
            ("ruff check .", "ruff check --fix --select F401,I001 ."),
            ("python -m ruff check src --output-format github", "python -m ruff check --fix --select F401,I001 src"),
            ("uvx ruff check --select ALL --no-fix", "uvx ruff check --fix --select F401,I001"),
            (
                "poetry run ruff check --config=x.toml .",
                "poetry run ruff check --fix --select F401,I001 --config=x.toml .",
            ),
            ("cd api && uv run ruff check --diff .", "cd api\nuv run ruff check --fix --select F401,I001 ."),
            ("ruff .", "ruff check --fix --select F401,I001 ."),
        ] {
            assert_eq!(commands(script, &[("a.py", "I001"), ("b.py", "F401"), ("b.py", "F401")], &[]), [fixed]);
        }
    }

    #[test]
    fn ruff_behind_another_tool_is_started_as_the_project_starts_it() {
        for (tree, launcher) in [(vec![], ""), (vec!["uv.lock"], "uv run "), (vec!["poetry.lock"], "poetry run ")] {
            let fixed = format!("{launcher}ruff check --fix --select F401 a.py");
            assert_eq!(commands("make lint", &[("a.py", "F401")], &tree), [fixed]);
        }
        assert_eq!(commands("make lint", &[("a.py", "invalid-syntax")], &[]), [""; 0]);
    }

    #[test]
    fn only_the_files_that_were_named_are_formatted() {
        for (script, fixed) in [
            ("ruff format --check .", "ruff format src/a.py"),
            ("ruff check . && ruff format --check --preview src", "ruff format --preview src/a.py"),
            ("ruff format --diff --line-length 100 .", "ruff format --line-length 100 ."),
            ("make lint", "ruff format src/a.py"),
        ] {
            assert_eq!(commands(script, &[("src/a.py", "")], &[]), [fixed]);
        }
    }
}
