//! The rules, one file an area: what a line says about why something failed. Pure data.
//!
//! To teach a rule, add it to the file of its area, say in its comment what it is true of and where the tool's own
//! source or documentation says so, and drop a log that shows it, and one that would mislead it, into
//! `fixtures/golden/`. Order is only for reading: the weightiest evidence decides, wherever its rule stands.

mod network;
mod http;
mod registry;
mod credentials;
mod cloud;
mod containers;
mod git;
mod runner;
mod machine;
mod gpu;
mod programs;
mod workflow;
mod repository;
mod code;

use super::rule::Rule;

/// Every built-in rule.
pub fn built_in() -> impl Iterator<Item = &'static Rule> {
    let areas: [&[Rule]; 14] = [
        network::RULES,
        http::RULES,
        registry::RULES,
        credentials::RULES,
        cloud::RULES,
        containers::RULES,
        git::RULES,
        runner::RULES,
        machine::RULES,
        gpu::RULES,
        programs::RULES,
        workflow::RULES,
        repository::RULES,
        code::RULES,
    ];
    areas.into_iter().flatten()
}
