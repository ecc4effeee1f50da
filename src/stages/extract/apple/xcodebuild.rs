//! xcodebuild: signing, targets, and how it was called.

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

/// xcodebuild on signing, which no change of the code mends: certificates, profiles and teams are the machine's.
pub const SIGNING: Form = Form {
    tool: "xcodebuild",
    kind: Kind::Infrastructure,
    wakes: &["development team", "igning certificate", "rovisioning profile", "No profiles for '"],
    lines: &[concat!(
        r"^(?:❌ +)?(?:(?P<path>\S.*?\.\w+): )?error: (?P<message>.*(?:requires a development team|igning certificate|rovisioning profile|No profiles for ').*?)",
        r"(?: \(in target '.*?' from project '.*?'\))?$",
    )],
    ..Form::DEFAULT
};

/// xcodebuild on a target as a whole: packages, resources.
pub const TARGET: Form = Form {
    tool: "xcodebuild",
    kind: Kind::BuildError,
    wakes: &["(in target '"],
    lines: &[r"^(?:❌ +)?(?:(?P<path>\S.*?\.\w+): )?error: (?P<message>\S.*?) \(in target '.*?' from project '.*?'\)$"],
    ..Form::DEFAULT
};

/// xcodebuild on how it was called.
pub const CALLED: Form = Form {
    tool: "xcodebuild",
    kind: Kind::BuildError,
    wakes: &["xcodebuild: error: "],
    lines: &[r"^xcodebuild: error: (?P<message>\S.*)$"],
    ..Form::DEFAULT
};

/// xcodebuild's last words: the commands that failed, which compilers and others have explained.
pub const COMMANDS: Form = Form {
    tool: "xcodebuild",
    kind: Kind::BuildError,
    wakes: &["The following build commands failed:"],
    lines: &["^The following build commands failed:$", r"^\t(?P<message>\S.*)$"],
    repeats: true,
    wraps: true,
    ..Form::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::{check, check_only};

    #[test]
    fn signing_is_the_machines_and_a_wrong_call_is_the_builds() {
        check_only(
            "/Users/runner/work/shop/shop/Shop.xcodeproj: error: Signing for \"Shop\" requires a development team. (in target 'Shop' from project 'Shop')",
            "xcodebuild infrastructure | Shop.xcodeproj | Signing for \"Shop\" requires a development team. | @1-1",
        );
        check_only(
            "xcodebuild: error: The workspace named \"Shop\" does not contain a scheme named \"Till\".",
            "xcodebuild build_error | The workspace named \"Shop\" does not contain a scheme named \"Till\". | @1-1",
        );
    }

    #[test]
    fn commands_that_failed_are_told_where_nobody_says_why() {
        check(
            "** ARCHIVE FAILED **\n\n\nThe following build commands failed:\n\tPhaseScriptExecution Lint /tmp/Lint.sh (in target 'Shop' from project 'Shop')\n\tArchiving project Shop with scheme Shop\n(2 failures)",
            &[
                "xcodebuild build_error | PhaseScriptExecution Lint /tmp/Lint.sh (in target 'Shop' from project 'Shop') | @5-5",
                "xcodebuild build_error | Archiving project Shop with scheme Shop | @6-6",
            ],
        );
    }
}
