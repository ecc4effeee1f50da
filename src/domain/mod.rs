//! The nouns, in the order the data meets them. No IO, no async, no clock; nothing here can fail but a constructor.
//!
//! Nothing in this folder is `Serialize`: every published format owns its structs in `stages/render/`.

pub mod id;
pub mod secret;
pub mod run;
pub mod log;
pub mod failure;
pub mod fingerprint;
pub mod class;
pub mod context;
pub mod candidate;
pub mod patch;
pub mod verdict;
pub mod jail;
pub mod receipt;
pub mod risk;
pub mod permission;
pub mod memory;
pub mod outcome;
pub mod checks;
pub mod healing;
pub mod audit;
