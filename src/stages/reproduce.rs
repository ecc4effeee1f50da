//! The workflow file and the log become the command that failed (P13).
//!
//! The workflow file at the failing commit is what GitHub ran; the log's `Run` block is only what was printed. So the
//! command is the file's, and the log fills in what expressions became there, where its text agrees with the file.

use std::sync::LazyLock;

use regex::Regex;
use serde_json::Value;

use super::workflow::{Found, Unread, find_job, find_job_by_id, wildcards};
use crate::domain::failure::{Reproduce, ReproduceFrom, SHELL_DEFAULT};
use crate::domain::log::RunBlock;
use crate::domain::run::Step;
use crate::text::{inline_code, truncate};

/// Everything that is known of the failing step.
#[derive(Clone, Copy, Debug, Default)]
pub struct Asked<'a> {
    /// The path of the workflow file, `.github/workflows/ci.yml`; `None` when only a log is known.
    pub workflow: Option<&'a str>,
    /// The job's name as GitHub shows it: `caller / job (leg)` (P14).
    pub job: Option<&'a str>,
    /// The job's steps as the API tells them.
    pub steps: &'a [Step],
    pub blocks: &'a [RunBlock],
    /// A line of the log that belongs to the failing step.
    pub failing_line: Option<u64>,
}

/// A step inside of the failing job (P16): which job it is in, and the file that the failing step has kept its log in.
#[derive(Clone, Copy, Debug)]
pub struct JobStep<'a> {
    /// As the workflow file has it: the shown name is not told to a step.
    pub job_id: Option<&'a str>,
    pub log: &'a str,
}

/// How to make a failure happen again, or why that cannot be known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reproduction {
    Command(Reproduce),
    Unknown(WhyNot),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WhyNot {
    /// Neither a workflow file nor a `Run` block says what ran.
    NothingSaid,
    /// The workflow file, or the job in it, was not found.
    Workflow(Unread),
    /// No step of the job is shown by that name.
    NoSuchStep { step: String },
    /// The step uses an action: there is no command.
    Action { uses: String },
    /// Inside of a job only its file is known, and more than one of its steps may have failed.
    WhichStep { job: String },
    /// A secret is part of the command.
    Masked,
    /// An expression whose value the log does not show, or shows otherwise than the file says.
    Unresolved { what: String },
}

impl WhyNot {
    /// Stable.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NothingSaid => "command.unknown",
            Self::Workflow(unread) => unread.code(),
            Self::NoSuchStep { .. } => "step.not-in-workflow",
            Self::Action { .. } => "step.is-action",
            Self::WhichStep { .. } => "step.unknown",
            Self::Masked => "command.masked",
            Self::Unresolved { .. } => "command.unresolved",
        }
    }

    /// One sentence that names the place and the mend.
    pub fn sentence(&self) -> String {
        let quoted = |text: &String| inline_code(&truncate(text, 100));
        let why = match self {
            Self::NothingSaid => "neither a workflow file nor the log says which command failed".to_owned(),
            Self::Workflow(unread) => unread.sentence(),
            Self::NoSuchStep { step } => {
                format!("no step of the job in the workflow file is shown as {}", quoted(step))
            }
            Self::Action { uses } => format!("the step that failed is the action {}, not a command", quoted(uses)),
            Self::WhichStep { job } => {
                format!("which step of job {} failed is not told to another of its steps", quoted(job))
            }
            Self::Masked => "the command that failed holds a masked secret".to_owned(),
            Self::Unresolved { what } => {
                format!("{} of the step that failed cannot be told from the log", quoted(what))
            }
        };
        format!("{why}: name the command with --command, or in the policy's [jobs] reproduce")
    }
}

/// `read` gives a file's text at the failing commit, by its path from the repository root.
pub fn reproduce(asked: &Asked<'_>, read: &dyn Fn(&str) -> Option<String>) -> Reproduction {
    let known = match asked.workflow {
        Some(path) => by_workflow(asked, path, read),
        None => by_log(asked),
    };
    known.map_or_else(Reproduction::Unknown, Reproduction::Command)
}

