//! The example workflows, as GitHub itself would read and evaluate them.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use serde::Deserialize;
use serde_json::{Value, json};

use super::machine::{Machine, package, tools};

/// An example workflow of `fixtures/workflows/`.
pub struct Example {
    pub name: &'static str,
    pub text: String,
    /// As YAML has it, for what no expression decides.
    pub yaml: Value,
}

/// What a job becomes with certain contexts.
#[derive(Debug, Deserialize)]
pub struct Evaluated {
    pub runs: bool,
    pub environment: Option<String>,
    pub group: Option<String>,
    pub steps: Vec<EvaluatedStep>,
}

#[derive(Debug, Deserialize)]
pub struct EvaluatedStep {
    pub uses: Option<String>,
    pub runs: bool,
    pub with: BTreeMap<String, String>,
}

/// A job, the contexts it is evaluated with, and how what went before has ended.
pub struct Question {
    pub job: String,
    pub contexts: Value,
    pub status: &'static str,
}

#[derive(Deserialize)]
struct Answered {
    errors: Vec<String>,
    answers: Vec<Evaluated>,
}

/// Every example, by its file's name.
pub const NAMES: [&str; 5] = ["dispatch", "inside", "no-key", "shared", "split"];

impl Example {
    pub fn named(name: &'static str) -> Self {
        let path = folder().join(format!("{name}.yml"));
        let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let yaml = serde_saphyr::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        Self { name, text, yaml }
    }

    pub fn all() -> Vec<Self> {
        let mut found: Vec<String> = fs::read_dir(folder())
            .expect("list the examples")
            .map(|entry| entry.expect("an example").file_name().to_string_lossy().into_owned())
            .collect();
        found.sort();
        assert_eq!(found, NAMES.map(|name| format!("{name}.yml")), "an example that no test looks at");
        NAMES.map(Self::named).into()
    }

    /// Identifier and job, as YAML has them.
    pub fn jobs(&self) -> impl Iterator<Item = (&String, &Value)> {
        self.yaml["jobs"].as_object().expect("jobs").iter()
    }

    /// The job that publishes what was proven.
    pub fn publisher(&self) -> (&String, &Value) {
        self.jobs().find(|(_, job)| job["environment"].is_object()).expect("a job that waits for a person")
    }

    /// The jobs with these contexts, by GitHub's own parser and expressions.
    #[track_caller]
    pub fn evaluated(&self, questions: &[Question]) -> Vec<Evaluated> {
        let questions: Vec<Value> = questions
            .iter()
            .map(|asked| json!({ "job": asked.job, "contexts": asked.contexts, "status": asked.status }))
            .collect();
        let script = package().join("fixtures/tools/actions/evaluate.mjs");
        let libraries = tools().join("actions/actions.cjs");
        let machine = Machine::new();
        let ended = machine
            .program("node", [&script, &libraries])
            .input(json!({ "workflow": self.text, "questions": questions }).to_string())
            .run();
        let answered: Answered = serde_json::from_slice(&ended.stdout)
            .unwrap_or_else(|error| panic!("{}: {error}: {}", self.name, ended.stderr()));
        assert_eq!(answered.errors, Vec::<String>::new(), "{}", self.name);
        answered.answers
    }
}

fn folder() -> PathBuf {
    package().join("fixtures/workflows")
}
