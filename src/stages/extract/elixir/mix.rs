//! mix: what it says itself, of dependencies and of files that are not formatted.

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

/// mix itself (`Mix.raise`): the rest of the log says why, or nothing does.
pub const RAISED: Form = Form {
    tool: "mix",
    kind: Kind::RuntimeError,
    wakes: &["** (Mix) "],
    lines: &[r"^\*\* \(Mix\) (?P<message>\S.*)$"],
    guesses: true,
    ..Form::DEFAULT
};

/// Dependencies that are missing or in the wrong version (`lib/mix/lib/mix/tasks/deps.loadpaths.ex`).
pub const DEPS: Form = Form {
    tool: "mix-deps",
    kind: Kind::DependencyIssue,
    wakes: &["Unchecked dependencies for environment "],
    lines: &[r"^Unchecked dependencies for environment \S+:$", r"^\* (?P<code>\w+) \(.*\)$", r"^  (?P<message>\S.*)$"],
    ..Form::DEFAULT
};

/// `mix format --check-formatted` (`lib/mix/lib/mix/tasks/format.ex`).
pub const FORMAT: Form = Form {
    tool: "mix-format",
    kind: Kind::FormatError,
    wakes: &["The following files are not formatted"],
    lines: &[r"^The following files are not formatted(?: according to .*)?:?$", r"^\s+\* (?P<path>\S.*\.\w+)$"],
    repeats: true,
    between: Some(r"^\s*$|^\s*\d*\s*\d*\s*[│|]|^\s+\S"),
    says: "the file is not formatted",
    ..Form::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::check;

    #[test]
    fn files_that_are_not_formatted_are_listed() {
        check(
            "** (Mix) mix format failed due to --check-formatted.\nThe following files are not formatted:\n\n  * lib/shop.ex\n  * test/shop_test.exs\n",
            &[
                "[mix runtime_error | mix format failed due to --check-formatted. | @1-1]",
                "mix-format format_error | lib/shop.ex | the file is not formatted | @4-4",
                "mix-format format_error | test/shop_test.exs | the file is not formatted | @5-5",
            ],
        );
    }

    #[test]
    fn a_dependency_that_is_missing_is_told_and_why() {
        check(
            "Unchecked dependencies for environment test:\n* jason (Hex package)\n  the dependency is not available, run \"mix deps.get\"\n** (Mix) Can't continue due to errors on dependencies",
            &[
                "mix-deps dependency_issue | jason | the dependency is not available, run \"mix deps.get\" | @1-3",
                "[mix runtime_error | Can't continue due to errors on dependencies | @4-4]",
            ],
        );
    }
}
