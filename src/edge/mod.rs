//! Everything that touches the world: the only IO, the only clock. Edges do not know each other;
//! `http` is the ground that `github` and `model` both stand on, `interrupt` of all that wait for something outside.
#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "this is the edge: what is banned elsewhere is done here"
)]

pub mod clock;
pub mod environment;
pub mod actions;
pub mod interrupt;
pub mod wait;
pub mod http;
pub mod store;
pub mod reports;
pub mod bundle;
pub mod git;
pub mod jail;
pub mod github;
pub mod model;
pub mod terminal;
