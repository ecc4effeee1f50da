//! Runners of monorepos, and of other tools.

mod tap;

use super::form::Form;
use super::reader::Make;

pub const READERS: &[Make] = &[|| Box::new(tap::Tap::default())];

pub const FORMS: &[&Form] = &[];
