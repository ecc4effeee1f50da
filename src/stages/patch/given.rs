//! A git diff that somebody gave becomes file changes, or the exact reason why it does not apply.
//!
//! Stricter than `git apply` where that protects: a hunk stands where it says or in exactly one other place, both names
//! in a header agree, and nothing outside the diff's own lines is believed.

use diffy::patch_set::{FileMode, FileOperation, FilePatch, ParseOptions, PatchKind, PatchSet};
use diffy::{Hunk, Line};

use super::diff::change;
use super::misfit::Misfit;
use super::tree::{Lookup, Tree, plain_path};
use crate::domain::patch::{Blob, FileChange, Mode};
use crate::text::truncate;

/// No patch that the policy allows is near this size; a larger one is not even read.
pub const DIFF_BYTES_MAX: usize = 4 * 1024 * 1024;

/// What a parser says of a broken diff is shown up to here.
const REASON_BYTES_MAX: usize = 200;

/// The files of the commit that the diff reads or writes, so that their blobs can be fetched before.
pub fn files_of(diff: &str) -> Result<Vec<String>, Misfit> {
    let mut files = Vec::new();
    for patch in patches(diff)? {
        for name in [patch.from, patch.to].into_iter().flatten() {
            if !files.contains(&name) {
                files.push(name);
            }
        }
    }
    Ok(files)
}

/// Applies the diff's files in their order. A rename is a deletion and an addition.
pub fn apply_diff<'a>(diff: &str, lookup: &'a Lookup<'a>) -> Result<Vec<FileChange>, Misfit> {
    let mut tree = Tree::new(lookup);
    for patch in patches(diff)? {
        apply_file(&mut tree, &patch)?;
    }
    let changes = tree.changes(change);
    if changes.is_empty() {
        return Err(Misfit::new("diff.no-change", "", "the diff changes nothing: every file stays as it is"));
    }
    Ok(changes)
}

/// One file of a diff, with names as they are in the tree.
struct GivenPatch<'d> {
    /// `None` when the file is new.
    from: Option<String>,
    /// `None` when the file is deleted.
    to: Option<String>,
    /// A copy leaves its origin.
    copy: bool,
    mode: Option<Mode>,
    patch: FilePatch<'d, str>,
}

impl GivenPatch<'_> {
    fn name(&self) -> &str {
        self.to.as_deref().or(self.from.as_deref()).unwrap_or_default()
    }
}

fn patches(diff: &str) -> Result<Vec<GivenPatch<'_>>, Misfit> {
    if diff.len() > DIFF_BYTES_MAX {
        let text = format!("the diff has {} bytes, and {DIFF_BYTES_MAX} are read at most: split it", diff.len());
        return Err(Misfit::new("diff.too-large", "", text));
    }
    let mut given = Vec::new();
    for patch in PatchSet::parse(diff, ParseOptions::gitdiff()) {
        let patch = patch.map_err(|error| {
            let why = truncate(&error.to_string(), REASON_BYTES_MAX);
            Misfit::new("diff.unreadable", "", format!("the diff cannot be read ({why}): write it with `git diff`"))
        })?;
        given.push(named(patch)?);
    }
    Ok(given)
}

