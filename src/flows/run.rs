//! The same on this machine: run a command, snapshot what it left, heal, show, ask.

use std::ffi::OsString;
use std::path::Path;
use std::time::Duration;

use crate::config::inputs::{BadInput, Inputs, Keys};
use crate::config::policy::Policy;
use crate::domain::audit::AuditRecord;
use crate::domain::failure::{Reproduce, ReproduceFrom};
use crate::domain::healing::{Healing, Place};
use crate::domain::jail::Exit;
use crate::domain::outcome::{Ending, Outcome};
use crate::edge::git::{Git, GitError};
use crate::edge::jail::{JailError, OUTPUT_BYTES_MAX, in_place};
use crate::edge::reports::Since;
use crate::edge::terminal::Terminal;
use crate::edge::wait::wait;
use crate::edge::{environment, store};
use crate::flows::ask::Asking;
use crate::flows::bench::Trees;
use crate::flows::book::{Book, Closed};
use crate::flows::incident::{Seen, Work, not_for_a_patch, remember};
use crate::flows::ledger::Ledger;
use crate::flows::matchers;
use crate::flows::mend::Limits;
use crate::flows::read::{ReadOptions, read_log};
use crate::flows::reports::{Reports, globs};
use crate::flows::{place, policy, tell};
use crate::stages::remedy::unfold::unfolded;
use crate::stages::render::proof::exit_in_words;

pub fn run(inputs: &Inputs, keys: &Keys, command: &[String], terminal: &mut Terminal) -> anyhow::Result<Outcome> {
    let workspace = place::workspace(inputs)?;
    let git = match Git::open(&workspace) {
        Err(GitError::NotARepository(_) | GitError::NoCommit(_)) => Git::of_folder(&workspace)?,
        opened => opened?,
    };
    let policy = policy::local(inputs, Some(&git))?;
    let scratch = store::scratch()?;
    let log = scratch.path().join("command.log");
    let since = Since::now();
    let exit = run_as_typed(&workspace, command, &log, policy.validate.timeout, terminal)?;
    if exit.success() {
        terminal.heading("nothing_to_heal: the command is green");
        return Ok(Outcome::NothingToHeal);
    }
    let mut book = Book::new(terminal);
    let reproduce = reproduce(command, &workspace, git.root());
    book.record(&AuditRecord::new("run", exit_in_words(exit)).with("command", &reproduce.command))?;
    policy::record(&mut book, &policy)?;
    // What the command left, uncommitted work included, is what gets mended; the workspace itself is not touched.
    let commit = git.snapshot(git.root(), git.head())?;
    let job = inputs.job.clone();
    let options = ReadOptions {
        matchers: wait(matchers::find(inputs, &policy, &workspace, Some(&git), None))?,
        reports: Reports::find(&workspace, &globs(inputs, &policy), Some(since))?,
        command: Some(unfolded(&reproduce.command, &reproduce.directory, &|path| {
            git.file_at(&commit, path).ok().flatten()
        })),
        ..ReadOptions::of(inputs, &policy.logs).in_checkout(&git, &commit)?
    };
    let seen = Seen::alone(read_log(&log, &options)?, &log, options);
    let mut healing = Healing::begin(Place { job, commit: Some(commit.clone()), ..Place::default() });
    healing.dry_run = inputs.dry_run;
    seen.put_into(&mut healing, &place::bundle(inputs, &workspace, &seen.name()), &mut book)?;
    healing.ending = match not_for_a_patch(&seen.read.classification).map(|ending| cut_short(ending, exit, &policy)) {
        Some(ending) => ending,
        None => {
            let ledger = Ledger::of(keys, None, &workspace, seen.read.fingerprint.as_ref(), &policy.budget);
            let mut asking = Asking::open(inputs, keys, &policy).map(|asking| asking.with(ledger));
            let (seen, reproduce, zones) = (&seen, &reproduce, keys.zones());
            let trees = Trees::all(&commit);
            let remembered = remember(keys, None, &git, seen, &mut book)?;
            let work = Work { seen, git: &git, trees, reproduce, policy: &policy, zones, remembered };
            work.on(asking.as_mut(), &Limits::of(inputs, &policy), &mut healing, &mut book)?
        }
    };
    let (closed, terminal) = book.close(&healing, &policy.source)?;
    tell::tell(&healing, closed.as_ref(), true, terminal)?;
    leave(&healing, inputs, &git, closed.as_ref(), terminal)?;
    Ok(healing.ending.outcome)
}

