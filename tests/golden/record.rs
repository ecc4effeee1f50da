//! Makes a golden case's log: really runs what the case says, and puts a CI's dress on what was printed.
//!
//! `cargo run --locked --example record -- fixtures/golden/ruff/unused.toml …` writes `unused.log` beside each case, and
//! `unused.green.log` where the case has a `green` script. `fixtures/golden/README.md` says what a case may hold.
#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a recorder is outside the program: it starts tools, writes files and reads the clock"
)]

mod dress;
#[path = "../it/support/github_log.rs"]
mod github_log;
mod run;
mod scrub;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use serde::Deserialize;

use dress::{Dress, Step};
use run::{Printed, Workspace};
use scrub::Scrub;

/// Of a case, what is needed to make its log; `self-heal eval` reads the rest, and holds the keys' names.
#[derive(Clone, Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Case {
    #[serde(default)]
    ci: Dress,
    /// Run first, in the same folder, and not in the log: files, installs, servers.
    #[serde(default)]
    setup: String,
    /// An earlier step, shown in the log; it may fail and be passed over, as with `continue-on-error`.
    before: Option<String>,
    /// The step that fails.
    script: Option<String>,
    /// Where nothing can be run: what the tool prints by its documentation.
    output: Option<String>,
    /// What the runner itself says at the end instead of `Process completed with exit code N.`
    runner: Option<String>,
    /// The same job when it passes: another script, or what mends the tree before the same one.
    green: Option<String>,
    mend: Option<String>,
    /// What bash is started with; `bash` alone is what `shell: bash` means to a runner.
    #[serde(default)]
    shell: String,
    #[serde(default)]
    env: BTreeMap<String, String>,
    #[serde(default = "job_default")]
    job: String,
    /// Of a script that is not run: the exit status.
    exit: Option<i32>,
}

fn job_default() -> String {
    "test".to_owned()
}

fn main() -> ExitCode {
    let (mut cases, mut replaced) = (Vec::new(), Vec::new());
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--replace" => match arguments.next().as_deref().and_then(|pair| pair.split_once('=')) {
                Some((from, to)) => replaced.push((from.to_owned(), to.to_owned())),
                None => return usage("--replace wants FROM=TO"),
            },
            flag if flag.starts_with('-') => return usage(&format!("there is no {flag}")),
            case => cases.push(PathBuf::from(case)),
        }
    }
    if cases.is_empty() {
        return usage("name a case");
    }
    let mut failed = 0;
    for case in &cases {
        match record(case, &replaced) {
            Ok(told) => println!("{}: {told}", case.display()),
            Err(error) => {
                failed += 1;
                eprintln!("{}: {error:#}", case.display());
            }
        }
    }
    if failed > 0 {
        eprintln!("{failed} of {} cases were not recorded", cases.len());
    }
    ExitCode::from(u8::from(failed > 0))
}

fn usage(wrong: &str) -> ExitCode {
    eprintln!("record: {wrong}\nusage: record [--replace FROM=TO]... CASE.toml...");
    ExitCode::from(2)
}

fn record(path: &Path, replaced: &[(String, String)]) -> anyhow::Result<String> {
    let text = std::fs::read_to_string(path).context("read the case")?;
    let case: Case = toml::from_str(&text).context("parse the case")?;
    let name = path.file_stem().and_then(|stem| stem.to_str()).context("the case has no name")?;
    let script = case.script.as_deref().unwrap_or_default();
    let (steps, scrub) = steps(name, &case, script, replaced)?;
    let failed = steps.last().is_some_and(|step| step.exit != 0);
    if !failed && case.runner.is_none() {
        bail!("the script ended with 0: a case is of a job that failed (say `runner` where the runner stopped it)");
    }
    let mut told = written(&path.with_extension("log"), name, &case, &steps, &scrub)?;
    if case.green.is_some() || case.mend.is_some() {
        let setup = format!("{}\n{}", case.setup, case.mend.as_deref().unwrap_or_default());
        let green = Case { setup, ..case.clone() };
        let (steps, scrub) = steps_green(name, &green, green.green.as_deref().unwrap_or(script), replaced)?;
        told += &format!(", {}", written(&path.with_extension("green.log"), name, &case, &steps, &scrub)?);
    }
    Ok(told)
}

fn steps_green(
    name: &str,
    case: &Case,
    green: &str,
    replaced: &[(String, String)],
) -> anyhow::Result<(Vec<Step>, Scrub)> {
    let (mut steps, scrub) = run_steps(name, case, green, replaced)?;
    if let Some(last) = steps.last_mut() {
        if last.exit != 0 {
            bail!("the green script ended with {}:\n{}", last.exit, String::from_utf8_lossy(&last.output));
        }
        last.runner = None;
    }
    Ok((steps, scrub))
}

/// The steps of the job as they were run, or as the case says that they print.
fn steps(name: &str, case: &Case, script: &str, replaced: &[(String, String)]) -> anyhow::Result<(Vec<Step>, Scrub)> {
    let Some(output) = &case.output else { return run_steps(name, case, script, replaced) };
    let step = Step {
        output: output.clone().into_bytes(),
        exit: case.exit.unwrap_or(1),
        runner: case.runner.clone(),
        ..Step::of(script, case)
    };
    Ok((vec![step], Scrub::new(replaced, case.ci.root(name))))
}

fn run_steps(
    name: &str,
    case: &Case,
    script: &str,
    replaced: &[(String, String)],
) -> anyhow::Result<(Vec<Step>, Scrub)> {
    if script.trim().is_empty() {
        bail!("a case needs a `script`, or its `output` where nothing can be run");
    }
    let workspace = Workspace::make(name, &case.env)?;
    if !case.setup.trim().is_empty() {
        let Printed { output, exit } = workspace.run(&case.setup, "")?;
        if exit != 0 {
            bail!("the setup ended with {exit}:\n{}", String::from_utf8_lossy(&output));
        }
    }
    let mut steps = Vec::new();
    for (script, last) in case.before.iter().map(|before| (before.as_str(), false)).chain([(script, true)]) {
        let Printed { output, exit } = workspace.run(script, &case.shell)?;
        let runner = case.runner.clone().filter(|_| last);
        steps.push(Step { output, exit, runner, ..Step::of(script, case) });
    }
    let scrub = Scrub::new(replaced, case.ci.root(name)).of_workspace(&workspace);
    Ok((steps, scrub))
}

fn written(path: &Path, name: &str, case: &Case, steps: &[Step], scrub: &Scrub) -> anyhow::Result<String> {
    let log = scrub.clean(case.ci.put_on(name, &case.job, steps))?;
    std::fs::write(path, &log).with_context(|| format!("write {}", path.display()))?;
    let lines = log.iter().filter(|byte| **byte == b'\n').count();
    let exit = steps.last().map_or(0, |step| step.exit);
    let file = path.file_name().unwrap_or_default().to_string_lossy();
    Ok(format!("{file}: exit {exit}, {lines} lines"))
}

impl Step {
    fn of(script: &str, case: &Case) -> Self {
        let variables = case.env.iter().map(|(name, value)| (name.clone(), value.clone())).collect();
        Self {
            script: script.trim_end().to_owned(),
            shell: run::shown_shell(&case.shell),
            variables,
            output: Vec::new(),
            exit: 0,
            runner: None,
        }
    }
}
