//! Step 8: the ladder, cheapest rung first. Each candidate is proven; what stops one is told to whoever is asked next.

use crate::config::inputs::Inputs;
use crate::config::policy::{HighRisk, Policy};
use crate::domain::audit::AuditRecord;
use crate::domain::candidate::{Candidate, Diagnosis, Proposal, Remedy, Rung};
use crate::domain::context::Prompt;
use crate::domain::failure::{Reading, Reproduce};
use crate::domain::healing::{Healing, Proof, Try};
use crate::domain::memory::RememberedFix;
use crate::domain::outcome::{Ending, Outcome};
use crate::domain::receipt::LegResult;
use crate::domain::risk::Tier;
use crate::domain::verdict::Violation;
use crate::flows::ask::{Asking, Edited, shown};
use crate::flows::bench::{Begun, Bench, Fixed};
use crate::flows::book::Book;
use crate::flows::prove::{Left, Proved, Reproduced, Told, diff_of_edits, prove, reproduce};
use crate::flows::read::LogRead;
use crate::flows::tell::tell_prompt;
use crate::stages::diagnose::prompt::{Rejection, Subject};
use crate::stages::fingerprint::identities;
use crate::stages::remedy::{edits, remedies};
use crate::stages::render::proof::{ended_in_words, exit_in_words, from_whom, leg_in_words};
use crate::text::{one_line, truncate};

/// A tool names its remedies in order of preference; what comes after these has not helped anybody.
const REMEDIES_MAX: usize = 6;

/// So many remedies stand on top of each other: a script that runs more tools than these is a build of its own.
const STEPS_MAX: usize = 4;

/// What the audit keeps of why a candidate failed.
const WHY_BYTES_MAX: usize = 2_000;

/// What one call may add to the policy.
pub struct Limits {
    /// Edit answers, the first included.
    pub rounds: u32,
    pub show_prompt: bool,
}

impl Limits {
    /// An input may lower the policy's rounds, and a person at a terminal may raise them.
    pub fn of(inputs: &Inputs, policy: &Policy) -> Self {
        Self { rounds: inputs.rounds.unwrap_or(policy.attempts.rounds), show_prompt: inputs.show_prompt }
    }

    fn show(&self, prompt: &Prompt, book: &mut Book<'_>) {
        if self.show_prompt {
            tell_prompt(prompt, book.terminal);
        }
    }
}

/// Makes the failure happen again, then climbs until a candidate is proven.
pub fn mend(
    bench: &Bench<'_>,
    read: &LogRead,
    remembered: Option<&RememberedFix>,
    asking: Option<&mut Asking>,
    limits: &Limits,
    healing: &mut Healing,
    book: &mut Book<'_>,
) -> anyhow::Result<Ending> {
    let mut ladder = match foot(bench, read, healing, book)? {
        Ok(ladder) => ladder,
        Err(ending) => return Ok(ending),
    };
    if let Some(fix) = remembered
        && let Some(ending) = ladder.remembered(fix)?
    {
        return Ok(ending);
    }
    if let Some(ending) = ladder.tools(read)? {
        return Ok(ending);
    }
    match asking {
        Some(asking) => ladder.model(read, asking, limits),
        None => Ok(ladder.nothing_more("no model is asked: name one with --model to go on where the tools end")),
    }
}

/// Puts candidates that somebody gave to the proof, in their order; with none, what the tools themselves would do.
pub fn judge(
    bench: &Bench<'_>,
    read: &LogRead,
    candidates: &[Candidate],
    healing: &mut Healing,
    book: &mut Book<'_>,
) -> anyhow::Result<Ending> {
    let mut ladder = match foot(bench, read, healing, book)? {
        Ok(ladder) => ladder,
        Err(ending) => return Ok(ending),
    };
    for candidate in candidates {
        if let Some(ending) = ladder.ended(candidate)? {
            return Ok(ending);
        }
    }
    if candidates.is_empty()
        && let Some(ending) = ladder.tools(read)?
    {
        return Ok(ending);
    }
    Ok(ladder.nothing_more("no candidate is left"))
}

