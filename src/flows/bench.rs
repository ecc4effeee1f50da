//! Where one incident's commands are run: each in a fresh copy of the tree that failed, and read when it has ended.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use super::read::{LogRead, ReadOptions, read_log};
use super::reports::Reports;
use crate::config::names::{Globs, Over};
use crate::config::policy::Policy;
use crate::domain::candidate::{Candidate, Fixer, Proposal, Rung};
use crate::domain::failure::{Kind, Reading, Reproduce, TestEnd};
use crate::domain::fingerprint::Fingerprint;
use crate::domain::id::CommitId;
use crate::domain::jail::{Exit, Isolation, Leg};
use crate::domain::receipt::{CommandRun, Zones};
use crate::edge::git::Git;
use crate::edge::jail::{Jail, ScratchCopy};
use crate::edge::reports;
use crate::stages::fingerprint;
use crate::stages::matchers::Matchers;
use crate::stages::remedy::unfold::unfolded;
use crate::stages::report;
use crate::stages::validate::census::census;
use crate::stages::validate::plan::{Plan, plan};
use crate::stages::validate::weigh::Incident;
use crate::text::truncate;

/// What a candidate's author is told of a log: enough for the failing lines of a test run, small in a prompt.
const LINES_TOLD_MAX: usize = 80;
const LINES_TOLD_BYTES_MAX: usize = 6_000;

/// What is to be mended, and everything that a proof of it needs.
#[derive(Clone, Copy)]
pub struct Case<'a> {
    pub git: &'a Git,
    pub trees: Trees<'a>,
    pub policy: &'a Policy,
    /// The job's name as GitHub shows it; `None` on a laptop.
    pub job: Option<&'a str>,
    pub kind: Option<Kind>,
    pub reproduce: &'a Reproduce,
    pub fingerprint: &'a Fingerprint,
    /// The identities of the incident's root failures.
    pub failures: &'a BTreeSet<String>,
    /// Whether a model's key and the repository's code are in one job (T1).
    pub zones: Zones,
    /// Users' own problem matchers, which the failures were found with.
    pub matchers: &'a Matchers,
}

/// The commits that an incident is about: mostly one and the same.
#[derive(Clone, Copy)]
pub struct Trees<'a> {
    /// The tree that failed: the commit, a snapshot of the workspace as it lies, or the merge that was tested (P3).
    pub base: &'a CommitId,
    /// What the patch is for: the branch's own commit, which has to take it as well.
    pub commit: &'a CommitId,
    /// What lies in the workspace.
    pub workspace: &'a CommitId,
}

impl<'a> Trees<'a> {
    pub fn all(commit: &'a CommitId) -> Self {
        Self { base: commit, commit, workspace: commit }
    }
}

/// One incident's bench.
pub struct Bench<'a> {
    pub case: Case<'a>,
    /// The failing command with what it runs through files of the repository.
    pub script: String,
    jail: Jail,
    tracked: BTreeSet<String>,
    reports: Globs,
}

/// A copy with a command's plan for it.
pub struct Place {
    pub copy: ScratchCopy,
    plan: Plan,
}

/// One command that has ended, with what it printed.
pub struct Ended {
    pub run: CommandRun,
    /// The failing lines of its log, bounded and clean.
    pub lines: String,
    pub reading: Reading,
}

/// What tools have mended so far, where one of them was not enough.
pub struct Begun {
    /// The names of what did it, in order.
    pub by: String,
    /// Against the tree that failed.
    pub diff: String,
    /// The tree that the diff makes.
    pub commit: CommitId,
}

/// What a fixer did.
pub enum Fixed {
    Changed(Candidate),
    /// It changed nothing; how it ended, and what it said.
    Nothing {
        exit: Exit,
        lines: String,
    },
}

