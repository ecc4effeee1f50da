//! Somebody cancels the run (P17): what runs is ended, the bundle is closed, and nothing is left behind.

use std::fs::OpenOptions;
use std::io::Read as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use rustix::fs::OFlags;
use rustix::process::Signal;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::publish::{FIX, Stage};
use super::support::github::FakeGithub;
use super::support::machine::Machine;
use super::support::project::Project;
use super::support::repository::Repository;
use super::support::snapshot::Snapshot;
use super::support::step::Step;

/// A runner sends a second signal after 7.5 s and kills after 2.5 s more; we want to be gone long before that.
const END_SECONDS_MAX: u64 = 2;

/// Two cores that are busy with other tests begin a command late, never this late.
const BEGIN_SECONDS_MAX: u64 = 120;

/// A broken project in its workspace, and the log that its command has left.
struct Scene<'m> {
    machine: &'m Machine,
    repository: Repository<'m>,
    github: FakeGithub,
    log: PathBuf,
}

impl<'m> Scene<'m> {
    fn new(machine: &'m Machine) -> Self {
        let project = Project::named("python-ruff-format");
        let repository = project.lay_out(machine);
        let log = machine.folder().join("check.log");
        std::fs::write(&log, project.run(machine, repository.folder()).stdout).expect("write the log");
        let github = FakeGithub::start(machine, &repository);
        Self { machine, repository, github, log }
    }

    /// Heals until `mark` is written, signals, and gives back the outputs.
    fn cancelled(&self, signal: Signal, mark: &Path, more: &[&str]) -> Value {
        let before = Snapshot::of(self.repository.folder());
        let step = Step::new(self.machine, &self.github, "heal", "{}");
        let (log, workspace) = (self.log.to_string_lossy(), self.repository.folder().to_string_lossy());
        let arguments = ["heal", "--log", &log, "--workspace", &workspace];
        let heal = step.program(arguments.iter().chain(more), &[("GITHUB_RUN_ID", "")]);
        let mut heal = heal.start();
        wait(BEGIN_SECONDS_MAX, "it has not begun", || {
            std::fs::read_to_string(mark).is_ok_and(|text| text.ends_with('\n'))
        });
        let signalled = Instant::now();
        heal.signal(signal);
        let mut code = None;
        wait(BEGIN_SECONDS_MAX, "it has not ended", || {
            code = heal.ended();
            code.is_some()
        });
        assert!(signalled.elapsed() < Duration::from_secs(END_SECONDS_MAX), "{:?}", signalled.elapsed());
        assert_eq!(code, Some(0), "in the action it is a normal ending");
        before.must_still_be(self.repository.folder());
        let child = std::fs::read_to_string(mark).expect("the child's id");
        let stat = Path::new("/proc").join(child.trim()).join("stat");
        // Whoever takes the orphan over may let it lie dead for a while.
        wait(END_SECONDS_MAX, "the command still runs", || {
            std::fs::read_to_string(&stat).map_or(true, |state| state.contains(") Z"))
        });
        let left: Vec<_> = std::fs::read_dir(self.machine.temporary()).expect("the temporary folder").collect();
        assert!(left.is_empty(), "{left:?}");
        serde_json::json!(step.outputs())
    }
}

