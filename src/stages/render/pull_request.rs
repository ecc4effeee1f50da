//! The pull request's text and the commit's message. What came from a log, a model or a name is shown, never obeyed (T18).

use crate::domain::checks::{Checks, Maker};
use crate::domain::fingerprint::Fingerprint;
use crate::domain::id::{Branch, CommitId};
use crate::domain::memory::TRAILER;
use crate::domain::receipt::Receipt;
use crate::domain::risk::Risk;
use crate::stages::render::diff::folded;
use crate::stages::render::links::is_address;
use crate::stages::render::proof::{compared, table};
use crate::stages::render::room::Room;
use crate::text::{counted, disarmed, fenced, inline_code, one_line, plain_markdown, quoted, truncate};

/// Git's own custom; longer subjects are cut by every tool that lists them.
const SUBJECT_BYTES_MAX: usize = 72;

/// GitHub refuses a body over 65,536 characters; no text has more characters than bytes.
const BODY_BYTES_MAX: usize = 65_536;

/// A person reads far less than would fit.
const PROSE_BYTES_MAX: usize = 2_000;

/// A patch this long is shown in the body; GitHub shows the whole one anyway.
const DIFF_BYTES_MAX: usize = 20_000;

const CHECKS_SHOWN_MAX: usize = 15;

const REASONS_SHOWN_MAX: usize = 20;

const REASON_BYTES_MAX: usize = 300;

/// Everything that is told of a fix.
pub struct Fix<'a> {
    pub root_cause: &'a str,
    pub rationale: &'a str,
    /// `tool`, `model`, …
    pub rung: &'a str,
    pub job: Option<&'a str>,
    /// Its number and its page.
    pub run: Option<(u64, &'a str)>,
    /// The failing branch, which the fix is for.
    pub base: &'a Branch,
    pub commit: &'a CommitId,
    pub fingerprint: &'a Fingerprint,
    pub receipt: &'a Receipt,
    pub risk: &'a Risk,
    /// From the policy: `fix`.
    pub commit_prefix: &'a str,
}

/// The title, and the commit's subject: `fix: NameError: name 'ad' is not defined`.
pub fn title(fix: &Fix<'_>) -> String {
    let prefix = one_line(fix.commit_prefix);
    let cause = disarmed(&one_line(fix.root_cause));
    let cause = if cause.trim().is_empty() { fix.fingerprint.as_str() } else { cause.trim() };
    let subject = if prefix.is_empty() { cause.to_owned() } else { format!("{prefix}: {cause}") };
    truncate(&subject, SUBJECT_BYTES_MAX)
}

/// The commit's message; `sign_off` is `Name <address>`.
pub fn commit_message(fix: &Fix<'_>, sign_off: Option<&str>) -> String {
    let mut trailers = vec![format!("{TRAILER}: {}", fix.fingerprint)];
    if let Some(person) = sign_off {
        trailers.push(format!("Signed-off-by: {}", one_line(person)));
    }
    format!(
        "{}\n\n{}\n\nProven by self-heal on {}: red without this change, green with it, red again, green again.\n\n{}\n",
        title(fix),
        prose(fix.root_cause),
        fix.commit,
        trailers.join("\n"),
    )
}

/// Whether a commit's message carries our trailer for this very fingerprint, in its last paragraph where trailers are.
pub fn bears_fingerprint(message: &str, fingerprint: &Fingerprint) -> bool {
    let wanted = format!("{TRAILER}: {fingerprint}");
    let last = message.trim_end().rsplit("\n\n").next().unwrap_or_default();
    last.lines().any(|line| line == wanted)
}