impl<'a> Bench<'a> {
    pub fn new(case: Case<'a>) -> anyhow::Result<Self> {
        let tracked = case.git.files(case.trees.base).context("list the files of the commit that failed")?;
        let globs = plan(case.reproduce, case.policy, &|_| None, "").reports;
        let reports = Globs::parse(Over::Paths, &globs).map_err(anyhow::Error::msg)?;
        let read = |path: &str| case.git.file_at(case.trees.base, path).ok().flatten();
        Ok(Self {
            script: unfolded(&case.reproduce.command, &case.reproduce.directory, &read),
            jail: Jail::new(case.git.root()),
            tracked: tracked.into_iter().map(|(_, path)| path).collect(),
            reports,
            case,
        })
    }

    pub fn incident(&self) -> Incident<'a> {
        Incident { fingerprint: self.case.fingerprint, failures: self.case.failures }
    }

    pub fn isolation() -> Isolation {
        Jail::isolation()
    }

    /// A fresh copy of the tree that failed, without yesterday's reports and what Python has compiled of it.
    pub fn place(&self) -> anyhow::Result<Place> {
        let is_tracked = |path: &Path| path.to_str().is_some_and(|path| self.tracked.contains(path));
        let is_old = |path: &Path| self.is_report(path) || is_compiled(path);
        let copy = self.jail.copy(&|path| is_old(path) && !is_tracked(path)).context("copy the workspace")?;
        let Trees { base, workspace, .. } = self.case.trees;
        if base != workspace {
            self.case.git.walk(copy.tree(), workspace, base)?;
        }
        let temporary = copy.temporary().to_string_lossy().into_owned();
        let plan = plan(self.case.reproduce, self.case.policy, &|name| copy.variable(name), &temporary);
        Ok(Place { copy, plan })
    }

    /// Runs the failing command in the copy, whose tree is that of `commit`.
    pub fn run(&self, place: &Place, commit: &CommitId) -> anyhow::Result<Ended> {
        self.ready(place, commit)?;
        let ran = place.copy.run(&place.plan.leg).context("run the failing command in a copy")?;
        let reports = self.reports(place);
        let read = self.read_beside(place, &ran.output, &reports)?;
        let run = CommandRun {
            command: place.plan.leg.command.clone(),
            exit: ran.exit,
            duration: ran.duration,
            census: census(&read.reading, &tests(&reports)),
            fingerprint: read.fingerprint.clone(),
            failures: fingerprint::identities(&read.reading),
        };
        Ok(Ended { run, lines: lines_told(&read), reading: read.reading })
    }

    /// Runs a fixer in a fresh copy, after what was begun there; what it changed is a candidate.
    pub fn fix(&self, fixer: &Fixer, begun: Option<&Begun>) -> anyhow::Result<Fixed> {
        let place = self.place()?;
        let at = begun.map_or(self.case.trees.base, |begun| &begun.commit);
        if let Some(begun) = begun {
            self.case.git.apply(place.copy.tree(), &begun.diff).context("apply what was begun in a copy")?;
        }
        self.ready(&place, at)?;
        // What the setup has changed is not the fixer's doing.
        let before = match &place.plan.setup {
            Some(_) => self.case.git.snapshot(place.copy.tree(), at)?,
            None => at.clone(),
        };
        let leg = Leg {
            command: fixer.command.clone(),
            shell: fixer.shell.clone(),
            directory: fixer.directory.clone(),
            variables: self.case.reproduce.env.clone(),
            timeout: self.case.policy.validate.timeout,
        };
        let ran = place.copy.run(&leg).with_context(|| format!("run `{}` in a copy", fixer.name))?;
        let after = self.case.git.snapshot(place.copy.tree(), &before)?;
        if after == before {
            return Ok(Fixed::Nothing {
                exit: ran.exit,
                lines: lines_told(&self.read(&place, &ran.output, Reports::default())?),
            });
        }
        let own = self.case.git.patch_between(&before, &after)?.diff;
        let (name, diff) = match begun {
            Some(begun) => (format!("{}, then {}", begun.by, fixer.name), self.joined(begun, &own)?),
            None => (fixer.name.clone(), own),
        };
        Ok(Fixed::Changed(Candidate {
            rationale: format!("What `{name}` itself does about it."),
            rung: Rung::Tool { remedy: name },
            proposal: Proposal::Diff(diff),
            cost_usd: None,
        }))
    }

    /// One diff of what was begun and what comes on top of it, which is written against the tree that was begun.
    pub fn joined(&self, begun: &Begun, on_top: &str) -> anyhow::Result<String> {
        let place = self.place()?;
        for diff in [begun.diff.as_str(), on_top] {
            self.case.git.apply(place.copy.tree(), diff).context("join two remedies in a copy")?;
        }
        let after = self.case.git.snapshot(place.copy.tree(), self.case.trees.base)?;
        Ok(self.case.git.patch_between(self.case.trees.base, &after)?.diff)
    }

    fn ready(&self, place: &Place, commit: &CommitId) -> anyhow::Result<()> {
        self.case.git.plant(place.copy.tree(), commit)?;
        if let Some(setup) = &place.plan.setup {
            let ran = place.copy.run(setup).context("run the policy's `validate.setup` in a copy")?;
            anyhow::ensure!(ran.exit.success(), "the policy's `validate.setup` failed in a copy of the workspace");
        }
        Ok(())
    }

    /// What a run says. Reports are read beside its log where they tell more of the incident, which may have been read
    /// with them or without.
    fn read_beside(&self, place: &Place, output: &Path, reports: &[PathBuf]) -> anyhow::Result<LogRead> {
        let alone = self.read(place, output, Reports::default())?;
        let shown = |read: &LogRead| self.case.failures.intersection(&fingerprint::identities(&read.reading)).count();
        if reports.is_empty() || shown(&alone) == self.case.failures.len() {
            return Ok(alone);
        }
        let beside = self.read(place, output, Reports::of(Path::new(""), reports.to_vec()))?;
        Ok(if shown(&beside) > shown(&alone) { beside } else { alone })
    }

    fn read(&self, place: &Place, output: &Path, reports: Reports) -> anyhow::Result<LogRead> {
        let options = ReadOptions {
            root: Some(place.copy.tree().display().to_string()),
            job: self.case.job.map(str::to_owned),
            tools: self.case.policy.logs.tools.clone(),
            rules: self.case.policy.logs.rules.clone(),
            reports,
            matchers: self.case.matchers.clone(),
            command: Some(self.script.clone()),
            census: true,
            files: Some(self.tracked.iter().cloned().collect()),
            ..ReadOptions::default()
        };
        read_log(output, &options).context("read what the command printed")
    }

    /// The reports that the run has left.
    fn reports(&self, place: &Place) -> Vec<PathBuf> {
        let mut reports = place.copy.find(&|path| self.is_report(path));
        reports.insert(0, PathBuf::from(&place.plan.own_report));
        reports
    }

    fn is_report(&self, path: &Path) -> bool {
        path.to_str().is_some_and(|path| self.reports.matches(path))
    }
}

/// The tests of reports; one that cannot be read says nothing.
fn tests(reports: &[PathBuf]) -> Vec<(String, TestEnd)> {
    let read = reports.iter().filter_map(|path| reports::read(path).ok());
    let cases = read.filter_map(|bytes| report::read(&bytes).ok()).flat_map(|report| report.cases);
    cases.map(|case| (case.name, case.end)).collect()
}

/// Python holds a compiled file valid by its source's second and size, so that a patch within the same second would not
/// be seen. Of installed packages nothing is patched.
fn is_compiled(path: &Path) -> bool {
    let has = |name: &str| path.components().any(|part| part.as_os_str() == name);
    has("__pycache__") && !has("site-packages")
}

/// The end of what is worth keeping of a log.
fn lines_told(read: &LogRead) -> String {
    let lines: Vec<_> = read.reading.excerpts.iter().flat_map(|excerpt| &excerpt.lines).collect();
    let first = lines.len().saturating_sub(LINES_TOLD_MAX);
    let told: Vec<_> = lines.get(first..).unwrap_or_default().iter().map(|line| line.as_str()).collect();
    truncate(&told.join("\n"), LINES_TOLD_BYTES_MAX)
}
