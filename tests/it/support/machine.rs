//! A machine of its own for each test: home, temporary folder and path, and nothing else of the one it runs on.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::io::{Read, Write};
use std::os::unix::fs::symlink;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use rexpect::session::PtySession;

/// Longer than any test should take on two busy cores; a program that hangs must fail its own test and no other.
const RUN_SECONDS_MAX: u64 = 300;

/// What package managers and toolchains keep in a home folder: shared, so that no test needs the network.
const SHARED_IN_HOME: [&str; 5] = [".cargo", ".rustup", ".m2", "go/pkg/mod", ".cache/go-build"];

/// Where `dist-scripts/test.sh` puts the tools that fixture projects are run with.
pub fn tools() -> PathBuf {
    package().join("target/tools")
}

/// The root of this package.
pub fn package() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A folder with a home, a temporary folder, and room for the test's own things; gone when it is dropped.
pub struct Machine {
    folder: tempfile::TempDir,
}

impl Machine {
    pub fn new() -> Self {
        let folder = tempfile::Builder::new().prefix("self-heal-test-").tempdir().expect("make a folder for the test");
        let machine = Self { folder };
        fs::create_dir_all(machine.temporary()).expect("make the temporary folder");
        let own_home = PathBuf::from(std::env::var_os("HOME").expect("HOME is set"));
        for shared in SHARED_IN_HOME {
            let link = machine.home().join(shared);
            fs::create_dir_all(link.parent().expect("a path in the home")).expect("make the home");
            if shared.starts_with(".cache") {
                fs::create_dir_all(own_home.join(shared)).expect("make the shared cache");
            }
            if own_home.join(shared).exists() {
                symlink(own_home.join(shared), link).expect("link what toolchains keep at home");
            }
        }
        machine
    }

    /// Room for whatever the test needs beside home and temporary folder.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub fn home(&self) -> PathBuf {
        self.folder.path().join("home")
    }

    pub fn temporary(&self) -> PathBuf {
        self.folder.path().join("tmp")
    }

    /// The binary under test.
    pub fn self_heal<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> Program {
        self.program(env!("CARGO_BIN_EXE_self-heal"), arguments)
    }

    /// Any program, in the scrubbed environment.
    pub fn program<A: AsRef<OsStr>>(&self, name: &str, arguments: impl IntoIterator<Item = A>) -> Program {
        let search_path = search_path();
        let mut command = Command::new(found(name, &search_path));
        command
            .args(arguments)
            .env_clear()
            .env("HOME", self.home())
            .env("TMPDIR", self.temporary())
            .env("PATH", &search_path)
            .env("LANG", "C.UTF-8")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .current_dir(self.folder());
        Program { command, input: Vec::new(), together: false }
    }
}

/// Waits until it is so; what never is fails the test.
#[track_caller]
pub fn wait_until(mut so: impl FnMut() -> bool) {
    let began = Instant::now();
    while !so() {
        assert!(began.elapsed().as_secs() < RUN_SECONDS_MAX, "it was not so after {RUN_SECONDS_MAX} seconds");
        thread::sleep(Duration::from_millis(5));
    }
}

/// Where a program is. Named by its place it is started without a copy of this process, whose schemas take hundreds of
/// megabytes: to look through a `PATH` that is the child's own, std forks.
#[track_caller]
pub fn found(name: &str, search_path: &OsStr) -> PathBuf {
    if name.contains('/') {
        return PathBuf::from(name);
    }
    let mut places = std::env::split_paths(search_path).map(|folder| folder.join(name));
    places.find(|place| place.is_file()).unwrap_or_else(|| panic!("{name} is not in {}", search_path.display()))
}

/// The fixtures' tools first, then what the machine has.
fn search_path() -> OsString {
    let own = std::env::var_os("PATH").unwrap_or_default();
    let tools = [tools().join("python/bin"), tools().join("node/node_modules/.bin")];
    std::env::join_paths(tools.into_iter().chain(std::env::split_paths(&own))).expect("a search path")
}

/// One call of a program, in the making.
pub struct Program {
    command: Command,
    input: Vec<u8>,
    together: bool,
}

/// A program that runs, and does not outlive its test.
pub struct Running(std::process::Child);

impl Running {
    pub fn id(&self) -> u32 {
        self.0.id()
    }

    /// Signals the program itself, as a runner does: none of its children.
    pub fn signal(&self, signal: rustix::process::Signal) {
        let id = rustix::process::Pid::from_child(&self.0);
        rustix::process::kill_process(id, signal).expect("signal the program");
    }

    /// Whether it has ended, by itself or by a signal.
    pub fn is_over(&mut self) -> bool {
        self.0.try_wait().expect("look whether it has ended").is_some()
    }

