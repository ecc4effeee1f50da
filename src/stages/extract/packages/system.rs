//! The systems' own package managers: apt, dpkg, apk, dnf, brew, conda.
//!
//! apt (`apt-pkg/contrib/error.cc`, `operator<<`): `E: MESSAGE`, of which the first says why. apk-tools (`src/solver.c` and `src/app_add.c`):
//! `ERROR: unable to select packages:` and below it who wants what. dnf (`dnf/cli/cli.py`): `Error: Unable to find a match: NAME`,
//! `No match for argument: NAME`. brew (`Library/Homebrew/exceptions.rb`): `Error: No available formula with the name "NAME"`. conda
//! (`conda/exceptions.py`): `PackagesNotFoundError: …`, `LibMambaUnsatisfiableError: …`.

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

pub const APT: Form = Form {
    tool: "apt",
    kind: Kind::DependencyIssue,
    wakes: &[
        "E: Unable to locate package ",
        "E: Package '",
        "E: Version '",
        "E: Unable to correct problems",
        "E: The repository '",
        "E: Couldn't find any package by ",
        "E: Malformed ",
        "E: Release '",
    ],
    lines: &[
        r"^E: (?P<message>(?:Unable to locate package |Package '|Version '|Unable to correct problems|The repository '|Couldn't find any package by |Malformed |Release ').+)$",
    ],
    more: Some(r"^[EN]: "),
    ..Form::DEFAULT
};

pub const APT_MACHINE: Form = Form {
    tool: "apt",
    kind: Kind::Infrastructure,
    wakes: &[
        "E: Failed to fetch ",
        "E: Could not get lock ",
        "E: You don't have enough free space",
        "E: dpkg was interrupted",
        "E: Unable to lock ",
        "E: Could not open lock file",
    ],
    lines: &[
        r"^E: (?P<message>(?:Failed to fetch |Could not get lock |You don't have enough free space|dpkg was interrupted|Unable to lock |Could not open lock file).*)$",
    ],
    more: Some(r"^[EW]: "),
    ..Form::DEFAULT
};

pub const DPKG: Form = Form {
    tool: "dpkg",
    kind: Kind::DependencyIssue,
    wakes: &["dpkg: error"],
    lines: &[r"^dpkg: error(?: processing (?:package|archive) \S+(?: \(--\w+\))?)?: ?(?P<message>.*)$"],
    more: Some(r"^ (?P<message>\S.+)$"),
    ..Form::DEFAULT
};

pub const APK: Form = Form {
    tool: "apk",
    kind: Kind::DependencyIssue,
    wakes: &["ERROR: unable to select packages:"],
    lines: &[r"^ERROR: unable to select packages:$", r"^  (?P<message>\S.*)$"],
    more: Some(r"^ {4,}"),
    ..Form::DEFAULT
};

pub const DNF: Form = Form {
    tool: "dnf",
    kind: Kind::DependencyIssue,
    wakes: &[
        "Error: Unable to find a match: ",
        "No match for argument: ",
        "Error: Failed to download metadata for repo",
    ],
    lines: &[
        r"^(?:Error: )?(?P<message>(?:Unable to find a match: |No match for argument: |Failed to download metadata for repo ).+)$",
    ],
    ..Form::DEFAULT
};

pub const BREW: Form = Form {
    tool: "brew",
    kind: Kind::DependencyIssue,
    wakes: &["Error: No available formula ", "Error: No formulae found ", "Error: No formula or cask"],
    lines: &[r"^Error: (?P<message>No (?:available formula|formulae found|formula or cask).+)$"],
    ..Form::DEFAULT
};

pub const CONDA: Form = Form {
    tool: "conda",
    kind: Kind::DependencyIssue,
    wakes: &[
        "PackagesNotFoundError: ",
        "LibMambaUnsatisfiableError: ",
        "ResolvePackageNotFound:",
        "UnsatisfiableError: ",
        "Could not solve for environment specs",
    ],
    lines: &[
        r"^(?:(?P<code>PackagesNotFoundError|LibMambaUnsatisfiableError|ResolvePackageNotFound|UnsatisfiableError):|error +libmamba) ?(?P<message>.*)$",
    ],
    more: Some(r"^(?:\s+|\s*- )\S"),
    ..Form::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::told;

    #[test]
    fn the_first_that_apt_says_is_why() {
        let log = "E: Unable to locate package libnope-dev\nE: Couldn't find any package by glob 'libnope-dev'\n";
        assert_eq!(told(log), ["apt dependency_issue | Unable to locate package libnope-dev | @1-2"]);
        let log = "E: Failed to fetch http://deb.registry.example/pool/a.deb  Could not connect\nE: Unable to fetch some archives, maybe run apt-get update or try with --fix-missing?\n";
        assert_eq!(
            told(log),
            ["apt infrastructure | Failed to fetch http://deb.registry.example/pool/a.deb  Could not connect | @1-2"]
        );
    }

    #[test]
    fn the_others_say_what_is_missing() {
        let log = "\
ERROR: unable to select packages:
  nope (no such package):
    required by: world[nope]
Error: Unable to find a match: nope
Error: No available formula with the name \"nope\".
PackagesNotFoundError: The following packages are not available from current channels:
  - nope
";
        let told = told(log);
        assert_eq!(told.len(), 4, "{told:?}");
        assert!(told[0].starts_with("apk dependency_issue | nope (no such package):"), "{told:?}");
        assert!(
            told[3].starts_with(
                "conda dependency_issue | PackagesNotFoundError | The following packages are not available"
            ),
            "{told:?}"
        );
    }
}
