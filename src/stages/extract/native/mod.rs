//! Tools of C and C++: compilers, linkers, build tools, test runners, sanitizers.

mod gcc;
mod ld;
mod cmake;
mod gtest;
mod catch2;
mod sanitizer;
mod ctest;
mod make;
mod ninja;
mod meson;
mod configure;
pub mod gfortran;
mod cppcheck;
mod cpplint;
mod boost_test;

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
    &make::MAKEFILE,
    &make::TARGET,
    &ninja::FAILED,
    &ninja::ERROR,
    &meson::DEPENDENCY,
    &meson::BUILD,
    &meson::TEST,
    &configure::FORM,
    &gfortran::ERROR,
    &cppcheck::FORM,
    &cpplint::FORM,
    &boost_test::FORM,
];
