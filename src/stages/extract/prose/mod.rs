//! Linters of text, markup, style sheets and data.

use super::form::Form;
use super::reader::Make;

pub const READERS: &[Make] = &[];

pub const FORMS: &[&Form] = &[];
