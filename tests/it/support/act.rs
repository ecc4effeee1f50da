//! Workflow files run as GitHub runs them, by `act`: on this machine, without containers, with stand-ins for GitHub's actions.
//!
//! What it does not do: environments and their approvals, permissions, concurrency, and keeping masked values out of outputs.
//! Of a step that fails it may lose the last lines: it does not wait for its own reader, so no test may look for them.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::github::{FakeGithub, REPOSITORY, TOKEN};
use super::machine::{Ended, Machine, Program, Running, package, tools};
use super::step::OWN_RUN;

/// GitHub's own actions that our workflows use, each with a stand-in of that name.
const STAND_INS: [&str; 3] = ["checkout", "upload-artifact", "download-artifact"];

/// What `runs-on` may say.
const RUNNERS: [&str; 2] = ["ubuntu-24.04", "ubuntu-latest"];

/// One run of one workflow file, in the making.
pub struct Act<'a> {
    machine: &'a Machine,
    workflow: PathBuf,
    event_name: String,
    event: String,
    actions: BTreeMap<String, PathBuf>,
    variables: BTreeMap<String, String>,
    secrets: BTreeMap<String, String>,
}

impl<'a> Act<'a> {
    /// Runs this file, which GitHub would have under `.github/workflows/`.
    pub fn new(machine: &'a Machine, workflow: impl Into<PathBuf>) -> Self {
        let workflow = workflow.into();
        let stand_ins = package().join("tests/it/support/actions");
        let file = workflow.file_name().expect("a file").to_string_lossy().into_owned();
        let mut act = Self {
            machine,
            workflow,
            event_name: "workflow_dispatch".to_owned(),
            event: "{}".to_owned(),
            actions: STAND_INS.map(|name| (format!("actions/{name}"), stand_ins.join(name))).into(),
            variables: BTreeMap::new(),
            secrets: BTreeMap::new(),
        };
        act.set("GITHUB_REF", "refs/heads/main");
        act.set("GITHUB_REPOSITORY", REPOSITORY);
        act.set("GITHUB_RUN_ID", OWN_RUN);
        act.set("GITHUB_WORKFLOW_REF", format!("{REPOSITORY}/.github/workflows/{file}@refs/heads/main"));
        act.set("SHA_REF", "0".repeat(40));
        act.set("STAND_IN_ARTIFACTS", act.artifacts().display());
        // It gives every step a terminal, which GitHub does not.
        act.set("GIT_PAGER", "cat");
        act.set("TERM", "dumb");
        act
    }

    /// The run is in the fake GitHub's repository: its API, its commits, its token.
    #[must_use]
    pub fn against(mut self, github: &FakeGithub) -> Self {
        let (commit, repository) = {
            let state = github.state();
            (state.objects.resolve("refs/heads/main").expect("a default branch"), state.objects.folder().to_owned())
        };
        self.set("GITHUB_API_URL", github.url());
        self.set("SHA_REF", commit);
        self.set("STAND_IN_REPOSITORY", repository.display());
        self.secret("GITHUB_TOKEN", TOKEN)
    }

    /// What started the run, and its payload.
    #[must_use]
    pub fn event(mut self, name: &str, payload: impl ToString) -> Self {
        name.clone_into(&mut self.event_name);
        self.event = payload.to_string();
        self
    }

    /// Every `uses: OWNER/NAME@…` of this name, whatever its reference, is the action in this folder.
    #[must_use]
    pub fn action(mut self, name: &str, folder: impl Into<PathBuf>) -> Self {
        self.actions.insert(name.to_owned(), folder.into());
        self
    }

    /// A variable that every step sees.
    #[must_use]
    pub fn variable(mut self, name: &str, value: impl ToString) -> Self {
        self.set(name, value);
        self
    }

    #[must_use]
    pub fn secret(mut self, name: &str, value: &str) -> Self {
        self.secrets.insert(name.to_owned(), value.to_owned());
        self
    }

    /// Where the upload's stand-in keeps what it is given, by number.
    pub fn artifacts(&self) -> PathBuf {
        self.machine.folder().join("artifacts")
    }

    /// Runs it to its end.
    #[track_caller]
    pub fn run(self) -> Played {
        Played::of(self.program().run())
    }

    /// Starts it, for a test that stops it.
    #[track_caller]
    pub fn start(self) -> Running {
        self.program().start()
    }

    fn set(&mut self, name: &str, value: impl ToString) {
        self.variables.insert(name.to_owned(), value.to_string());
    }

