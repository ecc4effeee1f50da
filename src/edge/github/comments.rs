//! One sticky comment a pull request: made once, then rewritten in place (P1).

use serde::Deserialize;

use super::Github;
use super::error::{Call, Result};
use crate::domain::id::Repository;

#[derive(Deserialize)]
struct CommentWire {
    id: u64,
    body: Option<String>,
    #[serde(default)]
    html_url: String,
    user: Option<UserWire>,
}

#[derive(Deserialize)]
struct UserWire {
    #[serde(rename = "type", default)]
    kind: String,
}

/// Whether the comment had to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sticky {
    pub url: String,
    pub changed: bool,
}

impl Github {
    /// Writes the one comment that carries `marker` at an issue or pull request. A person's comment that quotes the
    /// marker is not ours.
    pub async fn stick(&self, repository: &Repository, number: u64, marker: &str, text: &str) -> Result<Sticky> {
        let call = Call::new("pull-requests: write", format!("comment on pull request {number} of {repository}"));
        let body = format!("{marker}\n{text}");
        let route = format!("/repos/{repository}/issues/{number}/comments");
        let comments = self.pages(&call, &route, &[], |page: Vec<CommentWire>| page).await?;
        let ours = comments.into_iter().find(|comment| {
            comment.user.as_ref().is_some_and(|user| user.kind == "Bot")
                && comment.body.as_deref().is_some_and(|body| body.starts_with(marker))
        });
        let json = serde_json::json!({ "body": body });
        let written: CommentWire = match ours {
            Some(comment) if comment.body.as_deref() == Some(body.as_str()) => {
                return Ok(Sticky { url: comment.html_url, changed: false });
            }
            Some(comment) => {
                let route = format!("/repos/{repository}/issues/comments/{}", comment.id);
                self.patch(&call, &route, &json).await?
            }
            None => self.post(&call, &route, &json).await?,
        };
        Ok(Sticky { url: written.html_url, changed: true })
    }
}
