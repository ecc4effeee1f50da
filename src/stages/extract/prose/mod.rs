//! Checks of prose, of spelling and of configuration files.

mod markdownlint;
mod yamllint;
mod codespell;
mod misspell;
mod typos;
mod zizmor;
mod remark;
mod cspell;
mod vale;
mod editorconfig;
mod schemas;

use super::form::Form;
use super::reader::Make;

pub const READERS: &[Make] = &[];

/// What is drawn as rustc draws has to be asked before it.
pub const DRAWN_LIKE_RUSTC: &[&Form] = &[&typos::LONG, &zizmor::FORM];

pub const FORMS: &[&Form] = &[
    &markdownlint::FORM,
    &yamllint::PARSABLE,
    &yamllint::STANDARD,
    &yamllint::GITHUB,
    &codespell::FORM,
    &misspell::FORM,
    &typos::BRIEF,
    &remark::FORM,
    &cspell::FORM,
    &vale::LINE,
    &vale::LISTED,
    &editorconfig::FORM,
    &schemas::FORM,
];
