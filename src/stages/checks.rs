//! A workflow file becomes an answer: does it run on a pull request into this branch that changes these paths (P11)?
//!
//! GitHub's own rules for `on:`; what a job's `if:` says is not looked at, so a workflow that runs may still skip its jobs.

use regex::Regex;
use serde_json::Value;

use crate::domain::checks::Checks;
use crate::text::{inline_code, one_line, truncate};

/// The events that a new pull request is.
const EVENTS: [&str; 2] = ["pull_request", "pull_request_target"];

/// What of a pull request's life starts a workflow that does not say; the first of them is the one we cause.
const OPENED: &str = "opened";

/// Names are shown in a list; a longer one is cut.
const NAME_BYTES_MAX: usize = 100;

/// Takes the answer of one workflow file, `text`, into `checks`.
pub fn add(checks: &mut Checks, path: &str, text: &str, base: &str, changed: &[String]) {
    let Ok(workflow) = serde_saphyr::from_str::<Value>(text) else {
        checks.unread += 1;
        return;
    };
    // YAML of old reads the bare word `on` as true.
    let Some(on) = workflow.get("on").or_else(|| workflow.get("true")) else {
        checks.unread += 1;
        return;
    };
    let name = workflow.get("name").and_then(Value::as_str).unwrap_or(path);
    let name = truncate(&one_line(name), NAME_BYTES_MAX);
    let answers: Vec<Option<String>> =
        EVENTS.iter().filter_map(|event| filters(on, event)).map(|told| hindrance(told, base, changed)).collect();
    if answers.iter().any(Option::is_none) {
        checks.run.push(name);
    } else if let Some(why) = answers.into_iter().flatten().next() {
        checks.left_out.push((name, why));
    }
}

/// What `on:` says of an event, in any of its three forms; `None` where it does not name it.
fn filters<'v>(on: &'v Value, event: &str) -> Option<&'v Value> {
    match on {
        Value::String(one) => (one == event).then_some(&Value::Null),
        Value::Array(several) => several.iter().any(|one| one == event).then_some(&Value::Null),
        Value::Object(map) => map.get(event),
        _ => None,
    }
}

/// Why a workflow does not run, though its event does happen.
fn hindrance(told: &Value, base: &str, changed: &[String]) -> Option<String> {
    let list = |name: &str| told.get(name).map(words);
    if list("types").is_some_and(|types| !types.iter().any(|one| one == OPENED)) {
        return Some("its `types` leave out `opened`".to_owned());
    }
    if list("branches").is_some_and(|patterns| !matches(&patterns, base)) {
        return Some(format!("its `branches` leave out {}", inline_code(base)));
    }
    if list("branches-ignore").is_some_and(|patterns| matches(&patterns, base)) {
        return Some(format!("its `branches-ignore` names {}", inline_code(base)));
    }
    if list("paths").is_some_and(|patterns| !changed.iter().any(|path| matches(&patterns, path))) {
        return Some("its `paths` leave out what this changes".to_owned());
    }
    if list("paths-ignore").is_some_and(|patterns| changed.iter().all(|path| matches(&patterns, path))) {
        return Some("its `paths-ignore` names all that this changes".to_owned());
    }
    None
}

/// One word or a list of them.
fn words(value: &Value) -> Vec<String> {
    let one = |value: &Value| match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    match value {
        Value::Array(several) => several.iter().filter_map(one).collect(),
        single => one(single).into_iter().collect(),
    }
}

/// GitHub's filter patterns: the last one that fits decides, `!` takes out again.
fn matches(patterns: &[String], name: &str) -> bool {
    patterns.iter().fold(false, |matched, pattern| {
        let (wanted, pattern) = match pattern.strip_prefix('!') {
            Some(rest) => (false, rest),
            None => (true, pattern.as_str()),
        };
        if fits(pattern, name) { wanted } else { matched }
    })
}

/// `*` stops at a slash and `**` does not; `?`, `+` and `[…]` are as in a regular expression.
fn fits(pattern: &str, name: &str) -> bool {
    let mut regex = String::from("^");
    let mut rest = pattern.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '*' if rest.next_if_eq(&'*').is_some() => {
                // `**/` is also no folder at all.
                regex.push_str(if rest.next_if_eq(&'/').is_some() { "(.*/)?" } else { ".*" });
            }
            '*' => regex.push_str("[^/]*"),
            '?' | '+' | '[' | ']' => regex.push(c),
            '\\' => regex.push_str(&regex::escape(&rest.next().map(String::from).unwrap_or_default())),
            '-' => regex.push(c),
            other => regex.push_str(&regex::escape(&other.to_string())),
        }
    }
    regex.push('$');
    // A pattern that is none fits nothing, and its workflow is told as left out.
    Regex::new(&regex).is_ok_and(|regex| regex.is_match(name))
}

