//! Go's tools.

mod lines;
mod vet;
mod build;
mod test;
mod gofmt;
mod json;
mod linters;

use super::form::Form;
use super::reader::Make;

pub const READERS: &[Make] = &[
    || Box::new(json::GoJson::default()),
    || Box::new(vet::GoVet::default()),
    || Box::new(build::GoBuild::default()),
    || Box::new(test::GoTest::default()),
    || Box::new(gofmt::Gofmt::default()),
];

pub const FORMS: &[&Form] = &[
    &linters::STATICCHECK,
    &linters::GOLANGCI,
    &linters::GOLANGCI_TAB,
    &linters::GOLANGCI_FAILS,
    &linters::STYLISH,
    &linters::ERRCHECK,
    &linters::REVIVE,
    &linters::REVIVE_STYLISH,
    &linters::GINKGO,
];
