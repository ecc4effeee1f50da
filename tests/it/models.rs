//! What a bad model does to a run: an outcome, a reason and one sentence; the workspace as it was, and nothing lost.

use std::path::PathBuf;
use std::time::Duration;

use serde_json::{Value, json};

use super::support::machine::{Ended, Machine};
use super::support::model::{FakeModel, KEY, Say};
use super::support::repository::Repository;
use super::support::snapshot::Snapshot;

const NO_PATCH: i32 = 14;
const OVER_BUDGET: i32 = 19;
const MODEL_FAILED: i32 = 20;

/// A project whose sum is a difference; its tests need nothing but Python.
fn project(machine: &Machine) -> Repository<'_> {
    let repository = Repository::new(machine, machine.folder().join("project"));
    repository.write("app.py", "def add(a, b):\n    return a - b\n\n\ndef sub(a, b):\n    return a - b\n");
    repository.write(
        "test_app.py",
        "import unittest\n\nfrom app import add\n\n\nclass AddTest(unittest.TestCase):\n    def test_add(self):\n        \
         self.assertEqual(add(1, 2), 3)\n",
    );
    repository.commit("A sum that is a difference");
    repository
}

/// One call of `run` on such a project.
struct Tried {
    ended: Ended,
    bundle: Value,
    folder: PathBuf,
    _machine: Machine,
}

/// Runs the failing tests with this model; the workspace must be as it was.
#[track_caller]
fn tried(model: &str, base_url: Option<&str>, variables: &[(&str, &str)], policy: &str) -> Tried {
    let machine = Machine::new();
    let repository = project(&machine);
    let policy_file = machine.folder().join("policy.toml");
    std::fs::write(&policy_file, policy).expect("write the policy");
    let before = Snapshot::of(repository.folder());
    let folder = machine.folder().join("bundle");
    let mut arguments: Vec<String> = ["run", "--yes", "--model", model].map(str::to_owned).to_vec();
    let paths = [("--workspace", repository.folder()), ("--bundle", &folder), ("--policy", &policy_file)];
    arguments.extend(paths.iter().flat_map(|(name, path)| [(*name).to_owned(), path.display().to_string()]));
    arguments.extend(base_url.iter().flat_map(|url| ["--base-url".to_owned(), (*url).to_owned()]));
    // Without byte code on disk the workspace is what the tests leave, not what Python does.
    arguments.extend(["--", "python3", "-B", "-m", "unittest"].map(str::to_owned));
    let program =
        variables.iter().fold(machine.self_heal(arguments), |program, (name, value)| program.variable(name, value));
    let ended = program.run();
    before.must_still_be(repository.folder());
    let bundle = std::fs::read(folder.join("bundle.json")).map(|bytes| serde_json::from_slice(&bytes));
    let bundle =
        bundle.unwrap_or_else(|error| panic!("no bundle ({error}): {}", shown(&ended))).expect("a JSON bundle");
    drop(repository);
    Tried { ended, bundle, folder, _machine: machine }
}

fn shown(ended: &Ended) -> String {
    format!("{}{}", String::from_utf8_lossy(&ended.stdout), String::from_utf8_lossy(&ended.stderr))
}

impl Tried {
    /// It ended so, said why in one sentence that holds these words, and kept what it had found out.
    #[track_caller]
    fn ends(&self, code: i32, outcome: &str, reason: &str, words: &str) {
        let shown = shown(&self.ended);
        let told = |name: &str| self.bundle[name].as_str().unwrap_or_default().to_owned();
        assert_eq!((told("outcome").as_str(), told("reason").as_str()), (outcome, reason), "{shown}");
        assert_eq!(self.ended.code, Some(code), "{shown}");
        let sentence = told("sentence");
        assert!(sentence.contains(words) && !sentence.contains('\n'), "{sentence}");
        assert!(shown.contains(words), "{shown}");
        assert!(!shown.contains(KEY), "the key is shown");
        assert!(self.folder.join("failure.json").exists(), "what was found out is lost");
    }
}

#[track_caller]
fn keyed(provider: &str, fake: &FakeModel) -> Tried {
    tried(provider, Some(&fake.base_url()), &[("SELF_HEAL_API_KEY", KEY)], "")
}

const PROVIDERS: [&str; 2] = ["anthropic", "openai/some-model"];

fn mending(edits: impl IntoIterator<Item = Say>) -> FakeModel {
    FakeModel::mending(Say::diagnosis("a sum is a difference", &["app.py"]), edits)
}

