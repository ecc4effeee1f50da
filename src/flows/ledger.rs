//! What earlier runs have spent on models: read before the first call that has a price, and not where none is made.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use crate::config::inputs::Keys;
use crate::config::policy::Budget;
use crate::domain::audit::AuditRecord;
use crate::domain::fingerprint::Fingerprint;
use crate::domain::id::Repository;
use crate::domain::memory::{Artifact, SpentBefore};
use crate::domain::outcome::{Ending, Outcome};
use crate::edge::github::Github;
use crate::edge::github::error::{ApiError, Fault};
use crate::edge::github::zip::Zip;
use crate::edge::wait::wait;
use crate::edge::{actions, clock, environment, store};
use crate::flows::connect::connect;
use crate::flows::place;
use crate::stages::memory::spent::{self, Bill};
use crate::stages::memory::{attempts, spent_here};

/// So many bundles are fetched. With what a run may spend by default, a day has room for twenty.
const BUNDLES_MAX: usize = 60;

/// A bundle's largest file is the gzipped log, 16 MiB at the most; nothing of a larger archive is ours.
const ARTIFACT_BYTES_MAX: u64 = 64 << 20;

/// `bundle.json` is a page of text.
const BUNDLE_JSON_BYTES_MAX: usize = 1 << 20;

/// Some ten thousand calls.
const LINES_BYTES_MAX: u64 = 1 << 20;

/// The file of a laptop, beside its bundles.
const LINES: &str = "spent.jsonl";

/// Where to read, and what was read.
#[derive(Default)]
pub struct Ledger {
    place: Place,
    read: Option<Result<Read, Ending>>,
}

#[derive(Default)]
enum Place {
    /// Nobody has to know.
    #[default]
    Nowhere,
    /// In a workflow, without what it takes to ask.
    Closed(&'static str),
    Github(Box<OnGithub>),
    Here {
        bundles: PathBuf,
        fingerprint: Option<Fingerprint>,
    },
}

struct OnGithub {
    keys: Keys,
    repository: Repository,
    own_workflow: String,
    fingerprint: Option<Fingerprint>,
    /// What is unknown of a run counts as this.
    usd_per_run: f64,
}

#[derive(Clone)]
struct Read {
    before: SpentBefore,
    /// Why something is not known.
    unknown: Option<String>,
}

impl Ledger {
    /// In a workflow the artifacts of earlier runs, elsewhere the file beside the bundles.
    pub fn of(
        keys: &Keys,
        repository: Option<Repository>,
        workspace: &Path,
        fingerprint: Option<&Fingerprint>,
        budget: &Budget,
    ) -> Self {
        let fingerprint = fingerprint.cloned();
        let place = if !environment::in_actions() {
            Place::Here { bundles: place::bundles(workspace), fingerprint }
        } else if keys.github_token.is_none() {
            Place::Closed("there is no token: give `github-token`, with `actions: read`")
        } else {
            match (repository, actions::own_workflow()) {
                (Some(repository), Some(own_workflow)) => {
                    let (keys, usd_per_run) = (keys.clone(), budget.usd_per_run);
                    Place::Github(Box::new(OnGithub { keys, repository, own_workflow, fingerprint, usd_per_run }))
                }
                _ => Place::Closed("the runner names no repository or no workflow"),
            }
        };
        Self { place, read: None }
    }

    /// What was spent before; the ending where that cannot be read although it should be.
    pub fn read(&mut self) -> Result<SpentBefore, Ending> {
        let read = self.read.get_or_insert_with(|| self.place.read());
        read.as_ref().map(|read| read.before).map_err(Clone::clone)
    }

    /// For the audit; `None` where nothing was read.
    pub fn told(&self) -> Option<AuditRecord> {
        let record = AuditRecord::new("budget", "what earlier runs have spent");
        let usd = |usd: Option<f64>| usd.map_or_else(|| "unknown".to_owned(), |usd| format!("${usd:.4}"));
        match (&self.place, self.read.as_ref()?) {
            (Place::Nowhere, _) => None,
            (_, Err(ending)) => Some(record.rule(&ending.reason).with("why", &ending.sentence)),
            (_, Ok(read)) => {
                let before = read.before;
                let record = record.with("on this failure", usd(before.on_fingerprint));
                let record = record.with("in 24 hours", usd(before.in_a_day));
                Some(match &read.unknown {
                    Some(why) => record.rule("usd.unknown").with("why", why),
                    None => record,
                })
            }
        }
    }

