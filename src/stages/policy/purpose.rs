//! What a patch is for: some rules are about the job, or about what sort of failure asked.

use crate::domain::failure::Kind;

#[derive(Clone, Copy, Debug)]
pub struct PatchFor<'a> {
    /// The job's name as GitHub shows it; `None` on a laptop.
    pub job: Option<&'a str>,
    pub kind: Option<Kind>,
}
