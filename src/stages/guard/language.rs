//! Which language a file is in, and whether its path says that it belongs to the tests.

/// Languages whose tests the guard can find; the others are looked at line by line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    Python,
    Rust,
    /// JavaScript and TypeScript; JSON is read the same way.
    Script,
    Go,
    /// Java, and what is written like it: Kotlin, Groovy, Scala.
    Java,
    Shell,
    /// Anything else whose comments begin with `#`, or that has none.
    Other,
}

impl Language {
    pub fn of(path: &str, text: &str) -> Self {
        match path.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase()).as_deref() {
            Some("py" | "pyi" | "pyw") => Self::Python,
            Some("rs") => Self::Rust,
            Some("js" | "jsx" | "ts" | "tsx" | "mjs" | "cjs" | "mts" | "cts" | "vue" | "svelte") => Self::Script,
            Some("json" | "jsonc" | "json5") => Self::Script,
            Some("go") => Self::Go,
            Some("java" | "kt" | "kts" | "groovy" | "gradle" | "scala") => Self::Java,
            Some("sh" | "bash" | "zsh" | "bats") => Self::Shell,
            _ => Self::of_first_line(text.lines().next().unwrap_or("")),
        }
    }

    fn of_first_line(line: &str) -> Self {
        let Some(program) = line.strip_prefix("#!") else { return Self::Other };
        match program {
            program if program.contains("python") => Self::Python,
            program if program.contains("node") || program.contains("deno") || program.contains("bun") => Self::Script,
            program if program.contains("sh") => Self::Shell,
            _ => Self::Other,
        }
    }

    /// Whether the tokens of such a file say all that it says, so that its layout need not be looked at.
    pub fn reads_tokens(self) -> bool {
        matches!(self, Self::Script | Self::Rust | Self::Go | Self::Java)
    }

    /// A language whose files are run or compiled, and so can be tests.
    pub fn is_code(self, path: &str) -> bool {
        !matches!(self, Self::Other) && !is_json(path)
    }
}

pub fn is_json(path: &str) -> bool {
    let path = path.to_ascii_lowercase();
    [".json", ".jsonc", ".json5"].iter().any(|end| path.ends_with(end))
}

pub fn base_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// What a folder or a part of a file's name is called when tests are in it.
const TEST_NAMES: [&str; 8] = ["test", "tests", "spec", "specs", "e2e", "testing", "testcase", "unittest"];

/// Names of files that are a check in themselves: a script of assertions that CI runs.
const CHECK_NAMES: [&str; 7] = ["check", "checks", "smoke", "verify", "selftest", "conftest", "doctest"];

/// Folders that hold what tests compare with.
const DATA_FOLDERS: [&str; 12] = [
    "testdata",
    "test-data",
    "test_data",
    "__snapshots__",
    "snapshots",
    "golden",
    "goldens",
    "expected",
    "fixtures",
    "__fixtures__",
    "cassettes",
    "testresources",
];

/// Endings of files that hold what a test expects.
const SNAPSHOT_ENDINGS: [&str; 6] = [".snap", ".golden", ".approved.txt", ".approved.json", ".expected", ".stderr"];

/// Whether the path belongs to the tests: their code, or the data beside it.
pub fn is_test_path(path: &str) -> bool {
    // Maven and Gradle say where product code is, whatever its classes are called.
    if path.contains("src/main/") {
        return false;
    }
    let (folders, name) = path.rsplit_once('/').unwrap_or(("", path));
    let in_test_folder = folders.split('/').any(|folder| parts(folder).any(|part| is_one_of(&part, &TEST_NAMES)));
    let stem = name.split('.').next().unwrap_or(name);
    in_test_folder || is_test_name(name) || is_one_of(&stem.to_ascii_lowercase(), &CHECK_NAMES)
}

/// Whether a file's own name says that tests are in it, which is what runners look at.
pub fn is_test_name(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or(name);
    name.split('.').any(|piece| parts(piece).any(|part| is_one_of(&part, &TEST_NAMES)))
        || (name.ends_with(".java") || name.ends_with(".kt")) && is_integration_test(stem)
}

/// `FaresIT`, as Maven's Failsafe calls them; not `EDIT`.
fn is_integration_test(stem: &str) -> bool {
    stem.strip_suffix("IT").is_some_and(|rest| rest.ends_with(|c: char| c.is_lowercase() || c.is_ascii_digit()))
}

/// Whether the file holds what tests compare with or work on, and is no code.
pub fn is_test_data(path: &str, language: Language) -> bool {
    let lower = path.to_ascii_lowercase();
    if SNAPSHOT_ENDINGS.iter().any(|end| lower.ends_with(end)) {
        return true;
    }
    if language.is_code(path) {
        return false;
    }
    let (folders, _) = lower.rsplit_once('/').unwrap_or(("", &lower));
    is_test_path(path) || folders.split('/').any(|folder| is_one_of(folder, &DATA_FOLDERS))
}

fn is_one_of(name: &str, names: &[&str]) -> bool {
    names.contains(&name)
}

/// `FaresTest`, `fares_test` and `fares-test` in parts, each in lower case.
fn parts(name: &str) -> impl Iterator<Item = String> {
    let mut parts = vec![String::new()];
    let mut was_lower = false;
    for c in name.chars() {
        if !c.is_alphanumeric() || (was_lower && c.is_uppercase()) {
            parts.push(String::new());
        }
        was_lower = c.is_lowercase() || c.is_ascii_digit();
        if let Some(part) = parts.last_mut().filter(|_| c.is_alphanumeric()) {
            part.extend(c.to_lowercase());
        }
    }
    parts.into_iter().filter(|part| !part.is_empty())
}

#[cfg(test)]
mod tests {
    use super::{Language, is_test_data, is_test_path};

    #[test]
    fn a_path_says_whether_it_belongs_to_the_tests() {
        for path in [
            "tests/test_app.py",
            "app_test.go",
            "src/letter.test.js",
            "src/a.spec.ts",
            "src/__tests__/a.js",
            "src/test/java/com/example/Fares.java",
            "module/FaresTest.java",
            "module/FaresIT.java",
            "tests/discount.rs",
            "test_ratings.py",
            "conftest.py",
            "tools/smoke.py",
        ] {
            assert!(is_test_path(path), "{path}");
        }
        for path in [
            "app.py",
            "src/main/java/com/example/TestRunner.java",
            "src/latest.py",
            "src/contest/a.go",
            "attestation.rs",
            "src/health_check.py",
            "protest.js",
            "EDIT.java",
        ] {
            assert!(!is_test_path(path), "{path}");
        }
    }

    #[test]
    fn data_of_tests_is_known_by_its_place_or_its_ending() {
        for path in ["pkg/testdata/a.json", "src/__snapshots__/a.js.snap", "tests/data/a.csv", "fixtures/a.txt"] {
            assert!(is_test_data(path, Language::of(path, "")), "{path}");
        }
        for path in ["tests/test_a.py", "data/a.csv", "src/a.ts"] {
            assert!(!is_test_data(path, Language::of(path, "")), "{path}");
        }
    }

    #[test]
    fn a_script_without_an_ending_says_its_language_itself() {
        assert_eq!(Language::of("bin/check", "#!/usr/bin/env python3\n"), Language::Python);
        assert_eq!(Language::of("bin/check", "#!/bin/bash\n"), Language::Shell);
        assert_eq!(Language::of("Makefile", "test:\n"), Language::Other);
    }
}
