//! Files that tell tools what to check, by their names, and which part of a manifest does.

use std::collections::{BTreeMap, BTreeSet};

pub enum Kind {
    /// Nothing but configuration; a change of these keys weakens nothing.
    Configuration { neutral: &'static [&'static str] },
    /// A list of what a project is and needs, part of which is about tools: the first such part that is another.
    Manifest { tools: fn(&str, &str) -> Option<String> },
    /// Names the commands that check.
    Commands,
    /// Code that the test runner itself calls.
    Hooks,
    /// A module that would be imported in the place of a tool.
    ToolModule,
}

/// Keys that say where code is found and what it is written in.
const NEUTRAL: [&str; 18] = [
    "pythonpath",
    "markers",
    "asyncio_mode",
    "mypy_path",
    "paths",
    "baseUrl",
    "types",
    "typeRoots",
    "lib",
    "jsx",
    "module",
    "moduleResolution",
    "esModuleInterop",
    "resolveJsonModule",
    "allowSyntheticDefaultImports",
    "edition",
    "",
    "}",
];

/// `*` stands for any part of a name.
const CONFIGURATION: [&str; 89] = [
    // Python
    "pytest.ini",
    ".pytest.ini",
    "pytest.toml",
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
    ".bandit",
    ".style.yapf",
    "noxfile.py",
    "sitecustomize.py",
    "usercustomize.py",
    // Rust
    "clippy.toml",
    ".clippy.toml",
    "rustfmt.toml",
    ".rustfmt.toml",
    "deny.toml",
    "nextest.toml",
    "rust-toolchain",
    "rust-toolchain.toml",
    // JavaScript and TypeScript
    "eslint.config.*",
    ".eslintrc*",
    ".eslintignore",
    "tsconfig*.json",
    "jsconfig*.json",
    ".prettierrc*",
    ".prettierignore",
    "prettier.config.*",
    "jest.config.*",
    "jest.setup.*",
    "vitest.config.*",
    "vitest.setup.*",
    "vitest.workspace.*",
    "vite.config.*",
    "biome.json*",
    "playwright.config.*",
    "cypress.config.*",
    ".mocharc*",
    ".nycrc*",
    ".c8rc*",
    "karma.conf.*",
    "babel.config.*",
    ".babelrc*",
    ".swcrc",
    ".oxlintrc*",
    "oxlint.config.*",
    ".stylelintrc*",
    ".stylelintignore",
    "xo.config.*",
    "ava.config.*",
    "deno.json*",
    "bunfig.toml",
    "tslint.json",
    ".jshintrc",
    ".lintstagedrc*",
    // Go
    ".golangci*",
    "golangci.y*ml",
    "staticcheck.conf",
    // Java
    "checkstyle*.xml",
    "pmd*.xml",
    "spotbugs*.xml",
    "findbugs*.xml",
    "*suppressions.xml",
    "*-formatter.xml",
    "junit-platform.properties",
    "lombok.config",
    "detekt*.yml",
    ".scalafmt.conf",
    "testng*.xml",
    // Any
    ".pre-commit-config.yaml",
    "lefthook*.yml",
    "sonar-project.properties",
    ".editorconfig",
    "codecov.y*ml",
    ".codecov.y*ml",
    ".gitattributes",
    ".gitignore",
    ".ignore",
    ".shellcheckrc",
    ".hadolint.y*ml",
    ".markdownlint*",
    ".yamllint*",
    ".semgrepignore",
];

const COMMANDS: [&str; 16] = [
    "Makefile",
    "makefile",
    "GNUmakefile",
    "*.mk",
    "justfile",
    "Justfile",
    ".justfile",
    "Taskfile*",
    "Jenkinsfile*",
    ".gitlab-ci.yml",
    "azure-pipelines*.yml",
    ".travis.yml",
    "bitbucket-pipelines.yml",
    "appveyor.yml",
    "Dockerfile*",
    "Rakefile",
];

const TOOL_MODULES: [&str; 9] = [
    "pytest.py",
    "_pytest.py",
    "unittest.py",
    "mypy.py",
    "ruff.py",
    "coverage.py",
    "doctest.py",
    "flake8.py",
    "black.py",
];

pub fn kind(name: &str) -> Option<Kind> {
    match name {
        "pyproject.toml" => return Some(Kind::Manifest { tools: pyproject }),
        "Cargo.toml" => return Some(Kind::Manifest { tools: cargo }),
        "package.json" => return Some(Kind::Manifest { tools: package }),
        "setup.cfg" | "tox.ini" => return Some(Kind::Manifest { tools: ini }),
        "pom.xml" | "build.gradle" | "build.gradle.kts" | "settings.gradle" | "build.sbt" => {
            return Some(Kind::Manifest { tools: words });
        }
        "conftest.py" => return Some(Kind::Hooks),
        _ => {}
    }
    let named = |patterns: &[&str]| patterns.iter().any(|pattern| is_named(name, pattern));
    if named(&CONFIGURATION) {
        Some(Kind::Configuration { neutral: &NEUTRAL })
    } else if named(&COMMANDS) {
        Some(Kind::Commands)
    } else if TOOL_MODULES.contains(&name) {
        Some(Kind::ToolModule)
    } else {
        None
    }
}

fn is_named(name: &str, pattern: &str) -> bool {
    match pattern.split_once('*') {
        Some((before, after)) => {
            name.len() >= before.len() + after.len() && name.starts_with(before) && name.ends_with(after)
        }
        None => name == pattern,
    }
}

