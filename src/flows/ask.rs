//! Step 8, its last rung: a model is asked within its budget, and every call is accounted for.

use crate::config::inputs::{Inputs, Keys, ModelChoice};
use crate::config::policy::{Budget, ModelRules, Policy, Price};
use crate::domain::audit::AuditRecord;
use crate::domain::candidate::{Candidate, Diagnosis, Proposal, Rung};
use crate::domain::class::Class;
use crate::domain::context::{Context, Prompt, PromptStep, Usage};
use crate::domain::failure::Reading;
use crate::domain::healing::Spent;
use crate::domain::id::CommitId;
use crate::domain::memory::SpentBefore;
use crate::domain::outcome::{Ending, Outcome};
use crate::edge::git::Git;
use crate::edge::model::answer::Answer;
use crate::edge::model::error::ModelError;
use crate::edge::model::{Access, Model};
use crate::flows::ledger::Ledger;
use crate::stages::budget;
use crate::stages::context::{self, Source};
use crate::stages::diagnose::answer::{Unusable, read_diagnosis, read_edits};
use crate::stages::diagnose::prompt::{Rejection, Room, Subject, diagnose_prompt, edit_prompt};
use crate::stages::render::egress::egress_line;
use crate::text::one_line;

/// A diagnosis that cannot be read is asked for once more; a model that cannot write one will not write edits.
pub const DIAGNOSES_MAX: u32 = 2;

/// A conversation about one incident: what was asked, and what it cost.
pub struct Asking {
    /// Why nobody can be asked, where that is so: the rungs below the model are climbed all the same.
    models: Result<Models, Ending>,
    budget: Budget,
    /// What earlier runs have spent; read before the first call that has a price.
    ledger: Ledger,
    spent: Spent,
    egress: Vec<String>,
}

struct Models {
    edits: Asked,
    /// The policy may name a smaller model for the first question.
    diagnosis: Option<Asked>,
}

/// One model with its name and price.
struct Asked {
    model: Model,
    name: String,
    price: Option<Price>,
}

/// What came of asking for edits.
#[derive(Clone, Debug, PartialEq)]
pub enum Edited {
    Candidate {
        candidate: Candidate,
        /// The answer as it came: told back should the candidate be rejected.
        answer: String,
    },
    /// The answer cannot be used; told back in the next round.
    Rejected(Rejection),
    /// No further call will help, or none may be made.
    Ends(Ending),
}

impl Asking {
    /// `None` when the model is `none`. Nothing is sent yet, and what is missing is told when somebody asks.
    pub fn open(inputs: &Inputs, keys: &Keys, policy: &Policy) -> Option<Self> {
        let choice = match &inputs.model {
            Some(choice) => Ok(choice.clone()),
            None => of_policy(&policy.model.name),
        };
        if choice == Ok(ModelChoice::None) {
            return None;
        }
        Some(Self {
            models: choice.and_then(|choice| Models::open(&choice, inputs, keys, policy)),
            budget: policy.budget.clone(),
            ledger: Ledger::default(),
            spent: Spent::default(),
            egress: Vec::new(),
        })
    }

    /// With what earlier runs have spent held against the budget too.
    pub fn with(self, ledger: Ledger) -> Self {
        Self { ledger, ..self }
    }

    /// What was found out of earlier runs' spending, for the audit; `None` where nobody had to know.
    pub fn spent_before(&self) -> Option<AuditRecord> {
        self.ledger.told()
    }

    /// Writes down what was spent for the runs after this one.
    pub fn keep_spent(&self) -> anyhow::Result<()> {
        self.ledger.keep(self.spent.cost_usd)
    }

    /// Who is asked for edits: `anthropic/NAME`.
    pub fn name(&self) -> &str {
        self.models.as_ref().map_or("none", |models| &models.edits.name)
    }

    /// How many bytes a context is shaped to.
    pub fn context_bytes_max(&self) -> usize {
        self.room().context_bytes_max()
    }

