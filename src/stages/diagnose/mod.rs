//! Prompts for a model, and its answers checked against their schema.

pub mod schema;
pub mod answer;
pub mod limits;
pub mod prompt;
