//! One incident, from its log to its ending: what `heal` and `run` share.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::config::inputs::{Inputs, Keys};
use crate::config::policy::Policy;
use crate::domain::audit::AuditRecord;
use crate::domain::class::{Class, Classification, Evidence};
use crate::domain::failure::{Reproduce, ReproduceFrom};
use crate::domain::healing::Healing;
use crate::domain::id::{CommitId, Sha256};
use crate::domain::log::Span;
use crate::domain::memory::RememberedFix;
use crate::domain::outcome::{Ending, Outcome};
use crate::domain::receipt::Zones;
use crate::domain::run::{FailedRun, Job};
use crate::edge::git::Git;
use crate::edge::store;
use crate::flows::ask::Asking;
use crate::flows::bench::{Bench, Case, Trees};
use crate::flows::book::Book;
use crate::flows::ledger::Ledger;
use crate::flows::mend::{Limits, mend};
use crate::flows::place;
use crate::flows::read::{LogRead, ReadOptions};
use crate::flows::remembered::remembered;
use crate::stages::checkout::Merge;
use crate::stages::clean::cursor::Cursor;
use crate::stages::fingerprint::identities;
use crate::stages::gate::{self, Gate, IncidentQuestion};
use crate::stages::matchers::Matchers;
use crate::stages::render::failure::{FailureParts, failure_json};
use crate::stages::reproduce::{Asked, JobStep, Reproduction, reproduce, reproduce_inside};
use crate::text::{counted, inline_code, one_line, truncate};

/// A clean log is kept up to this size, gzipped; beyond it the bundle says that the rest was left out.
const LOG_KEPT_BYTES_MAX: usize = 16 << 20;

/// A job's name is chosen by anybody; this much tells it apart.
const JOB_BYTES_MAX: usize = 100;

/// A log that was read.
pub struct Seen {
    pub read: LogRead,
    /// The raw log.
    pub log: PathBuf,
    pub options: ReadOptions,
    pub job: Option<Job>,
    /// Other jobs that fail the same way.
    pub legs: Vec<Leg>,
    /// Workflow files of other repositories that the job is in, by how they are called.
    pub workflows: BTreeMap<String, String>,
}

/// A job of the same incident: a matrix leg, mostly.
pub struct Leg {
    /// As GitHub shows it.
    pub job: String,
    /// What decided the class of its own log.
    pub evidence: Option<Evidence>,
}

impl Seen {
    /// A log of which nothing is known beside it.
    pub fn alone(read: LogRead, log: &Path, options: ReadOptions) -> Self {
        Self { read, log: log.to_owned(), options, job: None, legs: Vec::new(), workflows: BTreeMap::new() }
    }

    /// The job's name as GitHub shows it; empty where it is not known.
    pub fn name_of_job(&self) -> &str {
        self.options.job.as_deref().unwrap_or_default()
    }

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
        if !self.legs.is_empty() {
            let record = AuditRecord::new("incident", format!("{} more", counted(self.legs.len(), "job")));
            book.record(
                &self.legs.iter().fold(record.rule("fingerprint.same"), |record, leg| record.with("job", &leg.job)),
            )?;
        }
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
            legs: &self.legs.iter().map(|leg| (leg.job.as_str(), leg.evidence.as_ref())).collect::<Vec<_>>(),
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
    /// The branch's commit that failed, where somebody says so; else what the workspace is at.
    pub commit: Option<&'a CommitId>,
    /// The merge that was tested, where the workspace is not at it.
    pub merge: Option<&'a Merge>,
    /// The step that self-heal is, where it is one of the failing job.
    pub inside: Option<JobStep<'a>>,
    /// What the failing job has left in the workspace: no part of a patch.
    pub left: &'a [String],
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
        return Ok(no_rerun_of_a_part(ending, &incident, question.run));
    }
    match gate::incident(question) {
        Gate::Stop(ending) => {
            book.record(&AuditRecord::new("gate", "stop").rule(&ending.reason).with("why", &ending.sentence))?;
            return Ok(ending);
        }
        Gate::Go => book.record(&AuditRecord::new("gate", "go"))?,
    }
    let git = Git::open(incident.workspace)?.ignoring(incident.left)?;
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
    let mut asking = Asking::open(incident.inputs, incident.keys, incident.policy).map(|asking| {
        let repository = question.run.map(|run| run.repository.clone());
        let fingerprint = seen.read.fingerprint.as_ref();
        asking.with(Ledger::of(incident.keys, repository, incident.workspace, fingerprint, &incident.policy.budget))
    });
    let (policy, zones) = (incident.policy, incident.keys.zones());
    let rebuilt = incident.merge.map(|merge| git.merged(&merge.head, &merge.base)).transpose()?;
    let base = rebuilt.as_ref().and_then(Option::as_ref).unwrap_or_else(|| git.head());
    let trees = Trees { base, commit: incident.commit.unwrap_or_else(|| git.head()), workspace: git.head() };
    if trees.base != trees.commit {
        book.record(&AuditRecord::new("reproduce", "on the merge that was tested").with("merge", trees.base))?;
    }
    let remembered = remember(incident.keys, question.run, &git, seen, book)?;
    let work = Work { seen, git: &git, trees, reproduce: &reproduce, policy, zones, remembered };
    let ending = work.on(asking.as_mut(), &Limits::of(incident.inputs, incident.policy), healing, book)?;
    Ok(match (incident.merge, rebuilt) {
        (Some(merge), Some(None)) => not_on_the_merge(ending, merge),
        _ => ending,
    })
}

