//! `config.weakened`: what a linter, test runner, compiler or build is told to do is another thing than before.

use super::change::Change;
use super::language::basename;
use crate::domain::verdict::{GuardCode, GuardHit};

/// Files that hold nothing but configuration of such tools: every change is told. `*` stands for the rest of a name.
const FILES: &[&str] = &[
    // Python
    "pytest.ini",
    ".pytest.ini",
    "tox.ini",
    "setup.cfg",
    "mypy.ini",
    ".mypy.ini",
    "ruff.toml",
    ".ruff.toml",
    ".flake8",
    ".pylintrc",
    "pylintrc",
    "pyrightconfig.json",
    ".coveragerc",
    ".isort.cfg",
    "noxfile.py",
    ".bandit",
    ".style.yapf",
    "sitecustomize.py",
    "usercustomize.py",
    // Rust
    "clippy.toml",
    ".clippy.toml",
    "rustfmt.toml",
    ".rustfmt.toml",
    "deny.toml",
    "nextest.toml",
    "rust-toolchain*",
    // JavaScript and TypeScript
    "eslint.config.*",
    ".eslintrc*",
    ".eslintignore",
    "tsconfig*.json",
    "jsconfig.json",
    ".prettierrc*",
    ".prettierignore",
    "prettier.config.*",
    "jest.config.*",
    "jest.setup.*",
    "vitest.config.*",
    "vitest.workspace.*",
    "vite.config.*",
    "biome.json",
    "biome.jsonc",
    "playwright.config.*",
    "cypress.config.*",
    ".mocharc*",
    ".nycrc*",
    "karma.conf.*",
    "babel.config.*",
    ".babelrc*",
    ".swcrc",
    ".oxlintrc.json",
    ".stylelintrc*",
    "xo.config.*",
    "ava.config.*",
    // Go
    ".golangci*",
    "staticcheck.conf",
    // Java
    "checkstyle*.xml",
    "pmd*.xml",
    "spotbugs*.xml",
    "*suppressions.xml",
    "junit-platform.properties",
    "lombok.config",
    "detekt*.yml",
    ".scalafmt.conf",
    // What starts them
    "Makefile",
    "makefile",
    "GNUmakefile",
    "justfile",
    "Justfile",
    "Taskfile*",
    ".pre-commit-config.yaml",
    "lefthook*",
    ".gitlab-ci.yml",
    "Jenkinsfile",
    "azure-pipelines.yml",
    ".travis.yml",
    "bitbucket-pipelines.yml",
    "sonar-project.properties",
    ".editorconfig",
    "codecov.yml",
    ".codecov.yml",
    ".gitattributes",
];

/// In a manifest, and in `conftest.py`, only lines with one of these words are about the tools.
const MANIFESTS: &[&str] = &[
    "pyproject.toml",
    "package.json",
    "Cargo.toml",
    "go.mod",
    "pom.xml",
    "build.gradle",
    "build.gradle.kts",
    "settings.gradle",
    "composer.json",
];
const MANIFEST_WORDS: &[&str] = &[
    "addopts",
    "testpaths",
    "ignore",
    "exclude",
    "skip",
    "select",
    "disable",
    "strict",
    "lints",
    "warn",
    "allow",
    "deny",
    "\"test\"",
    "\"lint\"",
    "\"scripts\"",
    "\"jest\"",
    "\"vitest\"",
    "eslint",
    "mypy",
    "ruff",
    "pytest",
    "coverage",
    "surefire",
    "failsafe",
    "spotless",
    "checkstyle",
    "compilerArg",
    "testFailureIgnore",
    "default =",
    "autotests",
    "harness",
];
const CONFTEST_WORDS: &[&str] =
    &["pytest_", "collect_ignore", "autouse", "_exit", "skip", "xfail", "deselect", "sys.exit"];

/// A module of this name would be imported in the place of the tool.
const TOOL_MODULES: &[&str] =
    &["pytest.py", "unittest.py", "mypy.py", "ruff.py", "_pytest.py", "coverage.py", "doctest.py"];

pub fn hits(changes: &[Change<'_>]) -> Vec<GuardHit> {
    changes.iter().filter_map(of_change).collect()
}

fn of_change(change: &Change<'_>) -> Option<GuardHit> {
    let name = basename(change.path);
    let hit = |line: u32, text: String| {
        Some(GuardHit { code: GuardCode::ConfigWeakened, file: change.path.to_owned(), line, text })
    };
    if FILES.iter().any(|pattern| is_named(name, pattern)) {
        let first = change.added(|line| &line.code).first().map(|line| line.number);
        let first = first.or_else(|| change.removed(|line| &line.code).first().map(|line| line.number));
        return hit(first.unwrap_or(1), format!("{name} tells a tool what to check"));
    }
    if change.is_new && TOOL_MODULES.contains(&name) {
        return hit(1, format!("a module named {name} stands in the place of a tool"));
    }
    let words = match name {
        "conftest.py" => CONFTEST_WORDS,
        _ if MANIFESTS.contains(&name) => MANIFEST_WORDS,
        _ => return None,
    };
    let about_tools = |code: &str| words.iter().any(|word| code.contains(word));
    let changed = change.added(|line| &line.code).into_iter().chain(change.removed(|line| &line.code));
    let line = changed.into_iter().find(|line| about_tools(&line.code))?;
    hit(line.number, format!("{name} tells a tool what to check: `{}`", line.code.trim()))
}

fn is_named(name: &str, pattern: &str) -> bool {
    match pattern.split_once('*') {
        Some((before, after)) => {
            name.len() >= before.len() + after.len() && name.starts_with(before) && name.ends_with(after)
        }
        None => name == pattern,
    }
}
