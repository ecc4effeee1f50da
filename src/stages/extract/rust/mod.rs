//! Rust's tools.

mod replacement;
mod cargo_test;
mod rustc;
mod rustfmt;

use super::form::Form;
use super::reader::Make;

pub const READERS: &[Make] = &[
    || Box::new(cargo_test::CargoTest::default()),
    || Box::new(rustc::Rustc::default()),
    || Box::new(rustfmt::Rustfmt::default()),
];

pub const FORMS: &[&Form] = &[];
