//! The job summary, in Markdown: useful without opening the log, readable on a phone.
//!
//! Short lines, no wide tables, the long parts folded. Everything untrusted stands in code, where it is only text.

use crate::domain::healing::{Healing, Proof, Try};
use crate::domain::log::Span;
use crate::domain::outcome::Outcome;
use crate::stages::render::proof::{compared, from_whom, table};
use crate::text::{counted, fenced, inline_code, one_line, truncate};

/// The runner drops a summary over 1 MiB; a person reads far less.
pub const SUMMARY_BYTES_MAX: usize = 256 << 10;

/// A patch this long is shown whole; the rest is in the bundle.
const DIFF_BYTES_MAX: usize = 60 << 10;

const FAILURES_SHOWN_MAX: usize = 10;

/// Of a large matrix the first few legs say which it is.
const JOBS_SHOWN_MAX: usize = 8;

pub fn summary(healing: &Healing) -> String {
    let mut text =
        format!("## self-heal: {}\n\n{}\n\n", headline(healing.ending.outcome), escaped(&healing.ending.sentence));
    text.push_str(&facts(healing));
    text.push_str(&what_failed(healing));
    if let Some(proof) = &healing.proof {
        text.push_str(&patch_and_proof(proof));
    }
    text.push_str(&tries(&healing.tries));
    truncate(&text, SUMMARY_BYTES_MAX)
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
        rows.push(("job", inline_code(job)));
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
    format!("{rows}\n")
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
                Span::NONE => "a test report".to_owned(),
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

fn patch_and_proof(proof: &Proof) -> String {
    let patch = proof.patch.patch();
    let mut text = format!(
        "### The patch\n\n{} in {}, {}. {}\n\n",
        counted(patch.lines(), "changed line"),
        counted(patch.files.len(), "file"),
        escaped(&from_whom(&proof.rung)),
        escaped(&truncate(&one_line(&proof.rationale), 600)),
    );
    if patch.diff.len() <= DIFF_BYTES_MAX {
        text.push_str(&fenced("diff", &patch.diff));
    } else {
        text.push_str("The patch is too long to show here; it is `patch.diff` in the bundle.\n");
    }
    text.push_str(&format!(
        "\n### The proof\n\n{}\n{}\n\n",
        table(proof.patch.receipt()),
        compared(proof.patch.receipt())
    ));
    let isolation = &proof.patch.receipt().isolation;
    text.push_str(&format!(
        "Isolation really in force: file system `{}`, network `{}`, path `{}`. Zones: `{}`.\n\n",
        isolation.file_system,
        isolation.network,
        isolation.path,
        proof.patch.receipt().zones.as_str()
    ));
    text.push_str(&format!("### Risk: {}\n\n", proof.risk.tier.as_str()));
    for reason in &proof.risk.reasons {
        text.push_str(&format!(
            "- `{}` ({}): {}\n",
            reason.code,
            reason.tier.as_str(),
            escaped(&one_line(&reason.text))
        ));
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
    text + "\n</details>\n"
}

/// Prose that may hold anything: every character that Markdown, HTML or GitHub reads is escaped.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '@' => out.push_str("&#64;"),
            '#' => out.push_str("&#35;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '!' | '|' | '~' => {
                out.push('\\');
                out.push(c);
            }
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}
