//! What a linter, test runner, compiler or build is told to do is another thing than before.

use super::change::{Changed, Changes};
use super::config_files::{Kind, kind};
use super::language::base_name;
use super::source::Source;
use super::token::Kind as TokenKind;
use crate::domain::verdict::{GuardCode, GuardHit};

pub fn hits(changes: &Changes<'_>) -> Vec<GuardHit> {
    changes.files.iter().filter_map(of_file).collect()
}

fn of_file(file: &Changed<'_>) -> Option<GuardHit> {
    let name = base_name(file.path());
    let told = |line: u32, text: String| Some(file.after.source.hit(GuardCode::ConfigWeakened, line, text));
    match kind(name) {
        Some(Kind::Configuration { neutral }) => {
            let line = changed_settings(file).into_iter().find(|(_, text)| !neutral.contains(&key(text)))?.0;
            told(line, format!("{name} tells a tool what to check"))
        }
        Some(Kind::Manifest { tools }) => {
            let line = first_line(file);
            let changed = tools(file.before.source.text, file.after.source.text)?;
            told(line, format!("{name} tells a tool what to check: `{changed}`"))
        }
        Some(Kind::Commands) => {
            let (line, text) = weaker_command(file)?;
            told(line, format!("{name} runs a check another way: `{text}`"))
        }
        Some(Kind::Hooks) => {
            let (line, hook) = hook(file)?;
            told(line, format!("{name} tells the test runner what to do: `{hook}`"))
        }
        Some(Kind::ToolModule) if !file.before.exists => {
            told(1, format!("a module named {name} stands in the place of a tool"))
        }
        _ => None,
    }
}

fn first_line(file: &Changed<'_>) -> u32 {
    file.hunks.first().map_or(1, |hunk| hunk.after.start)
}

/// What is set another way than before, as (line, text); nothing when only comments and layout changed.
fn changed_settings(file: &Changed<'_>) -> Vec<(u32, String)> {
    let (before, after) = (&file.before, &file.after);
    if file.after.source.language.reads_tokens() && settings(&before.source) == settings(&after.source) {
        return Vec::new();
    }
    let plain = |line: &&str| -> String { line.split_whitespace().collect() };
    let is_setting = |line: &&str| !line.is_empty() && !line.starts_with(['#', ';']) && !line.starts_with("//");
    let lines = |of: &[&str]| -> Vec<String> { of.iter().filter(|line| is_setting(line)).map(plain).collect() };
    let (old, new) = (lines(&before.lines), lines(&after.lines));
    if old == new {
        return if after.exists { Vec::new() } else { vec![(1, String::new())] };
    }
    let in_hunks = |of: &[&str], range: std::ops::Range<u32>, other: &[String]| -> Vec<(u32, String)> {
        let numbered = of.iter().zip(1_u32..).filter(|(line, number)| range.contains(number) && is_setting(line));
        numbered
            .filter(|(line, _)| !other.contains(&plain(line)))
            .map(|(line, number)| (number, (*line).to_owned()))
            .collect()
    };
    let mut changed = Vec::new();
    for hunk in &file.hunks {
        changed.extend(in_hunks(&after.lines, hunk.after.clone(), &old));
        changed.extend(in_hunks(&before.lines, hunk.before.clone(), &new));
    }
    // The same lines in another order may mean another thing.
    if changed.is_empty() { vec![(first_line(file), String::new())] } else { changed }
}

fn settings(source: &Source<'_>) -> Vec<String> {
    (0..source.code.len()).filter(|at| !source.is_idle(*at)).map(|at| source.meaning(at)).collect()
}

/// What stands before the `=` or `:` of a setting.
fn key(line: &str) -> &str {
    line.split(['=', ':']).next().unwrap_or("").trim().trim_matches(['"', '\''])
}

/// Programs that check something.
const CHECKERS: [&str; 34] = [
    "pytest",
    "unittest",
    "tox",
    "nox",
    "mypy",
    "ruff",
    "flake8",
    "pylint",
    "black",
    "pyright",
    "isort",
    "cargo",
    "clippy",
    "rustfmt",
    "eslint",
    "tsc",
    "prettier",
    "jest",
    "vitest",
    "mocha",
    "biome",
    "go",
    "gofmt",
    "golangci-lint",
    "staticcheck",
    "mvn",
    "gradle",
    "gradlew",
    "mvnw",
    "npm",
    "pnpm",
    "yarn",
    "node",
    "coverage",
];

