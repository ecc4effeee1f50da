//! A folder as it was, to the byte: every path, kind, mode and content, the git directory included.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use sha2::{Digest, Sha256};

/// Path → what is there, as one line. Two snapshots are equal when nothing was touched but file times.
#[derive(Debug, PartialEq, Eq)]
pub struct Snapshot(BTreeMap<String, String>);

impl Snapshot {
    /// Symbolic links are not followed: where they point is what they are.
    pub fn of(folder: &Path) -> Self {
        let mut entries = BTreeMap::new();
        for entry in walkdir::WalkDir::new(folder) {
            let entry = entry.expect("list the folder");
            let name = entry.path().strip_prefix(folder).expect("a path below it").to_string_lossy().into_owned();
            let mode = entry.metadata().expect("look at the file").permissions().mode();
            let kind = entry.file_type();
            let content = if kind.is_symlink() {
                fs::read_link(entry.path()).expect("read the link").to_string_lossy().into_owned()
            } else if kind.is_file() {
                hex(&Sha256::digest(fs::read(entry.path()).expect("read the file")))
            } else {
                String::new()
            };
            entries.insert(name, format!("{mode:o} {content}"));
        }
        Self(entries)
    }

    /// Fails the test, naming every path that differs, unless `folder` is as it was.
    #[track_caller]
    pub fn must_still_be(&self, folder: &Path) {
        let changed = self.changed(&Self::of(folder));
        assert!(changed.is_empty(), "these are not as they were: {changed:#?}");
    }

    fn changed(&self, now: &Self) -> Vec<String> {
        let paths: std::collections::BTreeSet<&String> = self.0.keys().chain(now.0.keys()).collect();
        paths
            .into_iter()
            .filter(|path| self.0.get(*path) != now.0.get(*path))
            .map(|path| match (self.0.get(path), now.0.get(path)) {
                (Some(_), None) => format!("{path} is gone"),
                (None, _) => format!("{path} is new"),
                (Some(before), Some(after)) => format!("{path}: {before} → {after}"),
            })
            .collect()
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn every_kind_of_change_to_a_folder_is_seen() {
    let folder = tempfile::tempdir().expect("make a folder");
    let at = |name: &str| folder.path().join(name);
    fs::write(at("kept"), "a").expect("write");
    fs::write(at("changed"), "a").expect("write");
    fs::write(at("gone"), "a").expect("write");
    fs::write(at("mode"), "a").expect("write");
    let before = Snapshot::of(folder.path());
    before.must_still_be(folder.path());

    fs::write(at("changed"), "b").expect("write");
    fs::remove_file(at("gone")).expect("remove");
    fs::set_permissions(at("mode"), fs::Permissions::from_mode(0o755)).expect("change the mode");
    std::os::unix::fs::symlink("kept", at("link")).expect("link");
    let changed = before.changed(&Snapshot::of(folder.path()));
    let names: Vec<_> = changed.iter().map(|line| line.split([' ', ':']).next().unwrap_or_default()).collect();
    assert_eq!(names, ["changed", "gone", "link", "mode"], "{changed:#?}");
}
