//! The job summary, in Markdown: useful without opening the log, readable on a phone.
//!
//! Short lines, no wide tables, the long parts folded. Everything untrusted stands in code, where it is only text.

use crate::domain::healing::{Healing, Proof, Try};
use crate::domain::log::Span;
use crate::domain::outcome::Outcome;
use crate::stages::render::diff::block;
use crate::stages::render::links::is_address;
use crate::stages::render::proof::{compared, from_whom, table};
use crate::stages::render::room::Room;
use crate::text::{counted, disarmed, inline_code, one_line, sentence_markdown, truncate};

/// The runner drops a summary over 1 MiB; a person reads far less.
pub const SUMMARY_BYTES_MAX: usize = 256 << 10;

/// The sentence names the place and the mend; it quotes names, and some are long.
const SENTENCE_BYTES_MAX: usize = 2_000;

/// A patch this long is shown whole; the rest is in the bundle.
const DIFF_BYTES_MAX: usize = 60 << 10;

const FAILURES_SHOWN_MAX: usize = 10;

const REASONS_SHOWN_MAX: usize = 20;

/// Of a large matrix the first few legs say which it is.
const JOBS_SHOWN_MAX: usize = 8;

pub fn summary(healing: &Healing) -> String {
    let mut room = Room::of(SUMMARY_BYTES_MAX);
    let mut take = |section: String| room.take(section);
    let sentence = escaped(&truncate(&one_line(&healing.ending.sentence), SENTENCE_BYTES_MAX));
    // What a reader cannot do without comes first where room is short.
    let head = take(format!("## self-heal: {}\n\n{sentence}\n\n", headline(healing.ending.outcome)));
    let facts = take(facts(healing));
    let next = take(what_next(healing));
    let failed = take(what_failed(healing));
    let proof = take(healing.proof.as_ref().map(proof).unwrap_or_default());
    let patch = take(healing.proof.as_ref().map(patch).unwrap_or_default());
    let tries = take(tries(&healing.tries));
    [head, failed, patch, proof, next, tries, facts].concat()
}

/// What an outcome means, for somebody who sees the word for the first time.
pub fn headline(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Healed => "a proven patch is ready",
        Outcome::Published => "a proven patch was published",
        Outcome::Rerun => "worth a rerun, nothing to mend",
        Outcome::NothingToHeal => "nothing to heal",
        Outcome::Reported => "not the code: for a person",
        Outcome::Unknown => "the failure was not understood",
        Outcome::NotReproduced => "the failure could not be made to happen again",
        Outcome::Flaky => "the failure comes and goes",
        Outcome::NoPatch => "no patch was found",
        Outcome::Refused => "the patch breaks the policy",
        Outcome::Disproven => "the patch does not mend it",
        Outcome::HandedOver => "a proven patch that a person must judge",
        Outcome::Skipped => "skipped",
        Outcome::OverBudget => "the budget is used up",
        Outcome::ModelFailed => "the model gave no usable answer",
        Outcome::NoIsolation => "the isolation asked for is not to be had",
        Outcome::Stale => "the branch has moved on",
    }
}

fn facts(healing: &Healing) -> String {
    let mut rows =
        vec![("outcome", format!("`{}` · {}", healing.ending.outcome.as_str(), inline_code(&healing.ending.reason)))];
    if let Some(class) = &healing.classification {
        rows.push(("class", format!("`{}`, confidence {:.2}", class.class.as_str(), class.confidence)));
    }
    if let Some(job) = &healing.place.job {
        rows.push(("job", inline_code(&truncate(&one_line(job), 200))));
    }
    if let (Some(id), Some(url)) = (healing.place.run_id, &healing.place.run_url) {
        rows.push(("run", if is_address(url) { format!("[{id}]({url})") } else { id.to_string() }));
    }
    if !healing.place.also.is_empty() {
        rows.push(("the same in", also(&healing.place.also)));
    }
    if let Some(reproduce) = &healing.reproduce {
        let command = truncate(&one_line(&reproduce.command), 200);
        rows.push(("command", format!("{} (from the {})", inline_code(&command), reproduce.from.as_str())));
    }
    if let Some(proof) = &healing.proof {
        rows.push(("risk", format!("**{}** · approval: {}", proof.risk.tier.as_str(), proof.risk.approval.as_str())));
    }
    let spent = healing.spent;
    let money = spent.cost_usd.map_or_else(|| "price unknown".to_owned(), |usd| format!("${usd:.4}"));
    rows.push(("model", format!("{} calls, {} tokens, {money}", spent.model_calls, spent.tokens)));
    if let Some(fingerprint) = &healing.fingerprint {
        rows.push(("fingerprint", format!("`{fingerprint}`")));
    }
    let rows: String = rows.iter().map(|(name, value)| format!("- {name}: {value}\n")).collect();
    format!("### This run\n\n{rows}\n")
}

