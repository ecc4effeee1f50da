//! hadolint: Dockerfiles, and the shell in them.
//!
//! `src/Hadolint/Formatter/TTY.hs`: `FILE:LINE CODE LEVEL: MESSAGE`, before version 2 without the level;
//! `Formatter/Gnu.hs`: `hadolint:FILE:LINE: CODE LEVEL: MESSAGE`; what cannot be parsed is `FILE:LINE:COLUMN MESSAGE`. Every level fails
//! unless `--failure-threshold` says otherwise.

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

pub const FORM: Form = Form {
    tool: "hadolint",
    wakes: &[" DL1\u{1}", " DL3\u{1}", " DL4\u{1}", " SC1\u{1}", " SC2\u{1}"],
    lines: &[
        r"^(?:hadolint:)?(?P<path>\S[^:]*):(?P<line>\d+):? (?P<code>(?:DL|SC)\d{4}) (?:(?:error|warning|info|style): )?(?P<message>\S.*)$",
    ],
    ..Form::DEFAULT
};

pub const UNPARSED: Form = Form {
    tool: "hadolint",
    kind: Kind::BuildError,
    wakes: &["dockerfile:\u{1}"],
    lines: &[
        r"^(?P<path>\S*[Dd]ockerfile\S*?):(?P<line>\d+):(?P<column>\d+) (?P<message>(?:unexpected|expecting|invalid) .+)$",
    ],
    ..Form::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::told;

    #[test]
    fn both_formats_and_the_old_one_are_read() {
        let log = "\
api/Dockerfile:1 DL3007 \u{1b}[1m\u{1b}[93mwarning\u{1b}[0m: Using latest is prone to errors
api/Dockerfile:2 DL3015 info: Avoid additional packages
hadolint:api/Dockerfile:3: SC2164 warning: Use 'cd ... || exit' in case cd fails.
api/Dockerfile:4 DL3008 Pin versions in apt get install.
api/Dockerfile:5:1 unexpected 'F' expecting a new line
";
        assert_eq!(
            told(log),
            [
                "hadolint lint_error | api/Dockerfile:1 | DL3007 | Using latest is prone to errors | @1-1",
                "hadolint lint_error | api/Dockerfile:2 | DL3015 | Avoid additional packages | @2-2",
                "hadolint lint_error | api/Dockerfile:3 | SC2164 | Use 'cd ... || exit' in case cd fails. | @3-3",
                "hadolint lint_error | api/Dockerfile:4 | DL3008 | Pin versions in apt get install. | @4-4",
                "hadolint build_error | api/Dockerfile:5:1 | unexpected 'F' expecting a new line | @5-5",
            ]
        );
    }
}
