//! The dresses that other CI services put on what a step prints; GitHub's is in the one place that knows it.

use std::fmt::Write as _;

use serde::Deserialize;

use crate::github_log::{JobLog, Run};

/// One step that was run, or that is told as if it had been.
pub struct Step {
    pub script: String,
    pub shell: String,
    pub variables: Vec<(String, String)>,
    pub output: Vec<u8>,
    pub exit: i32,
    pub runner: Option<String>,
}

/// Whose log it is.
#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Dress {
    #[default]
    GitHub,
    Plain,
    GitLab,
    Azure,
    Jenkins,
    TeamCity,
    Buildkite,
    Travis,
    CircleCi,
}

impl Dress {
    /// Where the checkout is.
    pub fn root(self, name: &str) -> String {
        match self {
            Self::GitHub | Self::Plain => format!("/home/runner/work/{name}/{name}"),
            Self::GitLab => format!("/builds/octo/{name}"),
            Self::Azure => "/home/vsts/work/1/s".to_owned(),
            Self::Jenkins => format!("/var/lib/jenkins/workspace/{name}"),
            Self::TeamCity => "/opt/buildagent/work/5c8b1f0e7a3d2946".to_owned(),
            Self::Buildkite => format!("/var/lib/buildkite-agent/builds/agent-1/octo/{name}"),
            Self::Travis => format!("/home/travis/build/octo/{name}"),
            Self::CircleCi => "/home/circleci/project".to_owned(),
        }
    }

    /// The whole log.
    pub fn put_on(self, name: &str, job: &str, steps: &[Step]) -> Vec<u8> {
        match self {
            Self::GitHub => github(name, job, &self.root(name), steps),
            Self::Plain | Self::CircleCi => plain(steps),
            Self::GitLab => gitlab(name, steps),
            Self::Azure => azure(steps),
            Self::Jenkins => jenkins(name, &self.root(name), steps),
            Self::TeamCity => teamcity(steps),
            Self::Buildkite => buildkite(name, &self.root(name), steps),
            Self::Travis => travis(steps),
        }
    }
}

fn github(name: &str, job: &str, root: &str, steps: &[Step]) -> Vec<u8> {
    let commit = "4be2f0c2a9d5b7e16f3a8c0d91e4725f6b3a8d07";
    let mut log = JobLog::begin(job, &format!("octo/{name}"), root, commit);
    for step in steps {
        let variables: Vec<_> = step.variables.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let exit = if step.runner.is_some() { 0 } else { step.exit };
        log.run(&Run { script: &step.script, shell: &step.shell, variables: &variables, output: &step.output, exit });
        if let Some(said) = &step.runner {
            log.says(said.trim_end());
        }
    }
    log.end()
}

/// What the steps printed and nothing else; CircleCI hands out a step's output so.
fn plain(steps: &[Step]) -> Vec<u8> {
    let mut log = Vec::new();
    for step in steps {
        log.extend(whole_lines(&step.output));
        if let Some(said) = &step.runner {
            log.extend(whole_lines(said.as_bytes()));
        }
    }
    log
}