fn edit(search: &str, replace: &str) -> Say {
    Say::edits(&json!([{ "file": "app.py", "search": search, "replace": replace }]))
}

#[test]
fn a_missing_key_and_an_empty_one_are_told_with_the_mend() {
    tried("anthropic", None, &[], "").ends(MODEL_FAILED, "model_failed", "key.missing", "ANTHROPIC_API_KEY");
    let empty = [("SELF_HEAL_API_KEY", ""), ("OPENAI_API_KEY", " ")];
    tried("openai", None, &empty, "").ends(MODEL_FAILED, "model_failed", "key.missing", "OPENAI_API_KEY");
}

#[test]
fn without_its_key_the_rungs_below_the_model_are_climbed_all_the_same() {
    let machine = Machine::new();
    let repository = Repository::new(&machine, machine.folder().join("project"));
    repository.write("Cargo.toml", "[package]\nname = \"sums\"\nversion = \"0.1.0\"\nedition = \"2024\"\n");
    repository.write("src/lib.rs", "pub fn add(a: u32,b: u32)->u32 { a+b }\n");
    repository.commit("A sum that is not formatted");
    let workspace = repository.folder().display().to_string();
    let arguments =
        ["run", "--yes", "--model", "anthropic", "--workspace", &workspace, "--", "cargo", "fmt", "--check"];
    let ended = machine.self_heal(arguments).run();
    assert_eq!(ended.code, Some(0), "{}", shown(&ended));
    assert!(repository.read("src/lib.rs").contains("a: u32, b: u32"));
}

#[test]
fn a_wrong_key_is_told_and_not_shown() {
    for provider in PROVIDERS {
        let fake = mending([]);
        let wrong = [("SELF_HEAL_API_KEY", "sk-of-somebody-else")];
        let tried = tried(provider, Some(&fake.base_url()), &wrong, "");
        tried.ends(MODEL_FAILED, "model_failed", "key.wrong", "does not take the key");
        assert!(!shown(&tried.ended).contains("somebody-else"));
        assert_eq!(fake.asked().len(), 1);
    }
}

#[test]
fn an_account_out_of_credit_is_told_at_once() {
    for (provider, says) in [
        ("anthropic", Say::anthropic_error(402, "billing_error")),
        ("openai/some-model", Say::openai_error(429, "insufficient_quota")),
    ] {
        let fake = FakeModel::saying([says]);
        keyed(provider, &fake).ends(MODEL_FAILED, "model_failed", "credit.out", "out of credit");
        assert_eq!(fake.asked().len(), 1);
    }
}

#[test]
fn a_refusal_ends_the_conversation() {
    for provider in PROVIDERS {
        let fake = mending([Say::Refuse]);
        keyed(provider, &fake).ends(MODEL_FAILED, "model_failed", "model.refused", "declined to answer");
        assert_eq!(fake.asked().len(), 2);
    }
}

#[test]
fn a_reply_that_is_no_answer_ends_the_conversation_with_its_own_reason() {
    for (says, reason, words) in [
        (Say::RefuseQuietly, "model.refused", "declined to answer"),
        (Say::Cut("{ \"schema\"".to_owned()), "model.too-long", "`tokens-per-call`"),
        (Say::Huge(5 << 20), "model.too-long", "longer than allowed"),
        (Say::Garbage, "model.failed", "not a chat completion"),
        (Say::Silence(Duration::from_millis(100)), "model.failed", "not a chat completion"),
    ] {
        keyed("openai", &FakeModel::saying([says])).ends(MODEL_FAILED, "model_failed", reason, words);
    }
}

#[test]
fn prose_and_half_an_object_are_sent_back_and_then_given_up() {
    let prose = Say::Text("I would change the minus to a plus.".to_owned());
    let half = Say::Text("{ \"schema\": \"self-heal/edits/v1\", \"ratio".to_owned());
    let fake = FakeModel::saying([prose.clone(), prose.clone()]);
    keyed("anthropic", &fake).ends(MODEL_FAILED, "model_failed", "answer.prose", "not one JSON object");
    let fake = mending([prose.clone(), prose, half]);
    keyed("anthropic", &fake).ends(MODEL_FAILED, "model_failed", "answer.cut", "cut off");
    let last = fake.asked().pop().expect("a last question").body.to_string();
    assert!(last.contains("what came of round 2") && last.contains("begins `I would change"), "{last}");
}

