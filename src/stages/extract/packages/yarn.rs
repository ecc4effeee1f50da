//! yarn, both lines of it.
//!
//! Classic: `src/reporters/console/console-reporter.js`, `error`: `error MESSAGE`, the messages from `src/reporters/lang/en.js`. Berry:
//! `packages/yarnpkg-core/sources/MessageName.ts`: `➤ YN0028: │ MESSAGE`, of which only some codes stop it; without a known command, `Usage Error: …`.
//! `Command failed with exit code N` says nothing of its own.

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

pub const CLASSIC: Form = Form {
    tool: "yarn",
    kind: Kind::DependencyIssue,
    wakes: &[
        "error Your lockfile needs to be updated",
        "error Couldn't find ",
        "error An unexpected error occurred: ",
        "is incompatible with this module.",
        "error Integrity check failed",
        "error Package \"",
        "error Received malformed response",
    ],
    lines: &[
        r#"^error (?P<message>Your lockfile needs to be updated.+|Couldn't find (?:any versions for |package |match for |the binary ).+|An unexpected error occurred: .+|\S+: The engine .+ is incompatible with this module\..*|Integrity check failed .+|Package ".+" refers to .+|Received malformed response.+)$"#,
    ],
    ..Form::DEFAULT
};

pub const NO_SCRIPT: Form = Form {
    tool: "yarn",
    kind: Kind::BuildError,
    wakes: &["error Command \"", "Usage Error: Couldn't find a script named"],
    lines: &[r#"^(?:error|Usage Error:) (?P<message>Command ".+" not found\.|Couldn't find a script named .+)$"#],
    ..Form::DEFAULT
};

pub const BERRY: Form = Form {
    tool: "yarn",
    kind: Kind::DependencyIssue,
    wakes: &[
        "YN0001: ", "YN0009: ", "YN0010: ", "YN0012: ", "YN0016: ", "YN0018: ", "YN0020: ", "YN0022: ", "YN0027: ",
        "YN0028: ", "YN0030: ", "YN0035: ", "YN0041: ", "YN0058: ", "YN0059: ", "YN0063: ", "YN0078: ", "YN0080: ",
        "YN0081: ", "YN0082: ", "YN0090: ", "YN0091: ",
    ],
    lines: &[
        r"^(?:➤ )?(?P<code>YN00(?:01|09|10|12|16|18|20|22|27|28|30|35|41|58|59|63|78|80|81|82|90|91)): (?:[│┌└·] )?(?P<message>\S.*)$",
    ],
    more: Some(r"^(?:➤ )?YN0000: │ "),
    ..Form::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::told;

    #[test]
    fn classic_and_berry_are_read() {
        let log = "\
error Your lockfile needs to be updated, but yarn was run with `--frozen-lockfile`.
error Couldn't find any versions for \"left-pad\" that matches \"99\"
error Command \"nope\" not found.
➤ YN0000: ┌ Resolution step
➤ YN0028: │ The lockfile would have been modified by this install, which is explicitly forbidden.
➤ YN0000: └ Completed
➤ YN0013: │ x@npm:1 can't be found in the cache
";
        assert_eq!(
            told(log),
            [
                "yarn dependency_issue | Your lockfile needs to be updated, but yarn was run with `--frozen-lockfile`. | @1-1",
                "yarn dependency_issue | Couldn't find any versions for \"left-pad\" that matches \"99\" | @2-2",
                "yarn build_error | Command \"nope\" not found. | @3-3",
                "yarn dependency_issue | YN0028 | The lockfile would have been modified by this install, which is explicitly forbidden. | @5-5",
            ]
        );
    }
}