/// GitLab's raw trace: sections, each command in bold green before its output, and the runner's verdict.
fn gitlab(name: &str, steps: &[Step]) -> Vec<u8> {
    let mut log = format!(
        "\u{1b}[0KRunning with gitlab-runner 18.5.0 (bda84871)\u{1b}[0;m\n\
         section_start:1795168801:prepare_executor\r\u{1b}[0K\u{1b}[0K\u{1b}[36;1mPreparing the \"docker\" executor\u{1b}[0;m\u{1b}[0;m\n\
         section_end:1795168804:prepare_executor\r\u{1b}[0K\
         section_start:1795168804:get_sources\r\u{1b}[0K\u{1b}[0K\u{1b}[36;1mGetting source from Git repository\u{1b}[0;m\u{1b}[0;m\n\
         Initialized empty Git repository in /builds/octo/{name}/.git/\n\
         \u{1b}[32;1mChecking out 4be2f0c2 as detached HEAD (ref is main)...\u{1b}[0;m\n\
         section_end:1795168806:get_sources\r\u{1b}[0K\
         section_start:1795168806:step_script\r\u{1b}[0K\u{1b}[0K\u{1b}[36;1mExecuting \"step_script\" stage of the job script\u{1b}[0;m\u{1b}[0;m\n"
    )
    .into_bytes();
    for step in steps {
        for line in step.script.lines() {
            log.extend(format!("\u{1b}[32;1m$ {line}\u{1b}[0;m\n").bytes());
        }
        log.extend(whole_lines(&step.output));
    }
    log.extend(b"section_end:1795168830:step_script\r\x1b[0K");
    let Some(last) = steps.last() else { return log };
    let verdict = match &last.runner {
        Some(said) => said.trim_end().to_owned(),
        None if last.exit == 0 => "\u{1b}[32;1mJob succeeded\u{1b}[0;m".to_owned(),
        None => format!("\u{1b}[31;1mERROR: Job failed: exit code {}\n\u{1b}[0;m", last.exit),
    };
    log.extend(verdict.bytes());
    log.push(b'\n');
    log
}

/// A task's log of Azure Pipelines: GitHub's runner is its child, and their lines are alike.
fn azure(steps: &[Step]) -> Vec<u8> {
    let mut clock = Clock::default();
    let mut log = "\u{feff}".as_bytes().to_vec();
    for step in steps {
        let mut text = String::from(
            "##[section]Starting: Bash\n\
             ==============================================================================\n\
             Task         : Bash\n\
             Description  : Run a Bash script on macOS, Linux, or Windows\n\
             Version      : 3.259.0\n\
             ==============================================================================\n\
             Generating script.\n\
             ========================== Starting Command Output ===========================\n\
             [command]/usr/bin/bash /home/vsts/work/_temp/4f7be2f0-6a0f-4c7b-9b8e-2f1c0d9e8a76.sh\n",
        )
        .into_bytes();
        text.extend(whole_lines(&step.output));
        if let Some(said) = &step.runner {
            text.extend(whole_lines(said.as_bytes()));
        } else if step.exit != 0 {
            text.extend(format!("##[error]Bash exited with code '{}'.\n", step.exit).bytes());
        }
        text.extend(b"##[section]Finishing: Bash\n");
        for line in text.split_inclusive(|byte| *byte == b'\n') {
            log.extend(format!("2026-11-20T{}.{:07}Z ", clock.time(), clock.ticks % 10_000_000).bytes());
            log.extend(line);
            clock.ticks += 13_579;
        }
    }
    log
}

/// A Pipeline's console with the Timestamper plugin's default off.
fn jenkins(name: &str, root: &str, steps: &[Step]) -> Vec<u8> {
    let mut log = format!(
        "Started by an SCM change\n[Pipeline] Start of Pipeline\n[Pipeline] node\nRunning on agent-1 in {root}\n\
         [Pipeline] {{\n[Pipeline] stage\n[Pipeline] {{ ({name})\n"
    )
    .into_bytes();
    for step in steps {
        log.extend(b"[Pipeline] sh\n");
        for line in step.script.lines() {
            log.extend(format!("+ {line}\n").bytes());
        }
        log.extend(whole_lines(&step.output));
    }
    log.extend(b"[Pipeline] }\n[Pipeline] // stage\n[Pipeline] }\n[Pipeline] // node\n[Pipeline] End of Pipeline\n");
    let Some(last) = steps.last() else { return log };
    match &last.runner {
        Some(said) => log.extend(whole_lines(said.as_bytes())),
        None if last.exit != 0 => log.extend(format!("ERROR: script returned exit code {}\n", last.exit).bytes()),
        None => {}
    }
    log.extend(if last.exit == 0 { &b"Finished: SUCCESS\n"[..] } else { b"Finished: FAILURE\n" });
    log
}

