//! Rust's tools.

mod replacement;
mod cargo_test;
mod cargo;
mod rustc;
mod json;
mod rustfmt;
mod cargo_deny;
mod cargo_audit;
mod cargo_semver_checks;

use super::form::Form;
use super::reader::Make;

pub const READERS: &[Make] = &[
    || Box::new(cargo_test::CargoTest::default()),
    || Box::new(cargo::Cargo::default()),
    || Box::new(json::CargoJson::default()),
    || Box::new(rustc::Rustc::default()),
    || Box::new(rustfmt::Rustfmt::default()),
];

pub const FORMS: &[&Form] = &[&cargo_deny::FORM, &cargo_audit::FORM, &cargo_semver_checks::FORM];