/// Inside of the failing job: the step of the workflow file that keeps this log, or the only one that there is.
pub fn reproduce_inside(path: &str, step: &JobStep<'_>, read: &dyn Fn(&str) -> Option<String>) -> Reproduction {
    inside(path, step, read).map_or_else(Reproduction::Unknown, Reproduction::Command)
}

fn inside(path: &str, step: &JobStep<'_>, read: &dyn Fn(&str) -> Option<String>) -> Result<Reproduce, WhyNot> {
    let id = step.job_id.ok_or(WhyNot::NothingSaid)?;
    let found = find_job_by_id(path, id, read).map_err(WhyNot::Workflow)?;
    let steps = found.job.get("steps").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let scripts: Vec<(&Value, &str)> =
        steps.iter().filter_map(|step| Some((step, step.get("run")?.as_str()?))).collect();
    let log = step.log.rsplit('/').next().unwrap_or_default();
    let keeping: Vec<_> = scripts.iter().filter(|(_, script)| keeps(script, log)).collect();
    let (step, script) = match (keeping.as_slice(), scripts.as_slice()) {
        ([one], _) => **one,
        ([], [one]) => *one,
        _ => return Err(WhyNot::WhichStep { job: id.to_owned() }),
    };
    let script: Vec<&str> = script.trim_end().lines().map(without_tee).collect();
    let command = script.join("\n");
    if command.contains("${{") {
        return Err(WhyNot::Unresolved { what: script.first().copied().unwrap_or_default().to_owned() });
    }
    written(&found, step, command)
}

/// `CMD 2>&1 | tee LOG`, which is how a log is kept for a later step.
static TEE: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"\s*(?:2>&1\s*)?\|&?\s*tee\s[^|;&]*$").ok());

fn keeps(script: &str, log: &str) -> bool {
    let kept = |line: &str| line.get(without_tee(line).len()..).is_some_and(|tee| tee.contains(log));
    !log.is_empty() && script.lines().any(kept)
}

/// Whoever runs the command again keeps its output; writing it to the old place is no part of what failed.
fn without_tee(line: &str) -> &str {
    let tee = TEE.as_ref().and_then(|tee| tee.find(line));
    tee.map_or(line, |tee| line.get(..tee.start()).unwrap_or(line))
}

/// Only a log is known. A block without a shell is an action's: its title is no command.
fn by_log(asked: &Asked<'_>) -> Result<Reproduce, WhyNot> {
    let block = failing_block(asked).ok_or(WhyNot::NothingSaid)?;
    let Some(shell) = &block.shell else {
        return Err(WhyNot::Action { uses: block.command.first().cloned().unwrap_or_default() });
    };
    let command = block.command.join("\n");
    if command.contains("***") {
        return Err(WhyNot::Masked);
    }
    let directory = ".".to_owned();
    Ok(Reproduce { command, shell: shell_of_log(shell), directory, env: Vec::new(), from: ReproduceFrom::Log })
}

/// The block that the failing line is in, else the last one.
fn failing_block<'a>(asked: &Asked<'a>) -> Option<&'a RunBlock> {
    match asked.failing_line {
        Some(line) => asked.blocks.iter().rev().find(|block| block.first_line <= line),
        None => asked.blocks.last(),
    }
}

/// `/usr/bin/bash -e {0}` is on another machine `bash`, wherever that is.
fn shell_of_log(shell: &str) -> String {
    let (program, rest) = shell.split_once(' ').unwrap_or((shell, "{0}"));
    format!("{} {rest}", program.rsplit('/').next().unwrap_or(program))
}

fn by_workflow(asked: &Asked<'_>, path: &str, read: &dyn Fn(&str) -> Option<String>) -> Result<Reproduce, WhyNot> {
    let shown = asked.job.unwrap_or_default();
    let found = find_job(path, shown, read).map_err(WhyNot::Workflow)?;
    let step = find_step(asked, &found.job)?;
    if let Some(uses) = step.get("uses").and_then(Value::as_str) {
        return Err(WhyNot::Action { uses: uses.to_owned() });
    }
    let script = step.get("run").and_then(Value::as_str).ok_or(WhyNot::NothingSaid)?.trim_end_matches('\n');
    let (command, from) = resolved(asked, script)?;
    Ok(Reproduce { from, ..written(&found, step, command)? })
}

