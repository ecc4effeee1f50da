//! .NET's tools.

mod msbuild;
mod test;

use super::form::Form;
use super::reader::Make;

pub const READERS: &[Make] = &[|| Box::new(test::DotnetTest::default()), || Box::new(msbuild::Msbuild)];

pub const FORMS: &[&Form] = &[];
