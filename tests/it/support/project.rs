//! A broken project of `fixtures/projects/`: laid out as a repository, really run, and given its answers.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock};

use serde::Deserialize;

use super::github::REPOSITORY;
use super::github_log::{JobLog, Run, SHELL_DEFAULT};
use super::machine::{Ended, Machine, package, tools};
use super::repository::Repository;

/// What a runner sets, and what some tools choose their output by.
pub const RUNNER_VARIABLES: [(&str, &str); 2] = [("CI", "true"), ("GITHUB_ACTIONS", "true")];

/// The job that fails in every fixture project, and the workflow it is in.
pub const JOB: &str = "check";
pub const WORKFLOW_PATH: &str = ".github/workflows/ci.yml";

/// `case.toml`: what the project is and what must be said of it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Case {
    pub about: String,
    pub language: String,
    pub tool: String,
    pub breaks: String,
    pub command: String,
    pub needs: Vec<String>,
    pub healed_by: HealedBy,
    pub failure: Expected,
    pub answers: Answers,
}

/// Which rung of the ladder gives the right answer.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum HealedBy {
    Tool,
    Model,
}

/// The root failure that must be read from the log.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Expected {
    pub r#type: String,
    pub file: String,
    pub line: Option<u64>,
    pub code: Option<String>,
    pub test: Option<String>,
    pub message_contains: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answers {
    pub right: Ending,
    pub wrong: Ending,
    pub cheat: Ending,
}

/// How self-heal must end when it is given an answer.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ending {
    pub outcome: String,
    pub reason: Option<String>,
}

/// One of the three answers that every project has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    Right,
    Wrong,
    Cheat,
}

pub struct Project {
    pub name: String,
    pub case: Case,
    folder: PathBuf,
}

/// One run of a project's command, and where it was.
struct Failed {
    workspace: String,
    output: Vec<u8>,
    exit: i32,
}

/// `bytes` with every `old` made `new`.
fn replaced(bytes: &[u8], old: &[u8], new: &[u8]) -> Vec<u8> {
    let mut replaced = Vec::with_capacity(bytes.len());
    let mut from = 0;
    for at in memchr::memmem::find_iter(bytes, old) {
        replaced.extend_from_slice(&bytes[from..at]);
        replaced.extend_from_slice(new);
        from = at + old.len();
    }
    replaced.extend_from_slice(&bytes[from..]);
    replaced
}

/// `self-heal/edits/v1` as the answers are written.
#[derive(Debug, Deserialize)]
struct Edits {
    edits: Vec<Edit>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged, deny_unknown_fields)]
enum Edit {
    Replace { file: String, search: String, replace: String },
    Create { file: String, create: String },
    Delete { file: String, delete: bool },
}

/// The names of all projects, sorted.
pub fn names() -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(package().join("fixtures/projects"))
        .expect("list the projects")
        .map(|entry| entry.expect("list the projects"))
        .filter(|entry| entry.path().is_dir())
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

impl Expected {
    /// Whether this entry of `failures` in `failure.json` is the one the case names.
    pub fn is(&self, failure: &serde_json::Value) -> bool {
        let same = |name: &str, wanted: Option<&str>| wanted.is_none_or(|wanted| failure[name] == wanted);
        same("type", Some(&self.r#type))
            && same("file", Some(&self.file))
            && same("code", self.code.as_deref())
            && same("test", self.test.as_deref())
            && self.line.is_none_or(|line| failure["line"] == line)
            && failure["message"].as_str().is_some_and(|message| message.contains(&self.message_contains))
    }
}

impl Project {
    pub fn named(name: &str) -> Self {
        let folder = package().join("fixtures/projects").join(name);
        let case = fs::read_to_string(folder.join("case.toml")).expect("read case.toml");
        let case = toml::from_str(&case).unwrap_or_else(|error| panic!("{name}/case.toml: {error}"));
        Self { name: name.to_owned(), case, folder }
    }

    /// A copy of the project as one commit, where a runner would have it, with the tools it needs at hand.
    pub fn lay_out<'a>(&self, machine: &'a Machine) -> Repository<'a> {
        let work_tree = machine.folder().join("work").join(&self.name).join(&self.name);
        let repository = Repository::new(machine, work_tree);
        let source = self.folder.join("project");
        for entry in walkdir::WalkDir::new(&source).min_depth(1) {
            let entry = entry.expect("list the project");
            if entry.file_type().is_file() {
                let path = entry.path().strip_prefix(&source).expect("a path below it").to_string_lossy();
                repository.write(&path, fs::read(entry.path()).expect("read the project"));
            }
        }
        repository.write(WORKFLOW_PATH, self.workflow());
        repository.commit("The project as it is");
        self.link_tools(repository.folder());
        repository
    }