    /// What is wrong. `tell` sees each prompt before it is sent.
    pub fn diagnose(&mut self, subject: &Subject<'_>, tell: &mut dyn FnMut(&Prompt)) -> Result<Diagnosis, Ending> {
        let mut rejections: Vec<Rejection> = Vec::new();
        for round in 1..=DIAGNOSES_MAX {
            let prompt = diagnose_prompt(subject, &rejections, round, self.room());
            let answer = self.call(&prompt, tell)?;
            match read_diagnosis(&answer.text) {
                Ok(diagnosis) => return careful(diagnosis),
                Err(unusable) => rejections.push(rejection(round, unusable, answer.text)),
            }
        }
        let (code, why) = rejections.pop().map(|last| (last.code, last.reason)).unwrap_or_default();
        let name = self.name();
        let why = one_line(&why);
        let sentence = format!("{name} gave no diagnosis that can be read ({why}): choose another model with --model");
        Err(Ending::new(Outcome::ModelFailed, code, sentence))
    }

    /// The edits of one round. `rejections` are what the rounds before came to.
    pub fn edits(
        &mut self,
        subject: &Subject<'_>,
        diagnosis: &Diagnosis,
        rejections: &[Rejection],
        tell: &mut dyn FnMut(&Prompt),
    ) -> Edited {
        let round = self.spent.rounds.saturating_add(1);
        let prompt = edit_prompt(subject, diagnosis, rejections, round, self.room());
        let before = self.spent.cost_usd;
        let answer = match self.call(&prompt, tell) {
            Ok(answer) => answer,
            Err(ending) => return Edited::Ends(ending),
        };
        self.spent.rounds = round;
        match read_edits(&answer.text) {
            Ok(edits) => Edited::Candidate {
                candidate: Candidate {
                    rung: Rung::Model { model: self.name().to_owned() },
                    rationale: edits.rationale,
                    proposal: Proposal::Edits(edits.edits),
                    cost_usd: before.zip(self.spent.cost_usd).map(|(before, after)| after - before),
                },
                answer: answer.text,
            },
            Err(unusable) => Edited::Rejected(rejection(round, unusable, answer.text)),
        }
    }

    fn room(&self) -> Room {
        Room {
            request_bytes_max: usize::try_from(budget::request_bytes_max(&self.budget)).unwrap_or(usize::MAX),
            answer_tokens_max: budget::answer_tokens_max(&self.budget),
        }
    }

    pub fn spent(&self) -> Spent {
        self.spent
    }

    /// One line for each call so far, for `egress.jsonl`.
    pub fn egress(&self) -> &[String] {
        &self.egress
    }

    /// One call, unless it could pass the budget.
    fn call(&mut self, prompt: &Prompt, tell: &mut dyn FnMut(&Prompt)) -> Result<Answer, Ending> {
        let asked = self.models.as_ref().map_err(Clone::clone)?.of(prompt.step);
        let request = asked.model.request(prompt);
        let bytes = request.len() as u64;
        let before = if asked.price.is_some() { self.ledger.read()? } else { SpentBefore::default() };
        budget::may_ask(&self.budget, &before, &self.spent, asked.price, bytes, prompt.tokens_max)
            .map_err(|over| Ending::new(Outcome::OverBudget, over.code, over.text))?;
        let call = self.spent.model_calls.saturating_add(1);
        self.egress.push(egress_line(call, &asked.name, prompt, &request));
        tell(prompt);
        let answered = asked.model.ask(prompt);
        let usage = match &answered {
            Ok(answer) => {
                answer.usage.unwrap_or(Usage { input_tokens: bytes, output_tokens: answer.text.len() as u64 })
            }
            Err(error) => charged(error, bytes, prompt.tokens_max),
        };
        self.spent = budget::after_call(&self.spent, usage, budget::cost_of(asked.price, usage));
        answered.map_err(|error| failed(&error))
    }
}