/// The foot of the ladder is a failure that was made to happen again.
fn foot<'a, 'c, 't>(
    bench: &'a Bench<'c>,
    read: &LogRead,
    healing: &'a mut Healing,
    book: &'a mut Book<'t>,
) -> anyhow::Result<Result<Ladder<'a, 'c, 't>, Ending>> {
    let red = match reproduce(bench, &mut |told| show(told, book))? {
        Reproduced::Red(leg) => leg,
        Reproduced::Ended(ending) => {
            book.record(&AuditRecord::new("reproduce", ending.outcome.as_str()).rule(&ending.reason))?;
            return Ok(Err(ending));
        }
    };
    book.record(&AuditRecord::new("prove", "red as it failed").with("runs", red.runs.len()))?;
    Ok(Ok(Ladder { bench, red, confidence: read.classification.confidence, healing, book, last: None }))
}

struct Ladder<'a, 'c, 't> {
    bench: &'a Bench<'c>,
    red: LegResult,
    confidence: f64,
    healing: &'a mut Healing,
    book: &'a mut Book<'t>,
    /// How the last candidate ended, for the ending when none is left.
    last: Option<Ending>,
}

/// What one candidate came to.
enum Tried {
    Ended(Ending),
    /// The exact reason, to be told back. A proven patch that the guard objects to is kept, while somebody may still
    /// find a clean one.
    Rejected {
        code: String,
        reason: String,
        /// What is left of the failure, where that was looked at.
        left: Option<Box<Left>>,
    },
}

/// What the remedies for one reading came to.
enum Step {
    Ended(Ending),
    /// None is enough alone; this one has mended the most.
    Further {
        by: String,
        left: Box<Left>,
    },
    Stuck,
}

