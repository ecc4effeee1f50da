//! git: what it cannot find, merge, fetch or push; and files that differ from what was committed.
//!
//! `usage.c`: `fatal: MESSAGE`, `error: MESSAGE`; `merge-ort.c`: `CONFLICT (KIND): MESSAGE`; `builtin/push.c`: `error: failed to push some refs to …` below
//! `! [rejected]`. Scripts run git to ask it things, and go on: so all of it gives way to a tool that says what failed. `git diff --exit-code`
//! after a generator is how many projects ask whether generated files are up to date.

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

pub const CONFLICT: Form = Form {
    tool: "git",
    kind: Kind::RuntimeError,
    wakes: &["CONFLICT ("],
    lines: &[r"^CONFLICT \((?P<code>[^)]+)\): (?P<message>(?:Merge conflict in (?P<path>.+)|.+))$"],
    guesses: true,
    ..Form::DEFAULT
};

pub const PATHSPEC: Form = Form {
    tool: "git",
    kind: Kind::RuntimeError,
    wakes: &[
        "error: pathspec '",
        "error: patch failed: ",
        "error: failed to push some refs",
        "error: could not apply ",
        "error: RPC failed; ",
    ],
    lines: &[
        r"^error: (?P<message>(?:pathspec '|patch failed: (?:(?P<path>.+):(?P<line>\d+)$)?|failed to push some refs|could not apply |RPC failed; ).*)$",
    ],
    more: Some(r"^hint: "),
    guesses: true,
    ..Form::DEFAULT
};

pub const FATAL: Form = Form {
    tool: "git",
    kind: Kind::RuntimeError,
    wakes: &[
        "fatal: not a git repository",
        "fatal: unable to access '",
        "fatal: could not read ",
        "fatal: repository '",
        "fatal: Authentication failed",
        "fatal: couldn't find remote ref",
        "fatal: bad revision",
        "fatal: ambiguous argument",
        "fatal: refusing to merge",
        "fatal: detected dubious ownership",
        "fatal: Remote branch ",
        "fatal: remote error: ",
        "fatal: No url found for submodule",
        "fatal: clone of '",
        "fatal: No names found",
        "fatal: Need to specify",
        "fatal: Unable to create '",
        "fatal: '",
        "fatal: reference is not a tree",
        "fatal: Needed a single revision",
    ],
    lines: &[r"^(?:##\[error\])?fatal: (?P<message>.+)$"],
    guesses: true,
    ..Form::DEFAULT
};

pub const DIFFERS: Form = Form {
    tool: "git-diff",
    kind: Kind::FormatError,
    wakes: &["diff --git a/"],
    lines: &[r"^diff --git a/.+ b/(?P<path>.+)$", r"^@@ -\d+(?:,\d+)? \+\d+(?:,\d+)? @@"],
    between: Some(r"^(?:index |--- |\+\+\+ |old mode |new mode |similarity |rename |deleted file |new file )"),
    more: Some(r"^[-+ \\@]"),
    says: "the file differs from what was committed",
    guesses: true,
    ..Form::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::told;

    #[test]
    fn conflicts_and_missing_things_are_told() {
        let log = "\
Auto-merging src/a.txt
CONFLICT (content): Merge conflict in src/a.txt
Automatic merge failed; fix conflicts and then commit the result.
";
        assert_eq!(told(log), ["git runtime_error | src/a.txt | content | Merge conflict in src/a.txt | @2-2"]);
        assert_eq!(
            told("error: pathspec 'release' did not match any file(s) known to git\n"),
            ["git runtime_error | pathspec 'release' did not match any file(s) known to git | @1-1"]
        );
    }

    #[test]
    fn files_that_differ_are_told() {
        let log = "diff --git a/gen/api.txt b/gen/api.txt\nindex f2ad6c7..4bcfe98 100644\n--- a/gen/api.txt\n+++ b/gen/api.txt\n@@ -3 +3 @@\n-c\n+d\ndone\n";
        assert_eq!(
            told(log),
            ["git-diff format_error | gen/api.txt | the file differs from what was committed | @1-7"]
        );
    }
}