impl Models {
    fn open(choice: &ModelChoice, inputs: &Inputs, keys: &Keys, policy: &Policy) -> Result<Self, Ending> {
        let asked = |choice: &ModelChoice| -> Result<Option<Asked>, Ending> {
            let access = Access::new(keys.for_model(choice).cloned(), inputs.base_url.clone());
            let model = Model::open(choice, &access).map_err(|error| failed(&error))?;
            Ok(model.map(|model| {
                let name = model.name();
                let price = budget::price(&policy.model, &name, inputs.base_url.is_some());
                Asked { model, name, price }
            }))
        };
        let none = || Ending::new(Outcome::NoPatch, "model.none", "no model is chosen: give one with --model");
        Ok(Self { edits: asked(choice)?.ok_or_else(none)?, diagnosis: asked(&diagnosing(choice, &policy.model)?)? })
    }

    fn of(&self, step: PromptStep) -> &Asked {
        match step {
            PromptStep::Diagnose => self.diagnosis.as_ref().unwrap_or(&self.edits),
            PromptStep::Edit => &self.edits,
        }
    }
}

/// What a model is shown of a commit's failure: read from its blobs, first what the log names, then what that imports.
pub fn shown(git: &Git, commit: &CommitId, reading: &Reading, bytes_max: usize) -> anyhow::Result<Context> {
    let files: Vec<String> = git.files(commit)?.into_iter().map(|(_, path)| path).collect();
    let read = |names: Vec<String>| -> anyhow::Result<Vec<Source>> {
        names.into_iter().map(|name| Ok((name.clone(), git.blob(commit, &name)?))).collect()
    };
    let mut sources = read(context::wanted(reading, &files))?;
    sources.extend(read(context::imported(&sources, &files))?);
    Ok(context::context(reading, &sources, &files, bytes_max))
}

/// A diagnosis can make the program more careful, never less.
fn careful(diagnosis: Diagnosis) -> Result<Diagnosis, Ending> {
    let no_patch = |code: &str, text: &str| {
        let sentence = format!("the model says that {text}: {}", one_line(&diagnosis.root_cause));
        Err(Ending::new(Outcome::NoPatch, code, sentence))
    };
    match diagnosis.class {
        Class::TransientRetryable => no_patch("diagnosis.transient", "the failure will not stay"),
        Class::EnvironmentPolicy => no_patch("diagnosis.environment", "no change of the code mends it"),
        Class::DeterministicCode | Class::Unknown if !diagnosis.fixable => {
            no_patch("diagnosis.not-fixable", "no small change mends it")
        }
        Class::DeterministicCode | Class::Unknown => Ok(diagnosis),
    }
}

fn of_policy(name: &str) -> Result<ModelChoice, Ending> {
    ModelChoice::of_policy(name).map_err(|error| Ending::new(Outcome::ModelFailed, "model.unknown", error.0))
}

/// The model of the first question, where the policy names another one of the same provider: there is one key.
fn diagnosing(choice: &ModelChoice, rules: &ModelRules) -> Result<ModelChoice, Ending> {
    if rules.diagnose.trim().is_empty() {
        return Ok(ModelChoice::None);
    }
    let other = of_policy(&rules.diagnose)?;
    match (choice, &other) {
        (ModelChoice::Anthropic { .. }, ModelChoice::Anthropic { .. })
        | (ModelChoice::OpenAi { .. }, ModelChoice::OpenAi { .. }) => Ok(other),
        // Whoever chose another provider for this call chose it for both questions.
        _ => Ok(ModelChoice::None),
    }
}

/// What a call that gave no answer is counted as: one that may have been worked on counts in full.
fn charged(error: &ModelError, bytes: u64, tokens_max: u32) -> Usage {
    match error {
        ModelError::TimedOut { .. }
        | ModelError::Refused { .. }
        | ModelError::TooLong { .. }
        | ModelError::Failed { .. } => Usage { input_tokens: bytes, output_tokens: u64::from(tokens_max) },
        _ => Usage::default(),
    }
}

