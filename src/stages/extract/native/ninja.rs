//! ninja: what it could not make, and its own files.

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

/// ninja's `StatusPrinter::BuildEdgeFinished`: what could not be made, then the command.
pub static FAILED: Form = Form {
    tool: "ninja",
    kind: Kind::BuildError,
    wakes: &["FAILED: "],
    lines: &[r"^FAILED: (?:\[code=\d+\] )?(?P<message>(?:\S+(?:\.\w+|/\S+) ?)+)$"],
    guesses: true,
    ..Form::DEFAULT
};

/// ninja on its own files (`Error`, `Fatal` in `util.cc`).
pub static ERROR: Form = Form {
    tool: "ninja",
    kind: Kind::BuildError,
    wakes: &["ninja: error: ", "ninja: fatal: "],
    lines: &[r"^ninja: (?:error|fatal): (?:(?P<path>\S+\.ninja):(?P<line>\d+): )?(?P<message>\S.*)$"],
    wraps: true,
    ..Form::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::check_only;

    #[test]
    fn what_could_not_be_made_and_an_error_of_its_own_are_read() {
        check_only("FAILED: CMakeFiles/tram.dir/tram.c.o ", "ninja build_error | CMakeFiles/tram.dir/tram.c.o | @1-1");
        check_only(
            "ninja: error: 'bell.c', needed by 'bell.o', missing and no known rule to make it",
            "ninja build_error | 'bell.c', needed by 'bell.o', missing and no known rule to make it | @1-1",
        );
    }
}
