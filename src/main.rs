//! The binary: everything is in the library, whose map is `lib.rs`.

use std::process::ExitCode;

fn main() -> ExitCode {
    self_heal::main()
}
