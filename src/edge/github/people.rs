//! Who we are, and what somebody else may do in a repository.

use serde::Deserialize;

use super::Github;
use super::error::{Call, Fault, Result};
use crate::domain::id::Repository;
use crate::domain::memory::{Account, Rights};

/// How GitHub's bots are called.
const BOT_SUFFIX: &str = "[bot]";

/// `GET /user` answers no job's token; this answers every token there is.
const VIEWER: &str = "query { viewer { login databaseId } }";

#[derive(Deserialize)]
struct AnswerWire {
    data: Option<DataWire>,
}

#[derive(Deserialize)]
struct DataWire {
    viewer: Option<ViewerWire>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ViewerWire {
    login: String,
    database_id: Option<u64>,
}

#[derive(Deserialize)]
struct PermissionWire {
    /// `admin`, `write`, `read` or `none`: `maintain` is told as `write`, `triage` as `read`.
    #[serde(default)]
    permission: String,
}

impl Github {
    /// Whom the token belongs to.
    pub async fn viewer(&self) -> Result<Account> {
        let call = Call::new("metadata: read", "ask whom the token belongs to");
        let body = serde_json::json!({ "query": VIEWER });
        let answer: AnswerWire = self.write(&call, http::Method::POST, self.graphql(), &body, true).await?;
        let viewer = answer.data.and_then(|data| data.viewer);
        let account = viewer.and_then(|viewer| {
            let is_bot = viewer.login.ends_with(BOT_SUFFIX);
            Some(Account { id: viewer.database_id?, login: viewer.login, is_bot })
        });
        account.ok_or_else(|| call.failed(Fault::Unreadable("it names no viewer".to_owned())))
    }

    /// What somebody may do in a repository. An App, or an account that is gone, is no user and may do nothing here.
    pub async fn rights(&self, repository: &Repository, login: &str) -> Result<Rights> {
        let call = Call::new("metadata: read", format!("read what {} may do in {repository}", login.escape_debug()));
        let route = format!("/repos/{repository}/collaborators/{}/permission", super::part(login).replace('/', "%2F"));
        let asked: Result<PermissionWire> = self.get(&call, &route, &[]).await;
        Ok(match asked {
            Ok(wire) if matches!(wire.permission.as_str(), "admin" | "write") => Rights::Write,
            Ok(wire) => Rights::Less(wire.permission),
            Err(error) if error.is_not_found() => Rights::Less("none".to_owned()),
            Err(error) if matches!(error.fault, Fault::Forbidden { .. }) => Rights::Unasked(error.to_string()),
            Err(error) => return Err(error),
        })
    }
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::http::StatusCode;
    use axum::routing::{get, post};
    use serde_json::{Value, json};

    use super::super::{served, served_below};
    use super::*;

    #[tokio::test]
    async fn t16_the_token_s_owner_is_asked_for_at_the_one_place_that_answers_every_token() {
        let viewer = |body: String| async move {
            let body: Value = serde_json::from_str(&body).expect("JSON");
            assert_eq!(body["query"], VIEWER);
            json!({ "data": { "viewer": { "login": "github-actions[bot]", "databaseId": 41_898_282 } } }).to_string()
        };
        let (github, _) = served(Router::new().route("/graphql", post(viewer))).await;
        let us = github.viewer().await.expect("an answer");
        assert_eq!((us.id, us.is_bot), (41_898_282, true));
    }

    #[tokio::test]
    async fn t16_on_a_github_of_one_s_own_graphql_is_beside_the_rest_api() {
        let viewer = || async { json!({ "data": { "viewer": { "login": "octocat", "databaseId": 1 } } }).to_string() };
        let (github, _) = served_below("/api/v3", Router::new().route("/api/graphql", post(viewer))).await;
        assert!(!github.viewer().await.expect("an answer").is_bot);
    }

    #[tokio::test]
    async fn t16_an_answer_without_a_viewer_is_no_answer() {
        for answer in [json!({ "errors": [{ "message": "no" }] }), json!({ "data": { "viewer": null } }), json!({})] {
            let (github, _) =
                served(Router::new().route("/graphql", post(move || async move { answer.to_string() }))).await;
            assert!(matches!(github.viewer().await.expect_err("nobody").fault, Fault::Unreadable(_)));
        }
    }

    async fn rights(status: u16, body: Value, login: &str) -> Result<Rights> {
        let status = StatusCode::from_u16(status).expect("a status");
        let answer = move || async move { (status, body.to_string()) };
        let (github, _) = served(Router::new().route("/repos/o/r/collaborators/{login}/permission", get(answer))).await;
        github.rights(&Repository::parse("o/r").expect("a name"), login).await
    }

    #[tokio::test]
    async fn t17_only_who_may_write_has_the_right() {
        let told = |permission: &str| json!({ "permission": permission, "role_name": permission, "user": null });
        assert_eq!(rights(200, told("admin"), "octocat").await.expect("an answer"), Rights::Write);
        assert_eq!(rights(200, told("write"), "octocat").await.expect("an answer"), Rights::Write);
        for less in ["read", "none", "", "a new word"] {
            assert_eq!(rights(200, told(less), "eve").await.expect("an answer"), Rights::Less(less.to_owned()));
        }
        let no_user = json!({ "message": "renovate[bot] is not a user" });
        assert_eq!(rights(404, no_user, "renovate[bot]").await.expect("an answer"), Rights::Less("none".to_owned()));
        let closed = json!({ "message": "Resource not accessible by integration" });
        let Rights::Unasked(said) = rights(403, closed, "octocat").await.expect("an answer") else {
            panic!("nobody could ask")
        };
        assert!(said.contains("metadata: read"), "{said}");
        rights(500, json!({}), "octocat").await.expect_err("a broken server says nothing of rights");
    }

    #[tokio::test]
    async fn t17_a_hostile_login_stays_one_place_in_the_route() {
        for login in ["../../../user", "a/b", "a?b#c", "a\nb"] {
            let told = json!({ "permission": "admin" });
            assert_eq!(rights(200, told, login).await.expect("the one route"), Rights::Write, "{login}");
        }
    }
}
