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