/// What stands under `[tool.…]` and is no build or list of dependencies.
fn pyproject(before: &str, after: &str) -> Option<String> {
    const PACKAGING: [&str; 9] =
        ["poetry", "setuptools", "hatch", "pdm", "uv", "flit", "setuptools_scm", "hatch-vcs", "rye"];
    let tools = |text: &str| -> Option<toml::Table> {
        let mut table: toml::Table = text.parse().ok()?;
        let tools = table.remove("tool").and_then(|tools| tools.as_table().cloned()).unwrap_or_default();
        Some(tools.into_iter().filter(|(name, _)| !PACKAGING.contains(&name.as_str())).collect())
    };
    other_entry(tools(before), tools(after)).map(|name| format!("tool.{name}"))
}

/// Lints, profiles and what is tested at all.
fn cargo(before: &str, after: &str) -> Option<String> {
    const SWITCHES: [&str; 8] =
        ["test", "doctest", "harness", "bench", "autotests", "autobins", "autoexamples", "autobenches"];
    let parts = |text: &str| -> Option<toml::Table> {
        let table: toml::Table = text.parse().ok()?;
        let mut parts = toml::Table::new();
        for (name, value) in &table {
            match name.as_str() {
                "lints" | "profile" | "test" | "bench" => drop(parts.insert(name.clone(), value.clone())),
                "workspace" => {
                    let lints = value.get("lints").cloned();
                    parts.extend(lints.map(|lints| ("workspace.lints".to_owned(), lints)));
                }
                "package" | "lib" | "bin" | "example" => {
                    let tables = value.as_array().cloned().unwrap_or_else(|| vec![value.clone()]);
                    for (at, table) in tables.iter().enumerate() {
                        let switch = |key: &str| Some((format!("{name}.{at}.{key}"), table.get(key)?.clone()));
                        parts.extend(SWITCHES.iter().filter_map(|key| switch(key)));
                    }
                }
                _ => {}
            }
        }
        Some(parts)
    };
    other_entry(parts(before), parts(after))
}

/// The name of the first entry that is there on one side only, or is another. What cannot be read may say anything.
fn other_entry<V: PartialEq>(
    before: Option<impl IntoIterator<Item = (String, V)>>,
    after: Option<impl IntoIterator<Item = (String, V)>>,
) -> Option<String> {
    let (Some(before), Some(after)) = (before, after) else { return Some("it cannot be read".to_owned()) };
    let (before, after): (BTreeMap<String, V>, BTreeMap<String, V>) =
        (before.into_iter().collect(), after.into_iter().collect());
    let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    names.into_iter().find(|name| before.get(*name) != after.get(*name)).cloned()
}

/// Everything that npm itself does not need to know.
fn package(before: &str, after: &str) -> Option<String> {
    const DESCRIBING: [&str; 30] = [
        "name",
        "version",
        "description",
        "keywords",
        "homepage",
        "bugs",
        "license",
        "author",
        "contributors",
        "funding",
        "files",
        "main",
        "browser",
        "bin",
        "man",
        "repository",
        "private",
        "publishConfig",
        "dependencies",
        "devDependencies",
        "peerDependencies",
        "peerDependenciesMeta",
        "bundleDependencies",
        "optionalDependencies",
        "engines",
        "packageManager",
        "module",
        "types",
        "type",
        "exports",
    ];
    let tools = |text: &str| -> Option<serde_json::Map<String, serde_json::Value>> {
        let text = if text.trim().is_empty() { "{}" } else { text };
        let package: serde_json::Value = serde_json::from_str(text).ok()?;
        let entries = package.as_object()?.clone().into_iter();
        Some(entries.filter(|(name, _)| !DESCRIBING.contains(&name.as_str())).collect())
    };
    other_entry(tools(before), tools(after))
}

/// Sections that are about tools: all but what describes the package.
fn ini(before: &str, after: &str) -> Option<String> {
    let settings = |text: &str| -> BTreeSet<String> {
        let mut section = String::new();
        let mut settings = BTreeSet::new();
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with(['#', ';'])) {
            if line.starts_with('[') {
                section = line.to_owned();
            }
            let describes = section.starts_with("[metadata") || section.starts_with("[options") || section.is_empty();
            if !describes {
                settings.insert(format!("{section} {}", line.split_whitespace().collect::<String>()));
            }
        }
        settings
    };
    let (before, after) = (settings(before), settings(after));
    before.symmetric_difference(&after).next().cloned()
}

/// Words of a build that are about what is tested and checked.
const BUILD_WORDS: [&str; 30] = [
    "skip",
    "testfailureignore",
    "ignorefailures",
    "exclude",
    "include",
    "<groups",
    "tags",
    "failonerror",
    "failsonerror",
    "failonviolation",
    "failonwarning",
    "enabled",
    "compilerarg",
    "-xlint",
    "-werror",
    "allwarningsaserrors",
    "surefire",
    "failsafe",
    "spotless",
    "checkstyle",
    "pmd",
    "spotbugs",
    "jacoco",
    "useJUnit",
    "rerunfailing",
    "trimstacktrace",
    "onlyif",
    "filter",
    "failfast",
    "maxwarnings",
];

/// Lines of a build that came or went, and hold one of those words.
fn words(before: &str, after: &str) -> Option<String> {
    let lines = |text: &str| -> BTreeSet<String> {
        let about_checks =
            |line: &&str| BUILD_WORDS.iter().any(|word| line.to_lowercase().contains(&word.to_lowercase()));
        text.lines().map(str::trim).filter(about_checks).map(|line| line.split_whitespace().collect()).collect()
    };
    let (before, after) = (lines(before), lines(after));
    before.symmetric_difference(&after).next().cloned()
}
