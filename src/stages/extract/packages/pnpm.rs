//! pnpm: a code and a sentence.
//!
//! `cli/default-reporter/src/reportError.ts`, `formatErrorSummary`: ` CODE  MESSAGE`, an empty line, the hint. A script that failed is `ELIFECYCLE`, and over a
//! workspace `ERR_PNPM_RECURSIVE_RUN_FIRST_FAIL`: it has said why itself.

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

pub const FORM: Form = Form {
    tool: "pnpm",
    kind: Kind::DependencyIssue,
    wakes: &["ERR_PNPM_"],
    lines: &[r"^\s*(?:\[?ERROR\]? +)?\[?(?P<code>(?P<level>ERR_PNPM_[A-Z0-9_]+))\]?:?\s+(?P<message>\S.*)$"],
    mild: &["err_pnpm_recursive_run_first_fail", "err_pnpm_recursive_fail", "err_pnpm_recursive_run_no_script"],
    ..Form::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::told;

    #[test]
    fn a_code_is_read_with_its_sentence_and_a_failed_script_is_none() {
        let log = "\
 ERR_PNPM_OUTDATED_LOCKFILE  Cannot install with \"frozen-lockfile\" because pnpm-lock.yaml is not up to date with package.json
\u{1b}[41m\u{1b}[30m ERR_PNPM_NO_MATCHING_VERSION \u{1b}[39m\u{1b}[49m No matching version found for left-pad@99
 ERR_PNPM_RECURSIVE_RUN_FIRST_FAIL  web@1.0.0 test: `jest`
";
        assert_eq!(
            told(log),
            [
                "pnpm dependency_issue | ERR_PNPM_OUTDATED_LOCKFILE | Cannot install with \"frozen-lockfile\" because pnpm-lock.yaml is not up to date with package.json | @1-1",
                "pnpm dependency_issue | ERR_PNPM_NO_MATCHING_VERSION | No matching version found for left-pad@99 | @2-2",
            ]
        );
    }
}
