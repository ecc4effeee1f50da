//! Languages of a few tools each.

mod ghc;
mod hlint;
mod lua;
mod luacheck;
mod ocaml;
mod elm;
mod hspec;
mod cabal;
mod perlcritic;
mod perl;
mod testthat;
mod lintr;
mod r;
mod julia_test;
mod nim;
mod zig;
mod crystal;
mod dmd;
mod verilator;
mod iverilog;
mod tex;
mod vint;
mod sqlfluff;

use super::form::Form;
use super::native::gfortran;
use super::reader::Make;

pub const READERS: &[Make] = &[|| Box::new(ghc::Ghc::default()), || Box::new(hlint::Hlint::default())];

pub const FORMS: &[&Form] = &[
    &lua::FORM,
    &luacheck::FORM,
    &ocaml::FORM,
    &elm::FORM,
    &hspec::FORM,
    &cabal::FORM,
    &perlcritic::FORM,
    &perl::FORM,
    &testthat::FORM,
    &lintr::FORM,
    &r::CALLED,
    &r::BARE,
    &julia_test::FORM,
    &nim::FORM,
    &zig::FORM,
    &crystal::FORM,
    &dmd::FORM,
    &gfortran::ERROR_OR_WARNING,
    &verilator::FORM,
    &iverilog::FORM,
    &tex::FILE_LINE,
    &tex::PLAIN,
    &vint::FORM,
    &sqlfluff::FORM,
];
