//! The runner's own words: which steps ran, which one failed, with which exit status.

use std::sync::LazyLock;

use regex::Regex;

use crate::domain::log::{Line, Mark, RunBlock, Span};

/// Lines of one `Run` block that are kept: a longer script is in the workflow file anyway.
const BLOCK_LINES_MAX: usize = 200;

/// Far above what one job may have; a program that prints `##[group]Run` for ever must not fill memory.
const BLOCKS_MAX: usize = 1_000;

/// What wakes this: see `Reader::wakes`.
pub const WAKES: &[&str] = &[
    "##[group]run ",
    "##[error]",
    "exit code ",
    "exited with ",
    "exit status ",
    "complete job name: ",
    "working directory is '",
];

/// What a line is to its step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepLine {
    /// A step begins: the title of its `Run` block.
    Begins,
    /// The rest of that block: the script, the shell, the variables.
    Block,
    /// The step says how it ended, and it ended badly.
    Ends,
    /// What the step printed.
    Output,
}

/// The steps of one job, read as they pass by.
#[derive(Debug, Default)]
pub struct Steps {
    pub blocks: Vec<RunBlock>,
    pub exit_code: Option<i32>,
    /// Where failing steps say how they ended.
    ended_at: Vec<u64>,
    /// The job's name, as the runner prints it before the first step.
    pub job: Option<String>,
    /// Where the checkout says it works.
    pub root: Option<String>,
    open: Option<Part>,
}

/// What was read last in a `Run` block.
#[derive(Clone, Copy, Debug)]
enum Part {
    Title,
    Script,
    Settings,
}

/// Runners' last words about a step: GitHub's; GitLab's, of Kubernetes too (`Job failed: …`, GitLab Runner
/// `common/build.go`); Travis's; CircleCI's; Jenkins's (`DurableTaskStep`); Buildkite's (agent, `internal/job`); TeamCity's;
/// AppVeyor's.
static EXIT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r#"^(?:Process completed with exit code |(?:ERROR: )?Job failed: (?:command terminated with )?exit (?:code|status) "#,
        r#"|The command ".*" (?:exited with|failed and exited with) |Done\. Your build exited with "#,
        r"|Exited with code (?:exit status )?|(?:ERROR: )?script returned exit code ",
        r"|(?:\S{1,8} )?Error: The command exited with status |Process exited with code |Command exited with code )(\d{1,10})\b",
    ))
    .expect("the pattern compiles")
});

/// What Azure's tasks say of the program they ran, where the agent marks it as an error: actions of GitHub that try again
/// say the same in passing.
static MARKED_EXIT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^(?:(?:Bash|Cmd\.exe|PowerShell|Script) exited with code '|(?:Error: )?The process '.+' failed with exit code )(\d{1,10})\b")
        .expect("the pattern compiles")
});

impl Steps {
    pub fn line(&mut self, line: &Line<'_>) -> StepLine {
        if line.mark == Mark::Group {
            self.open = None;
            if let Some(title) = line.text.strip_prefix("Run ") {
                self.begin(line.number, title.trim_end());
                return StepLine::Begins;
            }
            return StepLine::Output;
        }
        if let Some(part) = self.open {
            self.open = self.block_line(line, part);
            return StepLine::Block;
        }
        if let Some(job) = line.text.strip_prefix("Complete job name: ") {
            self.job.get_or_insert_with(|| job.trim_end().to_owned());
        } else if let Some(folder) = line.text.strip_prefix("Working directory is '") {
            self.root.get_or_insert_with(|| folder.trim_end().trim_end_matches('\'').to_owned());
        }
        match exit_code(line) {
            Some(code) if code != 0 => {
                if self.ended_at.is_empty() {
                    self.exit_code = Some(code);
                }
                if self.ended_at.len() < BLOCKS_MAX {
                    self.ended_at.push(line.number);
                }
                StepLine::Ends
            }
            _ => StepLine::Output,
        }
    }

    fn begin(&mut self, line: u64, title: &str) {
        if self.blocks.len() < BLOCKS_MAX {
            self.blocks.push(RunBlock { first_line: line, command: vec![title.to_owned()], shell: None });
            self.open = Some(Part::Title);
        }
    }

    /// The lines of the steps that failed, as far as the log tells. More than one where a step was let go on
    /// (`continue-on-error`) or runs whatever failed before (`always()`).
    pub fn failing(&self) -> impl Iterator<Item = Span> {
        self.ended_at.iter().map(|last| self.step_that_ends(*last))
    }

    fn step_that_ends(&self, last: u64) -> Span {
        let first = self.blocks.iter().rev().find(|block| block.first_line < last).map_or(1, |block| block.first_line);
        Span { first, last }
    }

    /// The step that a line belongs to, as the runner titles it.
    pub fn title(&self, line: u64) -> Option<String> {
        let block = self.blocks.iter().rev().find(|block| block.first_line <= line)?;
        block.command.first().map(|title| format!("Run {title}"))
    }

