//! `self-heal classify` on any file there is: it prints `self-heal/failure/v1`, and stays small while it reads.

use std::fs;
use std::io::Write;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::support::github::zipped;
use crate::support::machine::Machine;
use crate::support::project::Project;

/// What the memory may grow by while this much more of a log comes in.
const LOG_BYTES: usize = 24 << 20;
const GROWTH_BYTES_MAX: u64 = 4 << 20;

fn classified(machine: &Machine, log: &[u8]) -> Value {
    let ended = machine.self_heal(["classify", "-"]).input(log).run().must_end_with(0);
    let failure = ended.failure_json();
    assert_eq!(failure["log"]["bytes"], log.len(), "nothing of the log is lost");
    failure
}

#[test]
fn an_empty_log_is_unknown() {
    assert_eq!(classified(&Machine::new(), b"")["class"], "unknown");
}

#[test]
fn a_binary_file_is_unknown() {
    // Every byte there is, in an order that is no text.
    let bytes: Vec<u8> = (0..100_000_u32).map(|number| (number.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    assert_eq!(classified(&Machine::new(), &bytes)["class"], "unknown");
}

#[test]
fn one_line_without_an_end_is_read() {
    let failure = classified(&Machine::new(), &vec![b'x'; 10 << 20]);
    assert_eq!((&failure["class"], &failure["log"]["lines"]), (&"unknown".into(), &1.into()));
}

#[test]
fn a_log_that_is_cut_anywhere_is_still_a_log() {
    let machine = Machine::new();
    let project = Project::named("rust-rustc-did-you-mean");
    let repository = project.lay_out(&machine);
    let log = project.job_log(&machine, &repository);
    for cut in (0..log.len()).step_by(log.len() / 40) {
        classified(&machine, &log[..cut]);
        classified(&machine, &log[cut..]);
    }
}

#[test]
fn a_file_and_standard_input_say_the_same() {
    let machine = Machine::new();
    let log = b"warning: nothing\nerror: something\n";
    let file = machine.folder().join("job.log");
    fs::write(&file, log).expect("write the log");
    let ended = machine.self_heal(["classify".as_ref(), file.as_os_str()]).run().must_end_with(0);
    assert_eq!(serde_json::from_slice::<Value>(&ended.stdout).expect("JSON"), classified(&machine, log));
}

#[test]
fn a_log_that_is_not_there_is_named_in_one_sentence() {
    for arguments in [&["classify", "no-such.log"][..], &["classify", "--green", "no-such.log", "/dev/null"]] {
        let ended = Machine::new().self_heal(arguments).run().must_end_with(2);
        assert!(ended.stdout.is_empty());
        assert_eq!(ended.stderr().lines().count(), 1, "{}", ended.stderr());
        assert!(ended.stderr().contains("no-such.log") && ended.stderr().contains("name a file"), "{}", ended.stderr());
    }
    let folder = Machine::new().self_heal(["classify", "."]).run().must_end_with(2).stderr();
    assert!(folder.contains("read the log .: "), "{folder}");
}

#[test]
fn reports_and_the_log_say_a_test_once() {
    let machine = Machine::new();
    let log = "\
tests/test_fare.py F.                                                    [100%]
=================================== FAILURES ===================================
__________________________________ test_price __________________________________

    def test_price():
>       assert price(2) == 5
E       assert 4 == 5

tests/test_fare.py:4: AssertionError
=========================== short test summary info ============================
FAILED tests/test_fare.py::test_price - assert 4 == 5
========================= 1 failed, 1 passed in 0.02s ==========================
";
    let report = "<testsuite name='pytest'><testcase classname='tests.test_fare' name='test_price'>\
        <failure message='assert 4 == 5'>tests/test_fare.py:4: AssertionError</failure></testcase>\
        <testcase classname='web.cart' name='is empty' file='web/cart.test.js' line='9'>\
        <failure message='Error: expected 0'/></testcase></testsuite>";
    for (name, text) in [("job.log", log), ("out/a.xml", report), ("out/bad.xml", "<testsuite>\n<testcase>")] {
        let path = machine.folder().join(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::write(path, text).expect("a file");
    }
    let read = |glob: &str| {
        let command = machine.self_heal(["classify", "--reports", glob, "job.log"]);
        let ended = command.directory(machine.folder()).run().must_end_with(0);
        ended.failure_json()
    };
    let failure = read("out/*.xml");
    let tests: Vec<_> = failure["failures"].as_array().expect("a list").iter().map(|told| &told["test"]).collect();
    assert_eq!(tests, ["tests/test_fare.py::test_price", "web.cart::is empty"]);
    let only_reported = &failure["failures"][1];
    assert_eq!((&only_reported["tool"], &only_reported["line"]), (&"junit".into(), &9.into()));
    assert!(only_reported["log"].is_null(), "{only_reported}");
    let warning = &failure["warnings"][0];
    assert_eq!((&warning["code"], &warning["file"]), (&"report.unreadable".into(), &"out/bad.xml".into()));
    assert_eq!(warning["message"], "it ends inside an element `testcase` (line 2)");
    assert_eq!(read("none/*.xml")["warnings"][0]["message"], "no report is at `none/*.xml`");
}

#[test]
fn an_answer_that_cannot_be_written_is_an_error() {
    let machine = Machine::new();
    let full = fs::OpenOptions::new().write(true).open("/dev/full").expect("a full disk");
    let ended = Command::new(env!("CARGO_BIN_EXE_self-heal"))
        .args(["classify", "-"])
        .env_clear()
        .current_dir(machine.folder())
        .stdin(Stdio::null())
        .stdout(full)
        .output()
        .expect("start self-heal");
    let said = String::from_utf8_lossy(&ended.stderr);
    assert_eq!((ended.status.code(), said.lines().count()), (Some(1), 1), "{said}");
    assert!(said.contains("write to standard output"), "{said}");
}

#[test]
fn a_closed_pipe_is_no_panic() {
    let machine = Machine::new();
    let mut child = Command::new(env!("CARGO_BIN_EXE_self-heal"))
        .args(["classify", "-"])
        .env_clear()
        .current_dir(machine.folder())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("start self-heal");
    // Nobody reads what it will say.
    drop(child.stdout.take());
    child.stdin.take().expect("a piped input").write_all(b"error: no\n").expect("feed the log");
    let ended = child.wait_with_output().expect("wait for self-heal");
    let said = String::from_utf8_lossy(&ended.stderr);
    assert!(ended.status.code().is_some() && !said.contains("panicked"), "{:?}: {said}", ended.status);
}

#[test]
fn memory_does_not_grow_with_the_log() {
    let machine = Machine::new();
    let mut child = Command::new(env!("CARGO_BIN_EXE_self-heal"))
        .args(["classify", "-"])
        .env_clear()
        .current_dir(machine.folder())
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .expect("start self-heal");
    let mut log = child.stdin.take().expect("a piped input");
    let stretch: String = (0..20_000)
        .map(|number| {
            format!("2026-11-20T10:00:00.{number:07}Z error: test case {number} failed in src/a{number}.rs:3:1\n")
        })
        .collect();
    let mut write = |bytes: usize| {
        for _ in 0..bytes / stretch.len() + 1 {
            log.write_all(stretch.as_bytes()).expect("feed the log");
        }
    };
    let peak = |pid: u32| {
        let status = fs::read_to_string(format!("/proc/{pid}/status")).expect("read the state of the process");
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("a peak");
        line.trim().trim_end_matches(" kB").parse::<u64>().expect("a number") << 10
    };
    write(LOG_BYTES / 4);
    let early = peak(child.id());
    write(LOG_BYTES);
    let late = peak(child.id());
    drop(log);
    assert!(child.wait().expect("wait for self-heal").success());
    assert!(late - early < GROWTH_BYTES_MAX, "from {early} to {late} bytes over {LOG_BYTES} bytes of log");
}

#[test]
fn the_log_can_be_named_by_its_flag_and_must_be_named() {
    let machine = Machine::new();
    std::fs::write(machine.folder().join("job.log"), "error: fine\n").expect("write a log");
    let by_name = machine.self_heal(["classify", "job.log"]).run().must_end_with(0).stdout();
    assert_eq!(machine.self_heal(["classify", "--log", "job.log"]).run().must_end_with(0).stdout(), by_name);
    let none = machine.self_heal(["classify"]).run().must_end_with(2).stderr();
    assert_eq!(none, "self-heal: no log is named: give its file, or - for standard input (in the action: `log`)\n");
}

#[test]
fn of_the_archive_of_a_run_the_job_to_mend_first_is_told_and_the_others_are_named() {
    let failing = |command: &str, says: &str| {
        format!("##[group]Run {command}\n##[endgroup]\n{says}\n##[error]Process completed with exit code 1.\n")
    };
    let fetch = failing("curl x", "curl: (6) Could not resolve host: x.example");
    let lint = failing("make lint", "src/a.c:3:1: error: expected ';' before '}' token");
    let archive = zipped(&[
        ("0_fetch.txt", fetch.as_bytes()),
        ("1_build (a, b).txt", b"fine\n"),
        ("2_lint.txt", lint.as_bytes()),
        ("lint/1_Set up job.txt", b"fine\n"),
    ]);
    let machine = Machine::new();
    fs::write(machine.folder().join("run.zip"), archive).expect("write the archive");
    let failure = machine.self_heal(["classify", "run.zip"]).run().must_end_with(0).failure_json();
    assert_eq!((&failure["job"], &failure["failures"][0]["line"]), (&"lint".into(), &3.into()));
    let other = failure["warnings"][0]["message"].as_str().expect("a warning");
    assert!(other.starts_with("job fetch fails too, transient_retryable: "), "{other}");
    let fetch = machine.self_heal(["classify", "--job", "fetch", "run.zip"]).run().must_end_with(0).failure_json();
    assert_eq!(fetch["class"], "transient_retryable");
    let none = machine.self_heal(["classify", "--job", "deploy", "run.zip"]).run().must_end_with(2).stderr();
    assert_eq!(none, "self-heal: the archive run.zip holds no log of the job deploy: give that of a run\n");
}

#[test]
fn an_archive_that_is_broken_is_bad_input() {
    let machine = Machine::new();
    fs::write(machine.folder().join("run.zip"), b"PK\x03\x04 and no more").expect("write the archive");
    let ended = machine.self_heal(["classify", "run.zip"]).run().must_end_with(2).stderr();
    assert!(ended.starts_with("self-heal: read the archive run.zip: "), "{ended}");
}
