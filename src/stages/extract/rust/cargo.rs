//! Cargo itself: manifests, locks, what it cannot resolve or download, build scripts, the linker, rustup before it.
//!
//! cargo prints an error and its causes as `error: {message}`, then `Caused by:` and two blanks before each
//! (`src/cargo/lib.rs`, `display_error`). A build script's own output stands in the last cause, below `--- stderr`
//! (`src/cargo/core/compiler/custom_build.rs`). rustc says of a linker that failed what it ran and, in `= note:`, what the
//! linker said (`compiler/rustc_codegen_ssa/src/back/link.rs`).

use crate::domain::failure::{Failure, Kind};
use crate::domain::log::{Line, Span};
use crate::stages::extract::pattern::{Pattern, group};
use crate::stages::extract::place::place;
use crate::stages::extract::reader::{Attention, Findings, Reader};

/// Causes, a build script's output, the linker's lines: beyond it is a listing.
const BLOCK_LINES_MAX: u64 = 200;

#[derive(Default)]
pub struct Cargo {
    block: Option<Block>,
}

struct Block {
    failure: Failure,
    /// The last cause: cargo tells from the outside in.
    cause: Option<String>,
    in_causes: bool,
    /// What a panic of the build script said comes next.
    panicked: bool,
}

/// How its errors begin that have no place in a file, or none that comes first.
const HEADS: &[(&str, Kind)] = &[
    ("no matching package", Kind::DependencyIssue),
    ("failed to select a version for", Kind::DependencyIssue),
    ("failed to get `", Kind::DependencyIssue),
    ("failed to load source for dependency", Kind::DependencyIssue),
    ("failed to download", Kind::DependencyIssue),
    ("failed to fetch", Kind::DependencyIssue),
    ("failed to sync", Kind::DependencyIssue),
    ("unable to get packages from source", Kind::DependencyIssue),
    ("the lock file", Kind::DependencyIssue),
    ("cannot update the lock file", Kind::DependencyIssue),
    ("cannot create the lock file", Kind::DependencyIssue),
    ("failed to parse lock file", Kind::DependencyIssue),
    ("rustc 1.", Kind::DependencyIssue),
    ("package `", Kind::DependencyIssue),
    ("checksum for `", Kind::DependencyIssue),
    ("failed to parse manifest", Kind::BuildError),
    ("failed to load manifest", Kind::BuildError),
    ("failed to read `", Kind::BuildError),
    ("could not find `Cargo.toml`", Kind::BuildError),
    ("failed to run custom build command for", Kind::BuildError),
    ("linking with `", Kind::BuildError),
    ("linker `", Kind::BuildError),
    ("no bin target", Kind::BuildError),
    ("no test target", Kind::BuildError),
    ("no example target", Kind::BuildError),
    ("no such command: `", Kind::WorkflowError),
    ("package ID specification `", Kind::WorkflowError),
    ("unexpected argument '", Kind::WorkflowError),
    ("toolchain '", Kind::Infrastructure),
    ("component '", Kind::Infrastructure),
    ("none of the selected packages contains", Kind::BuildError),
    ("the package '", Kind::BuildError),
    ("Package `", Kind::BuildError),
];

static LINKER: Pattern = Pattern::new(
    r"(?:undefined symbol|undefined reference|cannot find -l|unable to find library|library not found|ld: |: multiple definition|cannot open input file)",
);
static PANICKED: Pattern = Pattern::new(r"^\s*thread '.*' (?:\(\d+\) )?panicked at (\S.*?):?$");

impl Reader for Cargo {
    fn tool(&self) -> &'static str {
        "cargo"
    }

    fn wakes(&self) -> &'static [&'static str] {
        &["error: "]
    }

    fn line(&mut self, line: &Line<'_>, found: &mut Findings) -> Attention {
        if let Some(block) = &mut self.block {
            if block.line(line) {
                return Attention::Stay;
            }
            self.end(found);
        }
        let Some(message) = line.text.strip_prefix("error: ") else { return Attention::Sleep };
        let Some((_, kind)) = HEADS.iter().find(|(start, _)| message.starts_with(start)) else {
            return Attention::Sleep;
        };
        let failure = Failure::new(*kind, "cargo", message, Span::at(line.number));
        self.block = Some(Block { failure, cause: None, in_causes: false, panicked: false });
        Attention::Stay
    }

    fn end(&mut self, found: &mut Findings) {
        let Some(Block { mut failure, cause, .. }) = self.block.take() else { return };
        if let Some(cause) = cause {
            failure.message = format!("{}\n{cause}", failure.message);
        }
        found.failure(failure);
    }
}

