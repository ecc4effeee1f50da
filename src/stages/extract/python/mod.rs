//! Python's tools.

pub mod frames;
mod pytest;
mod unittest;
mod mypy;
mod ruff;
mod flake8;
mod pylint;
mod pyright;
mod ty;
mod black;
mod isort;
mod bandit;
mod pydocstyle;
mod vulture;
mod doctest;
mod sphinx;
mod django;
mod coverage;
mod tox;
mod nox;
mod pip_audit;
pub mod traceback;

use super::form::Form;
use super::json_form::JsonReader;
use super::reader::Make;

pub const READERS: &[Make] = &[
    || Box::new(pytest::Pytest::default()),
    || Box::new(unittest::Unittest::default()),
    || Box::new(mypy::Mypy::default()),
    || Box::new(ruff::Ruff::default()),
    || Box::new(JsonReader::of(&mypy::JSON)),
    || Box::new(JsonReader::of(&ruff::JSON)),
    || Box::new(JsonReader::of(&pylint::JSON)),
    || Box::new(JsonReader::of(&pyright::JSON)),
];

pub const FORMS: &[&Form] = &[
    &pytest::USAGE,
    &flake8::FORM,
    &pylint::TEXT,
    &pylint::BRACKETS,
    &pyright::FORM,
    &ty::FULL,
    &ty::CONCISE,
    &black::CHANGES,
    &black::CANNOT,
    &black::PARSED,
    &isort::FORM,
    &bandit::BLOCK,
    &bandit::LINE,
    &pydocstyle::FORM,
    &vulture::FORM,
    &doctest::FORM,
    &sphinx::ALL,
    &sphinx::FIRST,
    &django::FORM,
    &coverage::FORM,
    &tox::FORM,
    &nox::FORM,
    &pip_audit::FORM,
];
