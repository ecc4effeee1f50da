//! Dart's and Flutter's tools.

mod test;
mod build;

use super::form::Form;
use super::reader::Make;

pub const READERS: &[Make] = &[|| Box::new(test::DartTest::default())];

pub const FORMS: &[&Form] =
    &[&build::ANALYZE, &build::FLUTTER_ANALYZE, &build::ANALYZE_MACHINE, &build::COMPILE, &build::PUB, &build::FORMAT];
