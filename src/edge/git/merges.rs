//! Merges that GitHub makes for pull requests (P3): known by their parents, made again from both sides, and walked into.

use std::path::Path;

use super::error::{ApplyError, GitError};
use super::program::said;
use super::repository::Git;
use super::work_tree::TemporaryIndex;
use crate::domain::id::CommitId;

impl Git {
    /// The parents that a commit names, whether or not they were fetched.
    pub fn parents(&self, commit: &CommitId) -> Result<Vec<CommitId>, GitError> {
        let text = self.program.call("read a commit", &["cat-file", "commit", commit.as_str()]).text()?;
        let header = text.lines().take_while(|line| !line.is_empty());
        Ok(header.filter_map(|line| line.strip_prefix("parent ")).filter_map(CommitId::parse).collect())
    }

    /// Whether `commit` is a merge of `side` with something else.
    pub fn is_merge_of(&self, commit: &CommitId, side: &CommitId) -> Result<bool, GitError> {
        let parents = self.parents(commit)?;
        Ok(parents.len() > 1 && parents.contains(side))
    }

    /// Whether a commit was fetched with its files.
    pub fn holds(&self, commit: &CommitId) -> Result<bool, GitError> {
        let tree = format!("{commit}^{{tree}}");
        let output = self.program.call("look for a commit", &["rev-parse", "--quiet", "--verify", &tree]).output()?;
        Ok(output.status.success())
    }

    /// Whether a diff fits a commit's own files; nothing is written.
    pub fn fits(&self, commit: &CommitId, diff: &str) -> Result<(), ApplyError> {
        let index = TemporaryIndex::new(self.own()).map_err(ApplyError::Git)?;
        let read = self.program.call("read a commit's tree", &["read-tree", commit.as_str()]).index(&index.path);
        read.bytes().map_err(ApplyError::Git)?;
        let output = self
            .program
            .call("hold a diff against a commit", &["apply", "--cached", "--whitespace=nowarn", "-"])
            .index(&index.path)
            .input(diff.as_bytes())
            .output()
            .map_err(ApplyError::Git)?;
        if output.status.success() { Ok(()) } else { Err(ApplyError::Misfit(said(&output.stderr))) }
    }

    /// The merge of `side` into `base` as GitHub makes it; `None` where one of them was not fetched, where they do not
    /// merge cleanly, and where git is older than 2.38. The objects are ours and go with this `Git`.
    pub fn merged(&self, side: &CommitId, base: &CommitId) -> Result<Option<CommitId>, GitError> {
        if !self.holds(side)? || !self.holds(base)? {
            return Ok(None);
        }
        let arguments = ["merge-tree", "--write-tree", base.as_str(), side.as_str()];
        let output = self.program.call("merge two commits", &arguments).output()?;
        let tree = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        if !output.status.success() || CommitId::parse(&tree).is_none() {
            return Ok(None);
        }
        let arguments = ["commit-tree", &tree, "-p", base.as_str(), "-p", side.as_str()];
        let message = format!("Merge {side} into {base}\n");
        let id = self.program.call("write a commit", &arguments).input(message.as_bytes()).text()?;
        CommitId::parse(&id).map(Some).ok_or(GitError::Failed { doing: "write a commit", said: id })
    }

