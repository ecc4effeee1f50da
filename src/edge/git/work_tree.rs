//! A work tree becomes a commit of its own, and a diff becomes part of a work tree. Neither touches the workspace's `.git`.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

use super::error::{ApplyError, GitError};
use super::program::said;
use super::repository::Git;
use crate::domain::id::CommitId;
use crate::domain::patch::Mode;

impl Git {
    /// Paths in the workspace that differ from `HEAD`, untracked ones included, ignored ones left out.
    pub fn dirty_paths(&self) -> Result<Vec<String>, GitError> {
        let now = self.snapshot(self.root(), &self.head().clone())?;
        if now == *self.head() {
            return Ok(Vec::new());
        }
        let names = self
            .program
            .call(
                "compare the workspace with its commit",
                &["diff-tree", "-r", "-z", "--name-only", "--no-renames", self.head().as_str(), now.as_str()],
            )
            .bytes()?;
        Ok(zero_ended(&names).map(|name| String::from_utf8_lossy(name).into_owned()).collect())
    }

    /// The dirty paths that the commit does not know: made since, by whoever worked here.
    pub fn untracked(&self, dirty: &[String]) -> Result<Vec<String>, GitError> {
        let known: BTreeSet<String> = self.files(self.head())?.into_iter().map(|(_, path)| path).collect();
        Ok(dirty.iter().filter(|path| !known.contains(*path)).cloned().collect())
    }

    /// The tree as it lies in `tree`, uncommitted and untracked work included, as a commit on `parent`.
    ///
    /// It is `parent` itself when nothing differs. The objects are ours and go with this `Git`.
    pub fn snapshot(&self, tree: &Path, parent: &CommitId) -> Result<CommitId, GitError> {
        let index = TemporaryIndex::new(self.own())?;
        self.program.call("read a commit's tree", &["read-tree", parent.as_str()]).index(&index.path).bytes()?;
        self.refresh(tree, &index.path)?;
        let changed = self.changed(tree, &index.path, parent)?;
        if changed.there.is_empty() && changed.gone.is_empty() {
            return Ok(parent.clone());
        }
        // A folder that stands where a file stood goes first: git would take it for a mistake.
        for (paths, form) in [(&changed.gone, "--force-remove"), (&changed.there, "--add")] {
            self.program
                .call("take up changed files", &["update-index", "--remove", "--replace", form, "-z", "--stdin"])
                .work_tree(tree)
                .index(&index.path)
                .input(paths)
                .bytes()?;
        }
        let written = self.program.call("write a tree", &["write-tree"]).index(&index.path).text()?;
        let of_parent =
            self.program.call("find a commit's tree", &["rev-parse", &format!("{parent}^{{tree}}")]).text()?;
        if written == of_parent {
            return Ok(parent.clone());
        }
        self.commit(&written, parent)
    }

    /// Puts a diff into the tree under `tree`, which is a scratch copy; all of it or nothing.
    pub fn apply(&self, tree: &Path, diff: &str) -> Result<(), ApplyError> {
        let output = self
            .program
            .call("apply a diff", &["apply", "--whitespace=nowarn", "-"])
            .work_tree(tree)
            .input(diff.as_bytes())
            .output()?;
        if output.status.success() { Ok(()) } else { Err(ApplyError::Misfit(said(&output.stderr))) }
    }

    /// Without this git would take every file of a fresh index for changed.
    pub(super) fn refresh(&self, tree: &Path, index: &Path) -> Result<(), GitError> {
        self.program
            .call("compare files with a commit", &["update-index", "-q", "--refresh", "--ignore-submodules"])
            .work_tree(tree)
            .index(index)
            .codes(&[0, 1])
            .bytes()
            .map(drop)
    }

    fn commit(&self, tree: &str, parent: &CommitId) -> Result<CommitId, GitError> {
        let id = self
            .program
            .call("write a commit", &["commit-tree", tree, "-p", parent.as_str()])
            .input(b"The tree that self-heal was given\n")
            .text()?;
        CommitId::parse(&id).ok_or(GitError::Failed { doing: "write a commit", said: id })
    }

