//! `.github/self-heal.toml` as written, and the way to the policy as meant; an error names file, key and the nearest valid one.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::policy::{Policy, PolicySource};
use super::short_form;
use super::tables;
use super::written::{Entry, Notes, Problem, Table, Value, Written};

/// Where a repository keeps its policy.
pub const TOML_PATH: &str = ".github/self-heal.toml";

/// Where teams keep the short form.
pub const YAML_PATH: &str = ".github/ai-heal-policy.yml";

/// A policy file as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyFile {
    /// Relative to the repository root, or as it was given.
    pub path: String,
    pub text: String,
    /// The commit it was read at (T13).
    pub commit: Option<String>,
}

/// What was found at the two places where a repository may keep its policy.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PolicyFiles {
    pub toml: Option<PolicyFile>,
    pub yaml: Option<PolicyFile>,
}

/// The policy cannot be read: exit code 2, and one sentence that names the place and the mend.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyError(String);

impl std::fmt::Display for PolicyError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for PolicyError {}

/// The policy of a repository: its file, or the built-in one.
pub fn policy(files: &PolicyFiles) -> Result<Policy, PolicyError> {
    match (&files.toml, &files.yaml) {
        (None, None) => Ok(Policy::defaults()),
        (Some(toml), None) => meant(toml, toml_form(&toml.text)),
        (None, Some(yaml)) => meant(yaml, short_form::read(&yaml.text)),
        (Some(toml), Some(yaml)) => {
            Err(PolicyError(format!("the policy stands in both {} and {}: keep one of them", toml.path, yaml.path)))
        }
    }
}

/// The policy in a file that the caller names; its extension says which form it has.
pub fn explicit(path: &str, text: &str) -> Result<Policy, PolicyError> {
    let file = PolicyFile { path: path.to_owned(), text: text.to_owned(), commit: None };
    match path.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase()).as_deref() {
        Some("toml") => meant(&file, toml_form(text)),
        Some("yml" | "yaml") => meant(&file, short_form::read(text)),
        _ => Err(PolicyError(format!("the policy {path} ends neither in .toml nor in .yml: rename it to what it is"))),
    }
}

fn meant(file: &PolicyFile, read: Result<Policy, Problem>) -> Result<Policy, PolicyError> {
    match read {
        Ok(policy) => {
            let PolicyFile { path, text, commit } = file.clone();
            let source = PolicySource { file: path, commit, text };
            Ok(Policy { source, ..policy })
        }
        Err(Problem { line, text }) => Err(PolicyError(format!("the policy {}, line {line}: {text}", file.path))),
    }
}

/// The keys of any TOML file that people write for us, each with its line.
pub fn entries_of(text: &str) -> Result<Vec<Entry>, Problem> {
    let root = DeTable::parse(text).map_err(|error| Problem {
        line: error.span().map_or(1, |span| line_at(text, span.start)),
        text: format!("this is not TOML: {}", error.message().lines().next().unwrap_or("")),
    })?;
    Ok(entries(text, root.get_ref()))
}

fn toml_form(text: &str) -> Result<Policy, Problem> {
    let notes = Notes::default();
    let mut file = Table::whole_file(entries_of(text)?, &notes);
    let (policy, mut unknown) = tables::read(&mut file);
    unknown.extend(file.end());
    notes.unknown(unknown);
    notes.first().map_or(Ok(policy), Err)
}

/// A TOML table with the line of each key, in the order written.
fn entries(text: &str, table: &DeTable<'_>) -> Vec<Entry> {
    let mut entries: Vec<(usize, Entry)> = table
        .iter()
        .map(|(key, value)| {
            let at = key.span().start;
            let entry = Entry {
                key: key.get_ref().to_string(),
                line: line_at(text, at),
                value: Written { line: line_at(text, value.span().start.max(at)), value: value_of(text, value) },
            };
            (at, entry)
        })
        .collect();
    entries.sort_by_key(|(at, _)| *at);
    entries.into_iter().map(|(_, entry)| entry).collect()
}

fn value_of(text: &str, value: &Spanned<DeValue<'_>>) -> Value {
    match value.get_ref() {
        DeValue::String(text) => Value::Text(text.to_string()),
        DeValue::Integer(whole) => {
            i64::from_str_radix(whole.as_str(), whole.radix()).map_or(Value::Other("a number too big"), Value::Whole)
        }
        DeValue::Float(number) => number.as_str().parse().map_or(Value::Other("no number"), Value::Number),
        DeValue::Boolean(truth) => Value::Truth(*truth),
        DeValue::Datetime(_) => Value::Other("a date"),
        DeValue::Array(items) => Value::List(
            items
                .iter()
                .map(|item| Written { line: line_at(text, item.span().start), value: value_of(text, item) })
                .collect(),
        ),
        DeValue::Table(table) => Value::Table(entries(text, table)),
    }
}