impl Ladder<'_, '_, '_> {
    /// A fix for this fingerprint that was merged before.
    fn remembered(&mut self, fix: &RememberedFix) -> anyhow::Result<Option<Ending>> {
        let candidate = Candidate {
            rationale: format!("Commit {} mended the same failure before.", fix.commit),
            rung: Rung::Remembered { commit: fix.commit.clone() },
            proposal: Proposal::Diff(fix.diff.clone()),
            cost_usd: None,
        };
        self.ended(&candidate)
    }

    /// What the tools that failed would do themselves: one remedy after the other, and where none is enough alone, the
    /// next ones on top of what came farthest.
    fn tools(&mut self, read: &LogRead) -> anyhow::Result<Option<Ending>> {
        let mut begun: Option<Begun> = None;
        let mut reading = read.reading.clone();
        for _ in 0..STEPS_MAX {
            let (by, left) = match self.step(&reading, begun.as_ref())? {
                Step::Ended(ending) => return Ok(Some(ending)),
                Step::Further { by, left } => (by, left),
                Step::Stuck => break,
            };
            begun = Some(Begun { by, diff: left.diff, commit: left.commit });
            reading = left.reading;
        }
        Ok(None)
    }

    /// Tries every remedy for what still fails.
    fn step(&mut self, reading: &Reading, begun: Option<&Begun>) -> anyhow::Result<Step> {
        let case = self.bench.case;
        let at = begun.map_or(case.trees.base, |begun| &begun.commit);
        let exists = |path: &str| case.git.blob(at, path).is_ok_and(|blob| blob.is_some());
        let failing = identities(reading);
        let script = Reproduce { command: self.bench.script.clone(), ..case.reproduce.clone() };
        let mut farthest: Option<((usize, usize), Step)> = None;
        for remedy in remedies(reading, &exists, &script).into_iter().take(REMEDIES_MAX) {
            let Some(candidate) = self.candidate(&remedy, begun)? else { continue };
            let by = match &candidate.rung {
                Rung::Tool { remedy } => remedy.clone(),
                _ => remedy.name().to_owned(),
            };
            self.book.terminal.done(true, &format!("{by} proposes a patch"));
            let left = match self.attempt(&candidate)? {
                Tried::Ended(ending) => return Ok(Step::Ended(ending)),
                Tried::Rejected { left, .. } => left,
            };
            let Some(left) = left else { continue };
            let now = identities(&left.reading);
            let score = (now.intersection(&failing).count(), now.len());
            // Where nothing that is named has gone, nothing was mended.
            if score.0 < failing.len() && !now.is_empty() && farthest.as_ref().is_none_or(|(best, _)| score < *best) {
                farthest = Some((score, Step::Further { by, left }));
            }
        }
        Ok(farthest.map_or(Step::Stuck, |(_, step)| step))
    }

    /// What a remedy would change, on top of what was begun; `None`, and told, where that is nothing.
    fn candidate(&mut self, remedy: &Remedy, begun: Option<&Begun>) -> anyhow::Result<Option<Candidate>> {
        let case = self.bench.case;
        self.book.terminal.begin(remedy.name());
        let name = match remedy {
            Remedy::Fixer(fixer) => match self.bench.fix(fixer, begun)? {
                Fixed::Changed(candidate) => return Ok(Some(candidate)),
                Fixed::Nothing { exit, lines } => {
                    self.nothing_changed(remedy, &format!("{}: {lines}", exit_in_words(exit)))?;
                    return Ok(None);
                }
            },
            Remedy::Places { name, .. } => name,
        };
        let at = begun.map_or(case.trees.base, |begun| &begun.commit);
        let text = |path: &str| case.git.file_at(at, path).ok().flatten();
        let Some(edits) = edits(remedy, &text) else {
            self.nothing_changed(remedy, "the place is not what the tool said it is")?;
            return Ok(None);
        };
        let (name, proposal) = match begun {
            None => (name.clone(), Proposal::Edits(edits)),
            Some(begun) => {
                let Ok(own) = diff_of_edits(case.git, at, &edits)? else { return Ok(None) };
                (format!("{}, then {name}", begun.by), Proposal::Diff(self.bench.joined(begun, &own)?))
            }
        };
        Ok(Some(Candidate {
            rationale: format!("{name}: the tool itself names what belongs there."),
            rung: Rung::Tool { remedy: name },
            proposal,
            cost_usd: None,
        }))
    }

    /// A model: diagnosis first, then edits, each rejection told back while rounds remain.
    fn model(mut self, read: &LogRead, asking: &mut Asking, limits: &Limits) -> anyhow::Result<Ending> {
        let ending = self.ask(read, asking, limits)?;
        asking.keep_spent()?;
        if let Some(record) = asking.spent_before() {
            self.book.record(&record)?;
        }
        self.healing.spent = asking.spent();
        for line in asking.egress() {
            self.book.append("egress.jsonl", line)?;
        }
        Ok(ending)
    }

    fn ask(&mut self, read: &LogRead, asking: &mut Asking, limits: &Limits) -> anyhow::Result<Ending> {
        let case = self.bench.case;
        let context = shown(case.git, case.trees.base, &read.reading, asking.context_bytes_max())?;
        let subject = Subject {
            context: &context,
            classification: &read.classification,
            policy: case.policy,
            job: case.job,
            command: Some(&case.reproduce.command),
        };
        self.book.terminal.begin("asking the model what is wrong");
        let diagnosis = match asking.diagnose(&subject, &mut |prompt| limits.show(prompt, self.book)) {
            Ok(diagnosis) => diagnosis,
            Err(ending) => return self.asked_in_vain(ending),
        };
        self.diagnosed(&diagnosis)?;
        let mut rejections = Vec::new();
        while asking.spent().rounds < limits.rounds {
            self.book.terminal.begin("asking the model for a patch");
            let asked = asking.edits(&subject, &diagnosis, &rejections, &mut |prompt| limits.show(prompt, self.book));
            let (candidate, answer) = match asked {
                Edited::Candidate { candidate, answer } => (candidate, answer),
                Edited::Rejected(rejection) => {
                    self.unusable(&rejection)?;
                    rejections.push(rejection);
                    continue;
                }
                Edited::Ends(ending) => return self.asked_in_vain(ending),
            };
            self.book.terminal.done(true, "the model proposes a patch");
            match self.attempt(&candidate)? {
                Tried::Ended(ending) => return Ok(ending),
                Tried::Rejected { code, reason, .. } => {
                    rejections.push(Rejection { round: asking.spent().rounds, code, answer, reason });
                }
            }
        }
        Ok(self.nothing_more("every round was used"))
    }

    fn diagnosed(&mut self, diagnosis: &Diagnosis) -> anyhow::Result<()> {
        self.book.terminal.done(true, &format!("diagnosis: {}", truncate(&diagnosis.root_cause, 120)));
        // The model's word can make us more careful, never less.
        self.confidence = self.confidence.min(diagnosis.confidence);
        self.healing.diagnosis = Some(diagnosis.clone());
        self.book.record(
            &AuditRecord::new("diagnose", &diagnosis.root_cause)
                .with("confidence", diagnosis.confidence)
                .with("files", diagnosis.files.join(", "))
                .with("fixable", diagnosis.fixable),
        )
    }

    /// An answer that is no edit: it used up a round.
    fn unusable(&mut self, rejection: &Rejection) -> anyhow::Result<()> {
        self.book.terminal.done(false, &format!("the answer cannot be used: {}", rejection.reason));
        let sentence = format!("the model's last answer cannot be used: {}", one_line(&rejection.reason));
        self.last = Some(Ending::new(Outcome::ModelFailed, &rejection.code, sentence));
        self.book.record(&AuditRecord::new("ask", "rejected").rule(&rejection.code).with("why", &rejection.reason))
    }

    /// The model gave no more: what stands already is the ending, else the model's own.
    fn asked_in_vain(&mut self, ending: Ending) -> anyhow::Result<Ending> {
        self.book.terminal.done(false, &ending.sentence);
        self.book.record(&AuditRecord::new("ask", ending.outcome.as_str()).rule(&ending.reason))?;
        Ok(if self.healing.proof.is_some() { self.nothing_more("") } else { ending })
    }

    fn nothing_changed(&mut self, remedy: &Remedy, why: &str) -> anyhow::Result<()> {
        self.book.terminal.done(false, &format!("{} changes nothing", remedy.name()));
        let rung = Rung::Tool { remedy: remedy.name().to_owned() };
        let tried = Try { rung, rationale: String::new(), code: "remedy.no-change".to_owned(), text: why.to_owned() };
        self.write_down(tried)
    }

    /// One candidate of a rung that cannot be told anything.
    fn ended(&mut self, candidate: &Candidate) -> anyhow::Result<Option<Ending>> {
        Ok(match self.attempt(candidate)? {
            Tried::Ended(ending) => Some(ending),
            Tried::Rejected { .. } => None,
        })
    }

    /// Proves a candidate and writes down what came of it.
    fn attempt(&mut self, candidate: &Candidate) -> anyhow::Result<Tried> {
        let book = &mut *self.book;
        let proved = prove(self.bench, &self.red, candidate, self.confidence, &mut |told| show(told, book))?;
        let (code, text) = match &proved {
            Proved::Proven(..) => ("proven".to_owned(), String::new()),
            Proved::Refused { violations, .. } => (first_code(violations), sentences(violations)),
            Proved::Disproven { disproof, .. } => (disproof.code.to_owned(), disproof.text.clone()),
            Proved::Misfit(misfit) => (misfit.code.to_owned(), misfit.text.clone()),
        };
        self.write_down(Try {
            rung: candidate.rung.clone(),
            rationale: candidate.rationale.clone(),
            code: code.clone(),
            text: text.clone(),
        })?;
        let (outcome, left) = match proved {
            Proved::Proven(patch, risk) => {
                return Ok(self.proven(Proof {
                    rung: candidate.rung.clone(),
                    rationale: candidate.rationale.clone(),
                    patch,
                    risk,
                }));
            }
            Proved::Refused { .. } => (Outcome::Refused, None),
            Proved::Disproven { left, .. } => (Outcome::Disproven, left),
            Proved::Misfit(_) => (Outcome::NoPatch, None),
        };
        let first = one_line(text.lines().next().unwrap_or_default());
        self.last = Some(Ending::new(outcome, &code, format!("the last candidate failed: {first}")));
        Ok(Tried::Rejected { code, reason: text, left })
    }

    fn proven(&mut self, proof: Proof) -> Tried {
        let high = proof.risk.tier == Tier::High;
        let hits = &proof.patch.verdict().guard_hits;
        if let Some(hit) = hits.first().filter(|_| high) {
            let code = hit.code.as_str().to_owned();
            let told: Vec<_> = hits
                .iter()
                .map(|hit| format!("{} at {}:{}: {}", hit.code.as_str(), hit.file, hit.line, hit.text))
                .collect();
            self.keep(proof);
            self.last = None;
            let reason = format!("it turns the check green, but not by mending the code:\n{}", told.join("\n"));
            return Tried::Rejected { code, reason, left: None };
        }
        let hand_over = high && self.bench.case.policy.approval.high == HighRisk::HandOver;
        self.healing.proof = Some(proof);
        Tried::Ended(if hand_over { self.handed_over() } else { healed(self.healing) })
    }

    /// The first proven patch that the guard objects to is kept, unless a later one has fewer objections.
    fn keep(&mut self, proof: Proof) {
        let objections = |proof: &Proof| proof.patch.verdict().guard_hits.len();
        if self.healing.proof.as_ref().is_none_or(|kept| objections(&proof) < objections(kept)) {
            self.healing.proof = Some(proof);
        }
    }

    /// The top of the ladder: a guarded proof is a person's to judge, else the last try says how it ends.
    fn nothing_more(&mut self, why: &str) -> Ending {
        if self.healing.proof.is_some() {
            return if self.bench.case.policy.approval.high == HighRisk::Draft {
                healed(self.healing)
            } else {
                self.handed_over()
            };
        }
        self.last.take().unwrap_or_else(|| {
            Ending::new(
                Outcome::NoPatch,
                "ladder.top",
                format!("no rung of the ladder has a candidate for this: {why}"),
            )
        })
    }

    fn handed_over(&self) -> Ending {
        let reasons = self.healing.proof.as_ref().map(|proof| &proof.risk.reasons);
        let high = reasons.and_then(|reasons| reasons.iter().find(|reason| reason.tier == Tier::High));
        let code = high.map_or("risk.high", |reason| reason.code);
        let text = high.map(|reason| format!(": {}", one_line(&reason.text))).unwrap_or_default();
        let sentence = format!("the patch is proven, but its risk is high, so a person must judge it{text}");
        Ending::new(Outcome::HandedOver, code, sentence)
    }

    fn write_down(&mut self, tried: Try) -> anyhow::Result<()> {
        let record = AuditRecord::new("try", &tried.code)
            .with("rung", tried.rung.as_str())
            .with("rationale", one_line(&tried.rationale))
            .with("why", truncate(&tried.text, WHY_BYTES_MAX));
        self.healing.tries.push(tried);
        self.book.record(&record)
    }
}

