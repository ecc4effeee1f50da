//! The tests that run the program as a whole, and the one that holds the law of the house.
#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "a test is outside the program: it looks at files, starts programs and reads the clock"
)]

mod architecture;
mod support;
mod classify;
mod golden;
mod projects;
mod keys;
mod commands;
mod terminal;
mod gate;
mod inside;
mod merges;
mod legs;
mod cancel;
mod events;
mod memory;
mod reports;
mod matchers;
mod publish;
mod contract;
mod models;
mod action;
mod lints;
mod workflows;
mod limits;
mod examples;
