//! Every table and key of the policy, each with its default; one function a table, in the order of the design's page.

use std::collections::BTreeMap;
use std::time::Duration;

use super::log_rules;
use super::names::Over;
use super::policy::{
    ApprovalRules, Attempts, Budget, Dependencies, Forks, GuardAction, HighRisk, JobRules, LogRule, Logs, ModelRules,
    Network, PatchLimits, Policy, PolicySource, Price, PublishHow, PublishRules, Scope, ValidateRules, WatchRules,
};
use super::written::{Notes, Table, Unknown};
use crate::domain::jail::IsolationWanted;
use crate::domain::verdict::GuardCode;

/// What no patch touches unless the policy takes it out with a `!pattern`. What is blocked always, and manifests, are
/// rules of their own in `stages/policy`.
const BLOCKED_PATHS: [&str; 7] =
    ["migrations/**", "infra/**", ".env*", "secrets/**", "auth/**", "security/**", "payment/**"];

const NETWORKS: [(&str, Network); 3] =
    [("none", Network::None), ("loopback", Network::Loopback), ("full", Network::Full)];

impl Policy {
    /// What holds where nobody wrote anything: every key's default stands where the key is read.
    pub fn defaults() -> Self {
        let notes = Notes::default();
        read(&mut Table::whole_file(Vec::new(), &notes)).0
    }
}

/// Every table of the policy, in the order of the design's page; with the keys that none of them knows.
pub fn read(file: &mut Table<'_>) -> (Policy, Vec<Unknown>) {
    let mut unknown = Vec::new();
    let mut ended = |table: Table<'_>| unknown.extend(table.end());
    let policy = Policy {
        source: PolicySource { file: "built-in defaults".to_owned(), commit: None, text: String::new() },
        scope: table(file, "scope", scope, &mut ended),
        logs: logs(file, &mut ended),
        patch: table(file, "patch", patch, &mut ended),
        approval: table(file, "approval", approval, &mut ended),
        attempts: table(file, "attempts", attempts, &mut ended),
        budget: table(file, "budget", budget, &mut ended),
        validate: table(file, "validate", validate, &mut ended),
        jobs: jobs(file, &mut ended),
        guard: table(file, "guard", guard, &mut ended),
        model: model(file, &mut ended),
        publish: table(file, "publish", publish, &mut ended),
        watch: table(file, "watch", watch, &mut ended),
    };
    (policy, unknown)
}

