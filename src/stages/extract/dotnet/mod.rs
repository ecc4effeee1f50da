//! .NET's tools.

mod msbuild;

use super::form::Form;
use super::reader::Make;

pub const READERS: &[Make] = &[|| Box::new(msbuild::Msbuild)];

pub const FORMS: &[&Form] = &[];
