//! Commands, workspaces and policies that are not as they should be: each ends in one sentence that names place and mend.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::support::machine::{Ended, Machine};
use super::support::repository::Repository;
use super::support::snapshot::Snapshot;

/// A workspace with one committed file, and a policy where one is given.
fn workspace<'m>(machine: &'m Machine, policy: &[(&str, &str)]) -> Repository<'m> {
    let repository = Repository::new(machine, machine.folder().join("work"));
    repository.write("app.py", "x = 1\n");
    for (path, text) in policy {
        repository.write(path, text);
    }
    repository.commit("first");
    repository
}

/// `run` of a command; the workspace must be as it was, and nothing of it may stay in the temporary folder.
#[track_caller]
fn run(machine: &Machine, workspace: &Path, command: &[&str]) -> Ended {
    let before = Snapshot::of(workspace);
    let bundle = machine.folder().join("bundle");
    let mut arguments = vec!["run", "--model", "none", "--workspace"];
    let (folder, bundle) = (workspace.to_string_lossy(), bundle.to_string_lossy());
    arguments.extend([&*folder, "--bundle", &*bundle, "--"]);
    arguments.extend(command);
    // Python's own leavings are the command's, not ours.
    let ended = machine.self_heal(arguments).variable("PYTHONDONTWRITEBYTECODE", "1").run();
    before.must_still_be(workspace);
    let left: Vec<_> = fs::read_dir(machine.temporary()).expect("the temporary folder").flatten().collect();
    assert!(left.is_empty(), "{left:?} was left behind");
    ended
}

#[test]
fn a_command_that_is_not_there_is_a_usage_error() {
    let machine = Machine::new();
    let repository = workspace(&machine, &[]);
    let said = run(&machine, repository.folder(), &["no-such-command", "-q"]).must_end_with(2).stderr();
    assert!(said.contains("run `no-such-command`: ") && said.contains("install it"), "{said}");
}

#[test]
fn a_workspace_that_is_not_there_is_a_usage_error() {
    let machine = Machine::new();
    let missing = machine.folder().join("missing");
    let ended = machine.self_heal(["run", "--workspace", &missing.to_string_lossy(), "--", "true"]).run();
    let said = ended.must_end_with(2).stderr();
    assert!(said.contains("missing") && said.contains("--workspace"), "{said}");
}

#[test]
fn a_command_that_is_green_has_nothing_to_heal() {
    let machine = Machine::new();
    let repository = workspace(&machine, &[]);
    run(&machine, repository.folder(), &["true"]).must_end_with(0);
}

/// A second is enough to see that a command does not end.
const IMPATIENT: (&str, &str) = (".github/self-heal.toml", "[validate]\ntimeout-seconds = 1\n");

/// Far above what ending a command takes, far below what it would take by itself.
const SOON: Duration = Duration::from_secs(120);

#[test]
fn a_command_that_never_ends_is_ended_at_its_time() {
    let machine = Machine::new();
    let repository = workspace(&machine, &[IMPATIENT]);
    let started = Instant::now();
    let ended = run(&machine, repository.folder(), &["sh", "-c", "echo begun; sleep 3600"]);
    assert!(started.elapsed() < SOON);
    let said = ended.must_end_with(11).stderr();
    assert!(said.contains("did not end within 1 s") && said.contains("validate.timeout-seconds"), "{said}");
}

/// Lines of some length: a quarter of a gigabyte of `y` is read as so many million lines.
#[test]
fn a_command_that_prints_for_ever_is_ended_at_the_limit() {
    let machine = Machine::new();
    let repository = workspace(&machine, &[]);
    let started = Instant::now();
    let ended = run(&machine, repository.folder(), &["sh", "-c", "yes \"$(head -c 60000 /dev/zero | tr '\\0' x)\""]);
    assert!(started.elapsed() < SOON);
    let said = ended.must_end_with(11).stderr();
    assert!(said.contains("printed more than 256 MiB"), "{}", &said[said.len() - 400..]);
}