/// What there is to do for whoever reads this; where there is nothing but the mend, the sentence has said it.
fn what_next(healing: &Healing) -> String {
    let by_hand = "take `patch.diff` from the bundle (the artifact of this run), `git apply patch.diff`, and commit it";
    let steps = match (healing.ending.outcome, healing.dry_run) {
        (Outcome::Healed, true) => format!("- Nothing will be written, this is a dry run. By hand: {by_hand}.\n"),
        (Outcome::Healed, false) => format!(
            "- **Take it**: nothing is on GitHub yet; approve the publishing job that waits. By hand: {by_hand}.\n\
             - **Take it back later**: press *Revert* at the merged pull request.\n\
             - **Say no for good**: close its pull request without merging, and self-heal will not propose one for this \
             failure again.\n"
        ),
        (Outcome::HandedOver, _) => format!("- Judge the patch above. If it is right: {by_hand}.\n"),
        _ => return String::new(),
    };
    format!("### What you can do\n\n{steps}\n")
}

/// Other jobs of the same incident: matrix legs, mostly.
fn also(jobs: &[String]) -> String {
    let shown: Vec<String> =
        jobs.iter().take(JOBS_SHOWN_MAX).map(|job| inline_code(&truncate(&one_line(job), 100))).collect();
    let more = jobs.len().saturating_sub(JOBS_SHOWN_MAX);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{}{more}", shown.join(", "))
}

fn what_failed(healing: &Healing) -> String {
    let mut text = String::from("### What failed\n\n");
    if let Some(class) = &healing.classification {
        text.push_str(&format!("{}\n\n", inline_code(&truncate(&one_line(&class.root_cause), 400))));
        for evidence in class.evidence.iter().take(3) {
            let line = inline_code(&truncate(&one_line(&evidence.text), 200));
            let place = match evidence.span {
                Span::NONE => "beside the log".to_owned(),
                span => format!("log line {}", span.first),
            };
            text.push_str(&format!("- {place}, rule `{}`: {line}\n", evidence.rule));
        }
    }
    let Some(reading) = &healing.reading else { return text + "\n" };
    let roots = reading.roots().count();
    if roots > 1 {
        text.push_str(&format!("\n{} failures:\n\n", roots as u64 + reading.omitted_failures));
    }
    for failure in reading.roots().filter(|_| roots > 1).take(FAILURES_SHOWN_MAX) {
        let place = match (&failure.file, failure.line) {
            (Some(file), Some(line)) => inline_code(&format!("{file}:{line}")),
            (Some(file), None) => inline_code(file),
            _ => failure.test.as_deref().map(inline_code).unwrap_or_else(|| inline_code(&failure.tool)),
        };
        text.push_str(&format!("- {place}: {}\n", inline_code(&truncate(&one_line(&failure.message), 300))));
    }
    let more = roots.saturating_sub(FAILURES_SHOWN_MAX) as u64 + reading.omitted_failures;
    if more > 0 {
        text.push_str(&format!("- and {more} more\n"));
    }
    text + "\n"
}

fn patch(proof: &Proof) -> String {
    let patch = proof.patch.patch();
    format!(
        "### The patch\n\n{} in {}, {}. {}\n\n{}\n",
        counted(patch.lines(), "changed line"),
        counted(patch.files.len(), "file"),
        escaped(&from_whom(&proof.rung)),
        escaped(&truncate(&one_line(&proof.rationale), 600)),
        block(&patch.diff, DIFF_BYTES_MAX, "the whole of it is `patch.diff` in the bundle"),
    )
}

fn proof(proof: &Proof) -> String {
    let receipt = proof.patch.receipt();
    let isolation = &receipt.isolation;
    let mut text = format!(
        "### The proof\n\n{}\n{}\n\nIsolation really in force: file system `{}`, network `{}`, path `{}`. Zones: `{}`.\n\n\
         ### Risk: {} (to approve: {})\n\n",
        table(receipt),
        compared(receipt),
        isolation.file_system,
        isolation.network,
        isolation.path,
        receipt.zones.as_str(),
        proof.risk.tier.as_str(),
        proof.risk.approval.as_str(),
    );
    for reason in proof.risk.reasons.iter().take(REASONS_SHOWN_MAX) {
        let why = escaped(&truncate(&one_line(&reason.text), 300));
        text.push_str(&format!("- `{}` ({}): {why}\n", reason.code, reason.tier.as_str()));
    }
    text + "\n"
}

fn tries(tries: &[Try]) -> String {
    if tries.is_empty() {
        return String::new();
    }
    let mut text = format!("<details><summary>What was tried ({})</summary>\n\n", tries.len());
    for (index, tried) in tries.iter().enumerate() {
        let why = escaped(&truncate(&one_line(&tried.text), 400));
        let code = &tried.code;
        text.push_str(format!("{}. {}: `{code}` {why}", index + 1, escaped(&from_whom(&tried.rung))).trim_end());
        text.push('\n');
    }
    text + "\n</details>\n\n"
}

/// Prose that may hold anything: nothing in it is read as Markdown or HTML, mentions nobody and orders nothing.
fn escaped(text: &str) -> String {
    sentence_markdown(&disarmed(text))
}
