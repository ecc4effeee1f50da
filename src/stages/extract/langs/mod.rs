//! Languages of a few tools each.

mod haskell;
mod lua;

use super::form::Form;
use super::reader::Make;

pub const READERS: &[Make] = &[|| Box::new(haskell::Ghc::default()), || Box::new(haskell::Hlint::default())];

pub const FORMS: &[&Form] = &[&lua::LUACHECK, &lua::LUA];
