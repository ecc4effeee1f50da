//! A model's edits become file changes, or the exact reason why they cannot.

use super::diff::change;
use super::misfit::Misfit;
use super::place::{NoPlace, replace_once};
use super::tree::{Lookup, Tree, plain_path, regular_text};
use crate::domain::candidate::Edit;
use crate::domain::patch::{Blob, FileChange, Mode};
use crate::text::first_line;
use crate::text::truncate;

/// A search text is named in a sentence by its first line, so long.
const SEARCH_SHOWN_BYTES_MAX: usize = 120;

/// At most this many places are named when a text stands in several.
const PLACES_SHOWN_MAX: usize = 10;

/// Applies the edits in their order; later ones see what earlier ones did.
pub fn apply_edits<'a>(edits: &[Edit], lookup: &'a Lookup<'a>) -> Result<Vec<FileChange>, Misfit> {
    let mut tree = Tree::new(lookup);
    for edit in edits {
        plain_path(edit.file())?;
        match edit {
            Edit::Replace { file, search, replace } => {
                let (text, mode) = regular_text(file, tree.get(file))?;
                let text = replace_once(text, search, replace).map_err(|none| no_place(file, search, none))?;
                tree.put(file, Some(Blob { mode, bytes: text.into_bytes() }));
            }
            Edit::Create { file, content } => {
                if tree.get(file).is_some() {
                    return Err(Misfit::new(
                        "edit.exists",
                        file,
                        format!("`{file}` is there already: change it with `search` and `replace`"),
                    ));
                }
                // A file that was deleted by an edit before and is written anew keeps its mode.
                let mode = lookup(file).map_or(Mode::File, |blob| blob.mode);
                tree.put(file, Some(Blob { mode, bytes: content.clone().into_bytes() }));
            }
            Edit::Delete { file } => {
                regular_text(file, tree.get(file))?;
                tree.put(file, None);
            }
        }
    }
    let changes = tree.changes(change);
    if changes.is_empty() {
        return Err(Misfit::new("edit.no-change", "", "the edits change nothing: every file stays as it is"));
    }
    Ok(changes)
}

fn no_place(file: &str, search: &str, none: NoPlace) -> Misfit {
    let shown = truncate(first_line(search), SEARCH_SHOWN_BYTES_MAX);
    match none {
        NoPlace::Blank => Misfit::new(
            "edit.blank",
            file,
            format!("a `search` text for `{file}` is blank: copy the lines that are to change from the file"),
        ),
        NoPlace::Nowhere { nearest } => {
            let near = nearest.map(|lines| format!("; the nearest lines are\n{lines}")).unwrap_or_default();
            Misfit::new(
                "edit.nowhere",
                file,
                format!("the `search` text beginning `{shown}` is nowhere in `{file}`: copy it exactly{near}"),
            )
        }
        NoPlace::Ambiguous { lines } => {
            let named: Vec<_> = lines.iter().take(PLACES_SHOWN_MAX).map(usize::to_string).collect();
            Misfit::new(
                "edit.ambiguous",
                file,
                format!(
                    "the `search` text beginning `{shown}` is in {} places of `{file}` (lines {}): \
                     add lines around it until it is there only once",
                    lines.len(),
                    named.join(", ")
                ),
            )
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop")]

    use std::collections::BTreeMap;

    use super::*;

    fn blob(mode: Mode, text: &str) -> Blob {
        Blob { mode, bytes: text.as_bytes().to_vec() }
    }

    fn tree() -> BTreeMap<&'static str, Blob> {
        BTreeMap::from([
            ("app.py", blob(Mode::File, "def add(a, b):\n    return a - b\n\ndef sub(a, b):\n    return a - b\n")),
            ("run.sh", blob(Mode::Executable, "echo a\n")),
            ("link", blob(Mode::Symlink, "/proc/self/environ")),
            ("logo.png", Blob { mode: Mode::File, bytes: vec![0x89, b'P', 0, 1] }),
        ])
    }

    fn apply(edits: &[Edit]) -> Result<Vec<FileChange>, Misfit> {
        let tree = tree();
        apply_edits(edits, &|path| tree.get(path))
    }

    fn replace(file: &str, search: &str, replace: &str) -> Edit {
        Edit::Replace { file: file.into(), search: search.into(), replace: replace.into() }
    }

    fn create(file: &str, content: &str) -> Edit {
        Edit::Create { file: file.into(), content: content.into() }
    }

    fn delete(file: &str) -> Edit {
        Edit::Delete { file: file.into() }
    }

    #[track_caller]
    fn misfits(edits: &[Edit], code: &str, says: &str) {
        let misfit = apply(edits).unwrap_err();
        assert_eq!(misfit.code, code);
        assert!(misfit.text.contains(says), "{}", misfit.text);
    }

    #[test]
    fn edits_are_applied_in_their_order_and_counted() {
        let changes = apply(&[
            replace("app.py", "def add(a, b):\n    return a - b", "def add(a, b):\n    return a + b"),
            replace("app.py", "a + b", "b + a"),
            create("new/file.py", "x = 1\n"),
            delete("run.sh"),
        ])
        .unwrap();
        let told: Vec<_> =
            changes.iter().map(|change| (change.path.as_str(), change.lines_added, change.lines_deleted)).collect();
        assert_eq!(told, [("app.py", 1, 1), ("new/file.py", 1, 0), ("run.sh", 0, 1)]);
        assert!(changes[0].after.as_ref().unwrap().text().unwrap().starts_with("def add(a, b):\n    return b + a\n"));
    }

    #[test]
    fn a_file_keeps_its_mode() {
        assert_eq!(apply(&[replace("run.sh", "a", "b")]).unwrap()[0].after.as_ref().unwrap().mode, Mode::Executable);
        let rewritten = apply(&[delete("run.sh"), create("run.sh", "echo b\n")]).unwrap();
        assert_eq!(rewritten[0].after.as_ref().unwrap().mode, Mode::Executable);
    }

    #[test]
    fn an_edit_that_fits_nowhere_shows_the_nearest_lines() {
        misfits(&[replace("app.py", "def addd(a, b):", "")], "edit.nowhere", "    1 | def add(a, b):");
    }

    #[test]
    fn an_edit_that_fits_two_places_names_their_lines() {
        misfits(&[replace("app.py", "    return a - b", "    return a + b")], "edit.ambiguous", "(lines 2, 5)");
    }

    #[test]
    fn what_cannot_be_edited_is_told_with_the_mend() {
        misfits(&[replace("no.py", "a", "b")], "edit.no-file", "`no.py`");
        misfits(&[replace("app.py", " \n ", "b")], "edit.blank", "copy the lines");
        misfits(&[create("app.py", "")], "edit.exists", "`search` and `replace`");
        misfits(&[delete("no.py")], "edit.no-file", "create it");
        misfits(&[replace("logo.png", "P", "Q")], "edit.binary", "only files of text");
        misfits(&[replace("app.py", "def add", "def add")], "edit.no-change", "change nothing");
        misfits(&[], "edit.no-change", "change nothing");
    }

    #[test]
    fn t7_a_symbolic_link_is_not_edited() {
        misfits(&[replace("link", "/proc", "/etc")], "edit.not-a-file", "symbolic link");
        misfits(&[delete("link")], "edit.not-a-file", "symbolic link");
    }

    #[test]
    fn a_path_that_means_another_file_is_none() {
        for path in ["", "/etc/passwd", "../x", "a//b", "a/./b", "a/../b", "a/", "a\nb", "a\0b"] {
            misfits(&[create(path, "x")], "edit.path", "not a path");
        }
    }
}
