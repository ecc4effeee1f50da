//! What lies between two trees, as git sees it: a patch.

use super::error::GitError;
use super::repository::{AS_LETTERS, AS_TEXT, Git};
use super::work_tree::zero_ended;
use crate::domain::id::CommitId;
use crate::domain::patch::{Blob, FileChange, Mode, Patch};

/// A fixer that changes more files than this is not making a small patch; far above what a policy allows.
pub const PATCH_FILES_MAX: usize = 2_000;

const EMPTY: &str = "0000000000";

impl Git {
    /// The patch that makes `after` of `before`. Renames are a deletion and an addition; modes are as git keeps them.
    pub fn patch_between(&self, before: &CommitId, after: &CommitId) -> Result<Patch, GitError> {
        let raw = self.compare(before, after, AS_TEXT, &["--raw", "-z", "--no-abbrev"])?;
        let changes: Vec<_> = RawChange::read(&raw).collect();
        if changes.len() > PATCH_FILES_MAX {
            let said = format!("{} files differ, more than the {PATCH_FILES_MAX} that a patch may have", changes.len());
            return Err(GitError::Failed { doing: "compare two trees", said });
        }
        let lines = self.compare(before, after, AS_TEXT, &["--numstat", "-z"])?;
        let lines = Lines::read(&lines);
        let mut sides = self.sides(&changes)?.into_iter();
        let mut files = Vec::with_capacity(changes.len());
        for change in changes {
            let (lines_added, lines_deleted) = lines.of(&change.path);
            files.push(FileChange {
                before: sides.next().flatten(),
                after: sides.next().flatten(),
                path: String::from_utf8_lossy(&change.path).into_owned(),
                lines_added,
                lines_deleted,
            });
        }
        // What is no text cannot be shown as such; then git says it in letters, for the whole patch.
        let is_text = |blob: &Option<Blob>| blob.as_ref().is_none_or(|blob| blob.text().is_some());
        let all_text = files.iter().all(|file| is_text(&file.before) && is_text(&file.after));
        let form = if all_text { AS_TEXT } else { AS_LETTERS };
        let diff = self.compare(before, after, form, &["-p", "--full-index", "--binary"])?;
        let diff = String::from_utf8(diff).map_err(|_| GitError::Failed {
            doing: "compare two trees",
            said: "the name of a changed file is not UTF-8".to_owned(),
        })?;
        Ok(Patch { diff, files })
    }

    fn compare(&self, before: &CommitId, after: &CommitId, shown: &str, form: &[&str]) -> Result<Vec<u8>, GitError> {
        let attributes = format!("core.attributesFile={}", self.own().join(shown).display());
        let mut arguments =
            vec!["-c", &attributes, "diff-tree", "-r", "--no-renames", "--no-ext-diff", "--no-textconv"];
        arguments.extend(["--no-color", "--ignore-submodules=none", "--src-prefix=a/", "--dst-prefix=b/"]);
        arguments.extend(form);
        arguments.extend([before.as_str(), after.as_str()]);
        self.program.call("compare two trees", &arguments).bytes()
    }

    /// Both sides of every change, in order, read by one git.
    fn sides(&self, changes: &[RawChange]) -> Result<Vec<Option<Blob>>, GitError> {
        let sides = || changes.iter().flat_map(|change| [&change.before, &change.after]);
        let is_blob = |side: &&(Mode, String)| side.0 != Mode::Submodule;
        let asked: String = sides().flatten().filter(is_blob).map(|(_, id)| format!("{id}\n")).collect();
        let told = self.program.call("read blobs", &["cat-file", "--batch"]).input(asked.as_bytes()).bytes()?;
        let mut blobs = Batch { rest: &told };
        sides()
            .map(|side| match side {
                None => Ok(None),
                // A submodule is a commit of another repository: its id is all there is.
                Some((Mode::Submodule, id)) => Ok(Some(Blob { mode: Mode::Submodule, bytes: id.clone().into_bytes() })),
                Some((mode, id)) => {
                    let missing = || GitError::Failed { doing: "read blobs", said: format!("{id} is missing") };
                    Ok(Some(Blob { mode: *mode, bytes: blobs.next().ok_or_else(missing)?.to_owned() }))
                }
            })
            .collect()
    }
}

/// What `cat-file --batch` prints: `ID TYPE SIZE\nBYTES\n`, one after the other.
struct Batch<'t> {
    rest: &'t [u8],
}

impl<'t> Batch<'t> {
    fn next(&mut self) -> Option<&'t [u8]> {
        let end = self.rest.iter().position(|byte| *byte == b'\n')?;
        let head = std::str::from_utf8(self.rest.get(..end)?).ok()?;
        let size: usize = head.rsplit(' ').next()?.parse().ok()?;
        let first = end + 1;
        let bytes = self.rest.get(first..first.checked_add(size)?)?;
        self.rest = self.rest.get(first + size + 1..)?;
        Some(bytes)
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

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    use super::super::sample::{Sample, run_git};
    use super::*;

