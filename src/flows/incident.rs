//! One incident, from its log to its ending: what `heal` and `run` share.

use std::path::{Path, PathBuf};

use crate::config::inputs::{Inputs, Keys};
use crate::config::policy::Policy;
use crate::domain::audit::AuditRecord;
use crate::domain::class::{Class, Classification};
use crate::domain::failure::{Reproduce, ReproduceFrom};
use crate::domain::healing::Healing;
use crate::domain::id::{CommitId, Sha256};
use crate::domain::log::Span;
use crate::domain::outcome::{Ending, Outcome};
use crate::domain::receipt::Zones;
use crate::domain::run::Job;
use crate::edge::git::Git;
use crate::edge::store;
use crate::flows::ask::Asking;
use crate::flows::bench::{Bench, Case};
use crate::flows::book::Book;
use crate::flows::mend::{Limits, mend};
use crate::flows::place;
use crate::flows::read::{LogRead, ReadOptions};
use crate::stages::clean::cursor::Cursor;
use crate::stages::fingerprint::identities;
use crate::stages::gate::{self, Gate, IncidentQuestion};
use crate::stages::render::failure::{FailureParts, failure_json};
use crate::stages::reproduce::{Asked, Reproduction, reproduce};
use crate::text::{counted, one_line};

/// A clean log is kept up to this size, gzipped; beyond it the bundle says that the rest was left out.
const LOG_KEPT_BYTES_MAX: usize = 16 << 20;

/// A log that was read.
pub struct Seen {
    pub read: LogRead,
    /// The raw log.
    pub log: PathBuf,
    pub options: ReadOptions,
    pub job: Option<Job>,
}

impl Seen {
    /// The bundle folder's name: the fingerprint, or a name of its own where nothing could be named.
    pub fn name(&self) -> String {
        match &self.read.fingerprint {
            Some(fingerprint) => fingerprint.to_string(),
            None => {
                let about = format!("{}\n{}", self.log.display(), self.read.classification.root_cause);
                format!("unknown-{}", &Sha256::of(about.as_bytes()).as_str()[..12])
            }
        }
    }

    /// Opens the bundle and puts into it what was seen.
    pub fn put_into(&self, healing: &mut Healing, folder: &Path, book: &mut Book<'_>) -> anyhow::Result<()> {
        let LogRead { reading, classification, fingerprint } = &self.read;
        healing.reading = Some(reading.clone());
        healing.classification = Some(classification.clone());
        healing.fingerprint.clone_from(fingerprint);
        book.open(folder)?;
        let read = AuditRecord::new("read", counted(reading.failures.len(), "failure"))
            .with("log lines", reading.size.lines)
            .with("log bytes", reading.size.bytes);
        book.record(
            &reading
                .roots()
                .take(10)
                .fold(read, |record, failure| record.with(&lines(failure.log), one_line(&failure.message))),
        )?;
        book.record(&classified(classification))?;
        self.write_failure(None, book)?;
        book.write("log.txt.gz", &self.clean_log()?)
    }

    fn write_failure(&self, reproduce: Option<&Reproduce>, book: &mut Book<'_>) -> anyhow::Result<()> {
        let parts = FailureParts {
            job: self.options.job.as_deref(),
            reading: &self.read.reading,
            classification: &self.read.classification,
            fingerprint: self.read.fingerprint.as_ref(),
            reproduce,
        };
        book.write("failure.json", failure_json(&parts).as_bytes())
    }

    /// The clean log, gzipped, so that the bundle can be replayed.
    fn clean_log(&self) -> anyhow::Result<Vec<u8>> {
        let mut kept = store::Gzip::new(LOG_KEPT_BYTES_MAX);
        let mut cursor = Cursor::new();
        store::read_chunks(&self.log, &mut |chunk| {
            cursor.push(chunk, &mut |line, _| kept.line(line.text));
        })?;
        cursor.finish(0, &mut |line, _| kept.line(line.text));
        kept.finish()
    }
}

fn classified(classification: &Classification) -> AuditRecord {
    let decision = format!("{} ({:.2})", classification.class.as_str(), classification.confidence);
    let rule = classification.evidence.first().map(|evidence| evidence.rule.clone());
    let mut record = AuditRecord::new("classify", decision).with("root cause", &classification.root_cause);
    record.rule = rule;
    classification.evidence.iter().fold(record, |record, evidence| {
        record.with(&format!("{} [{}]", lines(evidence.span), evidence.rule), &evidence.text)
    })
}

fn lines(span: Span) -> String {
    if span == Span::NONE { "report".to_owned() } else { format!("log line {}", span.first) }
}

/// Everything that working on an incident needs.
pub struct Incident<'a> {
    pub inputs: &'a Inputs,
    pub keys: &'a Keys,
    pub workspace: &'a Path,
    pub policy: &'a Policy,
    pub seen: &'a Seen,
    /// `.github/workflows/ci.yml`, where a run is known.
    pub workflow_path: Option<&'a str>,
}

