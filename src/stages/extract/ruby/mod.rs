//! Ruby's tools.

mod frames;
mod rake;
mod rspec;
mod minitest;
mod cucumber;
mod departments;
mod rubocop;
mod standardrb;
mod haml_lint;
mod slim_lint;
mod scss_lint;
mod erb_lint;
mod reek;
mod brakeman;
mod fasterer;
mod sorbet;
mod steep;
mod bundler;
mod interpreter;

use super::form::Form;
use super::json_form::JsonReader;
use super::reader::Make;

pub const READERS: &[Make] = &[
    || Box::new(rspec::Rspec::default()),
    || Box::new(minitest::Minitest::default()),
    || Box::new(minitest::TestUnit::default()),
    || Box::new(JsonReader::of(&rubocop::JSON)),
];

pub const FORMS: &[&Form] = &[
    &rake::FORM,
    &rubocop::CLANG,
    &rubocop::SIMPLE,
    &standardrb::FORM,
    &haml_lint::FORM,
    &slim_lint::FORM,
    &scss_lint::FORM,
    &erb_lint::MULTILINE,
    &erb_lint::COMPACT,
    &reek::LISTED,
    &reek::SINGLE_LINE,
    &brakeman::TEXT,
    &brakeman::TABS,
    &fasterer::FORM,
    &sorbet::FORM,
    &steep::FORM,
    &bundler::FORM,
    &cucumber::FORM,
    &interpreter::SYNTAX,
];
