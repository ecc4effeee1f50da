//! A proven patch becomes a risk tier with its reasons: how much a person should look, computed by code alone.

use crate::config::policy::{Policy, ValidateRules};
use crate::domain::failure::ReproduceFrom;
use crate::domain::jail::IsolationWanted;
use crate::domain::patch::Patch;
use crate::domain::receipt::{LegName, Receipt, Zones};
use crate::domain::risk::{Approval, Reason, Risk, Tier};
use crate::domain::verdict::Verdict;
use crate::text::counted;

/// From the published format: up to here a patch is small, beyond the second it is large.
pub const LINES_SMALL_MAX: u32 = 20;
pub const LINES_MEDIUM_MAX: u32 = 60;

/// From the published format: a change of more files than this is never less than high.
pub const FILES_MEDIUM_MAX: usize = 2;

/// What is known beside the patch and its receipt.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Known {
    /// The lower of the class's and the diagnosis's.
    pub confidence: f64,
    /// Who says what the failing command is.
    pub from: ReproduceFrom,
}

pub fn risk(patch: &Patch, verdict: &Verdict, receipt: &Receipt, known: Known, policy: &Policy) -> Risk {
    let mut reasons = vec![size(patch)];
    reasons.extend(files(patch));
    reasons.extend(paths(patch, policy));
    reasons.extend(verdict.guard_hits.iter().map(|hit| Reason {
        code: hit.code.as_str(),
        tier: Tier::High,
        text: format!("{}:{}: {}", hit.file, hit.line, hit.text),
    }));
    reasons.extend(certainty(known, policy));
    reasons.extend(proof(receipt, &policy.validate));
    let tier = reasons.iter().map(|reason| reason.tier).max().unwrap_or(Tier::High);
    Risk { tier, reasons, approval: approval(tier, policy) }
}

/// Never below a tier that somebody has named before: what was seen then may be more than can be seen now.
pub fn at_least(mut risk: Risk, named: Tier, policy: &Policy) -> Risk {
    if risk.tier < named {
        let text = format!("it was {} when it was proven", named.as_str());
        risk.reasons.push(Reason { code: "tier.named", tier: named, text });
        risk.tier = named;
        risk.approval = approval(named, policy);
    }
    risk
}

fn approval(tier: Tier, policy: &Policy) -> Approval {
    match tier {
        Tier::Low if !policy.approval.require_human => Approval::None,
        Tier::Low => Approval::Maintainer,
        Tier::Medium => Approval::CodeOwner,
        Tier::High => Approval::Manual,
    }
}

fn size(patch: &Patch) -> Reason {
    let lines = patch.lines();
    let (code, tier) = match lines {
        0..=LINES_SMALL_MAX => ("size.small", Tier::Low),
        _ if lines <= LINES_MEDIUM_MAX => ("size.medium", Tier::Medium),
        _ => ("size.large", Tier::High),
    };
    Reason { code, tier, text: counted(lines, "changed line") }
}

fn files(patch: &Patch) -> Option<Reason> {
    let count = patch.files.len();
    let (code, tier) = match count {
        0 | 1 => return None,
        _ if count <= FILES_MEDIUM_MAX => ("files.several", Tier::Medium),
        _ => ("files.many", Tier::High),
    };
    Some(Reason { code, tier, text: format!("{count} files") })
}

fn paths(patch: &Patch, policy: &Policy) -> Vec<Reason> {
    let mut reasons = Vec::new();
    for file in &patch.files {
        for (globs, code, tier, what) in [
            (&policy.approval.sensitive_paths, "path.sensitive", Tier::High, "sensitive"),
            (&policy.approval.core_paths, "path.core", Tier::Medium, "core"),
        ] {
            if let Some(glob) = globs.deciding(&file.path) {
                reasons.push(Reason { code, tier, text: format!("{} is {what}: `{glob}`", file.path) });
            }
        }
    }
    reasons
}

fn certainty(known: Known, policy: &Policy) -> Vec<Reason> {
    let mut reasons = Vec::new();
    let wanted = policy.approval.confidence_min;
    // What is no number is too little.
    if known.confidence.is_nan() || known.confidence < wanted {
        let text = format!("confidence {:.2}, and {wanted:.2} is wanted", known.confidence);
        reasons.push(Reason { code: "confidence.low", tier: Tier::Medium, text });
    }
    if known.from == ReproduceFrom::Log {
        let text = "only the log says which command failed".to_owned();
        reasons.push(Reason { code: "reproduce.log", tier: Tier::Medium, text });
    }
    reasons
}

