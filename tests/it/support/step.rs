//! A step of GitHub Actions: the variables a runner gives it, and the outputs and the summary it takes back.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::path::PathBuf;

use super::github::{FakeGithub, REPOSITORY};
use super::machine::{Ended, Machine, Program};
use super::project::RUNNER_VARIABLES;

/// The run that self-heal itself is in.
pub const OWN_RUN: u64 = 77;

/// One step on one machine. Its files are its own, so two steps never mix their outputs.
pub struct Step<'a> {
    machine: &'a Machine,
    github: &'a FakeGithub,
    folder: PathBuf,
}

impl<'a> Step<'a> {
    /// `name` tells the steps of one machine apart; `event` is the payload that started the run.
    pub fn new(machine: &'a Machine, github: &'a FakeGithub, name: &str, event: &str) -> Self {
        let folder = machine.folder().join("steps").join(name);
        fs::create_dir_all(&folder).expect("make the step's folder");
        fs::write(folder.join("event.json"), event).expect("write the event");
        Self { machine, github, folder }
    }

    /// Where this job's bundles are put.
    pub fn runner_temp(&self) -> PathBuf {
        self.machine.folder().join("runner-temp")
    }

    /// Runs the binary as the action does; tokens and keys are among the variables, where the step has any.
    pub fn self_heal<A: AsRef<OsStr>>(
        &self,
        arguments: impl IntoIterator<Item = A>,
        variables: &[(&str, &str)],
    ) -> Ended {
        self.program(arguments, variables).run()
    }

    /// The same, before it is started.
    pub fn program<A: AsRef<OsStr>>(
        &self,
        arguments: impl IntoIterator<Item = A>,
        variables: &[(&str, &str)],
    ) -> Program {
        fs::create_dir_all(self.runner_temp()).expect("make the runner's temporary folder");
        let mut program = self.machine.self_heal(arguments);
        for (name, value) in RUNNER_VARIABLES {
            program = program.variable(name, value);
        }
        program = program
            .variable("GITHUB_API_URL", self.github.url())
            .variable("GITHUB_EVENT_NAME", "workflow_run")
            .variable("GITHUB_EVENT_PATH", self.folder.join("event.json"))
            .variable("GITHUB_OUTPUT", self.folder.join("output"))
            .variable("GITHUB_REF", "refs/heads/main")
            .variable("GITHUB_REPOSITORY", REPOSITORY)
            .variable("GITHUB_RUN_ID", OWN_RUN.to_string())
            .variable("GITHUB_SHA", self.own_commit())
            .variable("GITHUB_STEP_SUMMARY", self.folder.join("summary.md"))
            .variable("GITHUB_WORKFLOW_REF", format!("{REPOSITORY}/.github/workflows/self-heal.yml@refs/heads/main"))
            .variable("RUNNER_TEMP", self.runner_temp());
        // Last, so that a test can say otherwise.
        for (name, value) in variables {
            program = program.variable(name, value);
        }
        program
    }

    /// A `workflow_run` runs on the default branch as it stands.
    fn own_commit(&self) -> String {
        self.github.state().objects.resolve("refs/heads/main").expect("a default branch")
    }

    /// Every output of the step; each is one line, `name=value`.
    pub fn outputs(&self) -> BTreeMap<String, String> {
        let text = fs::read_to_string(self.folder.join("output")).unwrap_or_default();
        text.lines()
            .map(|line| line.split_once('=').unwrap_or_else(|| panic!("no output: {line:?}")))
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect()
    }

    pub fn summary(&self) -> String {
        fs::read_to_string(self.folder.join("summary.md")).unwrap_or_default()
    }
}
