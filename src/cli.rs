//! The command line: arguments as typed become inputs as meant, and a mode is one `match`.

use std::num::NonZeroU64;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

use crate::config::inputs::{BadInput, Inputs, Keys, May, ModelChoice};
use crate::domain::outcome::Outcome;
use crate::edge::terminal::Terminal;
use crate::edge::{actions, environment};
use crate::exit;
use crate::flows;

/// Heals a failed CI run: reads it, makes the smallest patch, proves it, and hands it over for approval.
#[derive(Parser)]
#[command(name = "self-heal", version, max_term_width = 110)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// What the action runs: read the failed run, classify, mend, prove. Writes nothing to GitHub
    Heal(Flags),
    /// Run a command here, and heal what fails: `self-heal run -- pytest -q`
    Run {
        #[command(flatten)]
        flags: Flags,
        /// The command, as typed
        #[arg(last = true, required = true, value_name = "CMD")]
        typed: Vec<String>,
    },
    /// Read a log and print failure.json; in the action it goes into the bundle. No network, no key
    Classify {
        #[command(flatten)]
        flags: Flags,
        /// A log file, or - for standard input; without it, what --log names
        #[arg(value_name = "LOG")]
        from: Option<PathBuf>,
    },
    /// Ask the model for candidates: failure.json and a git tree in, candidates.json out. Runs nothing
    Propose(Flags),
    /// Prove candidates.json or a patch: receipt out. No token, no key
    Validate {
        #[command(flatten)]
        flags: Flags,
        /// candidates.json or a git diff; without it, what the bundle holds
        candidates: Option<PathBuf>,
    },
    /// Publish a proven bundle: branch, commit and pull request, after checking everything again
    Publish(Flags),
    /// Every decision of a run, with the rule and the evidence
    Why {
        /// The bundle folder; without it, the newest in this repository
        #[arg(value_name = "BUNDLE")]
        folder: Option<PathBuf>,
        #[command(flatten)]
        flags: Flags,
    },
    /// Score how well logs are read: the golden set, compared with its baseline. Exit code 1 where a slice fell
    Eval {
        /// The golden set [default: fixtures/golden]
        #[arg(value_name = "DIR")]
        folder: Option<PathBuf>,
        /// Print one JSON object and nothing else
        #[arg(long)]
        json: bool,
        /// Make these scores the baseline
        #[arg(long)]
        bless: bool,
        /// Write NAME.toml beside NAME.log with what is said of it, for a person to check
        #[arg(long, value_name = "LOG", conflicts_with_all = ["folder", "json", "bless"])]
        add: Option<PathBuf>,
    },
}

/// Flags that mean the same in every command. In the action each is an input, `SELF_HEAL_<NAME>` in the environment.
#[derive(Args, Default)]
struct Flags {
    /// The checkout to work on [default: the current folder]
    #[arg(long, value_name = "DIR")]
    workspace: Option<PathBuf>,
    /// A policy file, instead of the repository's own
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
    /// none, anthropic[/NAME], openai[/NAME] or `command:PROGRAM ARGS` [default: the policy's, else none]
    #[arg(long, value_name = "MODEL")]
    model: Option<String>,
    /// The model's API, for anything that speaks its provider's language
    #[arg(long, value_name = "URL")]
    base_url: Option<String>,
    /// The bundle folder to write or read
    #[arg(long, value_name = "DIR")]
    bundle: Option<PathBuf>,
    /// The hash of bundle.json that the healing job put out
    #[arg(long, value_name = "HEX")]
    bundle_sha256: Option<String>,
    /// Edit answers in one run, the first included
    #[arg(long, value_name = "N")]
    rounds: Option<String>,
    /// The repository on GitHub
    #[arg(long, value_name = "OWNER/NAME")]
    repo: Option<String>,
    /// The failed run
    #[arg(long, value_name = "N")]
    run_id: Option<String>,
    /// The failed job, as GitHub shows it
    #[arg(long, value_name = "NAME")]
    job: Option<String>,
    /// A log file instead of the run's
    #[arg(long, value_name = "FILE|GLOB")]
    log: Option<String>,
    /// The same job's last green log
    #[arg(long, value_name = "FILE")]
    green: Option<PathBuf>,
    /// Reports of tests and linters beside the log
    #[arg(long, value_name = "GLOB")]
    reports: Option<String>,
    /// Users' own problem matchers, as GitHub writes them
    #[arg(long, value_name = "GLOB")]
    matchers: Option<String>,
    /// Read the log as this tool's
    #[arg(long, value_name = "NAME")]
    tool: Option<String>,
    /// The command that failed, where the workflow file does not say it
    #[arg(long, value_name = "CMD")]
    command: Option<String>,
    /// What publish may do [default: rerun,report,patch]
    #[arg(long, value_name = "LIST")]
    may: Option<String>,
    /// Outcomes that fail the action's step
    #[arg(long, value_name = "LIST")]
    fail_on: Option<String>,
    /// Print what is sent to the model
    #[arg(long)]
    show_prompt: bool,
    /// Everything but writing to GitHub or the workspace
    #[arg(long)]
    dry_run: bool,
    /// Leave the healed tree in the workspace without asking
    #[arg(long)]
    yes: bool,
    /// Print one JSON object and nothing else
    #[arg(long)]
    json: bool,
}

