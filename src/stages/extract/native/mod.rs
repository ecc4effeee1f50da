//! Tools of C and C++: compilers, linkers, build tools, test runners, sanitizers.

mod gcc;
mod ld;
mod cmake;
mod gtest;
mod catch2;
mod sanitizer;
mod ctest;
mod builds;

use super::form::Form;
use super::reader::Make;

pub const READERS: &[Make] = &[
    || Box::new(gcc::Gcc::default()),
    || Box::new(ld::Ld::default()),
    || Box::new(cmake::Cmake::default()),
    || Box::new(gtest::Gtest::default()),
    || Box::new(catch2::Catch2::default()),
    || Box::new(sanitizer::Sanitizer::default()),
    || Box::new(ctest::Ctest::default()),
];

pub const FORMS: &[&Form] = &[
    &builds::MAKEFILE,
    &builds::MAKE,
    &builds::NINJA,
    &builds::NINJA_ERROR,
    &builds::MESON_DEPENDENCY,
    &builds::MESON,
    &builds::MESON_TEST,
    &builds::CONFIGURE,
    &builds::GFORTRAN,
    &builds::CPPCHECK,
    &builds::CPPLINT,
    &builds::BOOST,
];
