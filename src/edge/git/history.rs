//! What history remembers: a fix for this fingerprint that was merged before, found by its commit trailer.

use super::error::GitError;
use super::repository::Git;
use crate::domain::fingerprint::Fingerprint;
use crate::domain::id::CommitId;
use crate::domain::memory::RememberedFix;

/// The trailer of every commit that self-heal makes.
pub const TRAILER: &str = "Self-heal-fingerprint";

/// Some years of a busy repository; git reads these in well under a second.
const COMMITS_MAX: &str = "--max-count=20000";

impl Git {
    /// The newest fix for `fingerprint` in the history of `from`, which must be of the default branch (T14).
    pub fn remembered(&self, from: &CommitId, fingerprint: &Fingerprint) -> Result<Option<RememberedFix>, GitError> {
        let commits = self.program.call("list commits", &["rev-list", COMMITS_MAX, from.as_str()]).bytes()?;
        let form = format!("--format=%H%x00%(trailers:key={TRAILER},valueonly,separator=%x2C)%x00%P");
        let grep = format!("--grep={TRAILER}: {fingerprint}");
        let found = self
            .program
            .call("search history", &["log", "--no-walk=unsorted", "--stdin", "-F", &grep, &form])
            .input(&commits)
            .text()?;
        for line in found.lines() {
            let mut fields = line.split('\0');
            let (Some(commit), Some(trailers), Some(parents)) = (fields.next(), fields.next(), fields.next()) else {
                continue;
            };
            // Only a real trailer counts, not a sentence that names one; and a merge is not the fix itself.
            let ours = trailers.split(',').any(|value| value.trim() == fingerprint.as_str());
            let (Some(commit), Some(parent)) = (CommitId::parse(commit), CommitId::parse(parents)) else { continue };
            if ours {
                let diff = self.patch_between(&parent, &commit)?.diff;
                return Ok(Some(RememberedFix { commit: commit.to_string(), diff }));
            }
        }
        Ok(None)
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
}