fn wait(seconds: u64, what: &str, mut until: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !until() {
        assert!(begun.elapsed() < Duration::from_secs(seconds), "{what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// `bundle.json` is there, and every file has the hash that it says.
#[track_caller]
fn must_be_closed(told: &Value) {
    assert_eq!((told["outcome"].as_str(), told["reason"].as_str()), (Some("skipped"), Some("cancelled")));
    let folder = Path::new(told["bundle"].as_str().expect("a bundle"));
    let hash = |name: &str| {
        let bytes = std::fs::read(folder.join(name)).expect("a file of the bundle");
        Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect::<String>()
    };
    assert_eq!(told["bundle-sha256"], hash("bundle.json"));
    let bundle: Value =
        serde_json::from_slice(&std::fs::read(folder.join("bundle.json")).expect("a file")).expect("JSON");
    assert_eq!(bundle["outcome"], "skipped");
    let files = bundle["files"].as_object().expect("files");
    assert!(files.contains_key("failure.json") && files.contains_key("audit.jsonl"));
    for (name, told) in files {
        assert_eq!(*told, hash(name), "{name}");
    }
    let audit = std::fs::read_to_string(folder.join("audit.jsonl")).expect("an audit");
    assert!(audit.lines().last().is_some_and(|line| line.contains("cancelled")), "{audit}");
}

#[test]
fn p17_a_cancel_ends_what_runs_and_closes_the_bundle() {
    for signal in [Signal::INT, Signal::TERM] {
        let machine = Machine::new();
        let scene = Scene::new(&machine);
        let mark = machine.folder().join("mark");
        // It ignores what it is asked kindly, as test runners do that clean up for minutes.
        let command = format!("trap '' INT TERM; (sleep 600 & echo $! > {}; wait)", mark.display());
        must_be_closed(&scene.cancelled(signal, &mark, &["--model", "none", "--command", &command]));
    }
}

#[test]
fn p17_a_cancel_hangs_up_on_a_model() {
    let machine = Machine::new();
    let scene = Scene::new(&machine);
    let mark = machine.folder().join("mark");
    let model = format!("command:bash -c 'echo $$ > {}; exec sleep 600'", mark.display());
    // The tool's own remedy is taken out of the way: the command is red whatever it does.
    let red = "ruff format --check . ; exit 1";
    let told = scene.cancelled(Signal::TERM, &mark, &["--model", &model, "--command", red]);
    must_be_closed(&told);
}

#[test]
fn p17_a_second_cancel_changes_nothing() {
    let machine = Machine::new();
    let scene = Scene::new(&machine);
    let mark = machine.folder().join("mark");
    let command = format!("sleep 600 & echo $! > {}; wait", mark.display());
    let step = Step::new(&machine, &scene.github, "heal", "{}");
    let (log, workspace) = (scene.log.to_string_lossy(), scene.repository.folder().to_string_lossy());
    let arguments = ["heal", "--log", &log, "--workspace", &workspace, "--model", "none", "--command", &command];
    let mut heal = step.program(arguments, &[("GITHUB_RUN_ID", "")]).start();
    wait(BEGIN_SECONDS_MAX, "it has not begun", || mark.exists());
    heal.signal(Signal::INT);
    heal.signal(Signal::TERM);
    wait(BEGIN_SECONDS_MAX, "it has not ended", || heal.ended().is_some());
    must_be_closed(&serde_json::json!(step.outputs()));
}

#[test]
fn p17_a_cancel_of_publish_leaves_whole_writes_and_the_next_one_goes_on() {
    for writes in 1..=5 {
        let machine = Machine::new();
        let stage = Stage::new(&machine);
        stage.approve("self-heal-low");
        let bundle = stage.write(stage.healed());
        let mut publish = stage.program(&bundle, &bundle.sha256, &[]).start();
        let mut ended = false;
        wait(BEGIN_SECONDS_MAX, "it writes nothing", || {
            ended = publish.is_over();
            ended || stage.github.writes().len() >= writes
        });
        if !ended {
            publish.signal(Signal::TERM);
            wait(BEGIN_SECONDS_MAX, "it has not ended", || publish.is_over());
        }
        // A branch that is there holds the whole patch.
        if stage.github.state().objects.resolve(&format!("refs/heads/{FIX}")).is_some() {
            assert_eq!(stage.github.changed("main", FIX), ["M 100644 app.py"], "after {writes} writes");
        }
        let again = stage.publish(&bundle, &[]).must_end_with(0);
        let told: Value = serde_json::from_slice(&again.stdout).expect("JSON");
        assert_eq!(told["outcome"], "published", "after {writes} writes: {told:#}");
        assert_eq!(stage.github.state().pulls.len(), 1);
    }
}

#[test]
fn p17_a_cancel_after_the_last_write_of_publish_does_not_hide_what_was_published() {
    let machine = Machine::new();
    let stage = Stage::new(&machine);
    stage.approve("self-heal-low");
    let bundle = stage.write(stage.healed());
    let (output, summary) = (machine.folder().join("output"), machine.folder().join("summary"));
    // Whoever writes to a pipe waits for its reader: the moment between two writes lasts as long as we like.
    assert!(Command::new("mkfifo").arg(&summary).status().expect("mkfifo").success());
    let mut publish = stage
        .program(&bundle, &bundle.sha256, &[])
        .variable("GITHUB_OUTPUT", &output)
        .variable("GITHUB_STEP_SUMMARY", &summary)
        .start();
    wait(BEGIN_SECONDS_MAX, "it says nothing", || std::fs::metadata(&output).is_ok_and(|file| file.len() > 0));
    publish.signal(Signal::TERM);
    let reader = OpenOptions::new().read(true).custom_flags(OFlags::NONBLOCK.bits().cast_signed()).open(&summary);
    let mut reader = reader.expect("the pipe");
    wait(BEGIN_SECONDS_MAX, "it has not ended", || publish.is_over());
    assert_eq!(publish.ended(), Some(0));
    let mut said = String::new();
    reader.read_to_string(&mut said).expect("the summary");
    assert!(said.contains("/pull/100"), "{said}");
}
