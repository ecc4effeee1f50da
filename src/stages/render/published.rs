//! What `publish` says: its outputs, its part of the summary, and the one comment at a pull request.

use crate::config::policy::PolicySource;
use crate::domain::checks::Checks;
use crate::domain::memory::KnownPull;
use crate::domain::outcome::{Ending, Outcome};
use crate::domain::risk::Risk;
use crate::stages::render::bundle::Bundle;
use crate::stages::render::diff::block;
use crate::stages::render::links::is_address;
use crate::stages::render::pull_request::checks_list;
use crate::stages::render::summary::headline;
use crate::text::{disarmed, inline_code, one_line, sentence_markdown, truncate};

/// By this the comment is found again.
pub const COMMENT_MARKER: &str = "<!-- self-heal: what failed -->";

/// A value that is longer is no longer short.
const VALUE_BYTES_MAX: usize = 500;

/// The runner drops a summary over 1 MiB; this leaves room for all the rest.
const DIFF_BYTES_MAX: usize = 256 << 10;

/// A comment is read on a phone.
const PROSE_BYTES_MAX: usize = 600;

pub struct Published<'a> {
    pub ending: &'a Ending,
    pub bundle: &'a Bundle,
    pub bundle_sha256: &'a str,
    pub risk: Option<&'a Risk>,
    pub policy: Option<&'a PolicySource>,
    pub pull: Option<&'a KnownPull>,
    pub checks: Option<&'a Checks>,
    /// Where a person opens the pull request that we could not.
    pub compare: Option<&'a str>,
    /// The patch, where nothing but it could be handed over.
    pub patch: Option<&'a str>,
    /// Where the bundle lies.
    pub folder: String,
    pub acted: bool,
    pub dry_run: bool,
    pub warnings: &'a [String],
}

/// Name and value of every output that `publish` knows, in the order of the design.
pub fn outputs(published: &Published<'_>) -> Vec<(&'static str, String)> {
    let Published { ending, bundle, risk, pull, .. } = published;
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let values = [
        ("outcome", ending.outcome.as_str().to_owned()),
        ("reason", ending.reason.clone()),
        ("class", text(&bundle.class)),
        ("kind", text(&bundle.kind)),
        ("job", text(&bundle.job)),
        ("fingerprint", text(&bundle.fingerprint)),
        ("root-cause", text(&bundle.root_cause)),
        ("risk-tier", risk.map_or_else(|| text(&bundle.risk_tier), |risk| risk.tier.as_str().to_owned())),
        ("approval", risk.map_or_else(|| text(&bundle.approval), |risk| risk.approval.as_str().to_owned())),
        ("patch-sha256", text(&bundle.patch_sha256)),
        ("bundle", published.folder.clone()),
        ("bundle-sha256", published.bundle_sha256.to_owned()),
        ("pr-number", pull.map_or_else(String::new, |pull| pull.number.to_string())),
        ("pr-url", pull.map_or_else(String::new, |pull| pull.url.clone())),
        ("run-id", bundle.run_id.map_or_else(String::new, |id| id.to_string())),
        ("dry-run", published.dry_run.to_string()),
        ("acted", published.acted.to_string()),
    ];
    values.into_iter().map(|(name, value)| (name, truncate(&one_line(&value), VALUE_BYTES_MAX))).collect()
}

/// The outputs as one JSON object, with the sentence and the warnings that outputs have no room for.
pub fn json(published: &Published<'_>) -> String {
    let mut object: serde_json::Map<String, serde_json::Value> =
        outputs(published).into_iter().map(|(name, value)| (name.to_owned(), value.into())).collect();
    object.insert("sentence".to_owned(), published.ending.sentence.as_str().into());
    object.insert("warnings".to_owned(), published.warnings.into());
    let policy = published.policy.map(|policy| serde_json::json!({ "file": policy.file, "commit": policy.commit }));
    object.insert("policy".to_owned(), policy.into());
    serde_json::to_string_pretty(&object).map(|text| text + "\n").unwrap_or_default()
}

