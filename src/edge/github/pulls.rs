//! Pull requests of ours: found by their branch, made, updated, labelled.

use serde::Deserialize;

use super::Github;
use super::error::{Call, Result};
use crate::domain::id::{Branch, CommitId, Repository};
use crate::domain::memory::{Account, KnownPull};

#[derive(Deserialize)]
struct PullWire {
    number: u64,
    #[serde(default)]
    html_url: String,
    state: String,
    merged_at: Option<String>,
    title: Option<String>,
    body: Option<String>,
    head: HeadWire,
    /// Null when the account was deleted.
    user: Option<UserWire>,
}

#[derive(Deserialize)]
struct UserWire {
    id: u64,
    login: String,
    #[serde(rename = "type", default)]
    kind: String,
}

#[derive(Deserialize)]
struct HeadWire {
    #[serde(rename = "ref")]
    branch: String,
    /// Null when the fork was deleted.
    repo: Option<RepositoryWire>,
}

#[derive(Deserialize)]
struct RepositoryWire {
    full_name: String,
}

/// What a new pull request says.
pub struct NewPull<'a> {
    pub title: &'a str,
    pub body: &'a str,
    pub head: &'a Branch,
    pub base: &'a Branch,
    pub draft: bool,
}

impl Github {
    /// Pull requests from a branch of this very repository, open and closed: a fork's branch of that name is not ours (T16).
    pub async fn pulls_of_branch(&self, repository: &Repository, branch: &Branch) -> Result<Vec<KnownPull>> {
        let call = Call::new("pull-requests: read", format!("read the pull requests from {branch} of {repository}"));
        let head = format!("{}:{branch}", repository.owner);
        let query = [("state", "all"), ("head", head.as_str())];
        self.pulls(&call, repository, &query, |name| name == branch.as_str()).await
    }

    /// Open pull requests from branches of this repository that begin with `prefix`.
    pub async fn open_pulls(&self, repository: &Repository, prefix: &str) -> Result<Vec<KnownPull>> {
        let call = Call::new("pull-requests: read", format!("read the open pull requests of {repository}"));
        self.pulls(&call, repository, &[("state", "open")], |name| name.starts_with(prefix)).await
    }

    /// Numbers of the pull requests that a commit belongs to: a run of a fork names none itself.
    pub async fn pulls_of_commit(&self, repository: &Repository, commit: &CommitId) -> Result<Vec<u64>> {
        let call = Call::new("pull-requests: read", format!("read the pull requests of commit {}", commit.short()));
        let route = format!("/repos/{repository}/commits/{commit}/pulls");
        let wire: Vec<PullWire> = self.get(&call, &route, &[]).await?;
        Ok(wire.into_iter().filter(|pull| pull.state == "open").map(|pull| pull.number).collect())
    }

    pub async fn create_pull(&self, repository: &Repository, new: &NewPull<'_>) -> Result<KnownPull> {
        let call = Call::new("pull-requests: write", format!("open a pull request in {repository}"));
        let body = serde_json::json!({
            "title": new.title,
            "body": new.body,
            "head": new.head.as_str(),
            "base": new.base.as_str(),
            "draft": new.draft,
        });
        let wire: PullWire = self.post(&call, &format!("/repos/{repository}/pulls"), &body).await?;
        Ok(known(wire))
    }

    pub async fn update_pull(
        &self,
        repository: &Repository,
        number: u64,
        title: &str,
        body: &str,
    ) -> Result<KnownPull> {
        let call = Call::new("pull-requests: write", format!("update pull request {number} of {repository}"));
        let route = format!("/repos/{repository}/pulls/{number}");
        let wire: PullWire = self.patch(&call, &route, &serde_json::json!({ "title": title, "body": body })).await?;
        Ok(known(wire))
    }

    /// Puts labels on a pull request. A label that does not exist yet is made, which needs `issues: write` (P18).
    pub async fn add_labels(&self, repository: &Repository, number: u64, labels: &[String]) -> Result<()> {
        let call = Call::new("issues: write", format!("label pull request {number} of {repository}"));
        let route = format!("/repos/{repository}/issues/{number}/labels");
        let _labels: serde_json::Value = self.add(&call, &route, &serde_json::json!({ "labels": labels })).await?;
        Ok(())
    }

    /// Asks people to review.
    pub async fn request_people(&self, repository: &Repository, number: u64, people: &[&str]) -> Result<()> {
        let call = Call::new("pull-requests: write", format!("ask {} to review", people.join(", ")));
        self.request(&call, repository, number, &serde_json::json!({ "reviewers": people })).await
    }

    /// Asks teams, by their names without the organisation's, to review; that needs an App's token (P18).
    pub async fn request_teams(&self, repository: &Repository, number: u64, teams: &[&str]) -> Result<()> {
        let call = Call::new("pull-requests: write", format!("ask team {} to review", teams.join(", ")));
        self.request(&call, repository, number, &serde_json::json!({ "team_reviewers": teams })).await
    }

    async fn request(&self, call: &Call, repository: &Repository, number: u64, body: &serde_json::Value) -> Result<()> {
        let route = format!("/repos/{repository}/pulls/{number}/requested_reviewers");
        let _pull: serde_json::Value = self.add(call, &route, body).await?;
        Ok(())
    }

    async fn pulls(
        &self,
        call: &Call,
        repository: &Repository,
        query: &[(&str, &str)],
        ours: impl Fn(&str) -> bool,
    ) -> Result<Vec<KnownPull>> {
        let route = format!("/repos/{repository}/pulls");
        let wire = self.pages(call, &route, query, |page: Vec<PullWire>| page).await?;
        let here = |head: &HeadWire| {
            head.repo.as_ref().is_some_and(|repo| repo.full_name.eq_ignore_ascii_case(&repository.to_string()))
        };
        Ok(wire.into_iter().filter(|pull| here(&pull.head) && ours(&pull.head.branch)).map(known).collect())
    }
}

fn known(wire: PullWire) -> KnownPull {
    let author = wire.user.map(|user| Account { id: user.id, login: user.login, is_bot: user.kind == "Bot" });
    KnownPull {
        author: author.unwrap_or_default(),
        number: wire.number,
        url: wire.html_url,
        open: wire.state == "open",
        merged: wire.merged_at.is_some(),
        branch: wire.head.branch,
        title: wire.title.unwrap_or_default(),
        body: wire.body.unwrap_or_default(),
    }
}
