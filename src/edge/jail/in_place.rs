//! The command that a person typed, run in the workspace itself, with the person's environment but without our keys.

use std::ffi::{OsStr, OsString};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use super::environment::is_ours;
use super::error::JailError;
use super::process::{self, Limits, OUTPUT_BYTES_MAX};
use super::scratch::Ran;

/// Runs `words` in `directory`; what it prints goes to the file `log` and, as it comes, to `show`.
///
/// `withheld` names variables that hold keys. Standard input is closed: it is where the person answers us.
pub fn run(
    directory: &Path,
    words: &[OsString],
    withheld: &[&str],
    log: &Path,
    wall_clock: Duration,
    show: &mut dyn FnMut(&[u8]),
) -> Result<Ran, JailError> {
    let (program, arguments) = match words {
        [program, arguments @ ..] => (program.as_os_str(), arguments),
        [] => (OsStr::new(""), words),
    };
    let mut command = Command::new(program);
    command.args(arguments).current_dir(directory);
    for (name, _) in std::env::vars_os() {
        if is_ours(&name) || withheld.iter().any(|withheld| name == *withheld) {
            command.env_remove(name);
        }
    }
    let limits = Limits { wall_clock, output_bytes_max: OUTPUT_BYTES_MAX };
    let (exit, duration) = process::run(command, log, &limits, show)?;
    Ok(Ran { exit, duration, output: log.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::jail::Exit;

    #[test]
    fn a_command_runs_as_typed_where_it_was_typed() {
        let folder = tempfile::tempdir().expect("a folder");
        let words: Vec<OsString> =
            ["sh", "-c", "pwd; echo \"$1\"; cat; env > seen", "sh", "a  $b"].map(OsString::from).into();
        let mut shown = Vec::new();
        let log = folder.path().join("log");
        let limit = Duration::from_secs(20);
        let ran = run(folder.path(), &words, &["PATH"], &log, limit, &mut |bytes| shown.extend_from_slice(bytes))
            .expect("it is run");
        assert_eq!(ran.exit, Exit::Code(0));
        let place = folder.path().canonicalize().expect("a path");
        assert_eq!(String::from_utf8_lossy(&shown), format!("{}\na  $b\n", place.display()));
        assert_eq!(std::fs::read(&ran.output).expect("a log"), shown);
        let seen = std::fs::read_to_string(folder.path().join("seen")).expect("variables");
        assert!(
            !seen.lines().any(|line| line.starts_with("PATH=/") && line.contains(".cargo")),
            "what is withheld is not seen"
        );
        assert!(seen.contains("HOME="), "the rest is");
    }

    #[test]
    fn nothing_to_run_and_a_command_that_is_not_there_are_told() {
        let folder = tempfile::tempdir().expect("a folder");
        let run = |words: &[OsString]| {
            run(folder.path(), words, &[], &folder.path().join("log"), Duration::from_secs(5), &mut |_| {})
        };
        for words in [vec![], vec![OsString::from("no-such-command")]] {
            assert!(matches!(run(&words), Err(JailError::CommandMissing { .. })), "{words:?}");
        }
    }
}
