//! Where something is published, by which rules, and what came of it.

use crate::config::policy::{Policy, PolicySource};
use crate::domain::checks::Checks;
use crate::domain::id::Repository;
use crate::domain::memory::{KnownPull, Ourselves};
use crate::domain::outcome::Ending;
use crate::domain::risk::Risk;
use crate::domain::run::FailedRun;
use crate::edge::actions;
use crate::edge::github::Github;
use crate::stages::gate::{self, Gate, RunQuestion};

/// What publishing came to.
pub struct Done {
    pub ending: Ending,
    pub pull: Option<KnownPull>,
    pub risk: Option<Risk>,
    /// Where the policy that decided came from (T13).
    pub policy: Option<PolicySource>,
    /// Whether anything on GitHub is different now.
    pub acted: bool,
    /// What a pull request's checks will be, where there is one.
    pub checks: Option<Checks>,
    /// Where a person opens the pull request that we could not.
    pub compare: Option<String>,
    /// The patch, where nothing but it can be handed over.
    pub patch: Option<String>,
    /// What could not be done, and does not matter enough to fail (P18).
    pub warnings: Vec<String>,
}

impl Done {
    pub fn ended(ending: Ending) -> Self {
        Self {
            ending,
            pull: None,
            risk: None,
            policy: None,
            acted: false,
            checks: None,
            compare: None,
            patch: None,
            warnings: Vec::new(),
        }
    }
}

/// Where to publish, by which rules, and what is known of the failed run by now.
pub struct Scene<'a> {
    pub github: &'a Github,
    pub repository: &'a Repository,
    pub policy: &'a Policy,
    pub dry_run: bool,
    /// `None` for a bundle that was made from a log alone.
    pub run: Option<FailedRun>,
    /// Whose pull requests are ours (T16).
    pub us: Ourselves,
}

impl Scene<'_> {
    /// The gate before a run is worked on, once more, with what GitHub says of the run now.
    pub async fn gate_again(&self, run: &FailedRun) -> anyhow::Result<Gate> {
        let standing = self.github.standing(run).await?;
        let own_workflow = actions::own_workflow();
        Ok(gate::run(&RunQuestion {
            policy: self.policy,
            run,
            standing: &standing,
            own_workflow: own_workflow.as_deref(),
            own_run: actions::own_run(),
        }))
    }
}