    /// The exit code, once it has ended by itself.
    pub fn ended(&mut self) -> Option<i32> {
        self.0.try_wait().expect("look whether it has ended").and_then(|status| status.code())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if self.0.try_wait().is_ok_and(|status| status.is_none()) {
            let group = rustix::process::Pid::from_child(&self.0);
            rustix::process::kill_process_group(group, rustix::process::Signal::KILL).ok();
            self.0.wait().ok();
        }
    }
}

/// How a program ended and what it said.
#[derive(Debug)]
pub struct Ended {
    /// `None` when a signal ended it.
    pub code: Option<i32>,
    pub stdout: Vec<u8>,
    pub stderr: Vec<u8>,
}

impl Program {
    #[must_use]
    pub fn variable(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    #[must_use]
    pub fn directory(mut self, directory: impl AsRef<Path>) -> Self {
        self.command.current_dir(directory);
        self
    }

    #[must_use]
    pub fn input(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.input = bytes.into();
        self
    }

    /// Both outputs through one pipe, in the order they were written, as a runner reads them.
    #[must_use]
    pub fn outputs_together(mut self) -> Self {
        self.together = true;
        self
    }

    /// Starts it, for a test that looks at it while it runs; it reads and says nothing.
    #[track_caller]
    pub fn start(mut self) -> Running {
        self.command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).process_group(0);
        let shown = format!("{:?}", self.command);
        Running(self.command.spawn().unwrap_or_else(|error| panic!("start {shown}: {error}")))
    }

    /// Starts it on a terminal of its own.
    #[track_caller]
    pub fn on_terminal(self) -> PtySession {
        rexpect::session::spawn_command(self.command, Some(RUN_SECONDS_MAX * 1_000)).expect("start it on a terminal")
    }

    /// Runs it to its end. A program that is still there after the limit is killed with its children, and the test fails.
    #[track_caller]
    pub fn run(mut self) -> Ended {
        let (out_reader, out_writer) = std::io::pipe().expect("make a pipe");
        let (err_reader, err_writer) = std::io::pipe().expect("make a pipe");
        self.command.stdin(Stdio::piped()).process_group(0).stderr(if self.together {
            out_writer.try_clone().expect("share the pipe")
        } else {
            err_writer.try_clone().expect("share the pipe")
        });
        self.command.stdout(out_writer);
        drop(err_writer);
        let shown = format!("{:?}", self.command);
        let mut child = self.command.spawn().unwrap_or_else(|error| panic!("start {shown}: {error}"));
        // The parent's ends of the pipes live in the command; a reader sees the end only when they are closed.
        drop(self.command);
        let mut input = child.stdin.take().expect("a piped input");
        let bytes = self.input;
        // A program that does not read its input closes the pipe, which is its right.
        thread::spawn(move || input.write_all(&bytes).ok());
        let (stdout, stderr) = (read_in_the_background(out_reader), read_in_the_background(err_reader));
        let group = rustix::process::Pid::from_child(&child);
        let (ended, waits) = mpsc::channel();
        thread::spawn(move || ended.send(child.wait()));
        let limit = Duration::from_secs(RUN_SECONDS_MAX);
        let status = waits.recv_timeout(limit).unwrap_or_else(|_| {
            rustix::process::kill_process_group(group, rustix::process::Signal::KILL).ok();
            panic!("{shown} was still running after {RUN_SECONDS_MAX} seconds");
        });
        let status = status.expect("wait for the program");
        Ended {
            code: status.code(),
            stdout: stdout.join().expect("read what it printed"),
            stderr: stderr.join().expect("read what it printed"),
        }
    }
}

fn read_in_the_background(mut pipe: std::io::PipeReader) -> thread::JoinHandle<Vec<u8>> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        pipe.read_to_end(&mut bytes).expect("read a pipe");
        bytes
    })
}

impl Ended {
    pub fn stdout(&self) -> String {
        String::from_utf8_lossy(&self.stdout).into_owned()
    }

    pub fn stderr(&self) -> String {
        String::from_utf8_lossy(&self.stderr).into_owned()
    }

    /// What `classify` printed, in its published shape.
    #[track_caller]
    pub fn failure_json(&self) -> serde_json::Value {
        let schema = include_str!("../../../fixtures/schemas/failure.v1.json");
        let schema = serde_json::from_str(schema).expect("a schema");
        let failure = serde_json::from_slice(&self.stdout).expect("JSON");
        jsonschema::validate(&schema, &failure).unwrap_or_else(|error| panic!("{error} in {failure:#}"));
        failure
    }

    pub fn success(&self) -> bool {
        self.code == Some(0)
    }

    /// Fails the test, with everything that was said, unless the exit code is this one.
    #[track_caller]
    pub fn must_end_with(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "stdout:\n{}\nstderr:\n{}", self.stdout(), self.stderr());
        self
    }
}
