//! PHP's tools.

use super::form::Form;
use super::reader::Make;

pub const READERS: &[Make] = &[];

pub const FORMS: &[&Form] = &[];