    fn changed(&self, tree: &Path, index: &Path, parent: &CommitId) -> Result<Changed, GitError> {
        let listed = self
            .program
            .call(
                "list changed files",
                &["ls-files", "-z", "--modified", "--deleted", "--others", "--exclude-standard", "--deduplicate"],
            )
            .work_tree(tree)
            .index(index)
            .bytes()?;
        let mut changed = Changed::default();
        if listed.is_empty() {
            return Ok(changed);
        }
        let filtered = self
            .program
            .call("read attributes", &["check-attr", "-z", "--stdin", "filter"])
            .work_tree(tree)
            .index(index)
            .input(&listed)
            .bytes()?;
        let submodules: BTreeSet<_> = self
            .files(parent)?
            .into_iter()
            .filter(|(mode, _)| *mode == Mode::Submodule)
            .map(|(_, path)| path)
            .collect();
        let filtered = with_a_filter(&filtered);
        for path in zero_ended(&listed) {
            // A repository inside the repository is listed as a directory; submodules are not ours to change.
            let nested = path.ends_with(b"/") || std::str::from_utf8(path).is_ok_and(|path| submodules.contains(path));
            if nested || filtered.contains(path) {
                continue;
            }
            let on_disk = std::fs::symlink_metadata(tree.join(OsStr::from_bytes(path)));
            let there = on_disk.is_ok_and(|metadata| metadata.is_file() || metadata.is_symlink());
            let paths = if there { &mut changed.there } else { &mut changed.gone };
            paths.extend_from_slice(path);
            paths.push(0);
        }
        Ok(changed)
    }
}

/// Paths that differ from a commit, each ended by a zero byte.
#[derive(Default)]
struct Changed {
    there: Vec<u8>,
    gone: Vec<u8>,
}

/// Paths whose content passes a filter program (git-lfs) on its way: no filter is run, so they cannot be compared.
///
/// Reads `PATH\0filter\0VALUE\0`.
fn with_a_filter(attributes: &[u8]) -> BTreeSet<&[u8]> {
    let fields: Vec<_> = zero_ended(attributes).collect();
    fields
        .chunks_exact(3)
        .filter_map(|fields| match fields {
            [path, _, value] if !matches!(*value, b"unspecified" | b"unset") => Some(*path),
            _ => None,
        })
        .collect()
}

pub(super) fn zero_ended(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    bytes.split(|byte| *byte == 0).filter(|field| !field.is_empty())
}

/// An index file of our own, gone when it is no longer used.
pub(super) struct TemporaryIndex {
    pub path: PathBuf,
    _directory: tempfile::TempDir,
}

