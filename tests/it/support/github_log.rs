//! GitHub's job-log format, put on plain output: the one place in the tests that knows it.
//!
//! The output between the markers comes from really running a command; only what a runner adds is written here.

use std::fmt::Write as _;

/// When the log begins; the seven digits are a runner's ticks of 100 nanoseconds.
const SECONDS_OF_DAY: u64 = 10 * 3600;
const DAY: &str = "2026-11-20";
const TICKS_A_SECOND: u64 = 10_000_000;

/// From one line to the next. Odd, so that every digit of the time changes.
const TICKS_A_LINE: u64 = 13_579;

/// One `run:` step that was executed.
pub struct Run<'a> {
    /// The script, as the workflow has it.
    pub script: &'a str,
    /// As the runner prints it, e.g. `/usr/bin/bash -e {0}`.
    pub shell: &'a str,
    pub variables: &'a [(&'a str, &'a str)],
    /// Everything the command printed, as it printed it.
    pub output: &'a [u8],
    pub exit: i32,
}

/// What bash is called with where the workflow names no shell.
pub const SHELL_DEFAULT: &str = "/usr/bin/bash -e {0}";

/// A job's log in the making.
pub struct JobLog {
    text: Vec<u8>,
    ticks: u64,
}

impl JobLog {
    /// A job that has been set up and has checked out `commit` of `repository` at `workspace`.
    pub fn begin(job: &str, repository: &str, workspace: &str, commit: &str) -> Self {
        let mut log = Self { text: "\u{feff}".as_bytes().to_vec(), ticks: 0 };
        log.lines("Current runner version: '2.336.0'");
        log.group("Operating System", "Ubuntu\n24.04.3\nLTS");
        log.group("Runner Image", "Image: ubuntu-24.04\nVersion: 20261110.1.0");
        log.group("GITHUB_TOKEN Permissions", "Contents: read\nMetadata: read");
        log.lines(
            "Secret source: Actions\nPrepare workflow directory\nPrepare all required actions\n\
             Getting action download info\n\
             Download action repository 'actions/checkout@v6' (SHA:de0fac2e4500dabe0009e67214ff5f5447ce83dd)",
        );
        log.lines(&format!("Complete job name: {job}"));
        log.uses(
            "actions/checkout@v6",
            &format!("with:\n  repository: {repository}\n  token: ***\n  persist-credentials: false\n  fetch-depth: 1"),
        );
        log.lines(&format!("Syncing repository: {repository}"));
        log.group(
            "Getting Git version info",
            &format!("Working directory is '{workspace}'\n[command]/usr/bin/git version\ngit version 2.51.0"),
        );
        log.group(
            "Fetching the repository",
            &format!("[command]/usr/bin/git -c protocol.version=2 fetch --no-tags --prune --depth=1 origin +{commit}"),
        );
        log.group("Checking out the ref", "[command]/usr/bin/git checkout --progress --force refs/remotes/origin/main");
        log.lines(&format!("[command]/usr/bin/git log -1 --format=%H\n{commit}"));
        log
    }

    /// A `uses:` step's heading, with its inputs as the runner prints them.
    pub fn uses(&mut self, action: &str, inputs: &str) {
        self.group(&format!("Run {action}"), inputs);
    }

    /// A `run:` step: its block, its output, and the error line where it failed.
    pub fn run(&mut self, run: &Run<'_>) {
        let mut block = String::new();
        for line in run.script.lines() {
            let _ = writeln!(block, "\u{1b}[36;1m{line}\u{1b}[0m");
        }
        let _ = write!(block, "shell: {}", run.shell);
        if !run.variables.is_empty() {
            block.push_str("\nenv:");
            for (name, value) in run.variables {
                let _ = write!(block, "\n  {name}: {value}");
            }
        }
        self.group(&format!("Run {}", run.script.lines().next().unwrap_or_default()), &block);
        self.output(run.output);
        if run.exit != 0 {
            self.lines(&format!("##[error]Process completed with exit code {}.", run.exit));
        }
    }

    /// What the runner itself says: that it was shut down, that the job took too long.
    pub fn says(&mut self, text: &str) {
        self.lines(text);
    }

    /// The job's end: what checkout does after everything, and the runner's last line.
    pub fn end(mut self) -> Vec<u8> {
        self.lines(
            "Post job cleanup.\n[command]/usr/bin/git version\ngit version 2.51.0\n\
             [command]/usr/bin/git config --local --name-only --get-regexp core\\.sshCommand\n\
             Cleaning up orphan processes",
        );
        self.text
    }