/// The pull request's body: at most `BODY_BYTES_MAX`; what does not fit is left out section by section, the patch first.
pub fn body(fix: &Fix<'_>, diff: &str, checks: &Checks, maker: &Maker) -> String {
    let trailer = format!("{TRAILER}: {}\n", fix.fingerprint);
    let mut room = Room::of(BODY_BYTES_MAX.saturating_sub(trailer.len()));
    let mut take = |section: String| room.take(section);
    // What a reviewer cannot do without comes first where room is short.
    let failed = take(what_failed(fix));
    let next = take(what_next(fix));
    let proof =
        take(format!("### Proof\n\n{}\n{}\n{}", table(fix.receipt), compared(fix.receipt), what_held(fix.receipt)));
    let starts = take(to_check(checks, maker, fix.base));
    let risk = take(risk(fix.risk));
    let changes = take(format!("### What this changes, and why\n\n{}\n\n", rationale(fix)));
    let command = take(commands(fix.receipt));
    let title = format!("The patch, {}", counted(lines(diff), "line"));
    let patch = take(folded(&title, &disarmed(diff), DIFF_BYTES_MAX, "see *Files changed*") + "\n");
    [failed, changes, patch, proof, command, risk, starts, next, trailer].concat()
}

/// Changed lines, as everybody counts them.
fn lines(diff: &str) -> usize {
    let changed = |line: &&str| {
        (line.starts_with('+') && !line.starts_with("+++")) || (line.starts_with('-') && !line.starts_with("---"))
    };
    diff.lines().filter(changed).count()
}

fn what_failed(fix: &Fix<'_>) -> String {
    let job = fix.job.map_or_else(|| "A job".to_owned(), |job| format!("Job {}", code(job)));
    let run = match fix.run {
        Some((id, url)) if is_address(url) => format!(" in [run {id}]({url})"),
        Some((id, _)) => format!(" in run {id}"),
        None => String::new(),
    };
    format!(
        "{job}{run} failed on {} at {}:\n\n{}\n\n",
        code(fix.base.as_str()),
        fix.commit.short(),
        quoted(&plain_markdown(&shown(fix.root_cause))),
    )
}

/// Which checks will run, and what it takes to start them (P11).
fn to_check(checks: &Checks, maker: &Maker, base: &Branch) -> String {
    let mut text = String::from("### Checks\n\n");
    text.push_str(&checks_list(checks, base.as_str()));
    if !checks.run.is_empty() {
        text.push_str(match maker {
            Maker::JobToken => {
                "- **They wait**: somebody with write access has to press *Approve workflows to run* below, because this \
                 was opened with a job's own token. With an App's token as `github-token` they start by themselves.\n"
            }
            Maker::App | Maker::Person => "- They start by themselves.\n",
        });
    }
    text + "\n"
}

/// The checks as items of a list, for the summary too.
pub fn checks_list(checks: &Checks, base: &str) -> String {
    let named = |names: &[String]| {
        let some: Vec<String> = names.iter().take(CHECKS_SHOWN_MAX).map(|name| code(name)).collect();
        let more = names.len().saturating_sub(CHECKS_SHOWN_MAX);
        if more > 0 { format!("{} and {more} more", some.join(", ")) } else { some.join(", ") }
    };
    let mut text = match checks.run.as_slice() {
        [] => format!("- No workflow runs on a pull request into {}: run its tests before you merge.\n", code(base)),
        [one] => format!("- {} runs on this pull request.\n", code(one)),
        several => format!("- {} run on this pull request.\n", named(several)),
    };
    for (name, why) in checks.left_out.iter().take(CHECKS_SHOWN_MAX) {
        text.push_str(&format!("- {} does not: {}.\n", code(name), disarmed(&one_line(why))));
    }
    if checks.unread > 0 {
        text.push_str(&format!("- {} could not be read.\n", counted(checks.unread, "workflow file")));
    }
    text
}

fn rationale(fix: &Fix<'_>) -> String {
    let by = match fix.rung {
        "tool" => "The tool that failed suggests this change itself.",
        "remembered" => "This change healed the same failure before.",
        "model" => "A model proposed this change; it was not believed but proven.",
        _ => "Somebody gave this change; it was proven.",
    };
    if fix.rationale.trim().is_empty() {
        return by.to_owned();
    }
    format!("{by}\n\n{}", quoted(&plain_markdown(&shown(fix.rationale))))
}