    /// A block is the script's lines, then `shell:` and `env:`; for an action it is `with:` and `env:`.
    fn block_line(&mut self, line: &Line<'_>, part: Part) -> Option<Part> {
        let block = self.blocks.last_mut()?;
        if line.mark == Mark::EndGroup || line.number - block.first_line > BLOCK_LINES_MAX as u64 {
            return None;
        }
        if let Some(shell) = line.text.strip_prefix("shell: ") {
            block.shell = Some(shell.to_owned());
            return Some(Part::Settings);
        }
        match part {
            Part::Settings => Some(part),
            Part::Title | Part::Script if matches!(line.text, "with:" | "env:") => Some(Part::Settings),
            Part::Title => {
                // The title repeats the script's first line.
                block.command = vec![line.text.to_owned()];
                Some(Part::Script)
            }
            Part::Script => {
                block.command.push(line.text.to_owned());
                Some(part)
            }
        }
    }
}

fn exit_code(line: &Line<'_>) -> Option<i32> {
    if !line.text.contains("exit") && !line.text.contains("Exit") {
        return None;
    }
    let marked = || if line.mark == Mark::Error { MARKED_EXIT.captures(line.text) } else { None };
    EXIT.captures(line.text).or_else(marked)?.get(1)?.as_str().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::log::Attention;
    use crate::stages::clean::cursor::Cursor;

    fn steps(log: &str) -> Steps {
        let mut steps = Steps::default();
        let mut cursor = Cursor::new();
        cursor.push(log.as_bytes(), &mut |line, _| {
            steps.line(line);
            Attention::Stay
        });
        steps
    }

    const LOG: &str = "\
2026-11-20T10:00:00.1Z ##[group]Run actions/checkout@v4
2026-11-20T10:00:00.1Z with:
2026-11-20T10:00:00.1Z   fetch-depth: 1
2026-11-20T10:00:00.1Z ##[endgroup]
2026-11-20T10:00:01.1Z ##[group]Run pip install -r requirements.txt
2026-11-20T10:00:01.1Z \u{1b}[36;1mpip install -r requirements.txt\u{1b}[0m
2026-11-20T10:00:01.1Z \u{1b}[36;1mpytest -q\u{1b}[0m
2026-11-20T10:00:01.1Z shell: /usr/bin/bash -e {0}
2026-11-20T10:00:01.1Z env:
2026-11-20T10:00:01.1Z   PYTHONPATH: src
2026-11-20T10:00:01.1Z ##[endgroup]
2026-11-20T10:00:02.1Z 1 failed
2026-11-20T10:00:02.1Z ##[error]Process completed with exit code 1.
2026-11-20T10:00:02.1Z ##[group]Run echo always
2026-11-20T10:00:02.1Z ##[endgroup]
2026-11-20T10:00:02.1Z ##[error]Process completed with exit code 2.
";

    #[test]
    fn p13_run_blocks_hold_the_script_and_the_shell_and_for_actions_their_name() {
        let steps = steps(LOG);
        let commands: Vec<_> = steps.blocks.iter().map(|block| block.command.join("; ")).collect();
        assert_eq!(commands, ["actions/checkout@v4", "pip install -r requirements.txt; pytest -q", "echo always"]);
        assert_eq!(steps.blocks[1].shell.as_deref(), Some("/usr/bin/bash -e {0}"));
        assert_eq!(steps.blocks[0].shell, None);
    }

    #[test]
    fn the_steps_that_end_badly_are_the_failing_ones() {
        let steps = steps(LOG);
        assert_eq!(steps.exit_code, Some(1));
        assert_eq!(steps.failing().next(), Some(Span { first: 5, last: 13 }));
        assert_eq!(steps.title(12).as_deref(), Some("Run pip install -r requirements.txt"));
    }

    #[test]
    fn other_runners_tell_their_exit_status_too() {
        for (line, code) in [
            ("ERROR: Job failed: exit code 2", 2),
            ("The command \"npm test\" exited with 3.", 3),
            ("Exited with code exit status 4", 4),
            ("Exited with code 4", 4),
            ("ERROR: Job failed: command terminated with exit code 5", 5),
            ("2026-11-20T10:00:00.123456Z 00O \u{1b}[31;1mERROR: Job failed: exit code 6\u{1b}[0;m", 6),
            ("Done. Your build exited with 1.", 1),
            ("[2026-11-20T10:00:00.123Z] ERROR: script returned exit code 7", 7),
            ("\u{1b}_bk;t=1763632800000\u{7}🚨 Error: The command exited with status 8", 8),
            ("2026-11-20T10:00:00.1Z ##[error]Bash exited with code '9'.", 9),
            ("##[error]The process '/usr/bin/npm' failed with exit code 10", 10),
            ("[10:00:00]W:\t [Step 1/2] Process exited with code 11", 11),
            ("Command exited with code 12", 12),
        ] {
            assert_eq!(steps(&format!("{line}\n")).exit_code, Some(code), "of {line}");
        }
        assert_eq!(steps("The command \"npm ci\" exited with 0.\n").exit_code, None);
        assert_eq!(steps("the process exit code 5 is fine\n").exit_code, None);
        assert_eq!(steps("The process '/usr/bin/git' failed with exit code 128\n").exit_code, None);
    }

    #[test]
    fn a_block_and_the_list_of_blocks_are_bounded() {
        let long = format!("##[group]Run a\n{}", "a\n".repeat(BLOCK_LINES_MAX + 10));
        assert_eq!(steps(&long).blocks[0].command.len(), BLOCK_LINES_MAX);
        assert_eq!(steps(&"##[group]Run a\n".repeat(BLOCKS_MAX + 1)).blocks.len(), BLOCKS_MAX);
    }
}
