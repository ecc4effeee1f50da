//! `risk.json`, `self-heal/risk/v1`: the tier, the reasons, who must approve.

use serde::{Deserialize, Serialize};

use crate::domain::risk::{Risk, Tier};

pub const SCHEMA: &str = "self-heal/risk/v1";

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RiskFile {
    schema: String,
    tier: String,
    approval: String,
    reasons: Vec<ReasonPart>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ReasonPart {
    code: String,
    tier: String,
    text: String,
}

/// The file's text.
pub fn risk(risk: &Risk) -> String {
    let reasons = risk.reasons.iter().map(|reason| ReasonPart {
        code: reason.code.to_owned(),
        tier: reason.tier.as_str().to_owned(),
        text: reason.text.clone(),
    });
    let file = RiskFile {
        schema: SCHEMA.to_owned(),
        tier: risk.tier.as_str().to_owned(),
        approval: risk.approval.as_str().to_owned(),
        reasons: reasons.collect(),
    };
    let text = serde_json::to_string_pretty(&file).unwrap_or_default();
    text + "\n"
}

/// The tier that was named when the patch was proven: the risk computed again is never below it.
pub fn read_tier(text: &[u8]) -> Result<Tier, String> {
    let file: RiskFile = serde_json::from_slice(text).map_err(|error| format!("risk.json is not a risk: {error}"))?;
    if file.schema != SCHEMA {
        return Err(format!("risk.json has another schema than `{SCHEMA}`: use the version that wrote it"));
    }
    Tier::parse(&file.tier).ok_or_else(|| "risk.json: `tier` is none of low, medium, high".to_owned())
}

#[cfg(test)]
mod tests {
    use super::{read_tier, risk};
    use crate::domain::risk::{Approval, Reason, Risk, Tier};

    fn sample() -> Risk {
        let text = "the copy stood at another path".to_owned();
        let reason = Reason { code: "path.elsewhere", tier: Tier::Medium, text };
        Risk { tier: Tier::Medium, reasons: vec![reason], approval: Approval::CodeOwner }
    }

    #[test]
    fn a_risk_reads_back_and_meets_its_schema() {
        let text = risk(&sample());
        assert_eq!(read_tier(text.as_bytes()), Ok(Tier::Medium));
        let schema = serde_json::from_str(include_str!("../../../fixtures/schemas/risk.v1.json")).expect("a schema");
        jsonschema::validate(&schema, &serde_json::from_str(&text).expect("JSON")).expect("it meets its schema");
    }

    #[test]
    fn a_risk_without_a_tier_is_none() {
        assert!(read_tier(risk(&sample()).replace("\"medium\"", "\"none\"").as_bytes()).is_err());
        assert!(read_tier(b"{}").is_err());
    }
}
