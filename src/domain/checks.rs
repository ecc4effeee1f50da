//! Which checks will run on a pull request of ours, and what it takes to start them (P11).

/// Who a commit or pull request is made as, by the author that GitHub gave it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Maker {
    /// The job's own token: a person has to press a button before any check runs.
    JobToken,
    /// An App's token.
    App,
    /// A person's own token.
    Person,
}

/// As GitHub, and GitHub Enterprise Server, name the author of what a job's own token makes.
const JOB_TOKEN_NAME: &str = "github-actions[bot]";

impl Maker {
    pub fn of(author_name: &str) -> Self {
        match author_name {
            JOB_TOKEN_NAME => Self::JobToken,
            name if name.ends_with("[bot]") => Self::App,
            _ => Self::Person,
        }
    }
}

/// What the workflow files at the commit say of a pull request into one branch.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Checks {
    /// Names of the workflows that run on it.
    pub run: Vec<String>,
    /// Those that run on pull requests, but not on this one: name, and why.
    pub left_out: Vec<(String, String)>,
    /// Files that nobody could make sense of, or that were too many to read.
    pub unread: usize,
}