fn named(patch: FilePatch<'_, str>) -> Result<GivenPatch<'_>, Misfit> {
    let (from, to, copy) = match patch.operation() {
        FileOperation::Create(to) => (None, Some(prefixed(to, "b/")?), false),
        FileOperation::Delete(from) => (Some(prefixed(from, "a/")?), None, false),
        FileOperation::Modify { original, modified } => {
            let (from, to) = (prefixed(original, "a/")?, prefixed(modified, "b/")?);
            if from != to {
                return Err(Misfit::new(
                    "diff.names",
                    &to,
                    format!("the diff's header names `{from}` and `{to}` without a rename: write it with `git diff`"),
                ));
            }
            (Some(from), Some(to), false)
        }
        FileOperation::Rename { from, to } => (Some(from.to_string()), Some(to.to_string()), false),
        FileOperation::Copy { from, to } => (Some(from.to_string()), Some(to.to_string()), true),
    };
    for name in [&from, &to].into_iter().flatten() {
        plain_path(name)?;
    }
    let mode = patch.new_mode().map(|mode| match mode {
        FileMode::Regular => Mode::File,
        FileMode::Executable => Mode::Executable,
        FileMode::Symlink => Mode::Symlink,
        FileMode::Gitlink => Mode::Submodule,
    });
    Ok(GivenPatch { from, to, copy, mode, patch })
}

/// Names without git's `a/` and `b/` cannot be told from names of files in a folder `a`.
fn prefixed(name: &str, prefix: &str) -> Result<String, Misfit> {
    name.strip_prefix(prefix).map(str::to_owned).ok_or_else(|| {
        let text = format!("the diff names `{}` without `{prefix}`: write it with `git diff`", name.escape_debug());
        Misfit::new("diff.names", name, text)
    })
}

fn apply_file(tree: &mut Tree<'_>, given: &GivenPatch<'_>) -> Result<(), Misfit> {
    let name = given.name().to_owned();
    let PatchKind::Text(patch) = given.patch.patch() else {
        return Err(Misfit::new("diff.binary", &name, format!("`{name}` is changed as a binary: give only text")));
    };
    let old = match &given.from {
        Some(from) => Some(tree.get(from).cloned().ok_or_else(|| {
            Misfit::new("diff.no-file", from, format!("`{from}` is not in the commit: make the diff on that commit"))
        })?),
        None => None,
    };
    if given.from != given.to && given.to.as_deref().is_some_and(|to| tree.get(to).is_some()) {
        let text = format!("`{name}` is there already: make the diff on that commit");
        return Err(Misfit::new("diff.exists", &name, text));
    }
    let empty = Blob { mode: Mode::File, bytes: Vec::new() };
    let base = old.as_ref().unwrap_or(&empty);
    let Some(text) = base.text() else {
        return Err(Misfit::new("diff.binary", &name, format!("`{name}` is not text: give only text")));
    };
    let text = apply_hunks(&name, text, patch.hunks())?;
    match (&given.from, &given.to) {
        (_, Some(to)) => {
            let mode = given.mode.unwrap_or(base.mode);
            if let Some(from) = given.from.as_ref().filter(|from| *from != to && !given.copy) {
                tree.put(from, None);
            }
            tree.put(to, Some(Blob { mode, bytes: text.into_bytes() }));
        }
        (Some(from), None) => {
            if !text.is_empty() {
                let text = format!("the diff deletes `{from}` but leaves lines of it: make it on that commit");
                return Err(Misfit::new("diff.hunk", from, text));
            }
            tree.put(from, None);
        }
        (None, None) => {}
    }
    Ok(())
}

fn apply_hunks(name: &str, text: &str, hunks: &[Hunk<'_, str>]) -> Result<String, Misfit> {
    let old: Vec<&str> = text.split_inclusive('\n').collect();
    let mut out: Vec<&str> = Vec::with_capacity(old.len());
    let mut done = 0;
    for hunk in hunks {
        let before: Vec<&str> = hunk
            .lines()
            .iter()
            .filter_map(|line| match line {
                Line::Context(line) | Line::Delete(line) => Some(*line),
                Line::Insert(_) => None,
            })
            .collect();
        let at = position(&old, done, hunk, &before).ok_or_else(|| {
            let line = hunk.old_range().start();
            let text = format!("the hunk at line {line} of `{name}` does not apply: make the diff on that commit");
            Misfit::new("diff.hunk", name, text)
        })?;
        out.extend(old.get(done..at).unwrap_or_default());
        out.extend(hunk.lines().iter().filter_map(|line| match line {
            Line::Context(line) | Line::Insert(line) => Some(*line),
            Line::Delete(_) => None,
        }));
        done = at + before.len();
    }
    out.extend(old.get(done..).unwrap_or_default());
    Ok(out.concat())
}

/// Where the hunk says it stands, or the one other place after the hunk before it.
fn position(old: &[&str], done: usize, hunk: &Hunk<'_, str>, before: &[&str]) -> Option<usize> {
    let range = hunk.old_range();
    // A hunk that only adds is named by the line before it.
    let said = if range.is_empty() { range.start() } else { range.start().checked_sub(1)? };
    let fits = |at: usize| {
        at.checked_add(before.len()).and_then(|end| old.get(at..end)).is_some_and(|window| window == before)
    };
    if said >= done && said <= old.len() && fits(said) {
        return Some(said);
    }
    if before.is_empty() {
        return None;
    }
    let mut places = (done..old.len()).filter(|at| fits(*at));
    match (places.next(), places.next()) {
        (Some(at), None) => Some(at),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop")]

    use std::collections::BTreeMap;

    use super::super::diff::diff as written;
    use super::*;

    type Files = BTreeMap<String, Blob>;

    fn files(files: &[(&str, Mode, &str)]) -> Files {
        let blob = |mode, text: &str| Blob { mode, bytes: text.as_bytes().to_vec() };
        files.iter().map(|(path, mode, text)| ((*path).to_owned(), blob(*mode, text))).collect()
    }

    /// The tree after the diff.
    fn applied(before: &Files, diff: &str) -> Result<Files, Misfit> {
        let mut after = before.clone();
        for change in apply_diff(diff, &|path| before.get(path))? {
            match change.after {
                Some(blob) => after.insert(change.path, blob),
                None => after.remove(&change.path),
            };
        }
        Ok(after)
    }

    fn changes(before: &Files, after: &Files) -> Vec<FileChange> {
        let paths: std::collections::BTreeSet<_> = before.keys().chain(after.keys()).collect();
        paths
            .into_iter()
            .filter(|path| before.get(*path) != after.get(*path))
            .map(|path| change(path.clone(), before.get(path).cloned(), after.get(path).cloned()))
            .collect()
    }

    #[track_caller]
    fn misfits(before: &Files, diff: &str, code: &str) {
        let misfit = applied(before, diff).unwrap_err();
        assert_eq!(misfit.code, code, "{}", misfit.text);
    }

    #[test]
    fn a_hunk_stands_where_it_says_or_in_exactly_one_other_place() {
        let hunk = "diff --git a/a b/a\n--- a/a\n+++ b/a\n@@ -1,2 +1,2 @@\n x\n-y\n+z\n";
        let one = |text: &str| files(&[("a", Mode::File, text)]);
        assert_eq!(applied(&one("x\ny\nx\ny\n"), hunk).unwrap(), one("x\nz\nx\ny\n"));
        assert_eq!(applied(&one("new\nx\ny\n"), hunk).unwrap(), one("new\nx\nz\n"));
        misfits(&one("new\nx\ny\nx\ny\n"), hunk, "diff.hunk");
        misfits(&one("other\n"), hunk, "diff.hunk");
    }

    #[test]
    fn a_header_that_lies_is_not_believed() {
        let one = files(&[("a", Mode::File, "x\n"), (".github/w.yml", Mode::File, "x\n")]);
        let body = "@@ -1 +1 @@\n-x\n+y\n";
        misfits(&one, &format!("diff --git a/a b/a\n--- a/a\n+++ b/.github/w.yml\n{body}"), "diff.names");
        misfits(&one, &format!("diff --git a/a b/a\n--- x/a\n+++ y/a\n{body}"), "diff.names");
        misfits(&one, &format!("diff --git a/../a b/../a\n--- a/../a\n+++ b/../a\n{body}"), "edit.path");
        misfits(
            &one,
            "diff --git a/a b/a\nnew file mode 100644\n--- /dev/null\n+++ b/a\n@@ -0,0 +1 @@\n+y\n",
            "diff.exists",
        );
        misfits(&one, "diff --git a/b b/b\n--- a/b\n+++ b/b\n@@ -1 +1 @@\n-x\n+y\n", "diff.no-file");
        misfits(&one, "diff --git a/a b/a\ndeleted file mode 100644\n", "diff.hunk");
        misfits(&one, "diff --git a/a b/a\nBinary files a/a and b/a differ\n", "diff.binary");
        misfits(&one, "no diff at all\n", "diff.unreadable");
        misfits(&one, "", "diff.unreadable");
    }

    #[test]
    fn a_diff_over_the_limit_is_not_read() {
        let one = files(&[("a", Mode::File, "x\n")]);
        let diff = |bytes: usize| {
            let diff = "diff --git a/a b/a\n--- a/a\n+++ b/a\n@@ -1 +1 @@\n-x\n+y\n".to_owned();
            let more = bytes - diff.len();
            diff + &" ".repeat(more)
        };
        assert!(applied(&one, &diff(DIFF_BYTES_MAX)).is_ok());
        misfits(&one, &diff(DIFF_BYTES_MAX + 1), "diff.too-large");
    }

    fn text() -> impl proptest::strategy::Strategy<Value = String> {
        // Few letters, so that lines repeat; every ending there is, and none.
        "([abc ]{0,3}(\n|\r\n|\r|\t)){0,12}[abc]{0,2}"
    }

    proptest::proptest! {
        #[test]
        fn what_is_diffed_is_applied_again(before in text(), after in text()) {
            let (before, after) = (files(&[("dir/a b", Mode::File, &before)]), files(&[("dir/a b", Mode::File, &after)]));
            if before != after {
                proptest::prop_assert_eq!(applied(&before, &written(&changes(&before, &after))).unwrap(), after);
            }
        }
    }

    proptest::proptest! {
        #[test]
        fn new_gone_and_mode_are_applied_again(
            old in proptest::option::of((text(), proptest::bool::ANY)),
            new in proptest::option::of((text(), proptest::bool::ANY)),
            name in "[a-z\"\\\\ äö\t]{1,6}",
        ) {
            let tree = |side: Option<(String, bool)>| -> Files {
                let mode = |executable| if executable { Mode::Executable } else { Mode::File };
                side.map(|(text, executable)| files(&[(&name, mode(executable), &text)])).unwrap_or_default()
            };
            let (before, after) = (tree(old), tree(new));
            if before != after && plain_path(&name).is_ok() {
                proptest::prop_assert_eq!(applied(&before, &written(&changes(&before, &after))).unwrap(), after);
            }
        }

        #[test]
        fn hostile_text_never_panics(text in "(?s).{0,200}") {
            let before = files(&[("a", Mode::File, "x\n")]);
            let _ = applied(&before, &text);
            let _ = applied(&before, &format!("diff --git a/a b/a\n--- a/a\n+++ b/a\n{text}"));
        }

        #[test]
        fn hostile_hunks_never_panic(start in proptest::num::usize::ANY, length in 0usize..4, lines in "([ +-]x\n){0,4}") {
            let before = files(&[("a", Mode::File, "x\nx\n")]);
            let _ = applied(&before, &format!("diff --git a/a b/a\n--- a/a\n+++ b/a\n@@ -{start},{length} +{start},{length} @@\n{lines}"));
        }
    }
}
