//! Where repository code runs: a scratch copy of the workspace, a scrubbed environment, a wall clock, and nothing left.
//!
//! This is the plain jail: the copy stands at another path, and neither file system nor network is closed. What it says
//! of itself (`Isolation`) is what it really is.

pub mod error;
mod environment;
mod tree;
mod relocate;
mod process;
pub mod scratch;
pub mod in_place;

pub use error::JailError;
pub use process::OUTPUT_BYTES_MAX;
pub use scratch::{Jail, ScratchCopy};