/// The whole program, from arguments to exit code.
pub fn main() -> ExitCode {
    let keys = match environment::take_keys() {
        Ok(keys) => keys,
        Err(error) => return broken(&error),
    };
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            let _ = error.print();
            return if error.use_stderr() { ExitCode::from(exit::USAGE) } else { ExitCode::SUCCESS };
        }
    };
    environment::start_tracing();
    match dispatch(arguments.command, &keys) {
        Ok(code) => ExitCode::from(code),
        Err(error) => broken(&error),
    }
}

fn dispatch(command: Command, keys: &Keys) -> anyhow::Result<u8> {
    match command {
        Command::Heal(flags) => {
            let fail_on = fail_on(&flags)?;
            let inputs = inputs(flags)?;
            let outcome = flows::heal::heal(&inputs, keys, &mut terminal(&inputs, keys))?;
            Ok(action_code(outcome, &fail_on))
        }
        Command::Run { flags, typed } => {
            let inputs = inputs(flags)?;
            Ok(exit::code(flows::run::run(&inputs, keys, &typed, &mut terminal(&inputs, keys))?))
        }
        Command::Classify { flags, from } => {
            let inputs = inputs(flags)?;
            let mut terminal = terminal(&inputs, keys);
            match from {
                // A line of a log is a command to the runner where it reads our output; told to print it, we do.
                None if environment::in_actions() => flows::classify::into_bundle(&inputs, &mut terminal)?,
                from => terminal.print(&flows::classify::classify(from.as_deref(), &inputs)?)?,
            }
            Ok(0)
        }
        Command::Propose(flags) => {
            let inputs = inputs(flags)?;
            Ok(flows::propose::command(&inputs, keys, &mut terminal(&inputs, keys))?.map_or(0, exit::code))
        }
        Command::Validate { flags, candidates } => {
            let inputs = inputs(flags)?;
            let mut terminal = terminal(&inputs, keys);
            Ok(exit::code(flows::validate::validate(&inputs, keys, candidates.as_deref(), &mut terminal)?))
        }
        Command::Publish(flags) => {
            let fail_on = fail_on(&flags)?;
            let inputs = inputs(flags)?;
            let outcome = flows::publish::publish(&inputs, keys, &mut terminal(&inputs, keys))?;
            Ok(action_code(outcome, &fail_on))
        }
        Command::Why { folder, flags } => {
            let inputs = inputs(flags)?;
            let text = flows::why::why(folder.as_deref(), &inputs)?;
            terminal(&inputs, keys).print(&text)?;
            Ok(0)
        }
        Command::Eval { add: Some(log), .. } => {
            let mut terminal = Terminal::new(false, environment::in_actions());
            terminal.say(&flows::eval::add(&log)?);
            Ok(0)
        }
        Command::Eval { folder, json, bless, add: None } => {
            let flows::eval::Evaluated { page, good } = flows::eval::eval(&flows::eval::Asked { folder, json, bless })?;
            Terminal::new(json, environment::in_actions()).print(&page)?;
            Ok(if good { 0 } else { exit::BROKEN })
        }
    }
}

