//! Go's tools.

mod lines;
mod vet;
mod build;
mod test;
mod gofmt;

use super::form::Form;
use super::reader::Make;

pub const READERS: &[Make] = &[
    || Box::new(vet::GoVet::default()),
    || Box::new(build::GoBuild::default()),
    || Box::new(test::GoTest::default()),
    || Box::new(gofmt::Gofmt::default()),
];

pub const FORMS: &[&Form] = &[];
