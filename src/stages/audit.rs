//! Steps become a chain of records: each line holds the hash of the line before it.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::domain::audit::AuditRecord;
use crate::domain::id::Sha256;

/// One line of `audit.jsonl`, as published.
#[derive(Debug, Serialize, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct AuditLine {
    pub seq: u64,
    /// RFC 3339, UTC.
    pub at: String,
    pub step: String,
    pub decision: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub evidence: Map<String, Value>,
    /// SHA-256 of the line before, without its line end; 64 zeros in the first.
    pub previous: String,
}

/// The end of a chain that is being written.
#[derive(Debug, Default)]
pub struct Chain {
    seq: u64,
    previous: Option<Sha256>,
}

impl Chain {
    /// The record as the next line of the chain, without its line end.
    pub fn line(&mut self, at: &str, record: &AuditRecord) -> String {
        self.seq += 1;
        let mut evidence = Map::new();
        for (name, value) in &record.evidence {
            evidence.insert(name.clone(), Value::String(value.clone()));
        }
        let line = AuditLine {
            seq: self.seq,
            at: at.to_owned(),
            step: record.step.to_owned(),
            decision: record.decision.clone(),
            rule: record.rule.clone(),
            evidence,
            previous: previous(self.previous.as_ref()),
        };
        let text = serde_json::to_string(&line).unwrap_or_default();
        self.previous = Some(Sha256::of(text.as_bytes()));
        text
    }
}

/// The end of a chain that was checked, to be written on.
pub fn resume(text: &str) -> Result<(Chain, Vec<String>), String> {
    let lines = verify(text)?;
    let raw: Vec<String> = text.lines().map(str::to_owned).collect();
    let previous = raw.last().map(|line| Sha256::of(line.as_bytes()));
    Ok((Chain { seq: lines.len() as u64, previous }, raw))
}

/// Reads a chain back; the error names the first line that does not follow from the one before.
pub fn verify(text: &str) -> Result<Vec<AuditLine>, String> {
    let mut before: Option<Sha256> = None;
    let mut lines = Vec::new();
    for (index, raw) in text.lines().enumerate() {
        let number = index + 1;
        let line: AuditLine =
            serde_json::from_str(raw).map_err(|error| format!("audit.jsonl line {number}: not a record: {error}"))?;
        if line.previous != previous(before.as_ref()) || line.seq != number as u64 {
            return Err(format!(
                "audit.jsonl line {number}: the chain is broken: a line before it was changed or taken out"
            ));
        }
        before = Some(Sha256::of(raw.as_bytes()));
        lines.push(line);
    }
    Ok(lines)
}

fn previous(hash: Option<&Sha256>) -> String {
    hash.map_or_else(|| "0".repeat(64), Sha256::to_string)
}

#[cfg(test)]
mod tests {
    use super::{Chain, resume, verify};
    use crate::domain::audit::AuditRecord;

    fn three_lines() -> Vec<String> {
        let mut chain = Chain::default();
        ["read", "classify", "gate"]
            .map(|step| chain.line("2026-11-21T09:00:00Z", &AuditRecord::new(step, "go").rule("r").with("n", 1)))
            .to_vec()
    }

    #[test]
    fn a_chain_reads_back_as_it_was_written() {
        let lines = verify(&three_lines().join("\n")).expect("an untouched chain holds");
        assert_eq!(lines.iter().map(|line| line.step.as_str()).collect::<Vec<_>>(), ["read", "classify", "gate"]);
    }

    #[test]
    fn a_chain_that_is_written_on_still_holds() {
        let (mut chain, mut lines) = resume(&three_lines().join("\n")).expect("an untouched chain");
        lines.push(chain.line("2026-11-21T09:00:01Z", &AuditRecord::new("prove", "healed")));
        assert_eq!(verify(&lines.join("\n")).map(|lines| lines.len()), Ok(4));
    }

    #[test]
    fn a_changed_line_breaks_the_chain_at_the_next() {
        let mut lines = three_lines();
        lines[1] = lines[1].replace("go", "no");
        assert!(verify(&lines.join("\n")).expect_err("a changed line").contains("line 3"));
    }

    #[test]
    fn a_line_taken_out_breaks_the_chain() {
        let mut lines = three_lines();
        lines.remove(1);
        assert!(verify(&lines.join("\n")).expect_err("a missing line").contains("line 2"));
    }
}
