//! A bundle on its way from one job to the next: checked when it is taken up, and written on.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::config::inputs::{BadInput, Inputs};
use crate::config::policy::Policy;
use crate::config::raw;
use crate::domain::healing::{Healing, Place};
use crate::domain::id::{CommitId, Sha256};
use crate::edge::terminal::Terminal;
use crate::edge::{bundle, environment};
use crate::flows::book::Book;
use crate::flows::policy;
use crate::stages::render::bundle::{Bundle, FILES, open};
use crate::stages::render::failure_in::{FailureIn, read_failure};

/// A bundle whose every hash holds.
pub struct HandedOn {
    pub folder: PathBuf,
    pub bundle: Bundle,
    pub files: BTreeMap<String, Vec<u8>>,
}

impl HandedOn {
    /// Reads the bundle that `--bundle` names; `--bundle-sha256` says which one it has to be (T12).
    pub fn take(inputs: &Inputs) -> Result<Self, BadInput> {
        let folder = inputs
            .bundle
            .clone()
            .ok_or_else(|| BadInput("no bundle is named: give the folder of a run with --bundle".to_owned()))?;
        Self::read(&folder, inputs.bundle_sha256.as_deref())
    }

    pub fn read(folder: &Path, sha256: Option<&str>) -> Result<Self, BadInput> {
        let raw = bundle::read(folder, &FILES).map_err(|error| BadInput(format!("{error:#}")))?;
        let found = Sha256::of(&raw.bundle_json);
        if let Some(wanted) = sha256.filter(|wanted| *wanted != found.as_str()) {
            let wanted = wanted.escape_debug();
            return Err(BadInput(format!(
                "the bundle {} is another one: its bundle.json has SHA-256 {found}, the job that made it said {wanted}",
                folder.display()
            )));
        }
        let bundle = open(&raw.bundle_json, &raw.files)
            .map_err(|error| BadInput(format!("the bundle {}: {error}", folder.display())))?;
        Ok(Self { folder: folder.to_owned(), bundle, files: raw.files })
    }

    /// A file's text, where the bundle holds it.
    pub fn text(&self, name: &str) -> Option<String> {
        self.files.get(name).map(|bytes| String::from_utf8_lossy(bytes).into_owned())
    }

    pub fn failure(&self) -> Result<FailureIn, BadInput> {
        let missing = || BadInput(format!("the bundle {} holds no failure.json", self.folder.display()));
        read_failure(&self.text("failure.json").ok_or_else(missing)?).map_err(BadInput)
    }

    /// The policy that the bundle holds; on a laptop `--policy` may name another. In CI it may not: the checkout is the
    /// failing commit's (T13).
    pub fn policy(&self, inputs: &Inputs) -> anyhow::Result<Policy> {
        if inputs.policy.is_some() && !environment::in_actions() {
            return policy::local(inputs, None);
        }
        Ok(self.own_policy()?)
    }

    /// The policy of the run that made the bundle: it was read from the default branch, and the hashes hold it.
    fn own_policy(&self) -> Result<Policy, BadInput> {
        let named = ["policy.toml", "policy.yml"].into_iter().find_map(|name| Some((name, self.text(name)?)));
        let Some((name, text)) = named else { return Ok(Policy::defaults()) };
        let mut policy = raw::explicit(name, &text).map_err(|error| BadInput(error.to_string()))?;
        policy.source.file.clone_from(&self.bundle.policy.file);
        policy.source.commit.clone_from(&self.bundle.policy.commit);
        Ok(policy)
    }

    pub fn commit(&self) -> Option<CommitId> {
        self.bundle.commit.as_deref().and_then(CommitId::parse)
    }

    pub fn place(&self) -> Place {
        let bundle = &self.bundle;
        Place {
            repository: bundle.repository.clone(),
            run_id: bundle.run_id,
            run_url: None,
            job: bundle.job.clone(),
            also: Vec::new(),
            branch: bundle.branch.clone(),
            commit: self.commit(),
        }
    }

    /// The healing as far as the bundle tells it.
    pub fn healing(&self, failure: &FailureIn) -> Healing {
        let mut healing = Healing::begin(self.place());
        healing.reading = Some(failure.reading.clone());
        healing.classification = Some(failure.classification.clone());
        healing.fingerprint.clone_from(&failure.fingerprint);
        healing.reproduce.clone_from(&failure.reproduce);
        healing.spent.rounds = self.bundle.rounds;
        healing.spent.model_calls = self.bundle.model_calls;
        healing.spent.tokens = self.bundle.tokens;
        healing.spent.cost_usd = self.bundle.cost_usd;
        healing.dry_run = self.bundle.dry_run;
        healing
    }

    /// A book that goes on where the bundle's ended, with the products that stay as they are.
    pub fn book<'t>(&self, terminal: &'t mut Terminal) -> anyhow::Result<Book<'t>> {
        let chain = self.text("audit.jsonl").unwrap_or_default();
        let mut book = Book::resume(terminal, &chain).map_err(BadInput)?;
        book.open(&self.folder)?;
        for name in ["failure.json", "log.txt.gz", "candidates.json", "diagnosis.json"] {
            if let Some(bytes) = self.files.get(name) {
                book.write(name, bytes)?;
            }
        }
        for line in self.text("egress.jsonl").unwrap_or_default().lines() {
            book.append("egress.jsonl", line)?;
        }
        Ok(book)
    }
}
