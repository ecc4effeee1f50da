//! Which language a file is written in, and whether it holds tests.

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    Python,
    Rust,
    /// And TypeScript.
    JavaScript,
    Go,
    /// And what else runs on its machine.
    Java,
    Other,
}

impl Language {
    pub fn of(path: &str) -> Self {
        match extension(path) {
            "py" | "pyi" => Self::Python,
            "rs" => Self::Rust,
            "js" | "mjs" | "cjs" | "jsx" | "ts" | "mts" | "cts" | "tsx" | "vue" | "svelte" => Self::JavaScript,
            "go" => Self::Go,
            "java" | "kt" | "kts" | "scala" | "groovy" => Self::Java,
            _ => Self::Other,
        }
    }
}

/// Folders that hold tests and what tests need, in any language.
const TEST_FOLDERS: &[&str] =
    &["test", "tests", "__tests__", "spec", "specs", "e2e", "testdata", "testing", "__snapshots__", "cypress"];

/// Whether a file is there for tests, by its name and folder alone, as test runners find it.
pub fn is_test_file(path: &str) -> bool {
    let name = basename(path);
    let stem = name.split('.').next().unwrap_or(name);
    let by_name = match Language::of(path) {
        Language::Python => {
            stem.starts_with("test_") || stem.ends_with("_test") || stem == "tests" || stem == "conftest"
        }
        Language::Go => return stem.ends_with("_test") || in_test_folder(path),
        Language::JavaScript => name.contains(".test.") || name.contains(".spec.") || name.contains(".cy."),
        Language::Rust => matches!(stem, "tests" | "test") || stem.ends_with("_test") || stem.ends_with("_tests"),
        Language::Java => {
            stem.ends_with("Test") || stem.ends_with("Tests") || stem.ends_with("IT") || stem.starts_with("Test")
        }
        Language::Other => name.ends_with(".snap") || name.ends_with(".golden"),
    };
    by_name || in_test_folder(path)
}

fn in_test_folder(path: &str) -> bool {
    let folders = path.rsplit_once('/').map_or("", |(folders, _)| folders);
    folders.split('/').any(|folder| TEST_FOLDERS.contains(&folder.to_ascii_lowercase().as_str()))
}

pub fn basename(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

pub fn extension(path: &str) -> &str {
    basename(path).rsplit_once('.').map_or("", |(_, extension)| extension)
}
