//! What runs other tools, and what any of them may say in the runner's own words.

mod pre_commit;
mod bazel;
mod tap;
pub mod workflow_command;

use super::form::Form;
use super::reader::Make;

pub const READERS: &[Make] = &[
    || Box::new(pre_commit::PreCommit::default()),
    || Box::new(tap::Tap::default()),
    || Box::new(workflow_command::WorkflowCommand),
];

pub const FORMS: &[&Form] = &[&bazel::ACTION, &bazel::BUILD, &bazel::TEST];
