//! How well logs are read: what a person says of each golden case, held against what the program says.

pub mod case;
pub mod score;
pub mod baseline;
pub mod page;
