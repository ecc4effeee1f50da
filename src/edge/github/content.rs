//! The files of one commit, read blob by blob: modes are kept, and no link is ever followed.

use std::collections::HashMap;

use base64::Engine as _;
use serde::Deserialize;

use super::Github;
use super::error::{Call, Fault, Result};
use crate::domain::id::{CommitId, Repository};
use crate::domain::patch::{Blob, Mode};

#[derive(Deserialize)]
struct TreeWire {
    #[serde(default)]
    tree: Vec<EntryWire>,
    #[serde(default)]
    truncated: bool,
}

#[derive(Clone, Deserialize)]
struct EntryWire {
    path: String,
    mode: String,
    sha: String,
}

#[derive(Deserialize)]
struct BlobWire {
    content: String,
    encoding: String,
}

/// What stands at a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    Absent,
    /// A file, a link (its bytes are where it points) or a submodule (no bytes).
    Blob(Blob),
    Folder,
    /// A parent of the path is not a folder: a link, a file or a submodule.
    Behind {
        parent: String,
        mode: Mode,
    },
}

/// A git tree's mode in GitHub's answers.
const FOLDER_MODE: &str = "040000";

/// The files of one commit. Trees are read once: a token has 1,000 requests an hour.
pub struct Snapshot<'a> {
    github: &'a Github,
    repository: Repository,
    commit: CommitId,
    /// Folder, `""` for the root → its entries.
    folders: HashMap<String, Vec<EntryWire>>,
}

impl Github {
    pub fn at(&self, repository: &Repository, commit: &CommitId) -> Snapshot<'_> {
        Snapshot { github: self, repository: repository.clone(), commit: commit.clone(), folders: HashMap::new() }
    }
}

impl Snapshot<'_> {
    /// What stands at `path`, which is relative to the root.
    pub async fn entry(&mut self, path: &str) -> Result<Entry> {
        let call = Call::new("contents: read", format!("read {} at {}", path.escape_debug(), self.commit.short()));
        let mut tree = self.commit.as_str().to_owned();
        let mut folder = String::new();
        let mut names = path.split('/').peekable();
        while let Some(name) = names.next() {
            let Some(entry) = self.find(&call, &folder, &tree, name).await? else {
                return Ok(Entry::Absent);
            };
            let is_last = names.peek().is_none();
            if !folder.is_empty() {
                folder.push('/');
            }
            folder.push_str(name);
            if entry.mode == FOLDER_MODE {
                if is_last {
                    return Ok(Entry::Folder);
                }
                tree = entry.sha;
                continue;
            }
            let mode = Mode::parse(&entry.mode)
                .ok_or_else(|| call.failed(Fault::Unreadable(format!("mode `{}`", entry.mode.escape_debug()))))?;
            if !is_last {
                return Ok(Entry::Behind { parent: folder, mode });
            }
            let bytes = if mode == Mode::Submodule { Vec::new() } else { self.bytes(&call, &entry.sha).await? };
            return Ok(Entry::Blob(Blob { mode, bytes }));
        }
        Ok(Entry::Absent)
    }

    /// The text of a regular file; `None` for everything else (T7).
    pub async fn text(&mut self, path: &str) -> Result<Option<String>> {
        Ok(match self.entry(path).await? {
            Entry::Blob(blob) if matches!(blob.mode, Mode::File | Mode::Executable) => {
                String::from_utf8(blob.bytes).ok()
            }
            _ => None,
        })
    }

    /// The names in a folder, sorted as git does; none where there is no such folder.
    pub async fn names(&mut self, folder: &str) -> Result<Vec<String>> {
        let call = Call::new("contents: read", format!("list {} at {}", folder.escape_debug(), self.commit.short()));
        let mut tree = self.commit.as_str().to_owned();
        let mut above = String::new();
        for name in folder.split('/') {
            match self.find(&call, &above, &tree, name).await? {
                Some(entry) if entry.mode == FOLDER_MODE => tree = entry.sha,
                _ => return Ok(Vec::new()),
            }
            if !above.is_empty() {
                above.push('/');
            }
            above.push_str(name);
        }
        let entries = self.entries(&call, folder, &tree).await?;
        Ok(entries.iter().map(|entry| entry.path.clone()).collect())
    }

    async fn find(&mut self, call: &Call, folder: &str, tree: &str, name: &str) -> Result<Option<EntryWire>> {
        let entries = self.entries(call, folder, tree).await?;
        Ok(entries.iter().find(|entry| entry.path == name).cloned())
    }

    async fn entries(&mut self, call: &Call, folder: &str, tree: &str) -> Result<&[EntryWire]> {
        if !self.folders.contains_key(folder) {
            let route = format!("/repos/{}/git/trees/{tree}", self.repository);
            let wire: TreeWire = self.github.get(call, &route, &[]).await?;
            if wire.truncated {
                return Err(call.failed(Fault::Unreadable(format!("the folder `{folder}` has too many files"))));
            }
            self.folders.insert(folder.to_owned(), wire.tree);
        }
        Ok(self.folders.get(folder).map(Vec::as_slice).unwrap_or_default())
    }

    async fn bytes(&self, call: &Call, sha: &str) -> Result<Vec<u8>> {
        let route = format!("/repos/{}/git/blobs/{sha}", self.repository);
        let wire: BlobWire = self.github.get(call, &route, &[]).await?;
        if wire.encoding != "base64" {
            return Err(call.failed(Fault::Unreadable(format!("encoding `{}`", wire.encoding.escape_debug()))));
        }
        let content: String = wire.content.split_ascii_whitespace().collect();
        base64::engine::general_purpose::STANDARD
            .decode(content)
            .map_err(|error| call.failed(Fault::Unreadable(error.to_string())))
    }
}