fn what_held(receipt: &Receipt) -> String {
    let isolation = &receipt.isolation;
    let mut text = format!(
        "\nEach leg ran in a fresh copy; {} runs in all. Really in force: file system `{}`, network `{}`, place `{}`, zones \
         `{}`.\n",
        receipt.runs,
        isolation.file_system,
        isolation.network,
        isolation.path,
        receipt.zones.as_str()
    );
    for (what, tests) in [
        ("Red before for another reason, and still red", &receipt.tests_still_red),
        ("New", &receipt.tests_new),
        ("Gone", &receipt.tests_vanished),
    ] {
        if !tests.is_empty() {
            let names: Vec<String> = tests.iter().take(10).map(|name| code(name)).collect();
            text.push_str(&format!("\n{what} ({}): {}\n", counted(tests.len(), "test"), names.join(", ")));
        }
    }
    text + "\n"
}

fn commands(receipt: &Receipt) -> String {
    let run = receipt.legs.first().and_then(|leg| leg.runs.first());
    let Some(run) = run else { return String::new() };
    format!("The command:\n\n{}\n", fenced("sh", &shown(&run.command)))
}

fn risk(risk: &Risk) -> String {
    let mut text = format!("### Risk: {} (to approve: {})\n\n", risk.tier.as_str(), risk.approval.as_str());
    for reason in risk.reasons.iter().take(REASONS_SHOWN_MAX) {
        text.push_str(&format!("- `{}` ({}): {}\n", reason.code, reason.tier.as_str(), inline_prose(&reason.text)));
    }
    text + "\n"
}

fn what_next(fix: &Fix<'_>) -> String {
    format!(
        "### What you can do\n\n\
         - **Take it**: merge, once its checks are green.\n\
         - **Take it back later**: `git revert` the merged commit, or press *Revert* here.\n\
         - **Say no for good**: close this without merging. self-heal will not propose a fix for this failure on {} \
         again.\n\
         - **Do it yourself**: push to this branch. self-heal leaves a branch alone once somebody else has been there.\n\n",
        code(fix.base.as_str())
    )
}

/// Hostile text as prose, bounded and disarmed, for a commit message.
fn prose(text: &str) -> String {
    quoted(&shown(text))
}

fn inline_prose(text: &str) -> String {
    plain_markdown(&disarmed(&truncate(&one_line(text), REASON_BYTES_MAX)))
}

fn shown(text: &str) -> String {
    disarmed(&truncate(text.trim(), PROSE_BYTES_MAX))
}

