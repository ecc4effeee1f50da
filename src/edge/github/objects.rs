//! Git objects and branches by the REST git data API: atomic, modes kept, signed as the bot, and no git binary near the token.

use base64::Engine as _;
use serde::{Deserialize, Serialize};

use super::error::{Call, Result};
use super::runs::commit;
use super::{Github, absent, part};
use crate::domain::id::{Branch, CommitId, Repository};
use crate::domain::memory::{Ancestry, CommitHead, Comparison};
use crate::domain::patch::{Blob, FileChange};

#[derive(Deserialize)]
struct ShaWire {
    sha: String,
}

#[derive(Deserialize)]
struct CommitWire {
    sha: String,
    tree: ShaWire,
    #[serde(default)]
    parents: Vec<ShaWire>,
    #[serde(default)]
    message: String,
    author: Option<PersonWire>,
}

#[derive(Default, Deserialize)]
struct PersonWire {
    #[serde(default)]
    name: String,
    #[serde(default)]
    email: String,
}

#[derive(Deserialize)]
struct CompareWire {
    status: String,
    merge_base_commit: ShaWire,
    #[serde(default)]
    commits: Vec<ListedCommitWire>,
    #[serde(default)]
    total_commits: usize,
}

#[derive(Deserialize)]
struct ListedCommitWire {
    sha: String,
    commit: InnerCommitWire,
}

#[derive(Deserialize)]
struct InnerCommitWire {
    #[serde(default)]
    message: String,
    tree: ShaWire,
    author: Option<PersonWire>,
}

#[derive(Serialize)]
struct NewTree<'a> {
    base_tree: &'a str,
    tree: Vec<NewEntry<'a>>,
}

#[derive(Serialize)]
struct NewEntry<'a> {
    path: &'a str,
    mode: &'static str,
    #[serde(rename = "type")]
    kind: &'static str,
    /// Null takes the file out.
    sha: Option<String>,
}

impl Github {
    /// A commit's tree, parents, message and author.
    pub async fn commit(&self, repository: &Repository, id: &CommitId) -> Result<CommitHead> {
        let call = Call::new("contents: read", format!("read commit {} of {repository}", id.short()));
        let wire: CommitWire = self.get(&call, &format!("/repos/{repository}/git/commits/{id}"), &[]).await?;
        head(&call, wire)
    }

    /// How `head` stands to `base`; `None` when GitHub does not know one of them.
    pub async fn compare(&self, repository: &Repository, base: &str, head: &str) -> Result<Option<Comparison>> {
        let call = Call::new("contents: read", format!("compare {base} with {head} in {repository}"));
        let route = format!("/repos/{repository}/compare/{}...{}", part(base), part(head));
        let Some(wire): Option<CompareWire> = absent(self.get(&call, &route, &[("per_page", "100")]).await)? else {
            return Ok(None);
        };
        let complete = wire.total_commits <= wire.commits.len();
        let commits = wire.commits.into_iter().map(|listed| {
            let author = listed.commit.author.unwrap_or_default();
            Ok(CommitHead {
                id: commit(&call, &listed.sha)?,
                tree: listed.commit.tree.sha,
                parents: Vec::new(),
                message: listed.commit.message,
                author_name: author.name,
                author_email: author.email,
            })
        });
        Ok(Some(Comparison {
            ancestry: match wire.status.as_str() {
                "identical" => Ancestry::Identical,
                "ahead" => Ancestry::Ahead,
                "behind" => Ancestry::Behind,
                _ => Ancestry::Diverged,
            },
            merge_base: commit(&call, &wire.merge_base_commit.sha)?,
            commits: commits.collect::<Result<_>>()?,
            complete,
        }))
    }

    /// Stores a file's bytes; the answer is its blob's id.
    pub async fn create_blob(&self, repository: &Repository, bytes: &[u8]) -> Result<String> {
        let call = Call::new("contents: write", format!("store a file in {repository}"));
        let content = base64::engine::general_purpose::STANDARD.encode(bytes);
        let body = serde_json::json!({ "content": content, "encoding": "base64" });
        let wire: ShaWire = self.add(&call, &format!("/repos/{repository}/git/blobs"), &body).await?;
        Ok(wire.sha)
    }

    /// The tree of `base_tree` with these changes; the answer is its id.
    pub async fn create_tree(
        &self,
        repository: &Repository,
        base_tree: &str,
        changes: &[FileChange],
    ) -> Result<String> {
        let call = Call::new("contents: write", format!("store a tree in {repository}"));
        let mut tree = Vec::with_capacity(changes.len());
        for change in changes {
            let Some(blob) = change.after.as_ref().or(change.before.as_ref()) else { continue };
            let sha = match &change.after {
                Some(Blob { bytes, .. }) => Some(self.create_blob(repository, bytes).await?),
                None => None,
            };
            tree.push(NewEntry { path: &change.path, mode: blob.mode.as_str(), kind: "blob", sha });
        }
        let body = NewTree { base_tree, tree };
        let wire: ShaWire = self.add(&call, &format!("/repos/{repository}/git/trees"), &body).await?;
        Ok(wire.sha)
    }

