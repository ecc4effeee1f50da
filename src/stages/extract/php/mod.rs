//! PHP's tools.

mod phpunit;
mod pest;
mod tables;
mod phpcs;
mod psalm;
mod phpstan;
mod php_cs_fixer;
mod composer;
mod interpreter;

use super::form::Form;
use super::reader::Make;

pub const READERS: &[Make] = &[
    || Box::new(phpunit::Phpunit::default()),
    || Box::new(pest::Pest::default()),
    || Box::new(tables::Tables::default()),
    || Box::new(composer::Composer::default()),
];

pub const FORMS: &[&Form] = &[
    &phpcs::EMACS,
    &psalm::TEXT,
    &psalm::CONSOLE,
    &psalm::CONSOLE_LINES,
    &phpstan::RAW,
    &php_cs_fixer::FORM,
    &interpreter::PARSE,
    &interpreter::UNCAUGHT,
    &interpreter::FATAL,
    &composer::CONSOLE,
];
