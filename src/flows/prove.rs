//! Steps 10 to 12: a candidate becomes a proven patch with its risk, or the exact reason why not.

use std::collections::BTreeMap;

use anyhow::Context as _;

use super::bench::{Bench, Ended, Place, Trees};
use crate::config::policy::Policy;
use crate::domain::candidate::{Candidate, Edit, Proposal, Rung};
use crate::domain::failure::Reading;
use crate::domain::id::CommitId;
use crate::domain::jail::IsolationWanted;
use crate::domain::outcome::{Ending, Outcome};
use crate::domain::patch::{Blob, Patch};
use crate::domain::permission::{AllowedPatch, ProvenPatch};
use crate::domain::receipt::{Disproof, LegName, LegResult, Receipt};
use crate::domain::risk::Risk;
use crate::domain::verdict::{GuardCode, Verdict, Violation};
use crate::edge::git::{ApplyError, Git};
use crate::stages::guard::guard;
use crate::stages::patch::misfit::Misfit;
use crate::stages::patch::{diff, edits, given};
use crate::stages::policy::{PatchFor, judge, judge_names};
use crate::stages::risk::{Known, risk};
use crate::stages::validate::weigh;

/// What is going on, for whoever watches.
#[derive(Clone, Copy, Debug)]
pub enum Told<'a> {
    /// A leg is run, for the so-maniest time of so many.
    Begins {
        leg: LegName,
        run: u32,
        of: u32,
    },
    Ends(&'a LegResult),
}

/// What the unpatched tree showed.
pub enum Reproduced {
    /// It fails as the incident did, every time.
    Red(LegResult),
    /// Nothing is to be patched: not reproduced, flaky, or no isolation.
    Ended(Ending),
}

/// What came of one candidate.
#[expect(clippy::large_enum_variant, reason = "there is one of these a candidate, and it is looked at once")]
pub enum Proved {
    Proven(ProvenPatch, Risk),
    Refused {
        violations: Vec<Violation>,
    },
    /// `left` is there where the green leg was run: what it still showed, and on which tree.
    Disproven {
        disproof: Disproof,
        left: Option<Box<Left>>,
    },
    Misfit(Misfit),
}

/// What a patch that is not enough has made of the failure.
pub struct Left {
    pub diff: String,
    /// The tree with the patch.
    pub commit: CommitId,
    pub reading: Reading,
}

/// Runs the unpatched tree, `repeats` times, before any candidate: once an incident.
pub fn reproduce(bench: &Bench<'_>, tell: &mut dyn FnMut(Told<'_>)) -> anyhow::Result<Reproduced> {
    let validate = &bench.case.policy.validate;
    if validate.isolation == IsolationWanted::Strict && Bench::isolation().file_system == "none" {
        let sentence =
            "the policy asks for `validate.isolation = \"strict\"`, which this version cannot give: set it to \"best\"";
        return Ok(Reproduced::Ended(Ending::new(Outcome::NoIsolation, "isolation.strict", sentence)));
    }
    let of = validate.repeats.max(1);
    let mut runs = Vec::new();
    for run in 1..=of {
        tell(Told::Begins { leg: LegName::Red, run, of });
        let place = bench.place()?;
        runs.push(bench.run(&place, bench.case.trees.base)?.run);
    }
    let seen = weigh::red(&runs, bench.incident());
    let leg = LegResult { name: LegName::Red, as_expected: seen == weigh::Red::AsExpected, runs };
    tell(Told::Ends(&leg));
    Ok(match seen {
        weigh::Red::AsExpected => Reproduced::Red(leg),
        weigh::Red::NotReproduced { code, text } => Reproduced::Ended(Ending::new(Outcome::NotReproduced, code, text)),
        weigh::Red::Flaky { text } => Reproduced::Ended(Ending::new(Outcome::Flaky, "runs.differ", text)),
    })
}

