//! Who started a run, and whom GitHub has to be asked about (T17).

use crate::domain::memory::Ourselves;
use crate::domain::run::FailedRun;

/// The job's own token. What it starts, a workflow of the repository has set up.
const ACTIONS_BOT: &str = "github-actions[bot]";

/// GitHub itself starts it on the default branch: whoever wrote the timetable last, what runs was merged.
const SCHEDULE: &str = "schedule";

/// Whom the API has to be asked about: those who started the run, the first time and now.
pub fn to_ask(run: &FailedRun, us: &Ourselves) -> Vec<String> {
    if run.event == SCHEDULE {
        return Vec::new();
    }
    let ours = us.account.as_ref().map(|account| account.login.as_str());
    let mut asked: Vec<String> = Vec::new();
    for login in [run.actor.as_str(), run.triggering_actor.as_str()] {
        let known = login == ACTIONS_BOT || Some(login) == ours || asked.iter().any(|asked| asked == login);
        if !login.is_empty() && !known {
            asked.push(login.to_owned());
        }
    }
    asked
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id::{CommitId, Repository};
    use crate::domain::memory::Account;

    fn asked(event: &str, actor: &str, again: &str) -> Vec<String> {
        let run = FailedRun {
            repository: Repository::parse("octo-org/adder").expect("a name"),
            run_id: 5,
            attempt: 1,
            workflow_name: String::new(),
            workflow_path: String::new(),
            event: event.to_owned(),
            conclusion: "failure".to_owned(),
            head_branch: None,
            head_commit: CommitId::of_nothing(),
            head_repository: None,
            default_branch: "main".to_owned(),
            actor: actor.to_owned(),
            triggering_actor: again.to_owned(),
            html_url: String::new(),
            pull_requests: Vec::new(),
        };
        let account = Account { id: 1, login: "acme-heal[bot]".to_owned(), is_bot: true };
        to_ask(&run, &Ourselves { account: Some(account) })
    }

    #[test]
    fn t17_whoever_started_the_run_and_whoever_started_it_again_are_asked_about() {
        assert_eq!(asked("push", "octocat", "octocat"), ["octocat"]);
        assert_eq!(asked("push", "octocat", "eve"), ["octocat", "eve"]);
        assert_eq!(asked("push", "octocat", ""), ["octocat"]);
        assert_eq!(asked("push", "stranger[bot]", "octocat"), ["stranger[bot]", "octocat"]);
    }

    #[test]
    fn t17_nobody_is_asked_about_our_own_bot_or_what_github_starts_itself() {
        assert_eq!(asked("push", "github-actions[bot]", "acme-heal[bot]"), [""; 0]);
        assert_eq!(asked("schedule", "octocat", "octocat"), [""; 0]);
    }
}
