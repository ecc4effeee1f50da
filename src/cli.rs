//! The command line: arguments as typed become inputs as meant, and a mode is one `match`.

use std::process::ExitCode;

pub fn main() -> ExitCode {
    ExitCode::SUCCESS
}
