//! A GitHub on loopback: one in-memory state over a real bare git repository, spoken to by the program's true client.

mod artifacts;
mod checks;
mod objects;
mod routes;
mod shapes;
mod weather;

use std::net::TcpListener;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard};

use serde_json::Value;

use super::machine::Machine;
use super::repository::Repository;

pub use artifacts::{Left, zipped};
pub use objects::{BOT, Objects};

/// The one repository there is.
pub const REPOSITORY: &str = "octo-org/adder";

/// The token that the fake takes.
pub const TOKEN: &str = "ghs_0123456789abcdefghijklmnopqrstuvwxyz";

/// A finished run and its jobs.
#[derive(Clone)]
pub struct Run {
    pub id: u64,
    pub attempt: u32,
    pub workflow_name: String,
    pub workflow_path: String,
    pub event: String,
    pub conclusion: String,
    pub head_branch: Option<String>,
    pub head_sha: String,
    /// `None` is a deleted fork.
    pub head_repository: Option<String>,
    pub actor: String,
    pub triggering_actor: String,
    /// Numbers, as GitHub lists them for runs that are no fork's.
    pub pull_requests: Vec<u64>,
    pub jobs: Vec<Job>,
}

#[derive(Clone)]
pub struct Job {
    pub id: u64,
    pub name: String,
    pub conclusion: String,
    /// Name and conclusion.
    pub steps: Vec<(String, String)>,
    pub log: Vec<u8>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pull {
    pub number: u64,
    pub title: String,
    pub body: String,
    pub head: String,
    pub head_repository: String,
    pub base: String,
    pub open: bool,
    pub merged: bool,
    pub draft: bool,
    pub user: String,
    pub labels: Vec<String>,
    pub reviewers: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comment {
    pub id: u64,
    pub number: u64,
    pub user: String,
    pub body: String,
}

/// What a request is answered with instead, `times` times.
pub struct Fault {
    pub method: &'static str,
    pub path_contains: String,
    pub status: u16,
    pub message: String,
    pub times: u32,
}

/// One question and its answer, as they went over the wire.
#[derive(Clone)]
pub struct Exchange {
    pub method: String,
    pub path: String,
    pub query: String,
    pub request: Option<Value>,
    pub status: u16,
    pub response: Option<Value>,
}

pub struct State {
    pub objects: Objects,
    pub runs: Vec<Run>,
    pub pulls: Vec<Pull>,
    pub comments: Vec<Comment>,
    /// Run, environment, `approved` or `rejected`, who.
    pub approvals: Vec<(u64, String, String, String)>,
    /// What is noted at the check of a run that did not start.
    pub annotations: Vec<String>,
    /// Runs whose failed jobs were started again.
    pub reruns: Vec<u64>,
    pub left: Left,
    pub faults: Vec<Fault>,
    pub exchanges: Vec<Exchange>,
    /// What a client must never do, and did.
    pub misuse: Vec<String>,
    pub weather: weather::Weather,
    /// Where logs are kept: another server, which takes no token.
    storage: String,
}

/// Serves until the test program ends.
pub struct FakeGithub {
    url: String,
    state: Arc<Mutex<State>>,
}

impl FakeGithub {
    /// A GitHub that holds every branch of `source`.
    pub fn start(machine: &Machine, source: &Repository<'_>) -> Self {
        let (api, storage) = (listen(), listen());
        let address = |listener: &TcpListener| format!("http://{}", listener.local_addr().expect("an address"));
        let url = address(&api);
        let state = Arc::new(Mutex::new(State {
            objects: Objects::clone_of(source.folder(), machine.folder().join("github.git")),
            runs: Vec::new(),
            pulls: Vec::new(),
            comments: Vec::new(),
            approvals: Vec::new(),
            annotations: Vec::new(),
            reruns: Vec::new(),
            left: Left::default(),
            faults: Vec::new(),
            exchanges: Vec::new(),
            misuse: Vec::new(),
            weather: weather::Weather::default(),
            storage: address(&storage),
        }));
        routes::serve(api, routes::api(Arc::clone(&state)));
        routes::serve(storage, routes::storage(Arc::clone(&state)));
        Self { url, state }
    }

    /// What `GITHUB_API_URL` is set to.
    pub fn url(&self) -> &str {
        &self.url
    }

    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// Adds a failed push run of one job to `branch` as it stands, and gives back the run's id.
    pub fn failed_run(&self, branch: &str, job: &str, step: &str, log: &[u8]) -> u64 {
        let mut state = self.state();
        let id = 9_000_000_000 + state.runs.len() as u64;
        let head_sha = state.objects.resolve(&format!("refs/heads/{branch}")).expect("a branch of the repository");
        let steps = [("Set up job", "success"), ("Run actions/checkout@v6", "success"), (step, "failure")];
        state.runs.push(Run {
            id,
            attempt: 1,
            workflow_name: "CI".to_owned(),
            workflow_path: ".github/workflows/ci.yml".to_owned(),
            event: "push".to_owned(),
            conclusion: "failure".to_owned(),
            head_branch: Some(branch.to_owned()),
            head_sha,
            head_repository: Some(REPOSITORY.to_owned()),
            actor: "octocat".to_owned(),
            triggering_actor: "octocat".to_owned(),
            pull_requests: Vec::new(),
            jobs: vec![Job {
                id: id * 10,
                name: job.to_owned(),
                conclusion: "failure".to_owned(),
                steps: steps.map(|(name, conclusion)| (name.to_owned(), conclusion.to_owned())).into(),
                log: log.to_vec(),
            }],
        });
        id
    }

    /// The `workflow_run` event of a run, as a runner writes it to `GITHUB_EVENT_PATH`.
    pub fn event(&self, run_id: u64) -> String {
        let state = self.state();
        let run = state.runs.iter().find(|run| run.id == run_id).expect("a run of the fake");
        let mut event = shapes::payload();
        event["workflow_run"] = shapes::run(run, &state.objects);
        event.to_string()
    }

    /// The next `times` requests of this kind are answered with a fault.
    pub fn fail(&self, method: &'static str, path_contains: &str, status: u16, message: &str, times: u32) {
        let fault =
            Fault { method, path_contains: path_contains.to_owned(), status, message: message.to_owned(), times };
        self.state().faults.push(fault);
    }

    /// A person approves (or not) what a run waits for.
    pub fn approve(&self, run_id: u64, environment: &str, state: &str, login: &str) {
        self.state().approvals.push((run_id, environment.to_owned(), state.to_owned(), login.to_owned()));
    }

    /// A person's pull request.
    pub fn open_pull(&self, head: &str, base: &str) -> u64 {
        let mut state = self.state();
        let number = 100 + state.pulls.len() as u64;
        state.pulls.push(Pull {
            number,
            title: "Something new".to_owned(),
            body: String::new(),
            head: head.to_owned(),
            head_repository: REPOSITORY.to_owned(),
            base: base.to_owned(),
            open: true,
            merged: false,
            draft: false,
            user: "octocat".to_owned(),
            labels: Vec::new(),
            reviewers: Vec::new(),
        });
        number
    }

    /// A file of a branch; `None` when there is none.
    pub fn file(&self, branch: &str, path: &str) -> Option<Vec<u8>> {
        let state = self.state();
        let sha = state.objects.ok(&["rev-parse", &format!("refs/heads/{branch}:{path}")]);
        state.objects.blob(sha.trim())
    }

    /// The paths that differ between two branches, with their modes: `M 100644 app.py`.
    pub fn changed(&self, from: &str, to: &str) -> Vec<String> {
        let listed = self.state().objects.ok(&["diff-tree", "-r", "--no-renames", from, to]);
        let line = |line: &str| {
            let (meta, path) = line.split_once('\t').expect("a line of diff-tree");
            let fields: Vec<&str> = meta.split(' ').collect();
            format!("{} {} {path}", fields[4], fields[1])
        };
        listed.lines().filter(|line| line.starts_with(':')).map(line).collect()
    }

    /// Every write that was asked for, as `POST /path`.
    pub fn writes(&self) -> Vec<String> {
        let state = self.state();
        // GraphQL is only ever asked, and it is asked by POST.
        let is_write = |exchange: &&Exchange| exchange.method != "GET" && exchange.path != "/graphql";
        let writes = state.exchanges.iter().filter(is_write);
        writes.map(|exchange| format!("{} {}", exchange.method, exchange.path)).collect()
    }

    /// Fails the test when the client did what no client may.
    #[track_caller]
    pub fn must_be_well_treated(&self) {
        assert_eq!(self.state().misuse, Vec::<String>::new());
    }

    /// Takes over what the work tree has committed since.
    pub fn push(&self, source: &Path) {
        self.state().objects.fetch(source);
    }
}

fn listen() -> TcpListener {
    TcpListener::bind("127.0.0.1:0").expect("listen on loopback")
}
