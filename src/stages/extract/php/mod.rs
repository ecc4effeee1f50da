//! PHP's tools.

mod linters;

use super::form::Form;
use super::reader::Make;

pub const READERS: &[Make] = &[];

pub const FORMS: &[&Form] = &[
    &linters::PHPCS_EMACS,
    &linters::PSALM_TEXT,
    &linters::PSALM_PYLINT,
    &linters::PSALM_CONSOLE,
    &linters::PSALM_CONSOLE_LINES,
    &linters::PHPSTAN_RAW,
    &linters::PHP_CS_FIXER,
    &linters::PHP_PARSE,
    &linters::PHP_UNCAUGHT,
    &linters::PHP_FATAL,
];