fn line_at(text: &str, at: usize) -> u32 {
    let newlines = text.bytes().take(at).filter(|&byte| byte == b'\n').count();
    u32::try_from(newlines).unwrap_or(u32::MAX).saturating_add(1)
}

#[cfg(test)]
impl Policy {
    /// The defaults with a few keys changed.
    pub fn with(toml: &str) -> Self {
        explicit("self-heal.toml", toml).expect("a policy for a test")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::policy::{GuardAction, HighRisk, Price, PublishHow};
    use crate::domain::class::Class;
    use crate::domain::verdict::GuardCode;

    /// The page that the design prints, one key a line.
    const PRINTED: &str = r#"
[scope]
workflows = ["**"]
excluded-workflows = []
branches = ["*"]
allowed-jobs = ["*"]
excluded-jobs = []
forks = "report"
[logs]
reports = []
matchers = []
rules = []
tools = []       # tools: force readers; empty finds out
[patch]
max-lines = 120
max-files = 3
allowed-paths = []
blocked-paths = []
dependencies = "on-dependency-failure"
[approval]
require-human = true
high = "hand-over"
sensitive-paths = []
core-paths = []
confidence-min = 0.7
[attempts]
rounds = 3
per-failure = 3
reruns = 2
incidents-per-run = 1
open-pull-requests = 3
[budget]
usd-per-run = 0.50
usd-per-pull-request = 2.00
usd-per-day = 10.00
tokens-per-call = 16000
tokens-per-run = 100000
[validate]
isolation = "best"
network = "loopback"
timeout-seconds = 1800
repeats = 2
setup = ""
setup-network = "full"
[jobs."unit-test*"]
paths = []
reproduce = ""
regression = ""
[guard]     # per code: "high" (default), "block", "off"
[model]
name = ""
diagnose = ""
instructions = ""
prices = {}
[publish]
how = "pull-request"
labels = ["self-heal"]
commit-prefix = "fix"
sign-off = false
reviewers = []
draft = false
[watch]
window-hours = 24
revert = true
"#;

    fn toml(text: &str) -> Result<Policy, PolicyError> {
        let file = PolicyFile { path: TOML_PATH.to_owned(), text: text.to_owned(), commit: Some("c0ffee".to_owned()) };
        policy(&PolicyFiles { toml: Some(file), yaml: None })
    }

    fn yaml(text: &str) -> Result<Policy, PolicyError> {
        let file = PolicyFile { path: YAML_PATH.to_owned(), text: text.to_owned(), commit: None };
        policy(&PolicyFiles { toml: None, yaml: Some(file) })
    }

    #[track_caller]
    fn refused(read: Result<Policy, PolicyError>, sentence: &str) {
        assert_eq!(read.expect_err("a policy with a mistake in it").to_string(), sentence);
    }

    #[test]
    fn what_the_design_prints_are_the_defaults() {
        let written = toml(PRINTED).expect("the printed policy");
        assert_eq!(written.jobs.len(), 1);
        assert!(written.job("unit-test (3.12)").is_some());
        let defaults = Policy::defaults();
        assert_eq!((defaults.source.file.as_str(), &defaults.source.commit), ("built-in defaults", &None));
        let written = Policy { jobs: Vec::new(), source: defaults.source.clone(), ..written };
        assert_eq!(format!("{written:#?}"), format!("{defaults:#?}"));
    }

    #[test]
    fn every_key_can_be_written() {
        let policy = toml(
            "[scope]\nbranches = ['release/*', '!release/old']\nforks = 'skip'\n\
             [patch]\nblocked-paths = ['*.sql', '!auth/**']\ndependencies = 'never'\n\
             [approval]\nconfidence-min = 1\nhigh = 'draft'\n\
             [validate]\nisolation = 'strict'\nnetwork = 'none'\n\
             [jobs.b]\nreproduce = 'make b'\n[jobs.'a*']\npaths = ['lib/**']\nregression = 'make a'\n\
             [guard]\ntest.removed = 'block'\n'suppression.added' = 'off'\n\
             [model]\nname = 'anthropic/some'\nprices = { 'anthropic/some' = { input = 3, output = 15.5 } }\n\
             [publish]\nhow = 'commit'\n",
        )
        .expect("a policy");
        assert_eq!((policy.source.file.as_str(), policy.source.commit.as_deref()), (TOML_PATH, Some("c0ffee")));
        assert!(policy.scope.branches.matches("release/1"));
        assert!(!policy.scope.branches.matches("release/old"));
        assert!(!policy.patch.blocked_paths.matches("auth/a.py"), "a later pattern takes a built-in one out");
        assert!(policy.patch.blocked_paths.matches("db/a.sql"));
        assert_eq!(policy.approval.high, HighRisk::Draft);
        let job = policy.job("ab (1)").expect("the job");
        assert!(job.paths.matches("lib/x/y"));
        assert_eq!(job.regression, "make a");
        assert_eq!(policy.jobs.first().map(|job| job.reproduce.as_str()), Some("make b"), "in the order written");
        assert_eq!(policy.guard_action(GuardCode::TestRemoved), GuardAction::Block);
        assert_eq!(policy.guard_action(GuardCode::SuppressionAdded), GuardAction::Off);
        assert_eq!(policy.model.prices.get("anthropic/some"), Some(&Price { input: 3.0, output: 15.5 }));
        assert_eq!(policy.publish.how, PublishHow::Commit);
    }

    #[test]
    fn an_unknown_key_names_file_key_and_the_nearest_one() {
        refused(
            toml("[patch]\nmax-files = 3\nmax_line = 5\n"),
            "the policy .github/self-heal.toml, line 3: `patch.max_line` is an unknown key: \
             the nearest is `patch.max-lines`",
        );
        refused(
            toml("[ptach]\n"),
            "the policy .github/self-heal.toml, line 1: `ptach` is an unknown key: the nearest is `patch`",
        );
        refused(
            toml("require-human = false\n"),
            "the policy .github/self-heal.toml, line 1: `require-human` is an unknown key: \
             the nearest is `approval.require-human`",
        );
        refused(
            toml("[jobs.a]\nreprodce = ''\n"),
            "the policy .github/self-heal.toml, line 2: `jobs.a.reprodce` is an unknown key: \
             the nearest is `jobs.a.reproduce`",
        );
        refused(
            toml("[guard]\ntest.removd = 'off'\n"),
            "the policy .github/self-heal.toml, line 2: `guard.test.removd` is an unknown key: \
             the nearest is `guard.test.removed`",
        );
    }

    #[test]
    fn a_wrong_type_says_what_belongs_there() {
        for (line, sentence) in [
            ("[patch]\nmax-lines = '120'", "`patch.max-lines` is the text `120`: give a whole number, 0 or more"),
            ("[patch]\nmax-lines = -1", "`patch.max-lines` is -1: give a whole number, 0 or more"),
            ("[patch]\nmax-lines = 4294967296", "`patch.max-lines` is 4294967296: give a whole number, 0 or more"),
            ("[patch]\nmax-lines = 1.5", "`patch.max-lines` is 1.5: give a whole number, 0 or more"),
            ("[validate]\nrepeats = 0", "`validate.repeats` is 0: give a whole number, 1 or more"),
            ("[approval]\nrequire-human = 'no'", "`approval.require-human` is the text `no`: give true or false"),
            ("[approval]\nconfidence-min = 1.1", "`approval.confidence-min` is 1.1: give a number from 0 to 1"),
            ("[budget]\nusd-per-day = -0.1", "`budget.usd-per-day` is -0.1: give a number, 0 or more"),
            ("[budget]\nusd-per-day = nan", "`budget.usd-per-day` is NaN: give a number, 0 or more"),
            ("[budget]\nusd-per-day = inf", "`budget.usd-per-day` is inf: give a number, 0 or more"),
            ("[scope]\nbranches = 'main'", "`scope.branches` is the text `main`: give a list of texts"),
            (
                "[scope]\nbranches = ['a', 1]",
                "`scope.branches` is a list with a whole number in it: give a list of texts",
            ),
            ("[scope]\nforks = 'run'", "`scope.forks` is the text `run`: give `report` or `skip`"),
            ("[publish]\nlabels = 2026-11-21", "`publish.labels` is a date: give a list of texts"),
            ("[jobs]\na = 1", "`jobs.a` is 1: give a table"),
            ("\npatch = []", "`patch` is a list: give a table"),
            ("[model]\nprices = { a = { input = 1 } }", "`model.prices.a.output` is missing: give it"),
            (
                "[model]\nname = 'gpt'",
                "`model.name` names no model that we know: give `none`, `anthropic/NAME` or `openai/NAME`",
            ),
        ] {
            refused(toml(line), &format!("the policy .github/self-heal.toml, line 2: {sentence}"));
        }
    }

    #[test]
    fn a_rule_of_what_a_line_means_is_read_and_a_mistake_in_one_is_named() {
        let policy = toml(
            "[[logs.rules]]\nname = 'lab.board-lost'\nclass = 'transient_retryable'\npattern = 'board \\d+ is offline'\n\
             reason = 'a board of the lab was switched off'\nconfidence = 0.8\n\
             [[logs.rules]]\nname = 'net.timeout'\nclass = 'off'\n",
        )
        .expect("a policy");
        let [board, off] = policy.logs.rules.as_slice() else { panic!("two rules") };
        assert_eq!((board.name.as_str(), board.class), ("lab.board-lost", Some(Class::TransientRetryable)));
        assert_eq!(
            (board.literals.as_slice(), board.confidence.to_string()),
            ([" is offline".to_owned()].as_slice(), "0.8".to_owned())
        );
        assert_eq!((off.name.as_str(), off.class), ("net.timeout", None));
        let rule = "[[logs.rules]]\nname = 'a.b'\nclass = 'transient_retryable'\n";
        for (text, line, sentence) in [
            ("[logs]\nrules = ['a']", 2, "`logs.rules` is a list: give tables, each under its own heading".to_owned()),
            ("[[logs.rules]]\nname = 'a.b'", 1, "`logs.rules.class` is missing: give it".to_owned()),
            (rule, 1, "`logs.rules.pattern` is missing: give it".to_owned()),
            (
                "[[logs.rules]]\nname = 'a.b'\nclass = 'transient'",
                3,
                "`logs.rules.class` is the text `transient`: give `transient_retryable` or `deterministic_code` or `environment_policy` or `off`".to_owned(),
            ),
            (
                "[[logs.rules]]\nname = 'timeout'\nclass = 'off'",
                2,
                "`logs.rules.name` is `timeout`: give AREA.RULE in letters, digits and dashes, like `net.timeout`".to_owned(),
            ),
            (
                &format!("{rule}patern = 'x'\npattern = 'abcd'"),
                4,
                "`logs.rules.patern` is an unknown key: the nearest is `logs.rules.pattern`".to_owned(),
            ),
            (
                &format!("{rule}pattern = 'a('"),
                4,
                "`logs.rules.pattern` is no regular expression: unclosed group".to_owned(),
            ),
            (
                &format!("{rule}pattern = 'a.*b'"),
                4,
                "`logs.rules.pattern` has no 4 plain characters in a row: give some of the line as `literal`".to_owned(),
            ),
            (
                &format!("{rule}pattern = 'a.*b'\nliteral = 'abc'"),
                5,
                "`logs.rules.literal` is shorter than 4 characters: give a longer part of the line".to_owned(),
            ),
            (
                &format!("{rule}pattern = 'a.*b'\nliteral = \"ab\\u0001cd\""),
                5,
                "`logs.rules.literal` holds a control character: give a part of the line that has none".to_owned(),
            ),
            (
                &format!("{rule}pattern = '(\\w{{1,1000}}){{1,1000}}abcd'"),
                4,
                "`logs.rules.pattern` is no regular expression: Compiled regex exceeds size limit of 262144 bytes.".to_owned(),
            ),
        ] {
            refused(toml(text), &format!("the policy .github/self-heal.toml, line {line}: {sentence}"));
        }
    }

    #[test]
    fn a_bad_glob_is_named() {
        refused(
            toml("\n[patch]\nblocked-paths = ['a/**', 'b/[']\n"),
            "the policy .github/self-heal.toml, line 3: `patch.blocked-paths` holds a bad pattern: \
             `b/[` is not a glob: Pattern syntax error near position 2: invalid range pattern",
        );
        refused(
            toml("\n[jobs.'a[']\n"),
            "the policy .github/self-heal.toml, line 2: `jobs.a[` is a bad pattern: \
             `a[` is not a glob: Pattern syntax error near position 1: invalid range pattern",
        );
    }

    #[test]
    fn text_that_is_no_toml_is_told_with_its_line() {
        refused(
            toml("[patch]\nmax-lines = \n"),
            "the policy .github/self-heal.toml, line 2: this is not TOML: string values must be quoted, expected literal string",
        );
        refused(
            toml("[patch]\nmax-lines = 1\nmax-lines = 2\n"),
            "the policy .github/self-heal.toml, line 3: this is not TOML: duplicate key",
        );
    }

    #[test]
    fn t4_a_policy_cannot_name_a_base_url_or_a_command_model() {
        refused(
            toml("[model]\nbase-url = 'https://evil.example'\n"),
            "the policy .github/self-heal.toml, line 2: `model.base-url` can never come from a policy: \
             give it as the input `base-url`",
        );
        for key in ["name", "diagnose"] {
            for value in ["command:sh -c x", "Command:sh", " command:sh"] {
                refused(
                    toml(&format!("[model]\n{key} = '{value}'\n")),
                    &format!(
                        "the policy .github/self-heal.toml, line 2: `model.{key}` names a program, \
                         which can never come from a policy: give it as the input `model`"
                    ),
                );
            }
        }
        refused(
            yaml("base_url: https://evil.example\n"),
            "the policy .github/ai-heal-policy.yml, line 1: `base_url` can never come from a policy: \
             give it as the input `base-url`",
        );
        assert!(
            explicit("/tmp/p.toml", "[model]\nname = 'command:sh'").is_err(),
            "a file that is named is a policy too"
        );
        assert!(toml("[model]\nname = 'openai/some'\ndiagnose = 'anthropic'\n").is_ok());
    }

    #[test]
    fn the_short_form_is_read() {
        let policy = yaml(
            "# who may be healed\nmax_patch_lines: 60\nallowed_jobs:\n  - unit-test\n  - lint\n\
             blocked_paths: [infra/prod/**, db/, schema.sql]\nrequire_human_approval: false\n\
             modules:\n  services/billing: billing-test\n  lib: [unit-test, billing-test]\n",
        )
        .expect("the short form");
        assert_eq!(policy.source.file, YAML_PATH);
        assert_eq!((policy.patch.lines_max, policy.patch.files_max), (60, 3));
        assert!(policy.scope.allowed_jobs.matches_job("unit-test (3.12)"));
        assert!(!policy.scope.allowed_jobs.matches_job("deploy"));
        for blocked in ["infra/prod/a/b.tf", "db/a.sql", "schema.sql", "auth/a.py"] {
            assert!(policy.patch.blocked_paths.matches(blocked), "{blocked}");
        }
        assert!(!policy.approval.require_human);
        let billing = policy.job("billing-test").expect("the job of two modules");
        assert!(billing.paths.matches("services/billing/a.py") && billing.paths.matches("lib/b.py"));
        assert!(!policy.job("unit-test").expect("the other").paths.matches("services/billing/a.py"));
    }

    #[test]
    fn a_short_form_that_says_nothing_is_the_built_in_policy() {
        for text in ["", "# nothing yet\n", "---\n", "{}"] {
            let written = yaml(text).expect("an empty policy");
            let defaults = Policy::defaults();
            let written = Policy { source: defaults.source.clone(), ..written };
            assert_eq!(format!("{written:?}"), format!("{defaults:?}"), "{text:?}");
        }
    }

    #[test]
    fn a_mistake_in_the_short_form_is_told_the_same_way() {
        let said = |line: u32, what: &str| format!("the policy .github/ai-heal-policy.yml, line {line}: {what}");
        refused(
            yaml("allowed_jobs: [a]\nmax_patch_line: 3\n"),
            &said(2, "`max_patch_line` is an unknown key: the nearest is `max_patch_lines`"),
        );
        refused(
            yaml("max_patch_lines: many\n"),
            &said(1, "`max_patch_lines` is the text `many`: give a whole number, 0 or more"),
        );
        refused(
            yaml("blocked_paths:\n  - 'a['\n"),
            &said(
                2,
                "`blocked_paths` holds a bad pattern: `a[` is not a glob: \
                Pattern syntax error near position 1: invalid range pattern",
            ),
        );
        refused(yaml("modules:\n  a: 1\n"), &said(2, "`modules.a` must name a job, or a list of jobs"));
        refused(yaml("- a\n"), &said(1, "is no map of keys to values"));
        assert!(yaml("a: [\n").expect_err("no YAML").to_string().contains("line "));
        assert!(yaml("max_patch_lines: 1\nmax_patch_lines: 2\n").expect_err("twice").to_string().contains("line 2"));
    }

    #[test]
    fn both_forms_at_once_are_refused() {
        let file = |path: &str| Some(PolicyFile { path: path.to_owned(), text: String::new(), commit: None });
        refused(
            policy(&PolicyFiles { toml: file(TOML_PATH), yaml: file(YAML_PATH) }),
            "the policy stands in both .github/self-heal.toml and .github/ai-heal-policy.yml: keep one of them",
        );
    }

    #[test]
    fn a_named_file_is_read_by_its_extension() {
        assert_eq!(explicit("a/p.TOML", "[patch]\nmax-files = 9").expect("toml").patch.files_max, 9);
        assert_eq!(explicit("p.yaml", "max_patch_lines: 9").expect("yaml").patch.lines_max, 9);
        refused(
            explicit("p.json", "{}"),
            "the policy p.json ends neither in .toml nor in .yml: rename it to what it is",
        );
    }
}
