//! Go's tools.

mod lines;
mod vet;
mod build;
mod test;
mod gofmt;
mod json;
mod staticcheck;
mod golangci_lint;
mod errcheck;
mod revive;
mod ginkgo;

use super::form::Form;
use super::json_form::JsonReader;
use super::reader::Make;

pub const READERS: &[Make] = &[
    || Box::new(json::GoJson::default()),
    || Box::new(vet::GoVet::default()),
    || Box::new(build::GoBuild::default()),
    || Box::new(test::GoTest::default()),
    || Box::new(gofmt::Gofmt::default()),
    || Box::new(JsonReader::of(&staticcheck::JSON)),
    || Box::new(JsonReader::of(&golangci_lint::JSON)),
];

pub const FORMS: &[&Form] = &[
    &staticcheck::TEXT,
    &golangci_lint::TEXT,
    &golangci_lint::TAB,
    &golangci_lint::FAILS,
    &staticcheck::STYLISH,
    &errcheck::FORM,
    &revive::FRIENDLY,
    &revive::STYLISH,
    &ginkgo::FORM,
];