/// Classified, gated, mended: the incident's ending.
pub fn mend_incident(
    incident: Incident<'_>,
    question: &IncidentQuestion<'_>,
    healing: &mut Healing,
    book: &mut Book<'_>,
) -> anyhow::Result<Ending> {
    let seen = incident.seen;
    seen.put_into(healing, &place::bundle(incident.inputs, incident.workspace, &seen.name()), book)?;
    if let Some(ending) = not_for_a_patch(&seen.read.classification) {
        return Ok(ending);
    }
    match gate::incident(question) {
        Gate::Stop(ending) => {
            book.record(&AuditRecord::new("gate", "stop").rule(&ending.reason).with("why", &ending.sentence))?;
            return Ok(ending);
        }
        Gate::Go => book.record(&AuditRecord::new("gate", "go"))?,
    }
    let git = Git::open(incident.workspace)?;
    let reproduce = match command_of(&incident, &git) {
        Ok(reproduce) => reproduce,
        Err(ending) => return Ok(ending),
    };
    book.record(
        &AuditRecord::new("reproduce", &reproduce.command)
            .with("shell", &reproduce.shell)
            .with("directory", &reproduce.directory)
            .with("from", reproduce.from.as_str()),
    )?;
    let mut asking = Asking::open(incident.inputs, incident.keys, incident.policy);
    let (policy, zones) = (incident.policy, incident.keys.zones());
    let work = Work { seen, git: &git, base: git.head(), reproduce: &reproduce, policy, zones };
    work.on(asking.as_mut(), &Limits::of(incident.inputs, incident.policy), healing, book)
}

/// An incident on a tree that holds it.
pub struct Work<'a> {
    pub seen: &'a Seen,
    pub git: &'a Git,
    /// The tree that failed.
    pub base: &'a CommitId,
    pub reproduce: &'a Reproduce,
    pub policy: &'a Policy,
    pub zones: Zones,
}

impl Work<'_> {
    /// The bench is laid out, and the ladder is climbed.
    pub fn on(
        &self,
        asking: Option<&mut Asking>,
        limits: &Limits,
        healing: &mut Healing,
        book: &mut Book<'_>,
    ) -> anyhow::Result<Ending> {
        healing.reproduce = Some(self.reproduce.clone());
        self.seen.write_failure(Some(self.reproduce), book)?;
        let Self { git, base, reproduce, policy, zones, .. } = *self;
        let bench = BenchOf { git, base, reproduce, policy, zones };
        bench.with(self.seen.options.job.as_deref(), &self.seen.read, |bench| {
            mend(bench, &self.seen.read, asking, limits, healing, book)
        })
    }
}

/// What a bench is made of, beside the log.
pub struct BenchOf<'a> {
    pub git: &'a Git,
    pub base: &'a CommitId,
    pub reproduce: &'a Reproduce,
    pub policy: &'a Policy,
    pub zones: Zones,
}

impl BenchOf<'_> {
    /// Lays the bench out; a log that names no failure has none, for no proof could be held against it.
    pub fn with(
        &self,
        job: Option<&str>,
        read: &LogRead,
        work: impl FnOnce(&Bench<'_>) -> anyhow::Result<Ending>,
    ) -> anyhow::Result<Ending> {
        let Some(fingerprint) = &read.fingerprint else {
            let sentence = "the log names no failure that a proof could be held against: read its end";
            return Ok(Ending::new(Outcome::Unknown, "failure.unnamed", sentence));
        };
        let failures = identities(&read.reading);
        work(&Bench::new(Case {
            git: self.git,
            base: self.base,
            policy: self.policy,
            job,
            kind: read.classification.kind,
            reproduce: self.reproduce,
            fingerprint,
            failures: &failures,
            zones: self.zones,
        })?)
    }
}

/// The ending of a failure that no patch mends; `None` where one may.
pub fn not_for_a_patch(classification: &Classification) -> Option<Ending> {
    let root = &classification.root_cause;
    let (outcome, reason, sentence) = match classification.class {
        Class::DeterministicCode => return None,
        Class::TransientRetryable => {
            (Outcome::Rerun, "transient", format!("it failed for a passing reason: run it again ({root})"))
        }
        Class::EnvironmentPolicy => {
            (Outcome::Reported, "environment", format!("no change to the code mends this, a person has to: {root}"))
        }
        Class::Unknown => {
            (Outcome::Unknown, "class.unknown", "nothing in the log says for sure what failed: read its end".to_owned())
        }
    };
    Some(Ending::new(outcome, reason, sentence))
}

/// The command that failed: the person's word, then the policy's, then the workflow file's (P13).
fn command_of(incident: &Incident<'_>, git: &Git) -> Result<Reproduce, Ending> {
    if let Some(command) = &incident.inputs.command {
        return Ok(Reproduce::at_root(command, ReproduceFrom::Person));
    }
    let job = incident.seen.options.job.as_deref();
    let rules = job.and_then(|job| incident.policy.job(job));
    if let Some(rules) = rules.filter(|rules| !rules.reproduce.is_empty()) {
        return Ok(Reproduce::at_root(&rules.reproduce, ReproduceFrom::Policy));
    }
    let asked = Asked {
        workflow: incident.workflow_path,
        job,
        steps: incident.seen.job.as_ref().map(|job| job.steps.as_slice()).unwrap_or_default(),
        blocks: &incident.seen.read.reading.run_blocks,
        failing_line: incident.seen.read.reading.roots().map(|failure| failure.log.first).find(|line| *line > 0),
    };
    match reproduce(&asked, &|path| git.file_at(git.head(), path).ok().flatten()) {
        Reproduction::Command(reproduce) => Ok(reproduce),
        Reproduction::Unknown(why) => Err(Ending::new(Outcome::Reported, why.code(), why.sentence())),
    }
}
