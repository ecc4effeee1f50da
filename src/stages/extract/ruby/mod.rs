//! Ruby's tools.

mod frames;
mod rspec;
mod minitest;
mod rubocop;
mod bundler;
mod linters;

use super::form::Form;
use super::reader::Make;

pub const READERS: &[Make] = &[
    || Box::new(rspec::Rspec::default()),
    || Box::new(minitest::Minitest::default()),
    || Box::new(minitest::TestUnit::default()),
];

pub const FORMS: &[&Form] = &[
    &rubocop::CLANG,
    &rubocop::SIMPLE,
    &rubocop::STANDARD,
    &linters::HAML_LINT,
    &linters::SLIM_LINT,
    &linters::SCSS_LINT,
    &linters::ERB_LINT,
    &linters::ERB_LINT_COMPACT,
    &linters::REEK,
    &linters::REEK_SINGLE_LINE,
    &linters::BRAKEMAN,
    &linters::BRAKEMAN_TABS,
    &linters::FASTERER,
    &linters::SORBET,
    &linters::STEEP,
    &bundler::BUNDLER,
    &bundler::CUCUMBER,
    &bundler::RUBY_SYNTAX,
];
