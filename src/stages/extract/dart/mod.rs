//! Dart's and Flutter's tools.

mod test;
mod analyze;
mod compile;
mod dart_pub;
mod format;

use super::form::Form;
use super::reader::Make;

pub const READERS: &[Make] = &[|| Box::new(test::DartTest::default())];

pub const FORMS: &[&Form] =
    &[&analyze::PLAIN, &analyze::FLUTTER, &analyze::MACHINE, &compile::FORM, &dart_pub::FORM, &format::FORM];