/// A build log as TeamCity's server hands it out: time, the kind of message, then the text.
fn teamcity(steps: &[Step]) -> Vec<u8> {
    let mut clock = Clock::default();
    let mut text = b"Step 1/1: Command Line\n".to_vec();
    for step in steps {
        text.extend(whole_lines(&step.output));
        match &step.runner {
            Some(said) => text.extend(whole_lines(said.as_bytes())),
            None => text.extend(format!("Process exited with code {}\n", step.exit).bytes()),
        }
    }
    let mut log = Vec::new();
    for line in text.split_inclusive(|byte| *byte == b'\n') {
        log.extend(format!("[{}] :\t [Step 1/1] ", clock.time()).bytes());
        log.extend(line);
        clock.ticks += 13_579;
    }
    log
}

/// Buildkite's raw log: a time as an APC sequence before each line, groups with `~~~` and `---`.
fn buildkite(name: &str, root: &str, steps: &[Step]) -> Vec<u8> {
    let mut text = format!(
        "~~~ Preparing working directory\n$ cd {root}\n$ git clone -v -- https://git.example/octo/{name}.git .\n\
         ~~~ Running commands\n"
    )
    .into_bytes();
    for step in steps {
        for line in step.script.lines() {
            text.extend(format!("\u{1b}[90m$\u{1b}[0m {line}\n").bytes());
        }
        text.extend(whole_lines(&step.output));
        match &step.runner {
            Some(said) => text.extend(whole_lines(said.as_bytes())),
            None if step.exit != 0 => {
                let said = format!(
                    "^^^ +++\n\u{1b}[31m\u{1f6a8} Error: The command exited with status {}\u{1b}[0m\n",
                    step.exit
                );
                text.extend(said.bytes());
            }
            None => {}
        }
    }
    let mut log = Vec::new();
    let mut milliseconds = 1_795_168_800_000_u64;
    for line in text.split_inclusive(|byte| *byte == b'\n') {
        log.extend(format!("\u{1b}_bk;t={milliseconds}\u{7}").bytes());
        log.extend(line.strip_suffix(b"\n").unwrap_or(line));
        log.extend(b"\r\n");
        milliseconds += 137;
    }
    log
}

/// Travis: folds around each command, and its verdict.
fn travis(steps: &[Step]) -> Vec<u8> {
    let mut log = b"travis_fold:start:worker_info\r\x1b[0K\x1b[33;1mWorker information\x1b[0m\nhostname: travis-job-1\ntravis_fold:end:worker_info\r\x1b[0K".to_vec();
    for (number, step) in steps.iter().enumerate() {
        let id = format!("{:08x}", 0x1a2b_3c4d + number);
        for line in step.script.lines() {
            log.extend(format!("travis_time:start:{id}\r\u{1b}[0K$ {line}\n").bytes());
        }
        log.extend(whole_lines(&step.output));
        log.extend(format!("travis_time:end:{id}:start=1795168800000000000,finish=1795168803000000000,duration=3000000000\r\u{1b}[0K").bytes());
        let mut said = String::new();
        let first = step.script.lines().next().unwrap_or_default();
        match &step.runner {
            Some(text) => said.push_str(text.trim_end()),
            None => {
                let colour = if step.exit == 0 { "32" } else { "31" };
                let _ = write!(said, "\u{1b}[{colour};1mThe command \"{first}\" exited with {}.\u{1b}[0m", step.exit);
            }
        }
        log.extend(format!("\n{said}\n").bytes());
    }
    let exit = steps.last().map_or(0, |step| i32::from(step.exit != 0));
    log.extend(format!("\nDone. Your build exited with {exit}.\n").bytes());
    log
}

/// With an end to the last line, too.
fn whole_lines(text: &[u8]) -> Vec<u8> {
    let end: &[u8] = if text.is_empty() || text.ends_with(b"\n") { b"" } else { b"\n" };
    [text, end].concat()
}

/// A runner's time of day, in ticks of 100 nanoseconds after ten o'clock.
#[derive(Default)]
struct Clock {
    ticks: u64,
}

impl Clock {
    fn time(&self) -> String {
        let seconds = 10 * 3600 + self.ticks / 10_000_000;
        format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
    }
}
