//! Everything becomes what people and machines read: one file per form, each with its own structs.

pub mod failure;
pub mod failure_in;
pub mod candidates;
pub mod egress;
pub mod receipt;
pub mod risk;
pub mod bundle;
pub mod room;
pub mod diff;
pub mod links;
pub mod proof;
pub mod outputs;
pub mod pull_request;
pub mod summary;
pub mod published;
pub mod why;