/// The command with the shell, directory and variables that the file has for the step.
fn written(found: &Found, step: &Value, command: String) -> Result<Reproduce, WhyNot> {
    let settings = [Some(step), run_defaults(&found.job), run_defaults(&found.workflow)];
    let setting = |name: &str| settings.iter().flatten().find_map(|map| map.get(name)?.as_str());
    let plain = |name: &'static str, value: &str| {
        if value.contains("${{") { Err(WhyNot::Unresolved { what: format!("{name}: {value}") }) } else { Ok(()) }
    };
    let shell = setting("shell").unwrap_or_default();
    let directory = setting("working-directory").unwrap_or(".");
    plain("shell", shell)?;
    plain("working-directory", directory)?;
    Ok(Reproduce {
        command,
        shell: shell_line(shell, found.job.get("container").is_some()),
        directory: relative(directory),
        env: variables(&[&found.workflow, &found.job, step]),
        from: ReproduceFrom::Workflow,
    })
}

/// The step that failed: by the API's name for it and its place among steps of that name, else by the log's block.
fn find_step<'v>(asked: &Asked<'_>, job: &'v Value) -> Result<&'v Value, WhyNot> {
    let steps = job.get("steps").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let failed = |step: &&Step| matches!(step.conclusion.as_str(), "failure" | "timed_out");
    if let Some(step) = asked.steps.iter().find(failed) {
        let before = asked.steps.iter().filter(|other| other.name == step.name && other.number < step.number).count();
        let missing = || WhyNot::NoSuchStep { step: step.name.clone() };
        return steps.iter().filter(|written| is_step(written, &step.name)).nth(before).ok_or_else(missing);
    }
    let block = failing_block(asked).ok_or(WhyNot::NothingSaid)?;
    let title = format!("Run {}", block.command.first().map(String::as_str).unwrap_or_default());
    let script = |step: &Value| step.get("run").and_then(Value::as_str).map(|run| run.trim_end().to_owned());
    let printed = block.command.join("\n");
    let ran = |step: &&Value| script(step).is_some_and(|script| agrees(&script, &printed));
    let found = steps.iter().find(ran).or_else(|| steps.iter().find(|step| is_step(step, &title)));
    found.ok_or(WhyNot::NoSuchStep { step: title })
}

/// Whether GitHub shows a step of the file by this name: its own, or `Run ` and the first line of what it runs.
fn is_step(step: &Value, shown: &str) -> bool {
    let text = |key: &str| step.get(key).and_then(Value::as_str);
    let template = match (text("name"), text("uses"), text("run")) {
        (Some(name), ..) => name.to_owned(),
        (None, Some(uses), _) => format!("Run {uses}"),
        (None, None, Some(run)) => format!("Run {}", run.trim().lines().next().unwrap_or_default()),
        (None, None, None) => return false,
    };
    let pattern = format!(r"^(?s:{})$", wildcards(template.trim()));
    Regex::new(&pattern).is_ok_and(|pattern| pattern.is_match(shown.trim()))
}

/// The script with the values that its expressions had. A script without any is the file's, whatever the log says.
///
/// The code under test can print a block of its own, which agrees where an expression may be anything. The runner's own
/// block is there as well, so where blocks differ nobody but the log says which of them ran (T10).
fn resolved(asked: &Asked<'_>, script: &str) -> Result<(String, ReproduceFrom), WhyNot> {
    if !script.contains("${{") {
        return Ok((script.to_owned(), ReproduceFrom::Workflow));
    }
    let ran = asked.blocks.iter().filter(|block| block.shell.is_some());
    let near = failing_block(asked).into_iter().chain(ran);
    let mut agreeing = near.map(|block| block.command.join("\n")).filter(|printed| agrees(script, printed));
    match agreeing.next() {
        Some(printed) if printed.contains("***") => Err(WhyNot::Masked),
        Some(printed) if agreeing.all(|other| other == printed) => Ok((printed, ReproduceFrom::Workflow)),
        Some(printed) => Ok((printed, ReproduceFrom::Log)),
        None => Err(WhyNot::Unresolved { what: script.lines().next().unwrap_or_default().to_owned() }),
    }
}

