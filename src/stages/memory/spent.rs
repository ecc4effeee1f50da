//! What earlier runs have cost, from the bundles that they left.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::domain::fingerprint::Fingerprint;
use crate::stages::render::bundle::SCHEMA;

/// The day of `usd-per-day`: the last 24 hours.
pub const DAY_SECONDS: i64 = 24 * 60 * 60;

/// What the names of our artifacts begin with.
const PREFIX: &str = "self-heal-";

/// A job that only asks the model uploads under this name: in a split set-up the cost is there.
const PROPOSED: &str = "proposed-";

/// No model was asked, or what was spent is told a second time.
const WITHOUT_COST: [&str; 2] = ["skipped-", "validated-"];

/// What one uploaded bundle tells.
#[derive(Clone, Debug, PartialEq)]
pub struct Bill {
    pub run_id: u64,
    /// The artifact's name.
    pub artifact: String,
    /// `None` where the bundle cannot be read, or does not know it itself.
    pub usd: Option<f64>,
}

/// The names under which what was spent on one fingerprint is uploaded.
pub fn artifact_names(fingerprint: &Fingerprint) -> [String; 2] {
    [format!("{PREFIX}{fingerprint}"), format!("{PREFIX}{PROPOSED}{fingerprint}")]
}

/// Whether an artifact of this name may hold a cost.
pub fn may_have_cost(artifact: &str) -> bool {
    artifact.strip_prefix(PREFIX).is_some_and(|rest| !WITHOUT_COST.iter().any(|word| rest.starts_with(word)))
}

#[derive(Deserialize)]
struct CostWire {
    schema: String,
    model_calls: u32,
    cost_usd: Option<f64>,
}

/// What a `bundle.json` says that its run has spent; `None` where it does not say, or says what cannot be.
pub fn usd(bundle_json: &[u8]) -> Option<f64> {
    let wire: CostWire = serde_json::from_slice(bundle_json).ok()?;
    if wire.schema != SCHEMA {
        return None;
    }
    let spent = if wire.model_calls == 0 { Some(0.0) } else { wire.cost_usd };
    spent.filter(|usd| usd.is_finite() && *usd >= 0.0)
}

/// The sum. Jobs of one run hand their bundle on with what was spent so far, so of one run and fingerprint the most
/// counts. What is unknown counts as `unknown`: the most that a run may spend.
pub fn sum(bills: &[Bill], unknown: f64) -> f64 {
    let mut most: BTreeMap<(u64, &str), f64> = BTreeMap::new();
    for bill in bills {
        let about = bill.artifact.strip_prefix(PREFIX).unwrap_or(&bill.artifact);
        let about = about.strip_prefix(PROPOSED).unwrap_or(about);
        let usd = bill.usd.unwrap_or(unknown);
        let known = most.entry((bill.run_id, about)).or_insert(usd);
        *known = known.max(usd);
    }
    total(most.into_values())
}

/// A sum of nothing is zero, and not the minus zero that `Iterator::sum` makes of it.
pub fn total(each: impl Iterator<Item = f64>) -> f64 {
    each.fold(0.0, |sum, usd| sum + usd)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bill(run_id: u64, artifact: &str, usd: Option<f64>) -> Bill {
        Bill { run_id, artifact: artifact.to_owned(), usd }
    }

    #[test]
    fn what_several_jobs_of_one_run_tell_is_counted_once() {
        let bills = [
            bill(1, "self-heal-py-x", Some(0.0)),
            bill(1, "self-heal-proposed-py-x", Some(0.25)),
            bill(1, "self-heal-py-y", Some(0.5)),
            bill(2, "self-heal-py-x", Some(0.125)),
        ];
        assert!((sum(&bills, 9.0) - 0.875).abs() < 1e-9);
        assert!(sum(&[], 9.0).abs() < 1e-9);
    }

    #[test]
    fn what_is_unknown_counts_as_the_most_that_a_run_may_spend() {
        let bills = [bill(1, "self-heal-py-x", None), bill(2, "self-heal-py-x", Some(0.1))];
        assert!((sum(&bills, 0.5) - 0.6).abs() < 1e-9);
    }

    #[test]
    fn a_cost_is_read_from_a_bundle_and_believed_only_where_it_can_be() {
        let told = |calls: u32, cost: &str| {
            usd(format!(r#"{{"schema":"{SCHEMA}","model_calls":{calls},"cost_usd":{cost},"more":1}}"#).as_bytes())
        };
        assert_eq!(told(2, "0.25"), Some(0.25));
        assert_eq!(told(0, "null"), Some(0.0), "nobody was asked");
        assert_eq!(told(2, "null"), None, "the price was not known");
        for lie in ["-1", "1e999", "\"0\"", "{}"] {
            assert_eq!(told(2, lie), None, "{lie}");
        }
        for other in ["", "[]", "{", r#"{"schema":"self-heal/bundle/v2","model_calls":0,"cost_usd":0.0}"#] {
            assert_eq!(usd(other.as_bytes()), None, "{other}");
        }
    }

    #[test]
    fn only_what_may_hold_a_cost_is_fetched() {
        for (name, may) in [
            ("self-heal-py-x", true),
            ("self-heal-proposed-py-x", true),
            ("self-heal-validated-py-x", false),
            ("self-heal-skipped-py-x", false),
            ("coverage", false),
            ("self-healing", false),
        ] {
            assert_eq!(may_have_cost(name), may, "{name}");
        }
    }
}
