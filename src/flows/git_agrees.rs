//! The real git and our own writing and reading of diffs agree: a test of its own, because a stage runs nothing.
#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "a test may stop, and asks the real git"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, Permissions};
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::domain::patch::{Blob, FileChange, Mode};
use crate::stages::patch::diff::{change, diff};
use crate::stages::patch::given::apply_diff;

type Files = BTreeMap<String, Blob>;

fn files(files: &[(&str, Mode, &str)]) -> Files {
    let blob = |mode, text: &str| Blob { mode, bytes: text.as_bytes().to_vec() };
    files.iter().map(|(path, mode, text)| ((*path).to_owned(), blob(*mode, text))).collect()
}

/// The tree after the diff.
fn applied(before: &Files, diff: &str) -> Files {
    let mut after = before.clone();
    for change in apply_diff(diff, &|path| before.get(path)).unwrap() {
        match change.after {
            Some(blob) => after.insert(change.path, blob),
            None => after.remove(&change.path),
        };
    }
    after
}

fn changes(before: &Files, after: &Files) -> Vec<FileChange> {
    let paths: BTreeSet<_> = before.keys().chain(after.keys()).collect();
    paths
        .into_iter()
        .filter(|path| before.get(*path) != after.get(*path))
        .map(|path| change(path.clone(), before.get(path).cloned(), after.get(path).cloned()))
        .collect()
}

/// A work tree of the real git with these files in it and in its index.
fn git(files: &Files) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    run(folder.path(), &["init", "--quiet"], "");
    for (path, blob) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, &blob.bytes).unwrap();
        let mode = if blob.mode == Mode::Executable { 0o755 } else { 0o644 };
        fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
    }
    run(folder.path(), &["add", "--all"], "");
    folder
}

fn run(folder: &Path, arguments: &[&str], input: &str) -> String {
    let nothing = [("GIT_CONFIG_GLOBAL", "/dev/null"), ("GIT_CONFIG_SYSTEM", "/dev/null")];
    let mut child = Command::new("git")
        .args(["-c", "core.autocrlf=false"])
        .args(arguments)
        .current_dir(folder)
        .envs(nothing)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "git {arguments:?}: {}\n{input}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn tree_of(folder: &Path) -> Files {
    let listed = run(folder, &["ls-files", "-z", "--others", "--cached"], "");
    let there = |path: &&str| !path.is_empty() && folder.join(path).exists();
    let read = |path: &str| {
        let executable = fs::metadata(folder.join(path)).unwrap().permissions().mode() & 0o100 != 0;
        let mode = if executable { Mode::Executable } else { Mode::File };
        (path.to_owned(), Blob { mode, bytes: fs::read(folder.join(path)).unwrap() })
    };
    listed.split('\0').filter(there).map(read).collect()
}

/// What we write git applies, to the same tree; what git writes we apply, to the same tree.
fn agrees_with_git(before: &Files, after: &Files) {
    let ours = diff(&changes(before, after));
    let there = git(before);
    run(there.path(), &["apply", "--check", "-"], &ours);
    run(there.path(), &["apply", "-"], &ours);
    assert_eq!(&tree_of(there.path()), after, "{ours}");
    let objects = run(there.path(), &["write-tree"], "");
    run(there.path(), &["add", "--all"], "");
    for renames in ["--no-renames", "--find-renames"] {
        let theirs = run(there.path(), &["diff", "--cached", "--text", renames, objects.trim()], "");
        assert_eq!(&applied(before, &theirs), after, "{theirs}");
    }
}

#[test]
fn every_sort_of_change_is_told_as_git_tells_it() {
    let long: String = (0..40).map(|line| format!("line {line}\n")).collect();
    let far = long.replace("line 3\n", "line three\n").replace("line 35\n", "");
    let before = [
        ("changed.txt", Mode::File, "a\nb\nc\n"),
        ("crlf.txt", Mode::File, "a\r\nb\r\n"),
        ("lone.txt", Mode::File, "a\rb\nc\n"),
        ("no-end.txt", Mode::File, "a\nb"),
        ("end.txt", Mode::File, "a\nb\n"),
        ("two.txt", Mode::File, &long),
        ("gone.txt", Mode::File, "a\n"),
        ("gone-empty.txt", Mode::File, ""),
        ("emptied.txt", Mode::File, "a\n"),
        ("mode.sh", Mode::File, "a\n"),
        ("mode-and-text.sh", Mode::Executable, "a\n"),
        ("old name.txt", Mode::File, "one\ntwo\nthree\nfour\nfive\n"),
        ("sp\u{e4}ter \"q\".txt", Mode::File, "a\n"),
    ];
    let after = [
        ("changed.txt", Mode::File, "a\nB\nc\n"),
        ("crlf.txt", Mode::File, "a\r\nB\r\n"),
        ("lone.txt", Mode::File, "a\rB\nc\n"),
        ("no-end.txt", Mode::File, "a\nB"),
        ("end.txt", Mode::File, "a\nb"),
        ("two.txt", Mode::File, &far),
        ("emptied.txt", Mode::File, ""),
        ("mode.sh", Mode::Executable, "a\n"),
        ("mode-and-text.sh", Mode::File, "b\n"),
        ("new name.txt", Mode::File, "one\ntwo\nthree\nfour\nFive\n"),
        ("dir/new.txt", Mode::Executable, "a"),
        ("new-empty.txt", Mode::File, ""),
        ("sp\u{e4}ter \"q\".txt", Mode::File, "b\n"),
        ("back\\slash.txt", Mode::File, "b\n"),
    ];
    agrees_with_git(&files(&before), &files(&after));
}

fn text() -> impl proptest::strategy::Strategy<Value = String> {
    // Few letters, so that lines repeat; every ending there is, and none.
    "([abc ]{0,3}(\n|\r\n|\r|\t)){0,12}[abc]{0,2}"
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(24))]

    #[test]
    fn any_two_texts(before in text(), after in text()) {
        let one = |text: &str| files(&[("dir/a b", Mode::File, text)]);
        if before != after {
            agrees_with_git(&one(&before), &one(&after));
        }
    }
}
