//! Every decision of a run as text, from its bundle alone.

use crate::stages::audit::AuditLine;
use crate::stages::render::bundle::Bundle;
use crate::text::{one_line, truncate};

/// Values longer than a screen's width are cut; the bundle has them whole.
const VALUE_BYTES_MAX: usize = 300;

pub fn why(bundle: &Bundle, lines: &[AuditLine]) -> String {
    let mut text = format!("outcome: {} ({})\n{}\n", bundle.outcome, shown(&bundle.reason), shown(&bundle.sentence));
    if let Some(fingerprint) = &bundle.fingerprint {
        text.push_str(&format!("fingerprint: {fingerprint}\n"));
    }
    let at = bundle.policy.commit.as_deref().map(|commit| format!(" at {commit}")).unwrap_or_default();
    text.push_str(&format!("policy: {}{at}\n\n", shown(&bundle.policy.file)));
    for line in lines {
        let rule = line.rule.as_deref().map(|rule| format!("  [{}]", shown(rule))).unwrap_or_default();
        text.push_str(&format!("{:>3}. {}: {}{rule}\n", line.seq, shown(&line.step), shown(&line.decision)));
        for (name, value) in &line.evidence {
            let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            text.push_str(&format!("       {}: {}\n", shown(name), shown(&value)));
        }
    }
    text
}

fn shown(text: &str) -> String {
    truncate(&one_line(text), VALUE_BYTES_MAX)
}