fn healed(healing: &Healing) -> Ending {
    let from = healing.proof.as_ref().map(|proof| from_whom(&proof.rung)).unwrap_or_default();
    let others = healing.proof.as_ref().is_some_and(|proof| !proof.patch.receipt().tests_still_red.is_empty());
    let but = if others { "; what failed before for another reason still does" } else { "" };
    let sentence = format!("a patch {from} is proven: red, green with it, red without it, green with it again{but}");
    Ending::new(Outcome::Healed, "proven", sentence)
}

fn first_code(violations: &[Violation]) -> String {
    violations.first().map_or("policy", |violation| violation.code).to_owned()
}

fn sentences(violations: &[Violation]) -> String {
    violations.iter().map(|violation| violation.text.as_str()).collect::<Vec<_>>().join("\n")
}

/// One live line a leg.
fn show(told: Told<'_>, book: &mut Book<'_>) {
    match told {
        Told::Begins { leg, run, of } => {
            let count = if of > 1 { format!(" ({run} of {of})") } else { String::new() };
            book.terminal.begin(&format!("{}{count}", leg_in_words(leg)));
        }
        Told::Ends(leg) => {
            book.terminal.done(leg.as_expected, &format!("{}: {}", leg_in_words(leg.name), ended_in_words(leg)));
        }
    }
}
