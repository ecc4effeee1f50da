//! The pull request's text and the commit's message. What came from a log, a model or a name is shown, never obeyed (T18).

use crate::domain::fingerprint::Fingerprint;
use crate::domain::id::{Branch, CommitId};
use crate::domain::receipt::Receipt;
use crate::domain::risk::Risk;
use crate::stages::render::proof::{compared, table};
use crate::text::{disarmed, fenced, inline_code, one_line, plain_markdown, quoted, truncate};

/// The trailer by which a merged fix is found again, for other branches too.
pub const FINGERPRINT_TRAILER: &str = "Self-heal-fingerprint";

/// Git's own custom; longer subjects are cut by every tool that lists them.
const SUBJECT_BYTES_MAX: usize = 72;

/// GitHub refuses a body over 65,536 characters; a person reads far less.
const PROSE_BYTES_MAX: usize = 4_000;

/// Everything that is told of a fix.
pub struct Fix<'a> {
    pub root_cause: &'a str,
    pub rationale: &'a str,
    /// `tool`, `model`, …
    pub rung: &'a str,
    pub job: Option<&'a str>,
    pub run_id: Option<u64>,
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
    let mut trailers = vec![format!("{FINGERPRINT_TRAILER}: {}", fix.fingerprint)];
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
    let wanted = format!("{FINGERPRINT_TRAILER}: {fingerprint}");
    let last = message.trim_end().rsplit("\n\n").next().unwrap_or_default();
    last.lines().any(|line| line == wanted)
}

/// The pull request's body.
pub fn body(fix: &Fix<'_>) -> String {
    let mut text = format!(
        "### What failed\n\n{}\n\n{}\n\n### What this changes, and why\n\n{}\n\n",
        where_it_failed(fix),
        quoted(&plain_markdown(&shown(fix.root_cause))),
        rationale(fix),
    );
    text.push_str(&format!("### Proof\n\n{}\n{}\n", table(fix.receipt), compared(fix.receipt)));
    text.push_str(&what_held(fix.receipt));
    text.push_str(&commands(fix.receipt));
    text.push_str(&risk(fix.risk));
    text.push_str(&what_next(fix));
    text.push_str(&format!("{FINGERPRINT_TRAILER}: {}\n", fix.fingerprint));
    text
}

fn where_it_failed(fix: &Fix<'_>) -> String {
    let job = fix.job.map_or_else(String::new, |job| format!("Job {} ", code(job)));
    let run = match fix.run_id {
        Some(id) => format!("in [run {id}](../actions/runs/{id}) "),
        None => String::new(),
    };
    let place = format!("{job}{run}failed on {} at {}.", code(fix.base.as_str()), fix.commit);
    let mut letters = place.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
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
            text.push_str(&format!("{what} ({} tests): {}\n", tests.len(), names.join(", ")));
        }
    }
    text
}

fn commands(receipt: &Receipt) -> String {
    let run = receipt.legs.first().and_then(|leg| leg.runs.first());
    let Some(run) = run else { return String::new() };
    format!("\nThe command:\n\n{}", fenced("sh", &shown(&run.command)))
}

fn risk(risk: &Risk) -> String {
    let mut text = format!("\n### Risk: {} (to approve: {})\n\n", risk.tier.as_str(), risk.approval.as_str());
    for reason in &risk.reasons {
        text.push_str(&format!("- `{}` ({}): {}\n", reason.code, reason.tier.as_str(), inline_prose(&reason.text)));
    }
    text
}

fn what_next(fix: &Fix<'_>) -> String {
    format!(
        "\n### What you can do\n\n\
         - **Take it**: merge. Where this was opened with the job's own token, its checks wait for somebody to press \
         *Approve workflows to run*.\n\
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
    plain_markdown(&disarmed(&one_line(text)))
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

    use super::{Fix, body, commit_message, title};
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
            run_id: Some(5),
            base: &Branch::parse("main").expect("plain"),
            commit: &receipt.commit,
            fingerprint: &receipt.fingerprint,
            receipt: &receipt,
            risk: &risk,
            commit_prefix: "fix",
        })
    }

    #[test]
    fn a_pull_request_tells_what_a_reviewer_asks() {
        let text = told("TypeError: can only concatenate str", "The sum is a number.", body);
        for part in [
            "Job `unit-test (3.12)` in [run 5](../actions/runs/5) failed on `main`",
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