/// Whether what was printed is the script, but for its expressions and spaces at the ends of lines.
fn agrees(script: &str, printed: &str) -> bool {
    let trimmed = |text: &str| text.trim().lines().map(str::trim_end).collect::<Vec<_>>().join("\n");
    let pattern = format!(r"^(?s:{})$", wildcards(&trimmed(script)));
    Regex::new(&pattern).is_ok_and(|pattern| pattern.is_match(&trimmed(printed)))
}

fn run_defaults(level: &Value) -> Option<&Value> {
    level.get("defaults")?.get("run")
}

/// The command line that Actions makes of a `shell:` value, as its documentation lists them.
fn shell_line(shell: &str, in_container: bool) -> String {
    match shell {
        "" if in_container => "sh -e {0}".to_owned(),
        "" => SHELL_DEFAULT.to_owned(),
        "bash" => "bash --noprofile --norc -eo pipefail {0}".to_owned(),
        "sh" => "sh -e {0}".to_owned(),
        "python" => "python {0}".to_owned(),
        "pwsh" => "pwsh -command \". '{0}'\"".to_owned(),
        own if own.contains("{0}") => own.to_owned(),
        own => format!("{own} {{0}}"),
    }
}

/// `./a/b/` is `a/b`.
fn relative(directory: &str) -> String {
    let plain = directory.trim_start_matches("./").trim_end_matches('/');
    if plain.is_empty() { ".".to_owned() } else { plain.to_owned() }
}

/// Variables with literal values, the innermost level last and winning.
fn variables(levels: &[&Value]) -> Vec<(String, String)> {
    let mut variables: Vec<(String, String)> = Vec::new();
    for (name, value) in levels.iter().filter_map(|level| level.get("env")?.as_object()).flatten() {
        let value = match value {
            Value::String(text) if text.contains("${{") => continue,
            Value::String(text) => text.clone(),
            Value::Number(_) | Value::Bool(_) => value.to_string(),
            _ => continue,
        };
        variables.retain(|(known, _)| known != name);
        variables.push((name.clone(), value));
    }
    variables
}

#[cfg(test)]
mod tests {
    use super::super::workflow::Unread;
    use super::{Asked, JobStep, Reproduction, WhyNot, reproduce, reproduce_inside};
    use crate::domain::failure::{Reproduce, ReproduceFrom};
    use crate::domain::log::RunBlock;
    use crate::domain::run::Step;

    const WORKFLOW: &str = r#"
env: { LEVEL: workflow, COUNT: 3 }
defaults: { run: { shell: bash } }
jobs:
  unit:
    name: Unit tests
    strategy: { matrix: { python: ['3.11', '3.12'] } }
    env: { LEVEL: job, TOKEN: '${{ secrets.TOKEN }}' }
    steps:
      - uses: actions/checkout@v6
      - name: Install
        run: pip install -r requirements.txt
      - run: |
          pytest -q
          echo done
        working-directory: ./services/api/
      - name: Lint
        run: ruff check ${{ matrix.path }}
        shell: sh
      - name: Push
        run: "curl -H 'Authorization: ${{ secrets.TOKEN }}' registry.example"
  deploy:
    uses: ./.github/workflows/deploy.yml
"#;

    const DEPLOY: &str = "jobs:\n  check:\n    name: check ${{ matrix.env }}\n    steps:\n      - run: make check\n";

    fn read(path: &str) -> Option<String> {
        match path {
            ".github/workflows/ci.yml" => Some(WORKFLOW.to_owned()),
            ".github/workflows/deploy.yml" => Some(DEPLOY.to_owned()),
            _ => None,
        }
    }

    fn steps(failed: &str) -> Vec<Step> {
        let names = ["Set up job", "Run actions/checkout@v6", "Install", "Run pytest -q", "Lint", "Push"];
        names
            .iter()
            .zip(1..)
            .map(|(name, number)| Step {
                number,
                name: (*name).to_owned(),
                conclusion: if *name == failed { "failure" } else { "success" }.to_owned(),
            })
            .collect()
    }

    fn block(first_line: u64, command: &[&str], shell: Option<&str>) -> RunBlock {
        let command = command.iter().map(|line| (*line).to_owned()).collect();
        RunBlock { first_line, command, shell: shell.map(str::to_owned) }
    }

