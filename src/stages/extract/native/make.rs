//! GNU make: its own file, and what it could not make.

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

/// GNU make on its own file (`reading_file` … `O (fatal, …)` in `read.c` and `misc.c`): `Makefile:3: *** missing separator.  Stop.`
pub static MAKEFILE: Form = Form {
    tool: "make",
    kind: Kind::BuildError,
    wakes: &[": *** "],
    lines: &[r"^(?P<path>[^\s:\[]+):(?P<line>\d+): \*\*\* (?P<message>\S.*?)(?:\.  Stop\.)?$"],
    wraps: true,
    ..Form::DEFAULT
};

/// GNU make on a command or a rule (`child_error` in `job.c`, `remake.c`): `make: *** [Makefile:3: all] Error 2`.
/// It says which command failed, and less than any line that says why.
pub static TARGET: Form = Form {
    tool: "make",
    kind: Kind::BuildError,
    wakes: &["make: *** ", "]: *** ", "make.exe: *** "],
    lines: &[r"^(?:\S*/)?[\w-]*make(?:\.exe)?(?:\[\d+\])?: \*\*\* (?P<message>\S.*?)(?:\.  Stop\.)?$"],
    guesses: true,
    ..Form::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::check_only;

    #[test]
    fn a_fault_of_a_makefile_and_a_target_that_failed_are_read() {
        check_only(
            "Makefile:3: *** missing separator.  Stop.",
            "make build_error | Makefile:3 | missing separator | @1-1",
        );
        check_only("make[1]: *** [Makefile:3: all] Error 2", "make build_error | [Makefile:3: all] Error 2 | @1-1");
        check_only(
            "make: *** No rule to make target 'bell.c', needed by 'bell.o'.  Stop.",
            "make build_error | No rule to make target 'bell.c', needed by 'bell.o' | @1-1",
        );
    }
}
