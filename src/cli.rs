//! The command line: arguments as typed become inputs as meant, and a mode is one `match`.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "this is where the program speaks")]

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::flows::read::ReadOptions;

#[derive(Parser)]
#[command(name = "self-heal", version, about)]
struct Arguments {
    #[command(subcommand)]
    mode: Mode,
}

#[derive(Subcommand)]
enum Mode {
    /// Reads a log and prints what failed, as self-heal/failure/v1.
    Classify {
        /// The log; `-` is standard input.
        log: PathBuf,
        /// The same job's log of the last green run.
        #[arg(long)]
        green: Option<PathBuf>,
        /// A glob of test reports.
        #[arg(long)]
        reports: Option<String>,
        /// The job's name.
        #[arg(long)]
        job: Option<String>,
        /// A reader to force.
        #[arg(long)]
        tool: Vec<String>,
    },
}

pub fn main() -> ExitCode {
    let done = match Arguments::parse().mode {
        Mode::Classify { log, green, reports, job, tool } => {
            let options = ReadOptions { job, tools: tool, green, reports, ..ReadOptions::default() };
            crate::flows::classify::classify(&log, &options)
        }
    };
    match done {
        Ok(text) => {
            println!("{text}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("self-heal: {error:#}");
            ExitCode::from(crate::exit::BROKEN)
        }
    }
}