    fn asked(job: &str, failed: &str, blocks: &[RunBlock]) -> Reproduction {
        let workflow = Some(".github/workflows/ci.yml");
        let steps = steps(failed);
        reproduce(&Asked { workflow, job: Some(job), steps: &steps, blocks, failing_line: None }, &read)
    }

    fn command(reproduction: Reproduction) -> Reproduce {
        match reproduction {
            Reproduction::Command(reproduce) => reproduce,
            Reproduction::Unknown(why) => panic!("{}", why.sentence()),
        }
    }

    #[test]
    fn p13_command_comes_from_the_workflow_file() {
        let lie = [block(9, &["true"], Some("/usr/bin/bash -e {0}"))];
        assert_eq!(
            command(asked("Unit tests (3.11)", "Run pytest -q", &lie)),
            Reproduce {
                command: "pytest -q\necho done".to_owned(),
                shell: "bash --noprofile --norc -eo pipefail {0}".to_owned(),
                directory: "services/api".to_owned(),
                env: vec![("COUNT".to_owned(), "3".to_owned()), ("LEVEL".to_owned(), "job".to_owned())],
                from: ReproduceFrom::Workflow,
            }
        );
    }

    #[test]
    fn p13_the_log_fills_in_expressions_only_where_it_agrees_with_the_file() {
        let agrees = [block(9, &["ruff check src"], Some("/usr/bin/sh -e {0}"))];
        let reproduce = command(asked("Unit tests (3.11)", "Lint", &agrees));
        assert_eq!((reproduce.command.as_str(), reproduce.shell.as_str()), ("ruff check src", "sh -e {0}"));
        let other = [block(9, &["rm -rf src"], Some("/usr/bin/sh -e {0}"))];
        assert!(matches!(asked("Unit tests (3.11)", "Lint", &other), Reproduction::Unknown(WhyNot::Unresolved { .. })));
    }

    #[test]
    fn t10_a_printed_run_block_does_not_become_the_command() {
        let honest = block(9, &["ruff check src"], Some("/usr/bin/sh -e {0}"));
        let forged = |command: &str| block(12, &[command], Some("/usr/bin/sh -e {0}"));
        // A script without expressions is the file's own.
        let printed = command(asked("Unit tests (3.11)", "Run pytest -q", &[honest.clone(), forged("true")]));
        assert_eq!((printed.command.as_str(), printed.from), ("pytest -q\necho done", ReproduceFrom::Workflow));
        // One that does not agree with the file is not looked at.
        let printed = command(asked("Unit tests (3.11)", "Lint", &[honest.clone(), forged("true")]));
        assert_eq!((printed.command.as_str(), printed.from), ("ruff check src", ReproduceFrom::Workflow));
        // One that agrees as well is told apart by nobody, so the log is all that says so.
        let printed = command(asked("Unit tests (3.11)", "Lint", &[honest, forged("ruff check src || true")]));
        assert_eq!(printed.from, ReproduceFrom::Log);
        // Without a workflow file there is only the log.
        let blocks = [forged("true")];
        let only_a_log = Asked { blocks: &blocks, ..Asked::default() };
        assert_eq!(command(reproduce(&only_a_log, &read)).from, ReproduceFrom::Log);
    }

    const INSIDE: &str = r#"
defaults: { run: { shell: bash } }
jobs:
  check:
    name: Checks of ${{ github.ref }}
    env: { LEVEL: job }
    steps:
      - run: pip install -r requirements.txt
      - run: |
          cd .
          pytest -q 2>&1 | tee "${{ runner.temp }}/test.log"
        working-directory: api
      - if: failure()
        uses: octo-org/self-heal@v1
  one: { steps: [{ run: make check }, { uses: a/b@v1 }] }
  two: { steps: [{ run: make a }, { run: make b }] }
  filled: { steps: [{ run: 'make ${{ matrix.target }} |& tee test.log' }] }
"#;

