//! Languages of a few tools each.

mod haskell;
mod lua;
mod functional;
mod scripted;
mod compiled;
mod texts;

use super::form::Form;
use super::reader::Make;

pub const READERS: &[Make] = &[|| Box::new(haskell::Ghc::default()), || Box::new(haskell::Hlint::default())];

pub const FORMS: &[&Form] = &[
    &lua::LUA,
    &lua::LUACHECK,
    &functional::OCAML,
    &functional::ELM,
    &functional::HSPEC,
    &functional::CABAL,
    &scripted::PERLCRITIC,
    &scripted::PERL,
    &scripted::TESTTHAT,
    &scripted::LINTR,
    &scripted::RSCRIPT,
    &scripted::RSCRIPT_BARE,
    &scripted::JULIA_TEST,
    &compiled::NIM,
    &compiled::ZIG,
    &compiled::CRYSTAL,
    &compiled::DMD,
    &compiled::GFORTRAN,
    &compiled::VERILATOR,
    &compiled::IVERILOG,
    &texts::TEX,
    &texts::TEX_PLAIN,
    &texts::VINT,
    &texts::SQLFLUFF,
];