    /// Turns a scratch copy that holds the files of `from` into one of `to`; what is no file of either stays.
    pub fn walk(&self, copy: &Path, from: &CommitId, to: &CommitId) -> Result<(), GitError> {
        let index = TemporaryIndex::new(self.own())?;
        self.program.call("read a commit's tree", &["read-tree", from.as_str()]).index(&index.path).bytes()?;
        self.refresh(copy, &index.path)?;
        let arguments = ["read-tree", "-m", "-u", from.as_str(), to.as_str()];
        let walk = self.program.call("lay out a merge in a copy", &arguments).work_tree(copy).index(&index.path);
        walk.bytes().map(drop)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::super::sample::{Sample, run_git};
    use super::*;

    /// A branch and a base that have both moved on, in different lines of one file.
    fn apart() -> (Sample, CommitId, CommitId) {
        let sample = Sample::new(&[("a.py", "1\n2\n3\n4\n5\n"), ("gone.py", "x\n")]);
        sample.git(&["checkout", "-q", "-b", "side"]);
        sample.write(&[("a.py", "one\n2\n3\n4\n5\n")]);
        let side = CommitId::parse(&sample.commit("side")).expect("a commit");
        sample.git(&["checkout", "-q", "-"]);
        sample.git(&["rm", "-q", "gone.py"]);
        sample.write(&[("a.py", "1\n2\n3\n4\nfive\n"), ("new.py", "new\n")]);
        let base = CommitId::parse(&sample.commit("base")).expect("a commit");
        sample.git(&["checkout", "-q", "side"]);
        (sample, side, base)
    }

    #[test]
    fn p3_a_merge_is_made_again_as_git_makes_it() {
        let (sample, side, base) = apart();
        let git = sample.open();
        let merge = git.merged(&side, &base).expect("no error").expect("a merge");
        assert_eq!(git.parents(&merge).expect("parents"), [base.clone(), side.clone()]);
        assert!(git.is_merge_of(&merge, &side).expect("no error") && !git.is_merge_of(&side, &base).expect("no error"));
        assert_eq!(git.file_at(&merge, "a.py").expect("a text").as_deref(), Some("one\n2\n3\n4\nfive\n"));
        assert!(git.merged(&side, &CommitId::of_nothing()).expect("no error").is_none(), "it was not fetched");
        sample.git(&["checkout", "-q", "-b", "clash", base.as_str()]);
        sample.write(&[("a.py", "eins\n2\n3\n4\nfive\n")]);
        let clash = CommitId::parse(&sample.commit("clash")).expect("a commit");
        assert!(sample.open().merged(&side, &clash).expect("no error").is_none(), "GitHub makes none of it either");
    }

    #[test]
    fn p3_a_copy_walks_into_the_merge_and_keeps_what_is_no_file_of_it() {
        let (sample, side, base) = apart();
        let git = sample.open();
        let merge = git.merged(&side, &base).expect("no error").expect("a merge");
        let copy = tempfile::tempdir().expect("a folder");
        for name in ["a.py", "gone.py"] {
            fs::copy(sample.path().join(name), copy.path().join(name)).expect("copy");
        }
        fs::write(copy.path().join("built.log"), "kept").expect("write");
        git.walk(copy.path(), &side, &merge).expect("walked");
        assert_eq!(fs::read_to_string(copy.path().join("a.py")).expect("a file"), "one\n2\n3\n4\nfive\n");
        assert!(copy.path().join("new.py").exists() && !copy.path().join("gone.py").exists());
        assert!(copy.path().join("built.log").exists());
        assert_eq!(run_git(sample.path(), &["status", "--porcelain"]), "", "the workspace is as it was");
    }

    #[test]
    fn p3_a_patch_may_fit_the_merge_and_not_the_branch() {
        let (sample, side, base) = apart();
        let git = sample.open();
        let merge = git.merged(&side, &base).expect("no error").expect("a merge");
        let diff = "diff --git a/new.py b/new.py\n--- a/new.py\n+++ b/new.py\n@@ -1 +1 @@\n-new\n+old\n";
        git.fits(&merge, diff).expect("it fits the merge");
        assert!(matches!(git.fits(&side, diff), Err(ApplyError::Misfit(_))));
        assert_eq!(git.file_at(&merge, "new.py").expect("a text").as_deref(), Some("new\n"), "nothing was written");
    }

    #[test]
    fn p3_p20_the_parents_of_a_shallow_merge_are_known_though_they_were_not_fetched() {
        let (sample, side, base) = apart();
        sample.git(&["merge", "-q", "--no-edit", base.as_str()]);
        let clone = tempfile::tempdir().expect("a folder");
        let url = format!("file://{}", sample.path().display());
        run_git(clone.path(), &["clone", "-q", "--depth=1", &url, "."]);
        let git = Git::open(clone.path()).expect("a repository");
        assert!(git.is_merge_of(git.head(), &side).expect("no error"));
        assert!(!git.holds(&side).expect("no error") && git.holds(git.head()).expect("no error"));
    }
}
