//! Tools of Java, Kotlin and Scala.

pub mod frames;
mod surefire;
mod javac;
mod spotless;

use super::form::Form;
use super::reader::Make;

pub const READERS: &[Make] = &[
    || Box::new(surefire::Surefire::default()),
    || Box::new(javac::Javac::default()),
    || Box::new(spotless::Spotless::default()),
];

pub const FORMS: &[&Form] = &[];