fn table<'n, T>(
    file: &mut Table<'n>,
    key: &str,
    read: impl FnOnce(&mut Table<'n>) -> T,
    ended: &mut impl FnMut(Table<'n>),
) -> T {
    let mut table = file.table(key);
    let value = read(&mut table);
    ended(table);
    value
}

fn scope(table: &mut Table<'_>) -> Scope {
    Scope {
        workflows: table.globs("workflows", Over::Names, &[], &["**"]),
        excluded_workflows: table.globs("excluded-workflows", Over::Names, &[], &[]),
        branches: table.globs("branches", Over::Names, &[], &["*"]),
        allowed_jobs: table.globs("allowed-jobs", Over::Names, &[], &["*"]),
        excluded_jobs: table.globs("excluded-jobs", Over::Names, &[], &[]),
        forks: table.choice("forks", &[("report", Forks::Report), ("skip", Forks::Skip)], Forks::Report),
    }
}

fn logs<'n>(file: &mut Table<'n>, ended: &mut impl FnMut(Table<'n>)) -> Logs {
    let mut table = file.table("logs");
    let logs = Logs {
        reports: table.texts("reports", &[]),
        matchers: table.texts("matchers", &[]),
        rules: rules(&mut table, ended),
        tools: table.texts("tools", &[]),
    };
    ended(table);
    logs
}

fn rules<'n>(logs: &mut Table<'n>, ended: &mut impl FnMut(Table<'n>)) -> Vec<LogRule> {
    let mut rules = Vec::new();
    for mut table in logs.each("rules") {
        rules.extend(log_rules::read(&mut table));
        ended(table);
    }
    rules
}

fn patch(table: &mut Table<'_>) -> PatchLimits {
    let dependencies = [
        ("never", Dependencies::Never),
        ("on-dependency-failure", Dependencies::OnDependencyFailure),
        ("always", Dependencies::Always),
    ];
    PatchLimits {
        lines_max: table.whole("max-lines", 0, 120),
        files_max: table.whole("max-files", 0, 3),
        allowed_paths: table.globs("allowed-paths", Over::Paths, &[], &[]),
        blocked_paths: table.globs("blocked-paths", Over::Paths, &BLOCKED_PATHS, &[]),
        dependencies: table.choice("dependencies", &dependencies, Dependencies::OnDependencyFailure),
    }
}

fn approval(table: &mut Table<'_>) -> ApprovalRules {
    let high = [("hand-over", HighRisk::HandOver), ("draft", HighRisk::Draft)];
    ApprovalRules {
        require_human: table.truth("require-human", true),
        high: table.choice("high", &high, HighRisk::HandOver),
        sensitive_paths: table.globs("sensitive-paths", Over::Paths, &[], &[]),
        core_paths: table.globs("core-paths", Over::Paths, &[], &[]),
        confidence_min: table.number("confidence-min", Some(1.0), 0.7),
    }
}

fn attempts(table: &mut Table<'_>) -> Attempts {
    Attempts {
        rounds: table.whole("rounds", 0, 3),
        per_failure: table.whole("per-failure", 0, 3),
        reruns: table.whole("reruns", 0, 2),
        incidents_per_run: table.whole("incidents-per-run", 1, 1),
        open_pull_requests: table.whole("open-pull-requests", 0, 3),
    }
}

fn budget(table: &mut Table<'_>) -> Budget {
    Budget {
        usd_per_run: table.number("usd-per-run", None, 0.50),
        usd_per_pull_request: table.number("usd-per-pull-request", None, 2.00),
        usd_per_day: table.number("usd-per-day", None, 10.00),
        tokens_per_call: table.whole("tokens-per-call", 1, 16_000),
        tokens_per_run: table.whole("tokens-per-run", 1, 100_000),
    }
}

fn validate(table: &mut Table<'_>) -> ValidateRules {
    let isolation = [("best", IsolationWanted::Best), ("strict", IsolationWanted::Strict)];
    ValidateRules {
        isolation: table.choice("isolation", &isolation, IsolationWanted::Best),
        network: table.choice("network", &NETWORKS, Network::Loopback),
        timeout: Duration::from_secs(u64::from(table.whole("timeout-seconds", 1_u32, 1800))),
        // None would prove nothing: the unpatched tree is run at least once.
        repeats: table.whole("repeats", 1, 2),
        setup: table.text("setup"),
        setup_network: table.choice("setup-network", &NETWORKS, Network::Full),
    }
}

fn jobs<'n>(file: &mut Table<'n>, ended: &mut impl FnMut(Table<'n>)) -> Vec<JobRules> {
    let mut rules = Vec::new();
    for (name, mut job) in file.tables("jobs") {
        let jobs = job.own_glob(Over::Names, &name);
        rules.push(JobRules {
            jobs,
            paths: job.globs("paths", Over::Paths, &[], &[]),
            reproduce: job.text("reproduce"),
            regression: job.text("regression"),
        });
        ended(job);
    }
    rules
}

/// One key a guard code; `test.removed` may be written with and without quotes around it.
fn guard(table: &mut Table<'_>) -> BTreeMap<GuardCode, GuardAction> {
    let actions = [("high", GuardAction::High), ("block", GuardAction::Block), ("off", GuardAction::Off)];
    table.flatten();
    let mut guard = BTreeMap::new();
    for code in GuardCode::ALL {
        if table.has(code.as_str()) {
            guard.insert(code, table.choice(code.as_str(), &actions, GuardAction::High));
        } else {
            table.knows(code.as_str());
        }
    }
    guard
}

fn model<'n>(file: &mut Table<'n>, ended: &mut impl FnMut(Table<'n>)) -> ModelRules {
    let mut table = file.table("model");
    let rules = ModelRules {
        name: table.text_unless("name", not_a_model),
        diagnose: table.text_unless("diagnose", not_a_model),
        instructions: table.text("instructions"),
        prices: prices(&mut table, ended),
    };
    ended(table);
    rules
}

/// A policy names a provider we know; a program to run, or a server to send the code to, only the caller may name (T4).
fn not_a_model(name: &str) -> Option<String> {
    let provider = name.split('/').next().unwrap_or("");
    if name.trim_start().to_ascii_lowercase().starts_with("command:") {
        return Some("names a program, which can never come from a policy: give it as the input `model`".to_owned());
    }
    let known = matches!(provider, "anthropic" | "openai") || matches!(name, "" | "none");
    (!known).then(|| "names no model that we know: give `none`, `anthropic/NAME` or `openai/NAME`".to_owned())
}

fn prices<'n>(model: &mut Table<'n>, ended: &mut impl FnMut(Table<'n>)) -> BTreeMap<String, Price> {
    let mut prices = BTreeMap::new();
    for (name, mut table) in model.tables("prices") {
        table.wants("input");
        table.wants("output");
        let price = Price { input: table.number("input", None, 0.0), output: table.number("output", None, 0.0) };
        prices.insert(name, price);
        ended(table);
    }
    prices
}

fn publish(table: &mut Table<'_>) -> PublishRules {
    let how = [("pull-request", PublishHow::PullRequest), ("commit", PublishHow::Commit)];
    PublishRules {
        how: table.choice("how", &how, PublishHow::PullRequest),
        labels: table.texts("labels", &["self-heal"]),
        commit_prefix: table.text_or("commit-prefix", "fix"),
        sign_off: table.truth("sign-off", false),
        reviewers: table.texts("reviewers", &[]),
        draft: table.truth("draft", false),
    }
}

fn watch(table: &mut Table<'_>) -> WatchRules {
    WatchRules { window_hours: table.whole("window-hours", 1, 24), revert: table.truth("revert", true) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_as_printed() {
        let policy = Policy::defaults();
        assert_eq!((policy.patch.lines_max, policy.patch.files_max), (120, 3));
        assert_eq!(policy.patch.dependencies, Dependencies::OnDependencyFailure);
        assert_eq!(policy.scope.forks, Forks::Report);
        assert!(policy.scope.workflows.matches(".github/workflows/ci.yml"));
        assert!(policy.scope.branches.matches("feature/a"));
        assert!(policy.scope.allowed_jobs.matches_job("call / test (3.12)"));
        assert!(!policy.scope.excluded_jobs.matches_job("deploy"));
        assert!(policy.approval.require_human);
        assert_eq!(policy.approval.high, HighRisk::HandOver);
        assert_eq!(policy.approval.confidence_min.to_string(), "0.7");
        let attempts = &policy.attempts;
        assert_eq!((attempts.rounds, attempts.per_failure, attempts.reruns), (3, 3, 2));
        assert_eq!((attempts.incidents_per_run, attempts.open_pull_requests), (1, 3));
        let budget = &policy.budget;
        let money = [budget.usd_per_run, budget.usd_per_pull_request, budget.usd_per_day];
        assert_eq!(format!("{money:?}"), "[0.5, 2.0, 10.0]");
        assert_eq!((budget.tokens_per_call, budget.tokens_per_run), (16_000, 100_000));
        let validate = &policy.validate;
        assert_eq!((validate.isolation, validate.network), (IsolationWanted::Best, Network::Loopback));
        assert_eq!((validate.timeout, validate.repeats), (Duration::from_secs(1800), 2));
        assert_eq!((validate.setup.as_str(), validate.setup_network), ("", Network::Full));
        assert_eq!(policy.publish.how, PublishHow::PullRequest);
        assert_eq!(policy.publish.labels, ["self-heal"]);
        assert_eq!(policy.publish.commit_prefix, "fix");
        assert_eq!((policy.publish.sign_off, policy.publish.draft), (false, false));
        assert_eq!((policy.watch.window_hours, policy.watch.revert), (24, true));
        assert_eq!(policy.guard_action(GuardCode::TestRemoved), GuardAction::High);
        for blocked in ["migrations/1/a.sql", "infra/a.tf", "app/.env.local", "Secrets/a", "auth/a.py", "payment/a"] {
            assert!(policy.patch.blocked_paths.matches(blocked), "{blocked}");
        }
        assert!(!policy.patch.blocked_paths.matches("src/app.py"));
    }
}