/// The job summary of `publish`.
pub fn summary(published: &Published<'_>) -> String {
    let ending = published.ending;
    let mut text = format!(
        "## self-heal publish: {}\n\n{}\n\n",
        headline(ending.outcome),
        prose(&ending.sentence, PROSE_BYTES_MAX)
    );
    text.push_str(&format!("- outcome: `{}` · {}\n", ending.outcome.as_str(), code(&ending.reason)));
    if let Some(fingerprint) = &published.bundle.fingerprint {
        text.push_str(&format!("- fingerprint: {}\n", code(fingerprint)));
    }
    if let Some(risk) = published.risk {
        text.push_str(&format!("- risk: **{}**, to approve: {}\n", risk.tier.as_str(), risk.approval.as_str()));
    }
    if let Some(policy) = published.policy {
        let commit = policy.commit.as_deref().map(|commit| format!(" at {commit}")).unwrap_or_default();
        text.push_str(&format!("- policy: {}{commit}\n", code(&policy.file)));
    }
    if let Some(pull) = published.pull {
        text.push_str(&format!("- pull request: [#{}]({})\n", pull.number, pull.url));
    }
    if let Some(compare) = published.compare {
        text.push_str(&format!("- **[open the pull request]({compare})** yourself: the branch is there\n"));
    }
    for warning in published.warnings {
        text.push_str(&format!("- warning: {}\n", prose(warning, PROSE_BYTES_MAX)));
    }
    if let Some(cause) = &published.bundle.root_cause {
        text.push_str(&format!("\n### What failed\n\n> {}\n", prose(cause, PROSE_BYTES_MAX)));
    }
    if let (Some(checks), Some(base)) = (published.checks, &published.bundle.branch) {
        text.push_str(&format!("\n### Checks\n\n{}", checks_list(checks, base)));
    }
    if let Some(patch) = published.patch {
        text.push_str(&format!(
            "\n### The patch, to apply by hand\n\nSave it as `patch.diff`, or take that file from the bundle, and run \
             `git apply patch.diff` on {}.\n\n{}",
            code(published.bundle.branch.as_deref().unwrap_or("the failing branch")),
            block(patch, DIFF_BYTES_MAX, "the whole of it is `patch.diff` in the bundle"),
        ));
    }
    if published.pull.is_some() {
        text.push_str(
            "\n### What you can do\n\n- **Take it**: merge, once its checks are green.\n- **Take it back later**: press \
             *Revert* at the merged pull request.\n- **Say no for good**: close it without merging.\n",
        );
    }
    text + "\n"
}

/// What the comment at the pull request says, after its marker.
pub fn comment(bundle: &Bundle, run_url: &str) -> String {
    let outcome = Outcome::parse(&bundle.outcome).unwrap_or(Outcome::Unknown);
    let mut text = format!("### self-heal: {}\n\n", headline(outcome));
    if let Some(cause) = &bundle.root_cause {
        text.push_str(&format!("> {}\n\n", prose(cause, PROSE_BYTES_MAX)));
    }
    text.push_str(&format!("{}\n\n", prose(&bundle.sentence, PROSE_BYTES_MAX)));
    if let Some(job) = &bundle.job {
        text.push_str(&format!("- job: {}\n", code(job)));
    }
    if let Some(run_id) = bundle.run_id {
        let link = if is_address(run_url) { format!("[{run_id}]({run_url})") } else { run_id.to_string() };
        text.push_str(&format!("- run: {link}\n"));
    }
    if let (Some(class), Some(kind)) = (&bundle.class, &bundle.kind) {
        text.push_str(&format!("- class: {}, {}\n", code(class), code(kind)));
    }
    text.push_str(&format!("- reason: {}\n", code(&bundle.reason)));
    text
}

fn prose(text: &str, bytes_max: usize) -> String {
    sentence_markdown(&disarmed(&truncate(&one_line(text), bytes_max)))
}

fn code(text: &str) -> String {
    inline_code(&disarmed(&truncate(&one_line(text), VALUE_BYTES_MAX)))
}