/// In the action a normal bad ending leaves the step green, unless `fail-on` names it (design §3).
fn action_code(outcome: Outcome, fail_on: &[Outcome]) -> u8 {
    if environment::in_actions() && !fail_on.contains(&outcome) { 0 } else { exit::code(outcome) }
}

/// The terminal, after the runner was told what to mask.
fn terminal(inputs: &Inputs, keys: &Keys) -> Terminal {
    let mut terminal = Terminal::new(inputs.json, environment::in_actions());
    for mask in environment::masks(keys) {
        terminal.mask(&mask);
    }
    terminal
}

/// The flag, else the action's input of that name; an empty input is no input.
fn or_input(flag: Option<String>, name: &str) -> Option<String> {
    flag.or_else(|| environment::input(name)).filter(|value| !value.is_empty())
}

fn inputs(flags: Flags) -> anyhow::Result<Inputs> {
    let truth = |flag: bool, name: &str| flag || environment::input(name).is_some_and(|value| value == "true");
    let path = |flag: Option<PathBuf>, name: &str| flag.or_else(|| environment::input(name).map(PathBuf::from));
    Ok(Inputs {
        workspace: path(flags.workspace, "workspace"),
        policy: path(flags.policy, "policy"),
        model: or_input(flags.model, "model").map(|text| ModelChoice::parse(&text)).transpose()?,
        base_url: or_input(flags.base_url, "base-url"),
        bundle: path(flags.bundle, "bundle"),
        bundle_sha256: or_input(flags.bundle_sha256, "bundle-sha256"),
        rounds: number("rounds", or_input(flags.rounds, "rounds"))?,
        repository: or_input(flags.repo, "repo").or_else(actions::repository),
        run_id: number::<NonZeroU64>("run-id", or_input(flags.run_id, "run-id"))?.map(NonZeroU64::get),
        job: or_input(flags.job, "job"),
        log: or_input(flags.log, "log"),
        green: path(flags.green, "green"),
        reports: or_input(flags.reports, "reports"),
        matchers: or_input(flags.matchers, "matchers"),
        tool: or_input(flags.tool, "tool"),
        command: or_input(flags.command, "command"),
        may: May::parse(or_input(flags.may, "may").as_deref())?,
        show_prompt: flags.show_prompt,
        dry_run: truth(flags.dry_run, "dry-run"),
        yes: flags.yes,
        json: flags.json,
    })
}

fn number<T: std::str::FromStr>(name: &str, text: Option<String>) -> Result<Option<T>, BadInput> {
    let parse = |text: String| {
        text.trim().parse().map_err(|_| BadInput(format!("{name} is `{}`: give a whole number", text.escape_debug())))
    };
    text.map(parse).transpose()
}

fn fail_on(flags: &Flags) -> Result<Vec<Outcome>, BadInput> {
    let Some(list) = or_input(flags.fail_on.clone(), "fail-on") else { return Ok(Vec::new()) };
    let names = list.split(',').map(str::trim).filter(|name| !name.is_empty());
    let known = || Outcome::ALL.map(Outcome::as_str).join(", ");
    names
        .map(|name| {
            Outcome::parse(name)
                .ok_or_else(|| BadInput(format!("fail-on names `{}`: give any of {}", name.escape_debug(), known())))
        })
        .collect()
}

/// The one place where an error is printed: one sentence, and the code that says whose fault it is.
fn broken(error: &anyhow::Error) -> ExitCode {
    Terminal::new(false, environment::in_actions()).say(&format!("self-heal: {error:#}"));
    let bad_input = error.chain().any(|cause| cause.is::<BadInput>());
    ExitCode::from(if bad_input { exit::USAGE } else { exit::BROKEN })
}
