//! One sticky comment a pull request: made once, then rewritten in place (P1).

use serde::Deserialize;

use super::Github;
use super::error::{ApiError, Call, Fault, Result};
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
    #[serde(default)]
    login: String,
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
    /// Writes the one comment that carries `marker` at an issue or pull request. Somebody else's comment that quotes
    /// the marker is not ours, and a job's token could rewrite it.
    pub async fn stick(&self, repository: &Repository, number: u64, marker: &str, text: &str) -> Result<Sticky> {
        let call = Call::new("pull-requests: write", format!("comment on pull request {number} of {repository}"));
        let body = format!("{marker}\n{text}");
        let json = serde_json::json!({ "body": body });
        let route = format!("/repos/{repository}/issues/{number}/comments");
        for last in [false, true] {
            let written: Result<CommentWire> = match self.marked(&call, &route, marker).await? {
                Some(comment) if comment.body.as_deref() == Some(body.as_str()) => {
                    // Unless it was we who wrote it just now, and did not hear of it.
                    return Ok(Sticky { url: comment.html_url, changed: last });
                }
                Some(comment) => {
                    let route = format!("/repos/{repository}/issues/comments/{}", comment.id);
                    self.patch(&call, &route, &json).await
                }
                None => self.post(&call, &route, &json).await,
            };
            match written {
                Err(error) if error.may_have_happened() && !last => {}
                written => return Ok(Sticky { url: written?.html_url, changed: true }),
            }
        }
        Err(call.failed(Fault::Unreachable("none that tells what became of it".to_owned())))
    }

    /// Our comment, where there is one already.
    async fn marked(&self, call: &Call, route: &str, marker: &str) -> Result<Option<CommentWire>> {
        let comments = self.pages(call, route, &[], |page: Vec<CommentWire>| page).await?;
        let marked = |comment: &CommentWire| comment.body.as_deref().is_some_and(|body| body.starts_with(marker));
        let mut marked = comments.into_iter().filter(marked).peekable();
        let own_login = if marked.peek().is_some() { self.own_login().await? } else { None };
        Ok(marked.find(|comment| {
            comment.user.as_ref().is_some_and(|user| match &own_login {
                Some(login) => user.login == *login,
                None => user.kind == "Bot",
            })
        }))
    }

    /// Whose token this is; `None` for a job's or an App's, which are nobody's and write as a bot.
    async fn own_login(&self) -> Result<Option<String>> {
        let call = Call::new("metadata: read", "ask whose token this is");
        match self.get::<UserWire>(&call, "/user", &[]).await {
            Ok(user) => Ok(Some(user.login)),
            Err(ApiError { fault: Fault::Forbidden { .. }, .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }
}
