//! Python's tools.

pub mod frames;
mod pytest;
mod unittest;
mod mypy;
mod ruff;
mod flake8;
pub mod traceback;

use super::form::Form;
use super::reader::Make;

pub const READERS: &[Make] = &[
    || Box::new(pytest::Pytest::default()),
    || Box::new(unittest::Unittest::default()),
    || Box::new(mypy::Mypy::default()),
    || Box::new(ruff::Ruff::default()),
];

pub const FORMS: &[&Form] = &[&flake8::FORM];
