//! Rust's tools.

mod replacement;
mod cargo_test;
mod cargo;
mod rustc;
mod json;
mod rustfmt;
mod checkers;

use super::form::Form;
use super::reader::Make;

pub const READERS: &[Make] = &[
    || Box::new(cargo_test::CargoTest::default()),
    || Box::new(cargo::Cargo::default()),
    || Box::new(json::CargoJson::default()),
    || Box::new(rustc::Rustc::default()),
    || Box::new(rustfmt::Rustfmt::default()),
];

pub const FORMS: &[&Form] = &[&checkers::DENY, &checkers::AUDIT, &checkers::SEMVER];
