//! Tools of C and C++: compilers, linkers, build tools, test runners, sanitizers.

use super::form::Form;
use super::reader::Make;

pub const READERS: &[Make] = &[];

pub const FORMS: &[&Form] = &[];