fn failed(error: &ModelError) -> Ending {
    Ending::new(Outcome::ModelFailed, error.code(), error.to_string())
}

fn rejection(round: u32, unusable: Unusable, answer: String) -> Rejection {
    Rejection { round, code: unusable.code.to_owned(), answer, reason: unusable.text }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop")]

    use serde_json::json;

    use super::*;
    use crate::domain::class::Classification;
    use crate::domain::id::Sha256;
    use crate::domain::secret::Secret;
    use crate::edge::model::fake::{FakeModel, INPUT_TOKENS, KEY, OUTPUT_TOKENS, Say};

    fn inputs(fake: &FakeModel) -> Inputs {
        let model = ModelChoice::parse("anthropic").unwrap();
        Inputs { model: Some(model), base_url: Some(fake.base_url()), ..Inputs::default() }
    }

    fn keys() -> Keys {
        Keys { api_key: Secret::new(KEY), ..Keys::default() }
    }

    fn asking(fake: &FakeModel, policy: &Policy) -> Asking {
        Asking::open(&inputs(fake), &keys(), policy).unwrap()
    }

    fn with<T>(policy: &Policy, ask: impl FnOnce(&Subject<'_>) -> T) -> T {
        let classification = Classification {
            class: Class::DeterministicCode,
            kind: None,
            confidence: 0.9,
            root_cause: String::new(),
            evidence: Vec::new(),
            also: Vec::new(),
        };
        let context = Context::default();
        ask(&Subject { context: &context, classification: &classification, policy, job: None, command: None })
    }

    fn diagnosis(change: &serde_json::Value) -> Say {
        let Say::Text(text) = Say::diagnosis("a sum is a difference", &["app.py"]) else { return Say::Garbage };
        let mut object: serde_json::Value = serde_json::from_str(&text).unwrap();
        for (name, value) in change.as_object().unwrap() {
            object[name] = value.clone();
        }
        Say::Text(object.to_string())
    }

    fn edits() -> Say {
        Say::edits(&json!([{ "file": "app.py", "search": "a - b", "replace": "a + b" }]))
    }

    fn diagnosed(says: impl IntoIterator<Item = Say>) -> (Result<Diagnosis, Ending>, usize) {
        let fake = FakeModel::saying(says);
        let policy = Policy::defaults();
        let diagnosis = with(&policy, |subject| asking(&fake, &policy).diagnose(subject, &mut |_| {}));
        (diagnosis, fake.asked().len())
    }

    #[track_caller]
    fn ends(says: impl IntoIterator<Item = Say>, outcome: Outcome, reason: &str, calls: usize) {
        let (diagnosis, asked) = diagnosed(says);
        let ending = diagnosis.unwrap_err();
        assert_eq!((ending.outcome, ending.reason.as_str(), asked), (outcome, reason, calls), "{}", ending.sentence);
    }

    #[test]
    fn a_diagnosis_then_edits_and_every_call_is_accounted_for() {
        let fake = FakeModel::saying([diagnosis(&json!({})), edits()]);
        let mut policy = Policy::defaults();
        policy.model.prices.insert("claude-sonnet-5-5".to_owned(), Price { input: 10.0, output: 100.0 });
        let mut asking = asking(&fake, &policy);
        let mut told = Vec::new();
        let edited = with(&policy, |subject| {
            let mut tell = |prompt: &Prompt| told.push(prompt.step);
            let diagnosis = asking.diagnose(subject, &mut tell).unwrap();
            asking.edits(subject, &diagnosis, &[], &mut tell)
        });
        let Edited::Candidate { candidate, .. } = edited else { panic!("{edited:?}") };
        assert_eq!(candidate.rung, Rung::Model { model: "anthropic/claude-sonnet-5-5".to_owned() });
        let one_call = INPUT_TOKENS as f64 * 10e-6 + OUTPUT_TOKENS as f64 * 100e-6;
        assert!((candidate.cost_usd.unwrap() - one_call).abs() < 1e-9);
        let spent = asking.spent();
        assert_eq!((spent.rounds, spent.model_calls, spent.tokens), (1, 2, 2 * (INPUT_TOKENS + OUTPUT_TOKENS)));
        assert!((spent.cost_usd.unwrap() - 2.0 * one_call).abs() < 1e-9);
        assert_eq!(told, [PromptStep::Diagnose, PromptStep::Edit]);
        let sent: Vec<_> = fake.asked().iter().map(|asked| Sha256::of(&asked.bytes).to_string()).collect();
        let lines: Vec<serde_json::Value> =
            asking.egress().iter().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(lines.iter().map(|line| line["sha256"].as_str().unwrap().to_owned()).collect::<Vec<_>>(), sent);
        assert_eq!(lines[1]["bytes"], fake.asked()[1].bytes.len());
    }

    #[test]
    fn no_model_is_no_conversation() {
        let none = Inputs { model: Some(ModelChoice::None), ..Inputs::default() };
        assert!(Asking::open(&none, &keys(), &Policy::defaults()).is_none());
        assert!(Asking::open(&Inputs::default(), &keys(), &Policy::defaults()).is_none());
    }

    /// How a conversation that nobody can answer ends, before anything is sent.
    fn unanswered(inputs: &Inputs, keys: &Keys, policy: &Policy) -> Ending {
        let mut asking = Asking::open(inputs, keys, policy).unwrap();
        let ending = with(policy, |subject| asking.diagnose(subject, &mut |_| {})).unwrap_err();
        assert_eq!((asking.spent(), asking.egress()), (Spent::default(), &[][..]));
        ending
    }

    #[test]
    fn p16_an_empty_key_is_no_key() {
        let inputs = Inputs { model: ModelChoice::parse("openai").ok(), ..Inputs::default() };
        let keys = Keys { api_key: Secret::new("  "), ..Keys::default() };
        let ending = unanswered(&inputs, &keys, &Policy::defaults());
        assert_eq!((ending.outcome, ending.reason.as_str()), (Outcome::ModelFailed, "key.missing"));
        assert!(ending.sentence.contains("OPENAI_API_KEY"), "{}", ending.sentence);
    }

    #[test]
    fn a_diagnosis_can_only_make_us_more_careful() {
        for (change, reason) in [
            (json!({ "fixable": false }), "diagnosis.not-fixable"),
            (json!({ "class": "transient_retryable" }), "diagnosis.transient"),
            (json!({ "class": "environment_policy" }), "diagnosis.environment"),
        ] {
            ends([diagnosis(&change)], Outcome::NoPatch, reason, 1);
        }
        assert!(diagnosed([diagnosis(&json!({ "class": "unknown" }))]).0.is_ok());
    }

    #[test]
    fn an_unreadable_diagnosis_is_asked_for_once_more() {
        let prose = Say::Text("I think it is app.py".to_owned());
        let half = Say::Text("{ \"schema\": ".to_owned());
        let (read, calls) = diagnosed([prose.clone(), diagnosis(&json!({}))]);
        assert_eq!((read.unwrap().files, calls), (vec!["app.py".to_owned()], 2));
        ends([prose.clone(), half], Outcome::ModelFailed, "answer.cut", 2);
        ends([prose.clone(), prose], Outcome::ModelFailed, "answer.prose", 2);
    }

    #[test]
    fn a_failed_call_ends_with_its_reason() {
        ends([Say::Refuse], Outcome::ModelFailed, "model.refused", 1);
        ends([Say::anthropic_error(402, "billing_error")], Outcome::ModelFailed, "credit.out", 1);
        ends([Say::anthropic_error(401, "authentication_error")], Outcome::ModelFailed, "key.wrong", 1);
    }

    #[test]
    fn the_call_that_could_pass_the_budget_is_not_made() {
        let tokens = |policy: &mut Policy, each: u64| policy.budget.tokens_per_run = each;
        let money = |policy: &mut Policy| policy.budget.usd_per_run = 0.000_1;
        for (change, reason) in [
            (&(|policy: &mut Policy| tokens(policy, 100)) as &dyn Fn(&mut Policy), "tokens.per-run"),
            (&|policy: &mut Policy| policy.budget.tokens_per_call = 400, "tokens.per-call"),
            (&|policy: &mut Policy| money(policy), "usd.per-run"),
        ] {
            let fake = FakeModel::saying([diagnosis(&json!({}))]);
            let mut policy = Policy::defaults();
            policy.model.prices.insert("claude-sonnet-5-5".to_owned(), Price { input: 10.0, output: 100.0 });
            change(&mut policy);
            let mut asking = asking(&fake, &policy);
            let ending = with(&policy, |subject| asking.diagnose(subject, &mut |_| {})).unwrap_err();
            assert_eq!((ending.outcome, ending.reason.as_str()), (Outcome::OverBudget, reason), "{}", ending.sentence);
            assert!(fake.asked().is_empty() && asking.egress().is_empty());
            assert_eq!(asking.spent().model_calls, 0);
        }
    }

    #[test]
    fn a_call_that_may_have_been_worked_on_counts_in_full() {
        let fake = FakeModel::saying([Say::Refuse]);
        let policy = Policy::defaults();
        let mut asking = asking(&fake, &policy);
        with(&policy, |subject| asking.diagnose(subject, &mut |_| {})).unwrap_err();
        let spent = asking.spent();
        assert_eq!(spent.tokens, fake.asked()[0].bytes.len() as u64 + 4_000);
        assert_eq!(spent.cost_usd, None, "at an address of one's own the price is unknown");
    }

    #[test]
    fn a_rejected_answer_keeps_its_code_and_its_round() {
        let fake = FakeModel::saying([diagnosis(&json!({})), Say::Text("{}".to_owned()), edits()]);
        let policy = Policy::defaults();
        let mut asking = asking(&fake, &policy);
        with(&policy, |subject| {
            let diagnosis = asking.diagnose(subject, &mut |_| {}).unwrap();
            let Edited::Rejected(rejection) = asking.edits(subject, &diagnosis, &[], &mut |_| {}) else {
                panic!("an answer without a shape was taken")
            };
            assert_eq!((rejection.round, rejection.code.as_str()), (1, "answer.shape"));
            let edited = asking.edits(subject, &diagnosis, &[rejection], &mut |_| {});
            assert!(matches!(edited, Edited::Candidate { .. }), "{edited:?}");
        });
        assert_eq!(asking.spent().rounds, 2);
        assert!(fake.asked()[2].body.to_string().contains("what came of round 1"));
    }

    #[test]
    fn a_policy_may_name_a_smaller_model_for_the_first_question() {
        let fake = FakeModel::saying([diagnosis(&json!({})), edits()]);
        let mut policy = Policy::defaults();
        policy.model.diagnose = "anthropic/claude-haiku-5-5".to_owned();
        let mut asking = asking(&fake, &policy);
        with(&policy, |subject| {
            let diagnosis = asking.diagnose(subject, &mut |_| {}).unwrap();
            asking.edits(subject, &diagnosis, &[], &mut |_| {})
        });
        let models: Vec<_> = fake.asked().iter().map(|asked| asked.body["model"].clone()).collect();
        assert_eq!(models, ["claude-haiku-5-5", "claude-sonnet-5-5"]);
    }

    #[test]
    fn t4_a_policy_s_model_is_never_a_program() {
        let mut policy = Policy::defaults();
        policy.model.name = "command:/bin/sh -c id".to_owned();
        let ending = unanswered(&Inputs::default(), &keys(), &policy);
        assert_eq!((ending.outcome, ending.reason.as_str()), (Outcome::ModelFailed, "model.unknown"));
    }
}