/// What makes a command forgive.
const FORGIVING: [&str; 12] = [
    "|| true",
    "|| :",
    "|| exit 0",
    "|| echo",
    "exit 0",
    "set +e",
    "--exit-zero",
    "--passWithNoTests",
    "continue-on-error",
    "allow_failure",
    "-DskipTests",
    "--no-verify",
];

/// A line that runs a check otherwise than before, or forgives what it says.
fn weaker_command(file: &Changed<'_>) -> Option<(u32, String)> {
    let words = |line: &str| -> Vec<String> {
        line.split(|c: char| !(c.is_alphanumeric() || c == '-' || c == '_'))
            .map(|word| word.trim_start_matches('-').to_owned())
            .collect()
    };
    let checks = |line: &str| words(line).iter().any(|word| CHECKERS.contains(&word.as_str()));
    let forgives = |line: &str| FORGIVING.iter().any(|sign| line.contains(sign));
    for hunk in &file.hunks {
        let range =
            |of: &std::ops::Range<u32>| (of.start as usize).saturating_sub(1)..(of.end as usize).saturating_sub(1);
        let (old, new) = (
            file.before.lines.get(range(&hunk.before)).unwrap_or(&[]),
            file.after.lines.get(range(&hunk.after)).unwrap_or(&[]),
        );
        let is_new = |line: &&&str| !old.contains(line);
        if let Some(line) = new.iter().filter(is_new).find(|line| forgives(line)) {
            return Some((hunk.after.start, (*line).to_owned()));
        }
        if let Some(line) = old.iter().find(|line| checks(line) && !line.starts_with('#') && !new.contains(line)) {
            return Some((hunk.after.start, new.first().copied().unwrap_or(line).to_owned()));
        }
    }
    None
}

/// In a `conftest.py`: functions that pytest itself calls, and lists of what it leaves out.
fn hook(file: &Changed<'_>) -> Option<(u32, String)> {
    let hooks = |source: &Source<'_>| -> Vec<(String, u32)> {
        (0..source.code.len())
            .filter(|at| {
                let word = source.word(*at);
                let is_hook = word.starts_with("pytest_") && *at > 0 && source.is_any(*at - 1, &["def", "="])
                    || word.starts_with("pytest_") && source.is(*at + 1, "=");
                is_hook || word.starts_with("collect_ignore") || word == "autouse" && source.is(*at + 2, "True")
            })
            .filter(|at| source.get(*at).is_some_and(|token| token.kind == TokenKind::Word))
            .map(|at| (source.word(at).to_owned(), source.line(at)))
            .collect()
    };
    let known = hooks(&file.before.source);
    let added = hooks(&file.after.source).into_iter().filter(|(hook, _)| !known.iter().any(|(known, _)| known == hook));
    added.map(|(hook, line)| (line, hook)).next()
}

#[cfg(test)]
mod tests {
    use super::hits;
    use crate::stages::guard::trial::{found, silent, told};

    #[test]
    fn a_new_file_and_a_file_that_is_gone_are_another_configuration() {
        assert!(!told(hits, &[(".prettierignore", None, Some("src/a.ts\n"))]).is_empty());
        assert!(!told(hits, &[("web/ruff.toml", Some("line-length = 80\n"), None)]).is_empty());
        assert!(!told(hits, &[("pytest.py", None, Some("def main(): ...\n"))]).is_empty());
        assert!(told(hits, &[("pytest.py", Some("a = 1\n"), Some("a = 2\n"))]).is_empty());
    }

    #[test]
    fn comments_and_layout_are_no_configuration() {
        silent(hits, "mypy.ini", "[mypy]\nstrict = True\n", "# types\n[mypy]\nstrict=True\n\n");
        silent(
            hits,
            "tsconfig.json",
            "{\"a\": {\"strict\": true}}\n",
            "{\n  // as it was\n  \"a\": { \"strict\": true },\n}\n",
        );
        found(hits, "mypy.ini", "[mypy]\nstrict = True\n", "[mypy]\nstrict = False\n");
    }

    #[test]
    fn where_code_is_found_weakens_nothing() {
        silent(hits, "pytest.ini", "[pytest]\n", "[pytest]\npythonpath = .\n");
        found(hits, "pytest.ini", "[pytest]\n", "[pytest]\npythonpath = .\naddopts = -k a\n");
        silent(
            hits,
            "tsconfig.json",
            "{\"compilerOptions\": {\n}}\n",
            "{\"compilerOptions\": {\n\"baseUrl\": \".\"\n}}\n",
        );
    }
}
