//! The files of a commit with the changes made so far laid over them.

use std::collections::BTreeMap;

use super::misfit::Misfit;
use crate::domain::patch::{Blob, FileChange, Mode};

/// What the commit holds at a path; the caller has read the blobs before.
pub type Lookup<'a> = dyn Fn(&str) -> Option<&'a Blob> + 'a;

pub struct Tree<'a> {
    lookup: &'a Lookup<'a>,
    /// In the order in which files were touched.
    touched: Vec<String>,
    now: BTreeMap<String, Option<Blob>>,
}

impl<'a> Tree<'a> {
    pub fn new(lookup: &'a Lookup<'a>) -> Self {
        Self { lookup, touched: Vec::new(), now: BTreeMap::new() }
    }

    pub fn get(&self, path: &str) -> Option<&Blob> {
        match self.now.get(path) {
            Some(blob) => blob.as_ref(),
            None => (self.lookup)(path),
        }
    }

    pub fn put(&mut self, path: &str, blob: Option<Blob>) {
        if !self.now.contains_key(path) {
            self.touched.push(path.to_owned());
        }
        self.now.insert(path.to_owned(), blob);
    }

    /// What is different from the commit; `change` counts the lines.
    pub fn changes(mut self, change: impl Fn(String, Option<Blob>, Option<Blob>) -> FileChange) -> Vec<FileChange> {
        let mut changes = Vec::new();
        for path in self.touched {
            let before = (self.lookup)(&path).cloned();
            let after = self.now.remove(&path).flatten();
            if before != after {
                changes.push(change(path, before, after));
            }
        }
        changes
    }
}

/// The file's text, when it is a regular file of text.
pub fn regular_text<'b>(path: &str, blob: Option<&'b Blob>) -> Result<(&'b str, Mode), Misfit> {
    let Some(blob) = blob else {
        return Err(Misfit::new(
            "edit.no-file",
            path,
            format!("`{path}` is not in the repository: name a file of the repository, or create it with `create`"),
        ));
    };
    if !matches!(blob.mode, Mode::File | Mode::Executable) {
        return Err(Misfit::new(
            "edit.not-a-file",
            path,
            format!("`{path}` is a symbolic link or a submodule: edit the file it stands for"),
        ));
    }
    match blob.text() {
        Some(text) => Ok((text, blob.mode)),
        None => Err(Misfit::new("edit.binary", path, format!("`{path}` is not text: edit only files of text"))),
    }
}

/// A path that can stand in a tree: parts between single slashes, none of them `.` or `..`, no control characters.
///
/// What may be changed is the policy's to say; this only keeps a diff from meaning another file than the edit named.
pub fn plain_path(path: &str) -> Result<(), Misfit> {
    let plain = !path.chars().any(char::is_control)
        && path.split('/').all(|part| !part.is_empty() && part != "." && part != "..");
    if plain {
        return Ok(());
    }
    let shown = path.escape_debug();
    Err(Misfit::new(
        "edit.path",
        path,
        format!("`{shown}` is not a path in the repository: name it relative to the root, without `.` or `..`"),
    ))
}
