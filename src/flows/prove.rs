//! Steps 10 to 12: a candidate becomes a proven patch with its risk, or the exact reason why not.

use std::collections::BTreeMap;

use anyhow::Context as _;

use super::bench::{Bench, Ended, Place};
use crate::config::policy::Policy;
use crate::domain::candidate::{Candidate, Proposal, Rung};
use crate::domain::id::CommitId;
use crate::domain::jail::IsolationWanted;
use crate::domain::outcome::{Ending, Outcome};
use crate::domain::patch::{Blob, Patch};
use crate::domain::permission::{AllowedPatch, ProvenPatch};
use crate::domain::receipt::{Disproof, LegName, LegResult, Receipt};
use crate::domain::risk::Risk;
use crate::domain::verdict::{GuardCode, Verdict, Violation};
use crate::edge::git::ApplyError;
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
pub enum Proved {
    Proven(ProvenPatch, Risk),
    Refused { patch: Option<Patch>, violations: Vec<Violation> },
    Disproven { patch: Patch, disproof: Disproof },
    Misfit(Misfit),
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
        runs.push(bench.run(&place, bench.case.base)?.run);
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
        Err((patch, verdict)) => return Ok(Proved::Refused { patch: Some(patch), violations: verdict.violations }),
    };
    let legs = match legs(bench, red, place, &after, &allowed, tell)? {
        Ok(legs) => legs,
        Err(disproof) => return Ok(Proved::Disproven { patch: allowed.patch().clone(), disproof }),
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
    let names = match &candidate.proposal {
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
        return Ok(Err(Proved::Refused { patch: None, violations }));
    }
    let mut blobs: BTreeMap<String, Blob> = BTreeMap::new();
    for name in names {
        if let Some(blob) = bench.case.git.entry(bench.case.base, &name)? {
            blobs.insert(name, blob);
        }
    }
    let lookup = |name: &str| blobs.get(name);
    let changes = match &candidate.proposal {
        Proposal::Edits(edits) => edits::apply_edits(edits, &lookup),
        Proposal::Diff(diff) => given::apply_diff(diff, &lookup),
    };
    Ok(changes.map(|changes| diff::diff(&changes)).map_err(Proved::Misfit))
}

/// Puts the diff into the copy and reads back what git sees there: the patch is what the tree says, not what a header says.
fn applied(bench: &Bench<'_>, place: &Place, diff: &str) -> anyhow::Result<Result<(CommitId, Patch), Misfit>> {
    let git = bench.case.git;
    match git.apply(place.copy.tree(), diff) {
        Ok(()) => {}
        Err(ApplyError::Misfit(said)) => return Ok(Err(Misfit::new("diff.hunk", "", said))),
        Err(ApplyError::Git(error)) => return Err(error).context("apply the candidate in a copy"),
    }
    let after = git.snapshot(place.copy.tree(), bench.case.base)?;
    let patch = git.patch_between(bench.case.base, &after)?;
    if patch.files.is_empty() {
        let text = "the candidate changes nothing that git keeps: change a file that is not ignored";
        return Ok(Err(Misfit::new("edit.no-change", "", text)));
    }
    Ok(Ok((after, patch)))
}

/// Green, red again, green again: each in a fresh copy.
fn legs(
    bench: &Bench<'_>,
    red: &LegResult,
    patched: Place,
    after: &CommitId,
    allowed: &AllowedPatch,
    tell: &mut dyn FnMut(Told<'_>),
) -> anyhow::Result<Result<Vec<LegResult>, Disproof>> {
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
            let again = bench.case.git.snapshot(place.copy.tree(), bench.case.base)?;
            anyhow::ensure!(
                again == *after,
                "the patch gave another tree the second time: is the workspace being changed?"
            );
        }
        let Ended { run, lines } = bench.run(&place, if name.with_patch() { after } else { bench.case.base })?;
        let weighed = if name.with_patch() {
            weigh::green(name, &red.runs, &run, bench.incident(), vanishing, &lines)
        } else {
            weigh::red_again(&run, bench.incident(), &lines)
        };
        let leg = LegResult { name, as_expected: weighed.is_ok(), runs: vec![run] };
        tell(Told::Ends(&leg));
        if let Err(disproof) = weighed {
            return Ok(Err(disproof));
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
    Receipt {
        patch_sha256: patch.sha256(),
        commit: bench.case.base.clone(),
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
