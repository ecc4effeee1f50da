//! What the tests stand on: a machine of its own for each, real repositories, real projects, and servers on loopback.

pub mod machine;
pub mod repository;
pub mod snapshot;
pub mod github_log;
pub mod github;
pub mod bundle;
pub mod openapi;
pub mod graphql;
pub mod project;
pub mod step;
pub mod act;
pub mod assets;
pub mod example;
#[path = "../../../src/edge/model/fake.rs"]
pub mod model;
