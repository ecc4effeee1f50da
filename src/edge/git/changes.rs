//! What lies between two trees, as git sees it: a patch.

use super::error::GitError;
use super::repository::Git;
use super::work_tree::zero_ended;
use crate::domain::id::CommitId;
use crate::domain::patch::{Blob, FileChange, Mode, Patch};

/// A fixer that changes more files than this is not making a small patch; far above what a policy allows.
pub const PATCH_FILES_MAX: usize = 2_000;

const EMPTY: &str = "0000000000";

impl Git {
    /// The patch that makes `after` of `before`. Renames are a deletion and an addition; modes are as git keeps them.
    pub fn patch_between(&self, before: &CommitId, after: &CommitId) -> Result<Patch, GitError> {
        let raw = self.compare(before, after, &["--raw", "-z", "--no-abbrev"])?;
        let changes: Vec<_> = RawChange::read(&raw).collect();
        if changes.len() > PATCH_FILES_MAX {
            let said = format!("{} files differ, more than the {PATCH_FILES_MAX} that a patch may have", changes.len());
            return Err(GitError::Failed { doing: "compare two trees", said });
        }
        let lines = self.compare(before, after, &["--numstat", "-z", "--text"])?;
        let lines = Lines::read(&lines);
        let mut files = Vec::with_capacity(changes.len());
        for change in changes {
            let (added, deleted) = lines.of(&change.path);
            files.push(FileChange {
                before: self.side(change.before)?,
                after: self.side(change.after)?,
                path: String::from_utf8_lossy(&change.path).into_owned(),
                lines_added: added,
                lines_deleted: deleted,
            });
        }
        // As text whatever an attribute says of it: `*.py -diff` must not hide a change. What is no text cannot be shown
        // so; then git says it in letters, for the whole patch.
        let is_text = |blob: &Option<Blob>| blob.as_ref().is_none_or(|blob| blob.text().is_some());
        let all_text = files.iter().all(|file| is_text(&file.before) && is_text(&file.after));
        let form = if all_text { "--text" } else { "--binary" };
        let diff = self.compare(before, after, &["-p", "--full-index", form])?;
        let diff = String::from_utf8(diff).map_err(|_| GitError::Failed {
            doing: "compare two trees",
            said: "a changed file is neither UTF-8 text nor plainly binary".to_owned(),
        })?;
        Ok(Patch { diff, files })
    }

    fn compare(&self, before: &CommitId, after: &CommitId, form: &[&str]) -> Result<Vec<u8>, GitError> {
        let mut arguments = vec!["diff-tree", "-r", "--no-renames", "--no-ext-diff", "--no-textconv", "--no-color"];
        arguments.extend(["--ignore-submodules=none", "--src-prefix=a/", "--dst-prefix=b/"]);
        arguments.extend(form);
        arguments.extend([before.as_str(), after.as_str()]);
        self.program.call("compare two trees", &arguments).bytes()
    }

    fn side(&self, side: Option<(Mode, String)>) -> Result<Option<Blob>, GitError> {
        let Some((mode, id)) = side else { return Ok(None) };
        let bytes = match mode {
            // A submodule is a commit of another repository: its id is all there is.
            Mode::Submodule => id.into_bytes(),
            _ => self.program.call("read a blob", &["cat-file", "blob", &id]).bytes()?,
        };
        Ok(Some(Blob { mode, bytes }))
    }
}

struct RawChange {
    path: Vec<u8>,
    before: Option<(Mode, String)>,
    after: Option<(Mode, String)>,
}

impl RawChange {
    /// Reads `:MODE MODE ID ID STATUS\0PATH\0`.
    fn read(raw: &[u8]) -> impl Iterator<Item = Self> {
        let mut fields = zero_ended(raw);
        std::iter::from_fn(move || {
            let facts = String::from_utf8_lossy(fields.next()?.strip_prefix(b":")?).into_owned();
            let path = fields.next()?.to_owned();
            let mut facts = facts.split(' ').map(str::to_owned);
            let modes = (Mode::parse(&facts.next()?), Mode::parse(&facts.next()?));
            let ids = (facts.next()?, facts.next()?);
            let side = |mode: Option<Mode>, id: String| mode.filter(|_| !id.starts_with(EMPTY)).map(|mode| (mode, id));
            Some(Self { path, before: side(modes.0, ids.0), after: side(modes.1, ids.1) })
        })
    }
}

struct Lines<'a>(Vec<(&'a [u8], u32, u32)>);

impl<'a> Lines<'a> {
    /// Reads `ADDED\tDELETED\tPATH\0`.
    fn read(listing: &'a [u8]) -> Self {
        let number = |field: &[u8]| std::str::from_utf8(field).ok().and_then(|text| text.parse().ok()).unwrap_or(0);
        Self(
            zero_ended(listing)
                .filter_map(|entry| {
                    let mut fields = entry.splitn(3, |byte| *byte == b'\t');
                    let (added, deleted) = (number(fields.next()?), number(fields.next()?));
                    Some((fields.next()?, added, deleted))
                })
                .collect(),
        )
    }

    fn of(&self, path: &[u8]) -> (u32, u32) {
        self.0.iter().find(|(named, ..)| *named == path).map_or((0, 0), |(_, added, deleted)| (*added, *deleted))
    }
}