    /// The workflow whose job runs the command, with nothing but what the job needs.
    fn workflow(&self) -> String {
        let command = self.case.command.replace('\n', "\n          ");
        format!(
            "name: CI\non: [push]\njobs:\n  {JOB}:\n    runs-on: ubuntu-24.04\n    steps:\n      \
             - uses: actions/checkout@v6\n      - run: |\n          {command}\n"
        )
    }

    fn link_tools(&self, work_tree: &Path) {
        for need in &self.case.needs {
            let there = match need.as_str() {
                "python" => tools().join("python/bin"),
                "node" => tools().join("node/node_modules"),
                _ => continue,
            };
            assert!(there.exists(), "{} is not there: dist-scripts/test.sh installs it", there.display());
            if need == "node" {
                symlink(there, work_tree.join("node_modules")).expect("link node_modules");
            }
        }
    }

    /// Runs the project's command as a runner does, both outputs in one log.
    pub fn run(&self, machine: &Machine, work_tree: &Path) -> Ended {
        let script = machine.folder().join("step.sh");
        fs::write(&script, &self.case.command).expect("write the step's script");
        let mut program = machine.program("bash", ["-e".as_ref(), script.as_os_str()]).directory(work_tree);
        for (name, value) in RUNNER_VARIABLES {
            program = program.variable(name, value);
        }
        program.outputs_together().run()
    }

    /// The log of the job that ran the command and failed, as GitHub serves it.
    pub fn job_log(&self, machine: &Machine, repository: &Repository<'_>) -> Vec<u8> {
        let workspace = repository.folder().to_string_lossy();
        let (output, exit) = self.failed(machine, repository);
        let mut log = JobLog::begin(JOB, REPOSITORY, &workspace, &repository.head());
        log.run(&Run { script: &self.case.command, shell: SHELL_DEFAULT, variables: &[], output: &output, exit });
        log.end()
    }

    /// What the command prints on the broken project, and its exit code. It is really run, once for all tests of this
    /// program; each sees its own workspace in it.
    pub fn failed(&self, machine: &Machine, repository: &Repository<'_>) -> (Vec<u8>, i32) {
        static RUNS: Mutex<BTreeMap<String, Arc<OnceLock<Failed>>>> = Mutex::new(BTreeMap::new());
        let run = Arc::clone(RUNS.lock().expect("no test panics here").entry(self.name.clone()).or_default());
        let here = repository.folder().to_string_lossy().into_owned();
        let failed = run.get_or_init(|| {
            let ended = self.run(machine, repository.folder());
            Failed { workspace: here.clone(), output: ended.stdout, exit: ended.code.expect("an exit code") }
        });
        (replaced(&failed.output, failed.workspace.as_bytes(), here.as_bytes()), failed.exit)
    }

    pub fn ending(&self, answer: Answer) -> &Ending {
        match answer {
            Answer::Right => &self.case.answers.right,
            Answer::Wrong => &self.case.answers.wrong,
            Answer::Cheat => &self.case.answers.cheat,
        }
    }

    /// The answer as a model would give it, `self-heal/edits/v1`.
    pub fn answer(&self, answer: Answer) -> String {
        let file = match answer {
            Answer::Right => "right.json",
            Answer::Wrong => "wrong.json",
            Answer::Cheat => "cheat.json",
        };
        fs::read_to_string(self.folder.join(file)).expect("read the answer")
    }

    /// Carries the answer out by hand, with none of the program's own code.
    pub fn apply(&self, answer: Answer, repository: &Repository<'_>) {
        let text = self.answer(answer);
        let edits: Edits = serde_json::from_str(&text).expect("an answer of the published form");
        for edit in edits.edits {
            match edit {
                Edit::Replace { file, search, replace } => {
                    let before = repository.read(&file);
                    assert_eq!(before.matches(&search).count(), 1, "{search:?} in {file} of {}", self.name);
                    repository.write(&file, before.replace(&search, &replace));
                }
                Edit::Create { file, create } => repository.write(&file, create),
                Edit::Delete { file, delete } => {
                    assert!(delete, "an edit that deletes nothing in {}", self.name);
                    fs::remove_file(repository.folder().join(file)).expect("delete the file");
                }
            }
        }
    }
}