#[cfg(test)]
mod tests {
    use super::{add, fits};
    use crate::domain::checks::Checks;

    fn asked(on: &str, base: &str) -> Checks {
        let mut checks = Checks::default();
        let text = format!("name: CI\non: {on}\njobs: {{}}\n");
        add(&mut checks, ".github/workflows/ci.yml", &text, base, &["src/app.py".to_owned()]);
        checks
    }

    #[track_caller]
    fn runs(on: &str, base: &str) {
        assert_eq!(asked(on, base).run, ["CI"], "{on}");
    }

    #[track_caller]
    fn left_out(on: &str, base: &str, why: &str) {
        let checks = asked(on, base);
        assert_eq!(checks.run, Vec::<String>::new(), "{on}");
        assert!(checks.left_out.iter().any(|(name, told)| name == "CI" && told.contains(why)), "{checks:?}");
    }

    #[test]
    fn p11_every_form_of_on_is_read() {
        for on in ["pull_request", "[push, pull_request]", "{ pull_request: }", "\n  push:\n  pull_request_target:\n"] {
            runs(on, "main");
        }
        for on in ["push", "[push, schedule]", "{ push: { branches: [main] } }", "{}", "7"] {
            assert_eq!(asked(on, "main"), Checks::default(), "{on} has nothing to do with pull requests");
        }
    }

    #[test]
    fn p11_a_workflow_for_main_does_not_run_on_a_fix_for_another_branch() {
        runs("{ pull_request: { branches: [main] } }", "main");
        runs("{ pull_request: { branches: main } }", "main");
        left_out("{ pull_request: { branches: [main] } }", "feature/x", "`branches` leave out `feature/x`");
        runs("{ pull_request: { branches: ['feature/*'] } }", "feature/x");
        left_out("{ pull_request: { branches: ['*'] } }", "feature/x", "`branches`");
        runs("{ pull_request: { branches: ['**'] } }", "feature/x");
        runs("{ pull_request: { branches: ['**', '!release/**'] } }", "feature/x");
        left_out("{ pull_request: { branches: ['**', '!release/**'] } }", "release/1", "`branches`");
        left_out("{ pull_request: { branches-ignore: ['release/**'] } }", "release/1", "`branches-ignore`");
        runs("{ pull_request: { branches-ignore: ['release/**'] } }", "main");
        runs("{ pull_request: { branches: [release] }, pull_request_target: }", "main");
    }

    #[test]
    fn p11_paths_and_types_are_looked_at() {
        runs("{ pull_request: { paths: ['src/**'] } }", "main");
        left_out("{ pull_request: { paths: ['docs/**', '*.md'] } }", "main", "`paths`");
        left_out("{ pull_request: { paths: ['**.py', '!src/**'] } }", "main", "`paths`");
        left_out("{ pull_request: { paths-ignore: ['src/**'] } }", "main", "`paths-ignore`");
        runs("{ pull_request: { types: [opened, labeled] } }", "main");
        left_out("{ pull_request: { types: [labeled] } }", "main", "`types`");
    }

    #[test]
    fn what_is_no_workflow_is_counted_and_a_nameless_one_goes_by_its_path() {
        let mut checks = Checks::default();
        for text in ["", "jobs: {}", "a: [", "- x", "\u{0}"] {
            add(&mut checks, "x.yml", text, "main", &[]);
        }
        assert_eq!((checks.unread, checks.run.len()), (5, 0));
        add(&mut checks, "x.yml", "on: pull_request", "main", &[]);
        add(&mut checks, "x.yml", "on: pull_request\nname: \"a\\nb\\u202e\"", "main", &[]);
        assert_eq!(checks.run[0], "x.yml");
        assert!(!checks.run[1].contains('\n'));
    }

    #[test]
    fn patterns_fit_as_github_says() {
        for (pattern, name, fit) in [
            ("feature/*", "feature/my-branch", true),
            ("feature/*", "feature/beta-a/my-branch", false),
            ("feature/**", "feature/beta-a/my-branch", true),
            ("*feature", "mona-feature", true),
            ("*feature", "mona/feature", false),
            ("v2*", "v2.0", true),
            ("v[12].[0-9]+.[0-9]+", "v1.10.1", true),
            ("v[12].[0-9]+.[0-9]+", "v3.10.1", false),
            ("**.js", "js/src/index.js", true),
            ("*.jsx?", "page.js", true),
            ("**/docs/**", "docs/hello.md", true),
            ("**/docs/**", "a/docs/b/hello.md", true),
            ("a.b", "axb", false),
            ("[", "[", false),
            ("(a|b)", "a", false),
        ] {
            assert_eq!(fits(pattern, name), fit, "{pattern} {name}");
        }
    }
}
