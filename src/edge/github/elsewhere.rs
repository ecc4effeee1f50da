//! A file of another repository at a branch, a tag or a commit: a workflow that ours calls.

use base64::Engine as _;
use serde::Deserialize;

use super::error::{Call, Fault, Result};
use super::{Github, absent, part};
use crate::domain::id::Repository;

#[derive(Deserialize)]
struct FileWire {
    #[serde(default)]
    content: String,
    #[serde(default)]
    encoding: String,
}

impl Github {
    /// The text of a file; `None` where there is none, or the token may not look.
    pub async fn file_elsewhere(&self, repository: &Repository, path: &str, at: &str) -> Result<Option<String>> {
        let call = Call::new("contents: read", format!("read {} of {repository}", path.escape_debug()));
        let route = format!("/repos/{repository}/contents/{}", part(path));
        let Some(wire): Option<FileWire> = absent(self.get(&call, &route, &[("ref", at)]).await)? else {
            return Ok(None);
        };
        if wire.encoding != "base64" {
            return Err(call.failed(Fault::Unreadable(format!("encoding `{}`", wire.encoding.escape_debug()))));
        }
        let content: String = wire.content.split_ascii_whitespace().collect();
        let bytes = base64::engine::general_purpose::STANDARD.decode(content);
        Ok(bytes.ok().and_then(|bytes| String::from_utf8(bytes).ok()))
    }
}