/// What was merged for the same failure before; where nobody could look, the audit says why.
pub fn remember(
    keys: &Keys,
    run: Option<&FailedRun>,
    git: &Git,
    seen: &Seen,
    book: &mut Book<'_>,
) -> anyhow::Result<Option<RememberedFix>> {
    let Some(fingerprint) = &seen.read.fingerprint else { return Ok(None) };
    let record = match remembered(keys, run, git, fingerprint) {
        Ok(None) => return Ok(None),
        Ok(Some(fix)) => {
            book.record(&AuditRecord::new("memory", "it was healed before").with("commit", &fix.commit))?;
            return Ok(Some(fix));
        }
        Err(why) => AuditRecord::new("memory", "nobody could look for an earlier fix").with("why", why),
    };
    book.record(&record)?;
    Ok(None)
}

/// GitHub starts all failed jobs of a run again, or none: one that had bad luck among others is left to a person.
fn no_rerun_of_a_part(ending: Ending, incident: &Incident<'_>, run: Option<&FailedRun>) -> Ending {
    let Some(run) = run.filter(|_| ending.outcome == Outcome::Rerun) else { return ending };
    let root = one_line(&incident.seen.read.classification.root_cause);
    let (reason, why) = match incident.inside {
        Some(_) => ("rerun.own-run", "self-heal is a part of the run, which cannot start itself again"),
        None => ("rerun.not-transient", "other jobs of the run failed for a reason of their own, or were not read"),
    };
    let sentence = format!(
        "it failed for a passing reason ({root}), and {why}: run job {} of run {} again by hand",
        inline_code(&truncate(incident.seen.name_of_job(), JOB_BYTES_MAX)),
        run.run_id
    );
    Ending::new(Outcome::Reported, reason, sentence)
}

/// What fails on the merge alone cannot be seen on the branch's commit.
fn not_on_the_merge(ending: Ending, merge: &Merge) -> Ending {
    if ending.outcome != Outcome::NotReproduced {
        return ending;
    }
    let sentence = format!(
        "the run has tested the merge of {} into {}, which cannot be made again here, and on {} alone: {}; check out \
         `refs/pull/N/merge`, or all history with `fetch-depth: 0`",
        merge.head.short(),
        merge.base.short(),
        merge.head.short(),
        ending.sentence
    );
    Ending::new(Outcome::NotReproduced, "merge.not-rebuilt", sentence)
}

/// An incident on a tree that holds it.
pub struct Work<'a> {
    pub seen: &'a Seen,
    pub git: &'a Git,
    pub trees: Trees<'a>,
    pub reproduce: &'a Reproduce,
    pub policy: &'a Policy,
    pub zones: Zones,
    /// What healed the same failure before.
    pub remembered: Option<RememberedFix>,
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
        let Self { git, trees, reproduce, policy, zones, .. } = *self;
        let bench = BenchOf { git, trees, reproduce, policy, zones, matchers: &self.seen.options.matchers };
        bench.with(self.seen.options.job.as_deref(), &self.seen.read, |bench| {
            mend(bench, &self.seen.read, self.remembered.as_ref(), asking, limits, healing, book)
        })
    }
}

/// What a bench is made of, beside the log.
pub struct BenchOf<'a> {
    pub git: &'a Git,
    pub trees: Trees<'a>,
    pub reproduce: &'a Reproduce,
    pub policy: &'a Policy,
    pub zones: Zones,
    pub matchers: &'a Matchers,
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
            trees: self.trees,
            policy: self.policy,
            job,
            kind: read.classification.kind,
            reproduce: self.reproduce,
            fingerprint,
            failures: &failures,
            zones: self.zones,
            matchers: self.matchers,
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
    let called = |path: &str| incident.seen.workflows.get(path).cloned();
    let read = |path: &str| git.file_at(git.head(), path).ok().flatten().or_else(|| called(path));
    if let (Some(step), Some(path)) = (&incident.inside, incident.workflow_path) {
        return known(reproduce_inside(path, step, &read));
    }
    let asked = Asked {
        workflow: incident.workflow_path,
        job,
        steps: incident.seen.job.as_ref().map(|job| job.steps.as_slice()).unwrap_or_default(),
        blocks: &incident.seen.read.reading.run_blocks,
        failing_line: incident.seen.read.reading.roots().map(|failure| failure.log.first).find(|line| *line > 0),
    };
    known(reproduce(&asked, &read))
}

fn known(reproduction: Reproduction) -> Result<Reproduce, Ending> {
    match reproduction {
        Reproduction::Command(reproduce) => Ok(reproduce),
        Reproduction::Unknown(why) => Err(Ending::new(Outcome::Reported, why.code(), why.sentence())),
    }
}
