//! apt: packages that it cannot find or fit together, and what the machine keeps it from.
//!
//! `apt-pkg/contrib/error.cc`, `operator<<`: `E: MESSAGE`, of which the first says why.

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

pub const FORM: Form = Form {
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

pub const MACHINE: Form = Form {
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
}
