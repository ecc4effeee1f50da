//! What history remembers: a fix for this fingerprint that was merged before, found by its commit trailer.

use super::error::GitError;
use super::repository::Git;
use crate::domain::fingerprint::Fingerprint;
use crate::domain::id::CommitId;
use crate::domain::memory::{RememberedFix, TRAILER, heals};

/// Some years of a busy repository; git reads these in well under a second.
const COMMITS_MAX: &str = "--max-count=20000";

/// What `git clone` writes of a remote, then the names that git itself and GitHub give a first branch.
const DEFAULT_BRANCHES: [&str; 3] = ["refs/remotes/origin/HEAD", "refs/heads/main", "refs/heads/master"];

impl Git {
    /// The newest fix for `fingerprint` in the history of `from`, which must be of the default branch (T14).
    pub fn remembered(&self, from: &CommitId, fingerprint: &Fingerprint) -> Result<Option<RememberedFix>, GitError> {
        let commits = self.program.call("list commits", &["rev-list", COMMITS_MAX, from.as_str()]).bytes()?;
        let grep = format!("--grep={TRAILER}: {fingerprint}");
        // A message holds no zero byte, so it cannot end its own field.
        let arguments = ["log", "--no-walk=unsorted", "--stdin", "-z", "-F", &grep, "--format=%H%x00%P%x00%B"];
        let found = self.program.call("search history", &arguments).input(&commits).bytes()?;
        let found = String::from_utf8_lossy(&found);
        let fields: Vec<&str> = found.split('\0').collect();
        for fields in fields.chunks_exact(3) {
            let &[commit, parents, message] = fields else { continue };
            // A merge is not the fix itself.
            let (Some(commit), Some(parent)) = (CommitId::parse(commit), CommitId::parse(parents)) else { continue };
            if heals(message, fingerprint) {
                let diff = self.patch_between(&parent, &commit)?.diff;
                return Ok(Some(RememberedFix { commit: commit.to_string(), diff }));
            }
        }
        Ok(None)
    }

    /// Where the default branch stands: as the remote has it, else the one branch that is called as default branches are.
    pub fn default_tip(&self) -> Option<CommitId> {
        DEFAULT_BRANCHES.iter().find_map(|name| self.found().commit_of(name).ok().flatten())
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample::Sample;
    use super::*;

    fn fingerprint(text: &str) -> Fingerprint {
        Fingerprint::parse(text).expect("a fingerprint")
    }

    #[test]
    fn the_newest_commit_with_the_trailer_is_remembered() {
        let sample = Sample::new(&[("a.py", "1\n")]);
        for text in ["2\n", "3\n"] {
            sample.write(&[("a.py", text)]);
            sample.commit("fix: mend it\n\nWhy.\n\nSelf-heal-fingerprint: py-typeerror-1\nOther: x\n");
        }
        let newest = sample.git(&["rev-parse", "HEAD"]);
        sample.write(&[("b.py", "later\n")]);
        sample.commit("later");
        let git = sample.open();
        let fix = git.remembered(git.head(), &fingerprint("py-typeerror-1")).expect("no error").expect("a fix");
        assert_eq!(fix.commit, newest);
        assert!(fix.diff.contains("-2\n+3\n"), "{}", fix.diff);
        assert_eq!(git.remembered(git.head(), &fingerprint("py-typeerror")).expect("no error"), None);
    }

    #[test]
    fn a_sentence_that_names_a_trailer_and_a_root_commit_are_not_fixes() {
        let sample = Sample::new(&[("a.py", "1\n")]);
        sample.git(&["commit", "-q", "--amend", "-m", "x\n\nSelf-heal-fingerprint: root-1\n"]);
        sample.write(&[("a.py", "2\n")]);
        sample.commit("talk\n\nSelf-heal-fingerprint: told-1\n\nis what it would have been.\n");
        let git = sample.open();
        for name in ["root-1", "told-1"] {
            assert_eq!(git.remembered(git.head(), &fingerprint(name)).expect("no error"), None, "{name}");
        }
    }

    #[test]
    fn t14_what_a_branch_says_of_itself_is_not_in_the_history_of_the_default_one() {
        let sample = Sample::new(&[("a.py", "1\n")]);
        sample.git(&["branch", "-M", "main"]);
        let main = sample.git(&["rev-parse", "HEAD"]);
        sample.git(&["checkout", "-q", "-b", "evil"]);
        sample.write(&[("a.py", "2\n")]);
        sample.commit("mine\n\nSelf-heal-fingerprint: py-x-1\n");
        let git = sample.open();
        let tip = git.default_tip().expect("a default branch");
        assert_eq!(tip.as_str(), main);
        assert_eq!(git.remembered(&tip, &fingerprint("py-x-1")).expect("no error"), None);
        sample.git(&["update-ref", "refs/remotes/origin/trunk", "HEAD"]);
        sample.git(&["symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/trunk"]);
        assert_eq!(git.default_tip().as_ref(), Some(git.head()), "the remote's word comes first");
    }
}
