//! JavaScript's and TypeScript's tools.

pub mod frames;
mod tsc;
mod eslint;
mod prettier;
mod vitest;
mod jest;
mod node_test;

use super::form::Form;
use super::reader::Make;

pub const READERS: &[Make] = &[
    || Box::new(tsc::Tsc::default()),
    || Box::new(eslint::Eslint::default()),
    || Box::new(prettier::Prettier::default()),
    || Box::new(vitest::Vitest::default()),
    || Box::new(jest::Jest::default()),
    || Box::new(node_test::NodeTest::default()),
];

pub const FORMS: &[&Form] = &[];
