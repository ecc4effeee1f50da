//! poetry: version solving, and its lock file.
//!
//! `src/poetry/mixology/failure.py`: sentences, the last of which ends `version solving failed.`, with versions in round brackets
//! where Dart's pub, which solves and speaks alike, has none; `console/commands/installer_command.py` and `check.py`:
//! `pyproject.toml changed significantly since poetry.lock was last generated. Run …`, `poetry.lock is not consistent with pyproject.toml`.

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

pub const SOLVING: Form = Form {
    tool: "poetry",
    kind: Kind::DependencyIssue,
    wakes: &["version solving failed."],
    lines: &[r"^\s*(?P<message>\S.*\([<>=^~!*\d][^)]*\).*version solving failed\.)$"],
    ..Form::DEFAULT
};

pub const LOCK: Form = Form {
    tool: "poetry",
    kind: Kind::DependencyIssue,
    wakes: &[
        "since poetry.lock was last generated",
        "poetry.lock is not ",
        "poetry.lock was not found",
        "poetry.lock is not up to date",
    ],
    lines: &[
        r"^(?:Error: )?(?P<message>pyproject\.toml changed significantly since poetry\.lock was last generated\.|(?:Error: )?poetry\.lock (?:is not (?:consistent with|up to date with|compatible)|was not found)[^.]*(?:\.toml)?[^.]*\.?)(?: (?P<suggestion>Run .+))?$",
    ],
    ..Form::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::told;

    #[test]
    fn versions_that_do_not_fit_and_old_locks_are_told() {
        let log = "\
Because no versions of requests match >99 and shop depends on requests (>99), version solving failed.
pyproject.toml changed significantly since poetry.lock was last generated. Run `poetry lock` to fix the lock file.
Error: poetry.lock is not consistent with pyproject.toml. Run `poetry lock` to fix it.
";
        assert_eq!(
            told(log),
            [
                "poetry dependency_issue | Because no versions of requests match >99 and shop depends on requests (>99), version solving failed. | @1-1",
                "poetry dependency_issue | pyproject.toml changed significantly since poetry.lock was last generated. | -> Run `poetry lock` to fix the lock file. | @2-2",
                "poetry dependency_issue | poetry.lock is not consistent with pyproject.toml. | -> Run `poetry lock` to fix it. | @3-3",
            ]
        );
    }
}