    fn patch(sample: &Sample) -> Patch {
        let git = sample.open();
        let now = git.snapshot(sample.path(), git.head()).expect("a snapshot");
        git.patch_between(git.head(), &now).expect("a patch")
    }

    fn sides(patch: &Patch) -> Vec<(&str, Option<Mode>, Option<Mode>)> {
        let mode = |side: &Option<Blob>| side.as_ref().map(|blob| blob.mode);
        patch.files.iter().map(|file| (file.path.as_str(), mode(&file.before), mode(&file.after))).collect()
    }

    /// What we say is the patch, git applies on the commit.
    #[track_caller]
    fn applies(sample: &Sample, patch: &Patch) {
        let clone = tempfile::tempdir().expect("a folder");
        run_git(clone.path(), &["clone", "-q", &sample.path().to_string_lossy(), "."]);
        fs::write(clone.path().join(".git/the.diff"), &patch.diff).expect("write");
        run_git(clone.path(), &["apply", "--check", "--index", ".git/the.diff"]);
    }

    #[test]
    fn lines_modes_and_both_sides_are_as_git_sees_them() {
        let sample = Sample::new(&[("a.py", "1\n2\n3\n"), ("gone.py", "x\n"), ("run.sh", "y\n")]);
        sample.write(&[("a.py", "1\ntwo\n3\n4\n"), ("new \u{e4}.py", "z")]);
        fs::remove_file(sample.path().join("gone.py")).expect("remove");
        fs::set_permissions(sample.path().join("run.sh"), fs::Permissions::from_mode(0o755)).expect("a mode");
        let patch = patch(&sample);
        let (file, executable) = (Some(Mode::File), Some(Mode::Executable));
        assert_eq!(
            sides(&patch),
            [
                ("a.py", file, file),
                ("gone.py", file, None),
                ("new \u{e4}.py", None, file),
                ("run.sh", file, executable)
            ]
        );
        let counts: Vec<_> = patch.files.iter().map(|file| (file.lines_added, file.lines_deleted)).collect();
        assert_eq!(counts, [(2, 1), (0, 1), (1, 0), (0, 0)]);
        applies(&sample, &patch);
    }

    #[test]
    fn a_rename_is_a_deletion_and_an_addition() {
        let sample = Sample::new(&[("test_a.py", "1\n2\n3\n4\n")]);
        fs::rename(sample.path().join("test_a.py"), sample.path().join("a.py")).expect("rename");
        let patch = patch(&sample);
        assert_eq!(sides(&patch), [("a.py", None, Some(Mode::File)), ("test_a.py", Some(Mode::File), None)]);
        assert_eq!(patch.lines(), 8);
    }

    #[test]
    fn an_attribute_hides_no_change() {
        let sample = Sample::new(&[("a.py", "1\n2\n"), (".gitattributes", "*.py -diff\n*.py binary\n")]);
        sample.write(&[("a.py", "1\nevil\n")]);
        let patch = patch(&sample);
        assert!(patch.diff.contains("\n-2\n+evil\n"), "{}", patch.diff);
        assert_eq!(patch.lines(), 2);
    }

    #[test]
    fn links_and_what_is_no_text_are_shown_and_still_apply() {
        let sample = Sample::new(&[("a.py", "1\n"), ("b.txt", "2\n"), ("l.txt", "f\u{fc}r\n")]);
        symlink("/etc/passwd", sample.path().join("link")).expect("a link");
        fs::remove_file(sample.path().join("b.txt")).expect("remove");
        symlink("a.py", sample.path().join("b.txt")).expect("a link");
        fs::write(sample.path().join("l.txt"), b"f\xfcr\n").expect("write");
        fs::write(sample.path().join("z.bin"), b"\0\x01\xff").expect("write");
        let patch = patch(&sample);
        let (file, link) = (Some(Mode::File), Some(Mode::Symlink));
        assert_eq!(
            sides(&patch),
            [("b.txt", file, link), ("l.txt", file, file), ("link", None, link), ("z.bin", None, file)]
        );
        assert!(patch.diff.contains("GIT binary patch"));
        applies(&sample, &patch);
    }

    #[test]
    fn a_patch_of_very_many_files_is_told_and_not_read() {
        let sample = Sample::new(&[("a", "1")]);
        for number in 0..=PATCH_FILES_MAX {
            fs::write(sample.path().join(format!("f{number}")), "x").expect("write");
        }
        let between = || {
            let git = sample.open();
            let now = git.snapshot(sample.path(), git.head()).expect("a snapshot");
            git.patch_between(git.head(), &now).map(|patch| patch.files.len())
        };
        assert!(between().expect_err("too many").to_string().contains("more than the 2000"));
        fs::remove_file(sample.path().join("f0")).expect("remove");
        assert_eq!(between().expect("as many as there may be"), PATCH_FILES_MAX);
    }
}
