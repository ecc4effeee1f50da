//! Runners of monorepos, and of other tools.

use super::form::Form;
use super::reader::Make;

pub const READERS: &[Make] = &[];

pub const FORMS: &[&Form] = &[];
