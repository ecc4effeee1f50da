//! The book of one run: every decision goes to the audit chain and to the terminal, every product into the bundle.

use std::path::{Path, PathBuf};

use crate::config::policy::PolicySource;
use crate::domain::audit::AuditRecord;
use crate::domain::healing::Healing;
use crate::domain::id::Sha256;
use crate::edge::bundle::BundleWriter;
use crate::edge::clock;
use crate::edge::terminal::Terminal;
use crate::stages::audit::{self, Chain};
use crate::stages::render;
use crate::stages::render::bundle::{Bundle, FILES, PolicyOrigin, SCHEMA};

/// Records wait here until the fingerprint is known and the bundle's folder with it; from then on each is flushed.
pub struct Book<'t> {
    pub terminal: &'t mut Terminal,
    chain: Chain,
    waiting: Vec<String>,
    writer: Option<BundleWriter>,
}

/// A bundle that is complete.
pub struct Closed {
    pub folder: PathBuf,
    pub sha256: Sha256,
}

impl<'t> Book<'t> {
    pub fn new(terminal: &'t mut Terminal) -> Self {
        Self { terminal, chain: Chain::default(), waiting: Vec::new(), writer: None }
    }

    /// Goes on with the audit chain of the bundle that this run was given.
    pub fn resume(terminal: &'t mut Terminal, audit: &str) -> Result<Self, String> {
        let (chain, waiting) = audit::resume(audit)?;
        Ok(Self { terminal, chain, waiting, writer: None })
    }

    /// Writes a decision down.
    pub fn record(&mut self, record: &AuditRecord) -> anyhow::Result<()> {
        let line = self.chain.line(&clock::now(), record);
        match &mut self.writer {
            Some(writer) => writer.append("audit.jsonl", &line),
            None => {
                self.waiting.push(line);
                Ok(())
            }
        }
    }

    /// The bundle's folder is known: what waited is written.
    pub fn open(&mut self, folder: &Path) -> anyhow::Result<()> {
        let mut writer = BundleWriter::create(folder, &FILES)?;
        for line in self.waiting.drain(..) {
            writer.append("audit.jsonl", &line)?;
        }
        self.writer = Some(writer);
        Ok(())
    }

    /// Puts a product into the bundle.
    pub fn write(&mut self, name: &str, bytes: &[u8]) -> anyhow::Result<()> {
        self.writer.as_mut().map_or(Ok(()), |writer| writer.write(name, bytes))
    }

    /// Adds a line to a product of the bundle.
    pub fn append(&mut self, name: &str, line: &str) -> anyhow::Result<()> {
        self.writer.as_mut().map_or(Ok(()), |writer| writer.append(name, line))
    }

    /// The last record, every product, and `bundle.json` with the hash of each.
    pub fn close(
        mut self,
        healing: &Healing,
        policy: &PolicySource,
    ) -> anyhow::Result<(Option<Closed>, &'t mut Terminal)> {
        let ending = &healing.ending;
        let last = AuditRecord::new("end", ending.outcome.as_str())
            .rule(ending.reason.clone())
            .with("sentence", &ending.sentence);
        self.record(&last)?;
        if let Some(proof) = &healing.proof {
            self.write("patch.diff", proof.patch.patch().diff.as_bytes())?;
            self.write("receipt.json", render::receipt::receipt(proof.patch.receipt()).as_bytes())?;
            self.write("receipt.intoto.json", render::receipt::statement(proof.patch.receipt()).as_bytes())?;
            self.write("risk.json", render::risk::risk(&proof.risk).as_bytes())?;
        }
        if !policy.text.is_empty() {
            let yaml = policy.file.ends_with(".yml") || policy.file.ends_with(".yaml");
            self.write(if yaml { "policy.yml" } else { "policy.toml" }, policy.text.as_bytes())?;
        }
        let Some(mut writer) = self.writer.take() else { return Ok((None, self.terminal)) };
        let mut bundle = bundle(healing, policy);
        bundle.files = writer.hashes()?;
        let sha256 = writer.finish(&bundle.to_json())?;
        Ok((Some(Closed { folder: writer.folder().to_owned(), sha256 }), self.terminal))
    }
}

fn bundle(healing: &Healing, policy: &PolicySource) -> Bundle {
    let class = healing.classification.as_ref();
    let proof = healing.proof.as_ref();
    let patch = proof.map(|proof| proof.patch.patch());
    let place = &healing.place;
    Bundle {
        schema: SCHEMA.to_owned(),
        self_heal: env!("CARGO_PKG_VERSION").to_owned(),
        outcome: healing.ending.outcome.as_str().to_owned(),
        reason: healing.ending.reason.clone(),
        sentence: healing.ending.sentence.clone(),
        class: class.map(|class| class.class.as_str().to_owned()),
        kind: class.and_then(|class| class.kind).map(|kind| kind.as_str().to_owned()),
        confidence: class.map(|class| class.confidence),
        fingerprint: healing.fingerprint.as_ref().map(ToString::to_string),
        root_cause: class.map(|class| class.root_cause.clone()),
        job: place.job.clone(),
        repository: place.repository.clone(),
        run_id: place.run_id,
        branch: place.branch.clone(),
        commit: place.commit.as_ref().map(ToString::to_string),
        risk_tier: proof.map(|proof| proof.risk.tier.as_str().to_owned()),
        approval: proof.map(|proof| proof.risk.approval.as_str().to_owned()),
        patch_sha256: patch.map(|patch| patch.sha256().to_string()),
        patch_lines: patch.map(crate::domain::patch::Patch::lines),
        patch_files: patch.map(|patch| u32::try_from(patch.files.len()).unwrap_or(u32::MAX)),
        rung: proof.map(|proof| proof.rung.as_str().to_owned()),
        rationale: proof.map(|proof| proof.rationale.clone()),
        rounds: healing.spent.rounds,
        model_calls: healing.spent.model_calls,
        tokens: healing.spent.tokens,
        cost_usd: healing.spent.cost_usd,
        dry_run: healing.dry_run,
        policy: PolicyOrigin { file: policy.file.clone(), commit: policy.commit.clone() },
        files: std::collections::BTreeMap::new(),
    }
}