    /// Stores a commit. No author is named: with the job's or an App's token GitHub then signs it as the bot (P19).
    pub async fn create_commit(
        &self,
        repository: &Repository,
        message: &str,
        tree: &str,
        parents: &[CommitId],
    ) -> Result<CommitHead> {
        let call = Call::new("contents: write", format!("store a commit in {repository}"));
        let parents: Vec<&str> = parents.iter().map(CommitId::as_str).collect();
        let body = serde_json::json!({ "message": message, "tree": tree, "parents": parents });
        let wire: CommitWire = self.add(&call, &format!("/repos/{repository}/git/commits"), &body).await?;
        head(&call, wire)
    }

    pub async fn create_branch(&self, repository: &Repository, branch: &Branch, tip: &CommitId) -> Result<()> {
        let call = Call::new("contents: write", format!("make branch {branch} in {repository}"));
        let body = serde_json::json!({ "ref": format!("refs/heads/{branch}"), "sha": tip.as_str() });
        let _ref: serde_json::Value = self.post(&call, &format!("/repos/{repository}/git/refs"), &body).await?;
        Ok(())
    }

    /// Branches whose name stands in the way of this one: a folder of refs cannot also be a ref (P19).
    pub async fn branches_in_the_way(&self, repository: &Repository, branch: &Branch) -> Result<Vec<String>> {
        #[derive(Deserialize)]
        struct Wire {
            #[serde(rename = "ref")]
            name: String,
        }
        let mut found = Vec::new();
        for (at, _) in branch.as_str().match_indices('/') {
            let Some(above) = branch.as_str().get(..at).and_then(Branch::parse) else { continue };
            if self.branch_tip(repository, &above).await?.is_some() {
                found.push(above.as_str().to_owned());
            }
        }
        let call = Call::new("contents: read", format!("look for branches below {branch} of {repository}"));
        let route = format!("/repos/{repository}/git/matching-refs/heads/{}/", part(branch.as_str()));
        let below: Vec<Wire> = self.get(&call, &route, &[]).await?;
        let names = below.iter().filter_map(|wire| wire.name.strip_prefix("refs/heads/"));
        found.extend(names.filter_map(Branch::parse).map(|branch| branch.as_str().to_owned()));
        Ok(found)
    }

    /// Moves a branch forward; never by force (P4).
    pub async fn move_branch(&self, repository: &Repository, branch: &Branch, tip: &CommitId) -> Result<()> {
        let call = Call::new("contents: write", format!("move branch {branch} of {repository}"));
        let body = serde_json::json!({ "sha": tip.as_str(), "force": false });
        let route = format!("/repos/{repository}/git/refs/heads/{}", part(branch.as_str()));
        let _ref: serde_json::Value = self.patch(&call, &route, &body).await?;
        Ok(())
    }
}

fn head(call: &Call, wire: CommitWire) -> Result<CommitHead> {
    let author = wire.author.unwrap_or_default();
    Ok(CommitHead {
        id: commit(call, &wire.sha)?,
        tree: wire.tree.sha,
        parents: wire.parents.iter().map(|parent| commit(call, &parent.sha)).collect::<Result<_>>()?,
        message: wire.message,
        author_name: author.name,
        author_email: author.email,
    })
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::routing::get;
    use serde_json::json;

    use super::super::served;
    use crate::domain::id::Repository;
    use crate::domain::memory::Ancestry;

    /// GitHub lists at most 300 files and a page of commits, whatever there is.
    #[tokio::test]
    async fn of_a_way_too_long_to_list_it_is_known_that_it_is_not_whole() {
        let commit = |number: u32| {
            let tree = json!({ "sha": "b".repeat(40) });
            json!({ "sha": format!("{number:040}"), "commit": { "message": "x", "tree": tree, "author": null } })
        };
        let files: Vec<_> =
            (0..300).map(|n| json!({ "filename": format!("f{n}"), "patch": "+x".repeat(1_000) })).collect();
        let answer = json!({
            "status": "ahead", "merge_base_commit": { "sha": "a".repeat(40) }, "total_commits": 250,
            "commits": (0..100).map(commit).collect::<Vec<_>>(), "files": files,
        })
        .to_string();
        let router = Router::new().route("/repos/o/r/compare/{*both}", get(move || async move { answer }));
        let (github, _) = served(router).await;
        let repository = Repository::parse("o/r").expect("a name");
        let way = github.compare(&repository, "main", "self-heal/main/x").await;
        let way = way.expect("an answer").expect("both are known");
        assert_eq!((way.ancestry, way.commits.len(), way.complete), (Ancestry::Ahead, 100, false));
    }
}
