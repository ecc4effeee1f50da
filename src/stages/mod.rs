//! The verbs: one pure module per arrow of the data's way. Text and nouns in, nouns out; no IO, no async, no clock.

pub mod trigger;
pub mod startup;
pub mod checkout;
pub mod clean;
pub mod report;
pub mod matchers;
pub mod extract;
pub mod fingerprint;
pub mod classify;
pub mod workflow;
pub mod reproduce;
pub mod checks;
pub mod gate;
pub mod context;
pub mod remedy;
pub mod budget;
pub mod diagnose;
pub mod patch;
pub mod policy;
pub mod guard;
pub mod validate;
pub mod risk;
pub mod audit;
pub mod render;
pub mod memory;
pub mod eval;
