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
