//! What was spent on a laptop: one line a run, beside the bundles, which a second run on the same failure replaces.

use serde::{Deserialize, Serialize};

use super::spent::{DAY_SECONDS, total};
use crate::domain::fingerprint::Fingerprint;
use crate::domain::memory::SpentBefore;

#[derive(Serialize, Deserialize)]
struct LineWire {
    /// Seconds since 1970.
    at: i64,
    fingerprint: Option<String>,
    usd: f64,
}

/// What is added to the file.
pub fn line(now: i64, fingerprint: Option<&Fingerprint>, usd: f64) -> String {
    let wire = LineWire { at: now, fingerprint: fingerprint.map(ToString::to_string), usd };
    serde_json::to_string(&wire).unwrap_or_default()
}

/// What the file says. A line that was cut by a kill says nothing.
pub fn before(text: &str, fingerprint: Option<&Fingerprint>, now: i64) -> SpentBefore {
    let lines = || text.lines().filter_map(|line| serde_json::from_str::<LineWire>(line).ok());
    let good = |line: &LineWire| line.usd.is_finite() && line.usd >= 0.0;
    let name = fingerprint.map(ToString::to_string);
    let of_fingerprint = || lines().filter(good).filter(|line| line.fingerprint == name);
    let of_the_day = || lines().filter(good).filter(|line| line.at > now - DAY_SECONDS);
    SpentBefore {
        on_fingerprint: name.is_some().then(|| total(of_fingerprint().map(|line| line.usd))),
        in_a_day: Some(total(of_the_day().map(|line| line.usd))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_run_is_a_line_and_a_day_is_24_hours() {
        let name = |text: &str| Fingerprint::parse(text).expect("a fingerprint");
        let now = 1_000_000;
        let text = [
            line(now - DAY_SECONDS, Some(&name("py-x")), 1.0),
            line(now - DAY_SECONDS + 1, Some(&name("py-x")), 0.5),
            line(now, Some(&name("py-y")), 0.25),
            line(now, None, 0.125),
            "{\"at\": 1000000, \"fing".to_owned(),
            "{\"at\": 1000000, \"fingerprint\": \"py-x\", \"usd\": -9}".to_owned(),
        ]
        .join("\n");
        let spent = before(&text, Some(&name("py-x")), now);
        assert_eq!(spent, SpentBefore { on_fingerprint: Some(1.5), in_a_day: Some(0.875) });
        assert_eq!(before("", None, now), SpentBefore { on_fingerprint: None, in_a_day: Some(0.0) });
    }
}