impl TemporaryIndex {
    pub fn new(own: &Path) -> Result<Self, GitError> {
        let directory = tempfile::Builder::new()
            .prefix("index-")
            .tempdir_in(own)
            .map_err(|error| GitError::io("make a temporary index", error))?;
        Ok(Self { path: directory.path().join("index"), _directory: directory })
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;

    use tempfile::TempDir;

    use super::super::sample::{Sample, run_git};
    use super::*;

    fn snapshot(sample: &Sample) -> Vec<String> {
        let git = sample.open();
        let now = git.snapshot(sample.path(), git.head()).expect("a snapshot");
        git.files(&now).expect("files").into_iter().map(|(mode, path)| format!("{} {path}", mode.as_str())).collect()
    }

    #[test]
    fn an_untouched_workspace_is_its_commit() {
        let sample = Sample::new(&[("a.py", "1\n"), ("b/c.py", "2\n")]);
        let git = sample.open();
        assert_eq!(&git.snapshot(sample.path(), git.head()).expect("a snapshot"), git.head());
        assert_eq!(git.dirty_paths().expect("paths"), Vec::<String>::new());
    }

    #[test]
    fn a_snapshot_holds_uncommitted_and_untracked_work_but_nothing_ignored() {
        let sample = Sample::new(&[("a.py", "1\n"), ("gone.py", "2\n"), ("run.sh", "3\n"), (".gitignore", "*.log\n")]);
        sample.write(&[("a.py", "changed\n"), ("new/b.py", "4\n"), ("x.log", "5\n")]);
        fs::remove_file(sample.path().join("gone.py")).expect("remove");
        fs::set_permissions(sample.path().join("run.sh"), fs::Permissions::from_mode(0o755)).expect("a mode");
        assert_eq!(snapshot(&sample), ["100644 .gitignore", "100644 a.py", "100644 new/b.py", "100755 run.sh"]);
        assert_eq!(sample.open().dirty_paths().expect("paths"), ["a.py", "gone.py", "new/b.py", "run.sh"]);
    }

    #[test]
    fn a_file_in_the_place_of_a_folder_and_a_folder_in_the_place_of_a_file_are_taken_up() {
        let sample = Sample::new(&[("a/b", "1"), ("c", "2")]);
        fs::remove_dir_all(sample.path().join("a")).expect("remove");
        fs::remove_file(sample.path().join("c")).expect("remove");
        sample.write(&[("a", "file"), ("c/d", "in a folder")]);
        assert_eq!(snapshot(&sample), ["100644 a", "100644 c/d"]);
    }

    #[test]
    fn the_workspace_and_its_git_directory_stay_byte_for_byte() {
        let sample = Sample::new(&[("a.py", "1\n"), ("b.py", "2\n")]);
        sample.write(&[("a.py", "changed\n"), ("new.py", "3\n")]);
        sample.git(&["add", "new.py"]);
        let before = sample.bytes();
        let git = sample.open();
        let now = git.snapshot(sample.path(), git.head()).expect("a snapshot");
        git.patch_between(git.head(), &now).expect("a patch");
        git.dirty_paths().expect("paths");
        drop(git);
        assert!(before == sample.bytes(), "something in the workspace was written");
    }

    /// Programs that leave a file behind when they run.
    struct Traps(TempDir);

    impl Traps {
        fn set(&self, name: &str) -> String {
            let script = self.0.path().join(name);
            fs::write(&script, format!("#!/bin/sh\ntouch {}.ran\ncat\n", script.display())).expect("write");
            fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).expect("a mode");
            script.to_string_lossy().into_owned()
        }

        fn sprung(&self) -> Vec<String> {
            let names = fs::read_dir(self.0.path()).expect("a folder").flatten().map(|entry| entry.file_name());
            let names = names.filter_map(|name| name.to_string_lossy().strip_suffix(".ran").map(str::to_owned));
            names.collect()
        }

        fn clear(&self) {
            for name in self.sprung() {
                fs::remove_file(self.0.path().join(format!("{name}.ran"))).expect("remove");
            }
        }

        /// Every way that we know in which a repository makes git start a program.
        fn lay(&self, sample: &Sample) {
            for key in [
                "core.fsmonitor",
                "core.pager",
                "core.editor",
                "core.sshCommand",
                "core.gitProxy",
                "core.askPass",
                "core.alternateRefsCommand",
                "diff.external",
                "diff.evil.textconv",
                "diff.evil.command",
                "filter.evil.clean",
                "filter.evil.smudge",
                "filter.evil.process",
                "merge.evil.driver",
                "gpg.program",
                "credential.helper",
                "uploadpack.packObjectsHook",
            ] {
                sample.git(&["config", key, &self.set(key)]);
            }
            let hooks = self.0.path().join("hooks");
            fs::create_dir(&hooks).expect("a folder");
            let names = ["post-index-change", "pre-commit", "post-checkout", "reference-transaction", "pre-auto-gc"];
            for hook in names {
                fs::copy(self.set(hook), hooks.join(hook)).expect("a hook");
                fs::copy(self.set(hook), sample.path().join(".git/hooks").join(hook)).expect("a hook");
            }
            sample.git(&["config", "core.hooksPath", &hooks.to_string_lossy()]);
            sample.git(&["config", "commit.gpgSign", "true"]);
            let included = self.0.path().join("included");
            let alias = self.set("alias");
            fs::write(&included, format!("[alias]\n\tapply = !{alias}\n\tls-files = !{alias}\n")).expect("write");
            sample.git(&["config", "include.path", &included.to_string_lossy()]);
        }
    }