/// Proves one candidate against the red leg of its incident.
pub fn prove(
    bench: &Bench<'_>,
    red: &LegResult,
    candidate: &Candidate,
    confidence: f64,
    tell: &mut dyn FnMut(Told<'_>),
) -> anyhow::Result<Proved> {
    let case = &bench.case;
    let diff = match diff_of(bench, candidate)? {
        Ok(diff) => diff,
        Err(proved) => return Ok(proved),
    };
    let place = bench.place()?;
    let (after, patch) = match applied(bench, &place, &diff)? {
        Ok(applied) => applied,
        Err(misfit) => return Ok(Proved::Misfit(misfit)),
    };
    let allowed = match allow(patch, case.policy, PatchFor { job: case.job, kind: case.kind }) {
        Ok(allowed) => allowed,
        Err((_, verdict)) => return Ok(Proved::Refused { violations: verdict.violations }),
    };
    let legs = match legs(bench, red, place, &after, &allowed, tell)? {
        Ok(legs) => legs,
        Err((disproof, reading)) => {
            let diff = allowed.patch().diff.clone();
            let left = reading.map(|reading| Box::new(Left { diff, commit: after, reading }));
            return Ok(Proved::Disproven { disproof, left });
        }
    };
    let receipt = receipt(bench, allowed.patch(), red, legs);
    let known = Known { confidence, from: case.reproduce.from };
    let risk = risk(allowed.patch(), allowed.verdict(), &receipt, known, case.policy);
    let proven = ProvenPatch::by_receipt(allowed, receipt).context("the receipt is not complete")?;
    Ok(Proved::Proven(proven, risk))
}

/// Policy and guard together (step 10). `publish` asks the same again, of the same door.
pub fn allow(patch: Patch, policy: &Policy, purpose: PatchFor<'_>) -> Result<AllowedPatch, (Patch, Verdict)> {
    let mut verdict = guard(&patch, policy);
    let mut violations = judge(&patch, policy, purpose);
    violations.append(&mut verdict.violations);
    AllowedPatch::by_policy(patch, Verdict { violations, guard_hits: verdict.guard_hits })
}

/// The candidate as a diff that git can apply; names that may never be touched are refused before anything is applied.
fn diff_of(bench: &Bench<'_>, candidate: &Candidate) -> anyhow::Result<Result<String, Proved>> {
    let names: Vec<String> = match &candidate.proposal {
        Proposal::Edits(edits) => edits.iter().map(|edit| edit.file().to_owned()).collect(),
        // What a tool did in a copy was read back by git, and needs no second reader.
        Proposal::Diff(diff) if matches!(candidate.rung, Rung::Tool { .. }) => return Ok(Ok(diff.clone())),
        Proposal::Diff(diff) => match given::files_of(diff) {
            Ok(names) => names,
            Err(misfit) => return Ok(Err(Proved::Misfit(misfit))),
        },
    };
    let violations = judge_names(names.iter().map(String::as_str));
    if !violations.is_empty() {
        return Ok(Err(Proved::Refused { violations }));
    }
    let blobs = blobs(bench.case.git, bench.case.trees.base, names)?;
    let lookup = |name: &str| blobs.get(name);
    let changes = match &candidate.proposal {
        Proposal::Edits(edits) => edits::apply_edits(edits, &lookup),
        Proposal::Diff(diff) => given::apply_diff(diff, &lookup),
    };
    Ok(changes.map(|changes| diff::diff(&changes)).map_err(Proved::Misfit))
}

/// Edits of a tool's own, as a diff against the tree they are for.
pub fn diff_of_edits(git: &Git, at: &CommitId, of: &[Edit]) -> anyhow::Result<Result<String, Misfit>> {
    let blobs = blobs(git, at, of.iter().map(|edit| edit.file().to_owned()))?;
    Ok(edits::apply_edits(of, &|name| blobs.get(name)).map(|changes| diff::diff(&changes)))
}

fn blobs(git: &Git, at: &CommitId, names: impl IntoIterator<Item = String>) -> anyhow::Result<BTreeMap<String, Blob>> {
    let mut blobs = BTreeMap::new();
    for name in names {
        if let Some(blob) = git.entry(at, &name)? {
            blobs.insert(name, blob);
        }
    }
    Ok(blobs)
}

/// Puts the diff into the copy and reads back what git sees there: the patch is what the tree says, not what a header says.
fn applied(bench: &Bench<'_>, place: &Place, diff: &str) -> anyhow::Result<Result<(CommitId, Patch), Misfit>> {
    let git = bench.case.git;
    match git.apply(place.copy.tree(), diff) {
        Ok(()) => {}
        Err(ApplyError::Misfit(said)) => return Ok(Err(Misfit::new("diff.hunk", "", said))),
        Err(ApplyError::Git(error)) => return Err(error).context("apply the candidate in a copy"),
    }
    let after = git.snapshot(place.copy.tree(), bench.case.trees.base)?;
    let patch = git.patch_between(bench.case.trees.base, &after)?;
    if patch.files.is_empty() {
        let text = "the candidate changes nothing that git keeps: change a file that is not ignored";
        return Ok(Err(Misfit::new("edit.no-change", "", text)));
    }
    Ok(fits_the_branch(bench, &patch)?.map(|()| (after, patch)))
}

/// What was proven on a merge is committed on the branch, so it must fit there too (P3). A commit that was not fetched
/// is asked for its files by `publish`, as every commit is.
fn fits_the_branch(bench: &Bench<'_>, patch: &Patch) -> anyhow::Result<Result<(), Misfit>> {
    let Trees { base, commit, .. } = bench.case.trees;
    let git = bench.case.git;
    if base == commit || !git.holds(commit)? {
        return Ok(Ok(()));
    }
    match git.fits(commit, &patch.diff) {
        Ok(()) => Ok(Ok(())),
        Err(ApplyError::Misfit(said)) => {
            let text = format!(
                "the patch fits the merge that was tested and not the branch's own commit {}, where it has to go: {said}; \
                 change lines that both of them have",
                commit.short()
            );
            Ok(Err(Misfit::new("merge.only", "", text)))
        }
        Err(ApplyError::Git(error)) => Err(error).context("hold the patch against the branch's commit"),
    }
}

/// The legs, or why there is no proof and what a green leg that is not green has shown.
type Legs = Result<Vec<LegResult>, (Disproof, Option<Reading>)>;

/// Green, red again, green again: each in a fresh copy.
fn legs(
    bench: &Bench<'_>,
    red: &LegResult,
    patched: Place,
    after: &CommitId,
    allowed: &AllowedPatch,
    tell: &mut dyn FnMut(Told<'_>),
) -> anyhow::Result<Legs> {
    let vanishing = vanishing(allowed.verdict());
    let mut legs = Vec::new();
    let mut patched = Some(patched);
    for name in [LegName::Green, LegName::RedAgain, LegName::GreenAgain] {
        tell(Told::Begins { leg: name, run: 1, of: 1 });
        let place = match patched.take() {
            Some(place) => place,
            None => bench.place()?,
        };
        if name == LegName::GreenAgain {
            // From the very text that is handed over: it must give the very tree that was proven.
            bench.case.git.apply(place.copy.tree(), &allowed.patch().diff).context("apply the patch a second time")?;
            let again = bench.case.git.snapshot(place.copy.tree(), bench.case.trees.base)?;
            anyhow::ensure!(
                again == *after,
                "the patch gave another tree the second time: is the workspace being changed?"
            );
        }
        let Ended { run, lines, reading } =
            bench.run(&place, if name.with_patch() { after } else { bench.case.trees.base })?;
        let weighed = if name.with_patch() {
            weigh::green(name, &red.runs, &run, bench.incident(), vanishing, &lines)
        } else {
            weigh::red_again(&run, bench.incident(), &lines)
        };
        let leg = LegResult { name, as_expected: weighed.is_ok(), runs: vec![run] };
        tell(Told::Ends(&leg));
        if let Err(disproof) = weighed {
            return Ok(Err((disproof, (name == LegName::Green).then_some(reading))));
        }
        legs.push(leg);
    }
    Ok(Ok(legs))
}

/// Where the guard has told of tests that go, a person is asked with the receipt in hand, whatever the census says.
fn vanishing(verdict: &Verdict) -> weigh::Vanishing {
    let tells = |code| matches!(code, GuardCode::TestRemoved | GuardCode::TestSkipped | GuardCode::ConfigWeakened);
    let told = verdict.guard_hits.iter().any(|hit| tells(hit.code));
    if told { weigh::Vanishing::IsTold } else { weigh::Vanishing::Disproves }
}

fn receipt(bench: &Bench<'_>, patch: &Patch, red: &LegResult, legs: Vec<LegResult>) -> Receipt {
    let green = legs.iter().find(|leg| leg.name == LegName::Green).and_then(|leg| leg.runs.first());
    let changes = green.map(|green| weigh::changes(&red.runs, green)).unwrap_or_default();
    let mut all = vec![red.clone()];
    all.extend(legs);
    let runs = all.iter().map(|leg| leg.runs.len()).sum::<usize>();
    let Trees { base, commit, .. } = bench.case.trees;
    Receipt {
        patch_sha256: patch.sha256(),
        commit: commit.clone(),
        proven_on: (base != commit).then(|| base.clone()),
        fingerprint: bench.case.fingerprint.clone(),
        legs: all,
        tests_vanished: changes.vanished,
        tests_new: changes.new,
        tests_still_red: changes.still_red,
        isolation: Bench::isolation(),
        zones: bench.case.zones,
        runs: u32::try_from(runs).unwrap_or(u32::MAX),
    }
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, clippy::disallowed_types, reason = "the projects are real, and lie on disk")]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};
    use std::fs;
    use std::path::{Path, PathBuf};
    use std::process::Command;

    use tempfile::TempDir;

    use super::super::bench::{Case, Fixed, Trees};
    use super::super::read::{ReadOptions, read_log};
    use super::*;
    use crate::domain::candidate::{Edit, Fixer};
    use crate::domain::failure::{Kind, Reproduce, ReproduceFrom};
    use crate::domain::fingerprint::Fingerprint;
    use crate::domain::jail::Exit;
    use crate::domain::receipt::Zones;
    use crate::domain::risk::Tier;
    use crate::edge::git::Git;
    use crate::stages::fingerprint;
    use crate::stages::matchers::Matchers;

    const APP: &str = "def add(a, b):\n    return a - b\n\n\ndef double(a):\n    return a * 2\n";
    const TESTS: &str = "import app\n\n\ndef test_add():\n    assert app.add(1, 2) == 3\n\n\ndef test_double():\n    assert app.double(2) == 4\n";

    /// A broken project in a repository, and its incident: what the command shows in the workspace.
    struct Project {
        workspace: TempDir,
        git: Git,
        reproduce: Reproduce,
        policy: Policy,
        fingerprint: Fingerprint,
        failures: BTreeSet<String>,
        matchers: Matchers,
    }

    impl Project {
        fn new(files: &[(&str, &str)], command: &str, policy: &str) -> Self {
            let workspace = tempfile::tempdir().expect("a folder");
            for (name, text) in files {
                fs::write(workspace.path().join(name), text).expect("write");
            }
            for arguments in [&["init", "-q"][..], &["add", "-A"], &["commit", "-qm", "broken"]] {
                let mut git = Command::new("git");
                git.args(["-c", "user.name=a", "-c", "user.email=a@example.com"]);
                assert!(git.args(arguments).current_dir(workspace.path()).status().expect("git").success());
            }
            let log = tempfile::NamedTempFile::new().expect("a log");
            let told = log.reopen().expect("a log");
            let mut shell = Command::new("bash");
            shell.args(["-c", command]).current_dir(workspace.path());
            shell.stdout(told.try_clone().expect("a log")).stderr(told).status().expect("the command");
            let read = read_log(log.path(), &ReadOptions::default()).expect("a reading");
            Self {
                git: Git::open(workspace.path()).expect("a repository"),
                workspace,
                reproduce: Reproduce::at_root(command, ReproduceFrom::Person),
                policy: Policy::with(policy),
                fingerprint: read.fingerprint.unwrap_or_else(|| Fingerprint::parse("nothing").expect("a fingerprint")),
                failures: fingerprint::identities(&read.reading),
                matchers: Matchers::default(),
            }
        }

        fn python() -> Self {
            Self::new(&[("app.py", APP), ("test_app.py", TESTS)], "python3 -m pytest -q", "")
        }

        fn bench(&self) -> Bench<'_> {
            Bench::new(Case {
                git: &self.git,
                trees: Trees::all(self.git.head()),
                policy: &self.policy,
                job: None,
                kind: Some(Kind::TestFailure),
                reproduce: &self.reproduce,
                fingerprint: &self.fingerprint,
                failures: &self.failures,
                zones: Zones::Split,
                matchers: &self.matchers,
            })
            .expect("a bench")
        }

        fn red(&self) -> LegResult {
            match reproduce(&self.bench(), &mut |_| {}).expect("it is run") {
                Reproduced::Red(leg) => leg,
                Reproduced::Ended(ending) => panic!("it is not red: {ending:?}"),
            }
        }

        fn prove(&self, candidate: &Candidate) -> Proved {
            let before = self.bytes();
            let proved = prove(&self.bench(), &self.red(), candidate, 0.9, &mut |_| {}).expect("it is run");
            assert!(before == self.bytes(), "the workspace was written");
            proved
        }

        fn bytes(&self) -> BTreeMap<PathBuf, Vec<u8>> {
            let entries = walkdir::WalkDir::new(self.workspace.path()).into_iter().flatten();
            let files = entries.filter(|entry| entry.file_type().is_file()).map(|entry| entry.into_path());
            files.map(|file| (file.clone(), fs::read(file).expect("a file"))).collect()
        }

        fn ending(&self) -> Ending {
            match reproduce(&self.bench(), &mut |_| {}).expect("it is run") {
                Reproduced::Red(_) => panic!("it is red"),
                Reproduced::Ended(ending) => ending,
            }
        }
    }

    fn edits(edits: &[(&str, &str, &str)]) -> Candidate {
        let edit = |(file, search, replace): &(&str, &str, &str)| Edit::Replace {
            file: (*file).to_owned(),
            search: (*search).to_owned(),
            replace: (*replace).to_owned(),
        };
        candidate(Rung::Model { model: "a".to_owned() }, Proposal::Edits(edits.iter().map(edit).collect()))
    }

    fn candidate(rung: Rung, proposal: Proposal) -> Candidate {
        Candidate { rung, rationale: String::new(), proposal, cost_usd: None }
    }

    fn disproof(proved: Proved) -> Disproof {
        match proved {
            Proved::Disproven { disproof, .. } => disproof,
            Proved::Proven(..) => panic!("it is proven"),
            Proved::Refused { violations } => panic!("it is refused: {violations:?}"),
            Proved::Misfit(misfit) => panic!("it does not fit: {misfit:?}"),
        }
    }

    fn proven(proved: Proved) -> (ProvenPatch, Risk) {
        match proved {
            Proved::Proven(patch, risk) => (patch, risk),
            Proved::Disproven { disproof, .. } => panic!("it is disproven: {disproof:?}"),
            Proved::Refused { violations } => panic!("it is refused: {violations:?}"),
            Proved::Misfit(misfit) => panic!("it does not fit: {misfit:?}"),
        }
    }

    #[test]
    fn the_right_answer_is_proven_in_four_legs() {
        let project = Project::python();
        let (patch, risk) = proven(project.prove(&edits(&[("app.py", "a - b", "a + b")])));
        let receipt = patch.receipt();
        assert_eq!(receipt.runs, 5);
        assert_eq!(receipt.legs.iter().map(|leg| leg.name).collect::<Vec<_>>(), LegName::ALL);
        let counts: Vec<_> =
            receipt.legs.iter().map(|leg| (leg.runs[0].census.passed, leg.runs[0].census.failed)).collect();
        assert_eq!(counts, [(1, 1), (2, 0), (1, 1), (2, 0)]);
        assert!(receipt.legs.iter().flat_map(|leg| &leg.runs).all(|run| run.census.named.len() == 2));
        assert!(patch.patch().diff.contains("-    return a - b\n+    return a + b\n"));
        assert_eq!((risk.tier, patch.verdict().guard_hits.len()), (Tier::Medium, 0));
    }

    #[test]
    fn a_wrong_answer_is_still_red_and_is_told_the_failing_lines() {
        let disproof = disproof(Project::python().prove(&edits(&[("app.py", "a - b", "a * b")])));
        assert_eq!((disproof.code, disproof.leg), ("still-red", LegName::Green));
        assert!(disproof.text.contains("assert 2 == 3"), "{}", disproof.text);
    }

    #[test]
    fn an_answer_that_breaks_another_test_is_disproven() {
        let answer = edits(&[("app.py", "a - b", "a + b"), ("app.py", "a * 2", "a * 3")]);
        assert_eq!(disproof(Project::python().prove(&answer)).code, "test.broken");
    }

    #[test]
    fn an_answer_that_ends_the_run_early_is_disproven() {
        let answer = edits(&[(
            "app.py",
            "def add",
            "import os\nprint('2 passed in 0.01s', flush=True)\nos._exit(0)\n\n\ndef add",
        )]);
        assert_eq!(disproof(Project::python().prove(&answer)).code, "test.vanished");
    }

    #[test]
    fn an_answer_that_weakens_a_test_is_proven_for_a_person_to_see() {
        let skip = edits(&[
            ("test_app.py", "import app\n", "import pytest\n\nimport app\n"),
            ("test_app.py", "def test_add", "@pytest.mark.skip\ndef test_add"),
        ]);
        let (patch, risk) = proven(Project::python().prove(&skip));
        assert_eq!((risk.tier, patch.verdict().guard_hits[0].code), (Tier::High, GuardCode::TestSkipped));
    }

    #[test]
    fn what_the_policy_blocks_is_refused_before_anything_runs() {
        let project = Project::python();
        let create = |file: &str| {
            let edit = Edit::Create { file: file.to_owned(), content: "x\n".to_owned() };
            candidate(Rung::Model { model: "a".to_owned() }, Proposal::Edits(vec![edit]))
        };
        for (file, code) in [
            (".github/workflows/x.yml", "path.blocked"),
            (".git/hooks/x", "path.blocked"),
            ("../x", "path.invalid"),
            ("infra/x.tf", "path.blocked"),
        ] {
            let Proved::Refused { violations } = project.prove(&create(file)) else { panic!("{file} is not refused") };
            assert_eq!(violations.first().map(|violation| violation.code), Some(code), "{file}");
        }
    }

    #[test]
    fn an_answer_that_fits_nowhere_is_a_misfit() {
        let project = Project::python();
        assert!(matches!(project.prove(&edits(&[("app.py", "no such line", "x")])), Proved::Misfit(_)));
        let ignored = Project::new(
            &[("app.py", APP), ("test_app.py", TESTS), (".gitignore", "*.log\n")],
            "python3 -m pytest -q",
            "",
        );
        let edit = Edit::Create { file: "x.log".to_owned(), content: "x\n".to_owned() };
        let answer = candidate(Rung::Given, Proposal::Edits(vec![edit]));
        let Proved::Misfit(misfit) = ignored.prove(&answer) else { panic!("it fits") };
        assert_eq!(misfit.code, "edit.no-change");
    }

    #[test]
    fn a_diff_that_a_person_gave_is_proven_as_any_other() {
        let diff = "diff --git a/app.py b/app.py\n--- a/app.py\n+++ b/app.py\n@@ -1,2 +1,2 @@\n def add(a, b):\n-    return a - b\n+    return a + b\n";
        proven(Project::python().prove(&candidate(Rung::Given, Proposal::Diff(diff.to_owned()))));
    }

    #[test]
    fn what_a_fixer_did_in_its_copy_is_a_candidate() {
        let project = Project::python();
        let fixer = |command: &str| Fixer {
            name: "sed".to_owned(),
            command: command.to_owned(),
            shell: "bash -e {0}".to_owned(),
            directory: ".".to_owned(),
        };
        let bench = project.bench();
        let Fixed::Changed(candidate) =
            bench.fix(&fixer("sed -i 's/a - b/a + b/' app.py; exit 1"), None).expect("it is run")
        else {
            panic!("nothing was changed")
        };
        assert!(matches!(&candidate.rung, Rung::Tool { remedy } if remedy == "sed"));
        proven(project.prove(&candidate));
        let Fixed::Nothing { exit, .. } = bench.fix(&fixer("echo no; exit 3"), None).expect("it is run") else {
            panic!("something changed")
        };
        assert_eq!(exit, Exit::Code(3));
    }

    #[test]
    fn a_gate_that_asks_git_sees_the_patch_as_committed() {
        let files = [("gen.sh", "grep -o '[a-z]*' words > sorted\n"), ("words", "b\na\n"), ("sorted", "a\n")];
        let mut project = Project::new(&files, "bash gen.sh; git diff --exit-code", "[patch]\nmax-files = 1\n");
        project.failures = ["x".to_owned()].into();
        // No reader knows such a gate, so its incident is what it shows: nothing. The legs are run by hand.
        let bench = project.bench();
        let place = bench.place().expect("a copy");
        let red = bench.run(&place, project.git.head()).expect("it is run").run;
        assert_eq!(red.exit, Exit::Code(1));
        let place = bench.place().expect("a copy");
        fs::write(place.copy.tree().join("sorted"), "b\na\n").expect("write");
        let after = project.git.snapshot(place.copy.tree(), project.git.head()).expect("a snapshot");
        assert_eq!(bench.run(&place, &after).expect("it is run").run.exit, Exit::Code(0));
    }

    #[test]
    fn a_command_that_is_green_here_is_not_reproduced() {
        let project = Project {
            reproduce: Reproduce { command: "true".to_owned(), ..Project::python().reproduce },
            ..Project::python()
        };
        let ending = project.ending();
        assert_eq!((ending.outcome, ending.reason.as_str()), (Outcome::NotReproduced, "green"));
    }

    #[test]
    fn another_failure_is_not_reproduced_and_both_are_named() {
        let mut project = Project::python();
        project.failures = ["another".to_owned()].into();
        project.fingerprint = Fingerprint::parse("another-1").expect("a fingerprint");
        let ending = project.ending();
        assert_eq!((ending.outcome, ending.reason.as_str()), (Outcome::NotReproduced, "other-failure"));
        assert!(ending.sentence.contains("`another-1`") && ending.sentence.contains("shows `"), "{}", ending.sentence);
    }

    #[test]
    fn what_fails_only_sometimes_is_flaky() {
        let counter = tempfile::NamedTempFile::new().expect("a counter");
        let sometimes = format!(
            "import app\n\n\ndef test_add():\n    with open({:?}, 'a+') as f:\n        f.write('x')\n        f.seek(0)\n        assert len(f.read()) % 2 == 0\n",
            counter.path()
        );
        let project = Project::new(&[("app.py", APP), ("test_app.py", &sometimes)], "python3 -m pytest -q", "");
        assert_eq!(project.ending().outcome, Outcome::Flaky);
    }

    #[test]
    fn isolation_that_cannot_be_had_ends_before_anything_runs() {
        let project = Project { policy: Policy::with("[validate]\nisolation = \"strict\"\n"), ..Project::python() };
        assert_eq!(project.ending().outcome, Outcome::NoIsolation);
    }

    #[test]
    fn yesterdays_reports_are_no_evidence() {
        let policy = "[logs]\nreports = [\"out/*.xml\"]\n";
        let project = Project::new(&[("app.py", APP), ("test_app.py", TESTS)], "python3 -m pytest -q", policy);
        fs::create_dir(project.workspace.path().join("out")).expect("a folder");
        fs::write(project.workspace.path().join("out/old.xml"), "<testcase name='ghost'/>").expect("write");
        let bench = project.bench();
        let place = bench.place().expect("a copy");
        assert!(!place.copy.tree().join("out/old.xml").exists());
        let run = bench.run(&place, project.git.head()).expect("it is run").run;
        assert!(!run.census.named.contains_key("ghost"));
        assert!(Path::new(&project.workspace.path().join("out/old.xml")).exists());
    }

    #[test]
    fn a_setup_runs_before_and_must_not_fail() {
        let policy = "[validate]\nsetup = \"echo 'def helper(): return 3' > helper.py\"\n";
        let tests = "import helper\n\nimport app\n\n\ndef test_add():\n    assert app.add(1, 2) == helper.helper()\n";
        let mut project = Project::new(
            &[("app.py", APP), ("test_app.py", tests), ("helper.py", "def helper(): return 3\n")],
            "python3 -m pytest -q",
            policy,
        );
        proven(project.prove(&edits(&[("app.py", "a - b", "a + b")])));
        project.policy = Policy::with("[validate]\nsetup = \"exit 1\"\n");
        let error = reproduce(&project.bench(), &mut |_| {}).err().expect("the setup fails").to_string();
        assert!(error.contains("validate.setup"), "{error}");
    }
}