#[test]
fn an_edit_that_fits_nowhere_or_two_places_is_sent_back_and_then_given_up() {
    let nowhere = || edit("return a * b", "return a + b");
    let fake = mending([nowhere(), nowhere(), edit("    return a - b\n", "    return a + b\n")]);
    keyed("anthropic", &fake).ends(NO_PATCH, "no_patch", "edit.ambiguous", "2 places of `app.py` (lines 2, 6)");
    let second = fake.asked()[2].body.to_string();
    assert!(second.contains("nowhere in `app.py`") && second.contains("2 |     return a - b"), "{second}");
}

#[test]
fn the_call_that_could_pass_the_budget_is_not_made() {
    let fake = mending([edit("a - b", "a + b")]);
    let key = [("SELF_HEAL_API_KEY", KEY)];
    let tried = tried("anthropic", Some(&fake.base_url()), &key, "[budget]\ntokens-per-run = 9000\n");
    tried.ends(OVER_BUDGET, "over_budget", "tokens.per-run", "tokens-per-run = 9000");
    assert_eq!((fake.asked().len() as u64, &tried.bundle["model_calls"]), (1, &json!(1)));
}

#[test]
fn a_program_that_fails_is_told_by_its_own_words() {
    tried("command:/no/such/model", None, &[], "").ends(MODEL_FAILED, "model_failed", "model.failed", "/no/such/model");
    let script = "command:sh -c 'echo the model is not loaded >&2; exit 7'";
    tried(script, None, &[], "").ends(MODEL_FAILED, "model_failed", "model.failed", "the model is not loaded");
}

#[test]
fn a_prompt_is_shown_line_by_line_and_none_is_a_command_of_the_runner() {
    let machine = Machine::new();
    let repository = project(&machine);
    repository
        .write("app.py", "def add(a, b):\n    return a - b\n\n\nHELP = \"\"\"\n::add-path::/tmp\n\u{1b}[31m\"\"\"\n");
    repository.commit("A line that is a command of the runner");
    let fake = mending([edit("return a - b", "return a + b")]);
    let (workspace, url) = (repository.folder().display().to_string(), fake.base_url());
    let arguments = ["run", "--show-prompt", "--model", "anthropic", "--base-url", &url, "--workspace", &workspace];
    let ended = machine
        .self_heal(arguments.into_iter().chain(["--", "python3", "-B", "-m", "unittest"]))
        .variable("SELF_HEAL_API_KEY", KEY)
        .variable("GITHUB_ACTIONS", "true")
        .run();
    let shown = shown(&ended);
    assert!(shown.contains("--- prompt") && shown.contains(": :add-path::/tmp"), "{shown}");
    assert!(!shown.lines().any(|line| line.starts_with("::add-path")) && !shown.contains('\u{1b}'), "{shown}");
}

#[test]
fn every_call_is_in_the_egress_record_by_the_hash_of_what_was_sent() {
    let fake = mending([
        Say::Text("prose".to_owned()),
        edit("def add(a, b):\n    return a - b", "def add(a, b):\n    return a + b"),
    ]);
    let machine = Machine::new();
    let repository = project(&machine);
    let bundle = machine.folder().join("bundle");
    let url = fake.base_url();
    let (workspace, folder) = (repository.folder().display().to_string(), bundle.display().to_string());
    let ended = machine
        .self_heal([
            "run",
            "--yes",
            "--model",
            "anthropic",
            "--base-url",
            &url,
            "--workspace",
            &workspace,
            "--bundle",
            &folder,
            "--",
            "python3",
            "-B",
            "-m",
            "unittest",
        ])
        .variable("SELF_HEAL_API_KEY", KEY)
        .run();
    assert_eq!(ended.code, Some(0), "{}", shown(&ended));
    assert!(repository.read("app.py").starts_with("def add(a, b):\n    return a + b\n"));
    let lines = std::fs::read_to_string(bundle.join("egress.jsonl")).expect("the egress record");
    let told: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).expect("a line of JSON")).collect();
    let sent: Vec<String> = fake.asked().iter().map(|asked| sha256(&asked.bytes)).collect();
    assert_eq!(told.iter().map(|line| line["sha256"].as_str().expect("a hash").to_owned()).collect::<Vec<_>>(), sent);
    assert_eq!(sent.len(), 3);
}

fn sha256(bytes: &[u8]) -> String {
    use sha2::Digest as _;
    sha2::Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}