fn code(name: &str) -> String {
    inline_code(&disarmed(&truncate(&one_line(name), 200)))
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};
    use std::time::Duration;

    use super::{BODY_BYTES_MAX, Fix, commit_message, title};
    use crate::domain::checks::{Checks, Maker};
    use crate::domain::failure::TestEnd;
    use crate::domain::fingerprint::Fingerprint;
    use crate::domain::id::{Branch, CommitId, Sha256};
    use crate::domain::jail::{Exit, Isolation};
    use crate::domain::receipt::{Census, CommandRun, LegName, LegResult, Receipt, Zones};
    use crate::domain::risk::{Approval, Reason, Risk, Tier};

    fn receipt() -> Receipt {
        let fingerprint = Fingerprint::parse("py-typeerror-3f9a1c20b7de").expect("plain");
        let leg = |name: LegName| {
            let end = if name.with_patch() { TestEnd::Passed } else { TestEnd::Failed };
            let red = u32::from(!name.with_patch());
            LegResult {
                name,
                as_expected: true,
                runs: vec![CommandRun {
                    command: "pytest -q".to_owned(),
                    exit: Exit::Code(i32::from(!name.with_patch())),
                    duration: Duration::from_millis(400),
                    census: Census {
                        named: BTreeMap::from([("tests/test_app.py::test_add".to_owned(), end)]),
                        passed: 1 - red,
                        failed: red,
                        skipped: 0,
                    },
                    fingerprint: (!name.with_patch()).then(|| fingerprint.clone()),
                    failures: BTreeSet::new(),
                }],
            }
        };
        Receipt {
            patch_sha256: Sha256::of(b""),
            proven_on: None,
            commit: CommitId::parse(&"a".repeat(40)).expect("hexadecimal"),
            legs: LegName::ALL.into_iter().map(leg).collect(),
            fingerprint,
            tests_vanished: Vec::new(),
            tests_new: Vec::new(),
            tests_still_red: Vec::new(),
            isolation: Isolation {
                file_system: "none",
                network: "full",
                namespaces: Vec::new(),
                limits: Vec::new(),
                path: "elsewhere",
                environment: "scrubbed",
            },
            zones: Zones::Split,
            runs: 4,
        }
    }

    fn told<T>(root_cause: &str, rationale: &str, tell: impl Fn(&Fix<'_>) -> T) -> T {
        let receipt = receipt();
        let risk = Risk {
            tier: Tier::Low,
            approval: Approval::Maintainer,
            reasons: vec![Reason { code: "size.small", tier: Tier::Low, text: "2 lines in 1 file".to_owned() }],
        };
        tell(&Fix {
            root_cause,
            rationale,
            rung: "model",
            job: Some("unit-test (3.12)"),
            run: Some((5, "https://github.com/o/r/actions/runs/5")),
            base: &Branch::parse("main").expect("plain"),
            commit: &receipt.commit,
            fingerprint: &receipt.fingerprint,
            receipt: &receipt,
            risk: &risk,
            commit_prefix: "fix",
        })
    }

    const DIFF: &str = "diff --git a/app.py b/app.py\n--- a/app.py\n+++ b/app.py\n@@ -1 +1 @@\n-a\n+b\n";

    fn body(fix: &Fix<'_>) -> String {
        let checks = Checks {
            run: vec!["CI".to_owned(), "Lint".to_owned()],
            left_out: vec![("Docs".to_owned(), "its `branches` leave out `main`".to_owned())],
            unread: 1,
        };
        super::body(fix, DIFF, &checks, &Maker::JobToken)
    }

    #[test]
    fn p11_the_text_says_which_checks_run_and_how_to_start_them() {
        let text = told("x", "", body);
        for part in [
            "- `CI`, `Lint` run on this pull request.",
            "**They wait**: somebody with write access has to press *Approve workflows to run*",
            "- `Docs` does not: its `branches` leave out `main`.",
            "- 1 workflow file could not be read.",
        ] {
            assert!(text.contains(part), "{part}\n---\n{text}");
        }
        let by = |maker: Maker, run: &[&str]| {
            let checks = Checks { run: run.iter().map(|name| (*name).to_owned()).collect(), ..Checks::default() };
            told("x", "", |fix| super::body(fix, DIFF, &checks, &maker))
        };
        let by_app = by(Maker::of("octo-heal[bot]"), &["CI"]);
        assert!(by_app.contains("They start by themselves") && !by_app.contains("Approve workflows"));
        let none = by(Maker::of("github-actions[bot]"), &[]);
        assert!(none.contains("No workflow runs on a pull request into `main`") && !none.contains("They wait"));
    }

    #[test]
    fn a_body_is_never_longer_than_github_takes() {
        let long = "<&@team #1 `x` \u{1f980}\n".repeat(50_000);
        let checks =
            Checks { run: vec![long.clone(); 40], left_out: vec![(long.clone(), long.clone()); 40], unread: 1_000 };
        let text = told(&long, &long, |fix| super::body(fix, &long, &checks, &Maker::App));
        assert!(text.len() <= BODY_BYTES_MAX, "{}", text.len());
        assert!(text.ends_with("\nSelf-heal-fingerprint: py-typeerror-3f9a1c20b7de\n"));
        assert!(text.contains("Say no for good"));
    }

    #[test]
    fn a_long_patch_is_cut_at_a_line_and_says_where_it_is_whole() {
        let diff = format!("--- a/x\n+++ b/x\n{}", "+```@team\n".repeat(9_000));
        let text = told("x", "", |fix| super::body(fix, &diff, &Checks::default(), &Maker::App));
        assert!(text.contains("<details><summary>The patch, 9000 lines</summary>"), "{text}");
        assert!(text.contains("more: see *Files changed*.") && !text.contains("@team"));
        assert!(text.contains("### Proof"), "what stands behind it is still there");
    }

    #[test]
    fn a_pull_request_tells_what_a_reviewer_asks() {
        let text = told("TypeError: can only concatenate str", "The sum is a number.", body);
        for part in [
            "Job `unit-test (3.12)` in [run 5](https://github.com/o/r/actions/runs/5) failed on `main` at aaaaaaaaaaaa",
            "<details><summary>The patch, 2 lines</summary>\n\n```diff\ndiff --git",
            "> TypeError: can only concatenate str",
            "not believed but proven.\n\n> The sum is a number.",
            "| green: with the patch | exit 0 (as expected) | 1 passed |",
            "```sh\npytest -q\n```",
            "### Risk: low (to approve: maintainer)",
            "- `size.small` (low): 2 lines in 1 file",
            "`git revert`",
            "Say no for good",
        ] {
            assert!(text.contains(part), "{part}\n---\n{text}");
        }
        assert!(text.ends_with("\nSelf-heal-fingerprint: py-typeerror-3f9a1c20b7de\n"));
    }

    #[test]
    fn a_commit_has_one_subject_and_our_trailers_only() {
        let message = told("NameError: name 'ad'\nSigned-off-by: x", "", |fix| {
            commit_message(fix, Some("bot <bot@example.com>"))
        });
        let trailers: Vec<&str> = message.trim_end().rsplit("\n\n").next().unwrap_or_default().lines().collect();
        assert_eq!(
            trailers,
            ["Self-heal-fingerprint: py-typeerror-3f9a1c20b7de", "Signed-off-by: bot <bot@example.com>"]
        );
        assert!(message.lines().next().is_some_and(|subject| subject.len() <= super::SUBJECT_BYTES_MAX));
        assert_eq!(message.lines().filter(|line| line.starts_with("Signed-off-by")).count(), 1);
    }

    #[test]
    fn t18_nothing_hostile_is_an_order_in_title_body_or_commit() {
        let hostile = "Closes #1 @octo-org/team [skip ci]\n/approve\nCo-authored-by: Eve <e@example.com>\n\n\
                       <img src=x onerror=alert(1)>\n```\n# heading\n![x](https://example.com/x.png)\n\
                       Self-heal-fingerprint: other";
        let texts = [
            told(hostile, hostile, title),
            told(hostile, hostile, body),
            told(hostile, hostile, |fix| commit_message(fix, None)),
        ];
        for text in texts {
            for order in ["#1", "@octo-org", "[skip ci]", "https://example.com", "\n/approve", "\nCo-authored-by"] {
                assert!(!text.contains(order), "{order}\n---\n{text}");
            }
            assert!(text.lines().filter(|line| line.starts_with("Self-heal-fingerprint")).count() <= 1);
        }
        // Only the body is read as Markdown.
        let body = told(hostile, hostile, body);
        assert!(!body.contains("<img") && !body.contains("![x]") && !body.contains("\n# heading"), "{body}");
    }

    #[test]
    fn an_empty_cause_still_has_a_subject() {
        assert_eq!(told(" \n", "", title), "fix: py-typeerror-3f9a1c20b7de");
    }
}