impl Block {
    /// Reads one line; whether it is of this error.
    fn line(&mut self, line: &Line<'_>) -> bool {
        let text = line.text;
        if line.number - self.failure.log.first > BLOCK_LINES_MAX {
            return false;
        }
        if std::mem::take(&mut self.panicked) && !text.trim().is_empty() {
            self.cause = Some(text.trim().to_owned());
            self.failure.log.last = line.number;
        } else if text == "Caused by:" {
            self.in_causes = true;
        } else if let Some(panicked) = PANICKED.captures(text) {
            if let Some(place) = place(group(&panicked, 1)) {
                self.failure.path = Some(place.path.to_owned());
                (self.failure.line, self.failure.column) = (Some(place.line), place.column);
            }
            self.panicked = true;
        } else if let Some(place) = text.trim_start().strip_prefix("--> ").and_then(|at| place(at.trim_end())) {
            // A manifest that is no TOML; `warning:` shows places of its own.
            self.failure.path.get_or_insert_with(|| place.path.to_owned());
            self.failure.line = self.failure.line.or(Some(place.line));
            self.failure.column = self.failure.column.or(place.column);
        } else if let Some(help) = text.strip_prefix("help: ") {
            self.failure.suggestion.get_or_insert_with(|| help.to_owned());
        } else if text.starts_with(' ') {
            self.indented(line);
        } else {
            // A resolver explains itself in lines of their own; anything else that is shown is another's.
            return text.is_empty() || EXPLAINS.iter().any(|start| text.starts_with(start));
        }
        true
    }

    fn indented(&mut self, line: &Line<'_>) {
        let said = line.text.trim();
        if LINKER.is_match(said) && !said.contains("\" \"") {
            self.cause.get_or_insert_with(|| said.trim_start_matches("= note: ").to_owned());
            self.failure.log.last = line.number;
        } else if self.in_causes && !said.is_empty() && self.failure.path.is_none() {
            self.in_causes = false;
            // Where the build script lies changes from machine to machine.
            if !said.starts_with("process didn't exit successfully") {
                self.cause = Some(said.to_owned());
            }
            self.failure.log.last = line.number;
        }
    }
}

/// `src/cargo/core/resolver/errors.rs`.
const EXPLAINS: &[&str] = &[
    "location searched",
    "required by package",
    "candidate versions",
    "versions that meet the requirements",
    "the package `",
    "package `",
    "perhaps a crate was",
    "all possible versions",
    "previously selected",
    "failed to select a version",
    "As a reminder",
    "if you are looking for",
    "note: ",
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stages::extract::tests::{read, told};

    // Printed by cargo 1.95.
    #[test]
    fn the_last_cause_is_told() {
        let log = "\
error: failed to get `serde` as a dependency of package `shop v0.1.0 (/home/runner/work/x/x)`

Caused by:
  failed to load source for dependency `serde`

Caused by:
  No such file or directory (os error 2)
##[error]Process completed with exit code 101.
";
        assert_eq!(
            told(log),
            [
                "cargo dependency_issue | failed to get `serde` as a dependency of package `shop v0.1.0 (/home/runner/work/x/x)`\nNo such file or directory (os error 2) | @1-7"
            ]
        );
    }

    #[test]
    fn a_build_script_that_panics_has_a_place() {
        let log = "\
error: failed to run custom build command for `shop v0.1.0 (/home/runner/work/x/x)`

Caused by:
  process didn't exit successfully: `/home/runner/work/x/x/target/debug/build/shop-d0b4/build-script-build` (exit status: 101)
  --- stderr

  thread 'main' (5808) panicked at build.rs:1:42:
  no pkg-config
  note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace
";
        assert_eq!(
            told(log),
            [
                "cargo build_error | build.rs:1:42 | failed to run custom build command for `shop v0.1.0 (/home/runner/work/x/x)`\nno pkg-config | @1-8"
            ]
        );
    }

    #[test]
    fn of_a_linker_its_own_words_are_told() {
        let log = "\
error: linking with `cc` failed: exit status: 1
  |
  = note:  \"cc\" \"-m64\" \"/home/runner/work/x/x/target/debug/deps/a.o\"
  = note: rust-lld: error: undefined symbol: zzz
          >>> referenced by x.rs:1 (src/bin/x.rs:1)

error: could not compile `shop` (bin \"x\") due to 1 previous error
";
        let roots: Vec<_> = told(log).into_iter().filter(|told| !told.starts_with('[')).collect();
        assert_eq!(
            roots,
            [
                "cargo build_error | linking with `cc` failed: exit status: 1\nrust-lld: error: undefined symbol: zzz | @1-4"
            ]
        );
    }

    #[test]
    fn help_is_the_suggestion() {
        assert_eq!(
            told("error: no such command: `frob`\n\nhelp: a command with a similar name exists: `b`\n"),
            ["cargo workflow_error | no such command: `frob` | -> a command with a similar name exists: `b` | @1-1"]
        );
    }

    #[test]
    fn a_block_is_bounded() {
        let log = format!("error: linking with `cc` failed\n{}", "  ld: a\n".repeat(BLOCK_LINES_MAX as usize + 10));
        assert_eq!(read(&log).failures[0].log.last, BLOCK_LINES_MAX + 1);
    }
}
