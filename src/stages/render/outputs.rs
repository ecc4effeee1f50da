//! The action's outputs: short single-line values. An unknown value is empty.

use crate::domain::healing::Healing;
use crate::text::{one_line, truncate};

/// Far below the runner's 1 MB a job; a value this long is no longer short.
const VALUE_BYTES_MAX: usize = 500;

/// Name and value of every output that `heal` knows, in the order of the design.
pub fn outputs(healing: &Healing, bundle: &str, bundle_sha256: &str) -> Vec<(&'static str, String)> {
    let class = healing.classification.as_ref();
    let proof = healing.proof.as_ref();
    let spent = healing.spent;
    let values = [
        ("outcome", healing.ending.outcome.as_str().to_owned()),
        ("reason", healing.ending.reason.clone()),
        ("class", class.map(|c| c.class.as_str().to_owned()).unwrap_or_default()),
        ("kind", class.and_then(|c| c.kind).map(|k| k.as_str().to_owned()).unwrap_or_default()),
        ("confidence", class.map(|c| format!("{:.2}", c.confidence)).unwrap_or_default()),
        ("job", healing.place.job.clone().unwrap_or_default()),
        ("fingerprint", healing.fingerprint.as_ref().map(ToString::to_string).unwrap_or_default()),
        ("root-cause", class.map(|c| c.root_cause.clone()).unwrap_or_default()),
        ("risk-tier", proof.map(|p| p.risk.tier.as_str().to_owned()).unwrap_or_default()),
        ("approval", proof.map(|p| p.risk.approval.as_str().to_owned()).unwrap_or_default()),
        ("patch-sha256", proof.map(|p| p.patch.patch().sha256().to_string()).unwrap_or_default()),
        ("patch-lines", proof.map(|p| p.patch.patch().lines().to_string()).unwrap_or_default()),
        ("patch-files", proof.map(|p| p.patch.patch().files.len().to_string()).unwrap_or_default()),
        ("rounds", spent.rounds.to_string()),
        ("model-calls", spent.model_calls.to_string()),
        ("tokens", spent.tokens.to_string()),
        ("cost-usd", spent.cost_usd.map(|usd| format!("{usd:.4}")).unwrap_or_default()),
        ("bundle", bundle.to_owned()),
        ("bundle-sha256", bundle_sha256.to_owned()),
        ("run-id", healing.place.run_id.map(|id| id.to_string()).unwrap_or_default()),
        ("dry-run", healing.dry_run.to_string()),
    ];
    values.into_iter().map(|(name, value)| (name, truncate(&one_line(&value), VALUE_BYTES_MAX))).collect()
}

/// What `classify` can tell of them, whose healing ends with the class.
pub fn of_classify(healing: &Healing, bundle: &str) -> Vec<(&'static str, String)> {
    const KNOWN: [&str; 7] = ["class", "kind", "confidence", "job", "fingerprint", "root-cause", "bundle"];
    outputs(healing, bundle, "").into_iter().filter(|(name, _)| KNOWN.contains(name)).collect()
}

/// The lines of a `$GITHUB_OUTPUT` file. Values are single-line, so none can begin another output.
pub fn output_file(values: &[(&'static str, String)]) -> String {
    values.iter().map(|(name, value)| format!("{name}={value}\n")).collect()
}

#[cfg(test)]
mod tests {
    use super::output_file;
    use crate::text::one_line;

    #[test]
    fn no_value_can_begin_another_output() {
        let hostile = one_line("x\noutcome=healed\r\nrisk-tier=low");
        assert_eq!(output_file(&[("root-cause", hostile)]).lines().count(), 1);
    }
}