/// Runs the command with what it prints going to the terminal and to the log.
fn run_as_typed(
    workspace: &Path,
    command: &[String],
    log: &Path,
    wall_clock: Duration,
    terminal: &mut Terminal,
) -> anyhow::Result<Exit> {
    let words: Vec<OsString> = command.iter().map(OsString::from).collect();
    let mut show = |bytes: &[u8]| terminal.show(bytes);
    match in_place::run(workspace, &words, environment::KEY_VARIABLES, log, wall_clock, &mut show) {
        Ok(ran) => Ok(ran.exit),
        Err(error @ JailError::CommandMissing { .. }) => Err(BadInput(error.to_string()).into()),
        Err(error) => Err(error.into()),
    }
}

/// A command that we ended has no last words: where its log says nothing, that it was ended is what there is to say.
fn cut_short(ending: Ending, exit: Exit, policy: &Policy) -> Ending {
    let (reason, sentence) = match exit {
        _ if ending.outcome != Outcome::Unknown => return ending,
        Exit::TimedOut => {
            let seconds = policy.validate.timeout.as_secs();
            let mend = "find what hangs, or raise `validate.timeout-seconds` in the policy";
            ("command.timed-out", format!("the command did not end within {seconds} s: {mend}"))
        }
        Exit::TooMuchOutput => {
            let limit = OUTPUT_BYTES_MAX >> 20;
            ("command.too-much-output", format!("the command printed more than {limit} MiB: make it print less"))
        }
        Exit::Code(_) | Exit::Signal(_) => return ending,
    };
    Ending::new(Outcome::Unknown, reason, sentence)
}

/// The words as a shell reads them back, in the folder they were typed in.
fn reproduce(command: &[String], workspace: &Path, root: &Path) -> Reproduce {
    // Only a word with a NUL cannot be quoted, and no command line holds one.
    let words = shlex::try_join(command.iter().map(String::as_str)).unwrap_or_default();
    let inside = workspace.strip_prefix(root).unwrap_or(Path::new(""));
    let directory = if inside.as_os_str().is_empty() { ".".to_owned() } else { inside.display().to_string() };
    Reproduce { command: words, shell: "sh -e {0}".to_owned(), directory, env: Vec::new(), from: ReproduceFrom::Person }
}

/// Puts the healed tree into the workspace, when a person says so; else the workspace stays as it was.
fn leave(
    healing: &Healing,
    inputs: &Inputs,
    git: &Git,
    closed: Option<&Closed>,
    terminal: &mut Terminal,
) -> anyhow::Result<()> {
    let Some(proof) = healing.proof.as_ref().filter(|_| healing.ending.outcome == Outcome::Healed) else {
        return Ok(());
    };
    if inputs.dry_run {
        terminal.say("dry run: the workspace stays as it was");
        return Ok(());
    }
    if inputs.yes || terminal.ask("Apply this patch to the workspace?") {
        git.apply(git.root(), &proof.patch.patch().diff)?;
        terminal.say("the patch is in the workspace");
    } else if let Some(closed) = closed {
        let patch = closed.folder.join("patch.diff");
        terminal.say(&format!("the workspace stays as it was; the patch: git apply {}", patch.display()));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::reproduce;

    #[test]
    fn words_are_quoted_only_where_a_shell_would_read_them_otherwise() {
        let command = |words: &[&str]| {
            let words: Vec<_> = words.iter().map(|word| (*word).to_owned()).collect();
            reproduce(&words, Path::new("/srv/app/api"), Path::new("/srv/app"))
        };
        let told = command(&["pytest", "-q", "tests/test_app.py::test_add", "a b", "it's", "", "$(x)"]);
        assert_eq!(told.command, "pytest -q tests/test_app.py::test_add 'a b' \"it's\" '' '$(x)'");
        assert_eq!(told.directory, "api");
    }
}