    /// What a command printed: a line that is a command to the runner is shown as the runner shows it.
    fn output(&mut self, bytes: &[u8]) {
        if bytes.is_empty() {
            return;
        }
        let text = bytes.strip_suffix(b"\n").unwrap_or(bytes);
        for line in text.split(|byte| *byte == b'\n') {
            match std::str::from_utf8(line).ok().and_then(shown_command) {
                Some(shown) => {
                    // One write of the runner: lines after the first carry no time.
                    let stamp = self.stamp();
                    self.text.extend_from_slice(stamp.as_bytes());
                    self.text.extend_from_slice(shown.as_bytes());
                    self.text.push(b'\n');
                }
                None => self.bytes(&[line, b"\n"].concat()),
            }
        }
    }

    fn group(&mut self, title: &str, lines: &str) {
        self.lines(&format!("##[group]{title}"));
        self.lines(lines);
        self.lines("##[endgroup]");
    }

    fn lines(&mut self, text: &str) {
        self.bytes(text.as_bytes());
    }

    fn bytes(&mut self, bytes: &[u8]) {
        let bytes = bytes.strip_suffix(b"\n").unwrap_or(bytes);
        for line in bytes.split(|byte| *byte == b'\n') {
            let stamp = self.stamp();
            self.text.extend_from_slice(stamp.as_bytes());
            self.text.extend_from_slice(line);
            self.text.push(b'\n');
        }
    }

    fn stamp(&mut self) -> String {
        let seconds = SECONDS_OF_DAY + self.ticks / TICKS_A_SECOND;
        let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
        let stamp = format!("{DAY}T{hours:02}:{minutes:02}:{seconds:02}.{:07}Z ", self.ticks % TICKS_A_SECOND);
        self.ticks += TICKS_A_LINE;
        stamp
    }
}

/// `::error file=a.ts,line=3::message` is printed as `##[error]message`; `None` for a line that is no command.
fn shown_command(line: &str) -> Option<String> {
    let (head, message) = line.trim_start().strip_prefix("::")?.split_once("::")?;
    let name = head.split(' ').next()?;
    let tag = match name {
        "error" | "warning" | "notice" | "debug" | "group" | "endgroup" => name,
        _ => return None,
    };
    let message = message.replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%");
    Some(format!("##[{tag}]{message}"))
}

#[test]
fn a_command_to_the_runner_is_shown_as_it_shows_it() {
    let shown = |line| shown_command(line);
    assert_eq!(shown("::error file=a.ts,line=3::two%0Alines, 5%25"), Some("##[error]two\nlines, 5%".to_owned()));
    assert_eq!(shown("::group::Tests"), Some("##[group]Tests".to_owned()));
    assert_eq!(shown("std::fs::read"), None);
    assert_eq!(shown("::set-output name=a::b"), None);
}

#[test]
fn a_failed_step_looks_as_it_does_in_a_job_log() {
    let mut log = JobLog::begin("unit-test", "octo/shop", "/home/runner/work/shop/shop", "0123");
    log.run(&Run {
        script: "pytest -q\necho done",
        shell: SHELL_DEFAULT,
        variables: &[("CI", "true")],
        output: b"\x1b[31mF\x1b[0m\n\n1 failed\n",
        exit: 1,
    });
    let text = String::from_utf8(log.end()).expect("text");
    assert!(text.starts_with("\u{feff}2026-11-20T10:00:00.0000000Z Current runner version"));
    let step: Vec<&str> = text
        .lines()
        .map(|line| &line.trim_start_matches('\u{feff}')["2026-11-20T10:00:00.0000000Z ".len()..])
        .skip_while(|line| *line != "##[group]Run pytest -q")
        .take_while(|line| *line != "Post job cleanup.")
        .collect();
    assert_eq!(
        step,
        [
            "##[group]Run pytest -q",
            "\u{1b}[36;1mpytest -q\u{1b}[0m",
            "\u{1b}[36;1mecho done\u{1b}[0m",
            "shell: /usr/bin/bash -e {0}",
            "env:",
            "  CI: true",
            "##[endgroup]",
            "\u{1b}[31mF\u{1b}[0m",
            "",
            "1 failed",
            "##[error]Process completed with exit code 1.",
        ]
    );
}

#[test]
fn what_the_runner_says_stands_behind_the_step() {
    let mut log = JobLog::begin("unit-test", "octo/shop", "/home/runner/work/shop/shop", "0123");
    log.says("##[error]The operation was canceled.");
    let text = String::from_utf8(log.end()).expect("text");
    assert!(text.contains("Z ##[error]The operation was canceled.\n"), "{text}");
}