    fn inside(job: &str, log: &str) -> Result<Reproduce, WhyNot> {
        let step = JobStep { job_id: Some(job), log };
        match reproduce_inside("ci.yml", &step, &|path| (path == "ci.yml").then(|| INSIDE.to_owned())) {
            Reproduction::Command(reproduce) => Ok(reproduce),
            Reproduction::Unknown(why) => Err(why),
        }
    }

    #[test]
    fn p16_inside_of_a_job_the_command_is_the_step_that_keeps_the_log() {
        assert_eq!(
            inside("check", "/tmp/test.log"),
            Ok(Reproduce {
                command: "cd .\npytest -q".to_owned(),
                shell: "bash --noprofile --norc -eo pipefail {0}".to_owned(),
                directory: "api".to_owned(),
                env: vec![("LEVEL".to_owned(), "job".to_owned())],
                from: ReproduceFrom::Workflow,
            })
        );
        assert_eq!(inside("one", "any.log").map(|one| one.command), Ok("make check".to_owned()), "there is no other");
    }

    #[test]
    fn p16_inside_of_a_job_nothing_is_guessed() {
        let code = |job: &str, log: &str| inside(job, log).map_err(|why| why.code());
        assert_eq!(code("two", "any.log"), Err("step.unknown"));
        assert_eq!(code("check", "other.log"), Err("step.unknown"));
        assert_eq!(code("filled", "test.log"), Err("command.unresolved"));
        assert_eq!(code("gone", "any.log"), Err("job.not-in-workflow"));
    }

    #[test]
    fn p13_an_action_title_is_never_a_command() {
        assert!(matches!(
            asked("Unit tests (3.11)", "Run actions/checkout@v6", &[]),
            Reproduction::Unknown(WhyNot::Action { .. })
        ));
        let blocks = [block(3, &["actions/checkout@v6"], None)];
        let only_a_log = Asked { blocks: &blocks, ..Asked::default() };
        assert!(matches!(reproduce(&only_a_log, &read), Reproduction::Unknown(WhyNot::Action { .. })));
    }

    #[test]
    fn p13_a_masked_command_is_never_run() {
        let printed = ["curl -H 'Authorization: ***' registry.example"];
        let blocks = [block(9, &printed, Some("/usr/bin/bash -e {0}"))];
        assert_eq!(asked("Unit tests (3.11)", "Push", &blocks), Reproduction::Unknown(WhyNot::Masked));
        let only_a_log = Asked { blocks: &blocks, ..Asked::default() };
        assert_eq!(reproduce(&only_a_log, &read), Reproduction::Unknown(WhyNot::Masked));
    }

    #[test]
    fn p14_job_names_are_what_github_shows() {
        let failed = [Step { number: 2, name: "Run make check".to_owned(), conclusion: "failure".to_owned() }];
        let workflow = Some(".github/workflows/ci.yml");
        let called = Asked { workflow, job: Some("deploy / check prod"), steps: &failed, ..Asked::default() };
        assert_eq!(command(reproduce(&called, &read)).command, "make check");
        for job in ["unit", "Unit", "deploy", "check prod", "Unit tests / check prod"] {
            assert!(
                matches!(asked(job, "Install", &[]), Reproduction::Unknown(WhyNot::Workflow(Unread::NoSuchJob { .. }))),
                "{job}"
            );
        }
    }

    #[test]
    fn without_a_workflow_file_the_log_says_so_and_is_named_as_the_source() {
        let blocks = [block(3, &["make"], Some("/usr/bin/bash -e {0}")), block(9, &["echo after"], Some("bash {0}"))];
        let asked = Asked { blocks: &blocks, failing_line: Some(5), ..Asked::default() };
        let reproduce = command(reproduce(&asked, &read));
        assert_eq!((reproduce.command.as_str(), reproduce.from), ("make", ReproduceFrom::Log));
        assert_eq!(reproduce.shell, "bash -e {0}");
    }

    #[test]
    fn a_workflow_file_that_is_missing_or_broken_is_named() {
        for path in [".github/workflows/gone.yml", "ci"] {
            let asked = Asked { workflow: Some(path), job: Some("unit"), ..Asked::default() };
            let Reproduction::Unknown(why) = reproduce(&asked, &read) else { panic!("{path}") };
            assert!(why.sentence().contains(path), "{}", why.sentence());
        }
    }
}
