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