    fn program(&self) -> Program {
        let act = tools().join("bin/act");
        assert!(act.exists(), "{} is not there: run dist-scripts/tools.sh", act.display());
        // Its own folder is copied nowhere, because the checkout's stand-in fills the workspace.
        let folder = self.machine.folder().join("act");
        fs::create_dir_all(folder.join("empty")).expect("make a folder for act");
        let event = folder.join("event.json");
        fs::write(&event, &self.event).expect("write the event");
        let mut arguments: Vec<String> = vec![self.event_name.clone(), "--json".to_owned()];
        for switch in ["action-offline-mode", "use-new-action-cache", "no-skip-checkout", "no-cache-server"] {
            arguments.push(format!("--{switch}"));
        }
        let mut give = |name: &str, value: String| arguments.push(format!("--{name}={value}"));
        // Somebody who may write in the fake GitHub's repository.
        give("actor", "octocat".to_owned());
        give("workflows", self.workflow.display().to_string());
        give("eventpath", event.display().to_string());
        give("directory", folder.join("empty").display().to_string());
        give("action-cache-path", folder.join("cache").display().to_string());
        for runner in RUNNERS {
            give("platform", format!("{runner}=-self-hosted"));
        }
        for (reference, path) in self.used() {
            give("local-repository", format!("{reference}={}", path.display()));
        }
        for (name, value) in &self.variables {
            give("env", format!("{name}={value}"));
        }
        for (name, value) in &self.secrets {
            give("secret", format!("{name}={value}"));
        }
        self.machine.program(&act.to_string_lossy(), arguments.iter().map(OsStr::new)).outputs_together()
    }

    /// Each `OWNER/NAME@REFERENCE` of the file, with the folder that stands for it.
    fn used(&self) -> Vec<(String, &Path)> {
        let text = fs::read_to_string(&self.workflow).expect("read the workflow");
        let references = text.lines().filter_map(|line| {
            let line = line.trim_start().trim_start_matches("- ");
            line.strip_prefix("uses:")?.split_whitespace().next().map(str::to_owned)
        });
        references
            .filter(|reference| !reference.starts_with('.'))
            .map(|reference| {
                let (name, _) = reference.split_once('@').expect("a reference");
                let folder = self.actions.get(name).unwrap_or_else(|| panic!("nothing stands for {reference}"));
                (reference, folder.as_path())
            })
            .collect()
    }
}

/// A run that has ended.
pub struct Played {
    ended: Ended,
    lines: Vec<Value>,
}

impl Played {
    fn of(ended: Ended) -> Self {
        let lines = ended.stdout().lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
        Self { ended, lines }
    }

    /// How a job of this id ended: `success`, `failure`, or nothing where it was skipped.
    pub fn job(&self, id: &str) -> Option<&str> {
        self.lines.iter().filter(|line| line["jobID"] == id).find_map(|line| line["jobResult"].as_str())
    }

    /// How a step of a job ended, by its `id:`, or by its number from 0 where it has none.
    pub fn step(&self, job: &str, id: &str) -> Option<&str> {
        let lines = self.of_step(job, id).into_iter().filter(|line| line["stage"] == "Main");
        lines.filter_map(|line| line["stepResult"].as_str()).next()
    }

    /// The outputs that a step has set, in the end.
    pub fn outputs(&self, job: &str, id: &str) -> BTreeMap<String, String> {
        let set = self.of_step(job, id).into_iter().filter(|line| line["command"] == "set-output");
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        set.map(|line| (text(&line["name"]), text(&line["arg"]))).collect()
    }

    /// What a step wrote into the job's summary.
    pub fn summary(&self, job: &str, id: &str) -> String {
        let written = self.of_step(job, id).into_iter().filter(|line| line["command"] == "summary");
        written.filter_map(|line| line["content"].as_str()).collect()
    }

    /// What the steps of a job have said: the lines that a person reads on GitHub.
    pub fn said(&self, job: &str) -> String {
        let said = self.lines.iter().filter(|line| line["jobID"] == job && line["raw_output"] == true);
        said.filter_map(|line| line["msg"].as_str()).map(|line| line.replace("\r\n", "\n")).collect()
    }

    /// Everything that was printed, for a test that looks for what must not be there.
    pub fn log(&self) -> String {
        self.ended.stdout()
    }

    /// Fails the test, with what was said, unless every job that ran has succeeded.
    #[track_caller]
    pub fn must_succeed(self) -> Self {
        assert!(self.ended.success(), "{}", self.told());
        self
    }

    /// Fails the test, with what was said, unless some job has failed.
    #[track_caller]
    pub fn must_fail(self) -> Self {
        assert!(!self.ended.success(), "{}", self.told());
        self
    }

    fn told(&self) -> String {
        let text = |line: &Value| match (&line["job"], &line["msg"]) {
            (Value::String(job), Value::String(message)) => format!("[{job}] {}", message.trim_end()),
            _ => line.to_string(),
        };
        let log = self.log();
        let plain = log.lines().filter(|line| !line.starts_with('{')).map(str::to_owned);
        self.lines.iter().map(text).chain(plain).collect::<Vec<_>>().join("\n")
    }

    /// The lines about a step itself; those about the steps inside an action bear more than one id.
    fn of_step(&self, job: &str, id: &str) -> Vec<&Value> {
        let is_one = |ids: &Vec<Value>| ids.len() == 1 && ids[0] == id;
        let about = |line: &&Value| line["jobID"] == job && line["stepID"].as_array().is_some_and(is_one);
        self.lines.iter().filter(about).collect()
    }
}
