//! The tests of a file: what each is called, where it stands, and what it stands in.

mod found;
mod python;
pub mod rust;
mod script;
mod go;
pub mod java;

pub use found::{Suite, Test};

use super::language::{Language, is_json, is_test_path};
use super::source::Source;

/// Every test that a runner would find in this source.
pub fn suite(source: &Source<'_>) -> Suite {
    match source.language {
        Language::Python => python::suite(source),
        Language::Rust => rust::suite(source),
        Language::Script if !is_json(source.path) => script::suite(source),
        Language::Go => go::suite(source),
        Language::Java => java::suite(source),
        _ => Suite::default(),
    }
}

/// Whether a token of this source is part of the tests, and not of what is tested.
pub fn in_tests(source: &Source<'_>, suite: &Suite, at: usize) -> bool {
    is_test_file(source, suite)
        || suite.tests.iter().any(|test| test.tokens.contains(&at))
        || suite.groups.iter().any(|group| group.only_for_tests && group.tokens.contains(&at))
}

/// Whether the whole file is tests: by its path, or because it holds some and cannot hold anything else.
pub fn is_test_file(source: &Source<'_>, suite: &Suite) -> bool {
    is_test_path(source.path)
        || !suite.tests.is_empty() && matches!(source.language, Language::Python | Language::Script)
}
