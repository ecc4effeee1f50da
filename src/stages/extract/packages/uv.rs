//! uv: resolution, locks, builds.
//!
//! `crates/uv-resolver/src/error.rs` (`NoSolutionError`), printed with miette's `×` and `╰─▶`, and since 0.9 as `error:` with `cause:` below it
//! (`crates/uv/src/commands/diagnostics.rs`); `crates/uv/src/commands/project/mod.rs` (`LockMismatch`).

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

pub const RESOLUTION: Form = Form {
    tool: "uv",
    kind: Kind::DependencyIssue,
    wakes: &["No solution found when resolving "],
    lines: &[r"^ *(?:× |error: )No solution found when resolving .+$", r"^ +(?:╰─▶|├─▶|cause:) (?P<message>\S.*)$"],
    more: Some(r"^(?: {3,}(?:│ )?\S|\s*$|hint: (?P<suggestion>.+))"),
    ..Form::DEFAULT
};

pub const LOCK: Form = Form {
    tool: "uv",
    kind: Kind::DependencyIssue,
    wakes: &["error: The lockfile at `", "error: Unable to find lockfile at `"],
    lines: &[
        r"^error: (?P<message>(?:The lockfile at|Unable to find lockfile at) .+?)(?: To (?:update|create) (?P<suggestion>.+))?$",
    ],
    more: Some(r"^(?:$|hint: )"),
    ..Form::DEFAULT
};

pub const PARSE: Form = Form {
    tool: "uv",
    kind: Kind::BuildError,
    wakes: &["error: Failed to parse: "],
    lines: &[
        r"^error: (?P<message>Failed to parse: `?(?P<path>[^`\s]+)`?)$",
        r"^  (?:cause|Caused by): .* at line (?P<line>\d+), column (?P<column>\d+)$",
    ],
    more: Some(r"^ {4,}"),
    ..Form::DEFAULT
};

pub const BUILD: Form = Form {
    tool: "uv-build",
    kind: Kind::DependencyIssue,
    wakes: &[
        "× Failed to build ",
        "× Failed to download ",
        "error: Failed to build ",
        "error: Failed to fetch: ",
        "error: Failed to download",
    ],
    lines: &[r"^ *(?:× |error: )(?P<message>Failed to (?:build|download|fetch).+)$"],
    more: Some(r"^ +(?:├─▶|╰─▶|cause:|│)"),
    guesses: true,
    ..Form::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::told;

    #[test]
    fn a_set_that_does_not_fit_is_told_with_the_reason() {
        let old = "  × No solution found when resolving dependencies:\n  ╰─▶ Because only requests<=2.34 is available and you require requests>=99, we can conclude that your requirements\n      are unsatisfiable.\ndone\n";
        assert_eq!(
            told(old),
            [
                "uv dependency_issue | Because only requests<=2.34 is available and you require requests>=99, we can conclude that your requirements | @1-3"
            ]
        );
        let new = "error: No solution found when resolving dependencies\n  cause: Because nope was not found in the package registry and you require nope, we can conclude that your requirements are unsatisfiable.\n";
        assert!(told(new)[0].starts_with("uv dependency_issue | Because nope was not found"), "{:?}", told(new));
    }

    #[test]
    fn a_lock_file_that_is_out_of_date_is_told() {
        let log = "error: The lockfile at `uv.lock` needs to be updated, but `--locked` was provided. To update the lockfile, run `uv lock`.\n";
        assert_eq!(
            told(log),
            [
                "uv dependency_issue | The lockfile at `uv.lock` needs to be updated, but `--locked` was provided. | -> the lockfile, run `uv lock`. | @1-1"
            ]
        );
    }

    #[test]
    fn a_project_file_that_cannot_be_parsed_is_told_with_its_place() {
        let log = "error: Failed to parse: `pyproject.toml`\n  Caused by: TOML parse error at line 2, column 6\n    |\n  2 | name=\n";
        assert!(
            told(log)[0].starts_with("uv build_error | pyproject.toml:2:6 | Failed to parse: `pyproject.toml`"),
            "{:?}",
            told(log)
        );
    }
}