#[test]
fn a_command_that_ignores_term_is_ended_with_its_children() {
    let machine = Machine::new();
    let repository = workspace(&machine, &[IMPATIENT]);
    let id = machine.folder().join("id");
    let script = format!("trap '' TERM; sleep 3600 & echo $! > {}; while :; do sleep 0.1; done", id.display());
    let started = Instant::now();
    let ended = run(&machine, repository.folder(), &["sh", "-c", &script]);
    assert!(started.elapsed() < SOON);
    ended.must_end_with(11);
    let id = fs::read_to_string(id).expect("the child's id");
    let state = fs::read_to_string(format!("/proc/{}/stat", id.trim())).unwrap_or_default();
    assert!(state.is_empty() || state.contains(") Z"), "the child lives on: {state}");
}

#[test]
fn a_policy_with_a_mistake_is_a_usage_error_that_names_it() {
    let toml = |text: &'static str| vec![(".github/self-heal.toml", text)];
    for (policy, sentences) in [
        (toml("[patch]\nmax-lins = 3\n"), ["line 2", "max-lins", "max-lines"]),
        (toml("[patch]\nmax-lines = \"three\"\n"), ["line 2", "max-lines", "three"]),
        (toml("[patch]\nblocked-paths = [\"[a\"]\n"), ["line 2", "blocked-paths", "[a"]),
        (
            vec![(".github/self-heal.toml", ""), (".github/ai-heal-policy.yml", "max_patch_lines: 3\n")],
            ["self-heal.toml", "ai-heal-policy.yml", "keep one"],
        ),
    ] {
        let machine = Machine::new();
        let repository = workspace(&machine, &policy);
        let said = run(&machine, repository.folder(), &["false"]).must_end_with(2).stderr();
        for sentence in sentences {
            assert!(said.contains(sentence), "`{sentence}` is not in: {said}");
        }
    }
}

/// A real disk of one megabyte over a folder, taken away again when it is dropped.
struct SmallDisk<'m>(&'m Path);

impl<'m> SmallDisk<'m> {
    /// `None` where the machine does not let us.
    fn over(folder: &'m Path) -> Option<Self> {
        let mut mount = Command::new("mount");
        let mounted = mount.args(["-t", "tmpfs", "-o", "size=1m", "none"]).arg(folder).stderr(Stdio::null()).status();
        mounted.is_ok_and(|status| status.success()).then_some(Self(folder))
    }
}

impl Drop for SmallDisk<'_> {
    fn drop(&mut self) {
        Command::new("umount").arg(self.0).status().ok();
    }
}

#[test]
fn a_disk_that_is_full_is_told_and_the_workspace_stays() {
    let machine = Machine::new();
    let repository = workspace(&machine, &[]);
    repository.write("test_app.py", "import app\n\n\ndef test_x():\n    assert app.x == 2\n");
    repository.write("large.bin", vec![7; 4 << 20]);
    repository.commit("a large file");
    let temporary = machine.temporary();
    let Some(disk) = SmallDisk::over(&temporary) else { return };
    let ended = run(&machine, repository.folder(), &["python3", "-m", "pytest", "-q", "-p", "no:cacheprovider"]);
    drop(disk);
    let said = ended.must_end_with(1).stderr();
    assert!(said.contains("no space is left for ") && said.contains("set TMPDIR"), "{said}");
}

#[test]
fn tools_that_fail_together_or_one_behind_the_other_are_mended_together() {
    for command in
        ["ruff check .; a=$?; ruff format --check .; exit $((a + $?))", "ruff check . && ruff format --check ."]
    {
        let machine = Machine::new();
        let repository = workspace(&machine, &[("sums.py", "import os\n\n\ndef add( a,b ):\n    return a+b\n")]);
        let bundle = machine.folder().join("bundle").to_string_lossy().into_owned();
        let folder = repository.folder().to_string_lossy().into_owned();
        let arguments = ["run", "--yes", "--model", "none", "--workspace", &folder, "--bundle", &bundle];
        let said = machine.self_heal(arguments.into_iter().chain(["--", "sh", "-c", command])).run();
        let said = said.must_end_with(0).stderr();
        assert!(said.contains("by ruff check --fix, then ruff format is proven"), "{said}");
        let sums = fs::read_to_string(repository.folder().join("sums.py")).expect("the file");
        assert_eq!(sums, "def add(a, b):\n    return a + b\n");
    }
}