    #[test]
    fn t6_fsmonitor_hooks_and_filters_never_run() {
        let attributes = "*.py filter=evil diff=evil merge=evil\n*.txt diff=evil\n";
        let sample = Sample::new(&[("a.py", "1\n"), ("sub/inner.txt", "3\n"), (".gitattributes", attributes)]);
        // A repository inside the repository, with a monitor of its own, and a submodule that points at it.
        let nested = sample.path().join("nested");
        fs::create_dir(&nested).expect("a folder");
        run_git(&nested, &["init", "-q"]);
        run_git(&nested, &["commit", "-q", "--allow-empty", "-m", "nested"]);
        let id = run_git(&nested, &["rev-parse", "HEAD"]);
        sample.git(&["update-index", "--add", "--cacheinfo", &format!("160000,{id},nested")]);
        sample.git(&["commit", "-qm", "a submodule"]);
        let traps = Traps(tempfile::tempdir().expect("a folder"));
        run_git(&nested, &["config", "core.fsmonitor", &traps.set("nested")]);
        traps.lay(&sample);
        traps.clear();

        sample.write(&[("a.py", "10\n"), ("sub/inner.txt", "30\n"), ("new.py", "4\n"), ("nested/new.py", "5\n")]);
        let git = sample.open();
        let now = git.snapshot(sample.path(), git.head()).expect("a snapshot");
        let patch = git.patch_between(git.head(), &now).expect("a patch");
        assert_eq!(patch.files.iter().map(|file| file.path.as_str()).collect::<Vec<_>>(), ["sub/inner.txt"]);
        git.dirty_paths().expect("paths");
        let copy = tempfile::tempdir().expect("a folder");
        fs::write(copy.path().join(".gitattributes"), attributes).expect("write");
        fs::create_dir(copy.path().join("sub")).expect("a folder");
        fs::write(copy.path().join("sub/inner.txt"), "3\n").expect("write");
        git.apply(copy.path(), &patch.diff).expect("it fits");
        git.plant(copy.path(), &now).expect("planted");
        assert_eq!(traps.sprung(), Vec::<String>::new(), "a program of the repository ran");

        // The traps do work: git, run as a person runs it, falls into some.
        run_git(sample.path(), &["status", "--short"]);
        assert!(traps.sprung().iter().any(|name| name == "core.fsmonitor"), "{:?}", traps.sprung());
    }

    #[test]
    fn what_passes_a_filter_cannot_be_compared_and_is_not_called_changed() {
        let sample =
            Sample::new(&[(".gitattributes", "*.bin filter=lfs\n"), ("a.bin", "a pointer\n"), ("b.py", "1\n")]);
        sample.write(&[("a.bin", "the large content itself"), ("b.py", "2\n")]);
        assert_eq!(sample.open().dirty_paths().expect("paths"), ["b.py"]);
    }

    #[test]
    fn a_diff_is_applied_wholly_or_not_at_all() {
        let sample = Sample::new(&[("a.py", "one\ntwo\n"), ("b.py", "three\n")]);
        let git = sample.open();
        let diff = "diff --git a/a.py b/a.py\n--- a/a.py\n+++ b/a.py\n@@ -1,2 +1,2 @@\n-one\n+ONE\n two\n\
                    diff --git a/b.py b/b.py\n--- a/b.py\n+++ b/b.py\n@@ -1 +1 @@\n-four\n+FOUR\n";
        let said = git.apply(sample.path(), diff).expect_err("it does not fit").to_string();
        assert!(said.contains("patch failed: b.py:1"), "{said}");
        assert_eq!(fs::read_to_string(sample.path().join("a.py")).expect("a file"), "one\ntwo\n");
    }

    #[test]
    fn a_diff_reaches_nothing_outside_of_the_tree() {
        let sample = Sample::new(&[("a.py", "one\n")]);
        let outside = tempfile::tempdir().expect("a folder");
        std::os::unix::fs::symlink(outside.path(), sample.path().join("link")).expect("a link");
        let git = sample.open();
        for name in ["../outside.py", "link/new.py", ".git/hooks/pre-commit"] {
            let diff = format!(
                "diff --git a/{name} b/{name}\nnew file mode 100644\n--- /dev/null\n+++ b/{name}\n@@ -0,0 +1 @@\n+x\n"
            );
            assert!(matches!(git.apply(sample.path(), &diff), Err(ApplyError::Misfit(_))), "{name}");
        }
        assert_eq!(fs::read_dir(outside.path()).expect("a folder").count(), 0);
    }
}
