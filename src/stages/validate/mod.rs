//! The proof of a patch, as text and numbers: what to run, what was counted, what it weighs.

pub mod plan;
pub mod census;
pub mod weigh;
