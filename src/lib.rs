//! self-heal reads a failed CI run, decides whether a machine should touch it, makes the smallest patch, proves it
//! red → green → red → green, computes a risk tier by code, and hands it over for approval.
//!
//! # The map
//!
//! One law: **a module imports only modules declared above it in the same `mod` list.** The list below is then the
//! reading order, the dependency order and the proof that there is no cycle; `tests/it/architecture.rs` holds it.
//!
//! - `domain`: the nouns, in the order the data meets them. No IO, no async, no clock, nothing serialised.
//! - `text`: small pure helpers for text that people or machines read.
//! - `config`: the policy as written, the policy as meant, the inputs of one call.
//! - `stages`: the verbs. One pure module per arrow of the data's way; they do not know each other's edges.
//! - `edge`: everything that touches the world; the only IO and the only clock. Edges do not know each other.
//! - `flows`: one page each, where stages and edges meet. Read `flows/heal.rs` and you have read the program.
//! - `exit`, `cli`: what the outside sees.
//!
//! `watch` is a package of its own, in `src/watch`: it looks at every byte of a log, so it alone is optimised for speed.

mod domain;
mod text;
mod config;
mod stages;
mod edge;
mod flows;
mod exit;
mod cli;

pub use cli::main;