    /// Writes down what this run has spent, where no artifact will tell it.
    pub fn keep(&self, usd: Option<f64>) -> anyhow::Result<()> {
        let (Place::Here { bundles, fingerprint }, Some(usd)) = (&self.place, usd.filter(|usd| *usd > 0.0)) else {
            return Ok(());
        };
        store::append(&bundles.join(LINES), &spent_here::line(clock::seconds(), fingerprint.as_ref(), usd))
    }
}

impl Place {
    fn read(&self) -> Result<Read, Ending> {
        let unknown = |why: String| Ok(Read { before: SpentBefore::default(), unknown: Some(why) });
        match self {
            Self::Nowhere => Ok(Read { before: SpentBefore::default(), unknown: None }),
            Self::Closed(why) => unknown((*why).to_owned()),
            Self::Here { bundles, fingerprint } => {
                let text = store::text(&bundles.join(LINES), LINES_BYTES_MAX).map_err(|error| unreadable(&error))?;
                let text = text.unwrap_or_default();
                let before = spent_here::before(&text, fingerprint.as_ref(), clock::seconds());
                Ok(Read { before, unknown: None })
            }
            Self::Github(asked) => match wait(asked.read()) {
                Ok(before) => Ok(Read { before, unknown: None }),
                // A token that may not look is a choice; a GitHub that does not answer is none.
                Err(error) if forbidden(&error) => unknown(format!("{error:#}")),
                Err(error) => Err(unreadable(&error)),
            },
        }
    }
}

fn forbidden(error: &anyhow::Error) -> bool {
    error.downcast_ref::<ApiError>().is_some_and(|error| matches!(error.fault, Fault::Forbidden { .. }))
}

fn unreadable(error: &anyhow::Error) -> Ending {
    let sentence = format!("what earlier runs have spent cannot be read, so no model is asked: {error:#}");
    Ending::new(Outcome::OverBudget, "usd.unknown", sentence)
}

impl OnGithub {
    async fn read(&self) -> anyhow::Result<SpentBefore> {
        let github = connect(&self.keys)?;
        let now = clock::seconds();
        let day = github.artifacts_since(&self.repository, None, now - spent::DAY_SECONDS).await?;
        if !day.complete {
            anyhow::bail!("this repository has made more artifacts in 24 hours than are looked through");
        }
        let mut of_fingerprint = Vec::new();
        for name in self.fingerprint.iter().flat_map(spent::artifact_names) {
            let since = now - attempts::ATTEMPT_SECONDS;
            of_fingerprint.extend(github.artifacts_since(&self.repository, Some(&name), since).await?.artifacts);
        }
        let mut bills = Bills { asked: self, github: &github, ours: BTreeMap::new(), read: BTreeMap::new() };
        let on_fingerprint = bills.of(&of_fingerprint).await?;
        let in_a_day = bills.of(&day.artifacts).await?;
        Ok(SpentBefore {
            on_fingerprint: self.fingerprint.is_some().then(|| spent::sum(&on_fingerprint, self.usd_per_run)),
            in_a_day: Some(spent::sum(&in_a_day, self.usd_per_run)),
        })
    }
}

/// Bundles that were fetched, each once.
struct Bills<'a> {
    asked: &'a OnGithub,
    github: &'a Github,
    /// Run → whether it was of our own workflow.
    ours: BTreeMap<u64, bool>,
    /// Artifact → what it tells.
    read: BTreeMap<u64, Option<f64>>,
}

impl Bills<'_> {
    async fn of(&mut self, artifacts: &[Artifact]) -> anyhow::Result<Vec<Bill>> {
        let mut bills = Vec::new();
        let may_count = |made: &&Artifact| !made.of_fork && spent::may_have_cost(&made.name);
        for made in artifacts.iter().filter(may_count) {
            let Some(run_id) = made.run_id else { continue };
            if self.is_ours(run_id).await? {
                let usd = self.usd(made).await?;
                bills.push(Bill { run_id, artifact: made.name.clone(), usd });
            }
        }
        Ok(bills)
    }

    /// Artifacts only of our own workflow's runs (T14). A run beyond those that are asked about counts.
    async fn is_ours(&mut self, run_id: u64) -> anyhow::Result<bool> {
        if let Some(known) = self.ours.get(&run_id) {
            return Ok(*known);
        }
        let OnGithub { repository, own_workflow, .. } = self.asked;
        let ours = self.ours.len() >= BUNDLES_MAX
            || self
                .github
                .origin(repository, run_id)
                .await?
                .is_some_and(|origin| attempts::is_ours(&origin, repository, own_workflow));
        self.ours.insert(run_id, ours);
        Ok(ours)
    }

    /// What one bundle tells; `None` where it is gone or broken, or is one too many.
    async fn usd(&mut self, made: &Artifact) -> anyhow::Result<Option<f64>> {
        if let Some(known) = self.read.get(&made.id) {
            return Ok(*known);
        }
        let usd = if self.read.len() < BUNDLES_MAX { self.fetched(made).await? } else { None };
        self.read.insert(made.id, usd);
        Ok(usd)
    }

    async fn fetched(&self, made: &Artifact) -> anyhow::Result<Option<f64>> {
        let scratch = store::scratch()?;
        let path = scratch.path().join("bundle.zip");
        match self.github.artifact(&self.asked.repository, made, &path, ARTIFACT_BYTES_MAX).await {
            Ok(()) => Ok(bundle_json(&path).and_then(|bytes| spent::usd(&bytes))),
            Err(error) => match error.fault {
                Fault::Gone | Fault::NotFound { .. } | Fault::Unreadable(_) | Fault::Local(_) => Ok(None),
                _ => Err(error).context("read an earlier bundle"),
            },
        }
    }
}

fn bundle_json(path: &Path) -> Option<Vec<u8>> {
    let mut zip = Zip::open(path).ok()?;
    let is_it = |name: &&String| *name == "bundle.json" || name.ends_with("/bundle.json");
    let name = zip.names().iter().find(is_it)?.clone();
    zip.read(&name, BUNDLE_JSON_BYTES_MAX).ok()
}
