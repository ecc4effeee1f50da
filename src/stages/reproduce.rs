//! The workflow file and the log become the command that failed (P13).

use crate::domain::failure::{Reproduce, ReproduceFrom};
use crate::domain::log::RunBlock;
use crate::domain::run::Step;

/// Everything that is known of the failing step.
#[derive(Clone, Copy, Debug, Default)]
pub struct Asked<'a> {
    /// The path of the workflow file, `.github/workflows/ci.yml`; `None` when only a log is known.
    pub workflow: Option<&'a str>,
    /// The job's name as GitHub shows it: `caller / job (leg)`.
    pub job: Option<&'a str>,
    /// The job's steps as the API tells them.
    pub steps: &'a [Step],
    pub blocks: &'a [RunBlock],
}

/// How to make a failure happen again, or why that cannot be known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reproduction {
    Command(Reproduce),
    Unknown(WhyNot),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WhyNot {
    /// Neither a workflow file nor a `Run` block says what ran.
    NothingSaid,
}

/// `read` gives a file's text at the failing commit, by its path from the repository root.
pub fn reproduce(asked: &Asked<'_>, _read: &dyn Fn(&str) -> Option<String>) -> Reproduction {
    match asked.blocks.last() {
        Some(block) => Reproduction::Command(Reproduce {
            command: block.command.join("\n"),
            shell: block.shell.clone().unwrap_or_else(|| "bash -e {0}".to_owned()),
            directory: ".".to_owned(),
            env: Vec::new(),
            from: ReproduceFrom::Log,
        }),
        None => Reproduction::Unknown(WhyNot::NothingSaid),
    }
}
