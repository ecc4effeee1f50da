//! git and what hosts git: locks, references, submodules, large files, conflicts, protected branches.

use super::super::rule::Rule;
use crate::domain::failure::Kind::DependencyIssue;

pub const RULES: &[Rule] = &[
    // git lockfile.c: `unable_to_lock_message`.
    Rule::environment(
        "git.lock",
        &["another git process seems", ".lock': file exists", "unable to create '"],
        r"another git process seems to be running|unable to create '.{1,300}\.lock': file exists",
        0.8,
        "a lock of git was left behind in the workspace, or another git is at work there",
    ),
    // git refs/files-backend.c: two pushes at the same time.
    Rule::transient(
        "git.ref-race",
        &["cannot lock ref", "failed to update ref", "reference already exists"],
        r"cannot lock ref '.{1,200}': (is at|reference already exists|unable to resolve)|failed to update ref",
        0.7,
        "two pushes met on one branch",
    ),
    // git transport.c, builtin/push.c: the branch has moved on since the commit under test.
    Rule::environment(
        "git.push-rejected",
        &["[rejected]", "[remote rejected]", "updates were rejected because", "failed to push some refs"],
        r"! \[(remote )?rejected\]|updates were rejected because|failed to push some refs to",
        0.8,
        "the push was rejected: the branch has moved on, or may not be pushed to",
    ),
    // GitHub "About protected branches", "Available rules for rulesets"; receive-pack hooks.
    Rule::environment(
        "git.protected",
        &[
            "gh006",
            "gh013",
            "protected branch",
            "hook declined",
            "rule violations found",
            "gh001",
            "file size limit of",
            "push declined due to",
        ],
        r"\bGH0(01|06|13)\b|protected branch (update failed|hook declined)|pre-receive hook declined|repository rule violations found|exceeds github's file size limit|push declined due to",
        0.92,
        "the repository's rules forbid this push",
    ),
    // git fetch-pack.c, remote.c, upload-pack.c: the branch, tag or commit is gone.
    Rule::environment(
        "git.ref-missing",
        &[
            "couldn't find remote ref",
            "could not find remote ref",
            "not our ref",
            "reference is not a tree",
            "remote branch ",
            "unable to read tree",
            "bad object",
            "did not send all necessary objects",
            "did not match any file(s) known",
            "unknown revision or path",
            "no commits found",
            "a branch or tag with the name",
        ],
        r"could(n't| not) find remote ref|upload-pack: not our ref|reference is not a tree|remote branch \S+ not found in upstream|unable to read tree|fatal: bad object|did not send all necessary objects|a branch or tag with the name .{1,200} could not be found|fatal: (invalid reference|ambiguous argument '[^']+': unknown revision)",
        0.78,
        "the branch, tag or commit is not there: deleted, rewritten, or not fetched",
    ),
    // git setup.c: `ensure_valid_ownership`.
    Rule::environment(
        "git.ownership",
        &["dubious ownership", "unsafe repository"],
        r"detected dubious ownership|fatal: unsafe repository",
        0.9,
        "the checkout belongs to another user than the one who runs git",
    ),
    // git-lfs `lfs/`, GitHub "About billing for Git LFS".
    Rule::environment(
        "git.lfs",
        &[
            "over its data quota",
            "lfs budget",
            "lfs: command not found",
            "git-lfs: not found",
            "is not a git command",
            "object does not exist on the server",
        ],
        r"over its data quota|exceeded its LFS budget|git-lfs: (command )?not found|'lfs' is not a git command|object does not exist on the server",
        0.88,
        "large files cannot be had: the quota is used up, or git-lfs is not there",
    ),
    // git builtin/submodule--helper.c: what the repository itself says about its submodules.
    Rule::code(
        "git.submodule",
        DependencyIssue,
        &["no url found for submodule path", "but it did not contain", "no submodule mapping found"],
        r"no url found for submodule path|fetched in submodule path .{1,200} but it did not contain|no submodule mapping found in \.gitmodules",
        0.85,
        "a submodule points to what is not there, or is not declared",
    ),
    // git merge-ort.c, sequencer.c: the branch does not fit its base; only its author can say how.
    Rule::environment(
        "git.conflict",
        &[
            "conflict (",
            "automatic merge failed",
            "error: could not apply",
            "merge conflict",
            "cherry-pick",
            "resolve all conflicts",
            "unmerged files",
            "refusing to merge unrelated",
        ],
        r"^\s*CONFLICT \(|automatic merge failed|error: could not apply [0-9a-f]{7,}|\bmerge conflicts? in\b|cherry-pick\b.{0,200}(failed|returned non-zero|conflict)|resolve all conflicts manually|you have unmerged files|refusing to merge unrelated histories",
        0.8,
        "the branch and its base touch the same lines",
    ),
];