fn proof(receipt: &Receipt, asked: &ValidateRules) -> Vec<Reason> {
    let mut reasons = Vec::new();
    let mut add = |code, tier, text: String| reasons.push(Reason { code, tier, text });
    if receipt.zones == Zones::Shared {
        add("zones.shared", Tier::Medium, "a model's key and the repository's code were in one job".to_owned());
    }
    if receipt.isolation.path != "in-place" {
        add("path.elsewhere", Tier::Medium, "the copy stood at another path than the workspace".to_owned());
    }
    if receipt.isolation.network == "full" {
        add("network.full", Tier::Medium, "the command could reach the network".to_owned());
    }
    if asked.isolation == IsolationWanted::Strict && receipt.isolation.file_system == "none" {
        add("receipt.weaker", Tier::High, "the policy asks for strict isolation, and there was none".to_owned());
    }
    let repeats = receipt.legs.iter().filter(|leg| leg.name == LegName::Red).map(|leg| leg.runs.len()).sum::<usize>();
    if repeats < asked.repeats as usize {
        let text = format!("the policy asks for {} runs without the patch, and there were {repeats}", asked.repeats);
        add("receipt.weaker", Tier::High, text);
    }
    if !receipt.tests_still_red.is_empty() {
        let text = format!("{} other failures were there before and still are", receipt.tests_still_red.len());
        add("tests.still-red", Tier::Medium, text);
    }
    reasons
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::domain::fingerprint::Fingerprint;
    use crate::domain::id::CommitId;
    use crate::domain::jail::{Exit, Isolation};
    use crate::domain::receipt::{Census, CommandRun, LegResult};
    use crate::domain::verdict::{GuardCode, GuardHit};
    use crate::stages::policy::sample::patch;

    /// Everything as good as it can be; each test takes one thing away.
    struct Scene {
        patch: Patch,
        verdict: Verdict,
        receipt: Receipt,
        known: Known,
        policy: &'static str,
    }

    fn best() -> Scene {
        let patch = lines(2);
        let run = CommandRun {
            command: "pytest".to_owned(),
            exit: Exit::Code(1),
            duration: Duration::from_secs(1),
            census: Census::default(),
            fingerprint: None,
            failures: Default::default(),
        };
        let leg = |name, runs| LegResult { name, as_expected: true, runs: vec![run.clone(); runs] };
        let receipt = Receipt {
            patch_sha256: patch.sha256(),
            proven_on: None,
            commit: CommitId::parse(&"1".repeat(40)).expect("a commit"),
            fingerprint: Fingerprint::parse("a").expect("a fingerprint"),
            legs: vec![
                leg(LegName::Red, 2),
                leg(LegName::Green, 1),
                leg(LegName::RedAgain, 1),
                leg(LegName::GreenAgain, 1),
            ],
            tests_vanished: Vec::new(),
            tests_new: Vec::new(),
            tests_still_red: Vec::new(),
            isolation: Isolation {
                file_system: "mount-namespace",
                network: "loopback",
                namespaces: Vec::new(),
                limits: Vec::new(),
                path: "in-place",
                environment: "allow-list",
            },
            zones: Zones::Split,
            runs: 5,
        };
        let known = Known { confidence: 0.7, from: ReproduceFrom::Workflow };
        Scene { patch, verdict: Verdict::default(), receipt, known, policy: "" }
    }

    /// A patch of one file with so many changed lines.
    fn lines(count: u32) -> Patch {
        patch(&[("src/a.py", None, Some("x = 1\n".repeat(count as usize).as_str()))])
    }

    fn files(count: usize) -> Patch {
        let names: Vec<_> = (0..count).map(|number| format!("src/{number}.py")).collect();
        patch(&names.iter().map(|name| (name.as_str(), None, Some("x\n"))).collect::<Vec<_>>())
    }

    #[track_caller]
    fn check(scene: &Scene, tier: Tier, approval: Approval, code: &str) {
        let risk = risk(&scene.patch, &scene.verdict, &scene.receipt, scene.known, &Policy::with(scene.policy));
        assert_eq!((risk.tier, risk.approval), (tier, approval), "{:?}", risk.reasons);
        assert!(risk.reasons.iter().any(|reason| reason.code == code), "no {code}: {:?}", risk.reasons);
    }

    #[track_caller]
    fn medium(scene: &Scene, code: &str) {
        check(scene, Tier::Medium, Approval::CodeOwner, code);
    }

    #[track_caller]
    fn high(scene: &Scene, code: &str) {
        check(scene, Tier::High, Approval::Manual, code);
    }

    #[test]
    fn what_nothing_raises_is_low() {
        check(&best(), Tier::Low, Approval::Maintainer, "size.small");
        let nobody = Scene { policy: "[approval]\nrequire-human = false\n", ..best() };
        check(&nobody, Tier::Low, Approval::None, "size.small");
    }

    #[test]
    fn size_raises_at_its_limits() {
        check(&Scene { patch: lines(20), ..best() }, Tier::Low, Approval::Maintainer, "size.small");
        medium(&Scene { patch: lines(21), ..best() }, "size.medium");
        medium(&Scene { patch: lines(60), ..best() }, "size.medium");
        high(&Scene { patch: lines(61), ..best() }, "size.large");
        medium(&Scene { patch: files(2), ..best() }, "files.several");
        high(&Scene { patch: files(3), ..best() }, "files.many");
    }

    #[test]
    fn a_sensitive_path_is_high_and_a_core_path_medium() {
        high(&Scene { policy: "[approval]\nsensitive-paths = [\"src/**\"]\n", ..best() }, "path.sensitive");
        medium(&Scene { policy: "[approval]\ncore-paths = [\"src/**\"]\n", ..best() }, "path.core");
    }

    #[test]
    fn every_guard_hit_is_high_by_its_own_code() {
        for code in GuardCode::ALL {
            let hit = GuardHit { code, file: "a".to_owned(), line: 1, text: "x".to_owned() };
            let verdict = Verdict { guard_hits: vec![hit], ..Verdict::default() };
            high(&Scene { verdict, policy: "[approval]\nrequire-human = false\n", ..best() }, code.as_str());
        }
    }

    #[test]
    fn little_confidence_is_never_low() {
        for confidence in [0.69, 0.0, -1.0, f64::NAN] {
            medium(&Scene { known: Known { confidence, ..best().known }, ..best() }, "confidence.low");
        }
        let asked_for_less = "[approval]\nconfidence-min = 0.5\n";
        let scene = Scene { known: Known { confidence: 0.5, ..best().known }, policy: asked_for_less, ..best() };
        check(&scene, Tier::Low, Approval::Maintainer, "size.small");
    }

    #[test]
    fn a_command_that_only_the_log_names_is_never_low() {
        medium(&Scene { known: Known { from: ReproduceFrom::Log, ..best().known }, ..best() }, "reproduce.log");
        for from in [ReproduceFrom::Workflow, ReproduceFrom::Policy, ReproduceFrom::Person] {
            check(
                &Scene { known: Known { from, ..best().known }, ..best() },
                Tier::Low,
                Approval::Maintainer,
                "size.small",
            );
        }
    }

    #[test]
    fn t1_shared_zones_are_said_and_never_low() {
        let mut scene = best();
        scene.receipt.zones = Zones::Shared;
        medium(&scene, "zones.shared");
    }

    #[test]
    fn what_the_jail_could_not_give_raises() {
        let mut scene = best();
        scene.receipt.isolation.path = "elsewhere";
        medium(&scene, "path.elsewhere");
        let mut scene = best();
        scene.receipt.isolation.network = "full";
        medium(&scene, "network.full");
        let mut scene = Scene { policy: "[validate]\nisolation = \"strict\"\n", ..best() };
        check(&scene, Tier::Low, Approval::Maintainer, "size.small");
        scene.receipt.isolation.file_system = "none";
        high(&scene, "receipt.weaker");
    }

    #[test]
    fn fewer_runs_than_asked_for_are_a_weaker_receipt() {
        high(&Scene { policy: "[validate]\nrepeats = 3\n", ..best() }, "receipt.weaker");
    }

    #[test]
    fn failures_that_stay_are_never_low() {
        let mut scene = best();
        scene.receipt.tests_still_red = vec!["two".to_owned()];
        medium(&scene, "tests.still-red");
    }

    #[test]
    fn the_tier_is_the_highest_of_all_reasons() {
        let mut scene = Scene { patch: files(3), ..best() };
        scene.receipt.zones = Zones::Shared;
        high(&scene, "zones.shared");
    }
}
