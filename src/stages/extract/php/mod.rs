//! PHP's tools.

mod phpunit;
mod pest;
mod tables;
mod composer;
mod linters;

use super::form::Form;
use super::reader::Make;

pub const READERS: &[Make] = &[
    || Box::new(phpunit::Phpunit::default()),
    || Box::new(pest::Pest::default()),
    || Box::new(tables::Tables::default()),
    || Box::new(composer::Composer::default()),
];

pub const FORMS: &[&Form] = &[
    &linters::PHPCS_EMACS,
    &linters::PSALM_TEXT,
    &linters::PSALM_CONSOLE,
    &linters::PSALM_CONSOLE_LINES,
    &linters::PHPSTAN_RAW,
    &linters::PHP_CS_FIXER,
    &linters::PHP_PARSE,
    &linters::PHP_UNCAUGHT,
    &linters::PHP_FATAL,
    &composer::CONSOLE,
];
